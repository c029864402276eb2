"""Corrections of published results: written down by one person, published by another, beside what was published before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.queries import names_of
from portal.db import transaction
from portal.desk.campaigns import planners_only
from portal.desk.result_tasks import READERS, label_of, published_campaign
from portal.desk.views import blueprint
from portal.domain.campaign import GROUP_WORDS, BallotChannel, Group, Phase, may_approve, may_plan
from portal.domain.errors import InvalidError, NotFoundError, StaleError
from portal.domain.given import clean
from portal.domain.people import N_
from portal.domain.tally import State
from portal.evaluation import results
from portal.evaluation.queries import Campaign, entries, get_campaign, latest_entry
from portal.web.current import vault
from portal.web.faults import faults
from portal.web.guards import staff_only, viewer
from portal.web.subjects import subject_name
from portal.web.words import _, said

_CORRECTIONS = "/campaigns/<slug>/corrections"
_CORRECTION = f"{_CORRECTIONS}/<int(max=32767):number>"
_MANY = 20  # figures that are named one by one
_CHANNEL_WORDS = {BallotChannel.WEB: N_("On the web"), BallotChannel.PAPER: N_("On paper")}
_NO_FIGURE = {State.FEW: N_("hidden (fewer than five)"), State.COVERED: N_("hidden (to protect others)"),
              State.SILENT: N_("nobody")}

Figure = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """A figure that would be published otherwise: of whom, of what, and how it reads before and after."""

    place: str
    what: str
    before: str
    after: str
    is_hidden: bool  # it stood there and is hidden now: nothing else is said of it


@blueprint.get(_CORRECTIONS)
@staff_only(*READERS)
def result_corrections(slug: str) -> str:
    return _list_page(get_campaign(slug, clock.today(), staff=True))


@blueprint.post(_CORRECTIONS)
@planners_only
def correction_propose(slug: str) -> ResponseReturnValue:
    campaign = published_campaign(slug)
    try:
        with transaction():
            number = results.propose_correction(slug, clean(request.form.get("reason", "")), by=g.staff.actor)
    except InvalidError as refusal:
        return _list_page(campaign, faults(refusal.fields)), 422
    flash(_("Written down. Nobody outside sees it before another person has published it."))
    return redirect(url_for("desk.result_correction", slug=slug, number=number), 303)


@blueprint.get(_CORRECTION)
@staff_only(*READERS)
def result_correction(slug: str, number: int) -> ResponseReturnValue:
    """What would be published; once it is, the list says so."""
    campaign = published_campaign(slug)
    if any(each.entry == number for each in entries(campaign.id)):
        return redirect(url_for("desk.result_corrections", slug=slug))
    return _page(campaign, number)


@blueprint.post(_CORRECTION)
@staff_only(*READERS)
def correction_decide(slug: str, number: int) -> ResponseReturnValue:
    """Published by a second person, or dropped."""
    campaign = published_campaign(slug)
    try:
        with transaction():
            done = _decide(campaign, number)
    except (StaleError, NotFoundError):
        return _list_page(campaign, overtaken=True), 409
    flash(done)
    return redirect(url_for("desk.result_corrections", slug=slug), 303)


def _decide(campaign: Campaign, number: int) -> str:
    """Carries out what was decided of the reason that was read; returns it in words."""
    reason = next((reason for each, reason, _by in results.waiting_corrections(campaign.id) if each == number), None)
    if reason is None:
        raise NotFoundError
    if _mark(reason) != request.form.get("seen"):
        raise StaleError(number=str(number), seen=number, now=number)
    if request.form.get("step") == "drop":
        results.drop_correction(campaign.slug, number, by=g.staff.actor)
        return _("Dropped. Nobody outside ever saw it.")
    results.publish_correction(campaign.slug, number, by=g.staff.actor, now=clock.now(), vault=vault(), reason=reason)
    return _("Published. What was published before stays beside it.")


def _mark(reason: str) -> str:
    return sha256(reason.encode()).hexdigest()[:16]


def _list_page(campaign: Campaign, errors: Mapping[str, str] | None = None, *, overtaken: bool = False) -> str:
    waiting = results.waiting_corrections(campaign.id)
    return render_template(
        "desk/result_corrections.html", campaign=campaign, entries=entries(campaign.id), waiting=waiting, errors=errors or {},
        names=names_of([by for _number, _reason, by in waiting]), given=request.form.get("reason", ""), overtaken=overtaken,
        is_published=campaign.phase is Phase.PUBLISHED, is_planner=_is_planner(), longest=results.LONGEST_REASON)


def _page(campaign: Campaign, number: int) -> str:
    found = next((each for each in results.waiting_corrections(campaign.id) if each[0] == number), None)
    before = latest_entry(campaign.id)
    if found is None or before is None:
        raise NotFoundError
    again = results.counted_again(campaign.slug, by=g.staff.actor, vault=vault())
    differing = list(_differences(campaign, before.figures, again))
    _number, reason, by = found
    return render_template(
        "desk/result_correction.html", campaign=campaign, number=number, reason=reason, seen=_mark(reason), by=by,
        names=names_of([by]), may_publish=may_approve(g.staff.actor, by), is_planner=_is_planner(), before=before,
        differing=differing[:_MANY], further=differing[_MANY:], hidden=sum(each.is_hidden for each in differing),
        changed=sum(not each.is_hidden for each in differing), today=clock.today())


def _is_planner() -> bool:
    return may_plan(viewer())


def _differences(campaign: Campaign, before: Figure, after: Figure) -> Iterator[Difference]:
    """Every figure that differs; what is compared with an earlier round follows from these."""
    old, new = dict(_figures(campaign, before)), dict(_figures(campaign, after))
    for where in {**old, **new}:
        one, other = (each.get(where, {}) for each in (old, new))
        if one != other and not (_is_hidden(one) and _is_hidden(other)):
            is_hidden = _is_hidden(other)
            yield Difference(*where, _told(one), _told(other), is_hidden)


def _figures(campaign: Campaign, figures: Figure) -> Iterator[tuple[tuple[str, str], Figure]]:
    """Of whom and of what -> the figure."""
    dimensions = {each["id"]: _title_of(each) for each in figures["dimensions"]}
    for place, part in _parts(figures):
        ballots = {name: part.get(name) for name in ("state", "served", "invited", "answered", "usable")}
        yield (place, _("Ballots")), ballots
        for id, figure in part.get("dimensions", {}).items():
            yield (place, dimensions.get(id, id)), figure
        for id, several in part.get("questions", {}).items():
            yield from (((place, label_of(campaign, id, each)), figure) for each, figure in several.items())


def _title_of(told: Figure) -> str:
    """The title of a dimension in the reader's language."""
    return str(said(_Titled(told["title"], told["title_en"]), "title"))


@dataclass(frozen=True)
class _Titled:
    title: str
    title_en: str


def _parts(figures: Figure) -> Iterator[tuple[str, Figure]]:
    yield _("All together"), figures["whole"]
    yield from ((_(GROUP_WORDS[Group(code)]), part) for code, part in figures["groups"].items())
    yield from ((subject_name(code), part) for code, part in figures["subjects"].items())
    yield from ((_(_CHANNEL_WORDS[BallotChannel(code)]), part) for code, part in figures["channels"].items())


def _is_hidden(figure: Figure) -> bool:
    return not figure or figure.get("state") in (State.FEW, State.COVERED)


def _told(figure: Figure) -> str:
    """A figure in short: how many, and the mean where there is one."""
    state = figure.get("state")
    if not figure:
        return _("not shown")
    if state in _NO_FIGURE:
        return _(_NO_FIGURE[State(state)])
    if "answered" in figure:
        return _("%(answered)s answered, %(usable)s usable", answered=figure["answered"], usable=figure["usable"])
    if figure.get("mean") is not None:
        return _("%(n)s answers, mean %(mean)s", n=figure.get("n", 0), mean=f"{figure['mean']:.2f}")
    return _("%(n)s answers", n=figure.get("n", 0))
