"""Evaluation forms at the desk: built from nothing, changed by several people, locked, taken away and brought in."""

import shutil
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.content.form_text import fingerprint, text_of
from portal.content.forms import form_of, read_form
from portal.db import db, transaction
from portal.desk import form_draft
from portal.desk.form_lines import lines
from portal.domain.form import Form, Section, parse_form
from portal.domain.people import Role
from portal.domain.questions import TYPES
from portal.domain.questions.base import Choice, Question
from portal.evaluation import queries
from portal.publishing import actions as publishing
from portal.web.current import content
from tests import builders, campaigns
from tests.client import Client
from tests.page import values

ALL = "/desk/evaluation-forms"


@pytest.fixture
def coordinator(app: Flask, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(builders.staff(app, Role.COORDINATOR))


def press(client: Client, act: str, typed: dict[str, Any] | None = None, status: int = 200) -> Client:
    """Presses a button of the builder, with what is typed into what stands open."""
    form = next(each for each in client.page.all("form") if "builder" in each.attrs.get("class", ""))
    buttons = {each.attrs.get("value") for each in form.all("button")}
    assert act in buttons, f"no button {act}; there are {sorted(filter(None, buttons))}"
    names = {each.attrs.get("name") for each in form.all("input", "select", "textarea")}
    assert set(typed or {}) <= names, sorted(set(typed or {}) - names)
    client.post(form.attrs["action"].split("#")[0], {**values(form), **(typed or {}), "act": act}, status)
    return client


def newest(app: Flask, slug: str) -> tuple[int, int, bool, Form]:
    """Id, version, whether it is locked, and what it says."""
    with app.app_context():
        record = next(each for each in queries.form_versions() if each.slug == slug)
        found = record.id, record.version, record.locked, queries.form_of(record)
        db.session.remove()
    return found


def delivered(app: Flask, slug: str) -> Form:
    with app.app_context():
        return content().forms[slug]


def field(client: Client, name: str) -> str:
    """What stands in a field of what stands open."""
    sent = values(next(each for each in client.page.all("form") if "builder" in each.attrs.get("class", ""))).get(name, "")
    assert isinstance(sent, str)
    return sent


def outline(client: Client) -> list[str]:
    """The lines that open, as they read; what stands open is missing among them."""
    return [each.text.removeprefix("展开： ") for each in client.page.all("button", class_="builder-open")]


def edit(client: Client, app: Flask, slug: str, place: str = "") -> Client:
    client.get(f"{ALL}/{newest(app, slug)[0]}/edit" + (f"?open={place}" if place else ""))
    return client


def open_up(client: Client, place: str, typed: dict[str, Any] | None = None) -> Client:
    return press(client, f"open:{place}", typed)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_speaks_both_languages(app: Flask, coordinator: Client, lang: str) -> None:
    form_id = newest(app, "delegates")[0]
    coordinator.get(f"{ALL}?lang={lang}")
    for address in ("new", "import", *(f"{form_id}/{page}" for page in ("edit", "preview", "print", "edit?open=form",
                                                                        "edit?open=form-0", "edit?open=form-6-0"))):
        coordinator.get(f"{ALL}/{address}")
    for kind in TYPES:  # what each type asks for
        coordinator.get(f"{ALL}/{form_id}/edit?open=form-0-0")
        open_up(coordinator, "form-0-0", {"type": kind.key})
    press(coordinator, "close")
    assert len(outline(coordinator)) == 29


def test_looking_at_a_form_changes_nothing(app: Flask, coordinator: Client) -> None:
    for slug in ("residents", "consultation"):  # with conditions, and with a question of most types
        edit(coordinator, app, slug)
        for line in [each.attrs["id"] for each in coordinator.page.all("button", class_="builder-open")]:
            open_up(coordinator, line)
        press(coordinator, "close")
        assert "尚未保存" not in coordinator.page.text
        press(coordinator, "save", status=303)
        assert newest(app, slug)[1:] == (1, False, delivered(app, slug))


# --- building --------------------------------------------------------------------------------------------------------------

def test_the_delegates_form_is_built_from_nothing(app: Flask, coordinator: Client) -> None:
    form = delivered(app, "delegates")
    coordinator.get(f"{ALL}/new")
    open_up(coordinator, "form-0", {"slug": "delegates-again", "title": form.title, "title_en": form.title_en,
                                    "intro": form.intro, "intro_en": form.intro_en})
    typed: dict[str, Any] = {}
    for n, section in enumerate(form.sections):
        if n:
            press(coordinator, "section", typed)
        typed = {name: getattr(section, name) for name in ("id", "title", "title_en", "help", "help_en")}
        for question in section.questions:
            press(coordinator, f"add:form-{n}", {**typed, f"type-{n}": question.type})
            typed = {name: getattr(question, name) for name in ("id", "text", "text_en", "help", "help_en")}
            typed |= {"choices": lines(question.choices)} if question.choices else {}
            typed |= {"becomes": question.becomes} if question.becomes else {}
            typed |= {f"set_{name}": str(value) for name, value in question.settings.items()}
    press(coordinator, "save", typed, 303)
    assert "已保存为第 1 版" in coordinator.follow().text
    _id, version, is_locked, built = newest(app, "delegates-again")
    assert (version, is_locked) == (1, False)
    assert (built.title, built.intro, built.sections) == (form.title, form.intro, form.sections)


def test_a_button_changes_what_it_says_and_keeps_what_is_typed(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "delegates", "form-0-1")
    before = outline(coordinator)
    press(coordinator, "up:form-0-1", {"text": "改过的题目"})
    assert field(coordinator, "text") == "改过的题目"
    assert field(coordinator, "place") == "form-0-0"
    assert {line.split(". ")[-1] for line in outline(coordinator)} == {line.split(". ")[-1] for line in before}
    press(coordinator, "copy:form-0-0", {"text_en": "Typed meanwhile"})
    assert (field(coordinator, "text"), field(coordinator, "text_en")) == ("改过的题目", "Typed meanwhile")
    assert field(coordinator, "id") not in ("a1", "a2", "a3")
    press(coordinator, "remove:form-0-1", {"text": "要删的"})
    assert "要删的" in coordinator.page.text  # it can be put back, as it was typed
    press(coordinator, "undo", {"title": "改过的部分"})
    assert field(coordinator, "text") == "要删的"
    assert any("改过的部分" in line for line in outline(coordinator))
    press(coordinator, "close")
    assert not coordinator.page.all("fieldset", class_="builder-part")
    press(coordinator, "save", status=303)
    saved = newest(app, "delegates")[3]
    assert [each.text for each in saved.sections[0].questions][:2] == ["改过的题目", "要删的"]
    assert saved.sections[0].title == "改过的部分" and saved.sections[1:] == delivered(app, "delegates").sections[1:]


def test_a_question_at_the_edge_moves_on_into_the_next_section(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "delegates", "form-0-2")
    press(coordinator, "down:form-0-2")
    assert field(coordinator, "place") == "form-1-0" and field(coordinator, "id") == "a3"
    press(coordinator, "up:form-1-0")
    assert field(coordinator, "place") == "form-0-2"
    open_up(coordinator, "form-0")
    press(coordinator, "up:form-0")
    assert field(coordinator, "place") == "form-0"  # the first stays the first
    press(coordinator, "down:form-0")
    assert field(coordinator, "place") == "form-1" and field(coordinator, "id") == "a"
    assert "尚未保存" in coordinator.page.text


def test_no_draft_grows_so_large_that_it_could_not_come_back(app: Flask, coordinator: Client) -> None:
    campaigns.form_id(app, campaigns.levels_form(110, sections=1))
    edit(coordinator, app, "levels", "form-0")
    for n in range(3):
        press(coordinator, f"copy:form-{n}", {"title": f"改过{n}"}, 200 if n < 2 else 422)
    assert coordinator.page.errors == ["没有添加：一份表最多 200 题"]
    assert len(outline(coordinator)) == 3 * 111 and any("改过2" in line for line in outline(coordinator))
    press(coordinator, "open:form-0")


def test_a_whole_section_is_copied_removed_and_put_back(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "service-rating", "form-0")
    questions = len(newest(app, "service-rating")[3].sections[0].questions)
    press(coordinator, "copy:form-0")
    assert field(coordinator, "place") == "form-1"
    open_up(coordinator, "form-0")
    press(coordinator, "remove:form-0")
    press(coordinator, "undo")
    press(coordinator, "save", status=303)
    saved = newest(app, "service-rating")[3]
    assert [len(each.questions) for each in saved.sections[:2]] == [questions, questions]
    asked = {each.shown_if.question for each in saved.sections[1].questions if each.shown_if}
    assert asked <= {each.id for each in saved.sections[1].questions}  # conditions ask for the copies


def test_choices_get_values_of_their_own(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "delegates", "form-0")
    press(coordinator, "add:form-0", {"type-0": "single"})
    typed = "座谈 | Talks\nopen | 开放日｜Open days\n座谈 | Talks\n  \n巡逻\n带\\|竖线 | With a bar"
    press(coordinator, f"open:{field(coordinator, 'place')}", {"choices": typed, "text": "选哪个", "text_en": "Which one?"})
    assert field(coordinator, "choices").split("\n") == [
        "talks | 座谈 | Talks", "open | 开放日｜Open days", "talks-2 | 座谈 | Talks", "  ", "巡逻",
        "with-a-bar | 带\\|竖线 | With a bar"]
    press(coordinator, "save", status=422)
    assert coordinator.page.errors == ["第 4 题： 第 4 个选项“巡逻”还没有写英文，请把这一行写成：中文 | 英文"]
    press(coordinator, "save", {"choices": field(coordinator, "choices").replace("巡逻", "巡逻 | Patrol")}, 303)
    made = newest(app, "delegates")[3].sections[0].questions[-1]
    assert [each.value for each in made.choices] == ["talks", "open", "talks-2", "patrol", "with-a-bar"]
    assert made.choices[-1].text == "带|竖线"


def test_a_condition_offers_the_answers_of_earlier_questions(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "delegates", "form-1-0")
    offered = [each.attrs["value"] for each in coordinator.page.one("select", name="asks").all("option")]
    assert offered == ["", "a1", "a2", "a3"]
    assert not coordinator.page.all("input", name="values")
    open_up(coordinator, "form-1-0", {"asks": "a1"})
    assert [each.attrs["value"] for each in coordinator.page.all("input", name="values")] == ["5", "4", "3", "2", "1", "0"]
    open_up(coordinator, "form-0-0", {"values": ["1", "2"]})
    open_up(coordinator, "form-1-0", {"id": "night"})  # what asks for it follows
    assert field(coordinator, "asks") == "night"
    press(coordinator, "save", status=303)
    condition = newest(app, "delegates")[3].sections[1].questions[0].shown_if
    assert condition is not None and (condition.question, set(condition.values)) == ("night", {"1", "2"})


def test_a_question_that_others_depend_on_is_removed_in_sight_of_all(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "delegates", "form-1-0")
    open_up(coordinator, "form-1-0", {"asks": "a1"})
    open_up(coordinator, "form-0-0", {"values": ["1", "2"]})
    press(coordinator, "remove:form-0-0")
    told = next(each for each in coordinator.page.all("p", class_="notice") if "已经删除" in each.text)
    assert [(each.text, each.attrs["href"]) for each in told.all("a")] == [("第 3 题", "#form-1-0")]
    press(coordinator, "save", status=422)
    assert coordinator.page.errors == [
        "第 3 题： 条件要看的那一题已经删除：请放回那一题，或者另选一题，或者改为“始终要问”"]
    assert field(coordinator, "asks") == "a1"  # as it was, so that putting the question back is enough
    press(coordinator, "undo")
    assert "已经删除" not in coordinator.page.text
    press(coordinator, "down:form-0-0")
    for _n in range(2):
        press(coordinator, "down:" + str(field(coordinator, "place")))
    assert field(coordinator, "place") == "form-1-0"
    press(coordinator, "down:form-1-0")  # now behind the question that asks for it
    press(coordinator, "save", status=422)
    assert coordinator.page.errors == [
        "第 3 题： 条件要看第 4 题的答案，但第 4 题不在这一题前面：请把它移到前面，或者另选一题"]
    press(coordinator, "up:form-1-0")
    open_up(coordinator, "form-1-0")
    press(coordinator, "up:form-1-0")
    press(coordinator, "up:form-0-3")
    press(coordinator, "save", status=303)


def test_a_condition_that_cannot_be_met_is_told_by_number(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "delegates", "form-1-0")
    open_up(coordinator, "form-1-0", {"asks": "a1"})
    open_up(coordinator, "form-0-0", {"values": ["1"]})
    open_up(coordinator, "form-0-0", {"type": "yes_no"})
    press(coordinator, "save", status=422)
    assert coordinator.page.errors == ["第 4 题： 只在选了这些答案时才问：第 1 题没有“1”这个答案：请重新选"]
    open_up(coordinator, "form-0-0")
    open_up(coordinator, "form-0-0", {"type": "number"})
    press(coordinator, "save", status=422)
    assert coordinator.page.errors == ["第 4 题： 条件要看第 1 题的答案，但第 1 题没有可选的答案：请另选一题"]


def test_another_type_shows_other_fields_and_forgets_no_choice(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "delegates", "form-6-3")
    choices = field(coordinator, "choices")
    open_up(coordinator, "form-6-3", {"type": "number"})
    assert (field(coordinator, "set_low"), field(coordinator, "set_high")) == ("0", "100")
    assert not coordinator.page.all("textarea", name="choices")
    open_up(coordinator, "form-6-3", {"type": "several", "set_high": "7"})
    assert field(coordinator, "choices") == choices
    open_up(coordinator, "form-6-3", {"type": "number"})
    assert field(coordinator, "set_high") == "7"
    press(coordinator, "save", status=303)
    assert newest(app, "delegates")[3].sections[6].questions[3].settings["high"] == 7


@pytest.mark.parametrize(("lang", "words"), [("zh", "第 1 题"), ("en", "Question 1:")])
def test_all_that_is_wrong_is_told_at_once_at_its_place(app: Flask, coordinator: Client, lang: str, words: str) -> None:
    coordinator.get(f"{ALL}/{newest(app, 'residents')[0]}/edit?lang={lang}&open=form-0-0")
    long = "x" * 201
    press(coordinator, "add:form-0", {"text": "", "text_en": long, "help": "只有中文", "id": "不行", "type-0": "number"})
    press(coordinator, "save", {"set_low": "九", "set_high": "-1"}, 422)
    errors = coordinator.page.errors
    assert len(errors) >= 6 and any(line.startswith(words) for line in errors), errors
    assert newest(app, "residents")[3] == delivered(app, "residents")
    assert field(coordinator, "set_low") == "九"  # it stays open: something is wrong with it too
    open_up(coordinator, "form-0-0")
    kept = [field(coordinator, name) for name in ("text", "text_en", "help", "id")]
    assert kept == ["", long, "只有中文", "不行"]


def test_the_first_faulty_place_opens(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "residents", "form-0-1")
    open_up(coordinator, "form-0-0", {"text": ""})
    press(coordinator, "save", {}, 422)
    assert field(coordinator, "place") == "form-0-1"
    assert coordinator.page.all(id="f-text-error")
    press(coordinator, "preview", status=422)
    press(coordinator, "save", {"text": "补上的题目"}, 303)


def test_the_draft_is_looked_at_before_it_is_saved(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "residents", "form-0-0")
    press(coordinator, "preview", {"text": "还没有保存的题目"})
    assert "还没有保存的题目" in coordinator.page.one("section", id="preview").text
    assert "检查通过" in coordinator.page.one("div", role="status").text
    assert coordinator.page.one("div", role="status").all("a", href="#preview")
    assert newest(app, "residents")[3] == delivered(app, "residents")


def test_what_is_looked_at_is_named_for_what_it_shows(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "residents", "form-0-0")
    saved = f"{ALL}/{newest(app, 'residents')[0]}/preview"
    assert "预览已保存的版本" in coordinator.page.one("a", href=saved).text
    open_up(coordinator, "form-0-0", {"text": "还没有保存的题目"})
    assert not coordinator.page.all("a", href=saved)
    assert {each.text for each in coordinator.page.all("button", value="preview")} == {"检查并预览（含未保存的修改）"}


def test_each_section_is_a_link_away(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "delegates", "form-1")
    links = coordinator.page.one("nav", class_="builder-jump").all("a")
    assert len(links) == len(delivered(app, "delegates").sections)
    assert all(coordinator.page.all(id=each.attrs["href"].removeprefix("#")) for each in links)


# --- versions --------------------------------------------------------------------------------------------------------------

def test_a_locked_version_stays_and_the_next_one_is_made(app: Flask, coordinator: Client) -> None:
    made = campaigns.with_codes(app, form=campaigns.levels_form(4))
    form_id, *_rest = newest(app, "levels")
    edit(coordinator, app, "levels", "form-0-0")
    assert "第 1 版已锁定" in coordinator.page.text and "第 2 版" in coordinator.page.text
    press(coordinator, "save", {"text": "新的题目"}, 303)
    assert newest(app, "levels")[1:3] == (2, False)
    with app.app_context():
        campaign = queries.get_campaign(made.slug, clock.today(), staff=True)
        assert (campaign.form_id, campaign.form_version) == (form_id, 1)
        assert campaign.form == made.form
        db.session.remove()
    page = coordinator.get(ALL)
    assert "以前的版本" in page.text and "第 1 版" in page.text
    coordinator.get(f"{ALL}/{form_id}/edit", 303)
    assert "有更新的版本" in coordinator.follow().text
    assert "新的题目" not in coordinator.get(f"{ALL}/{form_id}/preview").text
    press(edit(coordinator, app, "levels", "form-0-0"), "save", {"text": "再改一次"}, 303)
    assert newest(app, "levels")[1] == 2  # nobody was promised it yet


def test_results_never_mix_versions(app: Flask, coordinator: Client) -> None:
    made = campaigns.counting(app, 12, publishes_in=0, form=campaigns.levels_form(4))
    edit(coordinator, app, "levels", "form-0-0")
    press(coordinator, "save", {"id": "other", "text": "另一个问题"}, 303)
    campaigns.publish(app, made)
    with app.app_context():
        campaign = queries.get_campaign(made.slug, clock.today())
        entry = queries.latest_entry(campaign.id)
        assert entry is not None and campaign.form_version == 1
        figures = str(entry.figures)
        assert "另一个问题" not in figures and "'other'" not in figures and "s0" in figures
        db.session.remove()


def test_two_people_change_one_form_the_second_keeps_the_words(app: Flask, coordinator: Client,
                                                               browser_for: Callable[[], Client]) -> None:
    colleague = browser_for().sign_in(builders.staff(app, Role.COORDINATOR, login="colleague.builder"))
    for each in (coordinator, colleague):
        edit(each, app, "residents", "form-0-0")
    press(colleague, "save", {"text": "同事的题目"}, 303)
    press(coordinator, "save", {"text": "我的题目"}, 409)
    rows = [row.text for row in coordinator.page.one("div", class_="notice").all("tr")]
    assert any("同事的题目" in row and "我的题目" in row for row in rows) and len(rows) == 2
    assert field(coordinator, "text") == "我的题目"
    assert newest(app, "residents")[3].questions[0].text == "同事的题目"
    press(coordinator, "save", status=303)
    assert newest(app, "residents")[3].questions[0].text == "我的题目"


def test_a_new_form_takes_no_name_that_there_is(app: Flask, coordinator: Client) -> None:
    coordinator.get(f"{ALL}/new?copy={newest(app, 'residents')[0]}")
    assert field(coordinator, "slug") == ""
    form = delivered(app, "residents")
    assert (field(coordinator, "title"), field(coordinator, "title_en")) == (f"{form.title}（副本）", f"{form.title_en} (copy)")
    press(coordinator, "save", status=422)
    press(coordinator, "save", {"slug": "Not A Name"}, 422)
    press(coordinator, "save", {"slug": "delegates", "title": "我的"}, 422)
    assert coordinator.page.errors and field(coordinator, "title") == "我的"
    assert newest(app, "delegates")[3] == delivered(app, "delegates")
    press(coordinator, "save", {"slug": "residents-two"}, 303)
    assert newest(app, "residents-two")[3].sections == delivered(app, "residents").sections


def test_a_version_that_nobody_uses_is_discarded(app: Flask, coordinator: Client) -> None:
    press(edit(coordinator, app, "residents", "form-0-0"), "save", {"text": "不要了"}, 303)
    coordinator.get(ALL)
    coordinator.submit(to=f"{newest(app, 'residents')[0]}/discard")
    assert "已作废" in coordinator.follow().text
    used = campaigns.draft(app, form=campaigns.levels_form(4))
    coordinator.post(f"{ALL}/{newest(app, used.form.slug)[0]}/discard", status=409)
    campaigns.announced(app, used)
    coordinator.post(f"{ALL}/{newest(app, used.form.slug)[0]}/discard", status=409)


# --- files -----------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("slug", ["delegates", "two-reports", "residents", "service-rating", "consultation"])
def test_a_form_taken_away_and_brought_in_is_the_same(app: Flask, coordinator: Client, slug: str) -> None:
    response = coordinator.fetch(f"{ALL}/{newest(app, slug)[0]}/yaml")
    assert response.mimetype == "application/yaml" and f"{slug}.yaml" in response.headers["Content-Disposition"]
    coordinator.get(f"{ALL}/import")
    coordinator.post(f"{ALL}/import", {"slug": "", "source": "", "file": (BytesIO(response.data), f"{slug}-copy.yaml")}, 200)
    press(coordinator, "save", status=303)
    assert newest(app, f"{slug}-copy")[3] == replace(delivered(app, slug), slug=f"{slug}-copy")


def test_a_pasted_form_of_a_known_name_becomes_its_next_version(app: Flask, coordinator: Client) -> None:
    campaigns.announced(app, form=campaigns.levels_form(4))
    text = text_of(campaigns.levels_form(3)).replace("方面1", "第一方面")
    coordinator.get(f"{ALL}/import")
    coordinator.post(f"{ALL}/import", {"slug": "levels", "source": text}, 200)
    assert "第 1 版已锁定" in coordinator.page.text
    press(coordinator, "save", status=303)
    assert newest(app, "levels")[1] == 2 and len(newest(app, "levels")[3].questions) == 3


@pytest.mark.parametrize(("source", "words"), [
    ("", "还没有填"),
    ("title: 甲\ntitle_en: A\nsections:\n  - id: a\n    title: 甲\n    title_en: A\n    questions:\n"
     "      - {id: q, type: nothing, text: 甲, text_en: A}\n", "第 8 行"),
    ("title: [", "YAML"),
    ("a: &a [x, x]\nb: &b [*a, *a]\n", "YAML"),
    ("title: !!python/object/apply:os.system [ls]\n", "YAML"),
    ("[" * 50, "YAML"),
    ("title: 甲\ntitle: 乙\n", "YAML"),
    (text_of(campaigns.RATING) + "slug: other-name\n", "YAML"),
    ("- 1\n- 2\n", "第 1 行"),
    ("title: 1" + ":1" * 250_000, "line 1"),
    ("title: 表\nnumbers: [" + "1," * 250_000 + "]", "line 2"),
    ("".join(f"k{n}: 1\n" for n in range(2_000)), "另有"),
])
def test_a_faulty_text_is_told_by_line_and_kept(app: Flask, coordinator: Client, source: str, words: str) -> None:
    coordinator.get(f"{ALL}/import")
    coordinator.post(f"{ALL}/import", {"slug": "my-form", "source": source}, 422)
    assert any(words in line for line in coordinator.page.errors), coordinator.page.errors
    form = coordinator.page.form("/import")
    assert form.one("input", name="slug").attrs["value"] == "my-form"
    assert values(form)["source"] == source.removesuffix("\r")


def test_a_file_that_is_no_text_is_refused(app: Flask, coordinator: Client) -> None:
    for raw in (b"\xff\xfe\x00", b"", b"a" * (513 * 1024)):
        coordinator.get(f"{ALL}/import")
        coordinator.post(f"{ALL}/import", {"slug": "x", "source": "", "file": (BytesIO(raw), "x.yaml")}, 422)
        assert coordinator.page.errors
    coordinator.post(f"{ALL}/import", {"slug": "", "source": "title: 甲"}, 422)  # nobody says how it is called


WORDS = st.text("甲|｜\\ ab", min_size=1, max_size=6).map(lambda text: " ".join(text.split()) or "-")


@given(st.lists(st.tuples(WORDS, WORDS), min_size=2, max_size=5))
def test_choices_typed_as_lines_stay_the_choices(texts: list[tuple[str, str]]) -> None:
    choices = tuple(Choice(f"v{n}", *each) for n, each in enumerate(texts))
    question = Question("q", "single", "甲", "A", choices=choices)
    form = Form("x", "甲", "A", sections=(Section("s", "甲", "A", questions=(question,)),))
    draft = form_draft.unpacked(form_draft.packed(form_draft.draft_of(form, "x")))
    assert parse_form(form_draft.definition(draft)) == form
    assert form_of(text_of(form), "x", "x") == form


def test_every_part_of_a_form_survives_the_builder() -> None:
    for form in (campaigns.EVERYTHING, campaigns.RATING):
        assert parse_form(form_draft.definition(form_draft.draft_of(form, form.slug))) == form
        assert form_of(text_of(form), form.slug, "x") == form


# --- files and record ------------------------------------------------------------------------------------------------------

@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    return Path(shutil.copytree(app.config["PORTAL"].content, tmp_path / "content"))


def change_file(folder: Path, slug: str, title: str) -> None:
    file = folder / "forms" / f"{slug}.yaml"
    file.write_text(text_of(replace(read_form(file), title=title)), "utf-8")


def bring_in(app: Flask, folder: Path) -> publishing.ImportReport:
    with app.app_context():
        with transaction():
            report = publishing.import_content(folder, now=clock.now())
        db.session.remove()
    return report


def write_back(app: Flask, folder: Path) -> publishing.ImportReport:
    with app.app_context():
        with transaction():
            report = publishing.export_content(folder)
        db.session.remove()
    return report


def test_a_file_as_it_was_changes_nothing_and_a_changed_one_is_taken_over(app: Flask, folder: Path) -> None:
    assert bring_in(app, folder) == publishing.ImportReport((), (), ())
    change_file(folder, "residents", "新的标题")
    assert bring_in(app, folder) == publishing.ImportReport((), ("forms/residents",), ())
    assert newest(app, "residents")[1:] == (1, False, read_form(folder / "forms" / "residents.yaml"))
    campaigns.announced(app, form=newest(app, "residents")[3])
    change_file(folder, "residents", "又一个标题")
    assert bring_in(app, folder).updated == ("forms/residents",)
    assert newest(app, "residents")[1:3] == (2, False)


def test_what_staff_changed_stays_beside_a_changed_file(app: Flask, coordinator: Client, folder: Path) -> None:
    press(edit(coordinator, app, "residents", "form"), "save", {"title": "工作台的标题"}, 303)
    assert bring_in(app, folder) == publishing.ImportReport((), (), ())
    change_file(folder, "residents", "文件的标题")
    assert bring_in(app, folder).kept == ("forms/residents",)
    assert newest(app, "residents")[3].title == "工作台的标题"
    assert write_back(app, folder).kept == ("forms/residents",)  # neither side's words are lost
    assert read_form(folder / "forms" / "residents.yaml").title == "文件的标题"
    assert "与随网站提供的文件不一致" in coordinator.get(ALL).text


def test_what_staff_changed_is_written_back_and_agrees_again(app: Flask, coordinator: Client, folder: Path) -> None:
    press(edit(coordinator, app, "residents", "form"), "save", {"title": "工作台的标题"}, 303)
    elsewhere = folder.parent / "elsewhere"
    (elsewhere / "forms").mkdir(parents=True)
    assert write_back(app, elsewhere).updated == ("forms/residents",)  # a copy: the record goes on counting as changed
    assert bring_in(app, folder) == publishing.ImportReport((), (), ())
    assert write_back(app, folder).updated == ("forms/residents",)
    assert read_form(folder / "forms" / "residents.yaml").title == "工作台的标题"
    assert bring_in(app, folder) == publishing.ImportReport((), (), ())
    assert write_back(app, folder) == publishing.ImportReport((), (), ())
    change_file(folder, "residents", "以后的标题")
    assert bring_in(app, folder).updated == ("forms/residents",)


def test_a_form_made_at_the_desk_gets_a_file(app: Flask, coordinator: Client, folder: Path) -> None:
    coordinator.get(f"{ALL}/new?copy={newest(app, 'residents')[0]}")
    press(coordinator, "save", {"slug": "of-the-desk"}, 303)
    assert write_back(app, folder).updated == ("forms/of-the-desk",)
    assert fingerprint(read_form(folder / "forms" / "of-the-desk.yaml")) == fingerprint(newest(app, "of-the-desk")[3])


# --- looks -----------------------------------------------------------------------------------------------------------------

def test_a_form_is_shown_as_on_each_device_and_in_print(app: Flask, coordinator: Client) -> None:
    form_id = newest(app, "delegates")[0]
    for width in ("phone", "tablet", "desktop"):
        page = coordinator.get(f"{ALL}/{form_id}/preview?width={width}")
        assert page.all("form", class_=width) and "您所在地方晚上一个人走路是否放心？" in page.text
    coordinator.get(f"{ALL}/{form_id}/preview?width=fridge", 404)
    page = coordinator.get(f"{ALL}/{form_id}/print")
    assert "表 delegates，第 1 版" in page.text and not page.all("svg", class_="qr")
    made = campaigns.announced(app, form=delivered(app, "delegates"))
    page = coordinator.get(f"{ALL}/{form_id}/print?campaign={made.slug}")
    assert page.all("svg", class_="qr") and f"/evaluations/{made.slug}" in page.text
    coordinator.get(f"{ALL}/{form_id}/print?campaign=nothing", 404)


def test_two_hundred_questions_of_fifty_choices_are_built(app: Flask, coordinator: Client) -> None:
    choices = [{"value": f"c{n}", "text": f"选项第{n}号", "text_en": f"Choice number {n}"} for n in range(50)]
    big = parse_form({"slug": "big", "title": "大表", "title_en": "Big", "sections": [
        {"id": f"s{s}", "title": f"部分{s}", "title_en": f"Part {s}", "questions": [
            {"id": f"q{s}_{n}", "type": "several", "text": f"第{s}-{n}题选哪些", "text_en": f"Which of {s}-{n}?",
             "choices": choices, **({"shown_if": {"question": f"q{s}_{n - 1}", "values": ["c1"]}} if n else {})}
            for n in range(20)]} for s in range(10)]})
    campaigns.form_id(app, big)
    page = edit(coordinator, app, "big", "form-9-19").page
    assert len(page.source) < 400_000
    press(coordinator, "up:form-9-19", {"text": "最后一题"})
    press(coordinator, "save", {}, 422)  # its condition asks for a question that now comes later
    open_up(coordinator, "form-9-18", {"asks": ""})
    press(coordinator, "save", status=303)
    assert newest(app, "big")[3].questions[198].text == "最后一题"


# --- who, and hostile input ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("role", [Role.HANDLER, Role.REVIEWER, Role.EDITOR, Role.ADMINISTRATOR, Role.INSPECTOR,
                                  Role.COMPLAINTS_OFFICER, Role.DISCIPLINE_OFFICER])
