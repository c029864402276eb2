"""One case for staff: how it stands, what may be done, what was done. The action table decides which acts are taken."""

from collections.abc import Mapping
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.casework import actions, queries
from portal.casework.queries import CaseView
from portal.casework.stock import answer_templates
from portal.db import transaction
from portal.desk.changes import Names, people_of, told_changes
from portal.desk.shown import came_from, due_words, field_choices
from portal.desk.views import blueprint
from portal.domain import redaction
from portal.domain.case import Case
from portal.domain.codes import Action, Lane, Stage
from portal.domain.disclosure import Item, sees
from portal.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError
from portal.domain.people import N_
from portal.domain.table import Row
from portal.domain.transitions import allowed, rows_of
from portal.web.current import content, terms, vault
from portal.web.faults import faults
from portal.web.guards import staff_only, viewer
from portal.web.sentences import told_event
from portal.web.words import _
from portal.web.written import title_of

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
    Action.MERGE: N_("Joined; its author is told and keeps the own code."), Action.UPHOLD: N_("The refusal stands."),
    Action.REOPEN: N_("Taken up again; it can be sorted now."), Action.TRANSFER: N_("Handed over; the promised day stands."),
    Action.ADD_CO_UNIT: N_("The unit is asked for its part."), Action.CO_REPORT: N_("Your part is with the lead unit."),
    Action.RECEIPT_NOTICE: N_("The written notice is with the author; it can be printed from the history."),
    Action.REQUEST_EXTENSION: N_("The responsible leader decides."), Action.GRANT_EXTENSION: N_("Granted; the author is told."),
    Action.REFUSE_EXTENSION: N_("Refused; the promised day stands."), Action.FOLLOW_UP: N_("The follow-up is recorded."),
    Action.RECTIFY: N_("Recorded; it is looked at again after 30 and 90 days."), Action.RECHECK: N_("Recorded."),
    Action.CHECK_PROMISE: N_("Recorded; the register of promises shows it."),
    Action.SUPERVISE: N_("The unit is told; the clock of the supervision runs."),
    Action.ANSWER_SUPERVISION: N_("The supervision is answered."), Action.RECUSE: N_("You left the case."),
}


@blueprint.get("/cases/<number>")
@staff_only()
def case(number: str) -> str:
    return _page(get_readable(number))


@blueprint.post("/cases/<number>/<action>")
@staff_only()
def act(number: str, action: str) -> ResponseReturnValue:
    wanted = Action(action) if action in set(Action) else abort(404)
    view = _find(number)
    if view is None:
        return _out_of_reach(wanted), 404
    try:
        with transaction():
            after = actions.perform(number, wanted, g.staff.actor, request.form, terms=terms(), vault=vault(),
                                    seen=request.form.get("version", 0, type=int))
    except InvalidError as fault:
        if wanted is Action.PUBLISH:
            return _publish_page(view, given=request.form, errors=faults(fault.fields)), 422
        return _page(view, failed=action, given=request.form, errors=faults(fault.fields)), 422
    except NotAllowedError:
        return _page(view, failed=action, given=request.form, typed=_typed(wanted)), 403
    except StaleError as fault:
        return _overtaken(number, wanted, fault.seen)
    flash(_(DONE[wanted]))
    return redirect(_onwards(number, after), 303)


@blueprint.get("/cases/<number>/publish")
@staff_only()
def publish(number: str) -> str:
    """The machine proposes, a person decides: original beside draft, every finding marked."""
    view = get_readable(number)
    if Action.PUBLISH not in _acts(view):
        abort(403)
    return _publish_page(view)


@blueprint.get("/cases/<number>/due")
@staff_only()
def why(number: str) -> str:
    """Why the answer is due on its day, counted day by day."""
    get_readable(number)
    case, found = queries.get_promise(number, viewer(), terms().calendar)
    return render_template("desk/why.html", number=number, case=case, steps=found)


@blueprint.get("/cases/<number>/files/<token>")
@staff_only()
def file(number: str, token: str) -> ResponseReturnValue:
    view = get_readable(number)
    found, data = queries.get_file(view.id, token, viewer(), vault())
    return send_file(BytesIO(data), mimetype=found.media_type, as_attachment=found.media_type == "application/pdf",
                     download_name=f"{number}-{found.token[:8]}.{found.extension}", max_age=None)


def get_readable(number: str) -> CaseView:
    """404 for whatever this member of staff may not read in the original."""
    return _find(number) or abort(404)


def _find(number: str) -> CaseView | None:
    try:
        view = queries.get_case(number, viewer(), vault(), now=clock.now())
    except NotFoundError:
        return None
    return view if Item.ORIGINAL in view.items else None


