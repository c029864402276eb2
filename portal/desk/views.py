"""Work lists and one case for staff. Which buttons are drawn and which acts are taken the action table decides."""

from collections.abc import Mapping
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.queries import names_of
from portal.casework import actions, queries
from portal.casework.queries import CaseView, WorkList
from portal.db import transaction
from portal.domain import redaction
from portal.domain.case import LANE_WORDS, OPEN, OUTCOME_WORDS, Action, Case, Lane, Status
from portal.domain.deadlines import Light, light
from portal.domain.disclosure import Item, sees
from portal.domain.errors import InvalidError, StaleError
from portal.domain.given import FieldKind
from portal.domain.people import N_, ROLE_WORDS, Role
from portal.domain.transitions import allowed
from portal.web.current import content, terms, vault
from portal.web.faults import faults
from portal.web.filters import unit_name
from portal.web.guards import staff_only, viewer
from portal.web.words import _, language, ngettext

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

DONE = {
    Action.ACCEPT: N_("Accepted and handed over."), Action.DECLINE: N_("Declined; the author reads the reason."),
    Action.REFER: N_("Referred; the author reads where to."), Action.QUARANTINE: N_("Held for review."),
    Action.RELEASE: N_("Released; it can be sorted now."), Action.START: N_("Work has started."),
    Action.OBJECT: N_("The objection waits for a decision."), Action.RULE: N_("Decided."),
    Action.ASK_AUTHOR: N_("The question is with the author; the clock waits."),
    Action.ADD_MESSAGE: N_("The message is with the author."), Action.NOTE: N_("The note is kept."),
    Action.INTERIM_NOTICE: N_("The interim notice is with the author."),
    Action.OPEN_CONTACT: N_("The contact details are shown to you for 24 hours; the author sees that you opened them."),
    Action.DRAFT_ANSWER: N_("The draft waits for a colleague's check."),
    Action.APPROVE: N_("The answer is with the author."), Action.SEND_BACK: N_("The draft went back."),
    Action.PUBLISH: N_("Published; everyone can read it now."), Action.KEEP_STUB: N_("It stays a stub."),
}


@blueprint.context_processor
def menu() -> dict[str, Any]:
    """The work lists with their counts, beside every page of the desk."""
    if not g.get("staff"):
        return {}
    counts = queries.work_list_counts(g.staff.actor, clock.today())
    came_from = _came_from()
    current = (request.view_args or {}).get("key") or (came_from.key if came_from else None)
    lists = [SimpleNamespace(url=url_for("desk.cases", key=each.key), label=_(each.label), count=counts.get(each.key),
                             current=each.key == current) for each in queries.work_lists(g.staff.actor)]
    groups = [SimpleNamespace(title=_("Cases"), items=lists)] if lists else []
    more = [SimpleNamespace(url=url_for(endpoint), label=_(label), count=None,
                            current=request.path.startswith(url_for(endpoint)))
            for endpoint, label, role in (("desk.articles", N_("Services, stories, pages"), Role.EDITOR),
                                          ("desk.staff", N_("Staff accounts"), Role.ADMINISTRATOR))
            if role in g.staff.roles]
    if more:
        groups.append(SimpleNamespace(title=_("Site"), items=more))
    return {"desk_menu": groups, "came_from": came_from, "staff": SimpleNamespace(
        id=g.staff.id, name=g.staff.name, unit_name=unit_name(g.staff.unit), roles=g.staff.roles,
        roles_words=[_(ROLE_WORDS[role]) for role in sorted(g.staff.roles)])}


@blueprint.get("")
@staff_only()
def index() -> ResponseReturnValue:
    """The first list that holds something."""
    lists = queries.work_lists(g.staff.actor)
    if lists:
        counts = queries.work_list_counts(g.staff.actor, clock.today())
        first = next((each.key for each in lists if counts.get(each.key)), lists[0].key)
        return redirect(url_for("desk.cases", key=first))
    return redirect(url_for("desk.staff" if Role.ADMINISTRATOR in g.staff.roles else "desk.articles"))


