"""Matrix: several things rated on the scale of five, one row each."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from portal.domain.questions.base import Answer, Choice, Fields, Question, QuestionType, Summary
from portal.domain.questions.scale import LABELS, VALUES, level, unknown_labels


class Matrix(QuestionType):
    """Stored as row -> level from 0 to 5; rows left out are absent. Its parts are its rows."""

    key = "matrix"
    name, name_en = "多项五级评价", "Several things on the scale of five"
    settings: ClassVar[Mapping[str, Any]] = {"labels": "satisfaction"}
    has_rows = True

    def check(self, question: Question) -> Iterator[tuple[str, str]]:
        yield from unknown_labels(question)

    def fields(self, question: Question) -> tuple[str, ...]:
        return tuple(f"{question.field}_{row.value}" for row in question.rows)

    def options(self, question: Question) -> tuple[Choice, ...]:
        return LABELS[question.settings["labels"]]

    def read(self, question: Question, fields: Fields) -> dict[str, int] | None:
        given = {row.value: level(fields, f"{question.field}_{row.value}") for row in question.rows}
        return {row: found for row, found in given.items() if found is not None} or None

    def missing(self, question: Question, answer: Answer | None) -> str | None:
        return next((f"{question.field}_{row.value}" for row in question.rows if row.value not in (answer or {})), None)

    def room(self, question: Question) -> int:
        return len("{}") + sum(len(row.value) + len('"":0,') for row in question.rows)

    def summary(self, question: Question) -> Summary:
        return Summary.LEVELS

    def parts(self, question: Question) -> Mapping[str, tuple[str, ...]]:
        return {row.value: VALUES for row in question.rows}

    def marks(self, question: Question, answer: Answer) -> Iterator[tuple[str, str]]:
        for row, found in answer.items():
            yield row, str(found)
