"""A form while it is built: everything as it was typed, sound or not. Knows no record, no page and no words for faults.

It travels with the page, packed into one hidden field, so that the server keeps no draft; what comes back is read as
strictly as anything a stranger sends.
"""

import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any

import msgspec

from portal.desk.form_lines import lines, parts_of
from portal.domain.form import Form, FormFaults, parse_form
from portal.domain.questions import BY_KEY
from portal.domain.questions.base import Choice, Question, QuestionType

_MOST_BYTES = 3 * 1024 * 1024  # of an unpacked draft; 200 questions with 50 choices take a third of it
_MOST_SECTIONS, _MOST_QUESTIONS = 100, 400  # of a draft; a form has at most half of either
_LEVEL = 6
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")


class DraftQuestion(msgspec.Struct, forbid_unknown_fields=True, tag_field="part", tag="question"):
    """`choices` and `rows` hold one a line, `value | 中文 | English`; `asks` and `values` are the condition."""

    id: str
    type: str
    text: str = ""
    text_en: str = ""
    help: str = ""
    help_en: str = ""
    required: bool = False
    choices: str = ""
    rows: str = ""
    settings: dict[str, str] = {}
    asks: str = ""
    values: list[str] = []
    becomes: str = ""

    @property
    def kind(self) -> QuestionType | None:
        return BY_KEY.get(self.type)


class DraftSection(msgspec.Struct, forbid_unknown_fields=True, tag_field="part", tag="section"):
    id: str
    title: str = ""
    title_en: str = ""
    help: str = ""
    help_en: str = ""
    questions: list[DraftQuestion] = []


class Removed(msgspec.Struct, forbid_unknown_fields=True):
    """What was taken out last, and from where; kept until the form is saved, so that it can be put back."""

    section: Annotated[int, msgspec.Meta(ge=0)]
    question: Annotated[int, msgspec.Meta(ge=0)]
    part: DraftSection | DraftQuestion

    @property
    def questions(self) -> list[DraftQuestion]:
        return self.part.questions if isinstance(self.part, DraftSection) else [self.part]


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    slug: str = ""
    title: str = ""
    title_en: str = ""
    intro: str = ""
    intro_en: str = ""
    sections: list[DraftSection] = []
    removed: Removed | None = None

    @property
    def questions(self) -> list[DraftQuestion]:
        return [question for section in self.sections for question in section.questions]


class Place(msgspec.Struct, frozen=True):
    """What stands open on the page: the form's own head (nothing set), a section, or a question; counted from 0."""

    section: int | None = None
    question: int | None = None

    def __str__(self) -> str:
        return "-".join(["form", *(str(each) for each in (self.section, self.question) if each is not None)])


_PLACE = re.compile(r"form(?:-([0-9]{1,3})(?:-([0-9]{1,3}))?)?")


def place_of(draft: Draft, written: str) -> Place | None:
    """The place that this names; None for one that the draft does not have."""
    found = _PLACE.fullmatch(written)
    if found is None:
        return None
    section, question = (int(each) if each else None for each in found.groups())
    if section is not None and section >= len(draft.sections):
        return None
    if section is not None and question is not None and question >= len(draft.sections[section].questions):
        return None
    return Place(section, question)


def at(draft: Draft, place: Place) -> Draft | DraftSection | DraftQuestion:
    if place.section is None:
        return draft
    section = draft.sections[place.section]
    return section if place.question is None else section.questions[place.question]


def complete(question: DraftQuestion) -> None:
    """With all settings of its type."""
    for name, default in (question.kind.settings if question.kind else {}).items():
        question.settings.setdefault(name, _typed(default))


# --- on the way ------------------------------------------------------------------------------------------------------------

def packed(draft: Draft) -> str:
    return urlsafe_b64encode(zlib.compress(msgspec.json.encode(draft), _LEVEL)).decode()


def unpacked(sent: str) -> Draft:
    """Raises ValueError for anything that `packed` does not make."""
    reader = zlib.decompressobj()
    try:
        plain = reader.decompress(urlsafe_b64decode(sent.encode()), _MOST_BYTES)
    except zlib.error as fault:
        raise ValueError("no draft") from fault
    if not reader.eof:
        raise ValueError("no whole draft, or one that is too large")
    draft = msgspec.json.decode(plain, type=Draft)
    if is_overfull(draft):
        raise ValueError("too many parts")
    return draft


def is_overfull(draft: Draft) -> bool:
    """Whether it has more parts than `unpacked` takes; what was taken out counts."""
    questions = draft.questions + (draft.removed.questions if draft.removed else [])
    return len(draft.sections) > _MOST_SECTIONS or len(questions) > _MOST_QUESTIONS


# --- from a form, and to its definition ------------------------------------------------------------------------------------

