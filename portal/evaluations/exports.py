"""Published figures as files: a table (CSV), and the frozen figures as they are (JSON). They hold what the page may hold."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

import msgspec

from portal.domain.campaign import GROUP_WORDS, Group
from portal.domain.ledger import guarded
from portal.domain.people import N_
from portal.evaluation.queries import Campaign, Entry
from portal.evaluations.shown import GRADES, LEVELS, in_language
from portal.web.subjects import subject_name
from portal.web.words import _, said

LICENCE = N_("Free to use, copy and analyse; please name the source and the day of publication.")
DEFINITIONS = {
    "served": N_("People in the group, as the office knows it."),
    "invited": N_("One-time codes given out."),
    "answered": N_("Ballots that came in, on paper and on the web."),
    "usable": N_("Ballots with at least one answer that counts; “don’t know” and open words alone do not count."),
    "n": N_("Ballots behind the figure, without “don’t know”."),
    "answers": N_("For a dimension: all answers to its questions together; the mean is over answers, not over means."),
    "mean": N_("Mean of the levels 5 (best) to 1 (worst)."),
    "satisfied_4_5": N_("Share of levels 4 and 5; level 3 “fairly satisfied” is not counted as satisfied."),
    "satisfied_3_5": N_("Share of levels 3 to 5; level 3 “fairly satisfied” is counted as satisfied."),
    "bad": N_("Share of levels 1 and 2."),
    "unknown": N_("“Don’t know”, counted apart and in no share or mean."),
    "low_high": N_("95 % interval after Wilson (1927): 19 times out of 20 the true share lies in it. For dimensions it is as "
                   "wide as for that many ballots."),
    "state": N_("full: everything is shown. brief: fewer than ten answers, number and mean only. few: fewer than five, nothing "
                "is shown. silent: nobody answered. covered: not shown, since a small number could be worked out from it."),
}
_COUNTS = ("served", "invited", "answered", "usable", "n", "answers", "mean", "median", "quartile_low", "quartile_high",
           "unknown", "blank", "not_asked", "placed", "count", "share", "low", "high")
_GRADED = tuple(f"{name}_{what}" for name in GRADES for what in ("count", "share", "low", "high"))
COLUMNS = ("part", "code", "name", "about", "id", "row", "choice", "words", "state", *_COUNTS,
           *(f"level_{level}" for level in LEVELS), *_GRADED)
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
        "definitions": {name: _(words) for name, words in DEFINITIONS.items()}, "figures": entry.figures}
    return msgspec.json.encode(whole).decode()


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
    for name, words in DEFINITIONS.items():
        yield name, _(words)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else str(value)


def _lines(figures: Mapping[str, Any]) -> Iterator[Line]:
    told = {each["id"]: each for each in figures["questions"]}
    titles = {each["id"]: in_language(each, "title") for each in figures["dimensions"]}
    yield from _part({"part": "whole", "code": "", "name": _("All together")}, figures["whole"], told, titles)
    for kind, name in _PARTS.items():
        for code, part in figures[kind].items():
            words = _(GROUP_WORDS[Group(code)]) if kind == "groups" else subject_name(code)
            yield from _part({"part": name, "code": code, "name": words}, part, told, titles)
    for code, part in figures["channels"].items():
        yield {"part": "channel", "code": code, "about": "ballots", **part}
    for id, n in figures.get("written", {}).items():
        yield {"part": "whole", "about": "written", "id": id, "n": n}


def _part(head: Line, part: Mapping[str, Any], told: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[Line]:
    ballots = {name: part[name] for name in ("state", "served", "invited", "answered", "usable") if name in part}
    yield {**head, "about": "ballots", **ballots}
    for id, figure in part.get("dimensions", {}).items():
        yield {**head, "about": "dimension", "id": id, "words": titles[id], **_plain(figure)}
    for id, several in part.get("questions", {}).items():
        for row, figure in several.items():
            yield from _question({**head, "about": "question", "id": id, "words": in_language(told[id], "text")}, told[id], row,
                                 figure)


def _question(head: Line, told: Mapping[str, Any], row: str, figure: Mapping[str, Any]) -> Iterator[Line]:
    """A line for the figure, and one for each choice where there are any."""
    if told["summary"] == "places":
        yield {**head, "choice": row, **_plain(figure), **figure.get("first", {})}
        return
    yield {**head, "row": row, **_plain(figure)}
    if told["summary"] == "choices":
        for value, each in figure.get("distribution", {}).items():
            yield {**head, "about": "choice", "choice": value, **each}


def _plain(figure: Mapping[str, Any]) -> Line:
    """The numbers of a figure under the names of their columns."""
    line = {name: figure[name] for name in ("state", *_COUNTS) if name in figure}
    if "quartiles" in figure:
        line["quartile_low"], line["quartile_high"] = figure["quartiles"]
    line |= {f"level_{level}": figure["distribution"][level]["count"] for level in LEVELS
             if level in figure.get("distribution", {}) and "mean" in figure}
    return line | {f"{name}_{what}": value for name in GRADES for what, value in figure.get(name, {}).items()}
