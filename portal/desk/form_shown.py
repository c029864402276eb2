"""What the form builder says: names of fields and settings, faults in words with their place, how two forms differ."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from portal.desk.form_draft import Draft, DraftQuestion, number_of, place_of
from portal.desk.form_lines import lines, parts_of
from portal.domain.form import REASON_WORDS, Form, FormFault, Reason
from portal.domain.people import N_
from portal.domain.questions.base import Question
from portal.domain.questions.scale import LABELS
from portal.web.words import _, said

FIELD_WORDS = {
    "slug": N_("Short name of the form"),
    "title": N_("Heading in Chinese"),
    "title_en": N_("Heading in English"),
    "intro": N_("Introduction in Chinese"),
    "intro_en": N_("Introduction in English"),
    "help": N_("Help in Chinese"),
    "help_en": N_("Help in English"),
    "id": N_("Short name in the data"),
    "type": N_("Type of question"),
    "text": N_("Question in Chinese"),
    "text_en": N_("Question in English"),
    "choices": N_("Choices"),
    "rows": N_("Rows"),
    "asks": N_("Asked only after an answer to"),
    "values": N_("Asked only if the answer is"),
    "becomes": N_("What the words become"),
    "required": N_("Must be answered"),
}
SETTING_WORDS = {
    "labels": N_("Words of the levels"),
    "least": N_("At least so many (0: no bound)"),
    "most": N_("At most so many (0: no bound)"),
    "longest": N_("Most characters of an answer"),
    "low": N_("Smallest number"),
    "high": N_("Largest number"),
    "unit": N_("Unit in Chinese"),
    "unit_en": N_("Unit in English"),
    "decimals": N_("Digits after the point"),
}
SETTING_CHOICES = {"labels": tuple((key, (choices[0], choices[-2])) for key, choices in LABELS.items())}
_PART_WORDS = {"value": N_("Value"), "text": N_("Chinese"), "text_en": N_("English")}
_SELF_NAMED = frozenset({"choices", "rows", "asks"})
_ABSENT = frozenset({Reason.MISSING, Reason.EMPTY})
_MOST_SHOWN = 60
_LONGEST_QUOTED = 40  # characters of a choice

_AT = re.compile(r"(?:sections\[([0-9]+)\])?\.?(?:questions\[([0-9]+)\])?\.?(.*)")
_ITEM = re.compile(r"(choices|rows)(?:\[([0-9]+)\](?:\.(\w+))?)?")


def told(found: FormFault) -> str:
    """The reason in words, as a sentence of its own."""
    words = _(REASON_WORDS[found.reason], given=found.given)
    return words[:1].upper() + words[1:]


def placed(draft: Draft, faults: Collection[FormFault]) -> Iterator[tuple[str, str, str]]:
    """Where each fault belongs on the page: place, field (`form` for none of its fields) and words.

    A line of choices that lacks a language lacks a value only because of that, so that this is not told as well.
    """
    untranslated = {each.path.rpartition(".")[0] for each in faults if each.path.endswith(".text_en")}
    for each in faults:
        stem, _dot, name = each.path.rpartition(".")
        if name != "value" or each.reason is not Reason.MISSING or stem not in untranslated:
            yield _located(draft, each)


def _located(draft: Draft, found: FormFault) -> tuple[str, str, str]:
    at = _AT.fullmatch(found.path)
    section, number, name = at.groups() if at else (None, None, "")
    place = "-".join(["form", *filter(None, (section, number))])
    question = draft.sections[int(section)].questions[int(number)] if section and number else None
    item = _ITEM.fullmatch(name)
    if item is not None and question is not None:
        return place, item[1], _of_item(question, item[1], item[2], item[3], found)
    if name.startswith("settings."):
        return place, f"set_{name.removeprefix('settings.')}", told(found)
    if name.startswith("shown_if") and question is not None:
        return place, "values" if name.startswith("shown_if.values") else "asks", _of_condition(draft, question, found)
    return place, name if name in FIELD_WORDS else "form", told(found)


def _of_item(question: DraftQuestion, name: str, at: str | None, part: str | None, found: FormFault) -> str:
    """A fault of the choices or rows, or of one of them, called by its number from 1 and its words."""
    if at is None:
        return _named(name, told(found))
    typed = parts_of(getattr(question, name))[int(at)]
    words = typed.get("text") or typed.get("text_en") or typed.get("value", "")
    item = (_("Row %(number)s “%(words)s”", number=int(at) + 1, words=words[:_LONGEST_QUOTED]) if name == "rows"
            else _("Choice %(number)s “%(words)s”", number=int(at) + 1, words=words[:_LONGEST_QUOTED]))
    if part == "text_en" and found.reason in _ABSENT:
        return _("%(item)s has no English words: write the line as Chinese | English", item=item)
    if part == "text" and found.reason in _ABSENT:
        return _("%(item)s has no Chinese words: write the line as Chinese | English", item=item)
    fault = _("%(name)s: %(fault)s", name=_(_PART_WORDS[part]), fault=told(found)) if part in _PART_WORDS else told(found)
    return _("%(name)s: %(fault)s", name=item, fault=fault)


def _of_condition(draft: Draft, question: DraftQuestion, found: FormFault) -> str:
    """A fault of a condition; the question that it asks for is called by its number."""
    number = number_of(draft, question.asks)
    if found.reason is Reason.NOT_EARLIER and number is None:
        return _("The question that the condition asks for is removed: put it back, choose another one, or ask always")
    if found.reason is Reason.NOT_EARLIER:
        return _("The condition asks for question %(number)s, which does not come before: move it up, or choose another one",
                 number=number)
    if found.reason is Reason.NOT_CHOOSABLE:
        return _("The condition asks for question %(number)s, which has nothing to choose: choose another one", number=number)
    if found.reason is Reason.NO_SUCH_VALUE:
        return _("Question %(number)s has no answer “%(value)s”: choose anew", number=number, value=found.given)
    return told(found) if found.path.endswith("values") else _named("asks", told(found))


def asked_words(draft: Draft, id: str) -> str:
    """What a condition asks for and cannot: a question that comes later or has nothing to choose, or one that is gone."""
    number = number_of(draft, id)
    if number is None:
        return _("A question that is removed")
    return _("Question %(number)s, which comes later or has nothing to choose", number=number)


def named(name: str, words: str) -> str:
    """A fault with the field that it stands in, where its words do not say that."""
    return words if name in _SELF_NAMED else _named(name, words)


def _named(name: str, words: str) -> str:
    label = FIELD_WORDS.get(name) or SETTING_WORDS.get(name.removeprefix("set_"))
    return _("%(name)s: %(fault)s", name=_(label), fault=words) if label else words


def place_words(draft: Draft, written: str) -> str:
    """What a place is called: nothing for the form's own head."""
    place = place_of(draft, written)
    if place is None or place.section is None:
        return ""
    if place.question is None:
        return _("Section %(number)s:", number=place.section + 1)
    number = sum(len(each.questions) for each in draft.sections[:place.section]) + place.question + 1
    return _("Question %(number)s:", number=number)


