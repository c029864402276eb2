"""The recipes of the README: how few files a newcomer touches for a new category, page, status or type of question."""

import os
import shutil
import subprocess
import sys
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

# A type of question: its module, its lines in the list of types, its template.
SLIDER = '''"""Slider: a whole number of steps between two ends that have names."""

from portal.domain.questions.base import QuestionType, Slip, Summary, only


class Slider(QuestionType):
    """Stored as int, from 0 to `steps`."""

    key = "slider"
    name, name_en = "滑块", "Slider"
    settings = {"steps": 10, "left": "", "right": "", "show_number": True}

    def check(self, question):
        if not 1 <= question.settings["steps"] <= 100:
            yield "settings.steps", "bounds"

    def read(self, question, fields):
        given = only(fields, question.field)
        if given and given not in {str(step) for step in range(question.settings["steps"] + 1)}:
            raise Slip("choice", question.field)
        return int(given) if given else None

    def room(self, question):
        return len(str(question.settings["steps"]))

    def summary(self, question):
        return Summary.NUMBERS

    def marks(self, question, answer):
        yield "", str(answer)
'''
SLIDER_PAGE = """{#- Slider. -#}
{% from "questions/_parts.html" import hint, on_paper, typed, words %}
{% from "ui/form.html" import plain_field %}
{% macro field(question, values, errors, number="", condition="") %}
{{ plain_field(question.field, words(question, number), kind="range", value=typed(values, question.field),
               error=errors.get(question.field), hint=hint(question, condition),
               attrs={"min": 0, "max": question.settings.steps}) }}
{% endmacro %}
{% macro paper(question, number="", condition="") %}
{% call on_paper(question, number, condition) %}<p>0 ········ {{ question.settings.steps }}</p>{% endcall %}
{% endmacro %}
"""
SLIDER_TEST = '''"""Built at the desk, answered by twelve people, printed, counted."""

from flask import Flask

from portal import clock
from portal.db import db
from portal.domain.people import Role
from portal.evaluation import queries
from portal.web.limits import limiter
from tests import builders, campaigns
from tests.client import Client
from tests.conftest import Clock
from tests.page import values


def test_a_slider_from_the_builder_to_the_result(app: Flask, client: Client) -> None:
    client.sign_in(builders.staff(app, Role.COORDINATOR))
    client.get("/desk/evaluation-forms/new")
    press(client, "add:form-0", {"slug": "sliding", "title": "滑动", "title_en": "Sliding", "type-0": "slider"})
    assert client.page.one("input", name="set_show_number").attrs["type"] == "checkbox"
    press(client, "open:form-0", {"id": "ease", "text": "方便吗", "text_en": "How easy?", "set_steps": "20", "set_left": "不"})
    press(client, "save", {"id": "s", "title": "一", "title_en": "One"}, 303)
    with app.app_context():
        record = next(each for each in queries.form_versions() if each.slug == "sliding")
        form, form_id = queries.form_of(record), record.id
        db.session.remove()
    assert form.questions[0].settings == {"steps": 20, "left": "不", "right": "", "show_number": True}
    client.get(f"/desk/evaluation-forms/{form_id}/preview")
    client.get(f"/desk/evaluation-forms/{form_id}/print")

    made = campaigns.with_codes(app, form=form, each=12)
    for n, code in enumerate(made.all_codes[:12]):
        limiter.reset()
        client.get("/evaluations/enter")
        client.submit({"code": code}, to="/enter")
        assert client.follow().one("input", type="range").attrs["max"] == "20"
        if not n:
            client.submit({"q_ease": "21"}, 422, to="/form")
        client.submit({"q_ease": str(n)}, to="/form")
    with app.app_context():
        plan = queries.get_campaign(made.slug, clock.today()).plan
        db.session.remove()
    Clock(app).at(f"{plan.publishes_on} 09:00")
    campaigns.publish(app, made)
    page = client.get(f"/evaluations/{made.slug}/results")
    assert "方便吗" in page.text and "5.5" in page.text  # the mean of 0 to 11


def press(client: Client, act: str, typed: dict[str, str], status: int = 200) -> None:
    form = next(each for each in client.page.all("form") if "builder" in each.attrs.get("class", ""))
    client.post(form.attrs["action"].split("#")[0], {**values(form), **typed, "act": act}, status)
'''


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


def test_a_new_type_of_question_is_three_files(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(ROOT, tmp_path / "copy", ignore=shutil.ignore_patterns("var", ".*", "__pycache__", "shots")))
    questions = copy / "portal" / "domain" / "questions"
    (questions / "slider.py").write_text(SLIDER, "utf-8")
    (copy / "templates" / "questions" / "slider.html").write_text(SLIDER_PAGE, "utf-8")
    listed = (questions / "__init__.py").read_text("utf-8")
    assert "LongText())" in listed
    (questions / "__init__.py").write_text(listed.replace("LongText())", "LongText(), Slider())").replace(
        "\nTYPES", "from portal.domain.questions.slider import Slider\n\nTYPES"), "utf-8")
    (copy / "tests" / "features" / "test_slider.py").write_text(SLIDER_TEST, "utf-8")
    ran = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/features/test_slider.py"],
                         cwd=copy, env={**os.environ, "PYTEST_DEBUG_TEMPROOT": str(tmp_path)}, capture_output=True, text=True,
                         check=False)
    assert ran.returncode == 0, ran.stdout[-6_000:] + ran.stderr[-2_000:]
