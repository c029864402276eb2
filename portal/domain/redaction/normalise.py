"""Makes the text in which we search, with the way back to the original. Knows nothing of personal data."""

import re
import unicodedata
from dataclasses import dataclass

BREAK = "\x1f"  # stands for what is masked already; no pattern reaches across it

_DROPPED_CATEGORIES = frozenset({"Cf", "Cc", "Me"})  # zero-width and bidi marks, controls, keycap circles
_DROPPED = frozenset("\u034f\u115f\u1160\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
_KEPT_CONTROLS = frozenset("\n\r\t")
_SAME = {"−": "-", "〜": "-", "～": "-", "~": "-", "•": "·", "・": "·", "‧": "·", "∙": "·", "●": "·"}
_NUMERALS = str.maketrans("〇零一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖oO", "001234567891212345678900")
_NUMERAL_RUN = re.compile(r"(?:[0-9〇零一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖oO][ .·_-]{0,2}){7,}")
_FEWEST_NUMERALS = 7
_LONGEST_FOLDED = 4  # one character becomes at most four: a few ligatures stand for whole sentences


@dataclass(frozen=True)
class MatchText:
    """`text` is what patterns see; `origin` holds, for each of its characters, the index in the original."""

    text: str
    origin: tuple[int, ...]
    length: int

    def span_in_original(self, start: int, end: int) -> tuple[int, int]:
        """The original characters behind `text[start:end]`, dropped characters that follow included."""
        after = self.origin[end] if end < len(self.origin) else self.length
        return self.origin[start], max(self.origin[end - 1] + 1, after)


def match_text(original: str) -> MatchText:
    """NFKC character by character; the invisible dropped, dashes and digits of all scripts made plain."""
    characters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(original):
        plain = _plain(character)
        characters.append(plain)
        origin.extend([index] * len(plain))
    return MatchText("".join(characters), tuple(origin), len(original))


def plain(text: str) -> str:
    """The match text alone."""
    return match_text(text).text


def with_digits(text: str) -> str:
    """The same text, as long as before, with numbers spelled in Chinese numerals written in digits."""
    return _NUMERAL_RUN.sub(_spelled_in_digits, text)


def _spelled_in_digits(run: re.Match[str]) -> str:
    found = run.group()
    digits = found.translate(_NUMERALS)
    return digits if sum(map(str.isdigit, digits)) >= _FEWEST_NUMERALS else found


def _plain(character: str) -> str:
    if character < "\x7f":
        return character if character >= " " or character in _KEPT_CONTROLS else ""
    category = unicodedata.category(character)
    if category in _DROPPED_CATEGORIES or character in _DROPPED:
        return ""
    if category in {"Nd", "No"} and (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    if category == "Pd":
        return "-"
    folded = unicodedata.normalize("NFKC", character)
    return "".join(_SAME.get(each, each) for each in folded) if len(folded) <= _LONGEST_FOLDED else character
