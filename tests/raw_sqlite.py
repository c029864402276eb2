"""Reads an SQLite database as bytes, as somebody would who has nothing but its files: pages, b-trees, rows and where they lie.

The file format is that of https://www.sqlite.org/fileformat2.html; frames of the write-ahead log count as far as they
were committed. Text is UTF-8.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

_WAL_HEAD, _FRAME_HEAD = 32, 24
_INTERIOR_INDEX, _INTERIOR_TABLE, _LEAF_INDEX, _LEAF_TABLE = 0x02, 0x05, 0x0A, 0x0D
_WHOLE_SIZES = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0}  # serial type -> bytes


class Row(NamedTuple):
    """`page` and `offset` say where its cell begins."""

    values: tuple[Any, ...]
    page: int
    offset: int


@dataclass(frozen=True)
class RawDatabase:
    """The bytes of the database, of its write-ahead log and of the index of that log, at one moment."""

    main: bytes
    log: bytes = b""
    shared: bytes = b""

    @classmethod
    def at(cls, file: Path) -> "RawDatabase":
        sides = (file.with_name(file.name + end) for end in ("-wal", "-shm"))
        return cls(file.read_bytes(), *(each.read_bytes() if each.exists() else b"" for each in sides))

    @property
    def parts(self) -> tuple[bytes, ...]:
        return self.main, self.log, self.shared

    @cached_property
    def page_size(self) -> int:
        told = int.from_bytes(self.main[16:18])
        return 65_536 if told == 1 else told

    @cached_property
    def pages(self) -> dict[int, bytes]:
        """As a reader of the database sees them: number, from 1 -> bytes."""
        size = self.page_size
        found = {n + 1: self.main[n * size:(n + 1) * size] for n in range(len(self.main) // size)}
        return {**found, **self._committed()}

    def _committed(self) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        waiting: dict[int, bytes] = {}
        salts, step = self.log[16:24], _FRAME_HEAD + self.page_size
        for start in range(_WAL_HEAD, len(self.log) - step + 1, step):
            head = self.log[start:start + _FRAME_HEAD]
            if head[8:16] != salts:
                break
            waiting[int.from_bytes(head[:4])] = self.log[start + _FRAME_HEAD:start + step]
            if int.from_bytes(head[4:8]):
                found |= waiting
                waiting = {}
        return found

    @cached_property
    def roots(self) -> Mapping[str, int]:
        """Table -> the page on which its b-tree begins."""
        return {row.values[1]: row.values[3] for row in self._tree(1) if row.values[0] == "table"}

    def rows(self, table: str) -> list[Row]:
        """In the order in which they are stored; of a table without row numbers the columns of its key come first."""
        return list(self._tree(self.roots[table]))

    def _tree(self, number: int) -> Iterator[Row]:
        page, start = self.pages[number], 100 if number == 1 else 0
        kind, many = page[start], int.from_bytes(page[start + 3:start + 5])
        is_leaf = kind in (_LEAF_INDEX, _LEAF_TABLE)
        first = start + (8 if is_leaf else 12)
        for n in range(many):
            at = int.from_bytes(page[first + 2 * n:first + 2 * n + 2])
            if not is_leaf:
                yield from self._tree(int.from_bytes(page[at:at + 4]))
            if kind != _INTERIOR_TABLE:
                yield Row(self._record(page, at if is_leaf else at + 4, kind), number, at)
        if not is_leaf:
            yield from self._tree(int.from_bytes(page[start + 8:start + 12]))

    def _record(self, page: bytes, at: int, kind: int) -> tuple[Any, ...]:
        size, at = _varint(page, at)
        if kind == _LEAF_TABLE:
            _number, at = _varint(page, at)
        return tuple(_values(self._payload(page, at, size, kind)))

    def _payload(self, page: bytes, at: int, size: int, kind: int) -> bytes:
        """What lies in the cell, and on the pages to which it flows over."""
        usable = self.page_size - self.main[20]
        most = usable - 35 if kind == _LEAF_TABLE else (usable - 12) * 64 // 255 - 23
        if size <= most:
            return page[at:at + size]
        least = (usable - 12) * 32 // 255 - 23
        here = least + (size - least) % (usable - 4)
        here = here if here <= most else least
        found, following = page[at:at + here], int.from_bytes(page[at + here:at + here + 4])
        while following:
            over = self.pages[following]
            found, following = found + over[4:usable], int.from_bytes(over[:4])
        return found[:size]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins there, and where it has ended."""
    value = 0
    for n in range(8):
        value = value << 7 | data[at + n] & 0x7F
        if data[at + n] < 0x80:
            return value, at + n + 1
    return value << 8 | data[at + 8], at + 9


def _values(payload: bytes) -> Iterator[Any]:
    """Numbers, texts and bytes; no table here keeps broken numbers."""
    head, at = _varint(payload, 0)
    body = head
    while at < head:
        kind, at = _varint(payload, at)
        size = _WHOLE_SIZES[kind] if kind < 12 else (kind - 12) // 2
        held, body = payload[body:body + size], body + size
        if kind == 0:
            yield None
        elif kind < 12:
            yield kind - 8 if kind in (8, 9) else int.from_bytes(held, signed=True)
        else:
            yield held.decode() if kind % 2 else held
