"""What the words of a ballot become where their author chooses so: cases of their own, each with a code of its own.

Such words leave the ballot. A confidential question always becomes a report, and never stays in the ballot.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from portal.casework.actions import Opinion
from portal.domain import reference
from portal.domain.codes import Channel
from portal.domain.form import Form
from portal.domain.people import DISCIPLINE_UNIT
from portal.domain.questions.base import Question
from portal.web.current import content, vault
from portal.web.opinion_form import opinion_of
from portal.web.published import find_published
from portal.web.words import _

MOST_CASES = 20  # of one ballot: their receipts travel in one cookie
_CATEGORIES = {"opinion": "suggestion", "report": "misconduct"}
_LEFT_OPEN = dict.fromkeys(("district", "title", "contact_name", "contact_phone", "contact_email", "notify"), "")

Made = tuple[Opinion, bytes, str]  # with its submission and its reference code


@dataclass(frozen=True)
class Sorted:
    """What stays in the ballot, the cases, and why some words cannot become one: field -> sentence."""

    answers: dict[str, Any]
    cases: list[Made]
    faults: dict[str, str]


def sort_words(form: Form, answers: Mapping[str, Any], chosen: Mapping[str, Any], *, subject: str, once: str) -> Sorted:
    """`chosen` is what was sent; the same `once` makes the same cases with the same codes."""
    leaving = [question for question in form.questions if question.id in answers and question.becomes
               and (question.becomes == "report" or question.case_field in chosen)]
    faults = {question.field: fault for question in leaving if question.becomes == "report" and (fault := _barred(subject))}
    faults |= {question.field: _("At most %(most)s answers of one form can become opinions of their own. Take some ticks away.",
                                 most=MOST_CASES) for question in leaving[MOST_CASES:]}
    kept = {name: answer for name, answer in answers.items() if name not in {question.id for question in leaving}}
    return Sorted(kept, [_case(question, answers[question.id], subject, once) for question in leaving], faults)


def held(made: Made) -> Made:
    """The same, to be looked at by a person first."""
    opinion, submission, code = made
    return replace(opinion, suspicious=True), submission, code


def _case(question: Question, text: str, subject: str, once: str) -> Made:
    submission = blake2b(f"{once}|{question.id}".encode(), digest_size=32).digest()
    unit, service = subject in content().units, find_published("service", subject) is not None
    words = {**_LEFT_OPEN, "category": _CATEGORIES[question.becomes or ""], "text": text, "publish": "no",
             "unit": subject if unit else "", "service": subject if service else ""}
    opinion = replace(opinion_of(words), channel=Channel.BALLOT)
    return opinion, submission, reference.make(vault().code_material(submission))


def _barred(subject: str) -> str:
    """No office examines itself."""
    if subject != DISCIPLINE_UNIT:
        return ""
    return _("No office examines itself. A report about the discipline office goes to %(phone)s or to "
             "the procuratorate; here nothing was stored", phone=content().site.misconduct_phone)
