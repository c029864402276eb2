"""What a view needs of the running app: settings, content, vault, and the terms under which rules decide now."""

from typing import cast

from flask import Flask, current_app, g, has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import clock
from portal.calendars import queries as calendars
from portal.config import Settings
from portal.content import Content
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
    """The calendar of the files with the years entered at the desk; asked for its version once a request."""
    if not has_request_context():  # the worker's one context lives for as long as the worker does
        return _calendar()
    if "calendar" not in g:
        g.calendar = _calendar()
    return cast(WorkingCalendar, g.calendar)


def _calendar() -> WorkingCalendar:
    """Joined anew in this process once a year was entered."""
    kept, version = current_app.extensions["portal-calendar"], calendars.version()
    seen, joined = kept.get("joined", (None, None))
    if seen != version:
        joined = calendars.calendar(content().calendar)
        kept["joined"] = (version, joined)
    return cast(WorkingCalendar, joined)


def terms() -> Terms:
    """The moment, the calendar, the rules and the units that decisions are made under."""
    city = content()
    return Terms(now=clock.now(), calendar=calendar(), rules=city.rules,
                 parents={unit.code: unit.parent for unit in city.units.values()},
                 means=frozenset(settings().means),
                 directory=frozenset(unit.phone for unit in city.units.values()) | {city.site.phone})
