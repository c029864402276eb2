"""Reference codes: twenty digits that open one's own case, read over the telephone and typed on small phones.

Knows neither where the randomness comes from nor what a code opens.
"""

import unicodedata
from typing import Literal

from stdnum.iso7064 import mod_97_10

Fault = Literal["empty", "length", "characters", "digits"]

_RANDOM_DIGITS = 18
_LENGTH = _RANDOM_DIGITS + 2
_GROUP = 4
_ENOUGH_BYTES = 16
_LONGEST_TYPED = 200  # characters, separators included; more is no code but a pasted text

_NUMERALS = str.maketrans("〇零一二三四五六七八九幺两", "0012345678912")
_DIGITS = frozenset("0123456789")
_MARKS = frozenset(".·•・‧。,、;:/|_−")  # what people put between groups, and the minus sign, which Unicode calls no dash
_LEFT_OUT = frozenset({"Pd", "Cf", "Cc", "Zs", "Zl", "Zp"})  # dashes, zero-width and bidi marks, spaces


class Mistyped(ValueError):  # noqa: N818 - a slip of the typist, told as such; not a failure of ours
    """What was typed is no reference code: `reason` says in which way, so that the page can help.

    `empty`: nothing was typed. `characters`: something other than digits. `length`: not twenty digits.
    `digits`: twenty digits, but the check digits say that one of them is wrong or two were swapped.
    """

    def __init__(self, reason: Fault) -> None:
        super().__init__(reason)
        self.reason = reason


def make(random_bytes: bytes) -> str:
    """A code of 18 random decimal digits and two ISO 7064 MOD 97-10 check digits.

    Needs at least 16 bytes, random or derived from a key; raises ValueError for fewer. Reducing 128 bits
    modulo 10^18 makes some codes likelier than others by less than 10^18 / 2^128, about 3 in 10^21: nothing a
    guesser could use.
    """
    if len(random_bytes) < _ENOUGH_BYTES:
        raise ValueError(f"a reference code needs {_ENOUGH_BYTES} random bytes, not {len(random_bytes)}")
    body = f"{int.from_bytes(random_bytes, 'big') % 10**_RANDOM_DIGITS:0{_RANDOM_DIGITS}}"
    return body + mod_97_10.calc_check_digits(body)


def parse(typed: str) -> str:
    """The twenty digits of what a person typed: full-width or Chinese numerals, grouped in any way.

    Raises Mistyped. Every single wrong digit and every swap of neighbours is caught.
    """
    code = digits_of(typed)
    if len(code) != _LENGTH:
        raise Mistyped("length")
    # Computed anew: a check modulo 97 alone would let the check digits 00, 01 and 99 pass for 97, 98 and 02.
    if mod_97_10.calc_check_digits(code[:_RANDOM_DIGITS]) != code[_RANDOM_DIGITS:]:
        raise Mistyped("digits")
    return code


def digits_of(typed: str) -> str:
    """The digits alone, however they were typed. Raises Mistyped where there are none, or something else."""
    if len(typed) > _LONGEST_TYPED:
        raise Mistyped("length")
    code = "".join(filter(_counts, unicodedata.normalize("NFKC", typed))).translate(_NUMERALS)
    if not code:
        raise Mistyped("empty")
    if not _DIGITS.issuperset(code):
        raise Mistyped("characters")
    return code


def group(code: str) -> str:
    """The code as it is shown and read aloud: groups of four digits."""
    return " ".join(code[i:i + _GROUP] for i in range(0, len(code), _GROUP))


def _counts(character: str) -> bool:
    return character not in _MARKS and unicodedata.category(character) not in _LEFT_OUT
