"""The recipes of the README: how few files a newcomer touches for a new category, page or status."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.config import ROOT
from portal.db import db
from portal.domain.codes import OPEN, STATUS_WORDS, Status
from portal.domain.transitions import TABLE
from tests.client import Client
from tests.conftest import prepared, settings_for
from tests.watch import chinese, watch

CATEGORY = """---
title: 随手拍
summary: 看到一处小问题，拍下来告诉我们。
order: 95
lane: ordinary
rule: suggestion
hints:
- 在哪条路、哪个路口
---
拍清楚位置，写一句话就行。
"""
CATEGORY_EN = """---
title: Snap and tell
summary: You saw a small fault; take a picture and tell us.
hints:
- Which street, which crossing
---
Show where it is and write one line.
"""
PAGE = """---
title: 开放日
summary: 每月第一个星期六，来看一看。
order: 70
footer: true
---
每月第一个星期六上午，办证中心开门迎客。
"""
PAGE_EN = """---
title: Open days
summary: The first Saturday of each month.
---
On the first Saturday of each month the service centre opens its doors.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "content", tmp_path / "content"))


@pytest.fixture
def site(folder: Path, tmp_path: Path, empty_database: str) -> Iterator["SiteOn"]:
    made = SiteOn(folder, tmp_path, empty_database)
    yield made
    made.close()


class SiteOn:
    """A site of its own on a copy of the content, opened once the copy is as the test wants it."""

    def __init__(self, folder: Path, data: Path, url: str) -> None:
        self.settings = replace(settings_for(data, url), content=folder)
        self._opened: list[Client] = []

    def open(self) -> Client:
        app = prepared(self.settings)
        self._opened.append(Client(app, watch(app)))
        return self._opened[-1]

    def close(self) -> None:
        for client in self._opened:
            with client.app.app_context():
                db.engine.dispose()


def write(folder: Path, name: str, chinese_text: str, english_text: str) -> None:
    """One page is one file, with its translation beside it."""
    (folder / f"{name}.md").write_text(chinese_text, "utf-8")
    (folder / f"{name}.en.md").write_text(english_text, "utf-8")


def test_a_new_category_is_one_file(folder: Path, site: SiteOn) -> None:
    write(folder, "categories/snap", CATEGORY, CATEGORY_EN)
    client = site.open()
    assert "随手拍" in client.get("/opinions/new").text
    assert "写一句话就行" in client.get("/opinions/new?category=snap").text
    client.submit({"category": "snap", "text": "路口的灯坏了。"}, to="/opinions/new")
    assert "随手拍" in client.get("/progress").text
    assert "Snap and tell" in client.get("/opinions/new?lang=en").text


def test_a_new_public_page_is_one_file(folder: Path, site: SiteOn) -> None:
    write(folder, "pages/open-days", PAGE, PAGE_EN)
    client = site.open()
    assert client.get("/open-days").h1 == "开放日"
    assert client.get("/").link("开放日") == "/open-days"
    assert client.get("/open-days?lang=en").h1 == "Open days"


def test_a_new_status_needs_its_words_and_its_rows_alone() -> None:
    """The words stand in case.py, the rows in transitions.py; lists, pages, filters and figures follow from these."""
    assert not set(Status) ^ set(STATUS_WORDS)
    for status, words in STATUS_WORDS.items():
        assert all((words.word, words.meaning, words.next, words.tone)), status
        assert not {words.word, words.meaning, words.next} - set(chinese()), status
    reached = {row.target for row in TABLE} | {Status.RECEIVED}
    assert reached >= set(Status), "a status that no row leads to"
    left = {source for row in TABLE if row.target is not None for source in row.sources}
    assert left >= OPEN, "an open status that no row leads out of"
