"""What an act sets beyond the status, which columns of the table cannot say.

An effect is given (case, given words, actor, terms) and answers with changed fields of the case, or raises InvalidError.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from portal.domain.case import Case, Part, Round, Terms, is_number
from portal.domain.codes import (
    BAD_LEVEL,
    ENDED,
    POSITION_OUTCOME,
    Extension,
    Lane,
    Milestone,
    OrderLevel,
    Outcome,
    Position,
    Promise,
    Publication,
    Solved,
)
from portal.domain.deadlines import DeadlineRule, as_frozen, due, extended, from_frozen
from portal.domain.errors import InvalidError
from portal.domain.people import DISCIPLINE_UNIT, Actor

Given = Mapping[str, str]
Effect = Callable[[Case, Given, Actor, Terms], dict[str, Any]]


def setting(**values: Any) -> Effect:
    """An effect that is always the same."""
    return lambda case, given, actor, terms: values


def _promised(key: str, terms: Terms, start: date | None = None) -> date:
    return due(terms.rules[key], start or terms.today, terms.calendar).day


def _interim(rule: DeadlineRule, start: date, terms: Terms) -> date | None:
    return due(replace(rule, amount=rule.interim), start, terms.calendar).day if rule.interim else None


def _moved(case: Case, day: date) -> dict[str, Any]:
    """The promised day as it stands after the act, and what it was before if it moved."""
    return {"due_on": day, **({"moved_from": case.due_on} if day != case.due_on else {})}


def _open_request(case: Case) -> Extension:
    """A request for more time ends with the work it was for; what was decided stays."""
    return Extension.NONE if case.extension is Extension.ASKED else case.extension


def _leaving(case: Case) -> dict[str, Any]:
    """What is owed only while somebody works on the case: nobody could do it once the case has left."""
    return {"waiting_since": None, "held_due": None, "notice_due": None, "interim_due": None, "order_level": None,
            "order_due": None, "objected": False, "extension": _open_request(case)}


# --- sorting ----------------------------------------------------------------------------------------------------------

def _unit_of(case: Case, given: Given, barred: tuple[str, ...], lane: Lane) -> str:
    """The unit that was chosen, if it may know of the case; in open lanes the discipline office has nobody who could act."""
    unit = given["unit"]
    if unit in barred:
        raise InvalidError({"unit": "barred"})
    if unit == DISCIPLINE_UNIT and lane is not Lane.MISCONDUCT:
        raise InvalidError({"unit": "sealed_unit"})
    return unit


def accept(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """The rule is frozen into the case. A new label never moves the promised day later, only earlier.

    A report of misconduct stays one: its author was promised that nobody else would ever learn of it. The unit
    complained about and all above it are barred for good, whatever they are asked later.
    """
    if case.lane is Lane.MISCONDUCT and given["lane"] != Lane.MISCONDUCT:
        raise InvalidError({"lane": "choice"})
    rule, start = terms.rules[given["rule"]], case.received_on
    if not rule.chosen or rule.lane != given["lane"]:
        raise InvalidError({"rule": "lane"})
    complained = terms.line_of_command(given["complained_of"]) if given["complained_of"] else ()
    barred = tuple(sorted({*case.barred, *complained}))
    lane = Lane(given["lane"])
    unit = _unit_of(case, given, barred, lane)
    notice = _promised(f"{lane}-notice", terms, start) if lane is not Lane.ORDINARY else None
    return {"lane": lane, "unit": unit, "rule": as_frozen(rule), "assigned_on": terms.today,
            "handovers": case.handovers + 1, "barred": barred, "notice_due": notice,
            "interim_due": _interim(rule, start, terms),
            **_moved(case, min(case.due_on, due(rule, start, terms.calendar).day))}


def refuse(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    return {"declined_by": actor.id, "held_due": None}


def hold(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    return {"held_due": _promised("hold-review", terms)}


def merge(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """Whether the target exists, is open and of the same nature only the record can say."""
    if not is_number(given["target"]):
        raise InvalidError({"target": "number"})
    return {**_leaving(case), "merged_into": given["target"]}


def rule_objection(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    return {**hand_over(case, given, actor, terms), "objected": False, "ruled": True}


def hand_over(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """Another unit, the same promise. A clock that waited for the author runs on with the days it waited."""
    unit = _unit_of(case, given, case.barred, case.lane)
    resumed = resume(case, given, actor, terms) if case.waiting_since else _moved(case, case.due_on)
    parts = tuple(part for part in case.parts if part.unit != unit)  # whoever leads contributes no more
    return {"unit": unit, "assigned_on": terms.today, "handovers": case.handovers + (unit != case.unit), "handler": None,
            "parts": parts, "drafted_by": None, "outcome": None, "position": None, "promised_on": None,
            "extension": _open_request(case), **resumed}


def add_part(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """A contribution is due in its own time, and never after the answer it is for."""
    unit = _unit_of(case, given, case.barred, case.lane)
    if unit == case.unit or unit in case.co_units:
        raise InvalidError({"unit": "unit_taken"})
    part = Part(unit=unit, due_on=max(min(_promised("co-unit", terms), case.due_on), terms.today))
    return {"parts": (*case.parts, part)}


def report_part(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    done = (replace(part, reported_on=terms.today) if part.unit == actor.unit else part for part in case.parts)
    return {"parts": tuple(done)}


def take_up(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    return {"handler": actor.id}


# --- the promise ------------------------------------------------------------------------------------------------------

def wait(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    return {"waiting_since": terms.today}


def resume(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """The clock goes on: the due day moves by the working days waited, never by more than the limit of a round."""
    days = min(terms.working_days_since(case.waiting_since), terms.waiting_limit - case.waited)
    moved = terms.calendar.add_working_days(case.due_on, days).day if days > 0 else case.due_on
    return {"waiting_since": None, "waited": case.waited + days, **_moved(case, moved)}


def grant(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """The one extension, of the length that the frozen rule names, counted from the promised day."""
    moved = extended(from_frozen(case.rule), case.due_on, terms.calendar).day
    return {"extension": Extension.GRANTED, **_moved(case, moved)}


def recount(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """A calendar that came late may move the day later, never earlier than what was promised."""
    return _moved(case, max(case.due_on, date.fromisoformat(given["due_on"])))


def report_milestone(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    return {"milestone": Milestone(given["milestone"]), "interim_due": None}


# --- the answer -------------------------------------------------------------------------------------------------------

def draft(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    outcome = Outcome(given["outcome"])
    promised = date.fromisoformat(given["promised_on"]) if outcome is Outcome.PROMISED else None
    if promised and promised <= terms.today:
        raise InvalidError({"promised_on": "past"})
    return {"outcome": outcome, "promised_on": promised, "drafted_by": actor.id}


def draft_decision(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    position = Position(given["position"])
    return {"position": position, "outcome": POSITION_OUTCOME[position], "promised_on": None, "drafted_by": actor.id}


def send_answer(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    promise = Promise.OPEN if case.outcome is Outcome.PROMISED else None
    return {"answered_on": terms.today, "outcome": case.outcome, "promised_on": case.promised_on, "position": case.position,
            "promise": promise, "interim_due": None, "notice_due": None, "extension": _open_request(case), "answer_read": False}


def rate(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """A bad rating obliges: somebody calls within a working day, the unit puts it right within its time."""
    level = int(given["level"])
    if level > BAD_LEVEL:
        return {"rating": level}
    return {"rating": level, "follow_due": _promised("contact-bad-rating", terms),
            "rectify_due": _promised("rectification", terms)}


def dispute(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """A new round under the same rule, counted from today; the earlier answer stays beside it."""
    earlier = Round(case.outcome, case.answered_on, case.due_on, case.rating)
    rule = from_frozen(case.rule)
    promised = due(rule, terms.today, terms.calendar).day
    return {"rounds": (*case.rounds, earlier), "round": case.round + 1, "due_on": promised, "moved_from": None,
            "clock_from": terms.today, "interim_due": _interim(rule, terms.today, terms), "waited": 0,
            "extension": Extension.NONE, "drafted_by": None, "outcome": None, "promised_on": None, "promise": None,
            "answered_on": None, "rating": None, "followed": None, "follow_tries": 0, "follow_due": None,
            "rectify_due": None, "rectified_on": None, "rechecks": (), "parts": ()}


def ask_review(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    return {"review_asked_on": terms.today}


def withdraw(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    keeps = case.publication is Publication.TEXT and given["keep_public"] == "yes"
    return {**_leaving(case), "publication": case.publication if keeps else Publication.HIDDEN}


def publish(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    return {"publication": Publication.TEXT, "answer_public": bool(given["public_answer"]), "answer_read": case.status in ENDED}


# --- after the answer -------------------------------------------------------------------------------------------------

def drawn(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    return {"follow_due": _promised("draw-follow-up", terms)}


def follow_up(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """Who cannot be reached is tried again; what the author calls unsolved is to be put right."""
    if given["reached"] == "no":
        tries = case.follow_tries + 1
        if tries < terms.follow_tries:
            return {"follow_tries": tries, "follow_due": _promised("contact-bad-rating", terms)}
        return {"follow_tries": tries, "follow_due": None, "followed": Solved.NOT_REACHED}
    solved, level = Solved(given["solved"]), given["level"]
    rectify = None if solved is Solved.YES else case.rectify_due or _promised("rectification", terms)
    return {"follow_due": None, "followed": solved, "rectify_due": rectify, "followed_level": int(level) if level else None}


def rectify(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    return {"rectify_due": None, "rectified_on": terms.today,
            "rechecks": tuple(terms.today + timedelta(days=days) for days in terms.recheck_after)}


def recheck(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """What did not last is to be put right again."""
    if given["holds"] == "yes":
        return {"rechecks": case.rechecks[1:]}
    return {"rechecks": (), "rectified_on": None, "rectify_due": _promised("rectification", terms)}


def check_promise(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    return {"promise": Promise.KEPT if given["kept"] == "yes" else Promise.BROKEN}


def supervise(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    level = OrderLevel(given["level"])
    return {"order_level": level, "order_due": _promised(f"supervision-{level}", terms), "orders": case.orders + 1}


def choose_notices(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    return {"notify": given["notify"] or None}


def recuse(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    if actor.id is None:
        raise InvalidError({"reason": "choice"})
    return {"recused": tuple(sorted({*case.recused, actor.id}))}
