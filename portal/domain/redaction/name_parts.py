"""What a Chinese name is made of: where it may begin, how far it reaches, which words only look like one.

Knows nothing of the words around it that give a name away.
"""

import re
from collections.abc import Iterable

from .name_tables import (
    COMPOUND_SURNAMES,
    EVERYDAY_SURNAMES,
    FOLLOWERS,
    GIVEN,
    HARD_STOP,
    NAME_LIKE,
    NOT_NAMES,
    SHORT_TITLES,
    SOFT_FIRST,
    SOFT_STOP,
    SURNAMES,
    TITLES,
    WORD_ENDS,
)

Span = tuple[int, int]

HAN = "\u4e00-\u9fff"
PLACE = re.compile(
    r"派出所|小区|社区|花园|公园|大街|大道|街道|分局|中学|小学|医院|超市|大厦|公司|市场|路口|"
    r"[村庄路街镇乡县区市省桥河湖山湾营屯苑]"
)
_HIDDEN = frozenset("某xX×*")


def any_of(words: Iterable[str]) -> str:
    """A pattern of these words, the longest first."""
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


TITLE = re.compile(any_of(TITLES))


def surname_length(text: str, at: int) -> int:
    """The length of a surname at this place: 2, 1 or 0."""
    if text[at:at + 2] in COMPOUND_SURNAMES:
        return 2
    return 1 if text[at:at + 1] in SURNAMES else 0


def full_name(text: str, at: int, *, name_like: bool = False) -> Span | None:
    """The name that begins exactly here: a surname with what may be a given name, a title or 某 behind it."""
    surname = surname_length(text, at)
    if not surname or (surname == 1 and _is_word(text, at, name_like=name_like)):
        return None
    if text[at + surname:at + surname + 1] in _HIDDEN:
        return at, at + surname
    if title := TITLE.match(text, at + surname):
        return at, title.end() if title.group() not in SHORT_TITLES else at + surname
    given = _given(text, at + surname)
    end = at + surname + given
    if not given or PLACE.match(text, end) or PLACE.fullmatch(text, at + surname, end):
        return None
    return at, end


def ends_plainly(text: str, end: int) -> bool:
    """Whether what comes here can follow a name but not belong to it."""
    here = text[end:end + 1]
    if not here or not _is_han(here) or here in HARD_STOP or here in SOFT_STOP:
        return True
    return text[end:end + 2] in FOLLOWERS or TITLE.match(text, end) is not None


def is_exactly_name(text: str, start: int, end: int) -> bool:
    """Whether the whole of this stretch, no less, can be a name."""
    surname = surname_length(text, start)
    given = text[start + surname:end]
    if not surname or not 0 < len(given) <= 2:
        return False
    if not stands_free(text, start) or text[end - 2:end] in WORD_ENDS:
        return False
    if GIVEN.issuperset(given):
        return True
    return all(_is_han(each) and each not in HARD_STOP and each not in SOFT_STOP for each in given)


def stands_free(text: str, start: int) -> bool:
    """No longer word ends or begins with the surname."""
    word = text[max(0, start - 1):start + 1]
    return word not in WORD_ENDS and word not in NOT_NAMES and not _is_word(text, start, name_like=True)


def is_typical(text: str, span: Span) -> bool:
    """Whether this is a name even where little announces it."""
    start, end = span
    surname = surname_length(text, start)
    if not ends_plainly(text, end) or not looks_given(text, start, end):
        return False
    if surname == 1 and text[start] in EVERYDAY_SURNAMES and end - start < 3:
        return False
    return text[max(0, start - 1):start + 1] not in WORD_ENDS


def begins_like_given(text: str, start: int, end: int) -> bool:
    surname = surname_length(text, start)
    return text[start] not in EVERYDAY_SURNAMES and text[start + surname:end][:1] in GIVEN


def looks_given(text: str, start: int, end: int) -> bool:
    given = text[start + surname_length(text, start):end]
    return bool(given) and GIVEN.issuperset(given)


def may_be_given(text: str, at: int) -> bool:
    here, after = text[at:at + 1], text[at + 1:at + 2]
    if not here or not _is_han(here) or here in HARD_STOP or text[at:at + 2] in FOLLOWERS:
        return False
    return here not in SOFT_STOP or not _is_han(after)


def _given(text: str, at: int) -> int:
    """How many characters from here, two at most, are taken for a given name."""
    pair = text[at:at + 2]
    if len(pair) == 2 and pair not in FOLLOWERS and _is_pair(text, at) and ends_plainly(text, at + 2):
        return 2
    if not may_be_given(text, at):
        return 0
    if not may_be_given(text, at + 1):
        return 1
    surely_one = pair[0] in GIVEN and pair[1] not in GIVEN and not ends_plainly(text, at + 2)
    return 1 if surely_one else 2


def _is_pair(text: str, at: int) -> bool:
    if GIVEN.issuperset(text[at:at + 2]):
        return True
    return text[at] in SOFT_FIRST and text[at + 1] not in SOFT_STOP and may_be_given(text, at + 1)


def _is_word(text: str, at: int, *, name_like: bool) -> bool:
    """Whether a common word, not a name, begins here. Some words are both."""
    word = text[at:at + 2]
    return word in NOT_NAMES and not (name_like and word in NAME_LIKE)


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
