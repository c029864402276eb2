# ruff: noqa: E501 - a table is read in aligned columns
"""Forms: every fault of a definition is told at once, and no answer of a ballot is ever lost."""

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from portal.domain.form import MOST_ROOM, REASON_WORDS, Form, FormFaults, Reason, as_plain, parse_form, read_ballot
from portal.domain.given import clean
from portal.domain.questions import BY_KEY, TYPES
from portal.domain.questions.base import Question

# --- definitions -----------------------------------------------------------------------------------------------------------

def choices(*values: str) -> list[dict[str, str]]:
    return [{"value": value, "text": f"选{value}", "text_en": f"Choose {value}"} for value in values]


def question(id: str, type_: str = "scale", **more: Any) -> dict[str, Any]:
    kind = BY_KEY.get(type_)
    given: dict[str, Any] = {"id": id, "type": type_, "text": f"问{id}", "text_en": f"Ask {id}", **more}
    if kind and kind.has_choices:
        given.setdefault("choices", choices("a", "b", "c"))
    if kind and kind.has_rows:
        given.setdefault("rows", choices("day", "night"))
    return given


def definition(*questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"slug": "test", "title": "表", "title_en": "Form",
            "sections": [{"id": "s", "title": "节", "title_en": "Section", "questions": list(questions)}], **more}


def form(*questions: dict[str, Any]) -> Form:
    return parse_form(definition(*questions))


def only_if(id: str, *values: str) -> dict[str, Any]:
    return {"question": id, "values": list(values)}


WHOLE = definition(
    question("a1", required=True),
    question("a2", "single", shown_if=only_if("a1", "1", "2"), help="帮", help_en="Help"),
    question("a3", "several", settings={"least": 1, "most": 2}),
    question("a4", "ranking"),
    question("a5", "number", settings={"low": -5, "unit": "次", "unit_en": "times"}),
    question("a6", "matrix", settings={"labels": "frequency"}),
    question("a7", "long_text", becomes="opinion"),
    intro="说明\n第二行", intro_en="Intro\nSecond line")


