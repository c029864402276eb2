"""Who votes on what: told by the code, or, in campaigns without codes, chosen on the form. Knows no ballot."""

from dataclasses import dataclass, field
from datetime import date

from flask import request

from portal import clock
from portal.domain import one_time, reference
from portal.domain.campaign import Group
from portal.domain.people import N_
from portal.evaluation import codes
from portal.evaluation.codes import Opened, Refusal
from portal.evaluation.queries import Campaign
from portal.evaluations import entered
from portal.web import limits
from portal.web.current import vault
from portal.web.faults import fault
from portal.web.words import _

_REFERENCE_DIGITS = 20
_SLIPS = {
    "empty": N_("Please type the sixteen digits of your code"),
    "characters": N_("A code has digits only; please check what you typed"),
    "length": N_("A code has sixteen digits; please count the groups of four"),
    "digits": N_("Please check the digits of your code: at least one of them is wrong or two are swapped"),
}


class Unopened(Exception):  # noqa: N818 - of the person who types, told as such; not a failure of ours
    """What was typed opens nothing, and why, in the reader's language."""

    def __init__(self, words: str, status: int = 422) -> None:
        super().__init__()
        self.words, self.status = words, status


@dataclass(frozen=True)
class Voter:
    """`group` None and a subject that is not of the campaign still have to be chosen. `faults`: field -> sentence.

    `asks_code`: the browser has lost the code, or holds another one by now. `was_typed`: it came with this form.
    """

    group: Group | None
    subject: str = ""
    code: str | None = None
    refusal: Refusal | None = None
    day: date | None = None
    asks_code: bool = False
    was_typed: bool = False
    faults: dict[str, str] = field(default_factory=dict)
    status: int | None = None


def opened_by(typed: str) -> tuple[str, Opened]:
    """The code and what it opens. Raises Unopened; a slip of the fingers is told before anything is looked up."""
    try:
        code = one_time.parse(typed)
    except reference.Mistyped as slip:
        raise Unopened(_slip(typed, slip.reason)) from None
    if not limits.within(limits.ENTER, "enter"):
        raise Unopened(_("Too many attempts from your network. Please wait a minute and try again."), 429)
    opened = codes.look_up(code, clock.today(), vault())
    if opened is None:
        raise Unopened(_("This code opens nothing. Please compare it with your slip."))
    return code, opened


def asked_voter(campaign: Campaign) -> Voter | None:
    """Whoever asks for the form; None where a code is missing or belongs to another campaign."""
    if not campaign.has_codes:
        return _chosen(campaign, request.args.get("subject", ""), request.args.get("group", ""))
    code = entered.find()
    opened = codes.look_up(code, clock.today(), vault()) if code else None
    return None if opened is None or opened.slug != campaign.slug else _of(code or "", opened)


def sent_voter(campaign: Campaign, once: str) -> Voter:
    """Whoever sends the form. `once` is the mark of the page, to which the code is bound."""
    if not campaign.has_codes:
        return _checked(campaign, _chosen(campaign, request.form.get("subject", ""), request.form.get("group", "")))
    typed = request.form.get("code", "")
    if typed:
        return _typed(campaign, typed)
    voter = asked_voter(campaign)
    if voter is not None and entered.is_bound(voter.code or "", once, request.form.get("bound", "")):
        return voter
    words = _("Please type your code once more: this browser has lost it, or another code was typed here meanwhile. What you "
              "filled in is kept.")
    return Voter(None, asks_code=True, faults={"code": words}, status=403)


def seen_voter(campaign: Campaign, once: str, *, chooses_anew: bool) -> Voter:
    """Whoever has the form before them and sends nothing: no code is looked up anew, and nothing is demanded."""
    if not campaign.has_codes:
        return _chosen(campaign, "" if chooses_anew else request.form.get("subject", ""), request.form.get("group", ""))
    voter = asked_voter(campaign)
    if "code" not in request.form and voter and entered.is_bound(voter.code or "", once, request.form.get("bound", "")):
        return voter
    return Voter(None, asks_code=True)


def spaced(typed: str) -> str:
    """What was typed in groups of four, as it stands on the slip; empty where it is not of digits alone, or far too long."""
    try:
        digits = reference.digits_of(typed)
    except reference.Mistyped:
        return ""
    return one_time.group(digits) if len(digits) <= _REFERENCE_DIGITS + 4 else ""


def _typed(campaign: Campaign, typed: str) -> Voter:
    try:
        code, opened = opened_by(typed)
    except Unopened as fault_:
        return Voter(None, asks_code=True, faults={"code": fault_.words}, status=fault_.status)
    if opened.slug != campaign.slug:
        return Voter(None, asks_code=True, faults={"code": _("This code belongs to another evaluation.")}, status=422)
    return _of(code, opened, was_typed=True)


def _of(code: str, opened: Opened, *, was_typed: bool = False) -> Voter:
    return Voter(opened.group, opened.subject, code, opened.refusal, opened.day, was_typed=was_typed)


def _chosen(campaign: Campaign, subject: str, group: str) -> Voter:
    """What an address or a form says; where there is nothing to choose, that is taken."""
    plan = campaign.plan
    only = plan.groups[0] if len(plan.groups) == 1 else None
    subject = subject or (plan.subjects[0] if len(plan.subjects) == 1 else "")
    return Voter(next((each for each in plan.groups if each == group), None) if group else only, subject)


def _checked(campaign: Campaign, voter: Voter) -> Voter:
    """With a sentence for what must still be chosen, or was changed into what the campaign does not have."""
    found = {} if voter.group else {"group": fault("choice")}
    if voter.subject not in (campaign.plan.subjects or ("",)):
        found["subject"] = fault("choice")
    return Voter(voter.group, voter.subject, faults=found)


def _slip(typed: str, reason: str) -> str:
    """A reference code is never looked up here; who has typed one is told where it belongs."""
    if reason == "length" and sum(each.isdecimal() for each in typed) == _REFERENCE_DIGITS:
        return _("This looks like the reference code of an opinion. It belongs under “Track”; here you need the sixteen digits "
                 "of a code for an evaluation.")
    return _(_SLIPS[reason])
