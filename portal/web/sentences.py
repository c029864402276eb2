"""Events as plain sentences: who did what, on which day, with the facts a reader needs."""

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import Flask

from portal import i18n
from portal.domain.case import LEVEL_WORDS, OUTCOME_WORDS, Action, Event, Outcome
from portal.domain.disclosure import timeline_entry
from portal.domain.people import N_, Role
from portal.domain.transitions import row_of
from portal.web.filters import unit_name
from portal.web.words import _, language

_SUBMITTED = N_("sent the opinion")
_OFFICE = "outreach"


def install(app: Flask) -> None:
    app.jinja_env.globals.update(told=told, told_event=told_event)


def told(entry: Mapping[str, Any], words: Mapping[str, str] | None = None) -> SimpleNamespace:
    """One entry of a public timeline: `day`, `who`, `sentence`, and the `action` for what is shown beside it."""
    action = Action(entry["action"])
    row = row_of(action)
    facts = {
        "unit": unit_name(entry.get("unit")),
        "due": i18n.day(date.fromisoformat(entry["due_on"]), language()) if entry.get("due_on") else "",
        "outcome": _outcome(entry), "level": _(LEVEL_WORDS[int(entry["rating"])]) if entry.get("rating") else "",
        "reason": (words or {}).get("reason", ""),
    }
    return SimpleNamespace(action=action.value, day=date.fromisoformat(entry["on"]), who=_who(entry),
                           sentence=_(row.said if row else _SUBMITTED) % facts)


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
    return unit_name(entry.get("by") or _OFFICE)


def _outcome(entry: Mapping[str, Any]) -> str:
    if not entry.get("outcome"):
        return ""
    outcome = Outcome(entry["outcome"])
    if outcome is Outcome.PROMISED and entry.get("promised_on"):
        return _("will be done by %(day)s", day=i18n.day(date.fromisoformat(entry["promised_on"]), language()))
    return _(OUTCOME_WORDS[outcome])
