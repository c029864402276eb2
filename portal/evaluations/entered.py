"""The one-time code that was typed into this browser, sealed in a cookie; never in an address, a log or the record.

A ballot is bound to the code under which its page was opened: on a shared device the next person's code replaces the
first, and a page that was left open must not be sent with it.
"""

import hmac

from flask import current_app, url_for
from werkzeug.wrappers import Response

from portal.vault.box import derived
from portal.web import sealed_cookies

_COOKIE = "ballot"
_MINUTES = 4 * 60


def keep(response: Response, code: str) -> Response:
    return sealed_cookies.put(response, _COOKIE, {"code": code}, path=_path(), minutes=_MINUTES)


def find() -> str | None:
    kept = sealed_cookies.find(_COOKIE)
    return None if kept is None else str(kept["code"])


def forget(response: Response) -> Response:
    return sealed_cookies.drop(response, _COOKIE, path=_path())


def binding(code: str, once: str) -> str:
    """What a page carries of its code: nobody without the site's key learns anything from it."""
    return derived(current_app.config["SECRET_KEY"].encode(), "portal-binding", f"{code}|{once}".encode(), 16).hex()


def is_bound(code: str, once: str, given: str) -> bool:
    return hmac.compare_digest(binding(code, once).encode(), given.encode())


def _path() -> str:
    return url_for("evaluations.index")
