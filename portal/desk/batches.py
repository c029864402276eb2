"""Paper forms that came back: typed in batches by one person, compared with the paper by another, then cases."""

from collections.abc import Mapping

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from portal import clock
from portal.accounts.queries import names_of
from portal.casework import paper, paper_lists
from portal.casework.actions import Opinion
from portal.casework.paper_lists import Entry
from portal.db import transaction
from portal.desk.forms import PaperEntryForm, day_of
from portal.desk.views import blueprint
from portal.domain.codes import Lane
from portal.domain.errors import ClockError, InvalidError, NotFoundError, StaleError
from portal.domain.paper import ENTRY_ROLES, ENTRY_WORDS, EntryState, group_serial
from portal.outbox.rules import MEANS_WORDS
from portal.web.current import content, terms, vault
from portal.web.errors import csrf, note_unavailable
from portal.web.faults import faults
from portal.web.guards import staff_only, viewer
from portal.web.opinion_form import LONGEST_TEXT, opinion_of
from portal.web.words import _

_ID = "<int(max=2147483647):batch_id>"
_ENTRY = f"/paper/batches/{_ID}/entries/<int(max=2147483647):entry_id>"


@blueprint.get("/paper/batches")
@staff_only(*ENTRY_ROLES)
def batches() -> str:
    return _list_page()


@blueprint.post("/paper/batches")
@staff_only(*ENTRY_ROLES)
def batch_open() -> ResponseReturnValue:
    try:
        with transaction():
            batch_id = paper.open_batch(day_of(request.form.get("received_on")), by=g.staff.actor, now=clock.now())
    except InvalidError as refusal:
        return _list_page(faults(refusal.fields)), 422
    return redirect(url_for("desk.batch", batch_id=batch_id), 303)


@blueprint.get(f"/paper/batches/{_ID}")
@staff_only(*ENTRY_ROLES)
def batch(batch_id: int) -> str:
    return _batch_page(batch_id)


@blueprint.get(f"/paper/batches/{_ID}/type")
@staff_only(*ENTRY_ROLES)
def entry_new(batch_id: int) -> ResponseReturnValue:
    """The form for one serial, typed or scanned on the page of the batch."""
    paper_lists.batch_within(batch_id, viewer())
    try:
        serial = paper_lists.check_serial(request.args.get("serial", ""))
    except InvalidError as refusal:
        return _batch_page(batch_id, faults(refusal.fields)), 422
    return _entry_page(PaperEntryForm(serial=group_serial(serial)), batch_id)


@blueprint.post(f"/paper/batches/{_ID}/type")
@csrf.exempt  # the form checks its token itself: a page that was open for too long must not cost what was typed
@staff_only(*ENTRY_ROLES)
def entry_keep(batch_id: int) -> ResponseReturnValue:
    return _keep(PaperEntryForm(), batch_id)


@blueprint.get(_ENTRY)
@staff_only(*ENTRY_ROLES)
def entry_again(batch_id: int, entry_id: int) -> ResponseReturnValue:
    """The entry as it was typed, to be changed while it waits."""
    found = _get_entry(batch_id, entry_id)
    form = PaperEntryForm(**{**found.words, "serial": group_serial(found.serial), "version": str(found.version)})
    return _entry_page(form, batch_id, entry_id, note=found.note)


@blueprint.post(_ENTRY)
@csrf.exempt  # as above
@staff_only(*ENTRY_ROLES)
def entry_change(batch_id: int, entry_id: int) -> ResponseReturnValue:
    return _keep(PaperEntryForm(), batch_id, entry_id)


@blueprint.get(f"{_ENTRY}/check")
@staff_only(*ENTRY_ROLES)
def entry_check(batch_id: int, entry_id: int) -> str:
    return _check_page(_get_entry(batch_id, entry_id))


