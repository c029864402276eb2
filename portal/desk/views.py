"""The frame of every page of the desk: the menu with the work lists and their counts, and where the desk begins."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.casework import filters, work_lists
from portal.casework.work_lists import Staffing
from portal.domain.paper import ENTRY_ROLES
from portal.domain.people import N_, ROLE_WORDS, Role
from portal.evaluation.waiting import Waiting, waiting
from portal.web.current import calendar, content
from portal.web.filters import unit_name
from portal.web.guards import staff_only
from portal.web.words import _

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

GROUPS = {"work": N_("To do"), "clock": N_("Clocks"), "after": N_("After the answer"), "all": N_("All cases")}
UNIT_ROLES = frozenset({Role.HANDLER, Role.REVIEWER, Role.COMPLAINTS_OFFICER, Role.DISCIPLINE_OFFICER})
CASEWORK = UNIT_ROLES | {Role.COORDINATOR, Role.LEADER, Role.INSPECTOR}
# Pages beside the lists: endpoint, label, for whom.
TOOLS = (
    ("desk.entry", N_("Enter for someone"), ENTRY_ROLES),
    ("desk.paper_forms", N_("Paper forms"), ENTRY_ROLES),
    ("desk.ballot_rounds", N_("Enter ballots on paper"), ENTRY_ROLES),
    ("desk.campaigns", N_("Evaluation campaigns"), {Role.COORDINATOR, Role.LEADER}),
    ("desk.leader", N_("Units in my charge"), {Role.LEADER}),
    ("desk.units", N_("Unit by unit"), {Role.COORDINATOR, Role.INSPECTOR}),
    ("desk.warnings", N_("Early warning"), {Role.LEADER, Role.COORDINATOR, Role.INSPECTOR, Role.COMPLAINTS_OFFICER}),
    ("desk.ledger", N_("Ledger"), CASEWORK),
    ("desk.templates", N_("Answer templates"), UNIT_ROLES),
    ("desk.evaluation_forms", N_("Design of evaluation forms"), {Role.COORDINATOR, Role.LEADER}),
)
SITE = (
    ("desk.articles", N_("Services, stories, pages"), {Role.EDITOR}),
    ("desk.staff", N_("Staff accounts"), {Role.ADMINISTRATOR}),
    ("desk.calendar", N_("Working calendar"), {Role.ADMINISTRATOR}),
    ("desk.notices", N_("Stuck notices"), {Role.ADMINISTRATOR}),
)


@blueprint.context_processor
def menu() -> dict[str, Any]:
    """What the frame shows beside every page; made once a request, however many templates a page is put together from."""
    if not g.get("staff"):
        return {}
    if "desk_frame" not in g:
        g.desk_frame = _frame()
    frame: dict[str, Any] = g.desk_frame
    return frame


def staffing() -> Staffing | None:
    """Who could act at all, for those who see to it that somebody can."""
    if work_lists.find_list("orphans", g.staff.actor) is None:
        return None
    if "staffing" not in g:
        g.staffing = work_lists.staffing(frozenset(content().units))
    found: Staffing = g.staffing
    return found


def evaluation_work() -> Waiting:
    """What waits for this person in evaluation; the menu counts its lines."""
    if "evaluation_work" not in g:
        g.evaluation_work = waiting(g.staff.actor, clock.today())
    found: Waiting = g.evaluation_work
    return found


def _frame() -> dict[str, Any]:
    came_from = work_lists.find_list(request.values.get("list", ""), g.staff.actor)
    current = (request.view_args or {}).get("key") or (came_from.key if came_from else None)
    groups = [*_lists(current), *_groups_of_links()]
    return {"desk_menu": groups, "came_from": came_from, "missing_year": _missing_year(), "staff": SimpleNamespace(
        id=g.staff.id, name=g.staff.name, unit_name=unit_name(g.staff.unit), roles=g.staff.roles,
        reads_cases=bool(g.staff.roles & CASEWORK), roles_words=[_(ROLE_WORDS[role]) for role in sorted(g.staff.roles)])}


def _lists(current: str | None) -> list[SimpleNamespace]:
    counts = work_lists.work_list_counts(g.staff.actor, clock.today(), staffing())
    groups: dict[str, list[SimpleNamespace]] = {}
    for each in work_lists.work_lists(g.staff.actor):
        groups.setdefault(each.group, []).append(SimpleNamespace(
            url=url_for("desk.cases", key=each.key), label=_(each.label), count=counts.get(each.key),
            current=each.key == current and not request.args.get("filter")))
    return [SimpleNamespace(title=_(GROUPS[group]), items=items) for group, items in groups.items()]


def _groups_of_links() -> list[SimpleNamespace]:
    own = [SimpleNamespace(url=list_address(each.list_key, {**each.query, "filter": str(each.id)}), label=each.name,
                           count=None, current=request.args.get("filter") == str(each.id))
           for each in filters.saved_filters(g.staff.id)] if g.staff.roles & CASEWORK else []
    groups = [SimpleNamespace(title=_(title), items=items) for title, items in (
        (N_("My filters"), own), (N_("Tools"), _links(TOOLS)), (N_("Site"), _links(SITE)))]
    return [group for group in groups if group.items]


def list_address(key: str, query: Mapping[str, str]) -> str:
    return url_for("desk.cases", key=key, **query)  # type: ignore[arg-type]


def _links(links: tuple[tuple[str, str, Any], ...]) -> list[SimpleNamespace]:
    return [SimpleNamespace(url=url_for(endpoint), label=_(label), count=_count_of(endpoint),
                            current=request.path.startswith(url_for(endpoint)))
            for endpoint, label, roles in links if g.staff.roles & roles]


def _count_of(endpoint: str) -> int | None:
    return sum(map(len, evaluation_work().values())) if endpoint == "desk.campaigns" else None


def _missing_year() -> int | None:
    """The year whose holiday notice should be in by now, for those who can see to it."""
    if not g.staff.roles & {Role.COORDINATOR, Role.ADMINISTRATOR}:
        return None
    return calendar().missing_year(clock.today())


@blueprint.get("")
@staff_only()
def index() -> ResponseReturnValue:
    """The first list that holds something."""
    lists = work_lists.work_lists(g.staff.actor)
    if lists:
        counts = work_lists.work_list_counts(g.staff.actor, clock.today(), staffing())
        first = next((each.key for each in lists if counts.get(each.key)), lists[0].key)
        return redirect(url_for("desk.cases", key=first))
    return redirect(url_for("desk.staff" if Role.ADMINISTRATOR in g.staff.roles else "desk.articles"))
