"""The ledger as the record has it: pages of it, and exports that are gathered slice by slice and kept sealed for a day.

An export gathers rows, then a file is written of them elsewhere and put away here. Knows neither pages nor formats.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Select, Text, and_, cast, delete, func, insert, or_, select, true

from portal.casework.codec import unpacked_case
from portal.casework.models import CaseRecord, EventRecord, LedgerExport, LedgerPart
from portal.casework.scoping import within
from portal.casework.sealing import CaseSeal
from portal.db import db
from portal.domain.disclosure import scope
from portal.domain.errors import InvalidError, NotFoundError
from portal.domain.ledger import Entry, ExportKind, ExportState, entry
from portal.domain.people import Actor, Role
from portal.vault.actions import Vault
from portal.vault.box import new_key, seal, unseal

PAGE = 50
COUNTED_UP_TO = 10_000
SLICE = 1_000  # rows of one step
KEPT = timedelta(hours=24)
PIECE = 1024 * 1024  # bytes of the file in one part
_CONTEXT, _ROWS, _FILE = "ledger-export", "rows", "file"
_UNDER_WAY = (ExportState.GATHERING, ExportState.WRITING)


@dataclass(frozen=True)
class Asked:
    """What part of the ledger is asked for; empty ask nothing. Months are `2026-11`, both included."""

    first: str = ""
    last: str = ""
    unit: str = ""
    category: str = ""
    lane: str = ""

    def condition(self) -> ColumnElement[bool]:
        columns = {"unit": CaseRecord.unit, "category": CaseRecord.category, "lane": CaseRecord.lane}
        asked = [column == value for name, column in columns.items() if (value := getattr(self, name))]
        if self.first:
            asked.append(CaseRecord.received_on >= date.fromisoformat(f"{self.first}-01"))
        if self.last:
            asked.append(CaseRecord.received_on < _month_after(self.last))
        return and_(true(), *asked)

    @property
    def query(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Export:
    """What its owner sees of an export."""

    id: int
    account_id: int
    kind: ExportKind
    state: ExportState
    query: Mapping[str, str]
    language: str
    done: int
    total: int
    size: int
    created_at: datetime
    changed_at: datetime

    @property
    def is_under_way(self) -> bool:
        return self.state in _UNDER_WAY

    @property
    def until(self) -> datetime:
        """When the file is deleted."""
        return self.changed_at + KEPT


def _month_after(month: str) -> date:
    first = date.fromisoformat(f"{month}-01")
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


# --- pages ------------------------------------------------------------------------------------------------------------

def ledger_page(asked: Asked, actor: Actor, vault: Vault, *, today: date, after: str = "") -> list[Entry]:
    """One page and one line more, the newest first; `after` is the number of the last line before it."""
    found = _found(asked, actor)
    last = _place_of(after, actor) if after else None
    if last is not None:
        found = found.where(or_(CaseRecord.received_on < last[0],
                                and_(CaseRecord.received_on == last[0], CaseRecord.id < last[1])))
    ids = db.session.scalars(found.order_by(CaseRecord.received_on.desc(), CaseRecord.id.desc()).limit(PAGE + 1)).all()
    lines = dict(_entries(ids, vault, today))
    return [lines[each] for each in ids]


def count_ledger(asked: Asked, actor: Actor) -> int | None:
    """How many lines; None for more than COUNTED_UP_TO."""
    found = _found(asked, actor).limit(COUNTED_UP_TO + 1).subquery()
    count = db.session.scalar(select(func.count()).select_from(found)) or 0
    return count if count <= COUNTED_UP_TO else None


def _found(asked: Asked, actor: Actor) -> Select[int]:
    return select(CaseRecord.id).where(within(scope(actor)), asked.condition())


def _place_of(number: str, actor: Actor) -> tuple[date, int] | None:
    own = and_(CaseRecord.number == number, within(scope(actor)))
    row = db.session.execute(select(CaseRecord.received_on, CaseRecord.id).where(own)).first()
    return (row[0], row[1]) if row else None


def _entries(ids: Iterable[int], vault: Vault, today: date) -> Iterator[tuple[int, Entry]]:
    columns = select(CaseRecord.id, CaseRecord.number, CaseRecord.wrapped_key, CaseRecord.state, EventRecord.words).join(
        EventRecord, and_(EventRecord.case_id == CaseRecord.id, EventRecord.seq == 1))
    for row in db.session.execute(columns.where(CaseRecord.id.in_(list(ids)))):
        key = CaseSeal(row.number, vault.keyring.unwrap(row.wrapped_key, row.number))
        title = key.open_words(row.words, "event:1").get("title", "")
        yield row.id, entry(row.number, title, unpacked_case(row.state), today)


# --- exports ----------------------------------------------------------------------------------------------------------

def order(asked: Asked, kind: ExportKind, actor: Actor, *, language: str, now: datetime, vault: Vault) -> int:
    """Asks for an export; its id. Raises InvalidError while another one of this person is under way."""
    account = _id_of(actor)
    running = select(LedgerExport.id).where(LedgerExport.account_id == account, LedgerExport.state.in_(_UNDER_WAY))
    if db.session.scalar(running.limit(1)) is not None:
        raise InvalidError({"kind": "export_running"})
    total = db.session.scalar(select(func.count()).select_from(_found(asked, actor).subquery())) or 0
    row = LedgerExport(account_id=account, viewer=_rights(actor), kind=kind, query=asked.query, language=language,
                       state=ExportState.GATHERING, done=0, total=total, last_id=None, size=0,
                       wrapped_key=vault.keyring.wrap(new_key(), _CONTEXT), created_at=now, changed_at=now)
    db.session.add(row)
    db.session.flush()
    return row.id


def exports(actor: Actor, *, of_all: bool = False, limit: int = 20) -> list[Export]:
    """The newest ones, one's own or those of all; of others none that could tell how many sealed reports there are."""
    own = LedgerExport.account_id == actor.id
    openly = cast(LedgerExport.viewer, Text).not_like(f'%"{Role.DISCIPLINE_OFFICER.value}"%')
    newest = select(LedgerExport).where(or_(own, openly) if of_all else own).order_by(LedgerExport.id.desc()).limit(limit)
    return [_export(row) for row in db.session.scalars(newest)]


