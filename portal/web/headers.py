"""Answers that give nothing away: a strict content policy, no referrer, nothing kept of private pages."""

from flask import Flask, request
from flask.wrappers import Response

_POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
           "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'")
_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PUBLIC_PAGE = ("public, no-cache", "private, no-cache")  # what `caching` says of public pages; all else is kept nowhere
_A_YEAR = 365 * 24 * 3600


def install(app: Flask) -> None:
    https = app.config["PORTAL"].https

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.extend(_ALWAYS)
        if https:
            response.headers["Strict-Transport-Security"] = f"max-age={_A_YEAR}"
        if request.endpoint == "static":
            lasts = request.args.get("v") and response.status_code < 400
            kept = f"max-age={_A_YEAR}, immutable" if lasts else "max-age=0, no-cache"
            response.headers["Cache-Control"] = f"public, {kept}"
        elif response.headers.get("Cache-Control") not in PUBLIC_PAGE:
            response.headers["Cache-Control"] = "no-store"  # files too: Flask lets browsers keep what it sends
        return response
