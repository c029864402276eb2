"""Public pages are rendered once for as long as nothing that anyone can see has changed, and else answered 304.

The tag of a page names all that it depends on: the release, the version of what it shows, the day (lateness is told by
the day), the address and the reader's view. So what is kept under a tag cannot be stale.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from hashlib import blake2b
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, render_template, request
from flask.wrappers import Response
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from portal import clock, markup
from portal.config import ROOT
from portal.counters import Versions
from portal.web.current import versions_seen

_SOURCES = ("portal/**/*.py", "portal/**/*.po", "templates/**/*.html", "content/**/*")
_MOST_KEPT = 300  # pages of some 15 KB
_LONGEST_ADDRESS = 500  # characters; pages of longer ones are not kept, or they would fill the memory
_STORES = ("portal-packed", "portal-pages", "portal-fragments", "portal-published", "portal-calendar")
View = Callable[..., Any]
Text = TypeVar("Text", str, bytes)


def install(app: Flask) -> None:
    app.extensions["portal-release"] = _release()
    app.extensions.update({name: {} for name in _STORES})
    app.jinja_env.globals["fragment"] = fragment


def forget(app: Flask) -> None:
    """Drops what is kept; needed only where a database is put back to an earlier state."""
    for name in _STORES:
        app.extensions[name].clear()


def public_page(view: View) -> View:
    """For GET pages that depend on anything that is public, on the address and on the reader's preferences."""
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Response:
        return answer(_versions().public, lambda: view(*args, **kwargs))
    return guarded


def content_page(view: View) -> View:
    """For GET pages that depend on published pages alone, so that no opinion sent meanwhile changes them."""
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Response:
        return answer(_versions().content, lambda: view(*args, **kwargs))
    return guarded


def content_file(view: View) -> View:
    """The same for files: made for each reader who does not have them, since some are too large to be kept in memory."""
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Response:
        return answer(_versions().content, lambda: view(*args, **kwargs), keeps=False)
    return guarded


def answer(depends_on: Hashable, make: Callable[[], str], *, keeps: bool = True) -> Response:
    """304, or the page kept for this state, or the page made now. The foot of each page depends on the content."""
    tag, as_response = _tag(depends_on, _versions().content), current_app.response_class
    if request.if_none_match.contains_weak(tag) and not g.get("asked_lang"):
        response = as_response(status=304)
    elif not keeps or len(request.full_path) > _LONGEST_ADDRESS:
        response = as_response(make())
    else:
        response = as_response(_kept("portal-pages", tag, lambda: make().encode()))
    readers = "private" if request.cookies or g.get("asked_lang") else "public"
    response.headers.extend({"ETag": f'W/"{tag}"', "Cache-Control": f"{readers}, no-cache", "Vary": "Cookie, Accept-Encoding"})
    return response


def seen_versions() -> Versions | None:
    """Read once a request; None while the database does not answer, so that even then there is a page to show."""
    if "no_versions" not in g:
        try:
            return versions_seen()
        except SQLAlchemyError:
            g.no_versions = True
    return None


def fragment(template: str) -> Markup:
    """A part of the layout, rendered once for each view of a reader: it may use nothing but feature and preferences."""
    return markup.ready_made(kept_fragment(template, request.blueprint, lambda: render_template(template)))


def kept_fragment(name: str, depends_on: Hashable, make: Callable[[], str]) -> str:
    """What depends on nothing but this, the reader's preferences, the content and the day."""
    seen = seen_versions()
    key = (name, depends_on, g.prefs, request.script_root, seen.content if seen else None, clock.today())
    return _kept("portal-fragments", key, make)


def _kept(name: str, key: Hashable, make: Callable[[], Text]) -> Text:
    """What was made for this key before, in this process; a full store is emptied."""
    ready: dict[Hashable, Text] = current_app.extensions[name]
    found = ready.get(key)
    if found is None:
        found = make()
        if len(ready) >= _MOST_KEPT:
            ready.clear()
        ready[key] = found
    return found


def _versions() -> Versions:
    return seen_versions() or abort(503)


def _tag(*depends_on: Hashable) -> str:
    whole = (current_app.extensions["portal-release"], depends_on, clock.today(), g.prefs, request.full_path)
    return blake2b(repr(whole).encode(), digest_size=12).hexdigest()


def _release() -> str:
    """Changes with every file that a page is made of."""
    digest = blake2b(digest_size=8)
    for pattern in _SOURCES:
        for file in sorted(ROOT.glob(pattern)):
            if file.is_file():
                stat = file.stat()
                digest.update(f"{file}{stat.st_mtime_ns}{stat.st_size}".encode())
    return digest.hexdigest()
