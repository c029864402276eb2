"""Names of persons by the company they keep: titles, roles, lists, signatures. Rules only, never sure.

Knows no dictionary of persons; a name that nothing announces is left to the reviewer's eye.
"""

import re
from collections.abc import Callable, Iterator

from .foreign_names import dotted, in_latin, in_syllables
from .kinds import Candidate, Grade, Kind
from .name_parts import (
    HAN,
    PLACE,
    TITLE,
    Span,
    any_of,
    begins_like_given,
    ends_plainly,
    full_name,
    is_exactly_name,
    is_typical,
    may_be_given,
    stands_free,
    surname_length,
)
from .name_tables import (
    EVERYDAY_SURNAMES,
    GIVEN,
    KIN,
    NOT_FAMILIAR,
    NOT_NAMES,
    ROLES,
    SHORT_TITLES,
    SURNAMES,
    TITLES,
    WEAK_ROLES,
    WORD_ENDS,
)

_TITLE_AHEAD = re.compile(f"(?={any_of(TITLES)})")
_SIGN = r"[:是为叫\s\"“「(、]{0,3}"
_KIN = "哥弟姐妹爸妈爷奶叔舅姑姨儿女孙夫妻"
_ROLE = re.compile(rf"(?:{any_of(ROLES)}|我[{_KIN}](?![{_KIN}婿子媳妇侄])){_SIGN}")
_CALLED = re.compile(r"(?:叫|名字是|姓名|联系人|署名|落款|昵称)[:是为做\s\"“「]{0,3}$|[: ]$")
_WEAK_ROLE = re.compile(any_of(WEAK_ROLES))
_WEAK_ROLE_AHEAD = re.compile(f"(?={any_of(WEAK_ROLES)})")
_CLAUSE = re.compile(rf"(?<![{HAN}0-9A-Za-z])(?=[{HAN}]{{2}})")
_LIKELY = re.compile(
    f"(?=([{''.join(sorted(SURNAMES - EVERYDAY_SURNAMES))}][{''.join(sorted(GIVEN))}]{{2}}))"
)
_SOMEBODY = re.compile(rf"([{HAN}])(某[某甲乙丙丁]?|某(?=[{HAN}])|[xX×*]{{1,2}}(?![0-9A-Za-z]))")
_FAMILIAR = re.compile(
    rf"(?<![大从最太很较多越古年])[老小阿]([{HAN}])"
    rf"(?=[的说来去在是把被给跟也都帮对让他她两等和与同又还就]|[^{HAN}]|$)"
)
_SURNAMED = re.compile(
    rf"(?<![同百贵何尊])姓[是:为]?([{HAN}])"
    r"(?=[的男女,。;、!?)\s某副叫老一名]|所长|队长|主任|民警|警官|工作|先生|$)"
)
_OF_SURNAME = re.compile(rf"([{HAN}])姓(?=[男女副所民警人老青工村店房邻司保家同中])")
_IS_MY = re.compile(rf"(?<![{HAN}])([{HAN}]{{2,4}}?)是[我他她](?:们|家)?的?(?:{any_of(KIN)})")
_PAIR = re.compile(
    rf"([{HAN}]{{2,4}})[和与跟]([{HAN}]{{2,4}}?)(?=兄弟|姐妹|夫妻|夫妇|父子|母子|两人|二人|两家|俩)"
)
_CONTACT = re.compile(
    r"[,:;(、 ]{1,2}(?=(?:联系)?(?:电话|手机|微信|方式|警号)|本人电话|[男女][,、)]|1[3-9][0-9]{9})"
)
_ALONE = re.compile(rf"(?<![{HAN}0-9A-Za-z])([{HAN}](?: ?[{HAN}]){{1,3}})(?![{HAN}])")
_BEFORE_NUMBER = re.compile(
    r"[ ,:、()电话手机]{0,6}(?:\+?86)?[ -]?(?:1[3-9][0-9]|0[0-9]{2,3}[- ]?[0-9]{7})"
)
_CLOSING = re.compile(r"[—-]{1,2} ?$|(?:此致|敬礼|敬上|谢谢|人|上)[!。:,]? ?\n? *$")
_LINE_BEGINS = re.compile(r"[\n\t 。]$")
_TEXT_ENDS = re.compile(r"[\s。.!0-9年月日-]*$")
_LIST = re.compile(r"[、和与及跟,/]|以及|还有")


def names(text: str) -> Iterator[Candidate]:
    """Every rule's spans; they may overlap."""
    found = {span for rule in _RULES for span in rule(text)}
    found.update(_listed_after(text, found))
    for start, end in sorted(found):
        yield Candidate(start, end, Kind.NAME, Grade.MEDIUM, "name-rule")


def _before_titles(text: str) -> Iterator[Span]:
    for ahead in _TITLE_AHEAD.finditer(text):
        title = TITLE.match(text, ahead.start())
        short = title is not None and title.group() in SHORT_TITLES
        if title is None or (short and not ends_plainly(text, title.end())):
            continue
        span = (None if short else _name_before(text, title)) or _surname_before(text, title)
        if span:
            yield span


