"""A mark of one form on one page, signed: a form sent twice makes one case. Knows no form."""

import secrets

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from portal import clock

_SECONDS = 4 * 3600  # how long a form may stand open before it counts as a new one


def new_once() -> str:
    return _serializer().dumps([secrets.token_hex(16), int(clock.seconds())])


def read_once(token: str | None) -> str | None:
    """The random part of the mark; None for what we did not sign, or signed too long ago."""
    try:
        once, made = _serializer().loads(token or "")
    except (BadSignature, ValueError, TypeError):
        return None
    return str(once) if 0 <= clock.seconds() - made <= _SECONDS else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="once")
