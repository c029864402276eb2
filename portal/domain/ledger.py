"""The uniform ledger (工作台账): the fixed columns of a case, and cells that no spreadsheet takes for a formula.

Knows no files and no languages: a row holds codes and days, whoever shows it finds the words.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.domain.case import Case
from portal.domain.codes import Channel, Extension, Lane, Outcome, Publication, Stage, Status
from portal.domain.people import N_


class ExportKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class ExportState(StrEnum):
    """How far an export is: rows are being gathered, the file is written, it can be fetched; or it is gone."""

    GATHERING = "gathering"
    WRITING = "writing"
    READY = "ready"
    DELETED = "deleted"
    FAILED = "failed"


COLUMNS = (N_("No."), N_("Received on"), N_("Channel"), N_("Nature"), N_("Category"), N_("Summary"), N_("Unit"), N_("Due day"),
           N_("Result"), N_("Answered on"), N_("Satisfaction"), N_("Rectification"), N_("Remarks"))


class Remark(StrEnum):
    """What else a reader of the ledger must know of a case."""

    LATE = "late"
    EXTENDED = "extended"
    WAITED = "waited"
    SUPERVISED = "supervised"
    DISPUTED = "disputed"
    HANDED_ON = "handed-on"
    REVIEW = "review"
    MERGED = "merged"
    HIDDEN = "hidden"


REMARK_WORDS = {
    Remark.LATE: N_("late"), Remark.EXTENDED: N_("extended"), Remark.WAITED: N_("waited for the author"),
    Remark.SUPERVISED: N_("supervised"), Remark.DISPUTED: N_("not accepted once"), Remark.HANDED_ON: N_("handed over again"),
    Remark.REVIEW: N_("review"), Remark.MERGED: N_("joined to another case"), Remark.HIDDEN: N_("not public"),
}


class Rectified(StrEnum):
    OWED = "owed"
    DONE = "done"


@dataclass(frozen=True)
class Entry:
    """One line of the ledger. `outcome` is that of an answered case; `summary` is the author's title."""

    number: str
    received_on: date
    channel: Channel
    lane: Lane
    category: str
    summary: str
    unit: str | None
    due_on: date
    status: Status
    outcome: Outcome | None
    answered_on: date | None
    rating: int | None
    rectified: Rectified | None
    rectified_on: date | None
    remarks: tuple[Remark, ...]


def entry(number: str, title: str, case: Case, today: date) -> Entry:
    """The line of a case as it stands today."""
    rectified = Rectified.OWED if case.rectify_due else Rectified.DONE if case.rectified_on else None
    return Entry(
        number=number, received_on=case.received_on, channel=case.channel, lane=case.lane, category=case.category,
        summary=title, unit=case.unit, due_on=case.due_on, status=case.status,
        outcome=case.outcome if case.answered_on else None, answered_on=case.answered_on, rating=case.rating,
        rectified=rectified, rectified_on=case.rectify_due or case.rectified_on,
        remarks=tuple(remark for remark, holds in _remarks(case, today).items() if holds))


def _remarks(case: Case, today: date) -> dict[Remark, bool]:
    finished = case.answered_on or (today if case.is_open and case.status is not Status.WAITING else None)
    return {
        Remark.LATE: finished is not None and finished > case.due_on,
        Remark.EXTENDED: case.extension is Extension.GRANTED,
        Remark.WAITED: case.waited > 0,
        Remark.SUPERVISED: case.orders > 0,
        Remark.DISPUTED: case.disputed,
        Remark.HANDED_ON: case.handovers > 1,
        Remark.REVIEW: case.stage is not Stage.FIRST,
        Remark.MERGED: case.merged_into is not None,
        Remark.HIDDEN: case.publication is Publication.HIDDEN,
    }


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # the wide ones too, where Chinese is typed


def guarded(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would compute instead of show (CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
