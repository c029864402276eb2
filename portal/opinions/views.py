"""The way in: the opinion form, similar public cases, the receipt with its code shown once."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.wrappers import Response

from portal import clock
from portal.attachments import MAX_BYTES, MAX_FILES
from portal.casework import actions, public
from portal.casework.actions import Opinion, Receipt
from portal.casework.public import PublicRow
from portal.db import transaction
from portal.domain import reference
from portal.domain.case import Lane
from portal.domain.errors import ClockError
from portal.markup import cleaned, render
from portal.opinions.forms import LONGEST_TEXT, LONGEST_TITLE, OpinionForm
from portal.vault.box import opened_token, sealed_token
from portal.web import limits
from portal.web.caching import kept_fragment
from portal.web.current import content, is_secure, terms, vault
from portal.web.errors import csrf, note_unavailable
from portal.web.published import find_published
from portal.web.words import _, said

blueprint = Blueprint("opinions", __name__, url_prefix="/opinions")

_ONCE_SECONDS = 4 * 3600  # how long a form may stand open before it counts as a new one
_PREFILLED = ("category", "unit", "district", "service")
_CSRF_MARK, _ONCE_MARK = secrets.token_hex(16), secrets.token_hex(16)  # nobody can put these into an address
_NUMBER_MARK, _GROUP_MARKS = "@number@", ("@a@1", "@b@2", "@c@3", "@d@4", "@e@5")
_LONGEST_ADDRESS = 200  # characters
_RECEIPT = "receipt"
_RECEIPT_MINUTES = 30


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """The empty form differs from reader to reader in two tokens only: it is drawn once, and the tokens are put in."""
    def draw() -> str:
        form = OpinionForm(**{name: request.args.get(name, "") for name in _PREFILLED})
        form.once.data = _ONCE_MARK
        return _drawn(form).replace(generate_csrf(), _CSRF_MARK)

    known = len(request.full_path) <= _LONGEST_ADDRESS
    page = kept_fragment("opinions", request.full_path, draw) if known else draw()
    return page.replace(_CSRF_MARK, generate_csrf()).replace(_ONCE_MARK, _new_once())


@blueprint.post("/new")
@csrf.exempt  # the form checks its token itself: a page that was open for too long must not cost what was typed
def send() -> ResponseReturnValue:
    form = OpinionForm()
    category = content().categories.get(form.category.data or "")
    if category is not None and not category.head.stores:
        return _form(form)  # the emergency notice: nothing is stored, what was typed stays in the page
    if not form.validate():
        return _form(form, 422, trouble=_take_expired(form))
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
    return _with_receipt(redirect(url_for("opinions.receipt"), 303), receipt, code)


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
    kept = opened_token(current_app.config["SECRET_KEY"], request.cookies.get(_RECEIPT, ""), _RECEIPT)
    if kept is None or kept["until"] < clock.seconds():
        return render_template("opinions/receipt_gone.html")
    response = make_response(_slip(kept))
    response.delete_cookie(_RECEIPT, path=url_for("opinions.receipt"))
    return response


def _slip(kept: Mapping[str, Any]) -> str:
    """Receipts of one day differ in number and code only: drawn once with marks, never kept with a code."""
    triage_due, due_on = date.fromisoformat(kept["triage_due"]), date.fromisoformat(kept["due_on"])

    def draw() -> str:
        return render_template("opinions/receipt.html", number=_NUMBER_MARK, groups=_GROUP_MARKS, triage_due=triage_due,
                               due_on=due_on, held=kept["held"], is_public=kept["public"], today=clock.today())

    page = kept_fragment("receipt", (triage_due, due_on, kept["held"], kept["public"], request.host), draw)
    for mark, group in zip(_GROUP_MARKS, reference.group(kept["code"]).split(), strict=True):
        page = page.replace(mark, group)
    return page.replace(_NUMBER_MARK, kept["number"])


def _offered(form: OpinionForm) -> Sequence[PublicRow]:
    """Public cases like this one; a report of misconduct is compared with nothing."""
    if content().categories[form.category.data].head.lane is Lane.MISCONDUCT:
        return []
    return public.similar(form.title.data, form.text.data)


def _take_expired(form: OpinionForm) -> str:
    """What to say when the token no longer fits; the next attempt of the same page carries a new one."""
    if not form.csrf_token.errors:
        return ""
    form.csrf_token.errors = []
    return _("The page was open for a long time, or your browser takes no cookies. Please press “Send” once more; what "
             "you typed is kept.")


def _submit(form: OpinionForm) -> tuple[Receipt, str]:
    once = _read_once(form.once.data) or secrets.token_hex(16)
    submission = blake2b(f"{once}\0{_typed(form)}".encode(), digest_size=32).digest()
    code = reference.make(vault().code_material(submission))
    suspicious = bool(form.website.data) or not limits.within(limits.SUBMIT_QUIETLY, "submit-quietly")
    opinion = _opinion(form, suspicious)
    try:
        made = _record(opinion, submission, code)
    except IntegrityError:  # the same form was sent twice at the same moment: the other one is there now
        made = _record(opinion, submission, code)
    return made, code


def _record(opinion: Opinion, submission: bytes, code: str) -> Receipt:
    with transaction():
        return actions.submit(opinion, submission=submission, code=code, terms=terms(), vault=vault(),
                              tokens=[secrets.token_hex(16) for _file in opinion.files])


def _opinion(form: OpinionForm, suspicious: bool) -> Opinion:
    city = content()
    head = city.categories[form.category.data].head
    known_service = form.service.data and find_published("service", form.service.data)
    return Opinion(category=form.category.data, lane=head.lane, rule=city.rules[head.rule], title=form.short_title,
                   text=form.text.data, consent=form.publish.data == "yes", unit=form.unit.data or None,
                   district=form.district.data or None, service=form.service.data if known_service else None,
                   contact=form.contact, files=form.files, suspicious=suspicious)


def _typed(form: OpinionForm) -> str:
    names = ("category", "unit", "district", "title", "text", "publish", "contact_name", "contact_phone", "contact_email")
    files = [blake2b(file.data, digest_size=16).hexdigest() for file in form.files]
    return json.dumps([*(form[name].data for name in names), files], ensure_ascii=False)


def _with_receipt(response: Response, made: Receipt, code: str) -> Response:
    until = clock.seconds() + _RECEIPT_MINUTES * 60
    kept = {"number": made.number, "code": code, "triage_due": made.triage_due.isoformat(), "until": until,
            "due_on": made.due_on.isoformat(), "held": made.held, "public": made.number[0].isdigit()}
    response.set_cookie(_RECEIPT, sealed_token(current_app.config["SECRET_KEY"], kept, _RECEIPT), httponly=True,
                        samesite="Strict", secure=is_secure(), path=url_for("opinions.receipt"),
                        max_age=_RECEIPT_MINUTES * 60)
    return response


def _form(form: OpinionForm, status: int = 200, **more: object) -> ResponseReturnValue:
    """The form as it stands. A form that was open too long gets a new `once`, and loses nothing."""
    if _read_once(form.once.data) is None:
        form.once.data = _new_once()
    return _drawn(form, **more), status


def _drawn(form: OpinionForm, **more: object) -> str:
    chosen = content().categories.get(form.category.data or "")
    words = {"similar": [], "looked": False, "trouble": "", "chosen": chosen,
             "guidance": cleaned(render(said(chosen, "body"))) if chosen else "",
             "service": form.service.data and find_published("service", form.service.data), **more}
    return render_template("opinions/new.html", form=form.dressed(), longest_text=LONGEST_TEXT, most_files=MAX_FILES,
                           most_bytes=MAX_BYTES, categories=content().categories, **words)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="once")


def _new_once() -> str:
    return _serializer().dumps([secrets.token_hex(16), int(clock.seconds())])


def _read_once(token: str | None) -> str | None:
    """The random part of the form; None for what we did not sign, or signed too long ago."""
    try:
        once, made = _serializer().loads(token or "")
    except (BadSignature, ValueError, TypeError):
        return None
    return str(once) if 0 <= clock.seconds() - made <= _ONCE_SECONDS else None
