"""For authors who lost their code and left a contact: a one-time number is sent there and exchanged for a new code.

Every answer looks the same whether or not there is such a case. The new code is shown once, like the first one.
"""

import secrets
import time
from typing import Any

from flask import abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.casework import renewal
from portal.casework.renewal import Renewed, digits_of
from portal.db import transaction
from portal.domain import reference
from portal.outbox.rules import Means
from portal.track.views import blueprint
from portal.vault.box import opened_token, sealed_token
from portal.web import limits
from portal.web.current import is_secure, settings, terms, vault
from portal.web.words import _, ngettext

_ASKED, _RENEWED = "lost", "renewed"
_SECONDS = int(renewal.VALID.total_seconds())
_LONGEST = 254
_AS_LONG = 0.05  # seconds that every request takes: one that fits writes more, and that could be measured


@blueprint.context_processor
def whether_codes_can_be_renewed() -> dict[str, Any]:
    return {"lost_means": settings().means}


@blueprint.get("/lost")
def lost() -> ResponseReturnValue:
    return _asking(_means())


@blueprint.post("/lost")
def lost_ask() -> ResponseReturnValue:
    means = _means()
    number, contact = (request.form.get(name, "").strip()[:_LONGEST] for name in ("number", "contact"))
    faults = {name: _("This is still missing") for name, given in (("number", number), ("contact", contact)) if not given}
    if faults:
        return _asking(means, number, contact, faults), 422
    if not limits.within(limits.LOST, "lost"):
        told = _("Too many attempts from your network. Please wait an hour and try again, or call us.")
        return _asking(means, number, contact, {"number": told}), 429
    began = time.monotonic()
    with transaction():
        asked = renewal.ask(number, contact, means=means, nonce=secrets.token_bytes(16), now=clock.now(), vault=vault())
    time.sleep(max(0.0, began + _AS_LONG - time.monotonic()))
    return _with_cookie(redirect(url_for("track.lost_number"), 303), _ASKED, {"renewal": asked}, "track.lost_number")


@blueprint.get("/lost/number")
def lost_number() -> ResponseReturnValue:
    return redirect(url_for("track.lost"), 303) if _cookie(_ASKED) is None else _typing()


@blueprint.post("/lost/number")
def lost_renew() -> ResponseReturnValue:
    asked, typed = _cookie(_ASKED), digits_of(request.form.get("one_time", ""))
    if asked is None:
        return redirect(url_for("track.lost"), 303)
    if typed is None:
        return _typing(_("Please type the eight digits of the one-time number")), 422
    if not limits.within(limits.ONE_TIME, "one-time"):
        return _typing(_("Too many attempts from your network. Please wait an hour and try again, or call us.")), 429
    with transaction():
        made = renewal.renew(asked["renewal"], typed, terms=terms(), vault=vault())
    if not made.code:
        return _typing(_wrong(made)), 422
    kept = {"number": made.number, "code": made.code}
    return _with_cookie(redirect(url_for("track.lost_code"), 303), _RENEWED, kept, "track.lost_code")


@blueprint.get("/lost/code")
def lost_code() -> ResponseReturnValue:
    """Shows the new code once: the answer that shows it also takes it away from the browser."""
    kept = _cookie(_RENEWED)
    if kept is None:
        return redirect(url_for("track.enter"), 303)
    response = make_response(render_template("track/lost_code.html", number=kept["number"], today=clock.today(),
                                             groups=reference.group(kept["code"])))
    response.delete_cookie(_RENEWED, path=url_for("track.lost_code"))
    response.delete_cookie(_ASKED, path=url_for("track.lost_number"))
    return response


def _means() -> tuple[Means, ...]:
    """By which means a number can be sent; where there is none, there is no such page."""
    return settings().means or abort(404)


def _asking(means: tuple[Means, ...], number: str = "", contact: str = "", faults: dict[str, str] | None = None) -> str:
    return render_template("track/lost.html", means=means, number=number, contact=contact, faults=faults or {})


def _typing(trouble: str = "") -> str:
    return render_template("track/lost_number.html", trouble=trouble, minutes=_SECONDS // 60)


def _wrong(made: Renewed) -> str:
    if not made.left:
        return _("This number can no longer be used. Please ask for another one.")
    return ngettext("This is not the number. You have %(num)s attempt left.",
                    "This is not the number. You have %(num)s attempts left.", made.left)


def _with_cookie(response: Response, name: str, value: dict[str, Any], endpoint: str) -> Response:
    token = sealed_token(current_app.config["SECRET_KEY"], {**value, "until": int(clock.seconds()) + _SECONDS}, name)
    response.set_cookie(name, token, path=url_for(endpoint), httponly=True, samesite="Strict", secure=is_secure(),
                        max_age=_SECONDS)
    return response


def _cookie(name: str) -> dict[str, Any] | None:
    found = opened_token(current_app.config["SECRET_KEY"], request.cookies.get(name, ""), name)
    return found if found is not None and found["until"] >= clock.seconds() else None