@blueprint.post(f"{_ENTRY}/check")
@staff_only(*ENTRY_ROLES)
def entry_decide(batch_id: int, entry_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            done = _decide(_get_entry(batch_id, entry_id))
    except InvalidError as refusal:
        return _check_page(_get_entry(batch_id, entry_id), faults(refusal.fields)), 422
    except (StaleError, NotFoundError):
        return _overtaken(batch_id, entry_id)
    flash(done)
    _line, entries = paper_lists.get_batch(batch_id, viewer())
    following = next((each.id for each in entries if each.may_check), None)
    if following is None:
        return redirect(url_for("desk.batch", batch_id=batch_id), 303)
    return redirect(url_for("desk.entry_check", batch_id=batch_id, entry_id=following), 303)


def _decide(entry: Entry) -> str:
    """Carries out what was decided; returns it in words."""
    seen = request.form.get("version", 0, type=int)
    if request.form.get("step") == "back":
        paper.send_back(entry.id, request.form.get("note", ""), seen=seen, by=g.staff.actor, vault=vault())
        return _("Form %(serial)s was sent back.", serial=group_serial(entry.serial))
    made = paper.confirm(entry.id, opinion_of(entry.words), seen=seen, by=g.staff.actor, terms=terms(), vault=vault())
    return _("Form %(serial)s is entered as %(number)s.", serial=group_serial(entry.serial), number=made.number)


def _overtaken(batch_id: int, entry_id: int) -> ResponseReturnValue:
    """For the second of two people who decided at the same time."""
    _line, entries = paper_lists.get_batch(batch_id, viewer())
    if not any(each.id == entry_id and each.state is EntryState.DONE for each in entries):
        return _check_page(_get_entry(batch_id, entry_id), overtaken=True), 409
    flash(_("Somebody else was faster: the form is entered already."))
    return redirect(url_for("desk.batch", batch_id=batch_id), 303)


def _keep(form: PaperEntryForm, batch_id: int, entry_id: int | None = None) -> ResponseReturnValue:
    if not form.validate():
        return _entry_page(form, batch_id, entry_id, trouble=_expired(form)), 422
    opinion = opinion_of(form.words)
    try:
        _write(form, opinion, batch_id, entry_id)
    except InvalidError as refusal:
        form.serial.errors = list(faults(refusal.fields).values())
        return _entry_page(form, batch_id, entry_id), 422
    except StaleError as refusal:
        form.version.data = str(refusal.now)
        return _entry_page(form, batch_id, entry_id, overtaken=True), 409
    except (OperationalError, ClockError) as refusal:
        note_unavailable(refusal)
        return _entry_page(form, batch_id, entry_id, trouble=_(
            "It could not be saved just now, and nothing was half-saved. Please press “Save” again in a few minutes; what you "
            "typed is kept.")), 503
    flash(_("The report is with the discipline office and does not stand in this batch. Put the paper into a sealed envelope "
            "for that office.") if opinion.lane is Lane.MISCONDUCT else _("Saved. Another person compares it with the paper."))
    return redirect(url_for("desk.batch", batch_id=batch_id), 303)


def _write(form: PaperEntryForm, opinion: Opinion, batch_id: int, entry_id: int | None) -> None:
    seen, now = request.form.get("version", 0, type=int), terms()
    barred = now.line_of_command(opinion.unit) if opinion.unit and opinion.is_complaint else ()
    with transaction():
        if opinion.lane is Lane.MISCONDUCT:
            paper.hand_over(batch_id, form.serial.data, opinion, by=g.staff.actor, terms=now, vault=vault(),
                            entry_id=entry_id, seen=seen)
        else:
            paper.keep(batch_id, form.serial.data, form.words, barred=barred, by=g.staff.actor, now=now.now, vault=vault(),
                       entry_id=entry_id, seen=seen)


def _expired(form: PaperEntryForm) -> str:
    if not form.take_expired():
        return ""
    return _("The page was open for a long time, or your browser takes no cookies. Please press “Save” once more; what you "
             "typed is kept.")


def _get_entry(batch_id: int, entry_id: int) -> Entry:
    found = paper_lists.get_entry(entry_id, viewer(), vault())
    if found.batch_id != batch_id:
        raise NotFoundError
    return found


def _list_page(errors: Mapping[str, str] | None = None) -> str:
    found = paper_lists.batches(viewer())
    return render_template("desk/batches.html", batches=found, names=names_of([each.opened_by for each in found]),
                           received_on=request.form.get("received_on", clock.today().isoformat()), errors=errors or {})


def _batch_page(batch_id: int, errors: Mapping[str, str] | None = None) -> str:
    line, entries = paper_lists.get_batch(batch_id, viewer())
    people = [line.opened_by, *(each.typed_by for each in entries), *(each.checked_by for each in entries if each.checked_by)]
    return render_template("desk/batch.html", batch=line, entries=entries, names=names_of(people), words=ENTRY_WORDS,
                           serial=request.args.get("serial", ""), errors=errors or {})


def _entry_page(form: PaperEntryForm, batch_id: int, entry_id: int | None = None, *, note: str = "", trouble: str = "",
                overtaken: bool = False) -> str:
    line = paper_lists.get_batch(batch_id, viewer())[0]
    action = (url_for("desk.entry_keep", batch_id=batch_id) if entry_id is None
              else url_for("desk.entry_change", batch_id=batch_id, entry_id=entry_id))
    return render_template("desk/paper_entry.html", form=form.dressed(), batch=line, action=action, note=note,
                           trouble=trouble, overtaken=overtaken, categories=content().categories, longest_text=LONGEST_TEXT)


def _check_page(entry: Entry, errors: Mapping[str, str] | None = None, *, overtaken: bool = False) -> str:
    return render_template("desk/paper_check.html", entry=entry, names=names_of([entry.typed_by]), errors=errors or {},
                           means_words=MEANS_WORDS, given=request.form.get("note", ""), overtaken=overtaken)
