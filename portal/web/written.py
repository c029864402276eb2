"""The written notices of petitions and reports: which acts give one, and what stands on the sheet. Decides nothing.

The sheet shows the case as it was right after the act, whatever happened later.
"""

from datetime import timedelta
from types import SimpleNamespace

from portal.casework.queries import CaseView
from portal.domain.codes import NEXT_STAGE, Action, Lane, Stage
from portal.domain.errors import NotFoundError
from portal.domain.history import Moment
from portal.domain.people import N_
from portal.web.current import content, terms
from portal.web.filters import unit_name
from portal.web.words import _, said

_DECISIONS = {Stage.FIRST: N_("Decision on a petition matter"), Stage.REVIEW: N_("Review of a petition matter"),
              Stage.RE_EXAMINATION: N_("Re-examination of a petition matter")}
_RECEIPTS = {Lane.PETITION: N_("Notice of acceptance of a petition matter"),
             Lane.MISCONDUCT: N_("Notice on how a report is handled")}
_EXTENSION = N_("Notice of more time for a petition matter")
_TEMPLATES = {Action.RECEIPT_NOTICE: "notices/receipt.html", Action.GRANT_EXTENSION: "notices/extension.html",
              Action.APPROVE: "notices/decision.html"}


def title_of(moment: Moment) -> str | None:
    """How the notice is called that this act gives; None for most acts."""
    action, case = moment.event.action, moment.after
    if action is Action.RECEIPT_NOTICE and case.lane in _RECEIPTS:
        return _(_RECEIPTS[case.lane])
    if case.lane is not Lane.PETITION:
        return None
    return {Action.APPROVE: _(_DECISIONS[case.stage]), Action.GRANT_EXTENSION: _(_EXTENSION)}.get(action)


def get_notice(view: CaseView, seq: int) -> SimpleNamespace:
    """The notice of the act with this place in the record, with its template; raises NotFoundError where there is none."""
    moment = next((each for each in view.history if each.seq == seq), None)
    title = title_of(moment) if moment else None
    if moment is None or title is None:
        raise NotFoundError
    case, event = moment.after, moment.event
    return SimpleNamespace(
        template=_TEMPLATES[event.action], title=title, number=f"{view.number}-{seq}", day=event.at.date(), case=case,
        words=event.words, asked=_asked(view, seq),
        unit=unit_name(case.unit) or unit_name(event.unit), request_title=view.title, request=view.text,
        addressee=(view.contact or {}).get("name"), sealed=case.lane is Lane.MISCONDUCT,
        basis=said(content().rules["petition-notice"], "basis"), rule_basis=_rule_basis(moment),
        until=event.at.date() + timedelta(days=terms().rating_window), next_stage=NEXT_STAGE.get(case.stage),
        higher=_higher(case.unit))


def _asked(view: CaseView, seq: int) -> str:
    """Why the unit asked for more time, before the act with this place in the record."""
    asked = (each.event.words.get("reason", "") for each in reversed(view.history)
             if each.seq < seq and each.event.action is Action.REQUEST_EXTENSION)
    return next(asked, "")


def _rule_basis(moment: Moment) -> str:
    """On what the promised time rests; rules frozen before their English was kept have the Chinese alone."""
    rule = moment.after.rule
    return str(said(SimpleNamespace(basis=rule["basis"], basis_en=rule.get("basis_en")), "basis")) if rule else ""


def _higher(unit: str | None) -> str:
    """The next higher unit; above the departments stands the bureau itself."""
    found = content().units.get(unit or "")
    if found is not None and found.parent:
        return unit_name(found.parent)
    return str(said(content().site, "bureau"))
