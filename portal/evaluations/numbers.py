"""Published numbers in words: counts, shares, intervals, differences. A share is rounded once, from its counts."""

from collections.abc import Mapping
from fractions import Fraction

from portal.web.words import _


def number(value: float | None) -> str:
    """1,204 or 12.25; `not known` where nobody knows."""
    if value is None:
        return _("not known")
    return f"{int(value) if value == int(value) else value:,}"


def percent(count: int, of: int) -> str:
    """With one decimal, rounded once and halves up: 27 of 110 are 24.5%."""
    tenths = int(Fraction(count, of) * 1000 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}%"


def interval(rate: Mapping[str, float]) -> str:
    return f"{rate['low'] * 100:.1f}%–{rate['high'] * 100:.1f}%"


def points(change: float) -> str:
    """A difference of shares in hundredths: +3.1, −0.4."""
    return signed(f"{change * 100:+.1f}")


def signed(digits: str) -> str:
    """With the sign that is as wide as a plus."""
    return digits.replace("-", "−")


def word(words: Mapping[str, str], code: str) -> str:
    """The word of a code, in the reader's language."""
    return _(words[code])


def mean(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
