"""Published figures as files: a table (CSV), and the frozen figures as they are (JSON). They hold what the page may hold."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

import msgspec

from portal.domain.campaign import GROUP_WORDS, Group
from portal.domain.ledger import guarded
from portal.domain.people import N_
from portal.domain.questions.base import Summary
from portal.evaluation.queries import Campaign, Entry
from portal.evaluations.scales import GRADES, LEVELS, MAIN, Scale, in_language, scale_of, scale_of_section
from portal.web.subjects import subject_name
from portal.web.words import _, said

LICENCE = N_("Free to use, copy and analyse; please name the source and the day of publication.")
DEFINITIONS = {
    "served": N_("People in the groups that are asked, as the office knows it; of service ratings, how often people were "
                 "served."),
    "invited": N_("One-time codes given out."),
    "answered": N_("Ballots that came in, on paper and on the web."),
    "usable": N_("Ballots with at least one answer that counts; “don’t know” and open words alone do not count."),
    "state": N_("full: everything is shown. brief: fewer than ten answers, number and mean only, since shares of so few are "
                "not reliable; this keeps nothing secret. few: fewer than five, nothing is shown. silent: nobody answered. "
                "covered: not shown, since a figure of fewer than five could be worked out from it by adding or subtracting."),
    "n": N_("Ballots behind the figure, without “don’t know”."),
    "answers": N_("For a dimension: all answers to its questions together; the mean is over answers, not over means."),
    "mean": N_("Mean of the levels 5 (best) to 1 (worst); of numbers or places, their mean. Rounded once, to two decimals."),
    "levels_4_5": N_("Share of levels 4 and 5, the two best; where they mean satisfaction, level 3 “fairly satisfied” is not "
                     "counted as satisfied."),
    "levels_3_5": N_("Share of levels 3 to 5; where they mean satisfaction, level 3 “fairly satisfied” is counted as "
                     "satisfied."),
    "levels_1_2": N_("Share of levels 1 and 2, the two worst."),
    "unknown": N_("“Don’t know”, counted apart and in no share or mean."),
    "low_high": N_("95 % interval after Wilson (1927): 19 times out of 20 the true share lies in it. For dimensions it is as "
                   "wide as for that many ballots."),
}
_COLUMN_WORDS = {
    "part": N_("Whose ballots: whole, group, subject (a unit or a service) or channel (web or paper)."),
    "code": N_("Code of the group, subject or channel."),
    "name": N_("Its name."),
    "about": N_("What the line is of: ballots, dimension, question, choice (one answer of a question), change (against the "
                "last round) or written (how many wrote something)."),
    "id": N_("Code of the dimension or question."),
    "row": N_("Code of the row, for questions with several."),
    "choice": N_("Code of the choice."),
    "words": N_("The words of the dimension or question."),
    "scale": N_("What the levels are called, the best first. Where questions with different words are taken together, levels "
                "have numbers only."),
    "median": N_("For numbers: half of the answers are at most so large."),
    "quartile_low": N_("For numbers: a quarter of the answers is at most so large."),
    "quartile_high": N_("For numbers: three quarters of the answers are at most so large."),
    "blank": N_("Ballots that were asked and left it open."),
    "not_asked": N_("Ballots that were not asked, since the question depends on another answer."),
    "placed": N_("For rankings: how often the choice was given a place. Its count and share are of first places."),
    "count": N_("How many chose it."),
    "share": N_("Count divided by n, to six decimals."),
    "low": N_("Lower end of the 95 % interval of the share."),
    "high": N_("Upper end of the 95 % interval of the share."),
    **{f"level_{level}": N_("How many answers are at this level.") for level in LEVELS},
    **{f"{grade}_{what}": words for grade in GRADES for what, words in {
        "name": N_("What this share is called, in the words of the question."),
        "count": N_("How many answers are at these levels."),
        "share": N_("Their share of all answers without “don’t know”, to six decimals."),
        "low": N_("Lower end of the 95 % interval of the share."),
        "high": N_("Upper end of the 95 % interval of the share.")}.items()},
    "change_mean": N_("Mean of this round minus that of the last one."),
    "change_levels_4_5": N_("Share of levels 4 and 5 of this round minus that of the last one; 0.031 are 3.1 percentage "
                            "points."),
    "change_verdict": N_("better or worse where the 95 % intervals of both rounds do not overlap; unclear: within the "
                         "margin of error, so no change can be claimed."),
}
_COUNTS = ("served", "invited", "answered", "usable", "n", "answers", "mean", "median", "quartile_low", "quartile_high",
           "unknown", "blank", "not_asked", "placed", "count", "share", "low", "high")
_GRADED = tuple(f"{grade}_{what}" for grade in GRADES for what in ("name", "count", "share", "low", "high"))
_CHANGED = ("change_mean", "change_levels_4_5", "change_verdict")
COLUMNS = ("part", "code", "name", "about", "id", "row", "choice", "words", "scale", "state", *_COUNTS,
           *(f"level_{level}" for level in LEVELS), *_GRADED, *_CHANGED)
_PARTS = {"groups": "group", "subjects": "subject"}

Line = dict[str, Any]


def as_csv(campaign: Campaign, entry: Entry) -> str:
    """What the figures are, a blank line, the table. Begins with the mark without which Excel misreads UTF-8."""
    lines = StringIO()
    lines.write("\ufeff")
    writer = csv.writer(lines, quoting=csv.QUOTE_ALL)
    writer.writerows([guarded(cell) for cell in row] for row in _head(campaign, entry))
    writer.writerow(())
    writer.writerow(COLUMNS)
    for line in _lines(entry.figures):
        writer.writerow([_cell(line.get(name)) for name in COLUMNS])
    return lines.getvalue()


def as_json(campaign: Campaign, entry: Entry) -> str:
    """The frozen figures under `figures`, with what a program needs to know of them."""
    plan = campaign.plan
    whole = {
        "campaign": campaign.slug, "kind": plan.kind, "title": plan.title, "title_en": plan.title_en,
        "opened_on": plan.opens_on, "closed_on": plan.closes_on, "promised_for": plan.publishes_on,
        "entry": entry.entry, "published_on": entry.published_at.date(), "reason": entry.reason,
        "fingerprint": entry.fingerprint, "form_version": campaign.form_version, "licence": _(LICENCE),
        "definitions": {name: _(words) for name, words in DEFINITIONS.items()}, "scales": _scales(entry.figures),
        "figures": entry.figures}
    return msgspec.json.encode(whole).decode()


def _scales(figures: Mapping[str, Any]) -> dict[str, dict[str, dict[str, str]]]:
    """What levels and shares are called, of each question and dimension."""
    questions, dimensions = _scales_of_questions(figures), _scales_of_dimensions(figures)
    return {"questions": {id: _named(scale) for id, scale in questions.items()},
            "dimensions": {id: _named(scale) for id, scale in dimensions.items()}}


def _named(scale: Scale) -> dict[str, str]:
    return {**{f"level_{level}": words for level, words in scale.legend}, **scale.grades}


def _scales_of_questions(figures: Mapping[str, Any]) -> dict[str, Scale]:
    return {each["id"]: scale_of([each]) for each in figures["questions"] if each["summary"] == Summary.LEVELS}


def _scales_of_dimensions(figures: Mapping[str, Any]) -> dict[str, Scale]:
    return {each["id"]: scale_of_section(figures, each["id"]) for each in figures["dimensions"]}


def as_frozen(entry: Entry) -> str:
    """Byte for byte what the fingerprint was made of."""
    return msgspec.json.encode(entry.figures).decode()


def _head(campaign: Campaign, entry: Entry) -> Iterator[tuple[str, ...]]:
    yield str(said(campaign.plan, "title")), campaign.slug
    yield _("Published on"), f"{entry.published_at.date()}"
    yield _("Entry"), str(entry.entry)
    if entry.reason:
        yield _("Reason of the correction"), entry.reason
    yield _("Fingerprint (SHA-256 of the frozen figures)"), entry.fingerprint
    yield _("Licence"), _(LICENCE)
    for name, words in {**_COLUMN_WORDS, **DEFINITIONS}.items():
        yield name, _(words)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else str(value)


@dataclass(frozen=True)
class _Table:
    """What lines need of the figures: what is told of questions, titles of dimensions, scales of both, and changes."""

    told: Mapping[str, Any]
    titles: Mapping[str, str]
    questions: Mapping[str, Scale]
    dimensions: Mapping[str, Scale]


def _lines(figures: Mapping[str, Any]) -> Iterator[Line]:
    table = _Table({each["id"]: each for each in figures["questions"]},
                   {each["id"]: in_language(each, "title") for each in figures["dimensions"]},
                   _scales_of_questions(figures), _scales_of_dimensions(figures))
    against, head = figures.get("against", {}), {"part": "whole", "code": "", "name": _("All together")}
    yield from _part(table, head, figures["whole"], against.get("whole", {}))
    for kind, name in _PARTS.items():
        for code, part in figures[kind].items():
            words = _(GROUP_WORDS[Group(code)]) if kind == "groups" else subject_name(code)
            yield from _part(table, {"part": name, "code": code, "name": words}, part, against.get(kind, {}).get(code, {}))
    for code, part in figures["channels"].items():
        yield {"part": "channel", "code": code, "about": "ballots", **part}
    for id, n in figures.get("written", {}).items():
        yield {"part": "whole", "about": "written", "id": id, "n": n}


def _part(table: _Table, head: Line, part: Mapping[str, Any], changes: Mapping[str, Any]) -> Iterator[Line]:
    ballots = {name: part[name] for name in ("state", "served", "invited", "answered", "usable") if name in part}
    yield {**head, "about": "ballots", **ballots}
    for id, figure in part.get("dimensions", {}).items():
        yield {**head, "about": "dimension", "id": id, "words": table.titles[id], **_plain(figure, table.dimensions.get(id))}
    for id, several in part.get("questions", {}).items():
        for row, figure in several.items():
            yield from _question(table, {**head, "about": "question", "id": id,
                                         "words": in_language(table.told[id], "text")}, row, figure)
    yield from _changes(table, {**head, "about": "change"}, changes)


def _changes(table: _Table, head: Line, changes: Mapping[str, Any]) -> Iterator[Line]:
    """Against the last round, where both can be compared."""
    for id, change in changes.get("dimensions", {}).items():
        yield {**head, "id": id, "words": table.titles[id], **_changed(change, table.dimensions[id])}
    for id, several in changes.get("questions", {}).items():
        for row, change in several.items():
            yield {**head, "id": id, "row": row, "words": in_language(table.told[id], "text"),
                   **_changed(change, table.questions[id])}


def _changed(change: Mapping[str, Any], scale: Scale) -> Line:
    return {"scale": scale.words, f"{MAIN}_name": scale.grades[MAIN], "change_mean": change["mean"],
            f"change_{MAIN}": change[MAIN], "change_verdict": change["verdict"]}


def _question(table: _Table, head: Line, row: str, figure: Mapping[str, Any]) -> Iterator[Line]:
    """A line for the figure, and one for each choice where there are any."""
    told = table.told[head["id"]]
    if told["summary"] == Summary.PLACES:
        yield {**head, "choice": row, **_plain(figure), **figure.get("first", {})}
        return
    yield {**head, "row": row, **_plain(figure, table.questions.get(head["id"]))}
    if told["summary"] == Summary.CHOICES:
        for value, each in figure.get("distribution", {}).items():
            yield {**head, "about": "choice", "choice": value, **each}


def _plain(figure: Mapping[str, Any], scale: Scale | None = None) -> Line:
    """The numbers of a figure under the names of their columns."""
    line: Line = {name: figure[name] for name in ("state", *_COUNTS) if name in figure}
    if "quartiles" in figure:
        line["quartile_low"], line["quartile_high"] = figure["quartiles"]
    if scale is None:
        return line
    line |= {f"level_{level}": figure["distribution"][level]["count"] for level in LEVELS if "distribution" in figure}
    line |= {f"{name}_{what}": value for name in GRADES for what, value in figure.get(name, {}).items()}
    return {**line, "scale": scale.words, **{f"{name}_name": words for name, words in scale.grades.items()}}
