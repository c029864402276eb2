"""The desk with many cases: `python -m tests.bench.desk [--cases 200000] [--database postgresql://…] [--fresh]`.

Loads cases straight into the tables, with keys and sealed words of their own, asks for every page of the desk as
each kind of staff, and prints for each its time inside the server and its number of SQL statements.
"""

import argparse
import json
import os
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import MetaData, Table, create_engine, insert, text
from sqlalchemy.engine import Connection

from portal import migrate
from portal.accounts import actions as accounts
from portal.accounts.queries import Staff, find_by_login
from portal.casework.actions import _COLUMNS, _is_live, _marks
from portal.casework.codec import packed
from portal.casework.sealing import CaseSeal
from portal.clock import SHANGHAI
from portal.config import from_environment
from portal.db import db, transaction
from portal.domain.bigrams import tokens
from portal.domain.case import Case, Event
from portal.domain.codes import Action, Channel, Lane, Outcome, Promise, Publication, Status
from portal.domain.deadlines import as_frozen
from portal.domain.guards import to_be_published
from portal.domain.people import Role
from portal.factory import build
from portal.publishing.actions import import_content
from portal.vault.actions import Vault, open_vault, prepare_vault
from portal.vault.box import new_key
from tests.bench.load import FOLDER, MADE_BY, SEED
from tests.bench.phrases import pieces
from tests.client import Client
from tests.watch import watch

CASES = 200_000
MOST_MILLISECONDS = 100
MOST_STATEMENTS = 16
_YEARS = 3
_RECENT = 40  # days within which a case may still be open
_BLOCK = 5_000
_ROUNDS = 9
_LONG = 500  # events of the longest case
_SHOWN = 12  # of the slowest pages
_OLD = {Status.CLOSED: 80, Status.DECLINED: 7, Status.REFERRED: 8, Status.WITHDRAWN: 5}
_YOUNG = {Status.RECEIVED: 3, Status.QUARANTINED: 1, Status.ASSIGNED: 6, Status.HANDLING: 24, Status.WAITING: 4,
          Status.DRAFTED: 6, Status.ANSWERED: 40, Status.CLOSED: 12, Status.DECLINED: 2, Status.REFERRED: 2}
_CATEGORIES = {"question": 24, "suggestion": 22, "complaint": 19, "help": 10, "praise": 8, "report-back": 8, "enforcement": 5,
               "petition": 4}
_IN_HAND = (Status.ASSIGNED, Status.HANDLING, Status.WAITING, Status.DRAFTED)
_PEOPLE = {
    "coordinator": ((Role.COORDINATOR,), "outreach", ()), "handler": ((Role.HANDLER,), "household", ()),
    "reviewer": ((Role.REVIEWER,), "household", ()), "complaints": ((Role.COMPLAINTS_OFFICER,), "complaints", ()),
    "inspector": ((Role.INSPECTOR,), "inspection", ()),
    "leader": ((Role.LEADER,), "office", ("household", "traffic", "vehicle")),
    "county": ((Role.COORDINATOR,), "beishan", ("beishan",))}

Row = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    who: str
    what: str
    milliseconds: float
    statements: int

    @property
    def holds(self) -> bool:
        return self.milliseconds < MOST_MILLISECONDS and self.statements <= MOST_STATEMENTS


@contextmanager
def desk(cases: int, database: str, *, fresh: bool) -> Iterator[Flask]:
    """The portal on a database with so many cases; one on a server is made anew and dropped afterwards."""
    folder = FOLDER / f"desk-{cases}{'-server' if database else ''}"
    loaded = folder / "loaded"
    if fresh or database or not loaded.exists() or loaded.read_text("utf-8") != _made_by():
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with _on_server(database) as url:
        app = build(from_environment({**os.environ, "PORTAL_DATA": str(folder), "DATABASE_URL": url}))
        if not loaded.exists():
            _load(app, cases)
            loaded.write_text(_made_by(), "utf-8")
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def _on_server(database: str) -> Iterator[str]:
    if not database:
        yield ""
        return
    from sqlalchemy.engine import make_url

    server = make_url(database).set(drivername="postgresql+psycopg")
    name = f"portal_bench_{os.getpid()}"
    administered = create_engine(server, isolation_level="AUTOCOMMIT")
    with administered.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield server.set(database=name).render_as_string(hide_password=False).replace("+psycopg", "")
    finally:
        with administered.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        administered.dispose()


