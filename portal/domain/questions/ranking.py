"""Ranking: the choices, or the best of them, put in order. Works without dragging: every choice is given its place."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from portal.domain.questions.base import Answer, Choice, Fields, Question, QuestionType, Slip, Summary, only


class Ranking(QuestionType):
    """`most` says how many places are given; 0 is all. Stored as values, best first. Its parts are its choices."""

    key = "ranking"
    name, name_en = "排序", "Ranking"
    settings: ClassVar[Mapping[str, Any]] = {"most": 0}
    has_choices = True

    def check(self, question: Question) -> Iterator[tuple[str, str]]:
        if not 0 <= question.settings["most"] <= len(question.choices):
            yield "settings.most", "bounds"

    def fields(self, question: Question) -> tuple[str, ...]:
        return tuple(f"{question.field}_{each.value}" for each in question.choices)

    def options(self, question: Question) -> tuple[Choice, ...]:
        return question.choices

    def places(self, question: Question) -> tuple[str, ...]:
        return tuple(str(place) for place in range(1, (question.settings["most"] or len(question.choices)) + 1))

    def read(self, question: Question, fields: Fields) -> list[str] | None:
        """Raises Slip `choice` for a place that was not offered, `places` where one is missing or stands twice."""
        offered, given = self.places(question), {}
        for each in question.choices:
            name = f"{question.field}_{each.value}"
            place = only(fields, name)
            if place and place not in offered:
                raise Slip("choice", name)
            if place in given:
                raise Slip("places", name)
            if place:
                given[place] = each.value
        if given and len(given) < len(offered):
            raise Slip("places", next(f"{question.field}_{each.value}" for each in question.choices
                                      if each.value not in given.values()))
        return [given[place] for place in offered] if given else None

    def room(self, question: Question) -> int:
        return len("[]") + sum(len(each.value) + len('"",') for each in question.choices)

    def summary(self, question: Question) -> Summary:
        return Summary.PLACES

    def parts(self, question: Question) -> Mapping[str, tuple[str, ...]]:
        return {each.value: self.places(question) for each in question.choices}

    def marks(self, question: Question, answer: Answer) -> Iterator[tuple[str, str]]:
        for place, value in enumerate(answer, start=1):
            yield value, str(place)
