"""Public pages are answered 304 before anything is rendered, as long as nothing that anyone can see has changed.

The tag of a page names the release, the public version, the day (lateness is told by the day) and the reader's view.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any

from flask import Flask, current_app, g, make_response, request
from flask.wrappers import Response

from portal import clock
from portal.casework.public import Versions, versions
from portal.config import ROOT

_SOURCES = ("portal/**/*.py", "portal/**/*.po", "templates/**/*.html", "content/**/*")
View = Callable[..., Any]


def install(app: Flask) -> None:
    app.extensions["portal-release"] = _release()


def public_page(view: View) -> View:
    """For GET pages whose text depends on nothing but public data, the address and the reader's preferences."""
    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Response:
        tag = _tag()
        if request.if_none_match.contains_weak(tag) and not g.get("asked_lang"):
            response = current_app.response_class(status=304)
        else:
            response = make_response(view(*args, **kwargs))
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "private, no-cache" if request.cookies else "public, no-cache"
        response.vary.add("Cookie")
        return response
    return answered


def seen_versions() -> Versions:
    """Read once a request."""
    if "versions" not in g:
        g.versions = versions()
    found: Versions = g.versions
    return found


def _tag() -> str:
    release, public = current_app.extensions["portal-release"], seen_versions().public
    seen = (release, public, clock.today(), g.prefs, request.full_path)
    return blake2b(repr(seen).encode(), digest_size=12).hexdigest()


def _release() -> str:
    """Changes with every file that a page is made of."""
    digest = blake2b(digest_size=8)
    for pattern in _SOURCES:
        for file in sorted(ROOT.glob(pattern)):
            if file.is_file():
                stat = file.stat()
                digest.update(f"{file}{stat.st_mtime_ns}{stat.st_size}".encode())
    return digest.hexdigest()
