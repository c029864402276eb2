"""What every template may use: words, dates, numbers, the site, the menu, addresses of files."""

from datetime import date
from functools import cache
from hashlib import blake2b
from types import SimpleNamespace
from typing import Any

from flask import Flask, g, request, url_for

from portal import clock, i18n
from portal.config import ROOT
from portal.content.heads import Site
from portal.domain.campaign import ACCESS_WORDS, GROUP_WORDS, KIND_WORDS, PHASE_WORDS
from portal.domain.codes import (
    CHANNEL_WORDS,
    LANE_WORDS,
    LEVEL_WORDS,
    ORDER_WORDS,
    OUTCOME_WORDS,
    POSITION_WORDS,
    PROMISE_WORDS,
    SOLVED_WORDS,
    STAGE_WORDS,
    STATUS_WORDS,
)
from portal.features import FEATURES
from portal.markup import cleaned, masked
from portal.web.current import content, settings
from portal.web.published import published
from portal.web.subjects import subject_name
from portal.web.words import _, language, said

_SITE_WORDS = ("name", "city", "bureau", "tagline", "office", "address", "hours")


def install(app: Flask) -> None:
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(lambda text: i18n.catalogue(language()).gettext(text),  # type: ignore[attr-defined]
                                  lambda one, many, n: i18n.catalogue(language()).ngettext(one, many, n), newstyle=True)
    env.filters.update(
        day=lambda value: i18n.day(value, language()), day_short=lambda value: i18n.day_short(value, language()),
        month=lambda value: i18n.month(value, language()), minute=i18n.minute,
        number=lambda value: i18n.number(value, language()), said=said, masked=masked, size=size, words=_words,
        cleaned=cleaned, unit_name=unit_name, subject_name=subject_name, iso_day=date.fromisoformat)
    env.globals.update(asset=asset, menu=menu, footer_links=footer_links, demo=demo,
                       unit_name=unit_name, district_name=district_name, category_title=category_title,
                       status_words=STATUS_WORDS, level_words=LEVEL_WORDS, outcome_words=OUTCOME_WORDS,
                       lane_words=LANE_WORDS, stage_words=STAGE_WORDS, channel_words=CHANNEL_WORDS, order_words=ORDER_WORDS,
                       position_words=POSITION_WORDS, solved_words=SOLVED_WORDS, promise_states=PROMISE_WORDS,
                       campaign_kinds=KIND_WORDS, access_words=ACCESS_WORDS, group_words=GROUP_WORDS,
                       phase_words=PHASE_WORDS, subject_name=subject_name)
    app.context_processor(_context)


def _words(message: str) -> str:
    """A message id that came from a table of the domain."""
    return _(str(message))


def size(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / 1024 / 1024:.1f} MB" if count >= 1024 * 1024 else f"{max(count // 1024, 1)} KB"


def asset(path: str) -> str:
    """The address of a static file, which changes with its content and may be kept for a year."""
    return _asset(path, request.script_root)


@cache
def _asset(path: str, root: str) -> str:
    content_hash = blake2b((ROOT / "static" / path).read_bytes(), digest_size=6).hexdigest()
    return f"{root}/static/{path}?v={content_hash}"


def unit_name(code: str | None) -> str:
    """The unit's name; a code that content no longer knows stands for itself."""
    return _name(content().units, code)


def district_name(code: str | None) -> str:
    return _name(content().districts, code)


def _name(things: dict[str, Any], code: str | None) -> str:
    if not code:
        return ""
    return str(said(things[code], "name")) if code in things else code


def category_title(slug: str) -> str:
    found = content().categories.get(slug)
    if found is None:
        return slug
    return found.head_en.title if language() == "en" else found.head.title


def _context() -> dict[str, Any]:
    lang = language()
    return {"lang": lang, "html_lang": i18n.LANGUAGES[lang], "prefs": g.prefs, "site": _site(lang, content().site),
            "here": request.full_path.rstrip("?")}


@cache
def _site(lang: str, site: Site) -> SimpleNamespace:
    """The site's own facts in one language."""
    return SimpleNamespace(phone=site.phone, misconduct_phone=site.misconduct_phone, hotline=site.hotline,
                           **{name: said(site, name) for name in _SITE_WORDS})


def demo() -> date | None:
    """The day at which the simulated city stands; None for a real one."""
    return clock.today() if settings().demo else None


def menu() -> list[SimpleNamespace]:
    return [SimpleNamespace(url=url_for(each.menu[0]), label=_(each.menu[1]), current=request.blueprint == each.module)
            for each in FEATURES if each.menu]


def footer_links() -> list[SimpleNamespace]:
    """The pages that ask for it in their heads; none while the database does not answer."""
    return [SimpleNamespace(url=url_for("pages.page", slug=each.slug), label=each.title, current=False)
            for each in published("page") if each.head.footer]
