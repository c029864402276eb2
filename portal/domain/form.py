"""A form: its sections and questions, how its definition is read, and how a ballot is read against it.

Knows no record, no page and no file; definitions come as plain lists and mappings, ballots as fields with their values.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cached_property
from typing import Any, NamedTuple

from portal.domain.form_faults import REASON_WORDS, Entries, FormFault, FormFaults, Reason
from portal.domain.questions import BY_KEY
from portal.domain.questions.base import (
    LONGEST_LABEL,
    MOST_CHOICES,
    MOST_QUESTIONS,
    Answer,
    Choice,
    Condition,
    Fields,
    Question,
    QuestionType,
    Slip,
    Summary,
)

__all__ = ["REASON_WORDS", "Form", "FormFault", "FormFaults", "Reading", "Reason", "Section", "as_plain", "parse_form",
           "read_ballot"]

BECOMES = ("opinion", "report")
MOST_ROOM = 256 * 1024  # bytes of a full ballot; three times as much travels in a form, which a server takes up to 1 MB
MOST_SECTIONS = 50
LONGEST_HELP, LONGEST_INTRO = 500, 2_000  # characters
_MOST_UNKNOWN = 20  # fields that are told as unknown; a changed form may have any number
_ID = re.compile(r"[a-z][a-z0-9_]{0,23}")
_VALUE = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")
_SLUG = re.compile(r"(?=.{1,40}$)[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Section:
    """A part of a form under one heading. One with questions of levels is a dimension of the results."""

    id: str
    title: str
    title_en: str
    help: str = ""
    help_en: str = ""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Form:
    """What is asked, in both languages. Ids are unique in the whole form."""

    slug: str
    title: str
    title_en: str
    intro: str = ""
    intro_en: str = ""
    sections: tuple[Section, ...] = ()

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Id of a question -> its number on the form, from 1."""
        return {question.id: number for number, question in enumerate(self.questions, start=1)}

    def find(self, id: str) -> Question | None:
        number = self.numbers.get(id)
        return self.questions[number - 1] if number else None

    @cached_property
    def open_questions(self) -> frozenset[str]:
        """Those that are answered in words."""
        return frozenset(each.id for each in self.questions if each.kind.summary(each) is Summary.TEXTS)

    @cached_property
    def room(self) -> int:
        """The most bytes that answers take as JSON in UTF-8 without spaces: ballots are padded, so that size tells nothing."""
        return len("{}") + sum(len(question.id) + len('"":,') + question.kind.room(question) for question in self.questions)

    def is_asked(self, question: Question, answers: Mapping[str, Answer]) -> bool:
        """Whether these answers to earlier questions lead to this one, and to all that its condition asks for."""
        condition = question.shown_if
        earlier = self.find(condition.question) if condition else None
        if condition is None or earlier is None:
            return condition is None
        return _meets(condition, earlier, answers) and self.is_asked(earlier, answers)


def _meets(condition: Condition, earlier: Question, answers: Mapping[str, Answer]) -> bool:
    return earlier.id in answers and not earlier.kind.chosen(answers[earlier.id]).isdisjoint(condition.values)


# --- ballots ---------------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Reading:
    """A ballot as it was sent. `slips`: field -> reason, a code of `portal.web.faults`; with one nothing may be taken."""

    answers: dict[str, Answer]
    slips: dict[str, str]


def read_ballot(form: Form, fields: Fields) -> Reading:
    """Every answer that was given stands in the reading, or its field has a slip; none is dropped in silence.

    Where the answer to a question will not do, the questions that depend on it are neither demanded nor refused.
    """
    answers: dict[str, Answer] = {}
    slips: dict[str, str] = {}
    unsure: set[str] = set()
    for question in form.questions:
        condition = question.shown_if
        is_unsure = condition is not None and condition.question in unsure
        is_asked = is_unsure or form.is_asked(question, answers)
        try:
            answer = question.kind.read(question, fields)
        except Slip as slip:
            slips[slip.field if is_asked else question.field] = slip.reason if is_asked else "not_asked"
            unsure.update({question.id} if is_asked else ())
            continue
        missing = question.kind.missing(question, answer) if question.required and is_asked and not is_unsure else None
        if missing:
            slips[missing] = "required"
        if missing or is_unsure:
            unsure.add(question.id)
        if answer is not None and is_asked:
            answers[question.id] = answer
        elif answer is not None:
            slips[question.field] = "not_asked"
    return Reading(answers, slips | _unknown(form, fields))


