"""Acts that may be done to many cases at once, and why one of them is not possible in a case. Knows no record.

Only acts of few words that need no reading of each case: an answer is never drafted, approved or published in bulk.
"""

from enum import StrEnum

from portal.domain.case import Case, Terms
from portal.domain.codes import Action
from portal.domain.people import N_, Actor, Role
from portal.domain.table import Row
from portal.domain.transitions import allowed, hats, rows_of

MOST = 100  # cases at once
ACTIONS = (Action.START, Action.NOTE, Action.SUPERVISE, Action.TRANSFER, Action.ADD_CO_UNIT, Action.KEEP_STUB,
           Action.RELEASE, Action.UPHOLD)


class Hindrance(StrEnum):
    """Why an act is not possible in a case, the most telling reason first."""

    ROLE = "role"
    LANE = "lane"
    STATE = "state"
    GUARD = "guard"


HINDRANCE_WORDS = {
    Hindrance.ROLE: N_("in this case it is not yours to do"),
    Hindrance.LANE: N_("not for cases of this nature"),
    Hindrance.STATE: N_("not in the state it is in"),
    Hindrance.GUARD: N_("there is nothing of the kind to do, or not any more"),
}


_ALSO = {Role.COMPLAINTS_OFFICER: {Role.HANDLER, Role.REVIEWER},
         Role.DISCIPLINE_OFFICER: {Role.COORDINATOR, Role.HANDLER, Role.REVIEWER}}  # hats worn in cases of their lane


def offered(actor: Actor) -> tuple[Row, ...]:
    """The acts in bulk that this person may do in some case; in which ones the case itself decides."""
    worn = set(actor.roles).union(*(_ALSO.get(role, ()) for role in actor.roles))
    return tuple(row for action in ACTIONS for row in rows_of(action) if row.by & worn)


def hindrance(case: Case, action: Action, actor: Actor, terms: Terms) -> Hindrance | None:
    """None where the act is possible now."""
    if any(row.action is action for row in allowed(case, actor, terms)):
        return None
    rows = rows_of(action)
    if not any(row.by & hats(case, actor) for row in rows):
        return Hindrance.ROLE
    if not any(case.lane in row.lanes for row in rows):
        return Hindrance.LANE
    if not any(case.status in row.sources for row in rows):
        return Hindrance.STATE
    return Hindrance.GUARD
