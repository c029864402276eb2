"""Ballots on paper: typed by one person, compared with the paper by another, and only then put into the box.

What was said in confidence is never typed here, and a one-time code is known afterwards by its hash alone.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from types import SimpleNamespace

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.accounts.queries import names_of
from portal.db import transaction
from portal.desk.ballot_sheet import answer_lines, as_sent, on_paper
from portal.desk.views import blueprint
from portal.domain import one_time
from portal.domain.campaign import GROUP_WORDS, Group, Phase, may_plan
from portal.domain.errors import ClockError, InvalidError, NotAllowedError, NotFoundError, StaleError
from portal.domain.form import Form, read_ballot
from portal.domain.given import clean
from portal.domain.paper import ENTRY_ROLES, ENTRY_WORDS, EntryState
from portal.domain.questions.base import Summary
from portal.domain.reference import Mistyped
from portal.evaluation import papers
from portal.evaluation.papers import PaperView, Typed
from portal.evaluation.queries import Campaign, campaigns, get_campaign
from portal.web.current import content, terms, vault
from portal.web.errors import csrf, note_unavailable
from portal.web.faults import fault, faults
from portal.web.guards import staff_only, viewer
from portal.web.once import new_once, read_once
from portal.web.subjects import subject_name
from portal.web.words import _, said

LISTED = 100  # papers that wait, the oldest first
_PHASES = frozenset({Phase.OPEN, Phase.COUNTING})
_PAPERS = "/campaigns/<slug>/papers"
_PAPER = f"{_PAPERS}/<int(max=2147483647):entry_id>"


@dataclass(frozen=True)
class Slips:
    """What was typed and will not do: field -> sentence."""

    typed: Typed
    code: str | None
    errors: Mapping[str, str]


@blueprint.get("/ballot-papers")
@staff_only(*ENTRY_ROLES)
def ballot_rounds() -> str:
    """The campaigns whose papers can be typed now, by people who are not evaluated in them."""
    now = [each for each in campaigns(clock.today(), staff=True) if each.phase in _PHASES and not _is_evaluated(each)]
    return render_template("desk/ballot_rounds.html", rounds=[(each, papers.paper_counts(each.id)) for each in now])


@blueprint.get(_PAPERS)
@staff_only(*ENTRY_ROLES)
def ballot_papers(slug: str) -> str:
    return _list_page(_campaign(slug))


@blueprint.get(f"{_PAPERS}/type")
@staff_only(*ENTRY_ROLES)
def ballot_type(slug: str) -> ResponseReturnValue:
    campaign = _campaign(slug)
    if campaign.phase not in _PHASES:
        return _list_page(campaign), 409
    chosen = {name: request.args.get(name, "") for name in ("group", "subject")}
    return _type_page(campaign, MultiDict(chosen))


@blueprint.post(f"{_PAPERS}/type")
@csrf.exempt  # checked in _keep: a page that was open for too long must not cost what was typed
@staff_only(*ENTRY_ROLES)
def ballot_keep(slug: str) -> ResponseReturnValue:
    return _keep(_campaign(slug))


@blueprint.get(_PAPER)
@staff_only(*ENTRY_ROLES)
def ballot_again(slug: str, entry_id: int) -> ResponseReturnValue:
    """The paper as it was typed, to be changed while it waits."""
    campaign, entry = _campaign(slug), _waiting(slug, entry_id)
    if campaign.phase not in _PHASES:
        return _list_page(campaign), 409
    return _type_page(campaign, as_sent(campaign.form, entry), entry)


@blueprint.post(_PAPER)
@csrf.exempt  # as above
@staff_only(*ENTRY_ROLES)
def ballot_change(slug: str, entry_id: int) -> ResponseReturnValue:
    return _keep(_campaign(slug), _waiting(slug, entry_id))


@blueprint.get(f"{_PAPER}/check")
@staff_only(*ENTRY_ROLES)
def ballot_check(slug: str, entry_id: int) -> ResponseReturnValue:
    campaign = _campaign(slug)
    if campaign.phase not in _PHASES:
        return _list_page(campaign), 409
    return _check_page(campaign, _waiting(slug, entry_id))


@blueprint.post(f"{_PAPER}/check")
@staff_only(*ENTRY_ROLES)
def ballot_decide(slug: str, entry_id: int) -> ResponseReturnValue:
    campaign = _campaign(slug)
    if campaign.phase not in _PHASES:
        return _list_page(campaign), 409
    try:
        with transaction():
            done = _decide(slug, entry_id)
    except InvalidError as refusal:
        return _check_page(campaign, _waiting(slug, entry_id), faults(refusal.fields)), 422
    except StaleError:
        return _overtaken(campaign, entry_id)
    flash(done)
    following = next((each.id for each in papers.papers(slug, viewer(), vault=vault()) if may_check(each)), None)
    if following is None:
        return redirect(url_for("desk.ballot_papers", slug=slug), 303)
    return redirect(url_for("desk.ballot_check", slug=slug, entry_id=following), 303)


@blueprint.get(f"{_PAPER}/discard")
@staff_only(*ENTRY_ROLES)
def ballot_discard(slug: str, entry_id: int) -> str:
    return render_template("desk/ballot_discard.html", campaign=_campaign(slug), entry=_waiting(slug, entry_id))


@blueprint.post(f"{_PAPER}/discard")
@staff_only(*ENTRY_ROLES)
def ballot_discarded(slug: str, entry_id: int) -> ResponseReturnValue:
    campaign = _campaign(slug)
    try:
        with transaction():
            papers.discard(slug, entry_id, seen=request.form.get("version", 0, type=int), by=g.staff.actor, today=clock.today())
    except StaleError:
        return _overtaken(campaign, entry_id)
    flash(_("Discarded. If it had a one-time code, that code can be used again."))
    return redirect(url_for("desk.ballot_papers", slug=slug), 303)


def may_check(entry: PaperView) -> bool:
    return entry.state is EntryState.TYPED and entry.typed_by != g.staff.id


def _keep(campaign: Campaign, entry: PaperView | None = None) -> ResponseReturnValue:
    if campaign.phase not in _PHASES:
        return _list_page(campaign), 409
    if not FlaskForm().validate():
        return _type_page(campaign, request.form, entry, trouble=_(
            "The page was open for a long time, or your browser takes no cookies. Please press “Save” once more; what you "
            "typed is kept.")), 422
    found = _read(campaign)
    if found.errors:
        return _type_page(campaign, request.form, entry, errors=found.errors), 422
    try:
        number = _write(campaign, found, entry)
    except InvalidError as refusal:
        return _type_page(campaign, request.form, entry, errors=faults(refusal.fields)), 422
    except StaleError as refusal:
        return _stale(campaign, refusal, entry)
    except (OperationalError, ClockError) as refusal:
        note_unavailable(refusal)
        return _type_page(campaign, request.form, entry, trouble=_(
            "It could not be saved just now, and nothing was half-saved. Please press “Save” again in a few minutes; what you "
            "typed is kept.")), 503
    flash(_("Saved as number %(id)s. Write this number on the paper; another person compares both.", id=number) if number else
          _("This page was saved before; the paper is in the list."))
    session["paper_saved"] = number
    if entry is None and request.form.get("step") != "last":
        group, subject = (None, None) if campaign.has_codes else (found.typed.group.value, found.typed.subject or None)
        return redirect(url_for("desk.ballot_type", slug=campaign.slug, group=group, subject=subject), 303)
    return redirect(url_for("desk.ballot_papers", slug=campaign.slug), 303)


def _read(campaign: Campaign) -> Slips:
    """What the page says, with everything that will not do."""
    form, errors = on_paper(campaign.form), dict[str, str]()
    reading = read_ballot(form, _without_blanks(form))
    errors |= {name: fault(code) for name, code in reading.slips.items()}
    errors |= {each.field: fault("confidential_on_paper") for each in form.questions
               if each.becomes == "report" and (each.id in reading.answers or each.field in reading.slips)}
    if not errors and bool(reading.answers) == bool(request.form.get("is_blank")):
        errors["is_blank"] = fault("not_blank" if reading.answers else "blank")
    code, plan = _code(campaign, errors), campaign.plan
    groups = {each.value: each for each in plan.groups}
    asked, subject = request.form.get("group", ""), request.form.get("subject", "")
    if campaign.has_codes:  # then both are the code's
        return Slips(Typed(reading.answers, plan.groups[0], (plan.subjects or ("",))[0]), code, errors)
    if asked not in groups:
        errors["group"] = fault("choice")
    if subject not in (plan.subjects or ("",)):
        errors["subject"] = fault("choice")
    return Slips(Typed(reading.answers, groups.get(asked, plan.groups[0]), subject), None, errors)


def _without_blanks(form: Form) -> MultiDict[str, str]:
    """The fields without those of questions that are ticked as left blank."""
    ticked = set(request.form.getlist("left_blank"))
    blank = {name for each in form.questions if each.id in ticked for name in each.kind.fields(each)}
    return MultiDict([(name, value) for name, value in request.form.items(multi=True) if name not in blank])


def _code(campaign: Campaign, errors: dict[str, str]) -> str | None:
    """The one-time code that was typed; None where there is none, or none is asked for."""
    typed = clean(request.form.get("code", "")).rpartition("#")[2]  # a scanner types the whole link of the picture
    if not campaign.has_codes or not typed:
        return None
    try:
        return one_time.parse(typed)
    except Mistyped:
        errors["code"] = fault("code_mistyped")
        return None


def _write(campaign: Campaign, found: Slips, entry: PaperView | None) -> int | None:
    """The number of the entry. The same page sent twice is kept once; the second time there is no number to tell."""
    try:
        return _kept(campaign, found, entry)
    except IntegrityError:  # it was sent twice at the same moment: the other one is there now
        return _kept(campaign, found, entry)


def _kept(campaign: Campaign, found: Slips, entry: PaperView | None) -> int | None:
    today, seen = clock.today(), request.form.get("version", 0, type=int)
    once = read_once(request.form.get("once")) or secrets.token_hex(16)
    with transaction():
        if entry is None and papers.was_kept(_mark(once, found), today, vault()):
            return None
        return papers.keep(campaign.slug, found.typed, code=found.code, by=g.staff.actor, today=today, vault=vault(),
                           entry_id=entry.id if entry else None, seen=seen)


def _mark(once: str, found: Slips) -> bytes:
    """Of this page with these answers."""
    whole = json.dumps([once, found.code, found.typed.group, found.typed.subject, found.typed.answers])
    return blake2b(whole.encode(), digest_size=32).digest()


def _stale(campaign: Campaign, refusal: StaleError, entry: PaperView | None) -> ResponseReturnValue:
    """A colleague was faster: what was typed is kept beside the newest version, or the paper is in the box already."""
    found = papers.get_paper(campaign.slug, entry.id, viewer(), vault=vault()) if entry else None
    if found is None or found.typed is None:
        return _list_page(campaign, trouble=_("Somebody else was faster: this paper is in already, as it was compared.")), 409
    given = MultiDict(request.form)
    given["version"] = str(refusal.now)
    return _type_page(campaign, given, found, overtaken=True), 409


def _decide(slug: str, entry_id: int) -> str:
    """Carries out what was decided; returns it in words."""
    seen, today = request.form.get("version", 0, type=int), clock.today()
    if request.form.get("step") == "back":
        papers.send_back(slug, entry_id, clean(request.form.get("note", "")), seen=seen, by=g.staff.actor, today=today,
                         vault=vault())
        return _("Paper %(id)s was sent back.", id=entry_id)
    papers.confirm(slug, entry_id, seen=seen, by=g.staff.actor, today=today, vault=vault(), chance=secrets.SystemRandom())
    return _("Paper %(id)s is in.", id=entry_id)


def _overtaken(campaign: Campaign, entry_id: int) -> ResponseReturnValue:
    """For the second of two people who decided at the same time."""
    try:
        entry = _waiting(campaign.slug, entry_id)
    except NotFoundError:
        return _list_page(campaign, trouble=_("Somebody else was faster: this paper is in already, as it was compared.")), 409
    return _check_page(campaign, entry, overtaken=True), 409


def _campaign(slug: str) -> Campaign:
    """Raises NotFoundError, and NotAllowedError for those whom it evaluates."""
    found = get_campaign(slug, clock.today(), staff=True)
    if found.phase is Phase.DRAFT and not may_plan(viewer()):
        raise NotFoundError
    if _is_evaluated(found):
        raise NotAllowedError("type")
    return found


def _is_evaluated(campaign: Campaign) -> bool:
    """Whether it evaluates this person's own unit, or one above it: they must not hold its papers in their hands.

    Nor may they where halls, rooms or services are evaluated, which could be theirs. The city's outreach office holds all.
    """
    line, subjects = terms().line_of_command(g.staff.unit), set(campaign.plan.subjects)
    return not may_plan(viewer()) and (not subjects.isdisjoint(line) or not subjects <= content().units.keys())


def _waiting(slug: str, entry_id: int) -> PaperView:
    """Raises NotFoundError, also where it is in the box already."""
    found = papers.get_paper(slug, entry_id, viewer(), vault=vault())
    if found.typed is None:
        raise NotFoundError
    return found


def _list_page(campaign: Campaign, *, trouble: str = "") -> str:
    found = papers.papers(campaign.slug, viewer(), vault=vault())
    shown = [SimpleNamespace(entry=each, may_check=may_check(each), group=_(GROUP_WORDS[each.typed.group]),
                             subject=subject_name(each.typed.subject)) for each in found[:LISTED] if each.typed]
    return render_template(
        "desk/ballot_papers.html", campaign=campaign, papers=shown, waiting=len(found), trouble=trouble, words=ENTRY_WORDS,
        counts=papers.paper_counts(campaign.id), names=names_of([each.typed_by for each in found[:LISTED]]),
        saved=session.pop("paper_saved", None), is_open=campaign.phase in _PHASES, is_planner=may_plan(viewer()))


def _type_page(campaign: Campaign, values: MultiDict[str, str], entry: PaperView | None = None, *,
               errors: Mapping[str, str] | None = None, trouble: str = "", overtaken: bool = False) -> str:
    plan, form = campaign.plan, on_paper(campaign.form)
    groups = [(each.value, _(GROUP_WORDS[each])) for each in plan.groups]
    subjects = [(each, subject_name(each)) for each in plan.subjects]
    once = values.get("once", "")
    return render_template(
        "desk/ballot_type.html", campaign=campaign, form=form, values=values, entry=entry, errors=errors or {}, trouble=trouble,
        saved=session.pop("paper_saved", None), overtaken=overtaken, groups=groups, subjects=subjects,
        once=once if read_once(once) else new_once(), left=_answered_levels(form, values),
        opinions=[form.numbers[each.id] for each in campaign.form.questions if each.becomes == "opinion"])


def _answered_levels(form: Form, values: MultiDict[str, str]) -> set[str]:
    """Questions whose answer stands in the page and could not be taken back: a radio button cannot be let go of."""
    return {each.id for each in form.questions if each.kind.summary(each) is Summary.LEVELS and each.shown_if is None
            and any(values.get(name) for name in each.kind.fields(each))}


def _check_page(campaign: Campaign, entry: PaperView, errors: Mapping[str, str] | None = None, *,
                overtaken: bool = False) -> str:
    form, typed = campaign.form, entry.typed or Typed({}, Group.RESIDENT, "")
    sections = [SimpleNamespace(title=said(section, "title"), questions=[
        SimpleNamespace(number=form.numbers[each.id], text=said(each, "text"),
                        lines=answer_lines(each, typed.answers.get(each.id)))
        for each in section.questions if each.becomes != "report"]) for section in form.sections]
    return render_template(
        "desk/ballot_check.html", campaign=campaign, entry=entry, may_check=may_check(entry), sections=sections,
        group=_(GROUP_WORDS[typed.group]), subject=subject_name(typed.subject), names=names_of([entry.typed_by]),
        errors=errors or {}, given=request.form.get("note", ""), overtaken=overtaken)