def _unknown(form: Form, fields: Fields) -> dict[str, str]:
    known = {name for question in form.questions for name in question.kind.fields(question)}
    strange = [name for name in fields if name.startswith("q_") and name not in known]
    return dict.fromkeys(strange[:_MOST_UNKNOWN], "unknown_question")


# --- definitions -----------------------------------------------------------------------------------------------------------

def as_plain(form: Form) -> dict[str, Any]:
    """The definition as plain lists and mappings, without what is left at its default: `parse_form` makes the same of it."""
    return {name: _plain(value) for name, value in _set_fields(form)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {name: _plain(each) for name, each in _set_fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return dict(value) if isinstance(value, Mapping) else value


def _set_fields(thing: Any) -> Iterator[tuple[str, Any]]:
    for each in fields(thing):
        value = getattr(thing, each.name)
        default = each.default if each.default_factory is MISSING else each.default_factory()
        if value != default:
            yield each.name, value


def _names(kind: type[Any]) -> frozenset[str]:
    return frozenset(each.name for each in fields(kind))


_IN_FORM, _IN_SECTION, _IN_QUESTION = _names(Form), _names(Section), _names(Question)
_IN_CHOICE, _IN_CONDITION = _names(Choice), _names(Condition)


class _Placed(NamedTuple):
    """A question as read, with where it stands; an unsound one has faults of its own already."""

    entries: Entries
    question: Question
    is_sound: bool


def parse_form(raw: object) -> Form:
    """The form that a definition describes. Raises FormFaults with everything that is wrong with it."""
    faults: list[FormFault] = []
    entries = Entries(raw, "", faults, _IN_FORM)
    sections: list[tuple[Entries, Section]] = []
    placed: list[_Placed] = []
    for each in entries.each("sections", MOST_SECTIONS, _IN_SECTION):
        sections.append((each, _section(each, placed)))
    form = Form(entries.name("slug", _SLUG, Reason.BAD_SLUG), entries.line("title", LONGEST_LABEL),
                entries.line("title_en", LONGEST_LABEL), *entries.pair("intro", LONGEST_INTRO),
                tuple(section for _, section in sections))
    if len(placed) > MOST_QUESTIONS:
        entries.note("sections", Reason.TOO_MANY, MOST_QUESTIONS)
    _note_twice([(each, section.id) for each, section in sections])
    _note_twice([(each.entries, each.question.id) for each in placed])
    _note_clashes(placed)
    _note_conditions(placed)
    if not faults and form.room > MOST_ROOM:
        faults.append(FormFault("", Reason.ROOM, str(form.room)))
    if faults:
        raise FormFaults(faults)
    return form


def _section(entries: Entries, placed: list[_Placed]) -> Section:
    questions = [_question(each) for each in entries.each("questions", MOST_QUESTIONS, _IN_QUESTION)]
    placed += questions
    return Section(entries.name("id", _ID, Reason.BAD_ID), entries.line("title", LONGEST_LABEL),
                   entries.line("title_en", LONGEST_LABEL), *entries.pair("help", LONGEST_HELP),
                   tuple(each.question for each in questions))


def _question(entries: Entries) -> _Placed:
    """A question of an unknown type is read without what only types know."""
    key, noted = entries.line("type", LONGEST_LABEL), entries.noted
    kind = BY_KEY.get(key)
    if key and kind is None:
        entries.note("type", Reason.NO_TYPE, key)
    question = Question(
        entries.name("id", _ID, Reason.BAD_ID), key,
        entries.line("text", LONGEST_LABEL), entries.line("text_en", LONGEST_LABEL),
        *entries.pair("help", LONGEST_HELP), required=entries.flag("required"), shown_if=_condition(entries),
        choices=_choices(entries, "choices", least=2, belongs=kind.has_choices) if kind else (),
        rows=_choices(entries, "rows", least=1, belongs=kind.has_rows) if kind else (),
        settings=_settings(entries, kind) if kind else {}, becomes=_becomes(entries, kind) if kind else None)
    if kind is not None and entries.noted == noted:
        for name, reason in kind.check(question):
            entries.note(name, Reason(reason), question.settings.get(name.removeprefix("settings."), ""))
    return _Placed(entries, question, is_sound=kind is not None and entries.noted == noted)


def _choices(entries: Entries, name: str, *, least: int, belongs: bool) -> tuple[Choice, ...]:
    if not belongs:
        if entries.has(name):
            entries.note(name, Reason.NOT_FOR_TYPE)
        return ()
    found = []
    for each in entries.each(name, MOST_CHOICES, _IN_CHOICE):
        found.append(Choice(each.name("value", _VALUE, Reason.BAD_VALUE), each.line("text", LONGEST_LABEL),
                            each.line("text_en", LONGEST_LABEL)))
        if found[-1].value in {other.value for other in found[:-1]} - {""}:
            each.note("value", Reason.TWICE, found[-1].value)
    if 0 < len(found) < least:
        entries.note(name, Reason.TOO_FEW, least)
    return tuple(found)


def _settings(entries: Entries, kind: QuestionType) -> dict[str, Any]:
    """All settings of the type, each of the type of its default."""
    given = entries.below("settings", kind.settings)
    return {name: given.flag(name) if isinstance(default, bool) else given.whole(name, default) if isinstance(default, int)
            else given.line(name, LONGEST_LABEL, required=False) if given.has(name) else default
            for name, default in kind.settings.items()}


def _becomes(entries: Entries, kind: QuestionType) -> str | None:
    found = entries.line("becomes", LONGEST_LABEL, required=False)
    if found and found not in BECOMES:
        entries.note("becomes", Reason.UNKNOWN, found)
    elif found and not kind.may_become_case:
        entries.note("becomes", Reason.NO_CASE)
    return found or None


def _condition(entries: Entries) -> Condition | None:
    if not entries.has("shown_if"):
        return None
    given = entries.below("shown_if", _IN_CONDITION)
    values = given.items("values", MOST_CHOICES)
    for at, value in enumerate(values):
        if not isinstance(value, str):
            given.note(f"values[{at}]", Reason.NOT_TEXT, value)
    return Condition(given.line("question", LONGEST_LABEL), tuple(value for value in values if isinstance(value, str)))


def _note_conditions(placed: list[_Placed]) -> None:
    """A condition asks for an earlier question, one that has something to choose, and for answers that it has."""
    earlier: dict[str, _Placed] = {}
    for each in placed:
        condition = each.question.shown_if
        asked = earlier.get(condition.question) if condition else None
        if condition and condition.question and asked is None:
            each.entries.note("shown_if.question", Reason.NOT_EARLIER, condition.question)
        if condition and asked and asked.is_sound:
            _note_values(each.entries, condition, asked.question)
        earlier.setdefault(each.question.id, each)


def _note_values(entries: Entries, condition: Condition, asked: Question) -> None:
    offered = asked.kind.parts(asked).get("", ())
    if not offered:
        entries.note("shown_if.question", Reason.NOT_CHOOSABLE, condition.question)
        return
    for at, value in enumerate(condition.values):
        if value not in offered:
            entries.note(f"shown_if.values[{at}]", Reason.NO_SUCH_VALUE, value)


def _note_twice(placed: list[tuple[Entries, str]]) -> None:
    """Ids that stand twice; empty ones are told otherwise already."""
    seen: set[str] = set()
    for entries, id in placed:
        if id in seen - {""}:
            entries.note("id", Reason.TWICE, id)
        seen.add(id)


def _note_clashes(placed: list[_Placed]) -> None:
    """A question with several fields could have one that is named like that of another question."""
    owners: dict[str, str] = {}
    for each in placed:
        for name in each.question.kind.fields(each.question) if each.is_sound else ():
            if owners.setdefault(name, each.question.id) != each.question.id:
                each.entries.note("id", Reason.CLASH, name)
