"""Reads published services, stories and pages in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select

from portal.content import KINDS
from portal.db import db
from portal.publishing.models import Entry


@dataclass(frozen=True)
class Article:
    """A published page: `head` holds the typed facts, `words` the worded fields in one language."""

    kind: str
    slug: str
    head: Any
    words: Any
    html: str
    body: str
    version: int
    is_edited: bool

    @property
    def title(self) -> str:
        return str(self.words.title)

    @property
    def summary(self) -> str:
        return str(self.words.summary)


def articles(kind: str, lang: str) -> list[Article]:
    """All of a kind, in the order their heads ask for, else by slug."""
    rows = db.session.scalars(select(Entry).where(Entry.kind == kind).order_by(Entry.slug))
    return sorted((_article(entry, lang) for entry in rows), key=_order)


def matching(found: Sequence[Article], query: str) -> list[Article]:
    """Those that hold every word of the query somewhere in what they say."""
    wanted = query.lower().split()
    return [each for each in found
            if all(word in f"{msgspec.json.encode(each.words).decode()}{each.body}".lower() for word in wanted)]


def _order(article: Article) -> tuple[Any, ...]:
    order = getattr(article.head, "order", None) or getattr(article.head, "code", "")
    return (str(order).zfill(4), article.slug)


def _article(entry: Entry, lang: str) -> Article:
    head_type, words_type = KINDS[entry.kind]
    head = msgspec.convert(entry.head, head_type)
    english = lang == "en"
    return Article(entry.kind, entry.slug, head, msgspec.convert(entry.head_en, words_type) if english else head,
                   entry.html_en if english else entry.html, entry.body_en if english else entry.body,
                   entry.version, entry.changed_by is not None)
