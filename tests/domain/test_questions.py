# ruff: noqa: E501 - a table is read in aligned columns
"""Types of question: what each takes from a ballot, what it refuses and how, and what its answers add to a count."""

import json
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from portal.domain.questions import BY_KEY, TYPES
from portal.domain.questions.base import Choice, Question, QuestionType, Slip, Summary
from portal.domain.questions.scale import LABELS

ABC = tuple(Choice(value, value, value) for value in ("a", "b", "c"))


def ask(type_: str, **settings: Any) -> Question:
    kind = BY_KEY[type_]
    return Question("x", type_, "问", "ask", choices=ABC if kind.has_choices else (), rows=ABC[:2] if kind.has_rows else (),
                    settings={**kind.settings, **settings})


def sent(text: str) -> MultiDict[str, str]:
    """`x=1 x=2 x_a=3` as the fields q_x and q_x_a; a space inside a value is written as ~."""
    return MultiDict([("q_" + name, value.replace("~", " ")) for name, _, value in (each.partition("=") for each in text.split(" ") if each)])


#   type          settings                        sent                          is read as
READ = [
    ("scale",      {},                             "x=5",                        5),
    ("scale",      {},                             "x=0",                        0),
    ("scale",      {},                             "x=",                         None),
    ("scale",      {},                             "",                           None),
    ("scale",      {},                             "x=6",                        ("choice", "q_x")),
    ("scale",      {},                             "x=05",                       ("choice", "q_x")),
    ("scale",      {},                             "x=５",                       ("choice", "q_x")),
    ("scale",      {},                             "x=5 x=4",                    ("one_answer", "q_x")),
    ("scale",      {},                             "x=5 x=5",                    ("one_answer", "q_x")),
    ("scale",      {"labels": "frequency"},        "x=1",                        1),
    ("yes_no",     {},                             "x=yes",                      "yes"),
    ("yes_no",     {},                             "x=unknown",                  "unknown"),
    ("yes_no",     {},                             "x=maybe",                    ("choice", "q_x")),
    ("single",     {},                             "x=b",                        "b"),
    ("single",     {},                             "x=",                         None),
    ("single",     {},                             "x=B",                        ("choice", "q_x")),
    ("single",     {},                             "x=a x=b",                    ("one_answer", "q_x")),
    ("several",    {},                             "x=c x=a",                    ["a", "c"]),
    ("several",    {},                             "",                           None),
    ("several",    {},                             "x=a x=a",                    ("choice", "q_x")),
    ("several",    {},                             "x=a x=d",                    ("choice", "q_x")),
    ("several",    {"least": 2},                   "x=a",                        ("too_few_chosen", "q_x")),
    ("several",    {"least": 2},                   "",                           None),
    ("several",    {"most": 2},                    "x=a x=b x=c",                ("too_many_chosen", "q_x")),
    ("several",    {"least": 1, "most": 2},        "x=a x=b",                    ["a", "b"]),
    ("ranking",    {},                             "x_a=2 x_b=3 x_c=1",          ["c", "a", "b"]),
    ("ranking",    {},                             "x_a= x_b= x_c=",             None),
    ("ranking",    {},                             "x_a=1 x_b=2",                ("places", "q_x_c")),
    ("ranking",    {},                             "x_a=1 x_b=1 x_c=2",          ("places", "q_x_b")),
    ("ranking",    {},                             "x_a=4",                      ("choice", "q_x_a")),
    ("ranking",    {},                             "x_a=1 x_a=2 x_b=3",          ("one_answer", "q_x_a")),
    ("ranking",    {"most": 2},                    "x_b=2 x_c=1",                ["c", "b"]),
    ("ranking",    {"most": 2},                    "x_b=1 x_c=3",                ("choice", "q_x_c")),
    ("ranking",    {"most": 2},                    "x_c=2",                      ("places", "q_x_a")),
    ("number",     {},                             "x=7",                        7),
    ("number",     {},                             "x=０４２",                    42),
    ("number",     {},                             "x=~7.0~",                    7),
    ("number",     {},                             "x=7.5",                      ("too_exact", "q_x")),
    ("number",     {},                             "x=101",                      ("out_of_range", "q_x")),
    ("number",     {},                             "x=-1",                       ("out_of_range", "q_x")),
    ("number",     {"low": -5},                    "x=－３",                      -3),
    ("number",     {"low": -5},                    "x=-0",                       0),
    ("number",     {},                             "x=1e2",                      ("no_number", "q_x")),
    ("number",     {},                             "x=1e999",                    ("no_number", "q_x")),
    ("number",     {},                             "x=nan",                      ("no_number", "q_x")),
    ("number",     {},                             "x=inf",                      ("no_number", "q_x")),
    ("number",     {},                             "x=0x10",                     ("no_number", "q_x")),
    ("number",     {},                             "x=1_0",                      ("no_number", "q_x")),
    ("number",     {},                             "x=٣",                        ("no_number", "q_x")),
    ("number",     {},                             "x=3²",                       ("no_number", "q_x")),
    ("number",     {},                             "x=十",                       ("no_number", "q_x")),
    ("number",     {},                             "x=" + "9" * 5000,            ("no_number", "q_x")),
    ("number",     {},                             "x=1 x=2",                    ("one_answer", "q_x")),
    ("number",     {"decimals": 1},                "x=２．５",                    2.5),
    ("number",     {"decimals": 1},                "x=3",                        3.0),
    ("number",     {"decimals": 1},                "x=2.55",                     ("too_exact", "q_x")),
    ("number",     {"low": -1, "decimals": 1},     "x=-0.0",                     0.0),
    ("short_text", {},                             "x=~多~说\u3000一句~",          "多 说 一句"),
    ("short_text", {"longest": 3},                 "x=四个字了",                  ("too_long", "q_x")),
    ("short_text", {"longest": 3},                 "x=三个字",                    "三个字"),
    ("short_text", {},                             "x=~~",                       None),
    ("short_text", {},                             "x=a x=b",                    ("one_answer", "q_x")),
    ("long_text",  {},                             "x=反\u202e向\x00文字",         "反向文字"),
    ("long_text",  {"longest": 2},                 "x=\u200b二字\u200b",          "二字"),
    ("long_text",  {"longest": 2},                 "x=三个字",                    ("too_long", "q_x")),
    ("long_text",  {},                             "x=\u200b",                   None),
    ("matrix",     {},                             "x_a=5 x_b=0",                {"a": 5, "b": 0}),
    ("matrix",     {},                             "x_b=3",                      {"b": 3}),
    ("matrix",     {},                             "",                           None),
    ("matrix",     {},                             "x_a=5 x_b=7",                ("choice", "q_x_b")),
    ("matrix",     {},                             "x_a=5 x_a=4",                ("one_answer", "q_x_a")),
]


