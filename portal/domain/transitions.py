"""Deciding by the table: the roles a person wears towards a case, what they may do now, and the event of an act."""

from collections.abc import Mapping

from portal.domain.case import Case, Event, Terms
from portal.domain.codes import Action, Lane
from portal.domain.errors import NotAllowedError
from portal.domain.given import check
from portal.domain.people import OFFICE, Actor, Role
from portal.domain.table import TABLE, Row

_NOBODY = frozenset({Role.AUTHOR, Role.SYSTEM})
_UNIT = frozenset({Role.HANDLER, Role.REVIEWER})
CONTRIBUTORS = _UNIT | {Role.COMPLAINTS_OFFICER}  # who can do the part of a contributing unit
_NO_CASEWORK = frozenset({Role.DISCIPLINE_OFFICER, Role.EDITOR, Role.ADMINISTRATOR, Role.CO_UNIT})


def is_kept_out(case: Case, actor: Actor) -> bool:
    """Whoever left the case, is of a unit it names or above that unit, or is in charge of one of these.

    In the sealed lane only those who left: there is no second office that a report about the first could go to.
    """
    if actor.id is None:
        return False
    named = actor.unit in case.barred or not actor.charge.isdisjoint(case.barred)
    return actor.id in case.recused or (named and case.lane is not Lane.MISCONDUCT)


def is_in_area(case: Case, coordinator: Actor) -> bool:
    """Whether a coordinator sorts here: for the whole city, or for the units and districts of a county.

    A branch bureau has the code of its district; before a case has a unit, its district says whose it is.
    """
    return not coordinator.charge or (case.unit or case.district) in coordinator.charge


def hats(case: Case, actor: Actor) -> frozenset[Role]:
    """The roles a person wears towards this very case: by lane first, then by unit.

    Misconduct is open to discipline officers only, who there sort, handle and check. Complaints officers handle and
    check petitions of their unit. Handlers and reviewers have hats in cases of their own unit alone, or a part in those
    to which it contributes. A county's coordinator has one in the cases of the area. Where the outreach office itself
    is named, an inspector sorts in its place.
    """
    nobody = actor.roles & _NOBODY
    if case.lane is Lane.MISCONDUCT:
        reads = Role.DISCIPLINE_OFFICER in actor.roles and not is_kept_out(case, actor)
        return nobody | (_UNIT | {Role.COORDINATOR, Role.DISCIPLINE_OFFICER} if reads else set())
    if is_kept_out(case, actor):
        return nobody
    worn = set(actor.roles - _NO_CASEWORK)
    own = actor.unit is not None and actor.unit == case.unit
    if not own:
        worn -= _UNIT
        if actor.unit in case.co_units and actor.roles & CONTRIBUTORS:
            worn.add(Role.CO_UNIT)
    if Role.COORDINATOR in worn and not is_in_area(case, actor):
        worn.remove(Role.COORDINATOR)
    if Role.LEADER in worn and case.unit not in actor.charge:
        worn.remove(Role.LEADER)
    if Role.INSPECTOR in worn and OFFICE in case.barred:
        worn.add(Role.COORDINATOR)
    if Role.COMPLAINTS_OFFICER in worn:
        worn |= _UNIT if case.lane is Lane.PETITION and own else set()
        worn -= {Role.COMPLAINTS_OFFICER} if case.lane is not Lane.PETITION else set()
    return frozenset(worn)


def allowed(case: Case, actor: Actor, terms: Terms) -> tuple[Row, ...]:
    """The rows this person may use now, in the order of the table: the likely one first."""
    worn = hats(case, actor)
    return tuple(row for row in TABLE if row.by & worn and case.lane in row.lanes and case.status in row.sources
                 and (row.guard is None or row.guard(case, actor, terms)))


def decide(case: Case, action: Action, actor: Actor, given: Mapping[str, object], terms: Terms) -> Event:
    """The event that `action` makes; raises NotAllowedError, or InvalidError naming every faulty field."""
    row = next((row for row in allowed(case, actor, terms) if row.action == action), None)
    if row is None:
        raise NotAllowedError(action)
    values = check(row.fields, given, terms.choices())
    changes = row.effect(case, values, actor, terms) if row.effect else {}
    role = sorted(row.by & hats(case, actor))[0]
    words = {f.name: values[f.name] for f in row.fields if f.private and values[f.name]}
    return Event(action=action, at=terms.now, role=role, actor_id=actor.id, unit=actor.unit, source=case.status,
                 target=row.target or case.status, changes=changes, words=words)


def rows_of(action: Action) -> tuple[Row, ...]:
    """The rows of an action; none for `submit`, which makes the case and stands in no row."""
    return tuple(row for row in TABLE if row.action == action)


def row_of(action: Action) -> Row | None:
    """The first row of an action, for its words."""
    return next(iter(rows_of(action)), None)
