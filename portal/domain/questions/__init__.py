"""The types of question, one module each, in the order in which the form builder offers them.

A new type is three files: its module here, its line in this list, and `templates/questions/<key>.html`.
"""

from portal.domain.questions.base import QuestionType
from portal.domain.questions.long_text import LongText
from portal.domain.questions.matrix import Matrix
from portal.domain.questions.number import Number
from portal.domain.questions.ranking import Ranking
from portal.domain.questions.scale import Scale
from portal.domain.questions.several import Several
from portal.domain.questions.short_text import ShortText
from portal.domain.questions.single import Single
from portal.domain.questions.yes_no import YesNo

TYPES: tuple[QuestionType, ...] = (Scale(), Matrix(), YesNo(), Single(), Several(), Ranking(), Number(), ShortText(),
                                   LongText())
BY_KEY = {each.key: each for each in TYPES}
