"""Paper forms on their way to cases: printed with a serial, typed in batches, checked by a second person.

Runs inside a transaction opened at the edge; what was typed is sealed until it is a case, and then gone from here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal.accounts.queries import find_staff
from portal.casework import actions
from portal.casework.actions import Opinion, Receipt
from portal.casework.models import PaperBatch, PaperEntry, PaperForm
from portal.casework.paper_lists import (
    batch_within,
    entry_of,
    form_in_use,
    form_of,
    hands_of,
    opened,
    place,
    reaches,
)
from portal.counters import next_of
from portal.db import db
from portal.domain.case import Terms
from portal.domain.codes import Channel, Lane
from portal.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError
from portal.domain.given import clean
from portal.domain.paper import EntryState, FormState, make_serial, may_check, may_type
from portal.domain.people import Actor
from portal.vault.actions import Vault
from portal.vault.box import new_key, seal_words

LONGEST_NOTE = 500
_OLDEST = timedelta(days=30)  # how long a form may have lain, as for letters


def print_forms(codes: Sequence[str], *, by: Actor, now: datetime, vault: Vault) -> list[str]:
    """A new form for each code; returns their serials in the same order. The codes are for paper alone."""
    connection = db.session.connection()
    serials = [make_serial(now.year, next_of(connection, f"paper|{now:%Y}")) for _code in codes]
    db.session.add_all(PaperForm(serial=serial, code_hash=vault.code_hash(code), unit=by.unit, printed_by=by.id,
                                 printed_at=now, state=FormState.PRINTED)
                       for serial, code in zip(serials, codes, strict=True))
    db.session.flush()
    return serials


def void_form(typed: str, *, by: Actor) -> str:
    """Takes a spoilt form out of use; returns its serial. Raises InvalidError, also for a form of units out of reach."""
    form = form_in_use(typed)
    if not reaches(by, form.unit):
        raise InvalidError({"serial": "serial_unknown"})
    if entry_of(form) is not None:
        raise InvalidError({"serial": "serial_typed"})
    form.state = FormState.VOID
    return form.serial


def open_batch(received_on: date | None, *, by: Actor, now: datetime) -> int:
    """A new batch, or the same person's empty one of that day. Raises InvalidError for a day that cannot be."""
    if received_on is None or not now.date() - _OLDEST <= received_on <= now.date():
        raise InvalidError({"received_on": "received_on"})
    used = select(PaperEntry.id).where(PaperEntry.batch_id == PaperBatch.id).exists()
    empty = db.session.scalar(select(PaperBatch.id).where(
        PaperBatch.unit == by.unit, PaperBatch.opened_by == by.id, PaperBatch.received_on == received_on, ~used).limit(1))
    if empty is not None:
        return empty
    batch = PaperBatch(unit=by.unit, opened_by=by.id, opened_at=now, received_on=received_on)
    db.session.add(batch)
    db.session.flush()
    return batch.id


def keep(batch_id: int, serial: str, words: Mapping[str, str], *, barred: Collection[str], by: Actor, now: datetime,
         vault: Vault, entry_id: int | None = None, seen: int = 0) -> None:
    """Keeps what was typed from a form, sealed; or changes it while it waits. Whoever typed last counts as the typist.

    Sent twice it is kept once. Raises InvalidError for a serial that cannot be typed, StaleError where a colleague was
    faster, NotFoundError.
    """
    batch = batch_within(batch_id, by)
    entry = _to_change(entry_id, batch, by, seen) if entry_id is not None else PaperEntry(batch_id=batch.id, version=0)
    form = form_in_use(serial)
    other = entry_of(form)
    if other is not None and other.id != entry_id:
        if entry_id is None and _is_the_same(other, batch, words, by, vault):
            return
        raise InvalidError({"serial": "serial_typed"})
    entry.form_id, entry.state, entry.version = form.id, EntryState.TYPED, entry.version + 1
    entry.typed_by, entry.typed_at, entry.note = _id(by), now, None
    entry.barred = f"|{'|'.join(sorted(barred))}|" if barred else None
    db.session.add(entry)
    db.session.flush()  # the place of the words names the entry
    key = new_key()
    entry.wrapped_key = vault.keyring.wrap(key, place(entry, "key"))
    entry.words = seal_words(key, words, place(entry, "words"))


