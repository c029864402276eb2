"""The reader's language, text size, contrast and mode: small cookies, set only when something is changed."""

from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, g, request
from werkzeug.wrappers import Response

from portal.i18n import DEFAULT, LANGUAGES
from portal.web.current import is_secure
from portal.web.words import speak

CHOICES = {
    "lang": ("zh", "en"),
    "text": ("standard", "large", "largest"),
    "contrast": ("normal", "high"),
    "mode": ("full", "simple"),
}
_COOKIE = "view"
_A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Preferences:
    lang: str = DEFAULT
    text: str = "standard"
    contrast: str = "normal"
    mode: str = "full"

    @classmethod
    @lru_cache(256)
    def read(cls, cookie: str) -> "Preferences":
        """From `zh.large.high.simple`; anything else is the default."""
        values = cookie.split(".")
        names = list(CHOICES)
        if len(values) != len(names):
            return cls()
        return cls(**{name: value for name, value in zip(names, values, strict=True) if value in CHOICES[name]})

    def changed(self, name: str, value: str) -> "Preferences":
        if name not in CHOICES or value not in CHOICES[name]:
            return self
        return Preferences(**{**self.__dict__, name: value})

    def __str__(self) -> str:
        return ".".join(getattr(self, name) for name in CHOICES)


def install(app: Flask) -> None:
    @app.before_request
    def read() -> None:
        g.prefs = Preferences.read(request.cookies.get(_COOKIE, ""))
        asked = request.args.get("lang", "")
        g.asked_lang = asked if asked in LANGUAGES and asked != g.prefs.lang else None
        if g.asked_lang:
            g.prefs = g.prefs.changed("lang", asked)
        speak(g.prefs.lang)

    @app.after_request
    def remember(response: Response) -> Response:
        if g.get("asked_lang") or g.get("is_look_changed"):
            keep(response, g.prefs)
        return response


def look(wanted: str) -> None:
    """Answers this request in the look that a form with the button `look` asks for, as `text.large`, and keeps it."""
    name, _, value = wanted.partition(".")
    before, g.prefs = g.prefs, g.prefs.changed(name, value)
    g.is_look_changed = g.prefs != before
    speak(g.prefs.lang)


def keep(response: Response, chosen: Preferences) -> None:
    response.set_cookie(_COOKIE, str(chosen), max_age=_A_YEAR, samesite="Lax", httponly=True,
                        secure=is_secure())
