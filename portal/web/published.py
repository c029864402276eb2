"""Published pages in the reader's language, read from the record once for each version of the content."""

from flask import current_app

from portal.publishing.queries import Article, articles
from portal.web.caching import seen_versions
from portal.web.words import language


def published(kind: str) -> list[Article]:
    """All pages of a kind (`service`, `story`, `page`), in their order; none while the database does not answer."""
    seen = seen_versions()
    if seen is None:
        return []
    ready: dict[tuple[str, str], tuple[int, list[Article]]] = current_app.extensions["portal-published"]
    version, found = ready.get((kind, language()), (-1, []))
    if version != seen.content:
        found = articles(kind, language())
        ready[kind, language()] = (seen.content, found)
    return found


def find_published(kind: str, slug: str) -> Article | None:
    return next((each for each in published(kind) if each.slug == slug), None)