def _overtaken(number: str, wanted: Action, seen: int) -> ResponseReturnValue:
    """Somebody else acted first: what they did, the case as it is now, and everything typed still in its form."""
    view = _find(number)
    if view is None:
        return _out_of_reach(wanted), 404
    since = [each for each in history_of(view) if each.seq > seen]
    if wanted is Action.PUBLISH and wanted in _acts(view):
        return _publish_page(view, given=request.form, since=since), 409
    return _page(view, failed=wanted.value, given=request.form, since=since, typed=_typed(wanted)), 409


def _out_of_reach(wanted: Action) -> str:
    """The same page for a case that left this person's sight meanwhile and for one that never was; with the words typed."""
    return render_template("desk/out_of_reach.html", typed=_typed(wanted))


def _typed(wanted: Action) -> list[tuple[str, str]]:
    """The words (no codes) that were typed for an act, by the names of their fields."""
    names = dict.fromkeys(field.name for row in rows_of(wanted) for field in row.fields if field.private)
    return [(name, words) for name in names if (words := request.form.get(name, ""))]


def _onwards(number: str, after: Case) -> str:
    """Where an act leads: to the case again; where it is no longer theirs to read, to the list it came from."""
    shown_in = came_from()
    if Item.ORIGINAL in sees(viewer(), after):
        return url_for("desk.case", number=number, list=shown_in.key if shown_in else None)
    return url_for("desk.cases", key=shown_in.key) if shown_in else url_for("desk.index")


def _acts(view: CaseView) -> dict[Action, Row]:
    return {row.action: row for row in allowed(view.case, viewer(), terms())}


def _page(view: CaseView, **more: object) -> str:
    acts, names = _acts(view), people_of(view.history)
    shown = {"failed": "", "given": {}, "errors": {}, "since": [], "typed": [], **more}
    return render_template(
        "desk/case.html", view=view, case=view.case, acts=list(acts.values()), due=due_words(view.case),
        history=history_of(view, names), names=names, choices=field_choices(), today=clock.today(), proposed=_proposed(view),
        **_stock(view, acts), **shown)


def history_of(view: CaseView, names: Names | None = None) -> list[SimpleNamespace]:
    """The events as sentences, each with its place in the record and what it changed, before and after."""
    names, found = people_of(view.history) if names is None else names, []
    for moment in view.history:
        one = told_event(moment.event)
        one.seq, one.by = moment.seq, _acted_by(one.who, names.get(moment.event.actor_id or 0))
        one.changes = told_changes(moment.changes, names)
        one.notice = title_of(moment)
        found.append(one)
    return found


def _acted_by(office: str, person: str | None) -> str:
    return _("%(unit)s (%(name)s)", unit=office, name=person) if person else office


def _stock(view: CaseView, acts: Mapping[Action, Row]) -> dict[str, Any]:
    """The templates that a draft can start from, and the one that was asked for."""
    if Action.DRAFT_ANSWER not in acts:
        return {"stock": [], "started": None}
    stock = answer_templates(view.case.unit)
    return {"stock": stock, "started": next((each for each in stock if str(each.id) == request.args.get("template")), None)}


def _proposed(view: CaseView) -> dict[str, str]:
    """What triage would most likely choose: the category's lane and rule, the unit the author named.

    Whom a complaint names must not be its handler; a petition under review goes to the next higher unit.
    """
    case, city = view.case, content()
    category = city.categories.get(case.category)
    rule = category.head.rule if category else ""
    named = view.named_unit if case.lane is Lane.ORDINARY and view.named_unit not in case.barred else ""
    if case.stage is not Stage.FIRST:
        rule, first = "petition-review", city.units.get(case.barred[0]) if case.barred else None
        named = first.parent if first and first.parent else "complaints"
    return {"lane": case.lane.value, "rule": rule, "unit": case.unit or named or ""}


def _publish_page(view: CaseView, given: Mapping[str, Any] | None = None,
                  errors: Mapping[str, str] | None = None, since: list[SimpleNamespace] | None = None) -> str:
    known, directory = queries.known_for_redaction(view.id, vault()), terms().directory
    originals = {"public_title": view.public_title or view.title or "", "public_text": view.public_text or view.text or "",
                 "public_answer": view.public_answer or view.answer or ""}
    found = {name: redaction.find(text, known=known, public_numbers=directory) for name, text in originals.items()}
    texts = given or {name: str(redaction.mask(text, found[name])) for name, text in originals.items()}
    left = actions.leftovers([given.get(name, "") for name in originals], known=known, directory=directory) if given else []
    return render_template("desk/publish.html", view=view, case=view.case, originals=originals, found=found, texts=texts,
                           left=left, errors=errors or {}, row=_acts(view).get(Action.PUBLISH), since=since or [])
