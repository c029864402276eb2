"""Yes or no, with a way to say that one does not know."""

from portal.domain.questions.base import Choice, Question
from portal.domain.questions.single import Single

WORDS = (Choice("yes", "是", "Yes"), Choice("no", "否", "No"), Choice("unknown", "不清楚", "Don’t know"))


class YesNo(Single):
    """A single choice whose choices are always the same. Stored as `yes`, `no` or `unknown`."""

    key = "yes_no"
    name, name_en = "是否", "Yes or no"
    has_choices = False

    def options(self, question: Question) -> tuple[Choice, ...]:
        return WORDS
