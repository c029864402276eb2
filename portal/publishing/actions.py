"""Loads content files into the record and writes the record back, without losing what either side edited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import yaml
from sqlalchemy import select

from portal import markup
from portal.content import FOLDERS, KINDS, Document, documents, parse_document
from portal.counters import note_content_change
from portal.db import db
from portal.domain.errors import NotFoundError, StaleError
from portal.evaluation import versions
from portal.evaluation.versions import Took
from portal.publishing.models import Entry

_FORMS = "forms"  # the folder of evaluation forms, which have a record of their own


@dataclass(frozen=True)
class ImportReport:
    """Slugs by what happened to them; `kept` were edited by staff while their file changed too."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    kept: tuple[str, ...]


def import_content(folder: Path, *, now: datetime) -> ImportReport:
    """Brings new and changed files into the record; what staff edited keeps its edit. Raises ContentError."""
    added, updated, kept = [], [], []
    present = {(entry.kind, entry.slug): entry for entry in db.session.scalars(select(Entry))}
    for kind in KINDS:
        for document in documents(folder, kind):
            name, print_ = f"{FOLDERS[kind]}/{document.slug}", fingerprint(document)
            entry = present.get((kind, document.slug))
            if entry is None:
                entry = Entry(kind=kind, slug=document.slug, version=0)
                db.session.add(entry)
                added.append(name)
            elif entry.imported == print_:
                continue
            elif entry.changed_by is not None:
                kept.append(name)
                continue
            else:
                updated.append(name)
            _fill(entry, document, now, by=None)
            entry.imported = print_
    for slug, took in versions.import_files(folder / _FORMS, now=now).items():
        {Took.ADDED: added, Took.UPDATED: updated, Took.KEPT: kept}[took].append(f"{_FORMS}/{slug}")
    if added or updated:
        db.session.flush()
        note_content_change()
    return ImportReport(tuple(added), tuple(updated), tuple(kept))


def edit(kind: str, slug: str, *, source: str, source_en: str, seen: int, by: int, now: datetime) -> None:
    """Takes over what an editor wrote, head and Markdown in one text a language.

    Raises NotFoundError, StaleError, and ContentError naming the field.
    """
    entry = db.session.scalar(select(Entry).where(Entry.kind == kind, Entry.slug == slug).with_for_update())
    if entry is None:
        raise NotFoundError
    if entry.version != seen:
        raise StaleError(number=f"{kind}/{slug}", seen=seen, now=entry.version)
    head_type, words_type = KINDS[kind]
    chinese = parse_document(source, "中文", head_type)
    english = parse_document(source_en, "English", words_type)
    _fill(entry, Document(slug, *chinese, *english), now, by=by)
    note_content_change()


def sources(kind: str, slug: str) -> tuple[str, str, int] | None:
    """The two texts of a page as files hold them, and its version."""
    known = kind in KINDS and slug.isprintable()
    entry = db.session.scalar(select(Entry).where(Entry.kind == kind, Entry.slug == slug)) if known else None
    return (*_files(entry), entry.version) if entry else None


def export_content(folder: Path) -> ImportReport:
    """Writes everything that staff edited back into its files; from then on file and record agree again.

    A form whose file was changed meanwhile too is `kept` in the record, and the file as it is.
    """
    written = []
    edited = db.session.scalars(select(Entry).where(Entry.changed_by.is_not(None)).order_by(Entry.kind, Entry.slug))
    for entry in edited:
        target = folder / FOLDERS[entry.kind]
        for suffix, text in zip((".md", ".en.md"), _files(entry), strict=True):
            _write(target / f"{entry.slug}{suffix}", text)
        entry.imported, entry.changed_by = fingerprint(_document(entry)), None
        written.append(f"{FOLDERS[entry.kind]}/{entry.slug}")
    forms = versions.export_forms(folder / _FORMS)
    written += [f"{_FORMS}/{slug}" for slug, took in forms.items() if took is Took.UPDATED]
    return ImportReport((), tuple(written), tuple(f"{_FORMS}/{slug}" for slug, took in forms.items() if took is Took.KEPT))


def fingerprint(document: Document[Any, Any]) -> bytes:
    heads = msgspec.json.encode([document.head, document.head_en], order="deterministic")
    whole = b"\0".join((heads, document.body.encode(), document.body_en.encode()))
    return blake2b(whole, digest_size=16).digest()


def _fill(entry: Entry, document: Document[Any, Any], now: datetime, *, by: int | None) -> None:
    entry.head, entry.head_en = msgspec.to_builtins(document.head), msgspec.to_builtins(document.head_en)
    entry.body, entry.body_en = document.body, document.body_en
    entry.html, entry.html_en = markup.render(document.body), markup.render(document.body_en)
    entry.version, entry.changed_at, entry.changed_by = entry.version + 1, now, by


def _document(entry: Entry) -> Document[Any, Any]:
    head_type, words_type = KINDS[entry.kind]
    return Document(entry.slug, msgspec.convert(entry.head, head_type), entry.body,
                    msgspec.convert(entry.head_en, words_type), entry.body_en)


def _files(entry: Entry) -> tuple[str, str]:
    document = _document(entry)
    return _text(document.head, entry.body), _text(document.head_en, entry.body_en)


def _text(head: msgspec.Struct, body: str) -> str:
    plain = msgspec.to_builtins(head, builtin_types=())
    return f"---\n{yaml.safe_dump(_dated(head, plain), allow_unicode=True, sort_keys=False, width=1_000)}---\n{body}\n"


def _dated(head: msgspec.Struct, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Dates as YAML writes them, not as quoted texts."""
    return {name: getattr(head, name) if hasattr(getattr(head, name), "isoformat") else value
            for name, value in plain.items()}


def _write(file: Path, text: str) -> None:
    """All or nothing: a full disk leaves the old file."""
    draft = file.with_suffix(file.suffix + ".new")
    draft.write_text(text, "utf-8")
    draft.replace(file)


