"""Voting: a code opens the form, a ballot is sent once, and its author is thanked with the receipts of what it became.

Nothing typed is kept here before it is sent, and a code stands in no address.
"""

from collections.abc import Mapping
from datetime import date
from random import Random
from secrets import SystemRandom

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from portal import clock
from portal.db import transaction
from portal.domain.campaign import Phase
from portal.domain.errors import ClockError, NotAllowedError
from portal.domain.form import read_ballot
from portal.domain.questions.base import Summary
from portal.evaluation import ballots, queries
from portal.evaluation.ballots import RefusedError, Sent, Thanks
from portal.evaluation.codes import REFUSAL_WORDS, Refusal
from portal.evaluation.queries import Campaign
from portal.evaluations import entered
from portal.evaluations.cases import Made, held, sort_words
from portal.evaluations.devices import device_class
from portal.evaluations.views import blueprint
from portal.evaluations.voters import Unopened, Voter, asked_voter, opened_by, seen_voter, sent_voter, spaced
from portal.web import limits, preferences, receipts, sealed_cookies
from portal.web.current import terms, vault
from portal.web.errors import csrf, note_unavailable
from portal.web.faults import faults
from portal.web.once import new_once, read_once
from portal.web.words import _, said

_CHANCE: Random = SystemRandom()
_THANKS = "thanks"  # the cookie with the receipts, for the page of thanks alone
_THANKS_MINUTES = 30


@blueprint.get("/enter")
def enter() -> str:
    return _entry()


@blueprint.post("/enter")
def open_() -> ResponseReturnValue:
    """A code of ours that opens nothing now is explained; all others look alike. The receipts of the last one are put away."""
    try:
        code, opened = opened_by(request.form.get("code", ""))
    except Unopened as fault:
        return _entry(fault.words), fault.status
    if opened.refusal is not None:
        return _refused(opened.slug, opened.refusal, opened.day), 422
    response = entered.keep(redirect(url_for("evaluations.form", slug=opened.slug), 303), code)
    return sealed_cookies.drop(response, _THANKS, path=url_for("evaluations.thanks", slug=opened.slug))


@blueprint.post("/enter/forget")
def forget() -> ResponseReturnValue:
    flash(_("This browser has forgotten the code."))
    return entered.forget(redirect(url_for("evaluations.enter"), 303))


@blueprint.get("/<slug>/form")
def form(slug: str) -> ResponseReturnValue:
    campaign = queries.get_campaign(slug, clock.today())
    if campaign.phase is not Phase.OPEN:
        return _closed(campaign), 403
    voter = asked_voter(campaign)
    if voter is None:
        return _entry(note=_("Please type your code first; it opens the form.")), 403
    if voter.refusal is not None:
        return _refused(slug, voter.refusal, voter.day), 403
    return _page(campaign, voter)


@blueprint.post("/<slug>/form")
@csrf.exempt  # the form checks its token itself: a page that was open for too long must not cost what was typed
def send(slug: str) -> ResponseReturnValue:
    campaign = queries.get_campaign(slug, clock.today())
    if campaign.phase is not Phase.OPEN:
        return _closed(campaign), 403
    if "look" in request.form:
        return _looked(campaign, request.form["look"])
    once = read_once(request.form.get("once"))
    voter = sent_voter(campaign, once or "")
    reading = read_ballot(campaign.form, request.form)
    sorted_ = sort_words(campaign.form, reading.answers, request.form, subject=voter.subject, once=once or "")
    slips = {**sorted_.faults, **faults(reading.slips)}
    trouble = ""
    if not once or not FlaskForm().validate():
        trouble = _("The page was open for a long time, or your browser takes no cookies. Please press “Send” once more; what "
                    "you typed is kept.")
    elif not reading.answers and not slips:
        trouble = _("You have not answered any question yet. Answer at least one, then send the form. Your code is not used.") \
            if campaign.has_codes else _("You have not answered any question yet. Answer at least one, then send the form.")
    if voter.refusal is not None and (voter.refusal is not Refusal.USED or voter.faults or slips or trouble):
        return _refused(slug, voter.refusal, voter.day), 409
    if voter.faults or slips or trouble:
        return _page(campaign, voter, slips, status=voter.status or 422, trouble=trouble)
    if not campaign.has_codes and not limits.within(limits.BALLOT, f"ballot-{slug}"):
        return _page(campaign, voter, status=429, trouble=_(
            "Too many forms came from your network in the last hour. Please send this one a little later; what you typed is "
            "kept."))
    return _sent(campaign, voter, _held_where_many(campaign, sorted_.cases), sorted_.answers, once or "")


@blueprint.get("/<slug>/thanks")
def thanks(slug: str) -> ResponseReturnValue:
    """Reference codes are shown for half an hour, until their author says that they are noted, or the next code is typed."""
    campaign, kept = queries.get_campaign(slug, clock.today()), sealed_cookies.find(_THANKS)
    if kept is None:
        return render_template("evaluations/thanks_gone.html", campaign=campaign)
    return render_template("evaluations/thanks.html", campaign=campaign, today=clock.today(), **{
        name: kept[name] for name in ("cases", "repeated", "shown")})