def put(path: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    """Sets the entry at a path such as `sections.0.title`; in a list, a new place is appended."""
    *way, last = path.split(".")

    def change(whole: dict[str, Any]) -> None:
        place: Any = whole
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        if isinstance(place, list) and int(last) == len(place):
            place.append(value)
        else:
            place[int(last) if isinstance(place, list) else last] = value
    return change


Q = "sections.0.questions"
AT = "sections[0].questions"

#   what is changed                                                        is told at                      as                      with
FAULTS = [
    (put("slug", "Über uns"),                                              "slug",                         Reason.BAD_SLUG,        "Über uns"),
    (put("slug", "a" * 41),                                                "slug",                         Reason.BAD_SLUG,        "a" * 41),
    (put("title", None),                                                   "title",                        Reason.MISSING,         ""),
    (put("title", "  "),                                                   "title",                        Reason.EMPTY,           ""),
    (put("title", 2026),                                                   "title",                        Reason.NOT_TEXT,        "2026"),
    (put("title", ["x"]),                                                  "title",                        Reason.NOT_TEXT,        "[…]"),
    (put("title", "长" * 201),                                             "title",                        Reason.TOO_LONG,        "200"),
    (put("intro_en", None),                                                "intro_en",                     Reason.UNTRANSLATED,    ""),
    (put("intro", None),                                                   "intro",                        Reason.UNTRANSLATED,    ""),
    (put("colour", "red"),                                                 "colour",                       Reason.UNKNOWN,         "colour"),
    (put("sections", "none"),                                              "sections",                     Reason.NOT_LIST,        "none"),
    (put("sections", []),                                                  "sections",                     Reason.EMPTY,           ""),
    (put("sections.0", "s"),                                               "sections[0]",                  Reason.NOT_NAMED,       "s"),
    (put("sections.0.id", "S"),                                            "sections[0].id",               Reason.BAD_ID,          "S"),
    (put("sections.0.questions", []),                                      "sections[0].questions",        Reason.EMPTY,           ""),
    (put("sections.0.questions", None),                                    "sections[0].questions",        Reason.MISSING,         ""),
    (put(f"{Q}.5", None),                                                  f"{AT}[5]",                     Reason.NOT_NAMED,       "None"),
    (put("sections.1", {"id": "s", "title": "二", "title_en": "Two", "questions": [question("b")]}), "sections[1].id", Reason.TWICE, "s"),
    (put(f"{Q}.5.id", "6a"),                                               f"{AT}[5].id",                  Reason.BAD_ID,          "6a"),
    (put(f"{Q}.5.id", "a" * 25),                                           f"{AT}[5].id",                  Reason.BAD_ID,          "a" * 25),
    (put(f"{Q}.2.id", "a2"),                                               f"{AT}[2].id",                  Reason.TWICE,           "a2"),
    (put(f"{Q}.7", question("a6_day")),                                    f"{AT}[7].id",                  Reason.CLASH,           "q_a6_day"),
    (put(f"{Q}.0.type", "slider"),                                         f"{AT}[0].type",                Reason.NO_TYPE,         "slider"),
    (put(f"{Q}.0.type", None),                                             f"{AT}[0].type",                Reason.MISSING,         ""),
    (put(f"{Q}.0.required", "yes"),                                        f"{AT}[0].required",            Reason.NOT_YES_NO,      "yes"),
    (put(f"{Q}.0.required", 1),                                            f"{AT}[0].required",            Reason.NOT_YES_NO,      "1"),
    (put(f"{Q}.0.choices", choices("a", "b")),                             f"{AT}[0].choices",             Reason.NOT_FOR_TYPE,    ""),
    (put(f"{Q}.1.rows", choices("a")),                                     f"{AT}[1].rows",                Reason.NOT_FOR_TYPE,    ""),
    (put(f"{Q}.1.choices", None),                                          f"{AT}[1].choices",             Reason.MISSING,         ""),
    (put(f"{Q}.1.choices", choices("a")),                                  f"{AT}[1].choices",             Reason.TOO_FEW,         "2"),
    (put(f"{Q}.1.choices", choices(*(f"c{n}" for n in range(51)))),        f"{AT}[1].choices",             Reason.TOO_MANY,        "50"),
    (put(f"{Q}.1.choices.1.value", "a"),                                   f"{AT}[1].choices[1].value",    Reason.TWICE,           "a"),
    (put(f"{Q}.1.choices.1.value", "A b"),                                 f"{AT}[1].choices[1].value",    Reason.BAD_VALUE,       "A b"),
    (put(f"{Q}.1.choices.1.value", True),                                  f"{AT}[1].choices[1].value",    Reason.NOT_TEXT,        "true"),
    (put(f"{Q}.1.choices.1.text_en", None),                                f"{AT}[1].choices[1].text_en",  Reason.MISSING,         ""),
    (put(f"{Q}.1.choices.0.color", "x"),                                   f"{AT}[1].choices[0].color",    Reason.UNKNOWN,         "color"),
    (put(f"{Q}.1.help_en", None),                                          f"{AT}[1].help_en",             Reason.UNTRANSLATED,    ""),
    (put(f"{Q}.5.rows", []),                                               f"{AT}[5].rows",                Reason.EMPTY,           ""),
    (put(f"{Q}.0.settings", {"lowest": 1}),                                f"{AT}[0].settings.lowest",     Reason.UNKNOWN,         "lowest"),
    (put(f"{Q}.0.settings", "satisfaction"),                               f"{AT}[0].settings",            Reason.NOT_NAMED,       "satisfaction"),
    (put(f"{Q}.0.settings", {"labels": "colour"}),                         f"{AT}[0].settings.labels",     Reason.UNKNOWN,         "colour"),
    (put(f"{Q}.2.settings.most", "2"),                                     f"{AT}[2].settings.most",       Reason.NOT_WHOLE,       "2"),
    (put(f"{Q}.2.settings.most", True),                                    f"{AT}[2].settings.most",       Reason.NOT_WHOLE,       "true"),
    (put(f"{Q}.2.settings.most", 1.5),                                     f"{AT}[2].settings.most",       Reason.NOT_WHOLE,       "1.5"),
    (put(f"{Q}.2.settings.most", 9),                                       f"{AT}[2].settings.most",       Reason.BOUNDS,          "9"),
    (put(f"{Q}.3.settings", {"most": 10**400}),                            f"{AT}[3].settings.most",       Reason.BOUNDS,          "…"),
    (put(f"{Q}.4.settings.unit_en", None),                                 f"{AT}[4].settings.unit_en",    Reason.UNTRANSLATED,    ""),
    (put(f"{Q}.1.shown_if", "a1"),                                         f"{AT}[1].shown_if",            Reason.NOT_NAMED,       "a1"),
    (put(f"{Q}.1.shown_if.values", []),                                    f"{AT}[1].shown_if.values",     Reason.EMPTY,           ""),
    (put(f"{Q}.1.shown_if.values", [1]),                                   f"{AT}[1].shown_if.values[0]",  Reason.NOT_TEXT,        "1"),
    (put(f"{Q}.1.shown_if.values", ["1", "9"]),                            f"{AT}[1].shown_if.values[1]",  Reason.NO_SUCH_VALUE,   "9"),
    (put(f"{Q}.1.shown_if.question", "a2"),                                f"{AT}[1].shown_if.question",   Reason.NOT_EARLIER,     "a2"),
    (put(f"{Q}.1.shown_if.question", "a3"),                                f"{AT}[1].shown_if.question",   Reason.NOT_EARLIER,     "a3"),
    (put(f"{Q}.1.shown_if.question", "zz"),                                f"{AT}[1].shown_if.question",   Reason.NOT_EARLIER,     "zz"),
    (put(f"{Q}.5.shown_if", only_if("a4", "a")),                           f"{AT}[5].shown_if.question",   Reason.NOT_CHOOSABLE,   "a4"),
    (put(f"{Q}.5.shown_if", only_if("a5", "3")),                           f"{AT}[5].shown_if.question",   Reason.NOT_CHOOSABLE,   "a5"),
    (put(f"{Q}.6.becomes", "letter"),                                      f"{AT}[6].becomes",             Reason.UNKNOWN,         "letter"),
    (put(f"{Q}.0.becomes", "opinion"),                                     f"{AT}[0].becomes",             Reason.NO_CASE,         ""),
]


@pytest.mark.parametrize(("change", "path", "reason", "shown"), FAULTS)
def test_a_fault_is_told_with_its_place_and_reason(change: Callable[[Any], None], path: str, reason: Reason, shown: str) -> None:
    whole = copy.deepcopy(WHOLE)
    change(whole)
    with pytest.raises(FormFaults) as told:
        parse_form(whole)
    assert [(each.path, each.reason, each.given) for each in told.value.faults] == [(path, reason, shown)]


def test_all_faults_are_told_at_once() -> None:
    whole = copy.deepcopy(WHOLE)
    planted = {"title": None, "colour": "red", f"{Q}.0.type": "slider", f"{Q}.1.choices.1.value": "a", f"{Q}.2.settings.most": 9,
               f"{Q}.3.id": "4", f"{Q}.5.rows.0.text": "", f"{Q}.6.becomes": "letter"}
    for path, value in planted.items():
        put(path, value)(whole)
    with pytest.raises(FormFaults) as told:
        parse_form(whole)
    assert {each.reason for each in told.value.faults} == {
        Reason.MISSING, Reason.UNKNOWN, Reason.NO_TYPE, Reason.TWICE, Reason.BOUNDS, Reason.BAD_ID, Reason.EMPTY}
    assert len(told.value.faults) == len(planted)


@pytest.mark.parametrize("raw", [None, [], "form", 3, True])
def test_what_is_no_definition_at_all_is_told_once(raw: object) -> None:
    with pytest.raises(FormFaults) as told:
        parse_form(raw)
    assert [(each.path, each.reason) for each in told.value.faults] == [("", Reason.NOT_NAMED)]


def test_a_condition_on_a_faulty_question_is_not_held_against_its_own_question() -> None:
    whole = definition(question("a1", "single", choices=choices("a")), question("a2", shown_if=only_if("a1", "b")))
    with pytest.raises(FormFaults) as told:
        parse_form(whole)
    assert [each.reason for each in told.value.faults] == [Reason.TOO_FEW]


def test_too_many_questions_are_told() -> None:
    sections = [{"id": f"s{n}", "title": "节", "title_en": "S", "questions": [question(f"q{n}_{m}") for m in range(101)]} for n in (1, 2)]
    with pytest.raises(FormFaults) as told:
        parse_form(definition(sections=sections))
    assert [(each.path, each.reason, each.given) for each in told.value.faults] == [("sections", Reason.TOO_MANY, "200")]


def test_a_form_whose_ballots_would_be_too_large_is_refused() -> None:
    texts = [question(f"q{n}", "long_text", settings={"longest": 5000}) for n in range(14)]
    assert form(*texts[:13]).room <= MOST_ROOM
    with pytest.raises(FormFaults) as told:
        form(*texts)
    assert [(each.path, each.reason) for each in told.value.faults] == [("", Reason.ROOM)]


def test_every_reason_has_words_that_need_nothing_but_what_was_given() -> None:
    assert set(REASON_WORDS) == set(Reason)
    assert all(words % {"given": "x"} for words in REASON_WORDS.values())


def test_words_are_cleaned_and_nothing_else_is_changed() -> None:
    read = parse_form(definition(question("a1", text=" 问\u202e题\n一 "), title="\u200b表 "))
    assert (read.title, read.questions[0].text) == ("表", "问题 一")


def test_a_form_finds_its_questions_and_numbers_them() -> None:
    read = parse_form(WHOLE)
    third = read.find("a3")
    assert third is read.questions[2] and read.numbers["a3"] == 3 and read.find("zz") is None


# --- ballots ---------------------------------------------------------------------------------------------------------------

BRANCHING = form(
    question("a", required=True),                                                  # a scale
    question("b", "single", shown_if=only_if("a", "1", "2"), required=True),       # asked after a bad level
    question("c", "yes_no", shown_if=only_if("b", "a")),                           # and that after its first choice
    question("d", "long_text", shown_if=only_if("c", "yes"), required=True),
    question("m", "matrix", required=True, rows=choices("x", "y"), shown_if=only_if("a", "3")))

#   sent                          answers                                  slips
BALLOTS = [
    ("a=5",                       {"a": 5},                                {}),
    ("a=5 b= c= d=",              {"a": 5},                                {}),
    ("",                          {},                                      {"q_a": "required"}),
    ("a=1",                       {"a": 1},                                {"q_b": "required"}),
    ("a=1 b=b",                   {"a": 1, "b": "b"},                      {}),
    ("a=1 b=a c=no",              {"a": 1, "b": "a", "c": "no"},           {}),
    ("a=1 b=a c=yes",             {"a": 1, "b": "a", "c": "yes"},          {"q_d": "required"}),
    ("a=1 b=a c=yes d=话",        {"a": 1, "b": "a", "c": "yes", "d": "话"}, {}),
    ("a=5 b=a",                   {"a": 5},                                {"q_b": "not_asked"}),
    ("a=5 b=zz",                  {"a": 5},                                {"q_b": "not_asked"}),
    ("a=5 d=话",                  {"a": 5},                                {"q_d": "not_asked"}),
    ("a=5 b=a c=yes d=话",        {"a": 5},                                {"q_b": "not_asked", "q_c": "not_asked", "q_d": "not_asked"}),
    ("a=5 m_x=3",                 {"a": 5},                                {"q_m": "not_asked"}),
    ("a=3 m_x=3",                 {"a": 3, "m": {"x": 3}},                 {"q_m_y": "required"}),
    ("a=3 m_x=3 m_y=7",           {"a": 3},                                {"q_m_y": "choice"}),
    # what depends on an answer that will not do is neither demanded nor refused
    ("a=9",                       {},                                      {"q_a": "choice"}),
    ("a=9 b=a",                   {"b": "a"},                              {"q_a": "choice"}),
    ("b=a c=yes d=话",            {"b": "a", "c": "yes", "d": "话"},        {"q_a": "required"}),
    ("a=1 b=zz c=maybe",          {"a": 1},                                {"q_b": "choice", "q_c": "choice"}),
    ("a=5 zz=1 m=3",              {"a": 5},                                {"q_zz": "unknown_question", "q_m": "unknown_question"}),
    ("a=5 b_a=1",                 {"a": 5},                                {"q_b_a": "unknown_question"}),
]


def fields(text: str) -> MultiDict[str, str]:
    return MultiDict([(f"q_{name}", value) for name, _, value in (each.partition("=") for each in text.split())])


@pytest.mark.parametrize(("text", "answers", "slips"), BALLOTS)
def test_how_a_ballot_is_read(text: str, answers: dict[str, Any], slips: dict[str, str]) -> None:
    reading = read_ballot(BRANCHING, fields(text))
    assert (reading.answers, reading.slips) == (answers, slips)


def test_fields_that_are_no_questions_are_left_alone() -> None:
    sent = fields("a=5") | MultiDict({"csrf_token": "x", "case_d": "yes", "code": "1"})
    assert read_ballot(BRANCHING, MultiDict(sent)).slips == {}


def test_a_changed_form_with_any_number_of_fields_is_told_shortly() -> None:
    sent = MultiDict([("q_a", "5"), *((f"q_x{n}", "1") for n in range(10_000))])
    assert len(read_ballot(BRANCHING, sent).slips) == 20


def test_conditions_are_followed_along_their_chain() -> None:
    _, b, c, d, _ = BRANCHING.questions
    whole = {"a": 1, "b": "a", "c": "yes"}
    assert BRANCHING.is_asked(d, whole)
    assert not BRANCHING.is_asked(d, {**whole, "a": 5})
    assert not BRANCHING.is_asked(c, {**whole, "b": "b"})
    assert BRANCHING.is_asked(b, {"a": 2}) and not BRANCHING.is_asked(b, {})


# --- what must hold always -------------------------------------------------------------------------------------------------

SETTINGS: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "scale": st.fixed_dictionaries({}, optional={"labels": st.sampled_from(["satisfaction", "frequency", "safety"])}),
    "matrix": st.fixed_dictionaries({}, optional={"labels": st.sampled_from(["satisfaction", "frequency"])}),
    "several": st.sampled_from([{}, {"least": 1}, {"most": 2}, {"least": 1, "most": 2}]),
    "ranking": st.sampled_from([{}, {"most": 1}, {"most": 2}]),
    "number": st.sampled_from([{}, {"low": -9, "high": 9, "decimals": 2}, {"high": 5, "unit": "次", "unit_en": "times"}]),
    "short_text": st.fixed_dictionaries({}, optional={"longest": st.integers(1, 60)}),
    "long_text": st.fixed_dictionaries({}, optional={"longest": st.integers(1, 60)}),
}


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """Any sound definition of up to eight questions in up to three sections, with conditions wherever they can be."""
    made: list[dict[str, Any]] = []
    for n in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(TYPES))
        many = draw(st.integers(2, 4))
        entry = question(f"k{n}", kind.key, required=draw(st.booleans()), settings=draw(SETTINGS.get(kind.key, st.just({}))))
        if kind.has_choices:
            entry["choices"] = choices(*(f"c{each}" for each in range(many)))
        if kind.has_rows:
            entry["rows"] = choices(*(f"r-{each}" for each in range(many)))
        if kind.may_become_case:
            entry["becomes"] = draw(st.sampled_from([None, "opinion", "report"]))
        gates = [each for each in made if each["type"] in ("scale", "yes_no", "single", "several")]
        if gates and draw(st.sampled_from([True, False])):
            gate = draw(st.sampled_from(gates))
            offered = {"scale": list("543210"), "yes_no": ["yes", "no", "unknown"]}.get(
                gate["type"], [each["value"] for each in gate.get("choices", [])])
            entry["shown_if"] = only_if(gate["id"], *draw(st.lists(st.sampled_from(offered), min_size=1, unique=True)))
        made.append(entry)
    cut = sorted(draw(st.lists(st.integers(1, len(made)), max_size=2, unique=True)) + [0, len(made)])
    parts = [made[begin:end] for begin, end in zip(cut, cut[1:], strict=False) if begin < end]
    return definition(sections=[{"id": f"s{n}", "title": "节", "title_en": "S", "questions": part} for n, part in enumerate(parts)])


