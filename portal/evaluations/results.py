"""Results in public: what was frozen on the promised day, its files, its corrections, and what is done about it.

Every page of figures reads one frozen entry; ballots are not looked at any more.
"""

from collections.abc import Collection, Iterator
from functools import wraps
from typing import Any, cast

from flask import abort, render_template, request, url_for
from flask.wrappers import Response

from portal import clock
from portal.domain.adoption import DECISION_WORDS, Decision
from portal.domain.campaign import GROUP_WORDS, Group, Kind, Phase
from portal.domain.people import N_
from portal.domain.steering import FEWEST_RATINGS, LETTER_WORDS, REASON_WORDS, Letter, Reason
from portal.evaluation import follow_up, queries, words
from portal.evaluation.queries import Campaign, Entry
from portal.evaluations import exports, numbers, shown
from portal.evaluations.follow import STATES, TONES, Rounds, TaskShown, followed_by
from portal.evaluations.follow import shown as shown_task
from portal.evaluations.views import blueprint, by_kind
from portal.web.caching import View, content_file, content_page
from portal.web.current import content
from portal.web.filters import unit_name
from portal.web.subjects import subject_name
from portal.web.words import _, said

FEWEST = 5  # topics that fewer people wrote about are not counted in public
_PAGE = 50  # tasks
_KIND_WORDS = {"department": N_("Departments"), "bureau": N_("Branch and county bureaus"), "station": N_("Police stations"),
               "room": N_("Police rooms"), "other": N_("Service points and services")}
_DECISION_TONES = {Decision.ADOPTED: "done", Decision.PARTLY: "waiting", Decision.NOT: "refused"}


def _file(kind: str, ending: str) -> Any:
    """For a view that gives the text of a file: answered 304 as pages are, and offered under a name of its own."""
    def decorated(view: View) -> View:
        made = content_file(view)

        @wraps(view)
        def guarded(slug: str, entry: int | None = None) -> Response:
            response = cast(Response, made(slug=slug, entry=entry))
            response.mimetype = kind
            name = f"results-{slug}{f'-{entry}' if entry else ''}{ending}"
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
        return guarded
    return decorated


@blueprint.get("/<slug>/results")
@content_page
def results(slug: str) -> str:
    """The newest entry; before the promised day, what will stand here and when, for staff as for everyone."""
    campaign = queries.get_campaign(slug, clock.today())
    if campaign.phase is not Phase.PUBLISHED:
        return render_template("evaluations/results_before.html", campaign=campaign, today=clock.today())
    entries = queries.entries(campaign.id)
    return _page(campaign, entries, entries[0])


@blueprint.get("/<slug>/results/<int:entry>")
@content_page
def results_entry(slug: str, entry: int) -> str:
    campaign = _published(slug)
    entries = queries.entries(campaign.id)
    return _page(campaign, entries, _of(entries, entry))


@blueprint.get("/<slug>/results/<int:entry>/<any(groups, subjects):kind>/<code>")
@content_page
def results_part(slug: str, entry: int, kind: str, code: str) -> str:
    """One group, or one unit, with everything that is shown of it."""
    campaign = _published(slug)
    entries = queries.entries(campaign.id)
    found = _of(entries, entry)
    part = found.figures[kind].get(code) or abort(404)
    return render_template(
        "evaluations/results_part.html", campaign=campaign, entry=found, newest=entries[0], part=part, name=_name(kind, code),
        base=shown.base(part), differing=shown.differing(found.figures, part), served=_served_words(campaign),
        blocks=shown.blocks(campaign.form, found.figures, part, is_whole=False,
                            changes=found.figures.get("against", {}).get(kind, {}).get(code)))


@blueprint.get("/<slug>/results.csv", defaults={"entry": None})
@blueprint.get("/<slug>/results/<int:entry>.csv")
@_file("text/csv", ".csv")
def results_csv(slug: str, entry: int | None) -> str:
    return exports.as_csv(*_wanted(slug, entry))


@blueprint.get("/<slug>/results.json", defaults={"entry": None})
@blueprint.get("/<slug>/results/<int:entry>.json")
@_file("application/json", ".json")
def results_json(slug: str, entry: int | None) -> str:
    return exports.as_json(*_wanted(slug, entry))


@blueprint.get("/<slug>/results/<int:entry>/frozen.json")
@_file("application/json", ".frozen.json")
def results_frozen(slug: str, entry: int | None) -> str:
    """For whoever wants to check the fingerprint."""
    return exports.as_frozen(_wanted(slug, entry)[1])


@blueprint.get("/tasks")
@content_page
def tasks() -> str:
    """What is being put right after all campaigns, those under way first, page by page."""
    today, every = clock.today(), follow_up.tasks()
    rounds = _rounds(queries.campaigns(today), {each.slug for each in every})
    found = [shown_task(each, rounds, today) for each in every]
    units = [code for code in content().units if any(each.task.unit == code for each in found)]
    unit, state = _one_of(units, request.args.get("unit")), _one_of(STATES, request.args.get("state"))
    chosen = [each for each in found if unit in ("", each.task.unit) and state in ("", each.state)]
    first = _whole_number(request.args.get("after", ""))
    asked: dict[str, Any] = {"unit": unit or None, "state": state or None}
    return render_template(
        "evaluations/tasks.html", tasks=chosen[first:first + _PAGE], total=len(chosen), unit=unit, state=state, tones=TONES,
        counts={name: sum(each.state == name for each in found) for name in STATES}, is_first=not first, states=STATES,
        choices={"unit": [("", _("All")), *((code, unit_name(code)) for code in units)],
                 "state": [("", _("All")), *((name, _(word)) for name, word in STATES.items())]},
        whole=url_for("evaluations.tasks", **asked),
        following=url_for("evaluations.tasks", **asked, after=first + _PAGE) if len(chosen) > first + _PAGE else None)