@blueprint.post("/<slug>/thanks/noted")
def noted(slug: str) -> ResponseReturnValue:
    """Takes the reference codes away from the browser; the thanks stay."""
    kept = sealed_cookies.find(_THANKS)
    response = redirect(url_for("evaluations.thanks", slug=slug), 303)
    return _keep_thanks(response, slug, {**kept, "cases": [], "shown": True}) if kept is not None else response


def _sent(campaign: Campaign, voter: Voter, cases: list[Made], answers: Mapping[str, object], once: str) -> ResponseReturnValue:
    device = "" if campaign.has_codes else device_class(request.user_agent.string)
    sent = Sent(answers, code=voter.code, group=voter.group or campaign.plan.groups[0], subject=voter.subject, device=device,
                opinions=cases)
    try:
        done = _cast(campaign.slug, sent, once)
    except RefusedError as fault:
        return _refused(campaign.slug, fault.refusal, fault.day), 409
    except NotAllowedError:
        return _closed(queries.get_campaign(campaign.slug, clock.today())), 403
    except (OperationalError, ClockError) as fault:
        note_unavailable(fault)
        return _page(campaign, voter, status=503, trouble=_(
            "It could not be saved just now, and nothing was half-saved. Please press “Send” again in a few minutes; what you "
            "typed is kept."))
    told = [receipts.told(made, code) for made, code in done.receipts]
    response = entered.forget(redirect(url_for("evaluations.thanks", slug=campaign.slug), 303))
    return _keep_thanks(response, campaign.slug, {"cases": told, "repeated": done.is_repeated, "shown": False})


def _cast(slug: str, sent: Sent, once: str) -> Thanks:
    under, kept = terms(), vault()  # read before: whoever may write must not wait for one more connection

    def cast() -> Thanks:
        with transaction():
            return ballots.cast(slug, sent, once=once.encode(), terms=under, vault=kept, chance=_CHANCE)

    try:
        return cast()
    except IntegrityError:  # the same form was sent twice at the same moment: the other one is there now
        return cast()


def _held_where_many(campaign: Campaign, cases: list[Made]) -> list[Made]:
    """Without codes anybody may send any number of forms; a person then looks first, as with opinions."""
    if campaign.has_codes:
        return cases
    return [each if limits.within(limits.SUBMIT_QUIETLY, "submit-quietly") else held(each) for each in cases]


def _keep_thanks(response: Response, slug: str, kept: Mapping[str, object]) -> Response:
    return sealed_cookies.put(response, _THANKS, kept, path=url_for("evaluations.thanks", slug=slug),
                              minutes=_THANKS_MINUTES)


def _entry(trouble: str = "", *, note: str = "") -> str:
    typed = request.form.get("code", "")[:80]
    if trouble and (digits := spaced(typed)):
        typed, trouble = digits, _("%(fault)s. You typed: %(digits)s", fault=trouble.rstrip("。."), digits=digits)
    return render_template("evaluations/enter.html", typed=typed, trouble=trouble, note=note,
                           has_code=entered.find() is not None)


def _looked(campaign: Campaign, wanted: str) -> ResponseReturnValue:
    """The form with everything typed, in another look or with another thing to evaluate; nothing is stored."""
    preferences.look(wanted)
    voter = seen_voter(campaign, read_once(request.form.get("once")) or "", chooses_anew=wanted == "subject")
    if voter.refusal is not None:
        return _refused(campaign.slug, voter.refusal, voter.day), 409
    return _page(campaign, voter)


def _page(campaign: Campaign, voter: Voter, slips: Mapping[str, str] | None = None, *, status: int = 200,
          trouble: str = "") -> Response:
    """The form with everything that was typed. A mark that is too old is replaced by a new one."""
    given = request.form.get("once", "")
    once = given if read_once(given) else new_once()
    bound = entered.binding(voter.code, read_once(once) or "") if voter.code else ""
    report = next((each for each in campaign.plan.reports if each.subject == voter.subject), None)
    asked = request.args.get("subject", "")
    response = make_response(render_template(
        "evaluations/form.html", campaign=campaign, plan=campaign.plan, voter=voter, once=once, bound=bound, report=report,
        values=request.form or MultiDict(), slips=slips or {}, trouble=trouble,
        is_place_unknown=bool(asked and campaign.plan.subjects and asked not in campaign.plan.subjects)), status)
    return entered.keep(response, voter.code) if voter.code and voter.was_typed else response


def _closed(campaign: Campaign) -> str:
    return render_template("evaluations/closed.html", campaign=campaign, written=_written(campaign))


def _refused(slug: str, refusal: Refusal, day: date | None) -> str:
    campaign = queries.get_campaign(slug, clock.today())
    return render_template("evaluations/refused.html", campaign=campaign, words=REFUSAL_WORDS[refusal], refusal=refusal,
                           day=day, written=_written(campaign))


def _written(campaign: Campaign) -> list[tuple[str, str]]:
    """What was typed in words and could not be sent: question and text, to be copied."""
    return [(said(question, "text"), typed) for question in campaign.form.questions
            if question.kind.summary(question) is Summary.TEXTS and (typed := request.form.get(question.field, "").strip())]
