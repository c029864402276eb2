"""Reads paper forms, batches and entries, each within the reach of its reader. What was typed is opened for an entry alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from portal.casework.models import PaperBatch, PaperEntry, PaperForm
from portal.db import db
from portal.domain.errors import InvalidError, NotFoundError
from portal.domain.paper import EntryState, FormState, Hands, may_check, may_type, parse_serial, reach
from portal.domain.people import Actor
from portal.vault.actions import Vault
from portal.vault.box import unseal_words

_MOST_LISTED = 60  # batches
_OUT_OF_USE = {FormState.ENTERED: "serial_entered", FormState.VOID: "serial_void"}


@dataclass(frozen=True)
class FormLine:
    """What became of one form; `waits` where it is typed and not yet a case."""

    serial: str
    state: FormState
    number: str | None
    printed_on: date
    waits: bool


@dataclass(frozen=True)
class BatchLine:
    """A batch in the list, with how many of its entries stand where."""

    id: int
    unit: str
    received_on: date
    opened_by: int
    counts: Mapping[EntryState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class EntryLine:
    """An entry in its batch: nothing of what it says."""

    id: int
    serial: str
    state: EntryState
    typed_by: int
    checked_by: int | None
    number: str | None
    may_type: bool
    may_check: bool


@dataclass(frozen=True)
class Entry:
    """An entry opened by somebody who may read it."""

    id: int
    batch_id: int
    serial: str
    state: EntryState
    version: int
    typed_by: int
    received_on: date
    words: Mapping[str, str]
    note: str
    may_check: bool


def form_counts(unit: str | None) -> dict[FormState, int]:
    """How many forms of a unit lie about, were entered, are void."""
    counted = select(PaperForm.state, func.count()).where(PaperForm.unit == unit).group_by(PaperForm.state)
    found: dict[FormState, int] = {row[0]: row[1] for row in db.session.execute(counted)}
    return {state: found.get(state, 0) for state in FormState}


def get_form(typed: str) -> FormLine:
    """Raises InvalidError naming what is wrong with the serial."""
    form = _form(typed, lock=False)
    entry = entry_of(form)
    return FormLine(form.serial, form.state, form.number, form.printed_at.date(),
                    waits=entry is not None and entry.state is not EntryState.DONE)


def check_serial(typed: str) -> str:
    """The serial of a form that nobody has typed yet; raises InvalidError."""
    form = form_in_use(typed, lock=False)
    if entry_of(form) is not None:
        raise InvalidError({"serial": "serial_typed"})
    return form.serial


def batches(viewer: Actor) -> list[BatchLine]:
    """The latest ones within reach, newest first."""
    units, wanted = reach(viewer), select(PaperBatch).order_by(PaperBatch.id.desc()).limit(_MOST_LISTED)
    if units is not None:
        wanted = wanted.where(PaperBatch.unit.in_(sorted(units)))
    found = list(db.session.scalars(wanted))
    counted = _counts([batch.id for batch in found])
    return [_batch_line(batch, counted) for batch in found]


def get_batch(batch_id: int, viewer: Actor) -> tuple[BatchLine, list[EntryLine]]:
    """A batch and its entries in the order of typing; raises NotFoundError, also out of reach."""
    batch = batch_within(batch_id, viewer)
    rows = db.session.execute(
        select(PaperEntry, PaperForm).join(PaperForm, PaperForm.id == PaperEntry.form_id)
        .where(PaperEntry.batch_id == batch.id).order_by(PaperEntry.id)).all()
    return _batch_line(batch, _counts([batch.id])), [_entry_line(entry, form, viewer) for entry, form in rows]


def get_entry(entry_id: int, viewer: Actor, vault: Vault) -> Entry:
    """An entry that still waits; raises NotFoundError for whoever may not read it, and once its words are a case's."""
    entry = db.session.get(PaperEntry, entry_id)
    if entry is None or entry.state is EntryState.DONE or not may_type(viewer, hands_of(entry)):
        raise NotFoundError
    batch = batch_within(entry.batch_id, viewer)
    return Entry(entry.id, batch.id, form_of(entry).serial, entry.state, entry.version, entry.typed_by, batch.received_on,
                 opened(entry, "words", vault), opened(entry, "note", vault).get("note", ""),
                 may_check=entry.state is EntryState.TYPED and may_check(viewer, hands_of(entry)))


def form_in_use(typed: str, *, lock: bool = True) -> PaperForm:
    """The form with this serial, neither entered nor void; raises InvalidError."""
    form = _form(typed, lock=lock)
    if form.state in _OUT_OF_USE:
        raise InvalidError({"serial": _OUT_OF_USE[form.state]})
    return form


def _form(typed: str, *, lock: bool) -> PaperForm:
    serial = parse_serial(typed)
    if serial is None:
        raise InvalidError({"serial": "serial" if typed.strip() else "required"})
    wanted = select(PaperForm).where(PaperForm.serial == serial)
    form = db.session.scalar(wanted.with_for_update() if lock else wanted, execution_options={"populate_existing": True})
    if form is None:
        raise InvalidError({"serial": "serial_unknown"})
    return form


def form_of(entry: PaperEntry) -> PaperForm:
    return db.session.scalars(select(PaperForm).where(PaperForm.id == entry.form_id)).one()


def entry_of(form: PaperForm) -> PaperEntry | None:
    return db.session.scalar(select(PaperEntry).where(PaperEntry.form_id == form.id))


def batch_within(batch_id: int, viewer: Actor) -> PaperBatch:
    """Raises NotFoundError, also out of the viewer's reach."""
    batch = db.session.get(PaperBatch, batch_id)
    if batch is None or not reaches(viewer, batch.unit):
        raise NotFoundError
    return batch


def reaches(viewer: Actor, unit: str) -> bool:
    units = reach(viewer)
    return units is None or unit in units


def hands_of(entry: PaperEntry) -> Hands:
    return Hands(entry.typed_by, frozenset(filter(None, (entry.barred or "").split("|"))))


def opened(entry: PaperEntry, what: str, vault: Vault) -> dict[str, str]:
    """The `words` or the `note` of an entry."""
    sealed: bytes | None = getattr(entry, what)
    if sealed is None or entry.wrapped_key is None:
        return {}
    return unseal_words(vault.keyring.unwrap(entry.wrapped_key, place(entry, "key")), sealed, place(entry, what))


def place(entry: PaperEntry, what: str) -> str:
    """What a sealed value of an entry is bound to."""
    return f"paper-entry {entry.id}|{what}"


def _batch_line(batch: PaperBatch, counted: Mapping[int, Mapping[EntryState, int]]) -> BatchLine:
    return BatchLine(batch.id, batch.unit, batch.received_on, batch.opened_by, counted.get(batch.id, {}))


def _entry_line(entry: PaperEntry, form: PaperForm, viewer: Actor) -> EntryLine:
    hands, waits = hands_of(entry), entry.state is EntryState.TYPED
    return EntryLine(entry.id, form.serial, entry.state, entry.typed_by, entry.checked_by, form.number,
                     may_type=entry.state is not EntryState.DONE and may_type(viewer, hands),
                     may_check=waits and may_check(viewer, hands))


def _counts(batch_ids: Sequence[int]) -> dict[int, dict[EntryState, int]]:
    rows = db.session.execute(select(PaperEntry.batch_id, PaperEntry.state, func.count()).where(
        PaperEntry.batch_id.in_(batch_ids)).group_by(PaperEntry.batch_id, PaperEntry.state))
    found: dict[int, dict[EntryState, int]] = {}
    for batch_id, state, n in rows:
        found.setdefault(batch_id, {})[state] = n
    return found
