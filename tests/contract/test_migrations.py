"""Migrations lead from nothing to the tables that the models describe, and back, on the database under test."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import Engine

from portal import migrate
from portal.casework.search import TABLE as SEARCH
from portal.db import db, prepare_sqlite

for models in sorted(migrate.FOLDER.parent.glob("*/models.py")):  # all tables, whatever else was imported
    import_module(f"portal.{models.parent.name}.models")

FILES = sorted((migrate.FOLDER / "versions").glob("[0-9]*.py"))


@pytest.fixture
def engine(empty_database: str) -> Iterator[Engine]:
    engine = create_engine(empty_database)
    if engine.dialect.name == "sqlite":
        prepare_sqlite(engine)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return {name for name in inspect(engine).get_table_names() if name != "alembic_version"}


def _is_ours(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """The search index has no model: it is a virtual table on one database and a tsvector on the other."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return not (table or "").startswith(SEARCH)


def test_the_migrations_make_what_the_models_describe(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_ours, "compare_type": True})
        assert compare_metadata(context, db.metadata) == []
    assert migrate.current(engine) == migrate.HEAD


def test_every_migration_goes_down_and_up_again(engine: Engine) -> None:
    migrate.upgrade(engine)
    full = tables(engine)
    migrate.downgrade(engine, "base")
    assert tables(engine) == set()
    migrate.upgrade(engine)
    assert tables(engine) == full


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_migration_is_numbered_and_stands_alone(file: Path) -> None:
    assert file.stem[:4].isdecimal() and file.stem[4] == "_"
    found = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {node.module or "" if isinstance(node, ast.ImportFrom) else name.name for node in found for name in node.names}
    assert not [name for name in imported if name.split(".")[0] == "portal"]


def test_the_numbers_of_the_migrations_have_no_gap() -> None:
    assert [int(file.stem[:4]) for file in FILES] == list(range(1, len(FILES) + 1))
