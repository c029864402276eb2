"""Which figures stay hidden: for the count of ballots, for each question and for each dimension a set of parts.

Questions are looked at one by one, since fewer people may have answered one than cast a ballot. What links two of them
is respected: a question that depends on another tells how many gave certain answers to that one, so it is hidden wherever
the other is; a dimension adds up its questions, so it is hidden wherever one of them is.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from portal.domain.form import Form, Section
from portal.domain.questions.base import Question, Summary
from portal.domain.suppression import WHOLE, Part, conceal
from portal.domain.tally.counting import (
    ANSWERED,
    LEVELS,
    UNKNOWN,
    USABLE,
    Cell,
    Cells,
    Counts,
    added,
    is_counted,
    known,
    reached,
    unknown,
)

GROUP, SUBJECT, CHANNEL = 0, 1, 2  # kinds of parts
_WITH_QUESTIONS = 2  # groups and subjects; by channel only ballots are counted
Asked = tuple[str, str]  # a question, and its part where each has a scale of its own


@dataclass(frozen=True)
class Hidden:
    """The parts that are hidden, of ballots; of each question (of each row of a matrix); of each dimension."""

    ballots: frozenset[Part]
    questions: Mapping[Asked, frozenset[Part]]
    dimensions: Mapping[str, frozenset[Part]]


def asked_in(section: Section) -> list[Asked]:
    """What has a scale of levels in this section."""
    return [(question.id, part) for question in section.questions if is_leveled(question)
            for part in question.kind.parts(question)]


def is_leveled(question: Question) -> bool:
    return is_counted(question) and question.kind.summary(question) is Summary.LEVELS


def in_all(question: Question, part: str, cells: Mapping[Cell, int]) -> tuple[int, int]:
    """How many answered, and how many said "don't know" instead."""
    if is_leveled(question):
        zero = UNKNOWN[Summary.LEVELS]
        return sum(cells.get((question.id, part, level), 0) for level in LEVELS), cells.get((question.id, part, zero), 0)
    return cells.get(known(question.id), 0), cells.get(unknown(question.id), 0)


def hidden(form: Form, counts: Counts, *, fewest: int) -> Hidden:
    ballots = conceal([{atom: cells.get(cell, 0) for atom, cells in counts.atoms.items()} for cell in (ANSWERED, USABLE)],
                      len((GROUP, SUBJECT, CHANNEL)), fewest=fewest)
    inherited = frozenset(part for part in ballots if part[0] != CHANNEL)
    atoms = _without_channels(counts)
    questions: dict[Asked, frozenset[Part]] = {}
    for question in filter(is_counted, form.questions):
        before = questions.get((question.shown_if.question, ""), frozenset()) if question.shown_if else frozenset()
        for part in question.kind.parts(question) if is_leveled(question) else ("",):
            questions[question.id, part] = _of_question(question, part, atoms, inherited | before, fewest)
    dimensions = {section.id: _of_dimension(section, atoms, questions, inherited, fewest)
                  for section in form.sections if asked_in(section)}
    return Hidden(ballots, questions, dimensions)


def _of_question(question: Question, part: str, atoms: Mapping[tuple[str, str], Cells], before: frozenset[Part],
                 fewest: int) -> frozenset[Part]:
    answers = {atom: in_all(question, part, cells) for atom, cells in atoms.items()}
    return conceal([{atom: sum(both) for atom, both in answers.items()}, {atom: n for atom, (n, _) in answers.items()}],
                   _WITH_QUESTIONS, fewest=fewest, hidden=before)


def _of_dimension(section: Section, atoms: Mapping[tuple[str, str], Cells], questions: Mapping[Asked, frozenset[Part]],
                  inherited: frozenset[Part], fewest: int) -> frozenset[Part]:
    """Also hidden where one of its questions is: the ballots that reach the others would tell how many answered that one."""
    incomplete = frozenset[Part]().union(*[questions[asked] for asked in asked_in(section)])
    return conceal([{atom: cells.get(reached(section.id), 0) for atom, cells in atoms.items()}],
                   _WITH_QUESTIONS, fewest=fewest, hidden=inherited | incomplete)


def _without_channels(counts: Counts) -> dict[tuple[str, str], Cells]:
    joined: dict[tuple[str, str], list[Mapping[Cell, int]]] = defaultdict(list)
    for (group, subject, _), cells in counts.atoms.items():
        joined[group, subject].append(cells)
    return {atom: added(several) for atom, several in joined.items()}


def by_part(counts: Counts) -> dict[Part, Cells]:
    """What is counted in the whole and in every part."""
    within: dict[Part, list[Mapping[Cell, int]]] = defaultdict(list)
    for atom, cells in counts.atoms.items():
        for part in (WHOLE, *enumerate(atom)):
            within[part].append(cells)
    return {part: added(several) for part, several in within.items()}