def get_export(export_id: int, actor: Actor) -> Export:
    """Raises NotFoundError for another person's, and once the rights under which it was asked for have changed."""
    return _export(_own(export_id, actor))


def pieces_of(export_id: int, actor: Actor, vault: Vault, *, now: datetime) -> Iterator[bytes]:
    """The file, a piece at a time; raises NotFoundError where it is not there (any more)."""
    row = _own(export_id, actor)
    if row.state is not ExportState.READY or now > row.changed_at + KEPT:
        raise NotFoundError
    return _parts(export_id, _FILE, _key(row, vault))


def next_under_way() -> Export | None:
    """The oldest export that still wants work."""
    oldest = select(LedgerExport).where(LedgerExport.state.in_(_UNDER_WAY)).order_by(LedgerExport.id).limit(1)
    row = db.session.scalar(oldest)
    return _export(row) if row is not None else None


def gather(export_id: int, actor: Actor, vault: Vault, *, now: datetime) -> Export:
    """One slice of rows more. An export whose owner's rights have changed fails. Belongs inside a transaction."""
    row = _locked(export_id)
    if row.state is not ExportState.GATHERING:
        return _export(row)
    if _rights(actor) != row.viewer:
        return fail(export_id, now=now)
    found = _found(Asked(**row.query), actor).order_by(CaseRecord.received_on, CaseRecord.id).limit(SLICE)
    if row.last_id is not None:
        day = select(CaseRecord.received_on).where(CaseRecord.id == row.last_id).scalar_subquery()
        found = found.where(or_(CaseRecord.received_on > day, and_(CaseRecord.received_on == day, CaseRecord.id > row.last_id)))
    ids = db.session.scalars(found).all()
    lines = dict(_entries(ids, vault, now.date()))
    if ids:
        data = zlib.compress(msgspec.json.encode([lines[each] for each in ids]))
        _put(row, _ROWS, row.done // SLICE, data, vault)
        row.done, row.last_id = row.done + len(ids), ids[-1]
    if len(ids) < SLICE:
        row.state, row.total = ExportState.WRITING, row.done
    row.changed_at = now
    return _export(row)


def gathered(export_id: int, vault: Vault) -> Iterator[Entry]:
    """All rows of an export in their order, a slice in memory at a time."""
    row = db.session.get_one(LedgerExport, export_id)
    for data in _parts(export_id, _ROWS, _key(row, vault)):
        yield from msgspec.json.decode(zlib.decompress(data), type=list[Entry])


def put_away(export_id: int, pieces: Iterable[bytes], vault: Vault, *, now: datetime) -> Export:
    """Keeps the written file in place of the rows. Belongs inside a transaction; a second writer changes nothing."""
    row = _locked(export_id)
    if row.state is not ExportState.WRITING:
        return _export(row)
    size = 0
    for seq, piece in enumerate(pieces):
        _put(row, _FILE, seq, piece, vault)
        size += len(piece)
    db.session.execute(delete(LedgerPart).where(LedgerPart.export_id == export_id, LedgerPart.kind == _ROWS))
    row.state, row.size, row.changed_at = ExportState.READY, size, now
    return _export(row)


def fail(export_id: int, *, now: datetime) -> Export:
    """Gives an export up. Belongs inside a transaction."""
    row = _locked(export_id)
    _empty(row, ExportState.FAILED)
    row.changed_at = now
    return _export(row)


def has_old_exports(now: datetime) -> bool:
    return db.session.scalar(select(LedgerExport.id).where(_old(now)).limit(1)) is not None


def forget_old_exports(now: datetime) -> int:
    """Deletes files after a day; that there was an export, whose and of how many rows, stays. Inside a transaction."""
    rows = db.session.scalars(select(LedgerExport).where(_old(now))).all()
    for row in rows:
        _empty(row, ExportState.DELETED if row.state is ExportState.READY else ExportState.FAILED)
    return len(rows)



def _old(now: datetime) -> ColumnElement[bool]:
    return and_(LedgerExport.wrapped_key.is_not(None), LedgerExport.changed_at < now - KEPT)


def _id_of(actor: Actor) -> int:
    if actor.id is None:
        raise NotFoundError
    return actor.id


def _rights(actor: Actor) -> dict[str, object]:
    return {"roles": sorted(role.value for role in actor.roles), "unit": actor.unit, "charge": sorted(actor.charge)}


def _own(export_id: int, actor: Actor) -> LedgerExport:
    row = db.session.get(LedgerExport, export_id)
    if row is None or row.account_id != actor.id or row.viewer != _rights(actor):
        raise NotFoundError
    return row


def _locked(export_id: int) -> LedgerExport:
    wanted = select(LedgerExport).where(LedgerExport.id == export_id).with_for_update()
    row = db.session.scalar(wanted, execution_options={"populate_existing": True})
    if row is None:
        raise NotFoundError
    return row


def _key(row: LedgerExport, vault: Vault) -> bytes:
    if row.wrapped_key is None:
        raise NotFoundError
    return vault.keyring.unwrap(row.wrapped_key, _CONTEXT)


def _put(row: LedgerExport, kind: str, seq: int, data: bytes, vault: Vault) -> None:
    sealed = seal(_key(row, vault), data, f"{_CONTEXT}|{row.id}|{kind}|{seq}")
    db.session.execute(insert(LedgerPart).values(export_id=row.id, kind=kind, seq=seq, data=sealed))  # past the session


def _parts(export_id: int, kind: str, key: bytes) -> Iterator[bytes]:
    """One part in memory at a time."""
    own = and_(LedgerPart.export_id == export_id, LedgerPart.kind == kind)
    for seq in db.session.scalars(select(LedgerPart.seq).where(own).order_by(LedgerPart.seq)).all():
        sealed = db.session.scalars(select(LedgerPart.data).where(own, LedgerPart.seq == seq)).one()
        yield unseal(key, sealed, f"{_CONTEXT}|{export_id}|{kind}|{seq}")


def _empty(row: LedgerExport, state: ExportState) -> None:
    db.session.execute(delete(LedgerPart).where(LedgerPart.export_id == row.id))
    row.state, row.wrapped_key = state, None


def _export(row: LedgerExport) -> Export:
    return Export(id=row.id, account_id=row.account_id, kind=row.kind, state=row.state, query=row.query, language=row.language,
                  done=row.done, total=row.total, size=row.size, created_at=row.created_at, changed_at=row.changed_at)