def answers_to(asked: Question) -> st.SearchStrategy[Any]:
    """Any answer that the question takes."""
    values = [each.value for each in asked.choices]
    longest = asked.settings.get("longest", 1)
    if asked.type == "number":
        low, high, decimals = asked.settings["low"], asked.settings["high"], asked.settings["decimals"]
        whole = st.integers(low * 10**decimals, high * 10**decimals)
        return whole.map(lambda n: round(n / 10**decimals, decimals)) if decimals else whole
    most = asked.settings.get("most") or len(values)
    return {
        "scale": lambda: st.integers(0, 5), "yes_no": lambda: st.sampled_from(["yes", "no", "unknown"]),
        "single": lambda: st.sampled_from(values),
        "several": lambda: st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True).map(
            lambda found: [each for each in values if each in found]),
        "ranking": lambda: st.permutations(values).map(lambda found: list(found)[:most]),
        "matrix": lambda: st.dictionaries(st.sampled_from([row.value for row in asked.rows]), st.integers(0, 5), min_size=1),
        "short_text": lambda: st.text(max_size=longest).map(lambda text: " ".join(clean(text).split())).filter(bool),
        "long_text": lambda: st.text(max_size=longest).map(clean).filter(bool),
    }[asked.type]()


def as_sent(asked: Question, answer: Any) -> list[tuple[str, str]]:
    """The fields with which a browser sends this answer."""
    if asked.type == "ranking":
        return [(f"{asked.field}_{value}", str(place)) for place, value in enumerate(answer, start=1)]
    if isinstance(answer, dict):
        return [(f"{asked.field}_{row}", str(level)) for row, level in answer.items()]
    return [(asked.field, str(each)) for each in (answer if isinstance(answer, list) else [answer])]


