"""What people say on the telephone, on a visit, in a letter or elsewhere, written down for them: same receipt, same clock."""

import secrets
from dataclasses import replace

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError, OperationalError

from portal import clock
from portal.attachments import MAX_BYTES, MAX_FILES
from portal.casework import actions
from portal.casework.actions import Opinion, Receipt
from portal.db import transaction
from portal.desk.forms import EntryForm, day_of
from portal.desk.views import blueprint
from portal.domain import reference
from portal.domain.codes import Channel
from portal.domain.errors import ClockError, InvalidError
from portal.domain.paper import ENTRY_ROLES
from portal.web import receipts
from portal.web.current import content, terms, vault
from portal.web.errors import csrf, note_unavailable
from portal.web.faults import faults
from portal.web.guards import staff_only
from portal.web.once import new_once, read_once
from portal.web.opinion_form import LONGEST_TEXT, opinion_of, submission_of
from portal.web.words import _

_PREFILLED = ("category", "channel")


@blueprint.get("/entry")
@staff_only(*ENTRY_ROLES)
def entry() -> ResponseReturnValue:
    return _page(EntryForm(**{name: request.args.get(name, "") for name in _PREFILLED},
                           received_on=clock.today().isoformat()))


@blueprint.post("/entry")
@csrf.exempt  # the form checks its token itself: a page that was open for too long must not cost what was typed
@staff_only(*ENTRY_ROLES)
def entry_save() -> ResponseReturnValue:
    form = EntryForm()
    category = content().categories.get(form.category.data or "")
    if category is not None and not category.head.stores:
        return _page(form)  # the emergency notice: nothing is stored, what was typed stays in the page
    if not form.validate():
        return _page(form, 422, trouble=_expired(form))
    if not form.take_files():
        return _page(form, 422)
    try:
        receipt, code = _save(form)
    except InvalidError as fault:
        form.received_on.errors = list(faults(fault.fields).values())
        return _page(form, 422)
    except (OperationalError, ClockError) as fault:
        note_unavailable(fault)
        return _page(form, 503, trouble=_("It could not be saved just now, and nothing was half-saved. Please press “Save” "
                                          "again in a few minutes; what you typed is kept."))
    return receipts.hand_out(redirect(url_for("opinions.receipt"), 303), receipt, code, clerk=True)


def _save(form: EntryForm) -> tuple[Receipt, str]:
    submission = submission_of(form, read_once(form.once.data) or secrets.token_hex(16))
    code = reference.make(vault().code_material(submission))
    opinion = replace(opinion_of(form.words, files=form.files), channel=Channel(form.channel.data),
                      received_on=day_of(form.received_on.data))
    try:
        made = _record(opinion, submission, code)
    except IntegrityError:  # the same form was sent twice at the same moment: the other one is there now
        made = _record(opinion, submission, code)
    return made, code


def _record(opinion: Opinion, submission: bytes, code: str) -> Receipt:
    with transaction():
        return actions.submit(opinion, submission=submission, code=code, terms=terms(), vault=vault(), clerk=g.staff.actor,
                              tokens=[secrets.token_hex(16) for _file in opinion.files])


def _expired(form: EntryForm) -> str:
    if not form.take_expired():
        return ""
    return _("The page was open for a long time, or your browser takes no cookies. Please press “Save” once more; what you "
             "typed is kept.")


def _page(form: EntryForm, status: int = 200, *, trouble: str = "") -> ResponseReturnValue:
    if read_once(form.once.data) is None:
        form.once.data = new_once()
    chosen = content().categories.get(form.category.data or "")
    return render_template("desk/entry.html", form=form.dressed(), trouble=trouble, chosen=chosen, longest_text=LONGEST_TEXT,
                           most_files=MAX_FILES, most_bytes=MAX_BYTES, categories=content().categories), status
