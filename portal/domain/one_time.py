"""One-time codes: sixteen digits that open one ballot once. Knows neither chance nor what a code opens."""

from stdnum.iso7064 import mod_97_10

from portal.domain.reference import Mistyped, digits_of, group

LENGTH = 16
_RANDOM_DIGITS = LENGTH - 2
_ENOUGH_BYTES = 16

__all__ = ["LENGTH", "group", "make", "parse"]


def make(random_bytes: bytes) -> str:
    """Fourteen random digits and two ISO 7064 MOD 97-10 check digits: with 100,000 codes out, one guess in 10^9 opens one.

    Needs at least 16 bytes; raises ValueError for fewer.
    """
    if len(random_bytes) < _ENOUGH_BYTES:
        raise ValueError(f"a one-time code needs {_ENOUGH_BYTES} random bytes, not {len(random_bytes)}")
    body = f"{int.from_bytes(random_bytes, 'big') % 10**_RANDOM_DIGITS:0{_RANDOM_DIGITS}}"
    return body + mod_97_10.calc_check_digits(body)


def parse(typed: str) -> str:
    """The sixteen digits of what a person typed, in any grouping. Raises Mistyped; `length` also for a reference code."""
    code = digits_of(typed)
    if len(code) != LENGTH:
        raise Mistyped("length")
    if mod_97_10.calc_check_digits(code[:_RANDOM_DIGITS]) != code[_RANDOM_DIGITS:]:
        raise Mistyped("digits")
    return code