@given(definitions())
def test_a_definition_survives_being_written_and_read_again(raw: dict[str, Any]) -> None:
    read = parse_form(raw)
    assert parse_form(as_plain(read)) == read
    assert parse_form(json.loads(json.dumps(as_plain(read)))) == read
    assert as_plain(parse_form(as_plain(read))) == as_plain(read)


@settings(max_examples=300)
@given(st.data())
def test_what_is_sent_is_read_back_and_fits_into_its_room(data: st.DataObject) -> None:
    """A person who answers what is asked gets no slip, and the ballot says exactly what was given."""
    read = parse_form(data.draw(definitions()))
    answered: dict[str, Any] = {}
    for asked in read.questions:
        if read.is_asked(asked, answered) and (asked.required or data.draw(st.booleans())):
            answer = data.draw(answers_to(asked))
            answered[asked.id] = {row.value: answer.get(row.value, 0) for row in asked.rows} if asked.rows else answer
    sent = MultiDict([pair for id, answer in answered.items() if (found := read.find(id)) for pair in as_sent(found, answer)])
    reading = read_ballot(read, sent)
    assert (reading.answers, reading.slips) == (answered, {})
    assert all(type(reading.answers[id]) is type(answer) for id, answer in answered.items())
    assert len(json.dumps(reading.answers, ensure_ascii=False, separators=(",", ":")).encode()) <= read.room