def hand_over(batch_id: int, serial: str, report: Opinion, *, by: Actor, terms: Terms, vault: Vault,
              entry_id: int | None = None, seen: int = 0) -> None:
    """Makes a report of misconduct a case at once: no second person reads it, and the batch does not know of it.

    Raises what `keep` does.
    """
    batch = batch_within(batch_id, by)
    entry = _to_change(entry_id, batch, by, seen) if entry_id is not None else None
    form = form_in_use(serial)
    other = entry_of(form)
    if other is not None and other is not entry:
        raise InvalidError({"serial": "serial_typed"})
    if entry is not None:
        db.session.delete(entry)
    _submit(form, batch, report, clerk=by, terms=terms, vault=vault)


def send_back(entry_id: int, note: str, *, seen: int, by: Actor, vault: Vault) -> None:
    """Back to whoever types, with what differs from the paper. Raises InvalidError, StaleError, NotAllowedError."""
    entry, _batch = _to_check(entry_id, seen, by)
    words = clean(note)
    if not words or len(words) > LONGEST_NOTE:
        raise InvalidError({"note": "too_long" if words else "required"})
    key = vault.keyring.unwrap(entry.wrapped_key or b"", place(entry, "key"))
    entry.note = seal_words(key, {"note": words}, place(entry, "note"))
    entry.state, entry.version = EntryState.SENT_BACK, entry.version + 1


def confirm(entry_id: int, opinion: Opinion, *, seen: int, by: Actor, terms: Terms, vault: Vault) -> Receipt:
    """It matches the paper: now it is a case, under the code that its author holds. Raises StaleError, NotAllowedError.

    `opinion` is what version `seen` says. From here on the case alone has the words.
    """
    entry, batch = _to_check(entry_id, seen, by)
    typist = find_staff(entry.typed_by)
    clerk = typist.actor if typist is not None and typist.roles else by
    made = _submit(form_of(entry), batch, opinion, clerk=clerk, terms=terms, vault=vault)
    entry.state, entry.version, entry.checked_by, entry.checked_at = EntryState.DONE, entry.version + 1, by.id, terms.now
    entry.wrapped_key = entry.words = entry.note = None
    entry.barred = None
    return made


def _submit(form: PaperForm, batch: PaperBatch, opinion: Opinion, *, clerk: Actor, terms: Terms, vault: Vault) -> Receipt:
    received_on = max(batch.received_on, terms.today - _OLDEST)  # a check that comes too late must not cost the case
    made = actions.submit(
        replace(opinion, channel=Channel.PAPER, received_on=received_on), submission=f"paper form {form.serial}".encode(),
        code="", code_hash=form.code_hash, tokens=(), terms=terms, vault=vault, clerk=clerk)
    if opinion.lane is Lane.MISCONDUCT:
        form.state = FormState.VOID  # like a spoilt form: whoever looks it up must not learn that there is a report
    else:
        form.state, form.number = FormState.ENTERED, made.number
    return made


def _locked(entry_id: int) -> PaperEntry:
    locked = select(PaperEntry).where(PaperEntry.id == entry_id).with_for_update()
    entry = db.session.scalar(locked, execution_options={"populate_existing": True})  # as it is now that others must wait
    if entry is None:
        raise NotFoundError
    return entry


def _to_change(entry_id: int, batch: PaperBatch, by: Actor, seen: int) -> PaperEntry:
    """An entry of this batch that this person may change, in the version that was seen."""
    entry = _locked(entry_id)
    if entry.batch_id != batch.id or not may_type(by, hands_of(entry)):
        raise NotFoundError
    _refuse_stale(entry, seen)
    return entry


def _to_check(entry_id: int, seen: int, by: Actor) -> tuple[PaperEntry, PaperBatch]:
    entry = _locked(entry_id)
    batch = batch_within(entry.batch_id, by)
    _refuse_stale(entry, seen)
    if entry.state is not EntryState.TYPED or not may_check(by, hands_of(entry)):
        raise NotAllowedError("check")
    return entry, batch


def _refuse_stale(entry: PaperEntry, seen: int) -> None:
    if entry.state is EntryState.DONE or entry.version != seen:
        raise StaleError(number=form_of(entry).serial, seen=seen, now=entry.version)


def _is_the_same(entry: PaperEntry, batch: PaperBatch, words: Mapping[str, str], by: Actor, vault: Vault) -> bool:
    """Whether this very thing was kept a moment ago."""
    is_own = entry.batch_id == batch.id and entry.typed_by == by.id and entry.state is EntryState.TYPED
    return is_own and opened(entry, "words", vault) == dict(words)


def _id(actor: Actor) -> int:
    if actor.id is None:
        raise NotAllowedError("type")
    return actor.id
