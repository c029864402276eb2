"""Migrations: up, down, and whether the database is where the code expects it. Alembic loads only when needed."""

from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.engine import Engine

from portal.config import ROOT

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = ROOT / "portal" / "migrations"
HEAD = max((file.stem.split("_")[0] for file in (FOLDER / "versions").glob("[0-9]*.py")), default=None)


def upgrade(engine: Engine, target: str = "head") -> None:
    from alembic import command

    command.upgrade(_config(engine), target)


def downgrade(engine: Engine, target: str) -> None:
    from alembic import command

    command.downgrade(_config(engine), target)


def current(engine: Engine) -> str | None:
    """The number of the last migration of this database; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def _config(engine: Engine) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = engine
    return config