def draft_of(form: Form, slug: str) -> Draft:
    return Draft(slug, form.title, form.title_en, form.intro, form.intro_en, [
        DraftSection(each.id, each.title, each.title_en, each.help, each.help_en, [_of(one) for one in each.questions])
        for each in form.sections])


def _of(question: Question) -> DraftQuestion:
    condition = question.shown_if
    return DraftQuestion(
        question.id, question.type, question.text, question.text_en, question.help, question.help_en, question.required,
        lines(question.choices), lines(question.rows), {name: _typed(value) for name, value in question.settings.items()},
        condition.question if condition else "", list(condition.values) if condition else [], question.becomes or "")


def definition(draft: Draft) -> dict[str, Any]:
    """What `parse_form` reads: what was left empty is left out, and so is what the type of a question has no use for."""
    head = _given(intro=draft.intro, intro_en=draft.intro_en)
    return {"slug": draft.slug, "title": draft.title, "title_en": draft.title_en, **head,
            "sections": [_section(each) for each in draft.sections]}


def _section(section: DraftSection) -> dict[str, Any]:
    return {"id": section.id, "title": section.title, "title_en": section.title_en,
            **_given(help=section.help, help_en=section.help_en), "questions": [_question(each) for each in section.questions]}


def _question(question: DraftQuestion) -> dict[str, Any]:
    raw = {"id": question.id, "type": question.type, "text": question.text, "text_en": question.text_en,
           **_given(help=question.help, help_en=question.help_en), "required": question.required}
    if question.asks or question.values:
        raw["shown_if"] = {"question": question.asks, "values": question.values}
    return {**raw, **_of_type(question, question.kind)}


def _of_type(question: DraftQuestion, kind: QuestionType | None) -> dict[str, Any]:
    if kind is None:
        return {}
    found: dict[str, Any] = {"settings": {
        name: value for name, default in kind.settings.items()
        if (value := _setting(question.settings.get(name, ""), default)) is not None}}
    for name, belongs in (("choices", kind.has_choices), ("rows", kind.has_rows)):
        if belongs:
            found[name] = [_given(**parts) for parts in parts_of(getattr(question, name))]
    return {**found, **_given(becomes=question.becomes if kind.may_become_case else "")}


def _given(**entries: str) -> dict[str, str]:
    return {name: value for name, value in entries.items() if value.strip()}


def _setting(typed: str, default: Any) -> Any:
    """A value of the type of the default; what is no such value stays as it was typed, and is refused as that."""
    if isinstance(default, bool):
        return typed == "yes"
    text = typed.strip()
    if isinstance(default, int) and _WHOLE.fullmatch(text):
        return int(text)
    return text or None


def _typed(value: Any) -> str:
    return ("yes" if value else "") if isinstance(value, bool) else str(value)


# --- conditions ------------------------------------------------------------------------------------------------------------

def number_of(draft: Draft, id: str) -> int | None:
    """The number of a question on the form, from 1; None for one that the draft does not have."""
    return next((number for number, each in enumerate(draft.questions, start=1) if each.id == id), None)


def bereft(draft: Draft) -> list[tuple[int, Place]]:
    """The questions whose condition asks for one that is not there any more: number from 1, and place."""
    known = {each.id for each in draft.questions}
    places = [Place(n, m) for n, section in enumerate(draft.sections) for m in range(len(section.questions))]
    return [(number, place) for number, (place, each) in enumerate(zip(places, draft.questions, strict=True), start=1)
            if each.asks and each.asks not in known]


def offered(question: DraftQuestion) -> tuple[Choice, ...]:
    """What a condition may ask for of this question; nothing where there is nothing to choose, or not yet."""
    raw = {**_question(question), "text": "-", "text_en": "-"}
    for name in ("help", "help_en", "shown_if"):
        raw.pop(name, None)
    for name in ("choices", "rows"):
        if name in raw:
            raw[name] = [{"text": "-", "text_en": "-", **parts} for parts in raw[name]]
    try:
        form = parse_form({"slug": "x", "title": "-", "title_en": "-", "sections": [
            {"id": "x", "title": "-", "title_en": "-", "questions": [{**raw, "required": False}]}]})
    except FormFaults:
        return ()
    sound = form.questions[0]
    values = sound.kind.parts(sound).get("", ())
    return tuple(each for each in sound.kind.options(sound) if each.value in values)


def earlier(draft: Draft, place: Place) -> list[tuple[int, DraftQuestion]]:
    """The questions before this one, each with its number from 1."""
    if place.section is None or place.question is None:
        return []
    before = sum(len(each.questions) for each in draft.sections[:place.section]) + place.question
    return list(enumerate(draft.questions[:before], start=1))
