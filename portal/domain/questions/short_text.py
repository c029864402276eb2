"""Short text: one line of words."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from portal.domain.given import clean
from portal.domain.questions.base import Answer, Fields, Question, QuestionType, Slip, Summary, only

LONGEST = 200  # characters
_MOST_BYTES = 4  # of one character: in UTF-8, or escaped in JSON


class ShortText(QuestionType):
    """`longest` counts characters; line breaks become spaces."""

    key = "short_text"
    name, name_en = "一行文字", "One line of words"
    settings: ClassVar[Mapping[str, Any]] = {"longest": 100}

    def check(self, question: Question) -> Iterator[tuple[str, str]]:
        if not 1 <= question.settings["longest"] <= LONGEST:
            yield "settings.longest", "bounds"

    def read(self, question: Question, fields: Fields) -> str | None:
        return fitting(question, " ".join(clean(only(fields, question.field)).split()))

    def room(self, question: Question) -> int:
        return room_of_text(question)

    def summary(self, question: Question) -> Summary:
        return Summary.TEXTS

    def marks(self, question: Question, answer: Answer) -> Iterator[tuple[str, str]]:
        yield "", ""


def fitting(question: Question, text: str) -> str | None:
    """The text, None for an empty one. Raises Slip where it is longer than the question allows."""
    if len(text) > question.settings["longest"]:
        raise Slip("too_long", question.field)
    return text or None


def room_of_text(question: Question) -> int:
    return len('""') + _MOST_BYTES * int(question.settings["longest"])
