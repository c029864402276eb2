"""Events as plain sentences: who did what, on which day, with the facts a reader needs."""

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import Flask

from portal import i18n
from portal.domain.case import Event
from portal.domain.codes import (
    LEVEL_WORDS,
    MILESTONE_WORDS,
    ORDER_WORDS,
    OUTCOME_WORDS,
    PROMISE_WORDS,
    SOLVED_WORDS,
    Action,
    OrderLevel,
    Outcome,
)
from portal.domain.disclosure import timeline_entry
from portal.domain.people import N_, OFFICE, Role
from portal.domain.table import Row
from portal.domain.transitions import row_of
from portal.web.filters import unit_name
from portal.web.words import _, language

_SUBMITTED = N_("sent the opinion")


def install(app: Flask) -> None:
    app.jinja_env.globals.update(told=told, told_event=told_event)


def told(entry: Mapping[str, Any], words: Mapping[str, str] | None = None) -> SimpleNamespace:
    """One entry of a public timeline: `day`, `who`, `sentence`, and the `action` for what is shown beside it."""
    action = Action(entry["action"])
    row = row_of(action)
    facts = {
        "unit": unit_name(entry.get("unit")), "due": _day(entry, "due_on"), "before": _day(entry, "moved_from"),
        "outcome": _outcome(entry), "level": _(LEVEL_WORDS[int(entry["rating"])]) if entry.get("rating") else "",
        "milestone": _word(MILESTONE_WORDS, entry.get("milestone")), "promise": _word(PROMISE_WORDS, entry.get("promise")),
        "followed": _word(SOLVED_WORDS, entry.get("followed")) or _("not reached, to be tried again"),
        "holds": _("No") if entry.get("rectify_due") else _("Yes"), "reason": (words or {}).get("reason", ""),
    }
    return SimpleNamespace(action=action.value, day=date.fromisoformat(entry["on"]), who=_who(entry),
                           sentence=_sentence(action, row, entry) % facts)


def _sentence(action: Action, row: Row | None, entry: Mapping[str, Any]) -> str:
    if row is None:
        return _(_SUBMITTED) if entry["role"] == Role.AUTHOR else _("wrote the opinion down for its author")
    if action is Action.SUPERVISE and entry.get("order_level"):
        return _("%(level)s: the unit answers by %(due)s", level=_(ORDER_WORDS[OrderLevel(entry["order_level"])]),
                 due=_day(entry, "order_due"))
    return _(row.said)


def _word(words: Mapping[Any, str], code: str | None) -> str:
    return _(words[code]) if code else ""


def _day(entry: Mapping[str, Any], name: str) -> str:
    return i18n.day(date.fromisoformat(entry[name]), language()) if entry.get(name) else ""


def told_event(event: Event) -> SimpleNamespace:
    """The same for an event of the record, with the words its reader may read."""
    one = told(timeline_entry(event), event.words)
    one.words, one.at, one.actor_id = event.words, event.at, event.actor_id
    return one


def _who(entry: Mapping[str, Any]) -> str:
    role = Role(entry["role"])
    if role is Role.AUTHOR:
        return _("The author")
    if role is Role.SYSTEM:
        return _("The portal")
    return unit_name(entry.get("by") or OFFICE)


def _outcome(entry: Mapping[str, Any]) -> str:
    if not entry.get("outcome"):
        return ""
    outcome = Outcome(entry["outcome"])
    if outcome is Outcome.PROMISED and entry.get("promised_on"):
        return _("will be done by %(day)s", day=i18n.day(date.fromisoformat(entry["promised_on"]), language()))
    return _(OUTCOME_WORDS[outcome])
