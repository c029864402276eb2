"""The search index over published texts: SQLite FTS5 or a PostgreSQL tsvector, both fed with our own tokens.

Only `projection` writes here, only texts that everyone may read. Knows nothing of pages.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text

TABLE = "public_search"


def add(connection: Connection, case_id: int, tokens: Sequence[str]) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"INSERT INTO {TABLE}(rowid, tokens) VALUES (:id, :tokens)"),  # noqa: S608
                           {"id": case_id, "tokens": " ".join(tokens)})
    else:
        connection.execute(text(f"INSERT INTO {TABLE}(id, tokens) VALUES (:id, array_to_tsvector(:tokens))"),  # noqa: S608
                           {"id": case_id, "tokens": list(tokens)})


def remove(connection: Connection, case_id: int, tokens: Sequence[str]) -> None:
    """Takes the case out; SQLite's index, which keeps no texts, must be told the very tokens it was given."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"INSERT INTO {TABLE}({TABLE}, rowid, tokens) VALUES ('delete', :id, :tokens)"),  # noqa: S608
                           {"id": case_id, "tokens": " ".join(tokens)})
    else:
        connection.execute(text(f"DELETE FROM {TABLE} WHERE id = :id"), {"id": case_id})  # noqa: S608


def newest(connection: Connection, tokens: Sequence[str], *, before: int | None, limit: int,
           any_of: bool = False) -> list[int]:
    """Ids of the newest cases that hold all tokens (or any of them), newest first."""
    if connection.dialect.name == "sqlite":
        wanted = (" OR " if any_of else " AND ").join(f'"{token}"' for token in tokens)
        statement = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH :wanted"  # noqa: S608
        column = "rowid"
    else:
        wanted = (" | " if any_of else " & ").join(f"'{token}'" for token in tokens)
        statement = f"SELECT id FROM {TABLE} WHERE tokens @@ CAST(:wanted AS tsquery)"  # noqa: S608
        column = "id"
    if before is not None:
        statement += f" AND {column} < :before"
    statement += f" ORDER BY {column} DESC LIMIT :limit"
    given = {"wanted": wanted, "limit": limit} | ({"before": before} if before is not None else {})
    return [row[0] for row in connection.execute(text(statement), given)]


def clear(connection: Connection) -> None:
    """Empties the index, to be filled anew."""
    sqlite = connection.dialect.name == "sqlite"
    connection.execute(text(f"INSERT INTO {TABLE}({TABLE}) VALUES ('delete-all')" if sqlite  # noqa: S608
                            else f"DELETE FROM {TABLE}"))  # noqa: S608
