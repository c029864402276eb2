"""Refusals and faults become designed pages: what happened, and what to do next. Nothing typed is ever in a log."""

from dataclasses import dataclass, field

from flask import Flask, current_app, g, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from portal.domain.errors import ClockError, InvalidError, NotAllowedError, NotFoundError, StaleError
from portal.domain.people import N_
from portal.web.preferences import Preferences
from portal.web.words import _, speak

csrf = CSRFProtect()


@dataclass(frozen=True)
class ErrorPage:
    """What the page of a refusal says."""

    status: int
    title: str
    what: str
    next: list[tuple[str, str]]
    number: str | None = None
    lines: list[str] = field(default_factory=list)


_WORDS = {
    400: (N_("This request could not be understood"),
          N_("The page that sent it may have been open for too long. Go back, reload the page and send it again; "
             "what you typed is still there if your browser kept it.")),
    403: (N_("This is not open to you"),
          N_("Your account may not do this, or the case is in a state in which it cannot be done.")),
    404: (N_("There is nothing here"),
          N_("The address may be mistyped, or what was here is not public.")),
    405: (N_("This address takes no such request"), N_("Go to the page itself and use its form.")),
    409: (N_("Somebody else was faster"),
          N_("The case has changed since you opened it. Nothing of yours was saved. Look at what changed, then act "
             "again.")),
    413: (N_("That is too large"),
          N_("All files together may be at most 40 MB, each one 8 MB. Nothing was saved. Go back, choose smaller "
             "files and send it again; what you typed is still there.")),
    422: (N_("Something is missing or wrong"), N_("Go back and correct it; nothing was saved.")),
    429: (N_("Too many attempts"),
          N_("To protect everyone, this page pauses for a while after many attempts. Please try again in a few "
             "minutes.")),
    500: (N_("Something went wrong on our side"),
          N_("The fault was noted, without anything you typed. Nothing was half-saved. Please try again, or call us.")),
    503: (N_("Nothing can be saved at the moment"),
          N_("Nothing was half-saved. Go back, keep what you typed, and try again in a few minutes, or call us.")),
}


def install(app: Flask) -> None:
    csrf.init_app(app)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, lambda fault: page(400))
    app.register_error_handler(NotFoundError, lambda fault: page(404))
    app.register_error_handler(NotAllowedError, lambda fault: page(403))
    app.register_error_handler(InvalidError, lambda fault: page(422))
    app.register_error_handler(StaleError, _stale)
    app.register_error_handler(ClockError, _unavailable)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(IntegrityError, lambda fault: page(409))
    app.register_error_handler(Exception, _unexpected)


def page(status: int, *, number: str | None = None, link: tuple[str, str] | None = None) -> ResponseReturnValue:
    """The designed page of a status; `link` is where to go on."""
    if "prefs" not in g:  # the fault came before the reader's language was read
        g.prefs = Preferences()
        speak(g.prefs.lang)
    status = status if status in _WORDS else 400 if status < 500 else 500
    title, what = (_(words) for words in _WORDS[status])
    links = [link] if link else []
    if "staff" in session:
        links.append((url_for("desk.index"), _("Staff desk")))
    links += [(url_for("pages.home"), _("Home")), (url_for("track.enter"), _("Track an opinion")),
              (url_for("pages.page", slug="contacts"), _("Contacts"))]
    return render_template("errors/page.html", error=ErrorPage(status, title, what, links, number)), status


def _http(fault: HTTPException) -> ResponseReturnValue:
    if fault.code is None or fault.code < 400:
        return fault
    return page(fault.code)


def _stale(fault: StaleError) -> ResponseReturnValue:
    return page(409, number=fault.number, link=(request.path.rsplit("/", 1)[0], _("See the case as it is now")))


def _unavailable(fault: Exception) -> ResponseReturnValue:
    """A full disk, a lost database, a wrong clock. Only the kind of fault is logged: its message may quote values."""
    note_unavailable(fault)
    return page(503)


def note_unavailable(fault: Exception) -> None:
    cause = getattr(fault, "orig", None) or fault
    current_app.logger.error("unavailable: %s at %s", _kind(cause), request.endpoint)


def _unexpected(fault: Exception) -> ResponseReturnValue:
    """The place of the fault in our code, never its message: messages quote what people wrote."""
    trace, places = fault.__traceback__, []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}")
        trace = trace.tb_next
    current_app.logger.error("fault: %s at %s (%s)", type(fault).__name__, request.endpoint, " > ".join(places[-6:]))
    if current_app.config["TESTING"] or current_app.debug:
        raise fault
    return page(500)


def _kind(cause: BaseException) -> str:
    name = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    return f"{type(cause).__name__} {name or ''}".strip()