@pytest.mark.parametrize(("type_", "settings", "text", "expected"), READ)
def test_what_is_read_and_what_is_refused(type_: str, settings: dict[str, Any], text: str, expected: Any) -> None:
    question = ask(type_, **settings)
    if isinstance(expected, tuple):
        with pytest.raises(Slip) as told:
            question.kind.read(question, sent(text))
        assert (told.value.reason, told.value.field) == expected
        return
    found = question.kind.read(question, sent(text))
    assert found == expected and type(found) is type(expected)


def test_lines_of_a_long_text_stay_and_those_of_a_short_one_become_one() -> None:
    fields = MultiDict([("q_x", "一行\r\n二行\t三")])
    assert BY_KEY["long_text"].read(ask("long_text"), fields) == "一行\n二行\t三"
    assert BY_KEY["short_text"].read(ask("short_text"), fields) == "一行 二行 三"


#   type          settings                        answer                        adds
COUNTED = [
    ("scale",      {},                             4,                            [("", "4")]),
    ("yes_no",     {},                             "unknown",                    [("", "unknown")]),
    ("single",     {},                             "b",                          [("", "b")]),
    ("several",    {},                             ["a", "c"],                   [("", "a"), ("", "c")]),
    ("ranking",    {"most": 2},                    ["c", "a"],                   [("c", "1"), ("a", "2")]),
    ("number",     {},                             42,                           [("", "42")]),
    ("number",     {"decimals": 1},                2.5,                          [("", "2.5")]),
    ("short_text", {},                             "秘密",                        [("", "")]),
    ("long_text",  {},                             "秘密",                        [("", "")]),
    ("matrix",     {},                             {"a": 5, "b": 0},             [("a", "5"), ("b", "0")]),
]


@pytest.mark.parametrize(("type_", "settings", "answer", "marks"), COUNTED)
def test_what_an_answer_adds_to_the_count(type_: str, settings: dict[str, Any], answer: Any, marks: list[tuple[str, str]]) -> None:
    question = ask(type_, **settings)
    assert list(question.kind.marks(question, answer)) == marks
    parts = question.kind.parts(question)
    for part, value in marks:
        assert value in parts[part] or parts[part] == ()


#   type          summed up as         parts and their values                                            fields
SHAPES = [
    ("scale",      Summary.LEVELS,      {"": "543210"},                                                   "q_x"),
    ("matrix",     Summary.LEVELS,      {"a": "543210", "b": "543210"},                                   "q_x_a q_x_b"),
    ("yes_no",     Summary.CHOICES,     {"": ("yes", "no", "unknown")},                                   "q_x"),
    ("single",     Summary.CHOICES,     {"": "abc"},                                                      "q_x"),
    ("several",    Summary.CHOICES,     {"": "abc"},                                                      "q_x"),
    ("ranking",    Summary.PLACES,      {"a": "123", "b": "123", "c": "123"},                             "q_x_a q_x_b q_x_c"),
    ("number",     Summary.NUMBERS,     {"": ""},                                                         "q_x"),
    ("short_text", Summary.TEXTS,       {"": ""},                                                         "q_x"),
    ("long_text",  Summary.TEXTS,       {"": ""},                                                         "q_x"),
]