def _made_by() -> str:
    """Changes with the tables and with the way they are filled."""
    return blake2b(b"".join(file.read_bytes() for file in (*MADE_BY, Path(__file__))), digest_size=8).hexdigest()


# --- loading ----------------------------------------------------------------------------------------------------------

def _load(app: Flask, cases: int) -> None:
    begun = time.monotonic()
    with app.app_context():
        migrate.upgrade(db.engine)
        with transaction():
            prepare_vault(app.extensions["portal-keyring"])
            import_content(app.extensions["portal-content"].folder, now=datetime.now(UTC))
        vault = open_vault(app.extensions["portal-keyring"])
        for login, (roles, unit, charge) in _PEOPLE.items():
            with transaction():
                accounts.invite(login=login, name=login, unit=unit, roles=roles, charge=charge, secret=login,
                                now=datetime.now(UTC), vault=vault)
        db.session.remove()
        known = MetaData()
        known.reflect(db.engine, only=["cases", "case_events", "public_cases"])
        maker = _Maker(app, vault, cases)
        with db.engine.connect() as connection:
            for blocks in maker.blocks():
                _insert(connection, known, blocks)
                connection.commit()
            connection.execute(text("ANALYZE"))
            connection.commit()
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
    print(f"    {time.monotonic() - begun:6.1f} s  {cases:,} cases loaded", flush=True)


def _insert(connection: Connection, known: MetaData, blocks: dict[str, list[Row]]) -> None:
    put = _insert_rows if connection.dialect.name == "sqlite" else _copy_rows
    for name in ("cases", "case_events", "public_cases"):
        put(connection, known.tables[name], blocks[name])
    words = blocks["public_search"]
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO public_search(rowid, tokens) VALUES (:id, :tokens)"),
                           [{**row, "tokens": " ".join(row["tokens"])} for row in words])
    else:
        connection.execute(text("INSERT INTO public_search(id, tokens) VALUES (:id, array_to_tsvector(:tokens))"), words)


def _insert_rows(connection: Connection, table: Table, rows: list[Row]) -> None:
    connection.execute(insert(table), rows)


