"""What the buttons of the form builder do to a draft: take over what was typed, add, copy, move, take out, put back."""

import re
from collections.abc import Mapping

import msgspec

from portal.desk.form_draft import (
    Draft,
    DraftQuestion,
    DraftSection,
    Place,
    Removed,
    at,
    complete,
    earlier,
    offered,
)
from portal.desk.form_lines import with_values
from portal.domain.questions import BY_KEY
from portal.domain.questions.base import LONGEST_LABEL

_COPY, _COPY_EN = "（副本）", " (copy)"  # each title in its own language, whoever reads the page
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


def _fill(target: Draft | DraftSection | DraftQuestion, names: tuple[str, ...], typed: Mapping[str, str]) -> None:
    for name in names:
        if name in typed:
            setattr(target, name, typed[name].replace("\r\n", "\n"))


def _shown_settings(typed: Mapping[str, str]) -> list[str]:
    """The settings whose fields stood on the page: an unticked box sends nothing."""
    kind = BY_KEY.get(typed.get("shown_type", ""))
    return list(kind.settings) if kind else []


def mark_as_copy(draft: Draft) -> None:
    """So that nobody takes one form for the other in a list of both."""
    draft.title = draft.title[:LONGEST_LABEL - len(_COPY)] + _COPY
    draft.title_en = draft.title_en[:LONGEST_LABEL - len(_COPY_EN)] + _COPY_EN


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
