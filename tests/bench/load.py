"""Fills a database with many public cases, straight into the tables, and keeps it for the next run.

Rows, search index and counters are as `portal.casework.projection` would have left them, which is checked on
samples. The cases behind the rows hold no events: nothing measured here reads any.
"""

import json
import os
import secrets
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask

from portal import migrate
from portal.casework import projection
from portal.casework.codec import packed
from portal.casework.projection import facet_key, month_key
from portal.config import ROOT, from_environment
from portal.content import Content
from portal.counters import PUBLIC_VERSION
from portal.db import db, transaction
from portal.domain import reference
from portal.domain.case import Case
from portal.domain.codes import Lane, Outcome, Publication, Status
from portal.factory import build
from portal.publishing.actions import import_content
from portal.vault.actions import Vault, open_vault, prepare_vault
from tests.bench.phrases import Piece, pieces

FOLDER = ROOT / "var" / "bench"
SEED = 20261124
CODES = 3_000  # so many of the newest cases have a code that the benchmark knows
_YEARS = 10
_RECENT = 30  # days within which a case may still be open or wait for its rating
_PUBLISHED = 0.62
_BLOCK = 10_000
_CATEGORIES = {"question": 24, "suggestion": 22, "complaint": 19, "help": 10, "praise": 8, "report-back": 8, "enforcement": 5,
               "petition": 4}
_STATES = {Status.CLOSED: 78, Status.DECLINED: 7, Status.REFERRED: 10, Status.WITHDRAWN: 5}
_RECENT_STATES = {Status.RECEIVED: 4, Status.ASSIGNED: 6, Status.HANDLING: 18, Status.WAITING: 4, Status.DRAFTED: 5,
                  Status.ANSWERED: 36, Status.CLOSED: 22, Status.REFERRED: 3, Status.DECLINED: 2}
_ANSWERED = frozenset({Status.ANSWERED, Status.CLOSED})
MADE_BY = (*sorted((ROOT / "portal" / "migrations" / "versions").glob("*.py")), Path(__file__))

Row = dict[str, Any]


@dataclass(frozen=True)
class Loaded:
    """A folder that can be PORTAL_DATA, with what the client must know of it."""

    folder: Path
    cases: int
    numbers: tuple[str, ...]  # of all published cases, thinned out
    codes: tuple[str, ...]
    combinations: tuple[tuple[str, str, str], ...]  # category, unit, state: those with most cases first

    @property
    def database(self) -> Path:
        return self.folder / "portal.sqlite3"


