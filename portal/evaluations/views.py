"""The campaigns of open evaluation: what is promised, what is asked, where each of them stands."""

from datetime import date

from flask import Blueprint, render_template, request, url_for

from portal import clock
from portal.domain.campaign import Phase, stage_of
from portal.evaluation import queries
from portal.evaluation.queries import Campaign
from portal.web.caching import content_page
from portal.web.current import content

blueprint = Blueprint("evaluations", __name__, url_prefix="/evaluations")

TONES = {Phase.OPEN: "active", Phase.ANNOUNCED: "new", Phase.COUNTING: "waiting", Phase.PUBLISHED: "done",
         Phase.CANCELLED: "refused"}
_NEXT_DAY = {Phase.OPEN: "closes_on", Phase.ANNOUNCED: "opens_on", Phase.COUNTING: "publishes_on"}
_PAGE = 20  # campaigns that are over


@blueprint.get("")
@content_page
def index() -> str:
    """What runs, by the day on which something happens next; then what is over, the newest first, page by page."""
    found = queries.campaigns(clock.today())
    running = {phase: sorted((each for each in found if each.phase is phase), key=lambda each: getattr(each.plan, day))
               for phase, day in _NEXT_DAY.items()}
    over = sorted((each for each in found if each.phase not in _NEXT_DAY), key=_over_on, reverse=True)
    start = next((n for n, each in enumerate(over, start=1) if each.slug == request.args.get("before")), 0)
    page = over[start:start + _PAGE]
    return render_template(
        "evaluations/index.html", running=running, over=page, is_first=not start, tones=TONES,
        older=url_for("evaluations.index", before=page[-1].slug) if len(over) > start + _PAGE else None)


@blueprint.get("/<slug>")
@content_page
def campaign(slug: str) -> str:
    """The promise: everything that was fixed on the day of the announcement."""
    found = queries.get_campaign(slug, clock.today())
    return render_template("evaluations/campaign.html", campaign=found, plan=found.plan, tones=TONES, today=clock.today(),
                           stage=stage_of(found.plan, clock.today()), subjects=by_kind(found.plan.subjects))


@blueprint.get("/<slug>/paper")
@content_page
def paper(slug: str) -> str:
    """The form in print. It bears no code: with codes, what counts are the forms that the office hands out."""
    return render_template("evaluations/paper.html", campaign=queries.get_campaign(slug, clock.today()))


def by_kind(subjects: tuple[str, ...]) -> dict[str, list[str]]:
    """What is evaluated by what it is: a kind of unit, or `other`; in the order of the office."""
    units, found = content().units, dict[str, list[str]]()
    for code in subjects:
        found.setdefault(units[code].kind if code in units else "other", []).append(code)
    return found


def _over_on(each: Campaign) -> tuple[date, int]:
    """The day on which its results came; for one that was called off, the day on which they were promised."""
    return each.published_at.date() if each.published_at else each.plan.publishes_on, each.id
