"""Writes exports of the ledger, a step at a time, for the worker: rows gathered, then a CSV or XLSX file made of them.

A spreadsheet never computes what people wrote: cells are strings, and those of CSV files are guarded.
"""

import csv
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from flask import current_app

from portal import clock
from portal.accounts.queries import find_staff
from portal.casework import ledger
from portal.casework.ledger import Export
from portal.db import db, transaction
from portal.domain.ledger import COLUMNS, ExportKind, ExportState, guarded
from portal.i18n import DEFAULT
from portal.vault.box import SealError
from portal.web.current import settings, vault
from portal.web.ledger_lines import cells
from portal.web.words import _, speak

_FOLDER = "export-"
_LONGEST_WRITING = 3600  # seconds
_STEPS = 20  # slices of one round; then others have their turn
_ROWS_OF_A_SHEET = 1_000_000
_WIDTHS = (14, 12, 12, 18, 16, 40, 20, 12, 16, 12, 14, 22, 30)  # characters, one for each column


def write_exports() -> int:
    """Some steps of the oldest export under way; how many were taken."""
    for step in range(_STEPS):
        export = ledger.next_under_way()
        if export is None:
            return step
        try:
            _step(export)
        except (SealError, OSError) as fault:
            current_app.logger.error("export: %s", type(fault).__name__)
            with transaction():
                ledger.fail(export.id, now=clock.now())
        db.session.remove()
    return _STEPS


def forget_exports() -> int:
    """Deletes files that were kept for a day, and what a worker that was killed left unsealed; how many of the former."""
    for folder in settings().data.glob(f"{_FOLDER}*"):
        with suppress(OSError):  # another worker removed it just now
            if folder.stat().st_mtime < clock.seconds() - _LONGEST_WRITING:
                rmtree(folder)
    if not ledger.has_old_exports(clock.now()):
        return 0
    with transaction():
        return ledger.forget_old_exports(clock.now())


def _step(export: Export) -> None:
    owner = find_staff(export.account_id)
    if owner is None or not owner.active:
        with transaction():
            ledger.fail(export.id, now=clock.now())
    elif export.state is ExportState.GATHERING:
        with transaction():
            ledger.gather(export.id, owner.actor, vault(), now=clock.now())
    else:
        _write(export)


def _write(export: Export) -> None:
    """The file is made in a folder of its own beside the data, sealed piece by piece, and the folder removed."""
    speak(export.language)
    try:
        with TemporaryDirectory(prefix=_FOLDER, dir=settings().data) as folder:
            file = Path(folder) / f"ledger.{export.kind.value}"
            {ExportKind.CSV: _write_csv, ExportKind.XLSX: _write_xlsx}[export.kind](export, file)
            with transaction():
                ledger.put_away(export.id, _pieces(file), vault(), now=clock.now())
    finally:
        speak(DEFAULT)


def _rows(export: Export) -> Iterator[tuple[str, ...]]:
    yield tuple(_(column) for column in COLUMNS)
    yield from map(cells, ledger.gathered(export.id, vault()))


def _write_csv(export: Export, file: Path) -> None:
    """UTF-8 with a mark at its beginning, without which Excel takes it for something else."""
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened, quoting=csv.QUOTE_ALL)  # no cell ends at another mark that a reader takes for the end
        writer.writerows([guarded(cell) for cell in row] for row in _rows(export))


def _write_xlsx(export: Export, file: Path) -> None:
    """Row by row: whatever the number of rows, one of them is in memory."""
    import xlsxwriter  # loaded only when somebody wants such a file

    with xlsxwriter.Workbook(str(file), {"constant_memory": True, "tmpdir": str(file.parent)}) as book:
        bold, sheet = book.add_format({"bold": True}), None
        for number, row in enumerate(_rows(export)):
            at = number % _ROWS_OF_A_SHEET
            if sheet is None or at == 0:
                sheet = book.add_worksheet()
                sheet.freeze_panes(1, 1)
                for column, width in enumerate(_WIDTHS):
                    sheet.set_column(column, column, width)
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell, bold if number == 0 else None)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(ledger.PIECE):
            yield piece
