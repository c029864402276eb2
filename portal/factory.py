"""Builds the app: settings, content, database, vault, manners of the site, features."""

from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.templating import Environment
from jinja2 import FileSystemBytecodeCache, StrictUndefined

from portal import content, db
from portal.config import ROOT, Settings
from portal.features import FEATURES
from portal.vault.box import Keyring
from portal.web import caching, current, days, errors, filters, guards, headers, limits, packing, preferences, sentences

_MEGABYTE = 1024 * 1024


class Templates(Environment):
    """Jinja with one plain dictionary of globals: its own layered one costs a tenth of a page for every import."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


class Sessions(SecureCookieSessionInterface):
    """Without its cookie there is nothing to open: most readers have none, and a signer is dear to make."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies and app.secret_key:
            return self.session_class()
        return super().open_session(app, request)


class Site(Flask):
    jinja_environment = Templates
    session_interface = Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func  # no view waits; Flask looks anew at every one, in every request


def build(settings: Settings) -> Flask:
    """Raises ConfigError or ContentError rather than starting with half of what it needs."""
    app = Site("portal", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(
        PORTAL=settings, SECRET_KEY=settings.secret_key, TESTING=False,
        MAX_CONTENT_LENGTH=48 * _MEGABYTE, MAX_FORM_MEMORY_SIZE=_MEGABYTE, MAX_FORM_PARTS=200,
        SESSION_COOKIE_NAME="portal", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https, WTF_CSRF_TIME_LIMIT=None,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(_folder(settings.data / "templates")))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["portal-content"] = content.read(settings.content)
    app.extensions["portal-keyring"] = Keyring.of(settings.keys)
    db.configure(app, settings)
    for manner in (packing, current, preferences, filters, days, sentences, headers, limits, guards, caching, errors):
        manner.install(app)
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint())
    _register_commands(app)
    return app


def _folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _register_commands(app: Flask) -> None:
    from portal.cli import COMMANDS

    for command in COMMANDS:
        app.cli.add_command(command)