def test_nobody_else_sees_forms(app: Flask, client: Client, role: Role) -> None:
    client.sign_in(builders.staff(app, role))
    form_id = newest(app, "delegates")[0]
    for address in ("", "/new", "/import", f"/{form_id}/edit", f"/{form_id}/preview", f"/{form_id}/print", f"/{form_id}/yaml"):
        client.get(ALL + address, 403)
    for address in ("/new", "/import", f"/{form_id}/edit", f"/{form_id}/discard"):
        client.post(ALL + address, status=403)


def test_a_leader_looks_and_changes_nothing(app: Flask, client: Client) -> None:
    client.sign_in(builders.staff(app, Role.LEADER, charge=["household"]))
    form_id = newest(app, "delegates")[0]
    page = client.get(ALL)
    assert not [link for link in page.all("a") if link.attrs.get("href", "").endswith("/edit")]
    client.get(f"{ALL}/{form_id}/preview")
    client.get(f"{ALL}/{form_id}/print")
    client.get(f"{ALL}/{form_id}/edit", 403)
    client.post(f"{ALL}/{form_id}/edit", {"act": "save"}, 403)


def test_a_coordinator_of_one_county_looks_and_changes_nothing(app: Flask, client: Client) -> None:
    client.sign_in(builders.staff(app, Role.COORDINATOR, unit="beishan", login="county", charge=["beishan"]))
    form_id = newest(app, "delegates")[0]
    page = client.get(ALL)
    assert not [link for link in page.all("a") if link.attrs.get("href", "").endswith(("/edit", "/new", "/import"))]
    client.get(f"{ALL}/{form_id}/preview")
    for address in ("new", "import", f"{form_id}/edit"):
        client.get(f"{ALL}/{address}", 403)
        client.post(f"{ALL}/{address}", {"act": "save"}, 403)
    client.post(f"{ALL}/{form_id}/discard", {}, 403)


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    client.get(ALL, 302)