@blueprint.get("/lists/<key>")
@staff_only()
def cases(key: str) -> str:
    shown = next((each for each in queries.work_lists(g.staff.actor) if each.key == key), None) or abort(404)
    after = request.args.get("after", "")[:16]
    rows = queries.work_list(key, g.staff.actor, vault(), today=clock.today(),
                             after=queries.cursor_of(after, g.staff.actor) if after else None)
    page = rows[:queries.PAGE]
    lines = [SimpleNamespace(number=row.number, title=row.title, case=row.case, received_at=row.received_at,
                             due=due_words(row.case)) for row in page]
    more = url_for("desk.cases", key=key, after=page[-1].number) if len(rows) > queries.PAGE else None
    return render_template("desk/cases.html", list=shown, lines=lines, more=more, continued=bool(after))


@blueprint.get("/cases/<number>")
@staff_only()
def case(number: str) -> str:
    return _page(_get(number))


@blueprint.post("/cases/<number>/<action>")
@staff_only()
def act(number: str, action: str) -> ResponseReturnValue:
    view = _get(number)
    wanted = Action(action) if action in set(Action) else abort(404)
    try:
        with transaction():
            after = actions.perform(number, wanted, g.staff.actor, request.form, terms=terms(), vault=vault(),
                                    seen=request.form.get("version", 0, type=int))
    except InvalidError as fault:
        if wanted is Action.PUBLISH:
            return _publish_page(view, given=request.form, errors=faults(fault.fields)), 422
        return _page(view, failed=action, given=request.form, errors=faults(fault.fields)), 422
    except StaleError:
        return _overtaken(number, wanted), 409
    flash(_(DONE[wanted]))
    return redirect(_onwards(number, after), 303)


@blueprint.get("/cases/<number>/publish")
@staff_only()
def publish(number: str) -> str:
    """The machine proposes, a person decides: original beside draft, every finding marked."""
    view = _get(number)
    if Action.PUBLISH not in _acts(view):
        abort(403)
    return _publish_page(view)


@blueprint.get("/cases/<number>/files/<token>")
@staff_only()
def file(number: str, token: str) -> ResponseReturnValue:
    view = _get(number)
    found, data = queries.get_file(view.id, token, viewer(), vault())
    return send_file(BytesIO(data), mimetype=found.media_type, as_attachment=found.media_type == "application/pdf",
                     download_name=f"{number}-{found.token[:8]}.{found.extension}", max_age=None)


def due_words(case: Case) -> SimpleNamespace:
    """When a case is due, as people say it, with the tone of its light."""
    today, calendar = clock.today(), content().calendar
    due = case.next_due
    shows = light(start=case.received_on, due=due, today=today, calendar=calendar,
                  stopped=case.status is Status.WAITING, finished_on=None if case.status in OPEN else today)
    days = calendar.working_days_between(today, due)
    if shows is Light.DONE:
        words = ""
    elif shows is Light.STOPPED:
        words = _("The clock waits for the author")
    elif today > due:
        late = max(-days, 1)
        words = ngettext("%(num)s working day late", "%(num)s working days late", late)
    elif due == today:
        words = _("Due today")
    elif days == 1:
        words = _("Due on the next working day")
    else:
        words = ngettext("%(num)s working day left", "%(num)s working days left", days)
    return SimpleNamespace(day=due, words=words, light=shows.value)


def _get(number: str) -> CaseView:
    """404 for whatever this member of staff may not read in the original."""
    view = queries.get_case(number, viewer(), vault(), now=clock.now())
    if Item.ORIGINAL not in view.items:
        abort(404)
    return view


