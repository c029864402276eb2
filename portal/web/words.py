"""Words in the language of this reader: messages, and the two-language values of content."""

from contextvars import ContextVar
from typing import Any

from portal.i18n import DEFAULT, catalogue

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)  # asked for some fifty times a page
language = _language.get


def speak(lang: str) -> None:
    """From here on, this request is answered in that language."""
    _language.set(lang)


def _(message: str, **values: object) -> str:
    found = catalogue(language()).gettext(message)
    return found % values if values else found


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    return catalogue(language()).ngettext(singular, plural, n) % {"num": n, **values}


def said(thing: Any, name: str) -> Any:
    """A field of a content value in the reader's language: `name`, or `name_en` where there is one."""
    if language() == "en" and hasattr(thing, f"{name}_en"):
        return getattr(thing, f"{name}_en") or getattr(thing, name)
    return getattr(thing, name)