# --- what a colleague changed ----------------------------------------------------------------------------------------------

class Differing(NamedTuple):
    """One thing that the record (`theirs`) says otherwise than what was typed (`ours`)."""

    where: str
    what: str
    theirs: str
    ours: str


def differences(theirs: Form, ours: Form) -> list[Differing]:
    """At most sixty; a part that only one side has stands there with its words."""
    before, after = dict(_said(theirs)), dict(_said(ours))
    keys = [*before, *(key for key in after if key not in before)]
    return [Differing(*key, before.get(key, ""), after.get(key, "")) for key in keys
            if before.get(key, "") != after.get(key, "")][:_MOST_SHOWN]


def _said(form: Form) -> Iterator[tuple[tuple[str, str], str]]:
    """Everything a form says: (part, field in words) -> its words."""
    for name in ("title", "title_en", "intro", "intro_en"):
        yield ("", _(FIELD_WORDS[name])), getattr(form, name)
    for number, section in enumerate(form.sections, start=1):
        where = _("Section “%(id)s”", id=section.id)
        yield (where, _("Number on the form")), str(number)
        for name in ("title", "title_en", "help", "help_en"):
            yield (where, _(FIELD_WORDS[name])), getattr(section, name)
        for question in section.questions:
            yield from _said_of(question, form.numbers[question.id])


def _said_of(question: Question, number: int) -> Iterator[tuple[tuple[str, str], str]]:
    where, condition = _("Question “%(id)s”", id=question.id), question.shown_if
    yield (where, _("Number on the form")), str(number)
    told: Mapping[str, Any] = {
        **{name: getattr(question, name) for name in ("text", "text_en", "help", "help_en", "becomes")},
        "type": said(question.kind, "name"), "required": _("yes") if question.required else "",
        "choices": lines(question.choices), "rows": lines(question.rows), "asks": condition.question if condition else "",
        "values": ", ".join(condition.values) if condition else ""}
    for name, value in told.items():
        yield (where, _(FIELD_WORDS[name])), value or ""
    for name, value in question.settings.items():
        yield (where, _(SETTING_WORDS[name]) if name in SETTING_WORDS else name), str(value)