def _copy_rows(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Several times as fast as inserting."""
    columns = list(rows[0])
    driver: Any = connection.connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([json.dumps(value) if isinstance(value, dict | list) else value for value in row.values()])


class _Maker:
    """Cases in order of time, as `actions` would have left them; the newest has five hundred events."""

    def __init__(self, app: Flask, vault: Vault, cases: int) -> None:
        self.chance, self.vault, self.cases = Random(SEED), vault, cases
        self.pieces = [each.words for each in pieces(self.chance)]
        city = app.extensions["portal-content"]
        self.units = [unit.code for unit in city.units.values() if unit.kind != "room"]
        self.districts, self.rule = [*city.districts], as_frozen(city.rules["suggestion"])
        self.today = datetime.now(SHANGHAI).date()

    def blocks(self) -> Iterator[dict[str, list[Row]]]:
        for begin in range(1, self.cases + 1, _BLOCK):
            block: dict[str, list[Row]] = {"cases": [], "case_events": [], "public_cases": [], "public_search": []}
            for id_ in range(begin, min(begin + _BLOCK, self.cases + 1)):
                self._add(block, id_)
            yield block

    def _add(self, block: dict[str, list[Row]], id_: int) -> None:
        chance = self.chance
        received = self.today - timedelta(days=(self.cases - id_) * _YEARS * 365 // self.cases)
        case = self._case(received)
        if id_ == self.cases:
            case = replace(case, status=Status.HANDLING, unit="household", lane=Lane.ORDINARY, answered_on=None, version=_LONG)
        number, key = f"{received.year}-{id_:06}", new_key()
        seal, moment = CaseSeal(number, key), datetime(received.year, received.month, received.day, 2)  # noqa: DTZ001 - as kept
        title, words = chance.choice(self.pieces), "，".join(chance.choices(self.pieces, k=12)) + "。"
        row = {name: _plain(getattr(case, name)) for name in _COLUMNS}
        block["cases"].append({
            **row, "id": id_, "number": number, "code_hash": chance.randbytes(16), "once_hash": chance.randbytes(16),
            "wrapped_key": self.vault.keyring.wrap(key, number), "category": case.category, "contact": None,
            "district": chance.choice(self.districts), "channel": case.channel.value, "extension_asked": False,
            "barred": _marks(case.barred), "co_units": None, "to_publish": to_be_published(case), "live": _is_live(case),
            "received_at": moment, "changed_at": moment, "state": packed(case)})
        block["case_events"].append(self._event(id_, 1, Action.SUBMIT, moment, seal, {"title": title, "text": words}, case))
        if id_ == self.cases:
            notes = ({"note": chance.choice(self.pieces)} for _each in range(1, _LONG))
            block["case_events"] += [self._event(id_, seq, Action.NOTE, moment, seal, note, case)
                                     for seq, note in enumerate(notes, start=2)]
        self._publish(block, id_, number, case, title, words)

    def _case(self, received: date) -> Case:
        chance = self.chance
        young = (self.today - received).days <= _RECENT
        states = _YOUNG if young else _OLD
        status = chance.choices(list(states), list(states.values()))[0]
        category = chance.choices(list(_CATEGORIES), list(_CATEGORIES.values()))[0]
        lane = Lane.PETITION if category in ("petition", "enforcement") else Lane.ORDINARY
        sorted_ = status not in (Status.RECEIVED, Status.QUARANTINED, Status.DECLINED, Status.REFERRED)
        answered = status in (Status.ANSWERED, Status.CLOSED)
        rating = chance.choice((5, 5, 4, 4, 3, 2, None, None)) if answered else None
        due = received + timedelta(days=60 if lane is Lane.PETITION else 7)
        bad, soon = rating == 2 and (self.today - received).days < 25, self.today + timedelta(days=chance.randint(-5, 15))
        promised = answered and chance.random() < 0.03
        return Case(
            lane=lane, category=category, received_on=received, triage_due=received + timedelta(days=1), due_on=due,
            status=status, unit=chance.choice(self.units) if sorted_ else None, consent=chance.random() < 0.7, rule=self.rule,
            channel=chance.choice((Channel.WEB, Channel.WEB, Channel.WEB, Channel.PHONE, Channel.HOTLINE)),
            publication=Publication.UNDECIDED if young and chance.random() < 0.3 else chance.choice(
                (Publication.TEXT, Publication.STUB)), answer_public=answered, answer_read=answered,
            handovers=chance.choice((1, 1, 1, 2, 3)) if sorted_ else 0, barred=("order",) if chance.random() < 0.05 else (),
            waiting_since=received if status is Status.WAITING else None, rating=rating,
            outcome=chance.choice((Outcome.DONE, Outcome.EXPLAINED)) if answered else None,
            answered_on=min(received + timedelta(days=5), self.today) if answered else None,
            promise=Promise.OPEN if promised and young else None, promised_on=soon if promised else None,
            order_due=soon if status in _IN_HAND and chance.random() < 0.1 else None,
            follow_due=soon if bad else None, rectify_due=soon if bad else None, version=5)

    def _event(self, case_id: int, seq: int, action: Action, at: datetime, seal: CaseSeal, words: dict[str, str],
               case: Case) -> Row:
        first = {name: getattr(case, name) for name in ("lane", "category", "received_on", "triage_due", "due_on", "rule")}
        event = Event(action, at, Role.AUTHOR, None, None, None, case.status, first if seq == 1 else {}, words)
        return {"case_id": case_id, "seq": seq, "action": action.value, "at": at, "role": event.role.value, "actor_id": None,
                "unit": None, "source": None, "target": (Status.RECEIVED if seq == 1 else case.status).value,
                "changes": packed(dict(event.changes)), "words": seal.words(words, f"event:{seq}")}

    def _publish(self, block: dict[str, list[Row]], id_: int, number: str, case: Case, title: str, words: str) -> None:
        shown = case.publication is Publication.TEXT and case.status is not Status.QUARANTINED
        block["public_cases"].append({
            "id": id_, "number": number, "category": case.category, "unit": case.unit or "", "district": "hedong",
            "state": case.status.value, "received_on": case.received_on, "due_on": case.due_on, "answered_on": case.answered_on,
            "outcome": case.outcome and case.outcome.value, "promised_on": case.promised_on, "rating": case.rating,
            "promise": case.promise and case.promise.value, "rounds": [], "orders": 0, "handovers": 1, "followed": None,
            "rectify_due": None, "rectified_on": None, "merged_into": None, "title": title if shown else None,
            "text": words if shown else None, "answer": None, "timeline": [], "version": 5})
        if shown:
            block["public_search"].append({"id": id_, "tokens": tokens(f"{title}\n{words}\n")})


def _plain(value: Any) -> Any:
    return value.value if hasattr(value, "value") else value


# --- asking -----------------------------------------------------------------------------------------------------------

def asked(app: Flask) -> Iterator[Asked]:
    """Every page of the desk, as everyone who has it."""
    watching = watch(app)
    with app.app_context():
        people: dict[str, Staff] = {login: found for login in _PEOPLE if (found := find_by_login(login))}
        newest = db.session.execute(text("SELECT number FROM cases ORDER BY id DESC LIMIT 1")).scalar_one()
        deep = db.session.execute(text("SELECT number FROM cases WHERE id = (SELECT max(id) / 2 FROM cases)")).scalar_one()
        db.session.remove()
    for who, person in people.items():
        client = Client(app, watching).sign_in(person)
        pages = [f"/desk/lists/{key}" for key in _lists_of(person)]
        pages += ["/desk/lists/open?unit=household&category=complaint", "/desk/lists/ended?category=petition&channel=hotline",
                  f"/desk/lists/ended?after={deep}", "/desk/search?q=办证大厅", "/desk/search?q=找不到这样的词",
                  f"/desk/search?q={newest}", "/desk/ledger", "/desk/ledger?unit=traffic&category=petition",
                  f"/desk/ledger?after={deep}", "/desk/ledger?first=2025-06&last=2025-08"]
        if who in ("coordinator", "handler"):
            pages += [f"/desk/cases/{newest}", f"/desk/cases/{newest}/file"]
        for page in pages:
            yield _one(client, watching, who, page)


def _lists_of(person: Staff) -> list[str]:
    from portal.casework.work_lists import work_lists

    return [each.key for each in work_lists(person.actor)]


def _one(client: Client, watching: Any, who: str, page: str) -> Asked:
    """The lower quartile of some rounds, after one that warms up: what else runs on the machine can only slow it down."""
    times = []
    for number in range(_ROUNDS + 1):
        watching.forget()
        begun = time.perf_counter()
        answer = client.http.get(page)
        took = time.perf_counter() - begun
        if answer.status_code != 200:
            raise RuntimeError(f"{page} as {who}: {answer.status_code}")
        if number:
            times.append(took)
    return Asked(who, page, statistics.quantiles(times, n=4)[0] * 1000, len(watching.statements))


def measured(cases: int, database: str, *, fresh: bool, most: int | None = _SHOWN) -> Iterator[str]:
    """The slowest pages, then the verdict on all."""
    with desk(cases, database, fresh=fresh) as app:
        found = list(asked(app))
    worst = sorted(found, key=lambda each: each.milliseconds, reverse=True)
    for each in worst[:most]:
        yield f"{each.who:12} {each.what:52} {each.milliseconds:8.1f} ms {each.statements:3} statements"
    missed = [each for each in found if not each.holds]
    verdict = "MISSED" if missed else "holds "
    yield (f"{verdict}  {len(found)} pages of the desk: under {MOST_MILLISECONDS} ms and at most {MOST_STATEMENTS} statements: "
           f"worst {worst[0].milliseconds:.0f} ms, most {max(each.statements for each in found)} statements")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.desk", description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--database", default="", help="a PostgreSQL server; without it SQLite")
    parser.add_argument("--fresh", action="store_true", help="load anew")
    parser.add_argument("--all", action="store_true", help="print every page")
    given = parser.parse_args()
    print("\n".join(measured(given.cases, given.database, fresh=given.fresh, most=None if given.all else _SHOWN)))


if __name__ == "__main__":
    main()