def packed(raw: bytes) -> str:
    return urlsafe_b64encode(zlib.compress(raw)).decode()


QUESTION = b'{"part":"question","id":"q","type":"scale"}'


def removed(section: int, question: int, part: bytes) -> str:
    """A draft of one empty section from which this was taken out."""
    return packed(b'{"sections":[{"part":"section","id":"s"}],"removed":{"section":%d,"question":%d,"part":%b}}' % (
        section, question, part))


def test_what_was_removed_far_below_comes_back_at_the_end(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "delegates")
    form = next(each for each in coordinator.page.all("form") if "builder" in each.attrs.get("class", ""))
    coordinator.post(f"{ALL}/{newest(app, 'delegates')[0]}/edit",
                     {**values(form), "draft": removed(10**12, 10**12, QUESTION), "act": "undo"}, 200)
    assert (field(coordinator, "place"), field(coordinator, "id")) == ("form-0-0", "q")


@pytest.mark.parametrize("sent", [
    {"draft": ""}, {"draft": "%%%"}, {"draft": "eJwDAAAAAAE="}, {"draft": packed(b"[" + b" " * 50_000_000)},
    {"draft": packed(b'{"sections":[' + b",".join([b'{"part":"section","id":"a"}'] * 1_000) + b"]}")},
    {"draft": removed(-9, 0, QUESTION), "act": "undo"}, {"draft": removed(0, -1, QUESTION), "act": "undo"},
    {"draft": removed(0, 0, b'{"part":"section","id":"s","questions":[' + b",".join([QUESTION] * 401) + b"]}"), "act": "undo"},
    {"draft": packed(b'{"title":1}')}, {"draft": packed(b'{"evil":[]}')}, {"draft": packed(b"{}")[:-9]},
    {"seen": "x.y"}, {"seen": "1"}, {"seen": "9" * 5_000 + ".1"}, {"act": "drop"}, {"act": "up"}, {"act": "up:form-99-99"},
    {"act": "add:form"}, {"act": "open:" + "9" * 5_000}])
