"""Number: whole, or with a fixed number of digits after the point, within bounds."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from portal.domain.given import clean
from portal.domain.questions.base import Answer, Choice, Fields, Question, QuestionType, Slip, Summary, only

LARGEST = 10**9  # of either bound, so that a number of so many digits is kept exactly
MOST_DECIMALS = 3
_PLAIN = str.maketrans("０１２３４５６７８９．－−＋", "0123456789.--+")  # as Chinese keyboards type them
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,12})?")


class Number(QuestionType):
    """From `low` to `high`, both allowed; `unit` stands behind it. Stored as int, or as float where there are `decimals`."""

    key = "number"
    name, name_en = "数字", "Number"
    settings: ClassVar[Mapping[str, Any]] = {"low": 0, "high": 100, "unit": "", "unit_en": "", "decimals": 0}

    def check(self, question: Question) -> Iterator[tuple[str, str]]:
        low, high = question.settings["low"], question.settings["high"]
        if not -LARGEST <= low < high <= LARGEST:
            yield "settings.high", "bounds"
        if not 0 <= question.settings["decimals"] <= MOST_DECIMALS:
            yield "settings.decimals", "bounds"
        if bool(question.settings["unit"]) != bool(question.settings["unit_en"]):
            yield "settings.unit_en", "untranslated"

    def unit(self, question: Question) -> Choice:
        """Its words."""
        return Choice("", question.settings["unit"], question.settings["unit_en"])

    def read(self, question: Question, fields: Fields) -> int | float | None:
        given = clean(only(fields, question.field)).translate(_PLAIN)
        if not given:
            return None
        if not _NUMBER.fullmatch(given):
            raise Slip("no_number", question.field)
        value, decimals = Decimal(given), question.settings["decimals"]
        if value != round(value, decimals):
            raise Slip("too_exact", question.field)
        if not question.settings["low"] <= value <= question.settings["high"]:
            raise Slip("out_of_range", question.field)
        return float(value) + 0.0 if decimals else int(value)  # adding turns a minus zero into a plain one

    def room(self, question: Question) -> int:
        whole = max(len(str(question.settings[bound])) for bound in ("low", "high"))
        return whole + (1 + question.settings["decimals"] if question.settings["decimals"] else 0)

    def summary(self, question: Question) -> Summary:
        return Summary.NUMBERS

    def marks(self, question: Question, answer: Answer) -> Iterator[tuple[str, str]]:
        yield "", str(answer)
