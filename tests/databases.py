"""The databases that tests run on. Each is prepared once and put back to that state before every test.

SQLite by default; TEST_DATABASE_URL names a PostgreSQL database whose name says that it is for tests.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url

from portal.config import _database as checked_url


_TABLES = """SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = 'public' AND relkind = 'r' AND relname <> 'alembic_version'"""
_SEQUENCES = """SELECT s.relname AS sequence, t.relname FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') JOIN pg_class t ON t.oid = d.refobjid
    WHERE s.relkind = 'S'"""


class Database(Protocol):
    url: str

    def clear(self) -> None:
        """Empties it altogether."""

    def keep(self, engine: Engine) -> None:
        """Remembers how it stands now."""

    def restore(self, engine: Engine) -> None:
        """Puts it back to what was kept."""


def database_for(url: str, folder: Path) -> Database:
    return PostgresDatabase(url) if url else SqliteDatabase(folder / "portal.sqlite3")


class SqliteDatabase:
    def __init__(self, file: Path) -> None:
        self.file, self.kept = file, file.with_suffix(".kept")
        self.url = f"sqlite:///{file}"

    def clear(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)

    def keep(self, engine: Engine) -> None:
        engine.dispose()  # the last connection to close writes everything into the file
        shutil.copyfile(self.file, self.kept)

    def restore(self, engine: Engine) -> None:
        engine.dispose()
        self.clear()
        shutil.copyfile(self.kept, self.file)


class PostgresDatabase:
    def __init__(self, url: str) -> None:
        self.url = checked_url(url)
        name = make_url(self.url).database or ""
        if "test" not in name:
            raise ValueError(f"TEST_DATABASE_URL: everything in {name!r} would be erased; its name must contain `test`")

    def clear(self) -> None:
        with _admin(self.url) as engine, engine.begin() as connection:
            connection.execute(text("DROP SCHEMA IF EXISTS kept CASCADE"))
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
            connection.execute(text(f'ALTER DATABASE "{make_url(self.url).database}" SET synchronous_commit = off'))

    def keep(self, engine: Engine) -> None:
        with engine.begin() as connection:
            self.tables = [row.relname for row in connection.execute(text(_TABLES))]
            self.sequences = [(row.sequence, row.relname) for row in connection.execute(text(_SEQUENCES))]
            connection.execute(text("CREATE SCHEMA kept"))
            for table in self.tables:
                connection.execute(text(f"CREATE TABLE kept.{table} AS SELECT * FROM public.{table}"))

    def restore(self, engine: Engine) -> None:
        """Deleting few rows is far quicker than truncating many tables."""
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # no order among the tables
            for table in self.tables:
                connection.execute(text(f"DELETE FROM public.{table}"))
                connection.execute(text(f"INSERT INTO public.{table} SELECT * FROM kept.{table}"))
            for sequence, table in self.sequences:
                connection.execute(text(f"SELECT setval('{sequence}', (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"))


@contextmanager
def empty_database(url: str, folder: Path) -> Iterator[str]:
    """The address of another, empty database beside the one under test; dropped afterwards."""
    if not url:
        yield f"sqlite:///{folder / 'other.sqlite3'}"
        return
    beside = make_url(checked_url(url))
    other = beside.set(database=f"{beside.database}_other")
    with _admin(beside.render_as_string(hide_password=False)) as engine, engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text(f'DROP DATABASE IF EXISTS "{other.database}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{other.database}"'))
        try:
            yield other.render_as_string(hide_password=False)
        finally:
            connection.execute(text(f'DROP DATABASE "{other.database}" WITH (FORCE)'))


@contextmanager
def _admin(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
