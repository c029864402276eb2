"""Numbers that would be dear to count, raised and lowered in the transaction of the change itself.

Two of them are versions: whatever anyone could see raises the public one, and a published page or the calendar the
content's beside it. Pages are kept for as long as theirs stands still.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, cast

from sqlalchemy import Connection, String, Table, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, db, read_committed

PUBLIC_VERSION, CONTENT_VERSION = "version|public", "version|content"


class Counter(Model):
    __tablename__ = "counters"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    n: Mapped[int]


@dataclass(frozen=True)
class Versions:
    """Numbers that change with what can be seen: with anything public, and with published pages alone."""

    public: int
    content: int


_COUNTERS = cast(Table, Counter.__table__)
_VERSIONS = select(_COUNTERS.c.key, _COUNTERS.c.n).where(_COUNTERS.c.key.in_((PUBLIC_VERSION, CONTENT_VERSION)))


def versions() -> Versions:
    found = {row.key: row.n for row in read_committed(_VERSIONS)}
    return Versions(found.get(PUBLIC_VERSION, 0), found.get(CONTENT_VERSION, 0))


def note_public_change() -> None:
    count(db.session.connection(), {PUBLIC_VERSION: 1})


def note_content_change() -> None:
    """Also where a page looks new without a new text: a calendar shows days left, days late and days that may move."""
    count(db.session.connection(), {PUBLIC_VERSION: 1, CONTENT_VERSION: 1})


def count(connection: Connection, changed: Mapping[str, int]) -> None:
    """Raises and lowers counters in one statement, always in the same order, so that two writers cannot lock in a ring."""
    rows = [{"key": key, "n": n} for key, n in sorted(changed.items()) if n]
    if not rows:
        return
    connection.execute(_raising(connection.dialect.name), rows)


def next_of(connection: Connection, key: str) -> int:
    """The next number of a series, 1 first; until the end of the transaction nobody else can take one."""
    statement = _raising(connection.dialect.name).returning(_COUNTERS.c.n)
    return int(connection.execute(statement, {"key": key, "n": 1}).scalar_one())


@cache
def _raising(dialect_name: str) -> Any:
    dialect = import_module(f"sqlalchemy.dialects.{dialect_name}")  # the other one costs a start 20 ms
    added = dialect.insert(_COUNTERS)
    return added.on_conflict_do_update(index_elements=["key"], set_={"n": _COUNTERS.c.n + added.excluded.n})
