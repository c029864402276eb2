"""Watches a request from inside: SQL statements, changes that were not committed, words that have no translation."""

from dataclasses import dataclass, field
from functools import cache
from gettext import NullTranslations
from typing import Any

from babel.messages.pofile import read_po
from flask import Flask
from sqlalchemy import event

from portal import i18n
from portal.db import db

_CHANGES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Watch:
    """What happened since `forget`."""

    statements: list[str] = field(default_factory=list)
    unsaved: bool = False
    left: list[str] = field(default_factory=list)

    def forget(self) -> None:
        self.statements.clear()
        self.left.clear()
        untranslated().clear()


def watch(app: Flask) -> Watch:
    """Must be called before the app answers its first request."""
    watching = Watch()
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "before_cursor_execute")
    def executed(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            watching.statements.append(statement)
        watching.unsaved |= statement.lstrip().upper().startswith(_CHANGES)

    @event.listens_for(engine, "commit")
    @event.listens_for(engine, "rollback")
    def ended(connection: Any) -> None:
        watching.unsaved = False

    @app.after_request
    def answered(response: Any) -> Any:
        if watching.unsaved:
            watching.left.append("changes were sent to the database and not committed")
        waiting = [*db.session.new, *db.session.dirty, *db.session.deleted]
        if waiting:
            watching.left.append(f"changes wait in the session: {waiting}")
        return response

    return watching


class _Missing(NullTranslations):
    """Stands last in the chain of catalogues: whoever asks here found no translation."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def gettext(self, message: str) -> str:
        self.asked.append(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.asked.append(msgid1)
        return msgid1 if n == 1 else msgid2


@cache
def _missing() -> _Missing:
    chain: Any = i18n.catalogue("zh")
    while chain._fallback is not None:
        chain = chain._fallback
    last = _Missing()
    chain.add_fallback(last)
    return last


def untranslated() -> list[str]:
    """Messages that a Chinese page asked for in vain."""
    return _missing().asked


@cache
def chinese() -> dict[str, str]:
    """English message -> Chinese, for all that have one."""
    found: dict[str, str] = {}
    for file in sorted((i18n.FOLDER / "zh").glob("*.po")):
        with file.open("rb") as opened:
            found |= {message.id: str(message.string) for message in read_po(opened, locale="zh")
                      if isinstance(message.id, str) and message.id and message.string}
    return found
