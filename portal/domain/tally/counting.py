"""One pass over all ballots. What is kept are counts of cells, never a ballot; small ones are among them, so they are secret.

Words are kept apart from ballots and counted apart; what goes to the discipline office is no part of any result.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from portal.domain.form import Form
from portal.domain.questions.base import Answer, Question, Summary

Atom = tuple[str, str, str]  # group, subject, channel
Cell = tuple[str, str, str]  # question, part, value; what is counted of whole ballots has a name that no question has
Cells = dict[Cell, int]

ANSWERED: Cell = ("#answered", "", "")  # ballots
USABLE: Cell = ("#usable", "", "")      # ballots with an answer that counts, beside words and "don't know"
LEVELS = ("5", "4", "3", "2", "1")
UNKNOWN = {Summary.LEVELS: "0", Summary.CHOICES: "unknown"}  # the value that says "don't know", kept apart
_MOST_REMEMBERED = 4_096  # different answers to one question


class Ballot(NamedTuple):
    """One ballot as it lies mixed among others. `subject` is empty where the police as a whole are evaluated.

    `group`, or both, are empty also where the ballot is kept without them (`portal.domain.anonymity`).
    """

    group: str
    subject: str
    channel: str
    answers: Mapping[str, Answer]


class ForeignAnswerError(ValueError):
    """A ballot answers what the form does not ask, or with what it does not offer: it belongs to another version."""


@dataclass(frozen=True)
class Counts:
    """How many ballots have what, for each group, subject and channel. Equal counts are equal, whatever the order."""

    atoms: Mapping[Atom, Mapping[Cell, int]]

    def __add__(self, other: "Counts") -> "Counts":
        """Counts of both, for ballots counted in portions."""
        return Counts({atom: added([each.atoms[atom] for each in (self, other) if atom in each.atoms])
                       for atom in sorted({*self.atoms, *other.atoms})})


def added(several: Iterable[Mapping[Cell, int]]) -> Cells:
    total: Cells = defaultdict(int)
    for cells in several:
        for cell, n in cells.items():
            total[cell] += n
    return dict(total)


def known(question: str) -> Cell:
    """Ballots with an answer to the question that is not "don't know"."""
    return ("#known", question, "")


def unknown(question: str) -> Cell:
    """Ballots whose answer to the question is "don't know"."""
    return ("#unknown", question, "")


def not_asked(question: str) -> Cell:
    """Ballots that left the question out because its condition was not met."""
    return ("#not_asked", question, "")


def reached(section: str) -> Cell:
    """Ballots with at least one level in the section."""
    return ("#reached", section, "")


def is_counted(question: Question) -> bool:
    return question.becomes is None and question.kind.summary(question) is not Summary.TEXTS


def count(form: Form, ballots: Iterable[Ballot]) -> Counts:
    """Counts all ballots. The memory it takes grows with the cells, not with the ballots. Raises ForeignAnswerError."""
    columns = {question.id: _Column(question, 1 << place) for place, section in enumerate(form.sections)
               for question in section.questions if is_counted(question)}
    conditional = [column.question for column in columns.values() if column.question.shown_if]
    atoms: dict[Atom, Cells] = {}
    for group, subject, channel, answers in ballots:
        cells = atoms.get((group, subject, channel))
        if cells is None:
            cells = atoms[group, subject, channel] = defaultdict(int)
        is_usable, sections = False, 0
        for id, answer in answers.items():
            column = columns.get(id)
            if column is not None:
                marks = column.marks(answer)
                for cell in marks.cells:
                    cells[cell] += 1
                is_usable |= marks.is_known
                sections |= marks.section
            elif form.find(id) is None:
                raise ForeignAnswerError(f"the form has no question {id!r}")
        cells[ANSWERED] += 1
        cells[USABLE] += is_usable
        cells["#sections", "", str(sections)] += 1
        for question in conditional:
            if question.id not in answers and not form.is_asked(question, answers):
                cells[not_asked(question.id)] += 1
    return Counts({atom: _settled(form, cells) for atom, cells in sorted(atoms.items())})


def _settled(form: Form, cells: Mapping[Cell, int]) -> Cells:
    """Without empty cells, and with the ballots that have levels in a section instead of in each set of sections."""
    found: Cells = defaultdict(int)
    for cell, n in cells.items():
        if cell[0] != "#sections":
            found[cell] += n
            continue
        for place, section in enumerate(form.sections):
            if int(cell[2]) >> place & 1:
                found[reached(section.id)] += n
    return {cell: n for cell, n in found.items() if n}


class _Marks(NamedTuple):
    """What one answer adds. `section`: the bit of its section where it is a level."""

    cells: tuple[Cell, ...]
    is_known: bool
    section: int = 0


@dataclass(frozen=True)
class _Column:
    """A question, with what answers to it that were seen before add to the count."""

    question: Question
    section: int
    seen: dict[Any, _Marks] = field(default_factory=dict)

    def marks(self, answer: Answer) -> _Marks:
        key = answer if isinstance(answer, int | str | float) else tuple(answer.items() if isinstance(answer, dict) else answer)
        found = self.seen.get(key)
        if found is None:
            found = self._marks(answer)
            if len(self.seen) < _MOST_REMEMBERED:
                self.seen[key] = found
        return found

    def _marks(self, answer: Answer) -> _Marks:
        question = self.question
        summary, parts = question.kind.summary(question), question.kind.parts(question)
        cells = tuple((question.id, part, value) for part, value in question.kind.marks(question, answer))
        for _, part, value in cells:
            if part not in parts or summary is not Summary.NUMBERS and value not in parts[part]:
                raise ForeignAnswerError(f"the form does not offer this answer to {question.id!r}")
        is_known = any(value != UNKNOWN.get(summary) for _, _, value in cells)
        if summary is Summary.LEVELS:
            return _Marks(cells, is_known, self.section if is_known else 0)
        return _Marks((*cells, known(question.id) if is_known else unknown(question.id)), is_known)
