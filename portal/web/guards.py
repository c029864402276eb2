"""Who is asking: the signed-in member of staff, or the author who opened a case with its code."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.wrappers import Response
from werkzeug.exceptions import Forbidden

from portal import clock
from portal.accounts.queries import Staff, find_signed_in
from portal.domain.people import PUBLIC, Actor, Role
from portal.vault.box import opened_token, sealed_token
from portal.web.current import is_secure

TRACK_COOKIE = "track"
TRACK_MINUTES = 30
_IDLE = timedelta(hours=2)
_LONGEST = timedelta(hours=12)

View = Callable[..., Any]


def install(app: Flask) -> None:
    @app.context_processor
    def staff_in_templates() -> dict[str, Any]:
        return {"staff": g.get("staff")}


def staff_only(*roles: Role) -> Callable[[View], View]:
    """For views of the desk; with roles named, one of them is needed."""
    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.staff = _staff()
            if g.staff is None:
                session.pop("staff", None)
                back = request.full_path.rstrip("?") if request.method == "GET" else None
                return redirect(url_for("desk.sign_in", next=back))
            if roles and not g.staff.actor.roles & set(roles):
                raise Forbidden
            return view(*args, **kwargs)
        return guarded
    return guard


def sign_in(staff: Staff) -> None:
    session.clear()
    moment = clock.seconds()
    session["staff"] = {"id": staff.id, "epoch": staff.epoch, "since": moment, "seen": moment}


def sign_out() -> None:
    session.clear()


def viewer() -> Actor:
    """The actor of this request: the member of staff, or the public."""
    return g.staff.actor if g.get("staff") else PUBLIC


def _staff() -> Staff | None:
    kept = session.get("staff")
    if not kept:
        return None
    moment = clock.seconds()
    if moment - kept["seen"] > _IDLE.total_seconds() or moment - kept["since"] > _LONGEST.total_seconds():
        return None
    session["staff"] = {**kept, "seen": moment}
    return find_signed_in(kept["id"], kept["epoch"])


def open_case(response: Response, case_id: int) -> Response:
    """Lets this browser read the case for half an hour."""
    until = clock.seconds() + TRACK_MINUTES * 60
    token = sealed_token(current_app.config["SECRET_KEY"], {"case": case_id, "until": until}, TRACK_COOKIE)
    response.set_cookie(TRACK_COOKIE, token, path="/track", httponly=True, samesite="Strict", secure=is_secure(),
                        max_age=TRACK_MINUTES * 60)
    return response


def opened_case() -> int | None:
    """The id of the case this browser may read now."""
    token = request.cookies.get(TRACK_COOKIE)
    value = opened_token(current_app.config["SECRET_KEY"], token, TRACK_COOKIE) if token else None
    if value is None or value["until"] < clock.seconds():
        return None
    return int(value["case"])


def close_case(response: Response) -> Response:
    response.delete_cookie(TRACK_COOKIE, path="/track")
    return response
