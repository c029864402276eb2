"""The results that are frozen and published: plain JSON in which no set of one to four ballots has a figure, and from which
none follows by adding and subtracting.

Sets of five to nine have number and mean alone, because shares of so few are not reliable. That keeps nothing secret: what
they said in sum may follow from the whole and the other parts. Nor is a level hidden that few of a larger set chose.

Shape: `form`, `fewest`, `percent_from`; `questions` and `dimensions` say what the figures are of; `whole`, `groups` and
`subjects` hold one part each: `state`, `invited`, `answered`, `usable`, `served` (not of subjects), `questions` (id ->
part -> figure) and `dimensions` (id -> figure); `channels` hold ballots alone. One-way tables only: nothing is crossed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.domain.campaign import BallotChannel
from portal.domain.form import Form, Section
from portal.domain.questions.base import Choice, Question, Summary
from portal.domain.suppression import MOST, WHOLE, Part
from portal.domain.tally import figures
from portal.domain.tally.counting import (
    ANSWERED,
    LEVELS,
    UNKNOWN,
    USABLE,
    Cell,
    Cells,
    Counts,
    ForeignAnswerError,
    is_counted,
    not_asked,
    reached,
)
from portal.domain.tally.figures import Figure, State
from portal.domain.tally.showing import CHANNEL, GROUP, SUBJECT, Hidden, asked_in, by_part, hidden, in_all, is_leveled


@dataclass(frozen=True)
class _Making:
    """What is needed for every part."""

    form: Form
    hidden: Hidden
    cells: Mapping[Part, Cells]
    fewest: int
    percent_from: int


def results(form: Form, counts: Counts, *, invited: Mapping[tuple[str, str], int | None], served: Mapping[str, int | None],
            subjects: Sequence[str], groups: Sequence[str], fewest: int = MOST, percent_from: int = 10) -> dict[str, Any]:
    """Everything that may be published of these counts.

    `invited`: codes given out to a group for a subject (empty: there are none); `served`: people in a group; None where
    nobody knows. Raises ForeignAnswerError for counts of another form, ValueError for ballots of other groups or subjects
    and for a `fewest` over five.
    """
    if any(form.find(id) is None for cells in counts.atoms.values() for id, _, _ in cells if not id.startswith("#")):
        raise ForeignAnswerError("the counts are of another form")
    known = {(g, s) for g in groups for s in subjects or ("",)} | {("", s) for s in (*subjects, "")}  # widened ones too
    if {(group, subject) for group, subject, _ in counts.atoms} - known:
        raise ValueError("there are ballots of groups or subjects that are not evaluated")
    making = _Making(form, hidden(form, counts, fewest=fewest), by_part(counts), fewest, percent_from)
    of_group = {group: [n for (of, _), n in invited.items() if of == group] for group in groups}
    of_subject = {subject: [n for (_, of), n in invited.items() if of == subject] for subject in subjects}
    return {
        "form": form.slug, "fewest": fewest, "percent_from": percent_from,
        "questions": [_told(question, section) for section in form.sections for question in section.questions
                      if is_counted(question)],
        "dimensions": [{"id": section.id, "title": section.title, "title_en": section.title_en}
                       for section in form.sections if asked_in(section)],
        "whole": {"served": _sum([served.get(group) for group in groups]), "invited": _sum(list(invited.values())),
                  **_part(making, WHOLE)},
        "groups": {group: {"served": served.get(group), "invited": _sum(of_group[group], known=bool(invited)),
                           **_part(making, (GROUP, group))} for group in groups},
        "subjects": {subject: {"invited": _sum(of_subject[subject], known=bool(invited)),
                               **_part(making, (SUBJECT, subject))} for subject in subjects},
        "channels": {channel.value: _ballots(making, (CHANNEL, channel.value)) for channel in BallotChannel},
    }


def _sum(several: Sequence[int | None], *, known: bool = False) -> int | None:
    """None where one of them is not known; also where there is none, unless that too is `known`."""
    numbers = [n for n in several if n is not None]
    return sum(numbers) if len(numbers) == len(several) and (numbers or known) else None


def _told(question: Question, section: Section) -> dict[str, Any]:
    """What a reader of the figures needs to know of a question."""
    kind = question.kind
    return {"id": question.id, "section": section.id, "type": question.type, "summary": kind.summary(question).value,
            "depends_on": question.shown_if.question if question.shown_if else None,
            "text": question.text, "text_en": question.text_en,
            "options": _labels(kind.options(question)), "rows": _labels(question.rows)}


def _labels(choices: Sequence[Choice]) -> list[dict[str, str]]:
    return [{"value": each.value, "text": each.text, "text_en": each.text_en} for each in choices]


def _part(making: _Making, part: Part) -> dict[str, Any]:
    found = _ballots(making, part)
    if "usable" not in found:
        return found
    cells = making.cells[part]
    return {**found,
            "questions": {question.id: {each: _figure(making, question, each, part, cells)
                                        for each in question.kind.parts(question)}
                          for question in making.form.questions if is_counted(question)},
            "dimensions": {section.id: _dimension(making, section, part, cells)
                           for section in making.form.sections if asked_in(section)}}


def _ballots(making: _Making, part: Part) -> dict[str, Any]:
    cells = making.cells.get(part, {})
    answered, usable = cells.get(ANSWERED, 0), cells.get(USABLE, 0)
    if not answered:
        return figures.hidden(State.SILENT)
    if part in making.hidden.ballots:
        return figures.hidden(State.FEW if usable < making.fewest else State.COVERED)
    state = State.FULL if usable >= making.percent_from else State.BRIEF
    return {"state": state.value, "answered": answered, "usable": usable}


def _figure(making: _Making, question: Question, each: str, part: Part, cells: Mapping[Cell, int]) -> Figure:
    """Of one question, or of one part of it, in one part of the results."""
    n, unknown = in_all(question, each, cells)
    condition = question.shown_if
    if condition is not None and part in making.hidden.questions.get((condition.question, ""), ()):
        return figures.hidden(State.COVERED)
    if part in making.hidden.questions[question.id, each if is_leveled(question) else ""]:
        return figures.hidden(State.FEW if 0 < n < making.fewest or n + unknown < making.fewest else State.COVERED)
    if not n + unknown:
        return figures.hidden(State.SILENT)
    left = cells.get(not_asked(question.id), 0)
    extra = {"unknown": unknown, "blank": cells[ANSWERED] - n - unknown - left, **({"not_asked": left} if condition else {})}
    return _summed(question, each, n, cells, extra, making.percent_from)


def _summed(question: Question, each: str, n: int, cells: Mapping[Cell, int], extra: Mapping[str, int],
            percent_from: int) -> Figure:
    summary = question.kind.summary(question)
    if summary is Summary.NUMBERS:
        by_number = {value: many for (id, _, value), many in cells.items() if id == question.id}
        return figures.numbers(by_number, extra=extra, percent_from=percent_from)
    by_value = {value: cells.get((question.id, each, value), 0) for value in question.kind.parts(question)[each]
                if value != UNKNOWN.get(summary)}
    if summary is Summary.LEVELS:
        return figures.levels(by_value, extra=extra, percent_from=percent_from)
    if summary is Summary.PLACES:
        return figures.places(by_value, n, extra=extra, percent_from=percent_from)
    return figures.choices(by_value, n, extra=extra, percent_from=percent_from)


def _dimension(making: _Making, section: Section, part: Part, cells: Mapping[Cell, int]) -> Figure:
    """Over all answers to those of its questions that are shown here (`of`), not over their means."""
    n = cells.get(reached(section.id), 0)
    if part in making.hidden.dimensions[section.id]:
        return figures.hidden(State.FEW if n < making.fewest else State.COVERED)
    of = [asked for asked in asked_in(section) if part not in making.hidden.questions[asked]]
    if not n:
        return figures.hidden(State.SILENT)
    by_level = {level: sum(cells.get((id, each, level), 0) for id, each in of) for level in LEVELS}
    unknown = sum(cells.get((id, each, UNKNOWN[Summary.LEVELS]), 0) for id, each in of)
    found = figures.levels(by_level, extra={"unknown": unknown}, percent_from=making.percent_from, ballots=n)
    return {**found, "of": [[id, each] for id, each in of]}
