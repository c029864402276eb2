"""Throttles guessing and floods. Counters live for minutes under a keyed hash of the address, apart from content."""

import sqlite3
import threading
import time
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from limits.storage.base import Storage

from portal.vault.box import derived

limiter = Limiter(key_func=lambda: client_key(), strategy="fixed-window", headers_enabled=False)

TRACK = parse("20/minute")
SIGN_IN = parse("10/minute")
SIGN_IN_NAME = parse("20/hour")  # from one address: a stranger cannot lock a colleague out
SIGN_IN_NAME_ANYWHERE = parse("300/hour")
SUBMIT = parse("60/hour")
SUBMIT_QUIETLY = parse("10/10 minutes")  # beyond it, opinions are still taken, but held for review
SIMILAR = parse("60/minute")
LOST = parse("10/hour")  # requests for a one-time number
ONE_TIME = parse("30/hour")  # such numbers typed
ENTER = parse("10/minute")  # one-time codes of an evaluation
BALLOT = parse("30/hour")  # ballots of one campaign without codes
PLAIN_FORM = 2 * 1024 * 1024  # bytes of a form without files: two long articles, each character in nine bytes


def install(app: Flask) -> None:
    """The limiter hangs on an app of its own: it would look at every request, and five views ask it by hand."""
    bearer = Flask("limits")
    bearer.config["RATELIMIT_STORAGE_URI"] = app.config["PORTAL"].limits_uri
    limiter.init_app(bearer)

    @app.before_request
    def only_what_can_be_typed() -> None:
        """Flask's limit for what is typed holds for forms with files only."""
        if request.mimetype == "application/x-www-form-urlencoded":
            request.max_content_length = PLAIN_FORM


def client_key() -> str:
    """Stands for the address of the client without telling it."""
    secret = current_app.config["SECRET_KEY"].encode()
    return derived(secret, "portal-client", _household(request.remote_addr or "").encode(), 12).hex()


def _household(address: str) -> str:
    """The address, or its /64 in IPv6, where every home has as many addresses as it likes."""
    return str(ip_network((address, 64), strict=False)) if ":" in address and "%" not in address else address


def within(item: RateLimitItem, what: str, key: str | None = None) -> bool:
    """Counts one more; False where that is too much."""
    return limiter.limiter.hit(item, what, key or client_key())


class CountersOnFile(Storage):
    """Fixed windows in a SQLite file of their own, shared by the workers of one machine."""

    STORAGE_SCHEME = ["counters"]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._path = uri.split("://", 1)[1]
        self._local = threading.local()

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def _file(self) -> sqlite3.Connection:
        if not hasattr(self._local, "file"):
            Path(self._path).touch(mode=0o600)
            file = sqlite3.connect(self._path, timeout=2, isolation_level=None)
            file.execute("PRAGMA journal_mode=WAL")
            file.execute("PRAGMA synchronous=OFF")  # a counter lost in a power cut does no harm
            file.execute("CREATE TABLE IF NOT EXISTS hits(k TEXT PRIMARY KEY, n INT, until REAL) WITHOUT ROWID")
            file.execute("DELETE FROM hits WHERE until < ?", (time.time(),))
            self._local.file = file
        found: sqlite3.Connection = self._local.file
        return found

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        row = self._file().execute(
            "INSERT INTO hits VALUES (?1, ?3, ?2 + ?4) ON CONFLICT (k) DO UPDATE SET"
            " n = CASE WHEN until <= ?2 THEN ?3 ELSE n + ?3 END,"
            " until = CASE WHEN until <= ?2 THEN ?2 + ?4 ELSE until END RETURNING n",
            (key, time.time(), amount, expiry)).fetchone()
        return int(row[0])

    def get(self, key: str) -> int:
        row = self._file().execute("SELECT n FROM hits WHERE k = ? AND until > ?", (key, time.time())).fetchone()
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._file().execute("SELECT until FROM hits WHERE k = ?", (key,)).fetchone()
        return float(row[0]) if row else time.time()

    def check(self) -> bool:
        return bool(self._file().execute("SELECT 1").fetchone())

    def reset(self) -> int | None:
        return self._file().execute("DELETE FROM hits").rowcount

    def clear(self, key: str) -> None:
        self._file().execute("DELETE FROM hits WHERE k = ?", (key,))
