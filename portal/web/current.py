"""What a view needs of the running app: settings, content, vault, and the terms under which rules decide now."""

from typing import cast

from flask import Flask, current_app, g, has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import clock
from portal.calendars import queries as calendars
from portal.config import Settings
from portal.content import Content
from portal.counters import Versions, versions
from portal.domain.case import Terms
from portal.domain.working_days import WorkingCalendar
from portal.vault.actions import Vault, open_vault


def install(app: Flask) -> None:
    proxies = app.config["PORTAL"].proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]


def settings() -> Settings:
    return cast(Settings, current_app.config["PORTAL"])


def is_secure() -> bool:
    """Whether cookies may travel encrypted only: the settings say so, or this request came that way."""
    return settings().https or request.is_secure


def content() -> Content:
    return cast(Content, current_app.extensions["portal-content"])


def vault() -> Vault:
    """Opened once a process, at the first need."""
    opened = current_app.extensions.get("portal-vault")
    if opened is None:
        opened = current_app.extensions["portal-vault"] = open_vault(current_app.extensions["portal-keyring"])
    return cast(Vault, opened)


def calendar() -> WorkingCalendar:
    """The calendar of the files with the years entered at the desk; joined anew once the content has changed."""
    kept, version = current_app.extensions["portal-calendar"], versions_seen().content
    seen, joined = kept.get("joined", (None, None))
    if seen != version:
        joined = calendars.calendar(content().calendar)
        kept["joined"] = (version, joined)
    return cast(WorkingCalendar, joined)


def versions_seen() -> Versions:
    """Read once a request; the worker's one context lives for as long as the worker does."""
    if not has_request_context():
        return versions()
    if "versions" not in g:
        g.versions = versions()
    return cast(Versions, g.versions)


def note_versions(found: Versions) -> None:
    """For a view that read them together with what it shows."""
    g.versions = found


def terms() -> Terms:
    """The moment, the calendar, the rules and the units that decisions are made under."""
    city = content()
    return Terms(now=clock.now(), calendar=calendar(), rules=city.rules,
                 parents={unit.code: unit.parent for unit in city.units.values()},
                 means=frozenset(settings().means),
                 directory=frozenset(unit.phone for unit in city.units.values()) | {city.site.phone})
