"""The receipt on its way to the one page that shows it: sealed in a cookie that only this page is sent."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from werkzeug.wrappers import Response

from portal.casework.actions import Receipt
from portal.web import sealed_cookies

_COOKIE = "receipt"
_MINUTES = 30


def hand_out(response: Response, made: Receipt, code: str, *, clerk: bool = False, review_of: str = "") -> Response:
    """Sends number, code and promised days along with a redirect to the receipt; nothing of it is kept here.

    `clerk`: a member of staff reads it to the author, or prints it for them. `review_of`: the number of the matter that
    the next higher unit is asked to review.
    """
    return sealed_cookies.put(response, _COOKIE, {**told(made, code), "clerk": clerk, "review_of": review_of},
                              path=url_for("opinions.receipt"), minutes=_MINUTES)


def told(made: Receipt, code: str) -> dict[str, Any]:
    """What a receipt tells: number, code, promised days, and whether everyone may know of the case."""
    return {"number": made.number, "code": code, "triage_due": made.triage_due.isoformat(),
            "due_on": made.due_on.isoformat(), "held": made.held, "public": made.number[0].isdigit()}


def handed_out() -> Mapping[str, Any] | None:
    """What the browser was given, while it may still be shown."""
    return sealed_cookies.find(_COOKIE)


def take_back(response: Response) -> Response:
    """The answer that shows the code also takes it away from the browser."""
    return sealed_cookies.drop(response, _COOKIE, path=url_for("opinions.receipt"))
