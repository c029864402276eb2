"""Reads the folder content/ into typed values. Every head is checked at start-up; an error names file and field.

A page `x.md` is Chinese, `x.en.md` beside it is the same page in English. Knows nothing of the database.
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import frontmatter
import msgspec
import yaml

from portal.content.errors import ContentError
from portal.content.forms import read_forms
from portal.content.heads import (
    CategoryHead,
    CategoryWords,
    District,
    PageHead,
    PageWords,
    Place,
    ServiceHead,
    ServiceWords,
    Site,
    StoryHead,
    StoryWords,
    Unit,
)
from portal.domain.deadlines import REQUIRED, DeadlineRule
from portal.domain.form import Form
from portal.domain.working_days import CalendarError, WorkingCalendar, calendar_from

Head = TypeVar("Head", bound=msgspec.Struct)
Words = TypeVar("Words", bound=msgspec.Struct)


@dataclass(frozen=True)
class Document(Generic[Head, Words]):
    """One page in two languages: typed heads, Markdown bodies, and the bytes they came from."""

    slug: str
    head: Head
    body: str
    head_en: Words
    body_en: str


# What is published from files: kind -> (types of its two heads). The folder carries the plural.
KINDS: dict[str, tuple[type[Any], type[Any]]] = {
    "service": (ServiceHead, ServiceWords),
    "story": (StoryHead, StoryWords),
    "page": (PageHead, PageWords),
}
FOLDERS = {"service": "services", "story": "stories", "page": "pages"}


@dataclass(frozen=True)
class Content:
    """The reference data of the city, always in memory."""

    folder: Path
    site: Site
    units: dict[str, Unit]
    districts: dict[str, District]
    places: dict[str, Place]
    rules: dict[str, DeadlineRule]
    categories: dict[str, Document[CategoryHead, CategoryWords]]
    forms: dict[str, Form]
    calendar: WorkingCalendar = field(repr=False)


def read(folder: Path) -> Content:
    """All reference data; raises ContentError. Pages, services and stories are read by `documents`."""
    units = _by_code(_table(folder / "units.yaml", Unit))
    rules = {rule.key: rule for rule in _table(folder / "rules" / "deadlines.yaml", DeadlineRule)}
    missing = [key for key in REQUIRED if key not in rules]
    if missing:
        raise ContentError(f"{folder / 'rules' / 'deadlines.yaml'}: key: {missing[0]!r} is missing; the rules count with it")
    categories = {each.slug: each for each in read_folder(folder / "categories", CategoryHead, CategoryWords)}
    for slug, category in categories.items():
        if category.head.stores and category.head.rule not in rules:
            raise ContentError(f"{folder / 'categories' / slug}.md: rule: {category.head.rule!r} is in no file of rules/")
    return Content(folder=folder, site=_one(folder / "site.yaml", Site), units=units,
                   districts=_by_code(_table(folder / "districts.yaml", District)),
                   places=_by_code(_table(folder / "places.yaml", Place)), rules=rules,
                   categories=dict(sorted(categories.items(), key=lambda item: item[1].head.order)),
                   forms=read_forms(folder / "forms"), calendar=_calendar(folder / "calendar"))


def documents(folder: Path, kind: str) -> list[Document[Any, Any]]:
    """Every page of a kind (`service`, `story`, `page`), in order of its slug; raises ContentError."""
    return read_folder(folder / FOLDERS[kind], *KINDS[kind])


def read_folder(folder: Path, head: type[Head], words: type[Words]) -> list[Document[Head, Words]]:
    if not folder.is_dir():
        raise ContentError(f"{folder}: the folder is missing")
    found = []
    for file in sorted(folder.glob("*.md")):
        if file.name.endswith(".en.md"):
            continue
        chinese, english = _parsed(file, head), _parsed(file.with_suffix(".en.md"), words)
        found.append(Document(file.stem, *chinese, *english))
    return found


def parse_document(text: str, name: str, type_: type[Head]) -> tuple[Head, str]:
    """The typed head and the Markdown of one file's text; raises ContentError naming `name` and the field."""
    try:
        post = frontmatter.loads(text)
    except yaml.YAMLError as fault:
        raise ContentError(f"{name}: the head is no YAML: {_where(fault)}") from fault
    if not post.content.strip():
        raise ContentError(f"{name}: nothing stands below the head")
    return _typed(dict(post.metadata), type_, name), post.content


def _parsed(file: Path, type_: type[Head]) -> tuple[Head, str]:
    return parse_document(_text(file), str(file), type_)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError as fault:
        raise ContentError(f"{file}: the file is missing") from fault
    except (OSError, UnicodeDecodeError) as fault:
        raise ContentError(f"{file}: cannot be read as UTF-8 text: {fault}") from fault


def _yaml(file: Path) -> Any:
    try:
        return yaml.load(_text(file), Loader=yaml.CSafeLoader)  # noqa: S506 - the safe loader, in C
    except yaml.YAMLError as fault:
        raise ContentError(f"{file}: no YAML: {_where(fault)}") from fault


def _where(fault: yaml.YAMLError) -> str:
    mark = getattr(fault, "problem_mark", None)
    return f"line {mark.line + 1}: {getattr(fault, 'problem', '')}" if mark else str(fault)


def _typed(value: Any, type_: type[Any], name: str) -> Any:
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as fault:
        raise ContentError(f"{name}: {fault}") from fault
    except ValueError as fault:
        raise ContentError(f"{name}: {fault}") from fault


def _one(file: Path, type_: type[Any]) -> Any:
    return _typed(_yaml(file), type_, str(file))


def _table(file: Path, type_: type[Any]) -> list[Any]:
    rows: list[Any] = _typed(_yaml(file), list[type_], str(file))  # type: ignore[valid-type]
    return rows


def _by_code(rows: list[Any]) -> dict[str, Any]:
    return {row.code: row for row in rows}


def _calendar(folder: Path) -> WorkingCalendar:
    years = {int(file.stem): _rows(file) for file in sorted(folder.glob("[0-9][0-9][0-9][0-9].csv"))}
    try:
        return calendar_from(years, _rows(folder / "statutory.csv"))
    except CalendarError as fault:
        raise ContentError(f"{folder}: {fault}") from fault


def _rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(file).splitlines()))
