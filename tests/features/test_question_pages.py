# ruff: noqa: E501 - tables, and templates as they are written
"""Every form on the screen and on paper: labelled, translated, nothing typed is lost; a new type of question is three files."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, render_template_string
from jinja2 import ChoiceLoader, DictLoader
from werkzeug.datastructures import MultiDict

from portal.config import ROOT
from portal.domain import form as forms
from portal.domain import questions
from portal.domain.form import Form, parse_form, read_ballot
from portal.domain.questions.base import Answer, Fields, Question, QuestionType, Slip, Summary, only
from portal.web.faults import faults
from tests import manners
from tests.page import Page, values
from tests.watch import untranslated

CITY = sorted(each.stem for each in (ROOT / "content" / "forms").glob("*.yaml"))
PAGE = """{% extends "layouts/public.html" %}
{% from "questions/_form.html" import errors_of, paper_sections, sections %}
{% block title %}{{ form|said("title") }}{% endblock %}
{% block main %}{{ errors_of(form, errors) }}<h1>{{ form|said("title") }}</h1>
{% if on_paper %}<h2>{{ form.slug }}</h2>{{ paper_sections(form) }}{{ paper_sections(form) }}{% else %}
<form method="post" action="/opinions/new"><input type="hidden" name="csrf_token" value="x">{{ sections(form, values, errors) }}</form>
{% endif %}{% endblock %}"""
Show = Callable[..., Page]


@pytest.fixture
def show(app: Flask) -> Show:
    """Draws a form as a page would; raises where it breaks the manners of pages."""
    def shown(form: Form, sent: MultiDict[str, str] | None = None, *, lang: str = "zh", on_paper: bool = False) -> Page:
        untranslated().clear()
        with app.test_request_context(f"/?lang={lang}"):
            app.preprocess_request()
            page = Page(render_template_string(PAGE, form=form, on_paper=on_paper, values=sent or {}, errors=faults(
                read_ballot(form, sent).slips) if sent else {}))
        assert list(manners.faults(page, lang=lang, whole=True)) == []
        return page
    return shown


@pytest.fixture
def city(app: Flask) -> dict[str, Form]:
    found: dict[str, Form] = app.extensions["portal-content"].forms
    return found


def choices(*words: str) -> list[dict[str, str]]:
    return [{"value": f"v{n}", "text": word, "text_en": f"Choice {n}"} for n, word in enumerate(words)]


def one(type_: str, **more: Any) -> Form:
    return parse_form({"slug": "one", "title": "表", "title_en": "Form", "sections": [
        {"id": "s", "title": "节", "title_en": "Section", "questions": [
            {"id": "gate", "type": "yes_no", "text": "先问", "text_en": "First"},
            {"id": "x", "type": type_, "text": "问什么", "text_en": "Ask what", **more}]}]})


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("slug", CITY)
def test_each_form_of_the_city_is_a_sound_page_and_a_sound_sheet(city: dict[str, Form], show: Show, slug: str, lang: str) -> None:
    form = city[slug]
    page, sheet = show(form, lang=lang), show(form, lang=lang, on_paper=True)
    for number, question in enumerate(form.questions, start=1):
        words = f"{number}. {question.text_en if lang == 'en' else question.text}"
        assert words in page.text and words in sheet.text
        assert page.all(id=question.field), f"an error of {question.id} could not be reached"
    assert not [node for node in sheet.all("input", "select", "textarea") if node.attrs["name"].startswith(("q_", "case_"))]


def test_a_form_is_first_shown_empty_and_sent_so_it_says_what_is_missing(city: dict[str, Form], show: Show) -> None:
    sent = values(show(city["service-rating"]).form())
    page = show(city["service-rating"], MultiDict(sent))
    assert page.errors == ["第 1 题：这一项还没有填"]
    assert page.one("a", href="#q_overall").text == page.errors[0]
    assert page.one("p", id="q_overall-error").text.endswith("这一项还没有填")
    assert page.all("fieldset", aria_describedby="q_overall-error")


SENT = [("q_missed", "很多次"), ("q_evening", "wed"), ("q_matters", "id-card"), ("q_matters", "permit"), ("q_matters", "vehicle"),
        ("q_matters", "household"), ("q_halls_hall", "4"), ("q_halls_station", "9"), ("q_place_park", "1"), ("q_place_bus", "1"),
        ("q_walk", "12.34"), ("q_need", "no"), ("q_until", "九点<b>"), ("q_advice", "\n多开窗口 & 少跑腿"), ("q_other", "x")]


def test_everything_typed_is_kept_beside_what_is_wrong_with_it(city: dict[str, Form], show: Show) -> None:
    page = show(city["consultation"], MultiDict(SENT))
    kept = values(page.form())
    for name in ("q_missed", "q_evening", "q_halls_hall", "q_place_park", "q_place_bus", "q_walk", "q_need", "q_until"):
        assert kept[name] == dict(SENT)[name]
    assert kept["q_matters"] == ["id-card", "household", "permit", "vehicle"]
    assert page.one("textarea", id="q_advice").children == ["\n\n多开窗口 & 少跑腿"]  # browsers leave out the first line feed
    assert [re.sub("：.*", "", line) for line in page.errors] == [
        "第 1 题", "第 3 题", "第 4 题", "第 5 题", "第 6 题", "第 8 题", "提交的内容里有这张表没有的题目。请重新打开页面再填一次"]
    links = [node.attrs["href"] for node in page.one(class_="error-summary").all("a")]
    assert links == ["#q_missed", "#q_matters", "#q_halls.station", "#q_place.bus", "#q_walk", "#q_until"]


def test_a_condition_is_said_in_words_and_marked_for_the_script(city: dict[str, Form], show: Show) -> None:
    part = show(city["service-rating"]).one("div", data_shown_if="q_overall")
    assert part.attrs["data-shown-for"] == "2 1"
    assert "第 1 题选了“不满意”或“非常不满意”的，才需要答这一题。" in part.text
    english = show(city["service-rating"], lang="en").one("div", data_shown_if="q_overall")
    assert "Only if you answered “Dissatisfied” or “Very dissatisfied” to question 1." in english.text


def test_what_is_not_asked_leaves_a_line_in_its_place_for_the_script(city: dict[str, Form], show: Show) -> None:
    line = show(city["service-rating"]).one("p", data_instead="")
    assert "hidden" in line.attrs
    assert line.text == "第 2 题只问第 1 题选了“不满意”或“非常不满意”的人。"


def test_without_script_an_answer_can_be_taken_back(show: Show) -> None:
    """A radio button cannot be let go of: where a question must be emptied, one stands for no answer."""
    only_if = {"question": "gate", "values": ["yes"]}
    for form in (one("single", choices=choices("甲", "乙")), one("scale", shown_if=only_if), one("yes_no", required=True, shown_if=only_if)):
        assert [node.attrs["value"] for node in show(form).all("input", type="radio", name="q_x")][-1] == ""
    rows = one("matrix", shown_if=only_if, rows=choices("甲"))
    assert [node.attrs["value"] for node in show(rows).all("input", type="radio", name="q_x_v0")][-1] == ""
    for form in (one("scale"), one("yes_no", required=True)):
        assert "" not in [node.attrs["value"] for node in show(form).all("input", type="radio", name="q_x")]


def test_words_become_an_opinion_only_where_it_is_ticked(show: Show) -> None:
    form = one("long_text", becomes="opinion")
    assert "checked" not in show(form).one("input", name="case_x").attrs
    assert "checked" not in show(form, MultiDict({"csrf_token": "x"})).one("input", name="case_x").attrs
    assert "checked" in show(form, MultiDict({"q_x": "话", "case_x": "yes"})).one("input", name="case_x").attrs
    assert "checked" not in show(form, MultiDict({"q_x": "话"})).one("input", name="case_x").attrs
    assert "我想得到答复" in show(form).text
    assert "可能看出它是凭哪个评议码来的" in show(form).one("p", id="case_x-hint").text


def test_what_is_confidential_is_said_so_and_not_written_on_paper(show: Show) -> None:
    form = one("long_text", becomes="report")
    page, sheet = show(form), show(form, on_paper=True)
    assert "直接送纪检监察部门" in page.one("p", id="q_x-hint").text
    assert "可能看出它是凭哪个评议码来的" in page.one("p", id="q_x-hint").text
    assert not page.all("input", name="case_x")
    assert "请不要写在这张表上" in sheet.text and not sheet.all(class_="write-line")
    assert len(show(one("long_text"), on_paper=True).all(class_="write-line")) == 8  # two sheets of four lines


#   settings                          the sentence
BOUNDS = [
    ({},                              "可以多选。"),
    ({"most": 2},                     "最多选 2 项。"),
    ({"least": 2},                    "至少选 2 项。"),
    ({"least": 1, "most": 2},         "请选 1 至 2 项。"),
    ({"least": 2, "most": 2},         "请选 2 项。"),
]


@pytest.mark.parametrize(("settings", "sentence"), BOUNDS)
def test_how_many_may_be_chosen_stands_beside_the_question(show: Show, settings: dict[str, int], sentence: str) -> None:
    form = one("several", choices=choices("甲", "乙", "丙"), settings=settings)
    assert show(form).one("p", id="q_x-hint").text == sentence
    assert sentence in show(form, on_paper=True).text
    show(form, lang="en")


def test_a_number_says_its_bounds_and_its_unit(show: Show) -> None:
    plain, minutes = one("number"), one("number", settings={"high": 1000, "unit": "分钟", "unit_en": "minutes"})
    assert show(plain).one("p", id="q_x-hint").text == "填 0 至 100 之间的数。"
    assert show(minutes).one("p", id="q_x-hint").text == "填 0 至 1,000 之间的数（分钟）。"
    assert show(minutes, lang="en").one("p", id="q_x-hint").text == "A number from 0 to 1,000 minutes."


def test_names_that_differ_by_a_dash_alone_keep_their_inputs_apart(show: Show) -> None:
    """The second choice of one question and the row of another would share an id if both were joined by the same mark."""
    rows = [{"value": value, "text": value, "text_en": value} for value in ("b", "b-1", "b-hint")]
    show(parse_form({"slug": "x", "title": "表", "title_en": "Form", "sections": [
        {"id": "s", "title": "节", "title_en": "S", "questions": [
            {"id": "x", "type": "matrix", "text": "问", "text_en": "Ask", "rows": rows},
            {"id": "x_b_", "type": "single", "text": "问", "text_en": "Ask", "choices": rows}]}]}))


def test_two_hundred_questions_with_fifty_options_make_a_page(show: Show) -> None:
    options = choices(*(f"第{n}项" for n in range(50)))
    form = parse_form({"slug": "big", "title": "表", "title_en": "Form", "sections": [
        {"id": "s", "title": "节", "title_en": "S", "questions": [
            {"id": f"k{n}", "type": "single" if n % 2 else "several", "text": f"第{n}问", "text_en": f"Ask {n}", "choices": options}
            for n in range(200)]}]})
    assert len(show(form).all("input", type="checkbox")) == 100 * 50


# --- a new type -----------------------------------------------------------------------------------------------------------

class Slider(QuestionType):
    """The first of three files: its module. Stored as a whole number from 0 to 10."""

    key = "slider"
    name, name_en = "滑块", "Slider"

    def read(self, question: Question, fields: Fields) -> int | None:
        given = only(fields, question.field)
        if given and given not in map(str, range(11)):
            raise Slip("choice", question.field)
        return int(given) if given else None

    def room(self, question: Question) -> int:
        return len("10")

    def summary(self, question: Question) -> Summary:
        return Summary.NUMBERS

    def marks(self, question: Question, answer: Answer) -> Iterator[tuple[str, str]]:
        yield "", str(answer)


SLIDER = """{% from "questions/_parts.html" import hint, on_paper, typed, words %}
{% from "ui/form.html" import plain_field %}
{% macro field(question, values, errors, number="", condition="") %}
{{ plain_field(question.field, words(question, number), kind="range", value=typed(values, question.field), error=errors.get(question.field), hint=hint(question, condition), attrs={"min": 0, "max": 10}) }}
{% endmacro %}
{% macro paper(question, number="", condition="") %}
{% call on_paper(question, number, condition) %}<p>0 — 1 — 2 — 3 — 4 — 5 — 6 — 7 — 8 — 9 — 10</p>{% endcall %}
{% endmacro %}"""  # the second file: its template


def test_a_new_type_of_question_is_three_files(app: Flask, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "BY_KEY", {**questions.BY_KEY, "slider": Slider()})  # the third: its line in the list
    monkeypatch.setattr(forms, "BY_KEY", questions.BY_KEY)
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([
        DictLoader({"questions/slider.html": SLIDER}), app.jinja_env.loader or DictLoader({})]))
    form = one("slider", required=True)
    page = show(form, MultiDict({"q_x": "11"}))
    assert page.errors == ["第 2 题：请从选项中选一项"]
    assert page.one("input", id="q_x").attrs["value"] == "11"
    assert "0 — 1" in show(form, on_paper=True).text
    assert read_ballot(form, MultiDict({"q_x": "7"})).answers == {"x": 7}
    assert forms.parse_form(forms.as_plain(form)) == form


def test_every_type_has_its_template_and_no_other_file_names_it() -> None:
    folder = ROOT / "templates" / "questions"
    assert {each.stem for each in folder.glob("[!_]*.html")} == set(questions.BY_KEY)
    shared = "".join(each.read_text("utf-8") for each in folder.glob("_*.html"))
    assert not [key for key in questions.BY_KEY if f'"{key}"' in shared]
