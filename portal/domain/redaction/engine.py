"""Finds personal data in a text and writes the text without it. What is published a person decides.

Knows neither who wrote the text nor where it goes; what the portal holds about the author is handed in.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from . import names as name_rules
from .addresses import addresses, organisations
from .kinds import Candidate, Finding, Grade, Kind, Known, MaskedText
from .normalise import BREAK, MatchText, match_text, plain, with_digits
from .patterns import RECOGNISERS

PUBLIC_NUMBERS = frozenset(
    {"110", "119", "120", "122", "12345", "12389", "12123", "12309", "12110", "12337", "96110"}
)
_MOST_ROUNDS = 4
_SHORTEST_KNOWN = 2  # one character would mask half the text
_NUMBER_KINDS = frozenset({Kind.PHONE, Kind.ID, Kind.PASSPORT, Kind.BANK, Kind.OFFICER_NO, Kind.PLATE})
# Labels of an earlier masking, and the portal's own case numbers.
_LEFT_ALONE = re.compile(
    rf"\[(?:{'|'.join(sorted({kind.label for kind in Kind}))})[0-9]{{0,4}}\]"
    r"|(?<![0-9A-Za-z-])(?:[A-Z]{2}-?)?20[0-9]{2}-[0-9]{6}(?![0-9-])"
)
_NOT_VALUE = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]")


def active_recognisers() -> tuple[str, ...]:
    """The names of what looks at a text, for the self-check page."""
    return (*(each.name for each in RECOGNISERS), "known values", "address", "organisation", "name rules")


def find(
    text: str,
    *,
    known: Iterable[Known] = (),
    public_numbers: Collection[str] = (),
    about_child: bool = False,
) -> list[Finding]:
    """Personal data in the text, in order, without overlaps. Raises for no text; takes linear time.

    `known` values are HIGH wherever they stand. `public_numbers` (of the bureau's own directory) are left
    alone, as are hotlines and the portal's case numbers. `about_child` (or a patient) makes schools and
    workplaces HIGH.
    """
    normal = match_text(text)
    public = PUBLIC_NUMBERS | {_bare(number) for number in public_numbers}
    open_text = _LEFT_ALONE.sub(_blank, normal.text)
    found = _rounds(open_text, tuple(known), public, about_child)
    return [_finding(text, normal, candidate) for candidate in found]


def mask(text: str, findings: Iterable[Finding]) -> MaskedText:
    """The text with HIGH and MEDIUM findings replaced by labels, numbered where a kind has several values."""
    masked = sorted((each for each in findings if each.grade.is_masked), key=lambda each: each.start)
    values: dict[str, dict[str, int]] = {}
    for each in masked:
        same = values.setdefault(each.kind.label, {})
        same.setdefault(_bare(each.text), len(same) + 1)
    pieces, at = [], 0
    for each in masked:
        same = values[each.kind.label]
        number = str(same[_bare(each.text)]) if len(same) > 1 else ""
        pieces += [text[at:each.start], f"［{each.kind.label}{number}］"]
        at = each.end
    return MaskedText("".join(pieces) + text[at:])


def _rounds(
    text: str, known: tuple[Known, ...], public: Collection[str], about_child: bool,
) -> list[Candidate]:
    """Searches again behind what was found: once a value is taken out, its neighbour may stand free."""
    words = chain(addresses(text), organisations(text, about_child), name_rules.names(text))
    found = _merged(chain(_known_values(text, known), _allowed(text, chain(words, _numbers(text)), public)))
    for _ in range(_MOST_ROUNDS):
        text = _without(text, [each for each in found if each.grade.is_masked])
        more = list(chain(_known_values(text, known), _allowed(text, _numbers(text), public)))
        if not any(each.grade.is_masked for each in more):
            break
        found = _merged([*found, *more])
    return found


def _numbers(text: str) -> Iterator[Candidate]:
    return chain.from_iterable(each.candidates(text) for each in RECOGNISERS)


def _allowed(text: str, candidates: Iterable[Candidate], public: Collection[str]) -> Iterator[Candidate]:
    return (each for each in candidates if _essence(text[each.start:each.end]) not in public)


def _known_values(text: str, known: tuple[Known, ...]) -> Iterator[Candidate]:
    for each in known:
        value, is_number = _bare(each.value), each.kind in _NUMBER_KINDS
        if len(value) >= _SHORTEST_KNOWN:
            view = with_digits(text) if is_number else text
            for match in _known_pattern(value, is_number=is_number).finditer(view):
                yield Candidate(*match.span(), each.kind, Grade.HIGH, "known")


def _known_pattern(value: str, *, is_number: bool) -> re.Pattern[str]:
    between = r"[ .·_@:/()-]{0,2}"
    before, after = (r"(?<![0-9])", r"(?![0-9])") if is_number else ("", "")
    return re.compile(before + between.join(map(re.escape, value)) + after, re.I)


def _merged(candidates: Iterable[Candidate]) -> list[Candidate]:
    """One candidate a place. What is masked takes in all it overlaps, so that no end of a value is left."""
    everything = list(candidates)
    masked = _joined(each for each in everything if each.grade.is_masked)
    low = _joined(each for each in everything if not each.grade.is_masked)
    free = _free_of(masked, low)
    return sorted([*masked, *free])


def _joined(candidates: Iterable[Candidate]) -> list[Candidate]:
    joined: list[Candidate] = []
    for each in sorted(candidates):
        if joined and (each.start < joined[-1].end or _continues(joined[-1], each)):
            joined[-1] = _union(joined[-1], each)
        else:
            joined.append(each)
    return joined


def _continues(left: Candidate, right: Candidate) -> bool:
    return left.end == right.start and left.kind is right.kind is Kind.ADDRESS


def _union(left: Candidate, right: Candidate) -> Candidate:
    rank = sorted((left, right), key=_rank)[-1]
    grade = max(left.grade, right.grade, key=lambda grade: grade.weight)
    return Candidate(left.start, max(left.end, right.end), rank.kind, grade, rank.source)


def _rank(candidate: Candidate) -> tuple[bool, int, int]:
    return candidate.source == "known", candidate.end - candidate.start, candidate.grade.weight


def _free_of(masked: list[Candidate], low: list[Candidate]) -> Iterator[Candidate]:
    at = 0
    for each in low:
        while at < len(masked) and masked[at].end <= each.start:
            at += 1
        if at == len(masked) or masked[at].start >= each.end:
            yield each


def _without(text: str, masked: list[Candidate]) -> str:
    pieces, at = [], 0
    for each in masked:
        pieces += [text[at:each.start], BREAK * (each.end - each.start)]
        at = each.end
    return "".join(pieces) + text[at:]


def _blank(match: re.Match[str]) -> str:
    return BREAK * len(match.group())


def _bare(value: str) -> str:
    return _essence(plain(value))


def _essence(matched: str) -> str:
    return _NOT_VALUE.sub("", with_digits(matched)).lower()


def _finding(text: str, normal: MatchText, candidate: Candidate) -> Finding:
    start, end = normal.span_in_original(candidate.start, candidate.end)
    return Finding(start, end, candidate.kind, candidate.grade, candidate.source, text[start:end])