@settings(max_examples=300)
@given(st.data())
def test_conditions_never_lose_an_answer(data: st.DataObject) -> None:
    """Whatever is sent: what was given stands among the answers, or one of its fields has a slip; and answers are asked for."""
    read = parse_form(data.draw(definitions()))
    sent: list[tuple[str, str]] = []
    touched: set[str] = set()
    for asked in read.questions:
        what = data.draw(st.sampled_from(["good", "good", "bad", "nothing"]))
        if what == "good":
            sent += as_sent(asked, data.draw(answers_to(asked)))
        elif what == "bad":
            sent += [(name, data.draw(st.sampled_from(["1", "zz", "yes", "c0", "9" * 50]))) for name in asked.kind.fields(asked)]
        touched.update({asked.id} if what != "nothing" else ())
    reading = read_ballot(read, MultiDict(sent))
    for asked in read.questions:
        is_told = any(name in reading.slips for name in (asked.field, *asked.kind.fields(asked)))
        assert asked.id not in touched or asked.id in reading.answers or is_told, asked
        assert asked.id in touched or asked.id not in reading.answers
        if asked.id in reading.answers and not reading.slips:
            assert read.is_asked(asked, reading.answers)


@given(st.text(min_size=1, max_size=12))
def test_no_value_that_was_not_offered_is_ever_taken(word: str) -> None:
    """A form changed in the browser. Places of a ranking are offered as 1 to 3."""
    read = parse_form(WHOLE)
    for asked in read.questions:
        offered = {each.value for each in asked.kind.options(asked)} | set("123")
        for name in asked.kind.fields(asked) if asked.kind.options(asked) and word not in offered else ():
            assert name in read_ballot(read, MultiDict({"q_a1": "1", name: word})).slips


def test_a_form_of_two_hundred_questions_with_fifty_options_works() -> None:
    options = choices(*(f"v{n}" for n in range(50)))
    types = ("single", "several", "ranking")
    big = form(*(question(f"k{n}", types[n % 3], choices=options, **({"shown_if": only_if(f"k{n - 3}", "v1")} if n % 3 == 0 and n else {}))
                 for n in range(200)))
    assert parse_form(as_plain(big)) == big
    every = [each["value"] for each in options]
    answered = {asked.id: "v1" if asked.type == "single" else every for asked in big.questions}
    sent = MultiDict([pair for asked in big.questions for pair in as_sent(asked, answered[asked.id])])
    reading = read_ballot(big, sent)
    assert (reading.answers, reading.slips) == (answered, {})
    assert len(json.dumps(reading.answers, separators=(",", ":"))) <= big.room
    broken = MultiDict([("q_k0", "v2"), *((name, value) for name, value in sent.items(multi=True) if name != "q_k0")])
    assert {name for name, why in read_ballot(big, broken).slips.items() if why == "not_asked"} == {f"q_k{n}" for n in range(3, 200, 3)}
