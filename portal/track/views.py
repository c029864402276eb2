"""Following one's own case: the code opens it for half an hour; messages, rating and withdrawal go through the table."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import blake2b
from io import BytesIO
from types import SimpleNamespace

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.casework import actions, queries
from portal.casework.queries import CaseView
from portal.db import transaction
from portal.domain import reference
from portal.domain.codes import Action, Status
from portal.domain.errors import InvalidError
from portal.domain.people import AUTHOR, N_
from portal.domain.transitions import allowed
from portal.outbox.rules import CONTACT, MEANS_WORDS
from portal.web import guards, limits, receipts
from portal.web.current import content, settings, terms, vault
from portal.web.faults import faults
from portal.web.words import _
from portal.web.written import title_of

blueprint = Blueprint("track", __name__, url_prefix="/track")

_SLIPS = {
    "empty": N_("Please type the twenty digits of your reference code"),
    "characters": N_("A reference code has digits only; please check what you typed"),
    "length": N_("A reference code has twenty digits; please count the groups of four"),
    "digits": N_("Please check the digits: at least one of them is wrong or two are swapped"),
}
_ACTS = {"message": Action.ADD_MESSAGE, "reply": Action.AUTHOR_REPLIES, "rate": Action.RATE,
         "dispute": Action.DISPUTE, "notices": Action.SET_NOTICES, "withdraw": Action.WITHDRAW}
_WRITTEN = ("message", "comment", "reason")


@blueprint.get("")
def enter() -> ResponseReturnValue:
    return _entry()


@blueprint.post("")
def open_() -> ResponseReturnValue:
    typed = request.form.get("code", "")
    try:
        code = reference.parse(typed)
    except reference.Mistyped as slip:
        return _entry(typed, _slip(slip.reason)), 422
    if not limits.within(limits.TRACK, "track"):
        return _entry(typed, _("Too many attempts from your network. Please wait a minute and try again.")), 429
    case_id = queries.find_id_by_code(code, vault())
    if case_id is None:
        return _entry(typed, _("This code opens nothing. Please compare it with your receipt.")), 422
    return guards.open_case(make_response(redirect(url_for("track.case"), 303)), case_id)


@blueprint.get("/case")
def case() -> ResponseReturnValue:
    case_id = guards.opened_case()
    if case_id is None:
        flash(_("Please type your code; an opened case stays open for half an hour."))
        return redirect(url_for("track.enter"), 303)
    return _page(queries.get_case_by_id(case_id, AUTHOR, vault(), now=clock.now()))


@blueprint.post("/case/<act>")
def act(act: str) -> ResponseReturnValue:
    if act == "leave":
        flash(_("The case is closed in this browser."))
        return guards.close_case(make_response(redirect(url_for("track.enter"), 303)))
    action = _ACTS.get(act) or abort(404)
    case_id = guards.opened_case()
    if case_id is None:
        return _closed()
    view = queries.get_case_by_id(case_id, AUTHOR, vault(), now=clock.now())
    try:
        with transaction():
            actions.perform(view.number, action, AUTHOR, request.form, seen=request.form.get("version", 0, type=int),
                            terms=terms(), vault=vault())
    except InvalidError as fault:
        return _page(view, failed=act, given=request.form, errors=faults(fault.fields)), 422
    flash(_done(action))
    return redirect(url_for("track.case"), 303)


@blueprint.post("/case/review")
def review() -> ResponseReturnValue:
    """Asks the next higher unit: a case of its own, whose receipt is shown at once."""
    case_id = guards.opened_case()
    if case_id is None:
        return _closed()
    view = queries.get_case_by_id(case_id, AUTHOR, vault(), now=clock.now())
    submission = blake2b(f"review of {view.number} in its version {view.case.version}".encode(), digest_size=32).digest()
    code = reference.make(vault().code_material(submission))
    try:
        with transaction():
            made = actions.request_review(view.number, request.form, seen=request.form.get("version", 0, type=int),
                                          rule=content().rules["petition-review"], submission=submission, code=code,
                                          terms=terms(), vault=vault())
    except InvalidError as fault:
        return _page(view, failed="review", given=request.form, errors=faults(fault.fields)), 422
    return receipts.hand_out(redirect(url_for("opinions.receipt"), 303), made, code, review_of=view.number)


@blueprint.get("/case/due")
def why() -> ResponseReturnValue:
    """Why the answer is due on its day, counted day by day."""
    case_id = guards.opened_case()
    if case_id is None:
        return redirect(url_for("track.case"), 303)
    view = queries.get_case_by_id(case_id, AUTHOR, vault(), now=clock.now())
    case, found = queries.get_promise(view.number, AUTHOR, terms().calendar)
    return render_template("track/why.html", case=case, steps=found)


@blueprint.get("/case/files/<token>")
def file(token: str) -> ResponseReturnValue:
    case_id = guards.opened_case() or abort(404)
    found, data = queries.get_file(case_id, token, AUTHOR, vault())
    return send_file(BytesIO(data), mimetype=found.media_type, as_attachment=found.media_type == "application/pdf",
                     download_name=f"{found.token[:8]}.{found.extension}", max_age=None)


def _closed() -> ResponseReturnValue:
    written = next((words for name in _WRITTEN if (words := request.form.get(name))), "")
    return _entry(trouble=_("Your half hour is over. Please type your code again."), written=written), 403


def _entry(typed: str = "", trouble: str = "", written: str = "") -> str:
    return render_template("track/enter.html", typed=typed[:80], trouble=trouble, written=written)


def _page(view: CaseView, **more: object) -> str:
    now, case = terms(), view.case
    acts = {row.action.value: row for row in allowed(case, AUTHOR, now)}
    rate_by = case.answered_on and case.answered_on + timedelta(days=now.rating_window)
    return render_template("track/case.html", view=view, case=case, acts=acts, earlier=_earlier(view),
                           decision=_decision(view), means=_means(view), means_words=MEANS_WORDS, today=now.today,
                           rate_by=rate_by, notice_title=title_of,
                           days_left=now.calendar.working_days_between(now.today, case.due_on),
                           waits=case.status is Status.WAITING,
                           **{"failed": "", "given": {}, "errors": {}, **more})


def _means(view: CaseView) -> list[str]:
    """By which means this author could be told of news."""
    return [means.value for means in settings().means if (view.contact or {}).get(CONTACT[means])]


def _decision(view: CaseView) -> Mapping[str, str]:
    """What was approved last, with the facts and the basis where it has them."""
    return next((each.words for each in reversed(view.events) if each.action is Action.APPROVE), {})


def _earlier(view: CaseView) -> list[SimpleNamespace]:
    """The answers of earlier rounds, each with the reason for which the author did not accept it."""
    answers = [each.words.get("answer", "") for each in view.events if each.action is Action.APPROVE]
    reasons = [each.words.get("reason", "") for each in view.events if each.action is Action.DISPUTE]
    return [SimpleNamespace(round=one, answer=answer, reason=reason)
            for one, answer, reason in zip(view.case.rounds, answers, reasons, strict=False)]


def _slip(reason: str) -> str:
    return _(_SLIPS[reason])


def _done(action: Action) -> str:
    return {Action.ADD_MESSAGE: _("Your message was sent."), Action.AUTHOR_REPLIES: _("Your reply was sent."),
            Action.RATE: _("Thank you; your rating was recorded."),
            Action.SET_NOTICES: _("Saved."),
            Action.DISPUTE: _("The unit works on it again; the new promised day stands above."),
            Action.WITHDRAW: _("The opinion was withdrawn.")}[action]
