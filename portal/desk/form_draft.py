"""A form while it is built: everything as it was typed, sound or not. Knows no record, no page and no words for faults.

It travels with the page, packed into one hidden field, so that the server keeps no draft; what comes back is read as
strictly as anything a stranger sends.
"""

import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from portal.domain.form import Form, FormFaults, parse_form
from portal.domain.questions import BY_KEY
from portal.domain.questions.base import Choice, Question, QuestionType

_MOST_BYTES = 3 * 1024 * 1024  # of an unpacked draft; 200 questions with 50 choices take a third of it
_MOST_SECTIONS, _MOST_QUESTIONS = 100, 400  # of a draft; a form has at most half of either
_LEVEL = 6
_SEPARATORS = "|｜"
_TOKENS = re.compile(r"\\[\\|｜]|[|｜]|[^\\|｜]+|\\")
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

    section: int
    question: int
    part: DraftSection | DraftQuestion


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
    if len(draft.sections) > _MOST_SECTIONS or len(draft.questions) > _MOST_QUESTIONS:
        raise ValueError("too many parts")
    return draft


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
            found[name] = [_given(**parts) for parts in _parts(getattr(question, name))]
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


# --- choices and rows, one a line ------------------------------------------------------------------------------------------

def lines(choices: tuple[Choice, ...]) -> str:
    return "\n".join(" | ".join(_escaped(part) for part in (each.value, each.text, each.text_en)) for each in choices)


def _escaped(text: str) -> str:
    return re.sub(r"([\\|｜])", r"\\\1", text)


def _parts(typed: str) -> list[dict[str, str]]:
    """Value, text and text_en of each line; of two parts the value is left out, of one the English too."""
    found = []
    for line in typed.splitlines():
        if line.strip():
            split = _split(line)
            names = ("value", "text", "text_en") if len(split) > 2 else ("text", "text_en")
            found.append(dict(zip(names, split, strict=False)))
    return found


def _split(line: str) -> list[str]:
    """At most three parts; a separator or a backslash behind a backslash stands for itself."""
    parts = [""]
    for token in _TOKENS.findall(line):
        if token in _SEPARATORS and len(parts) < 3:
            parts.append("")
        else:
            parts[-1] += token[1:] if len(token) == 2 and token[0] == "\\" else token
    return [part.strip() for part in parts]


def with_values(typed: str) -> str:
    """The same lines, each with a value of its own. A line that lacks a language stays as it is."""
    taken = {parts["value"] for parts in _parts(typed) if parts.get("value")}
    found = []
    for line in typed.splitlines():
        parts = _parts(line)
        if parts and "text_en" in parts[0] and not parts[0].get("value"):
            value = _value(parts[0]["text_en"], taken)
            taken.add(value)
            line = " | ".join(_escaped(each) for each in (value, parts[0]["text"], parts[0]["text_en"]))
        found.append(line)
    return "\n".join(found)


def _value(english: str, taken: set[str]) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", english.lower().replace("’", "").replace("'", "")).strip("-")[:18].strip("-") or "choice"
    return next(each for each in _numbered(words, "-") if each not in taken)


def _numbered(name: str, joint: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}{joint}{number}"
        number += 1


# --- what is asked of it ---------------------------------------------------------------------------------------------------

_HEAD = ("slug", "title", "title_en", "intro", "intro_en")
_SECTION = ("id", "title", "title_en", "help", "help_en")
_QUESTION = ("id", "text", "text_en", "help", "help_en", "type", "choices", "rows", "asks", "becomes")


def take(draft: Draft, place: Place, typed: Mapping[str, str], values: list[str]) -> None:
    """Takes over what was typed into the fields of this place; `values` are the answers that its condition asks for."""
    target = at(draft, place)
    if isinstance(target, Draft):
        _fill(target, _HEAD, typed)
        return
    before = target.id
    if isinstance(target, DraftQuestion):
        _take_question(draft, place, target, typed, values)
    else:
        _fill(target, _SECTION, typed)
    target.id = target.id.strip() or before or _free_id(draft, "q")
    if isinstance(target, DraftQuestion) and before not in {each.id for each in draft.questions}:
        for each in draft.questions:  # what asks for a renamed question still does
            each.asks = target.id if each.asks == before else each.asks


def _take_question(draft: Draft, place: Place, target: DraftQuestion, typed: Mapping[str, str], values: list[str]) -> None:
    asked = target.asks
    _fill(target, _QUESTION, typed)
    target.required = typed.get("required") == "yes"
    target.settings.update({name: typed.get(f"set_{name}", "") for name in _shown_settings(typed)})
    target.choices, target.rows = with_values(target.choices), with_values(target.rows)
    if target.asks != asked:  # another question, which has other answers
        found = next((each for _number, each in earlier(draft, place) if each.id == target.asks), None)
        values = [each.value for each in (offered(found) if found else ()) if each.value in values]
    target.values = values
    complete(target)


def complete(question: DraftQuestion) -> None:
    """With all settings of its type."""
    for name, default in (question.kind.settings if question.kind else {}).items():
        question.settings.setdefault(name, _typed(default))