def test_what_the_page_never_sent_is_refused(app: Flask, coordinator: Client, sent: dict[str, str]) -> None:
    edit(coordinator, app, "delegates")
    form = next(each for each in coordinator.page.all("form") if "builder" in each.attrs.get("class", ""))
    coordinator.post(f"{ALL}/{newest(app, 'delegates')[0]}/edit", {**values(form), **{"act": "save"}, **sent}, 400)
    assert newest(app, "delegates")[3] == delivered(app, "delegates")


def test_the_name_of_a_form_cannot_be_changed_by_an_edited_page(app: Flask, coordinator: Client) -> None:
    edit(coordinator, app, "residents", "form")
    form = next(each for each in coordinator.page.all("form") if "builder" in each.attrs.get("class", ""))
    coordinator.post(f"{ALL}/{newest(app, 'residents')[0]}/edit",
                     {**values(form), "slug": "delegates", "title": "居民", "act": "save"}, 303)
    assert newest(app, "residents")[3].title == "居民"
    assert newest(app, "delegates")[3] == delivered(app, "delegates")


def test_hostile_words_stay_words(app: Flask, coordinator: Client) -> None:
    evil = '<script>alert(1)</script> {{ 7 * 7 }} " onclick="x'
    edit(coordinator, app, "residents", "form-0-0")
    press(coordinator, "save", {"text": evil, "text_en": evil}, 303)
    form_id = newest(app, "residents")[0]
    for address in (f"{form_id}/edit", f"{form_id}/edit?open=form-0-0", f"{form_id}/preview", f"{form_id}/print", ""):
        page = coordinator.get(f"{ALL}/{address}".rstrip("/"))
        assert "<script>alert" not in page.source and "49" not in page.one("main").text
    assert form_of(coordinator.fetch(f"{ALL}/{form_id}/yaml").text, "residents", "x").questions[0].text == evil


@pytest.mark.parametrize("address", ["999/edit", "999/preview", "999/print", "999/yaml", "2147483648/edit", "new?copy=999"])
def test_what_is_not_there_is_not_there(coordinator: Client, address: str) -> None:
    coordinator.get(f"{ALL}/{address}", 404)


def test_the_commands_bring_forms_in_and_back(app: Flask, coordinator: Client, folder: Path) -> None:
    press(edit(coordinator, app, "residents", "form"), "save", {"title": "工作台的标题"}, 303)
    press(edit(coordinator, app, "delegates", "form"), "save", {"title": "工作台的标题"}, 303)
    change_file(folder, "delegates", "文件的标题")
    runner = app.test_cli_runner()
    said = runner.invoke(args=["content", "export", "--to", str(folder)]).output
    assert "written: forms/residents" in said and "kept" in said and "forms/delegates" in said
    assert read_form(folder / "forms" / "residents.yaml").title == "工作台的标题"
