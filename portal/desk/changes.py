"""What an act changed, in words: every field of the case before and after it. Knows no pages."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from portal import i18n
from portal.accounts.queries import names_of
from portal.domain.case import Part, Round
from portal.domain.codes import (
    LANE_WORDS,
    LEVEL_WORDS,
    MILESTONE_WORDS,
    ORDER_WORDS,
    OUTCOME_WORDS,
    POSITION_WORDS,
    PROMISE_WORDS,
    SOLVED_WORDS,
    STATUS_WORDS,
    Extension,
    Lane,
    Milestone,
    OrderLevel,
    Outcome,
    Position,
    Promise,
    Publication,
    Solved,
    Status,
)
from portal.domain.history import FIELD_WORDS, Change, Moment
from portal.domain.people import N_
from portal.web.filters import unit_name
from portal.web.words import _, language

_PUBLICATION_WORDS = {
    Publication.UNDECIDED: N_("to be decided"), Publication.STUB: N_("a stub"), Publication.TEXT: N_("the redacted text"),
    Publication.HIDDEN: N_("nothing"),
}
_EXTENSION_WORDS = {
    Extension.NONE: N_("none"), Extension.ASKED: N_("asked for"), Extension.GRANTED: N_("granted"),
    Extension.REFUSED: N_("refused"),
}
_CODED: dict[type, Mapping[Any, str]] = {
    Lane: LANE_WORDS, Milestone: MILESTONE_WORDS, OrderLevel: ORDER_WORDS, Outcome: OUTCOME_WORDS, Position: POSITION_WORDS,
    Promise: PROMISE_WORDS, Solved: SOLVED_WORDS, Publication: _PUBLICATION_WORDS, Extension: _EXTENSION_WORDS,
    Status: {status: words.word for status, words in STATUS_WORDS.items()},
}
_UNITS = frozenset({"unit", "barred"})
_PEOPLE = frozenset({"handler", "drafted_by", "declined_by", "recused"})

Names = Mapping[int, str]


def people_of(history: Iterable[Moment]) -> dict[int, str]:
    """Names of all who acted, and of all whom a change names."""
    ids = {each.event.actor_id for each in history if each.event.actor_id is not None}
    for change in (change for each in history for change in each.changes if change.name in _PEOPLE):
        for value in (change.before, change.after):
            ids |= set(value) if isinstance(value, tuple) else {value} - {None}
    return names_of(sorted(ids)) if ids else {}


def told_changes(changes: Iterable[Change], names: Names) -> list[SimpleNamespace]:
    """Field, before and after, in the reader's language."""
    return [SimpleNamespace(name=each.name, label=_(FIELD_WORDS[each.name]), before=_told(each.name, each.before, names),
                            after=_told(each.name, each.after, names)) for each in changes]


def _told(name: str, value: Any, names: Names) -> str:
    if value is None or value in ("", (), {}):
        return "–"
    if isinstance(value, tuple):
        return _(", ").join(_told(name, each, names) for each in value)
    if name in _PEOPLE:
        return names.get(value, str(value))
    if name in _UNITS:
        return unit_name(value)
    if name in ("rating", "followed_level"):
        return _(LEVEL_WORDS[value])
    for kind, told in _KINDS:
        if isinstance(value, kind):
            return told(value)
    return str(value)


def _rule(rule: Mapping[str, Any]) -> str:
    return str(rule["title_en"] if language() == "en" else rule["title"])


def _part(part: Part) -> str:
    day = i18n.day(part.reported_on or part.due_on, language())
    words = _("%(unit)s, reported on %(day)s") if part.reported_on else _("%(unit)s by %(day)s")
    return words % {"unit": unit_name(part.unit), "day": day}


def _round(earlier: Round) -> str:
    outcome = _(OUTCOME_WORDS[earlier.outcome]) if earlier.outcome else "–"
    if earlier.answered_on is None:
        return outcome
    return _("%(outcome)s on %(day)s", outcome=outcome, day=i18n.day(earlier.answered_on, language()))


_KINDS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (date, lambda value: i18n.day(value, language())),
    (bool, lambda value: _("Yes") if value else _("No")),
    (Mapping, _rule), (Part, _part), (Round, _round),
    *((kind, lambda value, words=words: _(words[value])) for kind, words in _CODED.items()),
)
