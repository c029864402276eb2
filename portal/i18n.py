"""Chinese and English: message catalogues, dates and numbers in the reader's language.

Message ids are the English texts. Every *.po file under translations/zh belongs to one area of the site; they are
read at start-up, so that translating needs no build step. Knows nothing of how a reader chose the language.
"""

from datetime import date, datetime
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = {"zh": "zh-Hans", "en": "en"}
DEFAULT = "zh"
FOLDER = Path(__file__).parent / "translations"
_LOCALES = {"zh": Locale("zh", script="Hans", territory="CN"), "en": Locale("en", territory="GB")}
_DAYS_KEPT = 4_000
_WITH_WEEKDAY = {"zh": "M月d日 EEE", "en": "EEE d MMM"}


@cache
def catalogue(lang: str) -> NullTranslations:
    """All messages of a language; the English ones are their own ids."""
    whole = Catalog(locale=lang)
    for file in sorted((FOLDER / lang).glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=lang):
                if message.id:
                    whole[message.id] = message
    if not len(whole):
        return NullTranslations()
    packed = BytesIO()
    write_mo(packed, whole)
    packed.seek(0)
    return GNUTranslations(packed)


@lru_cache(_DAYS_KEPT)
def day(value: date, lang: str) -> str:
    """2026年11月27日 / 27 November 2026."""
    return format_date(value, "long", locale=_LOCALES[lang])


@lru_cache(_DAYS_KEPT)
def day_short(value: date, lang: str) -> str:
    """11月27日 周五 / Fri 27 Nov."""
    return format_date(value, _WITH_WEEKDAY[lang], locale=_LOCALES[lang])


def month(value: str, lang: str) -> str:
    """2026年11月 / November 2026, for `2026-11`."""
    return format_date(date.fromisoformat(f"{value}-01"), "MMMM y" if lang == "en" else "y年M月", locale=_LOCALES[lang])


def minute(value: datetime) -> str:
    """2026-11-27 09:30: for staff only; the public reads days."""
    return f"{value:%Y-%m-%d %H:%M}"


def number(value: int | float, lang: str) -> str:
    return format_decimal(value, locale=_LOCALES[lang])