def environment(folder: Path) -> dict[str, str]:
    """Everything that a server of this folder needs; one process counts its limits in memory."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PORTAL_DATA": str(folder), "PORTAL_WORKERS": "1", "PORTAL_PROXIES": "1"}


def prepared(folder: Path) -> Flask:
    """The portal on an initialised database."""
    app = build(from_environment(environment(folder)))
    with app.app_context():
        if migrate.current(db.engine) != migrate.HEAD:
            migrate.upgrade(db.engine)
        with transaction():
            prepare_vault(app.extensions["portal-keyring"])
            import_content(app.extensions["portal-content"].folder, now=datetime.now(UTC))
    return app


def loaded(cases: int, *, fresh: bool) -> Loaded:
    """The database with so many cases, made now or in an earlier run."""
    folder, told = FOLDER / str(cases), FOLDER / str(cases) / "loaded.json"
    if fresh or not told.exists() or json.loads(told.read_text("utf-8"))["made_by"] != _made_by():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        _load(folder, cases, told)
    kept = json.loads(told.read_text("utf-8"))
    return Loaded(folder, cases, tuple(kept["numbers"]), tuple(kept["codes"]), tuple(map(tuple, kept["combinations"])))


def _load(folder: Path, cases: int, told: Path) -> None:
    begun = time.monotonic()
    app = prepared(folder)
    with app.app_context():
        vault = open_vault(app.extensions["portal-keyring"])
        city: Content = app.extensions["portal-content"]
        db.session.remove()
        db.engine.dispose()
    file = sqlite3.connect(folder / "portal.sqlite3", isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "foreign_keys=OFF", "locking_mode=EXCLUSIVE"):
        file.execute(f"PRAGMA {pragma}")
    indexes = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
                           " AND tbl_name IN ('cases', 'public_cases')").fetchall()
    for name, _sql in indexes:
        file.execute(f"DROP INDEX {name}")
    file.execute("BEGIN")
    maker = _Maker(Random(SEED), city, vault, cases)
    _insert(file, maker)
    _say(f"{cases:,} rows", begun)
    for _name, sql in indexes:
        file.execute(sql)
    _say(f"{len(indexes)} indexes", begun)
    combinations = _count(file, maker)
    file.execute("COMMIT")
    file.execute("ANALYZE")
    file.execute("PRAGMA locking_mode=NORMAL")
    file.execute("PRAGMA journal_mode=WAL")
    step = max(cases // 5_000, 1)
    numbers = [number for (number,) in file.execute(
        "SELECT number FROM public_cases WHERE text IS NOT NULL AND id % ? = 0 ORDER BY id", (step,))]
    file.close()
    _say(f"ready, {(folder / 'portal.sqlite3').stat().st_size / 1e9:.2f} GB", begun)
    told.write_text(json.dumps({"made_by": _made_by(), "numbers": numbers, "codes": maker.codes,
                                "combinations": combinations}), "utf-8")


def _made_by() -> str:
    """Changes with the tables and with the way they are filled: then the database is made anew."""
    return blake2b(b"".join(file.read_bytes() for file in MADE_BY), digest_size=8).hexdigest()


def _say(what: str, begun: float) -> None:
    print(f"    {time.monotonic() - begun:6.1f} s  {what}", flush=True)


class _Maker:
    """Makes the rows, in order of time: `cases`, `public_cases` and `public_search`, a block at a time."""

    def __init__(self, chance: Random, city: Content, vault: Vault, cases: int) -> None:
        self.chance, self.city, self.vault, self.cases = chance, city, vault, cases
        self.pieces: list[Piece] = pieces(chance)
        self.units = [unit.code for unit in city.units.values() if unit.kind != "room"]
        self.codes: list[str] = []
        self.series: Counter[str] = Counter()
        self.today = datetime.now(UTC).date()
        self.first = date(self.today.year - _YEARS, 1, 1)

    def blocks(self) -> Iterator[tuple[list[Row], list[Row], list[tuple[int, str]]]]:
        for begin in range(1, self.cases + 1, _BLOCK):
            yield self._block(range(begin, min(begin + _BLOCK, self.cases + 1)))

    def _block(self, ids: range) -> tuple[list[Row], list[Row], list[tuple[int, str]]]:
        many, chance = len(ids), self.chance
        categories = chance.choices(list(_CATEGORIES), list(_CATEGORIES.values()), k=many)
        units = chance.choices(self.units, [1 / (n + 1) ** 0.7 for n in range(len(self.units))], k=many)
        districts = chance.choices([*self.city.districts, ""], [5, 5, 3, 2, 2, 3], k=many)
        old = chance.choices(list(_STATES), list(_STATES.values()), k=many)
        young = chance.choices(list(_RECENT_STATES), list(_RECENT_STATES.values()), k=many)
        said = chance.choices(self.pieces, k=many * 24)
        span, made, public, words = (self.today - self.first).days, [], [], []
        for n, id_ in enumerate(ids):
            received = self.first + timedelta(days=id_ * span // (self.cases + 1))
            state = young[n] if (self.today - received).days <= _RECENT else old[n]
            self.series[str(received.year)] += 1
            number = f"{received.year}-{self.series[str(received.year)]:06}"
            unit = "" if state in (Status.RECEIVED, Status.DECLINED, Status.REFERRED) else units[n]
            row, found = self._public(id_, number, categories[n], unit, districts[n], state, received, said[n * 24:n * 24 + 24])
            made.append(self._case(id_, number, row))
            public.append(row)
            if found:
                words.append((id_, found))
        return made, public, words

    def _public(self, id_: int, number: str, category: str, unit: str, district: str, state: Status, received: date,
                said: list[Piece]) -> tuple[Row, str]:
        chance = self.chance
        due_on, answered = received + timedelta(days=7), state in _ANSWERED
        answered_on = min(received + timedelta(days=chance.randint(1, 9)), self.today) if answered else None
        outcome = chance.choice((Outcome.DONE, Outcome.DONE, Outcome.EXPLAINED, Outcome.NOT_POSSIBLE)) if answered else None
        rating = chance.choice((5, 5, 5, 4, 4, 3, 2, 1)) if answered and chance.random() < 0.6 else None
        shown = chance.random() < _PUBLISHED
        title, text, answer = said[0], said[1:13], said[13:24]
        row = {
            "id": id_, "number": number, "category": category, "unit": unit, "district": district, "state": state.value,
            "received_on": received.isoformat(), "due_on": due_on.isoformat(),
            "answered_on": answered_on.isoformat() if answered_on else None, "outcome": outcome and outcome.value,
            "promised_on": None, "rating": rating, "title": title.words if shown else None,
            "text": "，".join(piece.words for piece in text) + "。" if shown else None,
            "answer": "，".join(piece.words for piece in answer) + "。" if shown and answered else None,
            "version": 5, "timeline": _timeline(received, answered_on, unit, state, outcome, rating)}
        if not shown:
            return row, ""
        return row, " ".join(piece.tokens for piece in (said if answered else said[:13]))

    def _case(self, id_: int, number: str, row: Row) -> Row:
        code_hash = secrets.token_bytes(16)
        if id_ > self.cases - CODES:
            code = reference.make(self.vault.code_material(f"bench {id_}".encode()))
            code_hash = self.vault.code_hash(code)
            self.codes.append(code)
        received, closed = date.fromisoformat(row["received_on"]), row["answered_on"]
        case = Case(
            lane=Lane.ORDINARY, category=row["category"], received_on=received, triage_due=received,
            due_on=date.fromisoformat(row["due_on"]), status=Status(row["state"]), unit=row["unit"] or None, consent=True,
            publication=Publication.TEXT if row["text"] else Publication.STUB, answer_public=bool(row["answer"]),
            outcome=row["outcome"], answered_on=date.fromisoformat(closed) if closed else None, rating=row["rating"],
            waiting_since=received if row["state"] == "waiting" else None, version=7)
        moment = f"{row['received_on']} 02:00:00.000000"
        return {
            "id": id_, "number": number, "code_hash": code_hash, "once_hash": secrets.token_bytes(16),
            "wrapped_key": secrets.token_bytes(64), "version": case.version, "status": row["state"], "lane": case.lane.value,
            "unit": case.unit, "category": case.category, "district": row["district"] or None,
            "publication": case.publication.value, "consent": True, "next_due": case.next_due.isoformat(),
            "objected": case.objected, "live": case.is_open, "received_on": row["received_on"], "received_at": moment,
            "changed_at": moment, "state": json.dumps(packed(case))}


def _timeline(received: date, answered: date | None, unit: str, state: Status, outcome: Outcome | None,
              rating: int | None) -> str:
    """What `disclosure.timeline_entry` makes of the usual course."""
    on = received.isoformat()
    entries = [{"action": "submit", "on": on, "role": "author", "by": "", "due_on": on}]
    if state in (Status.DECLINED, Status.REFERRED, Status.WITHDRAWN):
        action = {"declined": "decline", "referred": "refer", "withdrawn": "withdraw"}[state.value]
        entries.append({"action": action, "on": on, "role": "coordinator", "by": "outreach"})
    elif state is not Status.RECEIVED:
        entries.append({"action": "accept", "on": on, "role": "coordinator", "by": "outreach", "unit": unit, "due_on": on})
        entries.append({"action": "start", "on": on, "role": "handler", "by": unit})
    if answered and outcome:
        entries.append({"action": "approve", "on": answered.isoformat(), "role": "reviewer", "by": unit,
                        "outcome": outcome.value})
    if answered and rating:
        entries.append({"action": "rate", "on": answered.isoformat(), "role": "author", "by": "", "rating": str(rating)})
    return json.dumps(entries)


def _insert(file: sqlite3.Connection, maker: _Maker) -> None:
    for made, public, words in maker.blocks():
        for table, rows in (("cases", made), ("public_cases", public)):
            columns = ", ".join(rows[0])
            values = ", ".join(f":{name}" for name in rows[0])
            file.executemany(f"INSERT INTO {table} ({columns}) VALUES ({values})", rows)  # noqa: S608 - our own names
        file.executemany("INSERT INTO public_search(rowid, tokens) VALUES (?, ?)", words)


def _count(file: sqlite3.Connection, maker: _Maker) -> list[tuple[str, str, str]]:
    """All counters, from the very function that keeps them; returns the commonest combinations of filters."""
    counted: Counter[str] = Counter({PUBLIC_VERSION: maker.cases})
    counted.update({f"series|{year}": n for year, n in maker.series.items()})
    groups = file.execute("SELECT category, unit, district, state, count(*) FROM public_cases GROUP BY 1, 2, 3, 4").fetchall()
    combinations: Counter[tuple[str, str, str]] = Counter()
    for category, unit, district, state, n in groups:
        facets = projection._facets({"category": category, "unit": unit, "district": district, "state": state})
        counted.update({key: n * each for key, each in facets.items()})
        if unit:
            combinations[category, unit, state] += n
    for what, column, condition in (
            ("received", "received_on", "1"), ("answered", "answered_on", "answered_on IS NOT NULL"),
            ("in_time", "answered_on", "answered_on <= due_on"), ("rated", "answered_on", "rating IS NOT NULL"),
            ("satisfied", "answered_on", "rating >= 4")):
        found = file.execute(
            f"SELECT substr({column}, 1, 7), count(*) FROM public_cases WHERE {condition} GROUP BY 1")  # noqa: S608 - our own
        counted.update({month_key(what, month): n for month, n in found})
    file.executemany("INSERT INTO counters VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET n = n + excluded.n",
                     sorted(counted.items()))
    _check(file, maker.cases)
    return [each for each, _n in combinations.most_common(200)]


def _check(file: sqlite3.Connection, cases: int) -> None:
    """Some totals, counted anew."""
    for condition, key in (("1", facet_key()),
                           ("category = 'help' AND state = 'closed'", facet_key(category="help", state="closed")),
                           ("unit = 'traffic'", facet_key(place="unit:traffic")),
                           ("district = 'zone' AND category = 'praise'", facet_key(place="district:zone", category="praise"))):
        true = file.execute(f"SELECT count(*) FROM public_cases WHERE {condition}").fetchone()[0]  # noqa: S608 - our own
        kept = file.execute("SELECT n FROM counters WHERE key = ?", (key,)).fetchone()[0]
        if true != kept:
            raise AssertionError(f"the counter {key} says {kept}, there are {true}")
    assert file.execute("SELECT count(*) FROM public_cases").fetchone()[0] == cases
