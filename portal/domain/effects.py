"""What an act sets beyond the status, and what must be true before it: the parts that columns of the table cannot say.

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
    IN_HAND,
    NEXT_STAGE,
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
    Status,
)
from portal.domain.deadlines import DeadlineRule, as_frozen, due, extended, from_frozen
from portal.domain.errors import InvalidError
from portal.domain.people import Actor

Given = Mapping[str, str]
Effect = Callable[[Case, Given, Actor, Terms], dict[str, Any]]
Guard = Callable[[Case, Actor, Terms], bool]


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

def accept(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """The rule is frozen into the case. A new label never moves the promised day later, only earlier.

    A report of misconduct stays one: its author was promised that nobody else would ever learn of it. The unit
    complained about and all above it are barred for good, whatever they are asked later.
    """
    if case.lane is Lane.MISCONDUCT and given["lane"] != Lane.MISCONDUCT:
        raise InvalidError({"lane": "choice"})
    rule, start = terms.rules[given["rule"]], case.received_on
    if not rule.chosen:
        raise InvalidError({"rule": "choice"})
    complained = terms.line_of_command(given["complained_of"]) if given["complained_of"] else ()
    barred = tuple(sorted({*case.barred, *complained}))
    if given["unit"] in barred:
        raise InvalidError({"unit": "barred"})
    notice = _promised(f"{given['lane']}-notice", terms, start) if given["lane"] != Lane.ORDINARY else None
    return {"lane": Lane(given["lane"]), "unit": given["unit"], "rule": as_frozen(rule), "assigned_on": terms.today,
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
    if given["unit"] in case.barred:
        raise InvalidError({"unit": "barred"})
    moved = given["unit"] != case.unit
    resumed = resume(case, given, actor, terms) if case.waiting_since else {}
    parts = tuple(part for part in case.parts if part.unit != given["unit"])  # whoever leads contributes no more
    return {"unit": given["unit"], "assigned_on": terms.today, "handovers": case.handovers + moved, "handler": None,
            "parts": parts, "drafted_by": None, "outcome": None, "position": None, "promised_on": None,
            "extension": _open_request(case), **resumed}


def add_part(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """A contribution is due in its own time, and never after the answer it is for."""
    unit = given["unit"]
    if unit in case.barred:
        raise InvalidError({"unit": "barred"})
    if unit == case.unit or unit in case.co_units:
        raise InvalidError({"unit": "taken"})
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


def _days_waited(case: Case, terms: Terms) -> int:
    since = case.waiting_since or terms.today
    return max(terms.calendar.working_days_between(since, terms.today), 0)


def resume(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    """The clock goes on: the due day moves by the working days waited, never by more than the limit of a round."""
    days = min(_days_waited(case, terms), terms.waiting_limit - case.waited)
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
    solved = Solved(given["solved"])
    rectify = None if solved is Solved.YES else case.rectify_due or _promised("rectification", terms)
    return {"follow_due": None, "followed": solved, "rectify_due": rectify}


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


def recuse(case: Case, given: Given, actor: Actor, terms: Terms) -> dict[str, Any]:
    if actor.id is None:
        raise InvalidError({"reason": "choice"})
    return {"recused": tuple(sorted({*case.recused, actor.id}))}


# --- guards -----------------------------------------------------------------------------------------------------------

def is_another_person(case: Case, actor: Actor, terms: Terms) -> bool:
    return actor.id is not None and actor.id != case.drafted_by


def is_second_person(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.second_look and actor.id is not None and actor.id != case.declined_by


def is_outsider(case: Case, actor: Actor, terms: Terms) -> bool:
    """Whoever judges afterwards is not of the unit that answered; in the sealed lane not the person who did."""
    if case.lane is Lane.MISCONDUCT:
        return is_another_person(case, actor, terms)
    return actor.unit != case.unit


def may_object(case: Case, actor: Actor, terms: Terms) -> bool:
    """Once, in time, and never after a ruling."""
    if case.objected or case.ruled or case.assigned_on is None:
        return False
    limit = from_frozen(case.rule).objection if case.rule else 1
    return terms.calendar.working_days_between(case.assigned_on, terms.today) <= limit


def may_ask(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.waited < terms.waiting_limit


def waited_enough(case: Case, actor: Actor, terms: Terms) -> bool:
    return _days_waited(case, terms) >= terms.waiting_limit - case.waited


def may_ask_extension(case: Case, actor: Actor, terms: Terms) -> bool:
    """Once, for a rule that knows one, and not to hide that the day has passed."""
    return case.extension is Extension.NONE and bool(case.rule.get("extension")) and terms.today <= case.due_on


def is_extension_asked(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.extension is Extension.ASKED


def parts_are_in(case: Case, actor: Actor, terms: Terms) -> bool:
    """Every contribution is here, or its time is over: a silent unit must not keep the author waiting."""
    return all(part.reported_on or terms.today > part.due_on for part in case.parts)


def owes_part(case: Case, actor: Actor, terms: Terms) -> bool:
    return any(part.unit == actor.unit and part.reported_on is None for part in case.parts)


def in_window(case: Case, terms: Terms) -> bool:
    """Within the time after the answer in which the author may speak."""
    return case.answered_on is not None and terms.today <= case.answered_on + timedelta(days=terms.rating_window)


def may_rate(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.rating is None and in_window(case, terms)


def may_dispute(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.round < terms.most_rounds and in_window(case, terms) and bool(case.rule)


def may_ask_review(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.stage in NEXT_STAGE and case.review_asked_on is None and in_window(case, terms)


def may_close(case: Case, actor: Actor, terms: Terms) -> bool:
    """When the author is content or the time for rating is over, and nothing is left to be put right."""
    content = case.rating is not None and case.rating >= 4
    return (content or not in_window(case, terms)) and case.rectify_due is None


def may_draw(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.follow_due is None and case.followed is None


def owes_follow_up(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.follow_due is not None and is_outsider(case, actor, terms)


def owes_rectification(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.rectify_due is not None


def owes_recheck(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.recheck_due is not None and terms.today >= case.recheck_due and is_outsider(case, actor, terms)


def owes_promise_check(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.promise_due is not None and terms.today >= case.promise_due and is_outsider(case, actor, terms)


def may_supervise(case: Case, actor: Actor, terms: Terms) -> bool:
    """While there is something to be done, and never towards one's own unit."""
    return (case.status in IN_HAND or case.rectify_due is not None) and actor.unit != case.unit


def is_supervised(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.order_due is not None


def consented(case: Case, actor: Actor, terms: Terms) -> bool:
    return case.consent and case.status not in (Status.RECEIVED, Status.QUARANTINED, Status.WITHDRAWN)


def text_is_open(case: Case, actor: Actor, terms: Terms) -> bool:
    """Before the decision; and whenever a text stands in public, for a name may have been overlooked."""
    undecided = case.publication is Publication.UNDECIDED and case.consent and case.status in IN_HAND | ENDED
    return undecided or case.publication is Publication.TEXT


def to_be_published(case: Case) -> bool:
    """Whether a person must still decide what everyone may read: of the text, or of an answer that came after it."""
    if not case.consent or case.lane is Lane.MISCONDUCT or case.status not in IN_HAND | ENDED:
        return False
    later_answer = case.publication is Publication.TEXT and case.status in ENDED and not case.answer_read
    return case.publication is Publication.UNDECIDED or later_answer
