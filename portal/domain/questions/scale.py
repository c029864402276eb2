"""Scale of five: 5 is always the best level, 1 the worst, and 0 stands for “don't know”, which no mean counts."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from portal.domain.questions.base import Answer, Choice, Fields, Question, QuestionType, Slip, Summary, only

UNKNOWN = 0

LABELS: Mapping[str, tuple[Choice, ...]] = {
    "satisfaction": (
        Choice("5", "非常满意", "Very satisfied"), Choice("4", "满意", "Satisfied"),
        Choice("3", "基本满意", "Fairly satisfied"), Choice("2", "不满意", "Dissatisfied"),
        Choice("1", "非常不满意", "Very dissatisfied"), Choice("0", "不了解", "Don’t know")),
    "frequency": (
        Choice("5", "没有", "Never"), Choice("4", "很少", "Rarely"), Choice("3", "有时", "Sometimes"),
        Choice("2", "较多", "Often"), Choice("1", "经常", "Very often"), Choice("0", "不了解", "Don’t know")),
    "safety": (
        Choice("5", "很安全", "Very safe"), Choice("4", "比较安全", "Safe"), Choice("3", "一般", "Fairly safe"),
        Choice("2", "不太安全", "Unsafe"), Choice("1", "很不安全", "Very unsafe"), Choice("0", "说不清", "Don’t know")),
}
VALUES = tuple(each.value for each in LABELS["satisfaction"])


class Scale(QuestionType):
    """`labels` names the words of the levels. Stored as a whole number from 0 to 5."""

    key = "scale"
    name, name_en = "五级评价", "Scale of five"
    settings: ClassVar[Mapping[str, Any]] = {"labels": "satisfaction"}

    def check(self, question: Question) -> Iterator[tuple[str, str]]:
        yield from unknown_labels(question)

    def options(self, question: Question) -> tuple[Choice, ...]:
        return LABELS[question.settings["labels"]]

    def read(self, question: Question, fields: Fields) -> int | None:
        return level(fields, question.field)

    def room(self, question: Question) -> int:
        return 1

    def summary(self, question: Question) -> Summary:
        return Summary.LEVELS

    def marks(self, question: Question, answer: Answer) -> Iterator[tuple[str, str]]:
        yield "", str(answer)

    def chosen(self, answer: Answer) -> frozenset[str]:
        return frozenset({str(answer)})


def level(fields: Fields, name: str) -> int | None:
    """The level that one field holds. Raises Slip."""
    given = only(fields, name)
    if given and given not in VALUES:
        raise Slip("choice", name)
    return int(given) if given else None


def unknown_labels(question: Question) -> Iterator[tuple[str, str]]:
    if question.settings["labels"] not in LABELS:
        yield "settings.labels", "unknown"
