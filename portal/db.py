"""The database: engine settings for SQLite and PostgreSQL, column types, and the one way to write.

Every change happens inside `transaction()`, opened and committed at the edge (a view or a command).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Executable, MetaData, Row, String, TypeDecorator, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.orm import DeclarativeBase

from portal.clock import SHANGHAI
from portal.config import Settings

_BUSY_MILLISECONDS = 10_000
_LONGEST_CODE = 24


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    })


db = SQLAlchemy(model_class=Base, session_options={"autoflush": False})
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class CodeOf(TypeDecorator[Any]):
    """A member of an enumeration as a short string, checked both ways: a new member needs no migration."""

    impl = String(_LONGEST_CODE)
    cache_ok = True

    def __init__(self, codes: type[StrEnum]) -> None:
        super().__init__()
        self.codes = codes

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.codes(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.codes(value)


class Moment(TypeDecorator[datetime]):
    """A moment with its time zone, kept as UTC and read as the city's time."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC).astimezone(SHANGHAI)


def configure(app: Flask, settings: Settings) -> None:
    url = make_url(settings.database_url)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url)
    db.init_app(app)
    with app.app_context():
        if settings.is_sqlite:
            _for_the_owner_only(url.database)
            prepare_sqlite(db.engine)
        app.extensions["portal-reader"] = db.engine.execution_options(begin=None)


def _for_the_owner_only(file: str | None) -> None:
    """Made before SQLite does, which would let every user of the machine read it; its side files take over the mode."""
    if file and file != ":memory:":
        with suppress(OSError):  # a folder that is missing or full is told when the database is opened
            Path(file).touch(mode=0o600)


def _engine_options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": _BUSY_MILLISECONDS / 1000}, "pool_size": 8, "max_overflow": 32,
                "hide_parameters": True}  # a fault quotes no values
    return {"pool_size": 4, "hide_parameters": True, "max_overflow": 12, "pool_pre_ping": True,
            "connect_args": {"connect_timeout": 5, "options": "-c timezone=UTC -c lock_timeout=10s"}}


def prepare_sqlite(engine: Engine) -> None:
    """Write-ahead log, foreign keys, full synchronisation, and transactions that we open ourselves.

    A transaction that reads first and writes later fails under load whatever the time-out; so a writer says at
    once that it will write (`BEGIN IMMEDIATE`), a reader does not.
    """
    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", f"busy_timeout={_BUSY_MILLISECONDS}", "synchronous=FULL",
                       "foreign_keys=ON", "cache_size=-16384", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        how = connection.get_execution_options().get("begin", "")
        if how is not None:
            connection.exec_driver_sql(f"BEGIN {how}")


def read_committed(statement: Executable, given: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
    """What one statement finds in what is committed, past session and transaction: a third of the time."""
    reader: Engine = current_app.extensions["portal-reader"]
    with reader.connect() as connection:
        return connection.execute(statement, given).all()


@contextmanager
def transaction() -> Iterator[None]:
    """Everything inside is written together or not at all. Ends the read that went before, so that nothing is stale."""
    db.session.rollback()
    db.session.connection(execution_options={"begin": "IMMEDIATE"})
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
