"""The receipt on its way to the one page that shows it: sealed in a cookie that only this page is sent."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from portal import clock
from portal.casework.actions import Receipt
from portal.vault.box import opened_token, sealed_token
from portal.web.current import is_secure

_COOKIE = "receipt"
_MINUTES = 30


def hand_out(response: Response, made: Receipt, code: str, *, clerk: bool = False, review_of: str = "") -> Response:
    """Sends number, code and promised days along with a redirect to the receipt; nothing of it is kept here.

    `clerk`: a member of staff reads it to the author, or prints it for them. `review_of`: the number of the matter that
    the next higher unit is asked to review.
    """
    kept = {"number": made.number, "code": code, "triage_due": made.triage_due.isoformat(),
            "due_on": made.due_on.isoformat(), "until": clock.seconds() + _MINUTES * 60, "held": made.held,
            "public": made.number[0].isdigit(), "clerk": clerk, "review_of": review_of}
    response.set_cookie(_COOKIE, sealed_token(current_app.config["SECRET_KEY"], kept, _COOKIE), httponly=True,
                        samesite="Strict", secure=is_secure(), path=url_for("opinions.receipt"), max_age=_MINUTES * 60)
    return response


def handed_out() -> Mapping[str, Any] | None:
    """What the browser was given, while it may still be shown."""
    kept = opened_token(current_app.config["SECRET_KEY"], request.cookies.get(_COOKIE, ""), _COOKIE)
    return None if kept is None or kept["until"] < clock.seconds() else kept


def take_back(response: Response) -> Response:
    """The answer that shows the code also takes it away from the browser."""
    response.delete_cookie(_COOKIE, path=url_for("opinions.receipt"))
    return response
