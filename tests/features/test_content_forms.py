# ruff: noqa: E501 - a table is read in aligned columns
"""The forms of content/forms/: what the bureau's own ones ask, and how a faulty file is told with line and field."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import content
from portal.config import ROOT
from portal.content import ContentError
from portal.content.forms import form_of, read_form, read_forms
from portal.domain.form import Form, as_plain, parse_form
from portal.domain.questions.base import Question, Summary

FORMS = content.read(ROOT / "content").forms

SOUND = """\
title: 表
title_en: Form
sections:
  - id: a
    title: 节
    title_en: Section
    questions:
      - id: a1
        type: scale
        text: 问一
        text_en: One
      - id: a2
        type: single
        text: 问二
        text_en: Two
        shown_if: {question: a1, values: ["1", "2"]}
        choices:
          - {value: x, text: 甲, text_en: X}
          - {value: "no", text: 乙, text_en: "No"}
"""


def told(text: str, slug: str = "test") -> list[str]:
    with pytest.raises(ContentError) as found:
        form_of(text, slug, "x.yaml")
    return str(found.value).split("\n")


# --- faulty files ------------------------------------------------------------------------------------------------------

#   what is broken                     instead of                       stands                                  is told as
FAULTS = [
    ("a key is unknown",               "title: 表",                      "title: 表\ncolour: red",                "x.yaml: line 2: colour: “colour” is not known here"),
    ("a key is missing",               "        text_en: One\n",         "",                                     "x.yaml: line 8: sections[0].questions[0].text_en: this is not there"),
    ("a key stands twice",             "type: scale",                    "type: scale\n        type: scale",     "x.yaml: line 10: “type” stands twice among the same entries"),
    ("a type is unknown",              "type: scale",                    "type: slider",                         "x.yaml: line 9: sections[0].questions[0].type: there is no type of question “slider”"),
    ("an id stands twice",             "id: a2",                         "id: a1",                               "x.yaml: line 12: sections[0].questions[1].id: “a1” stands here twice"),
    ("a value was read as yes or no",  'value: "no"',                    "value: no",                            "x.yaml: line 19: sections[0].questions[1].choices[1].value: words are expected here, not “false”; put it in quotes"),
    ("a value was read as a number",   '["1", "2"]',                     '["1", 2]',                             "x.yaml: line 16: sections[0].questions[1].shown_if.values[1]: words are expected here, not “2”; put it in quotes"),
    ("a title was read as a day",      "title: 表",                      "title: 2026-01-01",                    "x.yaml: line 1: title: words are expected here, not “2026-01-01”; put it in quotes"),
    ("a title is a day that is none",  "title: 表",                      "title: 2026-13-01",                    "x.yaml: line 1: “2026-13-01” cannot be read; put words in quotes"),
    ("a number has 5,000 digits",      "title: 表",                      "title: 1" + "0" * 5000,                "x.yaml: line 1: “1" + "0" * 59 + "” cannot be read; put words in quotes"),
    ("a number is counted in sixties", "title: 表",                     "title: 1" + ":1" * 200_000,             "x.yaml: line 1: “1" + ":1" * 29 + ":” cannot be read; put words in quotes"),
    ("a fraction is counted in sixties", "title: 表",                     "title: 1" + ":1" * 200_000 + ".5",      "x.yaml: line 1: “1" + ":1" * 29 + ":” cannot be read; put words in quotes"),
    ("a number has no end",            "type: scale",                   "type: .inf",                             "x.yaml: line 9: sections[0].questions[0].type: words are expected here, not “inf”"),
    ("there are too many words",       "title: 表",                     "title: [" + "1," * 200_000 + "]",       "x.yaml: line 1: more stands here than a form holds"),
    ("a list is none",                 "    questions:\n",               "    questions: 3\n    more:\n",        "x.yaml: line 7: sections[0].questions: a list is expected here, not “3”"),
    ("a condition asks for nothing",   "question: a1",                   "question: a9",                         "x.yaml: line 16: sections[0].questions[1].shown_if.question: a condition can only ask for an earlier question: “a9” is none"),
    ("a setting is unknown",           "type: scale",                    "type: scale\n        settings: {x: 1}", "x.yaml: line 10: sections[0].questions[0].settings.x: “x” is not known here"),
    ("the slug is not the file's",     "title: 表",                      "slug: other\ntitle: 表",                "x.yaml: line 1: slug: a form is named like its file, 'test'"),
    ("the list is not closed",         '["1", "2"]}',                    '["1", "2"',                            "x.yaml: line 17: "),
    ("a tab indents",                  "        type: scale",            "\ttype: scale",                        "x.yaml: line 9: "),
    ("there are two documents",        "title: 表",                      "title: 表\n---\ntitle: 二",              "x.yaml: line 2: "),
    # a file that wants more than to be read
    ("an anchor and an alias",         "title: 表",                      "title: &t 表\nintro: *t",               "x.yaml: line 1: names for parts of the file"),
    ("a tag makes an object",          "title: 表",                      "title: !!python/object/apply:os.system [ls]", "x.yaml: line 1: tags (!) are not taken here"),
    ("a tag makes bytes",              "title: 表",                      "title: !!binary aGVsbG8=",             "x.yaml: line 1: tags (!) are not taken here"),
    ("entries are merged",             "title: 表",                      "<<: {title_en: x}\ntitle: 表",          "x.yaml: line 1: the name of an entry must be a word"),
    ("a name is a list",               "title: 表",                      "? [a, b]\n: 1\ntitle: 表",              "x.yaml: line 1: the name of an entry must be a word"),
    ("a name is a number",             "title: 表",                      "2026: x\ntitle: 表",                    "x.yaml: line 1: the name of an entry must be a word"),
    ("lists lie deep in one another",  "title: 表",                      "title: " + "[" * 50,                   "x.yaml: line 1: lists and entries lie too deep"),
    ("lists lie deeper than YAML goes", "title: 表",                     "title: " + "[" * 50_000,               "x.yaml: line 1: "),
    ("entries lie deep",               "title: 表",                      "title: " + "{a: " * 13 + "1" + "}" * 13, "x.yaml: line 1: lists and entries lie too deep"),
]


@pytest.mark.parametrize(("old", "new", "words"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_faulty_form_is_told_with_file_line_and_field(old: str, new: str, words: str) -> None:
    assert old in SOUND
    assert any(line.startswith(words) for line in told(SOUND.replace(old, new, 1))), told(SOUND.replace(old, new, 1))


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_file() -> None:
    broken = SOUND.replace("title: 表", "title: ''").replace("type: scale", "type: slider").replace("id: a2", "id: 2a")
    assert told(broken) == [
        "x.yaml: line 1: title: nothing stands here",
        "x.yaml: line 9: sections[0].questions[0].type: there is no type of question “slider”",
        "x.yaml: line 12: sections[0].questions[1].id: “2a” is no such name: small letters, digits and _, a letter first, at most 24"]


def test_a_bomb_of_aliases_is_refused_before_anything_is_built() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(20))
    assert told(bomb)[0].startswith("x.yaml: line 1: names for parts of the file")


@pytest.mark.parametrize(("text", "words"), [
    ("",                       "x.yaml: line 1: named entries are expected here"),
    ("# nothing\n",            "x.yaml: line 1: named entries are expected here"),
    ("- a\n- b\n",             "x.yaml: line 1: named entries are expected here"),
    ("just words",             "x.yaml: line 1: named entries are expected here"),
    ("title: \x07",            "x.yaml: line 1: "),
    ("title: \ud800",          "x.yaml: line 1: "),
    ("a" * 600_000,            "x.yaml: line 1: the file is larger than"),
])
def test_what_is_no_form_at_all_is_told(text: str, words: str) -> None:
    assert told(text)[0].startswith(words)


def test_a_name_of_a_file_that_no_address_could_hold_is_told() -> None:
    assert told(SOUND, "My Form") == ["x.yaml: line 1: slug: “My Form” is no such name: small letters and digits in words joined by -, at most 40"]


def test_faulty_forms_stop_the_start_with_their_file(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(SOUND, "utf-8")
    assert list(read_forms(tmp_path)) == ["good"]
    (tmp_path / "bad.yaml").write_text(SOUND.replace("type: scale", "type: slider"), "utf-8")
    with pytest.raises(ContentError, match=r"bad\.yaml: line 9: .*slider"):
        read_forms(tmp_path)
    (tmp_path / "bad.yaml").write_bytes("表".encode("gb18030"))
    with pytest.raises(ContentError, match=r"bad\.yaml: cannot be read as UTF-8"):
        read_forms(tmp_path)
    with pytest.raises(ContentError, match="the folder is missing"):
        read_forms(tmp_path / "none")


# --- the bureau's own forms ----------------------------------------------------------------------------------------------

def asked(slug: str) -> Iterator[tuple[str, Question]]:
    """Every question of a form with the section it stands in."""
    for section in FORMS[slug].sections:
        yield from ((section.id, question) for question in section.questions)


def test_the_forms_that_were_promised_are_there() -> None:
    assert set(FORMS) == {"delegates", "two-reports", "residents", "service-rating", "consultation"}


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.slug)
def test_every_form_says_everything_in_both_languages_and_can_be_written_again(form: Form) -> None:
    assert parse_form(as_plain(form)) == form
    assert form.intro and form.intro_en
    assert read_form(ROOT / "content" / "forms" / f"{form.slug}.yaml") == form
    for question in form.questions:
        words = [question.text, *(each.text for each in (*question.choices, *question.rows))]
        assert all(any("\u4e00" <= each <= "\u9fff" for each in text) for text in words), words


def test_the_delegates_form_has_six_dimensions_of_levels_and_the_open_questions() -> None:
    levels = {id: [question.id for section, question in asked("delegates") if section == id] for id in "abcdef"}
    assert levels == {"a": ["a1", "a2", "a3"], "b": ["b1", "b2", "b3"], "c": ["c1", "c2", "c3"],
                      "d": ["d1", "d2", "d3"], "e": ["e1", "e2", "e3"], "f": ["f1", "f2"]}
    assert {question.settings["labels"] for _, question in asked("delegates") if question.type == "scale" and question.id != "d2"} == {"satisfaction"}
    others = {question.id: (question.type, question.becomes) for section, question in asked("delegates") if section == "open"}
    assert others == {"worst": ("long_text", "opinion"), "best": ("long_text", None), "advice": ("long_text", "opinion"),
                      "activity": ("several", None)}


def test_asking_for_favours_is_rated_by_how_often_and_never_is_best() -> None:
    found = FORMS["delegates"].find("d2")
    assert found is not None
    assert [(each.value, each.text) for each in found.kind.options(found)] == [
        ("5", "没有"), ("4", "很少"), ("3", "有时"), ("2", "较多"), ("1", "经常"), ("0", "不了解")]


def test_two_reports_are_evaluated_by_ten_questions_and_the_last_goes_to_the_discipline_unit() -> None:
    questions = FORMS["two-reports"].questions
    assert [question.id for question in questions] == [f"q{n}" for n in range(1, 11)]
    assert [question.type for question in questions] == ["single", *["scale"] * 7, "long_text", "long_text"]
    assert [question.becomes for question in questions] == [None] * 9 + ["report"]


def test_reasons_are_asked_only_after_a_bad_rating_and_whether_somebody_urged_comes_last() -> None:
    *_, last = FORMS["service-rating"].questions
    assert last.id == "urged" and [each.value for each in last.choices] == ["no", "urged", "paid", "visited", "rather_not_say"]
    reasons = FORMS["service-rating"].find("reasons")
    assert reasons is not None and reasons.shown_if is not None
    assert (reasons.shown_if.question, set(reasons.shown_if.values)) == ("overall", {"1", "2"})
    assert [question.id for question in FORMS["service-rating"].questions if question.required] == ["overall"]


def test_the_consultation_and_the_survey_use_what_other_forms_do_not() -> None:
    types = {question.type for question in FORMS["consultation"].questions}
    assert {"ranking", "number", "matrix", "yes_no", "short_text"} <= types
    assert sum(question.shown_if is not None for question in FORMS["residents"].questions) >= 3
    summaries = {question.kind.summary(question) for form in FORMS.values() for question in form.questions}
    assert summaries == set(Summary)
