"""Long text: as many lines of words as it takes. It may become an opinion or a report of its own."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from portal.domain.given import clean
from portal.domain.questions.base import Answer, Fields, Question, QuestionType, Summary, only
from portal.domain.questions.short_text import fitting, room_of_text

LONGEST = 5_000  # characters, as of an opinion


class LongText(QuestionType):
    """`longest` counts characters, line breaks included."""

    key = "long_text"
    name, name_en = "大段文字", "Words of any length"
    settings: ClassVar[Mapping[str, Any]] = {"longest": 1_000}
    may_become_case = True

    def check(self, question: Question) -> Iterator[tuple[str, str]]:
        if not 1 <= question.settings["longest"] <= LONGEST:
            yield "settings.longest", "bounds"

    def read(self, question: Question, fields: Fields) -> str | None:
        return fitting(question, clean(only(fields, question.field)))

    def room(self, question: Question) -> int:
        return room_of_text(question)

    def summary(self, question: Question) -> Summary:
        return Summary.TEXTS

    def marks(self, question: Question, answer: Answer) -> Iterator[tuple[str, str]]:
        yield "", ""
