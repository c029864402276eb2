"""The databases that tests run on. Each is prepared once and put back to that state before every test.

SQLite by default. TEST_DATABASE_URL names a PostgreSQL server; the tests make databases of their own there and leave
none behind.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, Engine, make_url

_TABLES = """SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = 'public' AND relkind = 'r' AND relname <> 'alembic_version'"""
_SEQUENCES = """SELECT s.relname AS sequence, t.relname FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') JOIN pg_class t ON t.oid = d.refobjid
    WHERE s.relkind = 'S'"""
_numbers = count(1)


class Database(Protocol):
    url: str

    def keep(self, engine: Engine) -> None:
        """Remembers how it stands now."""

    def restore(self, engine: Engine) -> None:
        """Puts it back to what was kept."""


@contextmanager
def new_database(server: str, folder: Path) -> Iterator[Database]:
    """An empty database: a file in the folder, or one on that server. It is gone afterwards."""
    if not server:
        yield SqliteDatabase(folder / f"portal-{next(_numbers)}.sqlite3")
        return
    address = make_url(server).set(drivername="postgresql+psycopg")
    name = f"portal_test_{os.getpid()}_{next(_numbers)}"
    _administer(address, f"CREATE DATABASE {name}", f"ALTER DATABASE {name} SET synchronous_commit = off")
    try:
        yield PostgresDatabase(address.set(database=name).render_as_string(hide_password=False))
    finally:
        _administer(address, f"DROP DATABASE {name} WITH (FORCE)")


class SqliteDatabase:
    def __init__(self, file: Path) -> None:
        self.file, self.kept = file, file.with_suffix(".kept")
        self.url = f"sqlite:///{file}"

    def keep(self, engine: Engine) -> None:
        engine.dispose()  # the last connection to close writes everything into the file
        shutil.copyfile(self.file, self.kept)

    def restore(self, engine: Engine) -> None:
        engine.dispose()
        for suffix in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.file)


class PostgresDatabase:
    def __init__(self, url: str) -> None:
        self.url = url

    def keep(self, engine: Engine) -> None:
        with engine.begin() as connection:
            self.tables = [row.relname for row in connection.execute(text(_TABLES))]
            self.sequences = [(row.sequence, row.relname) for row in connection.execute(text(_SEQUENCES))]
            connection.execute(text("CREATE SCHEMA kept"))
            for table in self.tables:
                connection.execute(text(f"CREATE TABLE kept.{table} AS SELECT * FROM public.{table}"))  # noqa: S608 - our names

    def restore(self, engine: Engine) -> None:
        """Deleting few rows is far quicker than truncating many tables."""
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # no order among the tables
            for table in self.tables:
                connection.execute(text(f"DELETE FROM public.{table}"))  # noqa: S608 - our own names
                connection.execute(text(f"INSERT INTO public.{table} SELECT * FROM kept.{table}"))  # noqa: S608 - our names
            for sequence, table in self.sequences:
                following = f"(SELECT coalesce(max(id), 0) + 1 FROM {table})"  # noqa: S608 - our own names
                connection.execute(text(f"SELECT setval('{sequence}', {following}, false)"))


def _administer(address: URL, *statements: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()
