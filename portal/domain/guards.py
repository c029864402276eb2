"""What must be true before an act beside role, status and lane: conditions that columns of the table cannot say."""

from collections.abc import Callable
from datetime import timedelta

from portal.domain.case import Case, Terms
from portal.domain.codes import ENDED, IN_HAND, NEXT_STAGE, Extension, Lane, Publication, Status
from portal.domain.deadlines import from_frozen
from portal.domain.people import Actor

Guard = Callable[[Case, Actor, Terms], bool]


def is_another_person(case: Case, actor: Actor, terms: Terms) -> bool:
    return actor.id is not None and actor.id != case.drafted_by


def may_approve(case: Case, actor: Actor, terms: Terms) -> bool:
    """By another person, and before the day that the answer promises."""
    ahead = case.promised_on is None or terms.today < case.promised_on
    return ahead and is_another_person(case, actor, terms)


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
    return terms.working_days_since(case.waiting_since) >= terms.waiting_limit - case.waited


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
