"""A ballot on paper between the form, the fields of the page that it is typed in, and the lines it is compared by."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from portal.domain.campaign import Group
from portal.domain.form import Form
from portal.domain.questions.base import Answer, Question
from portal.evaluation.papers import PaperView, Typed
from portal.web.words import _, said


def on_paper(form: Form) -> Form:
    """The form as papers are typed: what was left blank may stay blank, and no words become a case here."""
    return replace(form, sections=tuple(replace(section, questions=tuple(
        replace(question, required=False, becomes=None if question.becomes == "opinion" else question.becomes)
        for question in section.questions)) for section in form.sections))


def as_sent(form: Form, entry: PaperView) -> MultiDict[str, str]:
    """What was typed as the fields of its page hold it."""
    typed = entry.typed or Typed({}, Group.RESIDENT, "")
    found: MultiDict[str, str] = MultiDict({"group": typed.group, "subject": typed.subject, "version": str(entry.version)})
    for question in form.questions:
        for name, value in _fields_of(question, typed.answers.get(question.id)):
            found.add(name, value)
    if not typed.answers:
        found["is_blank"] = "yes"
    return found


def _fields_of(question: Question, answer: Answer | None) -> Iterator[tuple[str, str]]:
    """An answer by its shape: parts with their values, places in their order, several values, or one."""
    if isinstance(answer, Mapping):
        yield from ((f"{question.field}_{part}", str(value)) for part, value in answer.items())
    elif isinstance(answer, list) and len(question.kind.fields(question)) > 1:
        yield from ((f"{question.field}_{value}", str(place)) for place, value in enumerate(answer, start=1))
    elif answer is not None:
        yield from ((question.field, str(value)) for value in (answer if isinstance(answer, list) else [answer]))


def answer_lines(question: Question, answer: Answer | None) -> list[str]:
    """An answer as people read it, line by line; nothing where the paper is blank."""
    words = {each.value: said(each, "text") for each in (*question.kind.options(question), *question.rows)}

    def told(value: object) -> str:
        return str(words.get(str(value), value))

    if isinstance(answer, Mapping):
        return [_("%(part)s: %(answer)s", part=told(part), answer=told(value)) for part, value in answer.items()]
    if isinstance(answer, list):
        is_ranked = len(question.kind.fields(question)) > 1
        return [f"{place}. {told(value)}" if is_ranked else told(value) for place, value in enumerate(answer, start=1)]
    return [] if answer is None else [told(answer)]