@pytest.mark.parametrize(("type_", "summary", "parts", "fields"), SHAPES)
def test_the_shape_of_each_type(type_: str, summary: Summary, parts: dict[str, Any], fields: str) -> None:
    question = ask(type_)
    assert question.kind.summary(question) is summary
    assert question.kind.parts(question) == {part: tuple(values) for part, values in parts.items()}
    assert question.kind.fields(question) == tuple(fields.split())


@pytest.mark.parametrize(("type_", "answer", "values"), [
    ("scale", 2, {"2"}), ("yes_no", "no", {"no"}), ("single", "a", {"a"}), ("several", ["a", "c"], {"a", "c"}),
    ("matrix", {"a": 5}, set()), ("ranking", ["a"], set()), ("number", 3, set()), ("long_text", "话", set()),
])
def test_what_a_condition_may_ask_for(type_: str, answer: Any, values: set[str]) -> None:
    assert BY_KEY[type_].chosen(answer) == values


#   type          settings                                    field and reason
CHECKED = [
    ("scale",      {"labels": "colour"},                       [("settings.labels", "unknown")]),
    ("matrix",     {"labels": ""},                             [("settings.labels", "unknown")]),
    ("several",    {"least": 4},                               [("settings.least", "bounds")]),
    ("several",    {"least": -1},                              [("settings.least", "bounds")]),
    ("several",    {"least": 3, "most": 2},                    [("settings.most", "bounds")]),
    ("several",    {"most": 4},                                [("settings.most", "bounds")]),
    ("several",    {"least": 2, "most": 2},                    []),
    ("ranking",    {"most": 4},                                [("settings.most", "bounds")]),
    ("ranking",    {"most": -1},                               [("settings.most", "bounds")]),
    ("number",     {"low": 5, "high": 5},                      [("settings.high", "bounds")]),
    ("number",     {"high": 10**10},                           [("settings.high", "bounds")]),
    ("number",     {"decimals": 4},                            [("settings.decimals", "bounds")]),
    ("number",     {"unit": "次"},                             [("settings.unit_en", "untranslated")]),
    ("number",     {"low": -10**9, "high": 10**9},             []),
    ("short_text", {"longest": 0},                             [("settings.longest", "bounds")]),
    ("short_text", {"longest": 201},                           [("settings.longest", "bounds")]),
    ("long_text",  {"longest": 5001},                          [("settings.longest", "bounds")]),
    ("long_text",  {"longest": 5000},                          []),
]


@pytest.mark.parametrize(("type_", "settings", "faults"), CHECKED)
def test_settings_that_contradict_themselves(type_: str, settings: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    question = ask(type_, **settings)
    assert list(question.kind.check(question)) == faults


#   type          settings                                     the longest answers
LARGEST = [
    ("scale",      {},                                          [5]),
    ("yes_no",     {},                                          ["unknown"]),
    ("single",     {},                                          ["a"]),
    ("several",    {},                                          [["a", "b", "c"]]),
    ("ranking",    {},                                          [["a", "b", "c"]]),
    ("number",     {"low": -10**9, "high": 10**9},              [-10**9]),
    ("number",     {"low": -10**9, "high": 0, "decimals": 3},   [-999999999.999, -0.001]),
    ("number",     {"low": -1, "high": 1, "decimals": 2},       [-0.99, -1.0, 0.01]),
    ("short_text", {"longest": 4},                              ["字" * 4, "𠮷" * 4, '"' * 4, "\\" * 4, "a‍" * 2]),
    ("long_text",  {"longest": 4},                              ["𠮷" * 4, "x\n\n\t", '""""']),
    ("matrix",     {},                                          [{"a": 5, "b": 0}]),
]


@pytest.mark.parametrize(("type_", "settings", "answers"), LARGEST)
def test_no_answer_is_larger_than_its_room(type_: str, settings: dict[str, Any], answers: list[Any]) -> None:
    question = ask(type_, **settings)
    for answer in answers:
        assert len(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()) <= question.kind.room(question), answer


def test_every_set_of_levels_has_the_same_values_and_both_languages() -> None:
    for levels in LABELS.values():
        assert [each.value for each in levels] == list("543210")
        assert all(each.text and each.text_en for each in levels)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.key)
def test_a_type_is_listed_once_and_named_in_both_languages(kind: QuestionType) -> None:
    assert BY_KEY[kind.key] is kind
    assert kind.name and kind.name_en
    assert [each.key for each in TYPES].count(kind.key) == 1
