"""Several choices: as many as one likes, or within bounds."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from portal.domain.questions.base import Answer, Choice, Fields, Question, QuestionType, Slip, Summary


class Several(QuestionType):
    """`least` and `most` bound how many may be chosen; 0 is no bound. Stored as values in the order of the choices."""

    key = "several"
    name, name_en = "多选", "Any of several"
    settings: ClassVar[Mapping[str, Any]] = {"least": 0, "most": 0}
    has_choices = True

    def check(self, question: Question) -> Iterator[tuple[str, str]]:
        least, most, there = question.settings["least"], question.settings["most"], len(question.choices)
        if not 0 <= least <= there:
            yield "settings.least", "bounds"
        if not 0 <= most <= there or 0 < most < least:
            yield "settings.most", "bounds"

    def options(self, question: Question) -> tuple[Choice, ...]:
        return question.choices

    def read(self, question: Question, fields: Fields) -> list[str] | None:
        given = [value for value in fields.getlist(question.field) if value]
        found = [each.value for each in question.choices if each.value in set(given)]
        if len(found) != len(given):
            raise Slip("choice", question.field)
        if found and len(found) < question.settings["least"]:
            raise Slip("too_few_chosen", question.field)
        if 0 < question.settings["most"] < len(found):
            raise Slip("too_many_chosen", question.field)
        return found or None

    def room(self, question: Question) -> int:
        return len("[]") + sum(len(each.value) + len('"",') for each in question.choices)

    def summary(self, question: Question) -> Summary:
        return Summary.CHOICES

    def marks(self, question: Question, answer: Answer) -> Iterator[tuple[str, str]]:
        for value in answer:
            yield "", value

    def chosen(self, answer: Answer) -> frozenset[str]:
        return frozenset(answer)
