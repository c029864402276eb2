"""The way in: the opinion form, similar public cases, the receipt with its code shown once."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import IntegrityError, OperationalError

from portal import clock
from portal.attachments import MAX_BYTES, MAX_FILES
from portal.casework import actions, public
from portal.casework.actions import Opinion, Receipt
from portal.casework.public import PublicRow
from portal.db import transaction
from portal.domain import reference
from portal.domain.codes import Lane
from portal.domain.errors import ClockError
from portal.markup import cleaned, render
from portal.opinions.forms import PublicForm
from portal.web import limits, preferences, receipts
from portal.web.caching import kept_fragment
from portal.web.current import content, terms, vault
from portal.web.errors import csrf, note_unavailable
from portal.web.once import new_once, read_once
from portal.web.opinion_form import LONGEST_TEXT, LONGEST_TITLE, opinion_of, submission_of
from portal.web.published import find_published
from portal.web.words import _, said

blueprint = Blueprint("opinions", __name__, url_prefix="/opinions")

_PREFILLED = ("category", "unit", "district", "service")
_CSRF_MARK, _ONCE_MARK = secrets.token_hex(16), secrets.token_hex(16)  # nobody can put these into an address
_NUMBER_MARK, _GROUP_MARKS = "@number@", ("@a@1", "@b@2", "@c@3", "@d@4", "@e@5")
_LONGEST_ADDRESS = 200  # characters


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """The empty form differs from reader to reader in two tokens only: it is drawn once, and the tokens are put in."""
    def draw() -> str:
        form = PublicForm(**{name: request.args.get(name, "") for name in _PREFILLED})
        form.once.data = _ONCE_MARK
        return _drawn(form).replace(generate_csrf(), _CSRF_MARK)

    known = len(request.full_path) <= _LONGEST_ADDRESS
    page = kept_fragment("opinions", request.full_path, draw) if known else draw()
    return page.replace(_CSRF_MARK, generate_csrf()).replace(_ONCE_MARK, new_once())


@blueprint.post("/new")
@csrf.exempt  # the form checks its token itself: a page that was open for too long must not cost what was typed
def send() -> ResponseReturnValue:
    form = PublicForm()
    if "look" in request.form:  # a button of the toolbar: nothing is stored, what was typed stays in the page
        preferences.look(request.form["look"])
        return _form(form, is_drawn_anew=True)
    category = content().categories.get(form.category.data or "")
    if category is not None and not category.head.stores:
        return _form(form)  # the emergency notice: nothing is stored, what was typed stays in the page
    if not form.validate():
        return _form(form, 422, trouble=_expired(form))
    if request.form.get("step") == "similar":
        return _form(form, similar=_offered(form), looked=True)
    if not limits.within(limits.SUBMIT, "submit"):
        return _form(form, 429, trouble=_("Too many opinions came from your network in the last hour. Please send this "
                                          "one a little later; what you typed is kept."))
    if not form.take_files():
        return _form(form, 422)
    try:
        receipt, code = _submit(form)
    except (OperationalError, ClockError) as fault:
        note_unavailable(fault)
        return _form(form, 503, trouble=_("It could not be saved just now, and nothing was half-saved. Please press "
                                          "“Send” again in a few minutes; what you typed is kept."))
    return receipts.hand_out(redirect(url_for("opinions.receipt"), 303), receipt, code)


@blueprint.post("/similar")
def similar() -> ResponseReturnValue:
    """A fragment for the script of the form; the same offer stands behind the form's second button."""
    found = []
    if limits.within(limits.SIMILAR, "similar"):
        found = public.similar(request.form.get("title", "")[:LONGEST_TITLE], request.form.get("text", "")[:LONGEST_TEXT])
    return render_template("opinions/_similar.html", similar=found)


@blueprint.get("/receipt")
def receipt() -> ResponseReturnValue:
    """Shows number and code once: the answer that shows them also takes them away from the browser."""
    kept = receipts.handed_out()
    return render_template("opinions/receipt_gone.html") if kept is None else receipts.take_back(make_response(_slip(kept)))


def _slip(kept: Mapping[str, Any]) -> str:
    """Receipts of one day differ in number and code only: drawn once with marks, never kept with a code."""
    triage_due, due_on = date.fromisoformat(kept["triage_due"]), date.fromisoformat(kept["due_on"])
    kind = {name: kept.get(name, False) for name in ("held", "public", "clerk", "review_of")}

    def draw() -> str:
        return render_template("opinions/receipt.html", number=_NUMBER_MARK, groups=_GROUP_MARKS, triage_due=triage_due,
                               due_on=due_on, held=kind["held"], is_public=kind["public"], by_clerk=kind["clerk"],
                               review_of=kind["review_of"], today=clock.today())

    page = kept_fragment("receipt", (triage_due, due_on, *kind.values(), request.host), draw)
    for mark, group in zip(_GROUP_MARKS, reference.group(kept["code"]).split(), strict=True):
        page = page.replace(mark, group)
    return page.replace(_NUMBER_MARK, kept["number"])


def _offered(form: PublicForm) -> Sequence[PublicRow]:
    """Public cases like this one; a report of misconduct is compared with nothing."""
    if content().categories[form.category.data].head.lane is Lane.MISCONDUCT:
        return []
    return public.similar(form.title.data, form.text.data)


def _expired(form: PublicForm) -> str:
    """What to say when the token no longer fits."""
    if not form.take_expired():
        return ""
    return _("The page was open for a long time, or your browser takes no cookies. Please press “Send” once more; what "
             "you typed is kept.")


def _submit(form: PublicForm) -> tuple[Receipt, str]:
    submission = submission_of(form, read_once(form.once.data) or secrets.token_hex(16))
    code = reference.make(vault().code_material(submission))
    suspicious = bool(form.website.data) or not limits.within(limits.SUBMIT_QUIETLY, "submit-quietly")
    opinion = opinion_of(form.words, files=form.files, suspicious=suspicious)
    try:
        made = _record(opinion, submission, code)
    except IntegrityError:  # the same form was sent twice at the same moment: the other one is there now
        made = _record(opinion, submission, code)
    return made, code


def _record(opinion: Opinion, submission: bytes, code: str) -> Receipt:
    under, opened = terms(), vault()  # both may read: not while the one writer's lock is held
    with transaction():
        return actions.submit(opinion, submission=submission, code=code, terms=under, vault=opened,
                              tokens=[secrets.token_hex(16) for _file in opinion.files])


def _form(form: PublicForm, status: int = 200, **more: object) -> ResponseReturnValue:
    """The form as it stands. A form that was open too long gets a new `once`, and loses nothing."""
    if read_once(form.once.data) is None:
        form.once.data = new_once()
    return _drawn(form, **more), status


def _drawn(form: PublicForm, **more: object) -> str:
    chosen = content().categories.get(form.category.data or "")
    words = {"similar": [], "looked": False, "is_drawn_anew": False, "trouble": "", "chosen": chosen,
             "guidance": cleaned(render(said(chosen, "body"))) if chosen else "",
             "service": form.service.data and find_published("service", form.service.data), **more}
    return render_template("opinions/new.html", form=form.dressed(), longest_text=LONGEST_TEXT, most_files=MAX_FILES,
                           most_bytes=MAX_BYTES, categories=content().categories, **words)
