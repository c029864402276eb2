"""Editing what is published: the head and the Markdown of a service, a story or a page, in both languages."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, markup
from portal.content import KINDS, ContentError, parse_document
from portal.db import transaction
from portal.desk.views import blueprint
from portal.domain.errors import StaleError
from portal.domain.people import N_, Role
from portal.publishing import actions
from portal.publishing.queries import articles as published
from portal.web.guards import staff_only
from portal.web.published import find_published
from portal.web.words import _, language

KIND_WORDS = {"service": N_("Services"), "story": N_("Stories"), "page": N_("Pages")}
_LONGEST = 60_000  # characters of one text


@blueprint.get("/articles")
@staff_only(Role.EDITOR)
def articles() -> str:
    groups = [(kind, _(word), published(kind, language())) for kind, word in KIND_WORDS.items()]
    return render_template("desk/articles.html", groups=groups)


@blueprint.get("/articles/<kind>/<slug>")
@staff_only(Role.EDITOR)
def article(kind: str, slug: str) -> str:
    found = (actions.sources(kind, slug) if kind in KINDS else None) or abort(404)
    return _page(kind, slug, *found)


@blueprint.post("/articles/<kind>/<slug>")
@staff_only(Role.EDITOR)
def article_save(kind: str, slug: str) -> ResponseReturnValue:
    if kind not in KINDS or actions.sources(kind, slug) is None:
        abort(404)
    source, source_en = (request.form.get(name, "").replace("\r\n", "\n")[:_LONGEST] for name in ("source", "source_en"))
    seen = request.form.get("version", 0, type=int)
    try:
        preview = _preview(kind, source, source_en)
        if request.form.get("step") == "preview":
            return _page(kind, slug, source, source_en, seen, preview=preview)
        with transaction():
            actions.edit(kind, slug, source=source, source_en=source_en, seen=seen, by=g.staff.id, now=clock.now())
    except ContentError as fault:
        return _page(kind, slug, source, source_en, seen, error=str(fault)), 422
    except StaleError as fault:
        return _page(kind, slug, source, source_en, fault.now, overtaken=True), 409
    flash(_("Saved and published."))
    return redirect(url_for("desk.article", kind=kind, slug=slug), 303)


def _preview(kind: str, source: str, source_en: str) -> tuple[str, str]:
    """Both bodies as they will look; raises ContentError naming the field."""
    head, words = KINDS[kind]
    return (markup.render(parse_document(source, "中文", head)[1]),
            markup.render(parse_document(source_en, "English", words)[1]))


def _page(kind: str, slug: str, source: str, source_en: str, version: int, *, error: str = "",
          preview: tuple[str, str] | None = None, overtaken: bool = False) -> str:
    """`version` is the one that saving would replace."""
    return render_template("desk/article.html", kind=kind, slug=slug, source=source, source_en=source_en, version=version,
                           article=find_published(kind, slug), kind_word=_(KIND_WORDS[kind]),
                           error=error, overtaken=overtaken, preview=[markup.cleaned(each) for each in preview or ()])
