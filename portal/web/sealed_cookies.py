"""Small values that one browser carries for a while, sealed: it can neither read nor change them. None is kept here."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, request
from werkzeug.wrappers import Response

from portal import clock
from portal.vault.box import opened_token, sealed_token
from portal.web.current import is_secure


def put(response: Response, name: str, value: Mapping[str, Any], *, path: str, minutes: int) -> Response:
    """Sent only to addresses below `path`, by no other site, and to no script."""
    kept = {**value, "until": clock.seconds() + minutes * 60}
    response.set_cookie(name, sealed_token(current_app.config["SECRET_KEY"], kept, name), httponly=True, samesite="Strict",
                        secure=is_secure(), path=path, max_age=minutes * 60)
    return response


def find(name: str) -> Mapping[str, Any] | None:
    """What the browser was given under this name, while it holds."""
    kept = opened_token(current_app.config["SECRET_KEY"], request.cookies.get(name, ""), name)
    return None if kept is None or kept["until"] < clock.seconds() else kept


def drop(response: Response, name: str, *, path: str) -> Response:
    response.delete_cookie(name, path=path)
    return response
