# ruff: noqa: E501 - a table is read in aligned columns
"""The folder content/ is complete and sound, and a faulty file is told with its name and field."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from portal import content
from portal.config import ROOT
from portal.content import ContentError

CITY = content.read(ROOT / "content")
DOCUMENTS = {kind: content.documents(ROOT / "content", kind) for kind in content.KINDS}
PAGES = {"about", "how-it-works", "privacy", "accessibility", "contacts", "open-rules"}
CATEGORIES = {"question", "suggestion", "complaint", "enforcement", "misconduct", "petition", "praise", "help", "report-back",
              "emergency"}

@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "content", tmp_path / "content"))


def read_everything(folder: Path) -> None:
    content.read(folder)
    for kind in content.KINDS:
        content.documents(folder, kind)


def test_everything_that_was_promised_is_there() -> None:
    assert len(DOCUMENTS["service"]) == 20
    assert len(DOCUMENTS["story"]) == 8
    assert {page.slug for page in DOCUMENTS["page"]} >= PAGES
    assert set(CITY.categories) == CATEGORIES
    assert {2024, 2025, 2026} <= set(CITY.calendar.official_years)


def test_stories_have_the_length_of_a_story() -> None:
    lengths = {story.slug: len("".join(story.body.split())) for story in DOCUMENTS["story"]}
    assert all(400 <= length <= 900 for length in lengths.values()), lengths


def test_what_a_service_names_exists() -> None:
    for service in DOCUMENTS["service"]:
        assert service.head.unit in CITY.units, service.slug
        assert set(service.head.delegated_to) <= {*CITY.units, *CITY.places}, service.slug
        assert set(service.head.places) <= set(CITY.places), service.slug
    codes = [service.head.code for service in DOCUMENTS["service"]]
    assert len(codes) == len(set(codes))


def test_what_a_story_names_exists() -> None:
    services = {service.slug for service in DOCUMENTS["service"]}
    for story in DOCUMENTS["story"]:
        assert story.head.unit in CITY.units, story.slug
        assert set(story.head.services) <= services, story.slug


def test_the_tree_of_units_holds_together() -> None:
    for unit in CITY.units.values():
        assert unit.parent is None or unit.parent in CITY.units, unit.code
        assert unit.district is None or unit.district in CITY.districts, unit.code


def test_only_the_emergency_stores_nothing() -> None:
    assert [slug for slug, each in CITY.categories.items() if not each.head.stores] == ["emergency"]


# --- faulty files ------------------------------------------------------------------------------------------------------

def edit(file: str, old: str, new: str) -> Callable[[Path], None]:
    def broken(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text, f"{file} no longer says {old!r}"
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    return broken


def remove(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


def write(file: str, data: bytes) -> Callable[[Path], None]:
    return lambda folder: bool((folder / file).write_bytes(data)) and None


FAULTS = [
    #  what is broken                          how                                                              the error names
    ("a key is missing",              edit("categories/question.md", "order: 1\n", ""),                    ("question.md", "order")),
    ("a value has the wrong type",    edit("categories/question.md", "order: 1", "order: first"),          ("question.md", "order")),
    ("a key is unknown",              edit("categories/question.md", "order: 1", "order: 1\ncolour: red"), ("question.md", "colour")),
    ("a lane does not exist",         edit("categories/question.md", "lane: ordinary", "lane: fast"),      ("question.md", "lane")),
    ("a rule does not exist",         edit("categories/question.md", "rule: question", "rule: soon"),      ("question.md", "soon")),
    ("the head is no YAML",           edit("categories/question.md", "order: 1", "order: [1"),             ("question.md", "line")),
    ("nothing stands below the head", write("pages/about.md", b"---\ntitle: x\nsummary: x\norder: 1\n---\n"), ("about.md", "below")),
    ("the file is not UTF-8",         write("pages/about.md", "关于本站".encode("gb18030")),               ("about.md", "UTF-8")),
    ("the English page is missing",   remove("pages/about.en.md"),                                         ("about.en.md", "missing")),
    ("the folder is missing",         lambda folder: shutil.rmtree(folder / "stories"),                    ("stories", "missing")),
    ("a number of a service is text", edit("services/id-card-renewal.md", "home_visit: ", "home_visit: maybe # "),
     ("id-card-renewal.md", "home_visit")),
    ("a date of a story is no date",  edit("stories/payday-corner.md", "published_on: ", "published_on: soon # "),
     ("payday-corner.md", "published_on")),
    ("a unit has no telephone",       edit("units.yaml", "phone:", "fax:"),                                ("units.yaml", "")),
    ("the table is no YAML",          write("units.yaml", b"- {code: a"),                                  ("units.yaml", "line")),
    ("the site has no name",          edit("site.yaml", "name:", "title:"),                                ("site.yaml", "")),
    ("a deadline is no number",       edit("rules/deadlines.yaml", "amount: ", "amount: some # "),         ("deadlines.yaml", "amount")),
    ("a day of the calendar is none", edit("calendar/2026.csv", "2026-", "2026-13-"),                      ("calendar", "2026-13-")),
]


@pytest.mark.parametrize(("how", "named"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_faulty_file_is_told_with_its_name_and_field(folder: Path, how: Callable[[Path], None], named: tuple[str, str]) -> None:
    how(folder)
    with pytest.raises(ContentError) as told:
        read_everything(folder)
    assert named[0] in str(told.value) and named[1] in str(told.value), str(told.value)


def test_the_content_as_it_stands_is_sound(folder: Path) -> None:
    read_everything(folder)