def _fill(target: Draft | DraftSection | DraftQuestion, names: tuple[str, ...], typed: Mapping[str, str]) -> None:
    for name in names:
        if name in typed:
            setattr(target, name, typed[name].replace("\r\n", "\n"))


def _shown_settings(typed: Mapping[str, str]) -> list[str]:
    """The settings whose fields stood on the page: an unticked box sends nothing."""
    kind = BY_KEY.get(typed.get("shown_type", ""))
    return list(kind.settings) if kind else []


def at(draft: Draft, place: Place) -> Draft | DraftSection | DraftQuestion:
    if place.section is None:
        return draft
    section = draft.sections[place.section]
    return section if place.question is None else section.questions[place.question]


def find(draft: Draft, part: Draft | DraftSection | DraftQuestion) -> Place:
    """Where this very part stands now."""
    for n, section in enumerate(draft.sections):
        if section is part:
            return Place(n)
        for m, question in enumerate(section.questions):
            if question is part:
                return Place(n, m)
    return Place()


def add_section(draft: Draft) -> Place:
    draft.sections.append(DraftSection(_free_id(draft, "s")))
    return Place(len(draft.sections) - 1)


def add_question(draft: Draft, section: int, type: str) -> Place:
    """At the end of the section."""
    questions = draft.sections[section].questions
    questions.append(DraftQuestion(_free_id(draft, "q"), type, settings={}, values=[]))
    complete(questions[-1])
    return Place(section, len(questions) - 1)


def duplicate(draft: Draft, place: Place) -> Place:
    """A copy right behind it, with names of its own. Returns its place."""
    if place.section is None:
        return place
    return _second_section(draft, place.section) if place.question is None else _second_question(draft, place.section,
                                                                                                  place.question)


def _second_question(draft: Draft, section: int, question: int) -> Place:
    questions = draft.sections[section].questions
    copy = msgspec.json.decode(msgspec.json.encode(questions[question]), type=DraftQuestion)
    copy.id = _free_id(draft, copy.id)
    questions.insert(question + 1, copy)
    return Place(section, question + 1)


def _second_section(draft: Draft, section: int) -> Place:
    """Conditions among its own questions ask for the copies."""
    copy = msgspec.json.decode(msgspec.json.encode(draft.sections[section]), type=DraftSection)
    copy.id, renamed = _free_id(draft, copy.id), {}
    draft.sections.insert(section + 1, copy)
    for question in copy.questions:
        renamed[question.id] = question.id = _free_id(draft, question.id)
        question.asks = renamed.get(question.asks, question.asks)
    return Place(section + 1)


def remove(draft: Draft, place: Place) -> Place:
    """Takes it out, so that it can be put back. Returns where to go on: what held it."""
    if place.section is None:
        return place
    if place.question is None:
        draft.removed = Removed(place.section, 0, draft.sections.pop(place.section))
        return Place()
    draft.removed = Removed(place.section, place.question, draft.sections[place.section].questions.pop(place.question))
    return Place(place.section)


def put_back(draft: Draft) -> Place:
    """What was taken out last, where it stood or near there. Returns its place."""
    removed, draft.removed = draft.removed, None
    if removed is None:
        return Place()
    if isinstance(removed.part, DraftSection):
        at = min(removed.section, len(draft.sections))
        draft.sections.insert(at, removed.part)
        return Place(at)
    if not draft.sections:
        add_section(draft)
    section = min(removed.section, len(draft.sections) - 1)
    questions = draft.sections[section].questions
    at = min(removed.question, len(questions))
    questions.insert(at, removed.part)
    return Place(section, at)


def move(draft: Draft, place: Place, step: int) -> Place:
    """By one up (-1) or down (1); a question at the edge of its section goes on into the next one. Returns its new place."""
    if place.section is None:
        return place
    if place.question is None:
        target = min(max(place.section + step, 0), len(draft.sections) - 1)
        draft.sections.insert(target, draft.sections.pop(place.section))
        return Place(target)
    questions = draft.sections[place.section].questions
    target = place.question + step
    if 0 <= target < len(questions):
        questions.insert(target, questions.pop(place.question))
        return Place(place.section, target)
    section = place.section + step
    if not 0 <= section < len(draft.sections):
        return place
    others = draft.sections[section].questions
    others.insert(len(others) if step < 0 else 0, questions.pop(place.question))
    return Place(section, len(others) - 1 if step < 0 else 0)


def _free_id(draft: Draft, name: str) -> str:
    """A name that neither a section nor a question has: of `q` the next free of q1, q2, …; of `a3` the next of a4, a5, …"""
    taken = {each.id for each in draft.sections} | {each.id for each in draft.questions}
    stem, number = re.fullmatch(r"(.*?)([0-9]*)", name[:20], re.DOTALL).groups()  # type: ignore[union-attr]
    following = (f"{stem}{n}" for n in range(int(number or 0) + 1, int(number or 0) + 1_000))
    return next(each for each in following if each not in taken)


# --- conditions ------------------------------------------------------------------------------------------------------------

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