def _name_before(text: str, title: re.Match[str]) -> Span | None:
    start, end = _name_ending(text, title.start())
    if start == end:
        return None
    # 教练万师傅 is Mr Wan, not 练万
    only_surname = end - start == 2 and text[start] in EVERYDAY_SURNAMES and text[end - 1] in SURNAMES
    return (end - 1, title.end()) if only_surname else (start, end)


def _surname_before(text: str, title: re.Match[str]) -> Span | None:
    at = title.start()
    for length in (2, 1):
        start = at - length
        if start >= 0 and surname_length(text, start) == length and stands_free(text, start):
            familiar = text[max(0, start - 1):start + 1]
            return start - (familiar[0] in "老小" and familiar not in NOT_FAMILIAR), title.end()
    return None


def _name_ending(text: str, end: int, lengths: tuple[int, ...] = (4, 3, 2)) -> Span:
    """The name that ends exactly here, or an empty span."""
    for length in lengths:
        if end >= length and is_exactly_name(text, end - length, end):
            return end - length, end
    return end, end


def _after_roles(text: str) -> Iterator[Span]:
    for match in _ROLE.finditer(text):
        if latin := in_latin(text, match.end()):
            yield latin
        span = full_name(text, match.end(), name_like=True)
        if span and (_is_announced(match) or ends_plainly(text, span[1]) or begins_like_given(text, *span)):
            yield span


def _is_announced(role: re.Match[str]) -> bool:
    return _CALLED.search(role.group()) is not None


def _after_weak_roles(text: str) -> Iterator[Span]:
    for ahead in _WEAK_ROLE_AHEAD.finditer(text):
        role = _WEAK_ROLE.match(text, ahead.start())
        span = full_name(text, role.end()) if role else None
        if span and is_typical(text, span):
            yield span


def _beginning_clauses(text: str) -> Iterator[Span]:
    for match in _CLAUSE.finditer(text):
        span = full_name(text, match.start())
        if span and is_typical(text, span):
            yield span


def _likely(text: str) -> Iterator[Span]:
    """A surname and two characters that are nearly always names, with a plain end, anywhere."""
    for match in _LIKELY.finditer(text):
        start, end = match.span(1)
        given = text[start + 1:end]
        if given in NOT_NAMES or given in WORD_ENDS or PLACE.match(text, end):
            continue
        if ends_plainly(text, end) and stands_free(text, start):
            yield start, end


def _somebody(text: str) -> Iterator[Span]:
    for match in _SOMEBODY.finditer(text):
        if match[1] in SURNAMES:
            end = match.end()
            hidden_middle = match[2] == "某" and text[end:end + 1] in GIVEN and ends_plainly(text, end + 1)
            yield match.start(), end + hidden_middle


def _familiar(text: str) -> Iterator[Span]:
    for match in _FAMILIAR.finditer(text):
        if match[1] in SURNAMES and match.group() not in NOT_FAMILIAR:
            yield match.span()


def _surnames_alone(text: str) -> Iterator[Span]:
    for pattern in (_SURNAMED, _OF_SURNAME):
        for match in pattern.finditer(text):
            if match[1] in SURNAMES:
                yield match.span(1)


def _relatives(text: str) -> Iterator[Span]:
    for match in _IS_MY.finditer(text):
        if 0 < surname_length(text, match.start(1)) >= len(match[1]) - 2:
            yield match.span(1)


def _pairs(text: str) -> Iterator[Span]:
    for match in _PAIR.finditer(text):
        first = _name_ending(text, match.end(1), (3, 4, 2))
        for start, end in (first, match.span(2)):
            if start < end and surname_length(text, start):
                yield start, end


def _before_contacts(text: str) -> Iterator[Span]:
    for match in _CONTACT.finditer(text):
        start, end = _name_ending(text, match.start())
        if start < end:
            yield start, end


def _signatures(text: str) -> Iterator[Span]:
    """A name standing alone: beside a telephone number, after a dash, on the last line."""
    for match in _ALONE.finditer(text):
        if _is_nothing_but_name(match[1].replace(" ", "")) and _signs(text, *match.span(1)):
            yield match.span(1)


def _is_nothing_but_name(word: str) -> bool:
    surname = surname_length(word, 0)
    if not surname or not 1 <= len(word) - surname <= 2 or word[:2] in NOT_NAMES:
        return False
    return all(may_be_given(word, at) for at in range(surname, len(word))) and not PLACE.search(word, surname)


def _signs(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 6):start]
    if _BEFORE_NUMBER.match(text, end) or _CLOSING.search(before):
        return True
    return bool(_LINE_BEGINS.search(before) and _TEXT_ENDS.match(text[end:end + 24]))


def _listed_after(text: str, found: set[Span]) -> Iterator[Span]:
    """Names in a list that begins with a name already found."""
    seen, waiting = set(found), sorted(found, reverse=True)
    while waiting:
        joint = _LIST.match(text, waiting.pop()[1])
        span = full_name(text, joint.end()) if joint else None
        if span and span not in seen and (ends_plainly(text, span[1]) or _LIST.match(text, span[1])):
            seen.add(span)
            waiting.append(span)
            yield span


_RULES: tuple[Callable[[str], Iterator[Span]], ...] = (
    _before_titles, _after_roles, _after_weak_roles, _beginning_clauses, _likely, _somebody, _familiar,
    _surnames_alone, _relatives, _pairs, _before_contacts, _signatures, dotted, in_syllables,
)