def _page(campaign: Campaign, entries: list[Entry], entry: Entry) -> str:
    figures, newest = entry.figures, entries[0]
    worst, is_close = shown.worst(figures)
    return render_template(
        "evaluations/results.html", campaign=campaign, entry=entry, entries=entries, newest=newest, today=clock.today(),
        finding=shown.finding(figures), worst=worst, is_close=is_close, served=_served_words(campaign),
        base=shown.base(figures["whole"]),
        blocks=shown.blocks(campaign.form, figures, figures["whole"], is_whole=True,
                            changes=figures.get("against", {}).get("whole")),
        groups=[_row(figures, "groups", code) for code in figures["groups"]] if len(figures["groups"]) > 1 else [],
        subjects={kind: [_row(figures, "subjects", code) for code in codes]
                  for kind, codes in by_kind(tuple(figures["subjects"])).items()},
        channels={name: shown.base(part) for name, part in figures["channels"].items()}, unchecked=figures.get("unchecked", 0),
        written=_written(campaign, figures), compared=list(shown.compared(figures)), confidence=_confidence(figures),
        definitions=exports.DEFINITIONS, licence=exports.LICENCE, kinds=_KIND_WORDS, tones=TONES, states=STATES,
        topics=_topics(campaign), unread=words.unread_count(campaign.id), tasks=_tasks(campaign, newest),
        adoptions=follow_up.adoptions(campaign.id) if campaign.kind is Kind.CONSULTATION else [],
        decisions=DECISION_WORDS, decision_tones=_DECISION_TONES)


def _published(slug: str) -> Campaign:
    """Nobody sees a figure before the day, whoever asks."""
    campaign = queries.get_campaign(slug, clock.today())
    return campaign if campaign.phase is Phase.PUBLISHED else abort(404)


def _of(entries: list[Entry], number: int) -> Entry:
    return next((each for each in entries if each.entry == number), None) or abort(404)


def _wanted(slug: str, number: int | None) -> tuple[Campaign, Entry]:
    campaign = _published(slug)
    entries = queries.entries(campaign.id)
    return campaign, entries[0] if number is None else _of(entries, number)


def _row(figures: shown.Figures, kind: str, code: str) -> dict[str, Any]:
    part = figures[kind][code]
    return {"code": code, "name": _name(kind, code), "state": part["state"], "base": shown.base(part),
            "differing": shown.differing(figures, part)}


def _name(kind: str, code: str) -> str:
    return _(GROUP_WORDS[Group(code)]) if kind == "groups" else subject_name(code)


def _confidence(figures: shown.Figures) -> dict[str, Any] | None:
    """The grade of open ratings as a letter and in words, with its reasons and the numbers behind them."""
    found = figures.get("confidence")
    if found is None:
        return None
    return {"grade": found["grade"], "words": _(LETTER_WORDS[Letter(found["grade"])]),
            "reasons": [_(REASON_WORDS[Reason(reason)]) for reason in found["reasons"]],
            "numbers": list(_measured(found)), "fewest": FEWEST_RATINGS}


def _measured(found: shown.Figures) -> Iterator[str]:
    """What was counted, in sentences; nothing of entries that were frozen without."""
    if found.get("asked"):
        yield _("%(urged)s of %(asked)s said that they were urged, paid or visited.",
                urged=numbers.number(found["urged"]), asked=numbers.number(found["asked"]))
    if found.get("busiest"):
        yield _("The busiest hour brought %(n)s ratings.", n=numbers.number(found["busiest"]))
    if "bursts" in found:
        yield _("Above what even busy hours explain: %(bursts)s%% of all ratings; above the usual share of one kind of device "
                "within single hours: %(devices)s%%.", bursts=found["bursts"], devices=found["devices"])


def _served_words(campaign: Campaign) -> str:
    """What `served` counts in this kind of campaign."""
    return _("times served") if campaign.kind is Kind.RATING else _("people in these groups")


def _written(campaign: Campaign, figures: shown.Figures) -> list[tuple[str, str]]:
    """How many answered each open question, in the words of the form."""
    asked = ((campaign.form.find(id), n) for id, n in figures.get("written", {}).items())
    return [(str(said(question, "text")), numbers.number(n)) for question, n in asked if question is not None]


def _topics(campaign: Campaign) -> list[words.TopicCount]:
    return [each for each in words.topics(campaign.id) if each.n >= FEWEST]


def _tasks(campaign: Campaign, newest: Entry) -> list[TaskShown]:
    found = follow_up.tasks(campaign.id)
    if not found:
        return []
    rounds = _rounds(queries.campaigns(clock.today()), {campaign.slug}, {campaign.slug: newest})
    return [shown_task(each, rounds, clock.today()) for each in found]


def _rounds(campaigns: list[Campaign], slugs: set[str], known: dict[str, Entry] | None = None) -> Rounds:
    """What is needed to show tasks of these campaigns: their newest results and those of the rounds that followed."""
    by_slug, next_of = {each.slug: each for each in campaigns}, followed_by(campaigns)
    wanted = {*slugs, *(next_of[slug] for slug in slugs if slug in next_of)} - {*(known or {})}
    entries = queries.latest_entries([by_slug[slug].id for slug in sorted(wanted) if slug in by_slug])
    return Rounds(by_slug, {**(known or {}), **{slug: entries[by_slug[slug].id] for slug in wanted
                                                if slug in by_slug and by_slug[slug].id in entries}}, next_of)


def _one_of(known: Collection[str], asked: str | None) -> str:
    """What the address asks; what is not known asks nothing."""
    return asked if asked and asked in known else ""


def _whole_number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0

