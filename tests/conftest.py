"""What every test stands on: the app on a prepared database, a clock that tests set, the strict client."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from portal import migrate
from portal.clock import SHANGHAI
from portal.config import Settings
from portal.db import db, transaction
from portal.factory import build
from portal.publishing.actions import import_content
from portal.vault.actions import prepare_vault
from portal.web import caching
from portal.web.limits import limiter
from tests import databases
from tests.client import Client
from tests.databases import Database
from tests.watch import Watch, watch

MONDAY = datetime(2026, 9, 7, 10, tzinfo=SHANGHAI)  # the moment at which every test begins
DATABASE = os.environ.get("TEST_DATABASE_URL", "")


class Clock:
    """The portal's clock: it stands still until a test moves it."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.set(MONDAY)

    @property
    def now(self) -> datetime:
        moment: datetime = self._app.config["PORTAL"].now
        return moment

    def at(self, moment: str) -> None:
        """To a moment of the city's time, as in `2026-09-07 09:00`."""
        self.set(datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI))

    def forward(self, *, days: int = 0, hours: int = 0, minutes: int = 0) -> None:
        """By calendar days, hours and minutes."""
        self.set(self.now + timedelta(days=days, hours=hours, minutes=minutes))

    def set(self, moment: datetime) -> None:
        self._app.config["PORTAL"] = replace(self._app.config["PORTAL"], now=moment)


def settings_for(data: Path, database_url: str) -> Settings:
    return Settings(data=data, database_url=database_url, limits_uri="memory://", secret_key="tests-" * 8, keys=("tests+" * 8,),
                    now=MONDAY)


def prepared(settings: Settings) -> Flask:
    """The app, its database migrated and filled with content, ready for tests."""
    app = build(settings)
    app.config["TESTING"] = True  # faults are raised, not turned into pages
    with app.app_context():
        migrate.upgrade(db.engine)
        with transaction():
            prepare_vault(app.extensions["portal-keyring"])
            import_content(settings.content, now=MONDAY)
        db.session.remove()
    return app


@pytest.fixture(scope="session")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Database, Watch]]:
    """Made once; the fixture `app` puts it back to its beginning for every test."""
    data = tmp_path_factory.mktemp("data")
    with databases.new_database(DATABASE, data) as database:
        app = prepared(settings_for(data, database.url))
        watching = watch(app)
        with app.app_context():
            engine = db.engine
        database.keep(engine)
        yield app, database, watching
        engine.dispose()


@pytest.fixture
def app(_world: tuple[Flask, Database, Watch]) -> Flask:
    app, database, watching = _world
    with app.app_context():
        database.restore(db.engine)
    for kept in ("portal-fragments", "portal-pages"):  # by the version of a record that is gone
        app.extensions[kept].clear()
    Clock(app)
    limiter.reset()
    caching.forget(app)
    watching.forget()
    return app


@pytest.fixture
def clock(app: Flask) -> Clock:
    return Clock(app)


@pytest.fixture
def browser_for(app: Flask, _world: tuple[Flask, Database, Watch]) -> Callable[[], Client]:
    """Makes one more strict client, for tests in which several people look."""
    return lambda: Client(app, _world[2])


@pytest.fixture
def client(browser_for: Callable[[], Client]) -> Client:
    return browser_for()


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, of the kind under test."""
    with databases.new_database(DATABASE, tmp_path) as database:
        yield database.url
