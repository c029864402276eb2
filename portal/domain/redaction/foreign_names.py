"""Names of Uyghurs, Tibetans, Mongols and foreigners: the middle dot, typical syllables, Latin letters.

Knows no Chinese surnames.
"""

import re
from collections.abc import Iterator

from .name_parts import HAN, Span

_SYLLABLES = frozenset(
    "阿艾买提力江木克孜古丽娜尔热合曼依米尼亚斯巴吐逊肉帕夏汗迪吉麦哈伊布拉马苏库班努沙塔希坎土尤里衣塞都如"
    "别代达卡加萨玛赛穆罕默德姆比娅乃再然扎西次仁卓多旦增央金桑珠平措罗格白洛顿日勒图其乌云特宝音那顺"
)
_RUN = re.compile(f"[{''.join(sorted(_SYLLABLES))}]{{3,7}}")
_SURE = re.compile(
    r"古丽|古力|买买提|买提|阿不都|阿卜杜|艾合|艾力|吐尔|热合曼|木提|迪丽|努尔|帕夏|依明|麦麦|尼牙孜|汗$|扎西|"
    r"卓玛|次仁|尼玛|桑珠|格桑|图雅|其木格|巴特尔"
)
_DOTTED = re.compile(rf"([{HAN}]{{1,7}})((?:·[{HAN}]{{1,7}}){{1,3}})")
_LATIN = re.compile(
    r"(?!App|Email|Tel|Phone|Wechat|Weixin|Wifi|Mail)"
    r"[A-Z][a-z]{1,15}(?:[ -][A-Z][a-z]{1,15}){0,3}(?![A-Za-z0-9])"
)
_FEWEST, _USUAL = 2, 3


def dotted(text: str) -> Iterator[Span]:
    """买买提·艾力: as far to both sides as syllables of such names go, two or three characters at least."""
    for match in _DOTTED.finditer(text):
        first, tail = match.start(2), match[2].rsplit("·", 1)[1]
        before = _syllables(match[1][::-1])
        start = first - before if before >= _FEWEST else max(match.start(), first - _USUAL)
        yield start, match.end() - len(tail) + max(min(_FEWEST, len(tail)), _syllables(tail))


def in_syllables(text: str) -> Iterator[Span]:
    """古丽娜尔: without a dot, made of such syllables and holding one that nothing else holds."""
    for match in _RUN.finditer(text):
        if _SURE.search(match.group()):
            yield match.span()


def in_latin(text: str, at: int) -> Span | None:
    """A name in Latin letters that begins here."""
    match = _LATIN.match(text, at)
    return match.span() if match else None


def _syllables(characters: str) -> int:
    rest = characters.lstrip("".join(_SYLLABLES))
    return len(characters) - len(rest)