def _overtaken(number: str, wanted: Action) -> str:
    """Somebody else acted first: the case as it is now, with everything typed still in its form."""
    view = _get(number)
    if wanted is Action.PUBLISH and wanted in _acts(view):
        return _publish_page(view, given=request.form, overtaken=True)
    return _page(view, failed=wanted.value, given=request.form, overtaken=True)


def _came_from() -> WorkList | None:
    """The work list this case was opened from, one click away until the work on it is done."""
    return next((each for each in queries.work_lists(g.staff.actor) if each.key == request.values.get("list")), None)


def _onwards(number: str, after: Case) -> str:
    """Where an act leads: to the case again; where it is no longer theirs to read, to the list it came from."""
    came_from = _came_from()
    if Item.ORIGINAL in sees(viewer(), after):
        return url_for("desk.case", number=number, list=came_from.key if came_from else None)
    return url_for("desk.cases", key=came_from.key) if came_from else url_for("desk.index")


def _acts(view: CaseView) -> dict[Action, Any]:
    return {row.action: row for row in allowed(view.case, viewer(), terms())}


def _page(view: CaseView, **more: object) -> str:
    shown = {"failed": "", "given": {}, "errors": {}, "overtaken": False, **more}
    return render_template(
        "desk/case.html", view=view, case=view.case, acts=list(_acts(view).values()), due=due_words(view.case),
        names=names_of([each.actor_id for each in view.events if each.actor_id]), choices=_choices(), today=clock.today(),
        proposed=_proposed(view), **shown)


def _proposed(view: CaseView) -> dict[str, str]:
    """What triage would most likely choose: the category's lane and rule, the unit the author named.

    No unit for complaints: whom a complaint names must not be its handler by a slip of the hand.
    """
    case, category = view.case, content().categories.get(view.case.category)
    rule = category.head.rule if category else ""
    named = view.named_unit if case.lane is Lane.ORDINARY and rule != "complaint" else ""
    return {"lane": case.lane.value, "rule": rule, "unit": case.unit or named or ""}


def _publish_page(view: CaseView, given: Mapping[str, Any] | None = None,
                  errors: Mapping[str, str] | None = None, *, overtaken: bool = False) -> str:
    known, directory = queries.known_for_redaction(view.id, vault()), terms().directory
    originals = {"public_title": view.public_title or view.title or "", "public_text": view.public_text or view.text or "",
                 "public_answer": view.public_answer or view.answer or ""}
    found = {name: redaction.find(text, known=known, public_numbers=directory) for name, text in originals.items()}
    texts = given or {name: str(redaction.mask(text, found[name])) for name, text in originals.items()}
    left = actions.leftovers([given.get(name, "") for name in originals], known=known, directory=directory) if given else []
    return render_template("desk/publish.html", view=view, case=view.case, originals=originals, found=found, texts=texts,
                           left=left, errors=errors or {}, row=_acts(view).get(Action.PUBLISH), overtaken=overtaken)


def _choices() -> dict[FieldKind, list[tuple[str, str]]]:
    """The options of each kind of field, in the reader's language."""
    english = language() == "en"
    return {
        FieldKind.LANE: [(lane.value, _(LANE_WORDS[lane])) for lane in Lane],
        FieldKind.UNIT: [(unit.code, unit_name(unit.code)) for unit in content().units.values() if unit.kind != "room"],
        FieldKind.RULE: [(rule.key, _("%(rule)s (%(time)s)", rule=rule.title_en if english else rule.title,
                                      time=_amount(rule)))
                         for rule in content().rules.values() if rule.key != "triage"],
        FieldKind.OUTCOME: [(outcome.value, _(word)) for outcome, word in OUTCOME_WORDS.items()],
        FieldKind.YES_NO: [("yes", _("Yes")), ("no", _("No"))],
    }


def _amount(rule: Any) -> str:
    if rule.unit == "working_days":
        return ngettext("%(num)s working day", "%(num)s working days", rule.amount)
    return ngettext("%(num)s calendar day", "%(num)s calendar days", rule.amount)


