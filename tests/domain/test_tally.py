# ruff: noqa: E501 - a table is read in aligned columns
"""What is published of ballots: the same as a slow recount says, the same in every order, and nothing of a few."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from operator import mul
from random import Random
from statistics import median, quantiles
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.form import Form, as_plain, parse_form
from portal.domain.intervals import wilson
from portal.domain.tally import (
    Ballot,
    Counts,
    ForeignAnswerError,
    against,
    count,
    most_dissatisfying,
    results,
    revised,
    standing,
    urged,
)
from portal.domain.tally.comparing import _change
from portal.domain.tally.figures import levels as levels_of
from tests.domain.ballots import FORM, Campaign, campaign, form

ONE = form({"id": "all", "title": "总体", "title_en": "Overall", "questions": [
    {"id": "a", "type": "scale", "text": "满意吗？", "text_en": "Satisfied?"},
    {"id": "b", "type": "scale", "text": "方便吗？", "text_en": "Convenient?"},
    {"id": "urged", "type": "single", "text": "有人催您吗？", "text_en": "Did anyone urge you?", "choices": [
        {"value": value, "text": value, "text_en": value} for value in ("no", "urged", "paid", "visited", "rather_not_say")]}]})


SHOWN = ("full", "brief")


def ballot(group: str = "deputy", **given: Any) -> Ballot:
    return Ballot(group, "", "web", given)


def levels(id: str, spread: Mapping[int, int], *, group: str = "deputy", channel: str = "web") -> list[Ballot]:
    """Ballots with one answer each; `spread` is level -> how many."""
    return [Ballot(group, "", channel, {id: level}) for level, n in spread.items() for _ in range(n)]


def told(ballots: Iterable[Ballot], form: Form = ONE, groups: Sequence[str] = ("deputy", "resident"),
         subjects: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    return results(form, count(form, ballots), groups=groups, subjects=subjects, **{"invited": {}, "served": {}, **more})


def once(exact: Fraction, decimals: int) -> float:
    """Rounded in decimal numbers, halves up."""
    with localcontext(prec=60):
        digits = Decimal(exact.numerator) / Decimal(exact.denominator)
        return float(digits.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def of_whole(found: Mapping[str, Any], id: str, part: str = "") -> dict[str, Any]:
    figure: dict[str, Any] = found["whole"]["questions"][id][part]
    return figure


# --- intervals -------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("k", "n", "low",  "high"), [
    (0,             1,  0.0,    0.7935),
    (1,             1,  0.2065, 1.0),
    (0,            10,  0.0,    0.2775),
    (1,            10,  0.0179, 0.4042),
    (5,            10,  0.2366, 0.7634),
    (10,           10,  0.7225, 1.0),
    (15,          148,  0.0624, 0.1605),  # an example of Newcombe (1998), Statistics in Medicine 17, 857-872
])
def test_intervals_of_wilson(k: int, n: int, low: float, high: float) -> None:
    assert wilson(k, n) == pytest.approx((low, high), abs=5e-5)


@given(n=st.integers(1, 100_000), among=st.integers(0, 100_000))
def test_an_interval_holds_its_share_and_stays_within_zero_and_one(n: int, among: int) -> None:
    k = among % (n + 1)
    low, high = wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1
    assert (low == 0, high == 1) == (k == 0, k == n)


@pytest.mark.parametrize(("k", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_what_is_no_share_has_no_interval(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(k, n)


# --- a slow recount --------------------------------------------------------------------------------------------------------

def recount(form: Form, ballots: Sequence[Ballot], found: Mapping[str, Any]) -> None:
    """Compares what a part says with what its ballots say, one question after the other."""
    given = [each.answers for each in ballots]
    assert found["answered"] == len(given)
    assert found["usable"] == sum(any(_counts(form, id, answer) for id, answer in each.items()) for each in given)
    for id, figures in found["questions"].items():
        for part, figure in figures.items():
            if figure["state"] == "full":
                _recount_question(form, id, part, [each[id] for each in given if id in each], len(given), figure)
    for section in form.sections:
        if (figure := found["dimensions"].get(section.id, {})).get("state") == "full":
            scales = [(question.id, row) for question in section.questions if question.type in ("scale", "matrix")
                      for row in ([each.value for each in question.rows] or [""])]
            assert figure["of"] == [[id, row] for id, row in scales if found["questions"][id][row]["state"] in SHOWN + ("silent",)]
            assert figure["n"] == sum(bool(_levels_of(each, scales)) for each in given)
            of = [level for each in given for level in _levels_of(each, [(id, row) for id, row in figure["of"]])]
            _recount_levels(of, figure, min(figure["n"], len(of)))


def _levels_of(given: Mapping[str, Any], scales: Iterable[tuple[str, str]]) -> list[int]:
    found = [given[id].get(row, 0) if row else given[id] for id, row in scales if id in given]
    return [level for level in found if level]


def _counts(form: Form, id: str, answer: Any) -> bool:
    question = form.find(id)
    assert question is not None
    if question.type == "matrix":
        return any(answer.values())
    return question.type not in ("short_text", "long_text") and answer not in (0, "unknown") or question.type == "number"


def _recount_question(form: Form, id: str, part: str, given: list[Any], ballots: int, figure: Mapping[str, Any]) -> None:
    question = form.find(id)
    assert question is not None
    known = [each for each in given if _counts(form, id, each)]
    if question.type == "matrix":
        given = [each[part] for each in given if part in each]
        known = [each for each in given if each]
    assert figure["n"] == len(known)
    assert figure["unknown"] == len(given) - len(known)
    assert figure["blank"] + figure.get("not_asked", 0) == ballots - len(given)
    match question.type:
        case "scale" | "matrix":
            _recount_levels(known, figure, len(known))
        case "number":
            assert figure["mean"] == once(sum(map(Fraction, known), Fraction()) / len(known), 2)
            assert [figure["quartiles"][0], figure["median"], figure["quartiles"][1]] == [
                once(each, 2) for each in quantiles([Fraction(each) for each in known], n=4, method="inclusive")]
            assert figure["median"] == median(known)
        case "ranking":
            places = [each.index(part) + 1 for each in known if part in each]
            assert figure["placed"] == len(places)
            assert figure["mean"] == (once(Fraction(sum(places), len(places)), 2) if places else None)
            assert figure["first"]["count"] == places.count(1)
        case _:
            chosen = [value for each in known for value in ([each] if isinstance(each, str) else each)]
            for value, share in figure["distribution"].items():
                assert share["count"] == chosen.count(value)
                assert share["share"] == once(Fraction(chosen.count(value), len(known)), 6)
                assert (share["low"], share["high"]) == tuple(round(end, 6) for end in wilson(chosen.count(value), len(known)))


def _recount_levels(levels: Sequence[int], figure: Mapping[str, Any], ballots: int) -> None:
    assert figure["mean"] == once(Fraction(sum(levels), len(levels)), 2)
    assert {int(level): share["count"] for level, share in figure["distribution"].items()} == {
        level: levels.count(level) for level in (5, 4, 3, 2, 1)}
    for name, within in (("levels_4_5", (4, 5)), ("levels_3_5", (3, 4, 5)), ("levels_1_2", (1, 2))):
        n = sum(level in within for level in levels)
        low, high = wilson(n / len(levels) * ballots, ballots)
        assert figure[name] == {"count": n, "share": once(Fraction(n, len(levels)), 6), "low": round(low, 6), "high": round(high, 6)}


@pytest.mark.parametrize("seed", range(12))
def test_results_equal_a_slow_recount(seed: int) -> None:
    cast = campaign(Random(seed), FORM, groups=3, subjects=seed, most=80)
    found = results(FORM, count(FORM, cast.ballots), **cast.asked())
    shown = 0
    for part, ballots in _parts(found, cast):
        if part["state"] in SHOWN:
            recount(FORM, ballots, part)
            shown += 1
    assert shown > 1 + seed / 2


def _parts(found: Mapping[str, Any], cast: Campaign) -> Iterable[tuple[Mapping[str, Any], list[Ballot]]]:
    yield found["whole"], [*cast.ballots]
    yield from ((found["groups"][name], [each for each in cast.ballots if each.group == name]) for name in cast.groups)
    yield from ((found["subjects"][name], [each for each in cast.ballots if each.subject == name]) for name in cast.subjects)


@given(seed=st.integers(0, 10_000), at=st.integers(0, 60), order=st.randoms())
@settings(deadline=None, max_examples=25)
def test_neither_order_nor_portions_matter(seed: int, at: int, order: Random) -> None:
    cast = campaign(Random(seed), FORM, groups=2, subjects=2, most=15)
    shuffled = [*cast.ballots]
    order.shuffle(shuffled)
    whole = count(FORM, cast.ballots)
    assert count(FORM, shuffled) == whole
    assert count(FORM, shuffled[:at]) + count(FORM, shuffled[at:]) == whole
    assert json.dumps(results(FORM, count(FORM, shuffled), **cast.asked())) == json.dumps(results(FORM, whole, **cast.asked()))


def test_results_are_plain_json() -> None:
    cast = campaign(Random(3), FORM, groups=3, subjects=3, most=40)
    found = results(FORM, count(FORM, cast.ballots), **cast.asked())
    assert json.loads(json.dumps(found)) == found


@given(spread=st.lists(st.integers(0, 400), min_size=5, max_size=5), earlier=st.lists(st.integers(0, 400), min_size=5, max_size=5))
@settings(deadline=None, max_examples=200)
def test_numbers_are_rounded_once_from_the_counts(spread: list[int], earlier: list[int]) -> None:
    exact = []
    for each in (spread, earlier):
        n = sum(each)
        if n < 10:
            return
        figure = levels_of(dict(zip("54321", each, strict=True)), extra={"unknown": 0}, percent_from=10)
        share, mean = Fraction(each[0] + each[1], n), Fraction(sum(map(mul, (5, 4, 3, 2, 1), each)), n)
        assert (figure["levels_4_5"]["share"], figure["mean"]) == (once(share, 6), once(mean, 2))
        exact.append((figure, share, mean))
    (now, share, mean), (before, share_before, mean_before) = exact
    change = _change(now, before)
    assert (change["levels_4_5"], change["mean"]) == (once(share - share_before, 3), once(mean - mean_before, 2))


# --- versions never mix ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("given", [
    {"b2": 4},                      # a question of another version
    {"a": 6}, {"a": "yes"}, {"a": [5]},
    {"urged": "threatened"},        # a choice of another version
])
def test_a_ballot_of_another_version_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ForeignAnswerError):
        count(ONE, [ballot(a=5), ballot(**given)])


def test_counts_of_another_form_are_refused() -> None:
    with pytest.raises(ForeignAnswerError):
        results(ONE, count(FORM, [ballot(night=5)]), invited={}, served={}, subjects=[], groups=["deputy"])


@pytest.mark.parametrize(("groups", "subjects"), [(["resident"], []), (["deputy"], ["bridge"])])
def test_ballots_of_whom_nobody_asked_are_refused(groups: list[str], subjects: list[str]) -> None:
    with pytest.raises(ValueError, match="not evaluated"):
        told([ballot(a=5)], groups=groups, subjects=subjects)


# --- how much is shown -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("n", "state"), [(0, "silent"), (1, "few"), (4, "few"), (5, "brief"), (9, "brief"), (10, "full")])
def test_what_is_shown_depends_on_how_many_answered(n: int, state: str) -> None:
    found = told(levels("a", {4: n}))["whole"]
    assert found["state"] == state
    if state in ("silent", "few"):
        assert found == {"served": None, "invited": None, "state": state}
    else:
        figure = found["questions"]["a"][""]
        assert figure["state"] == state
        assert ("distribution" in figure, "levels_4_5" in figure) == (state == "full", state == "full")
        assert (figure["n"], figure["mean"]) == (n, 4.0)


def test_what_nobody_can_use_is_counted_and_stays_few() -> None:
    """Ballots with nothing but "don't know" or words are there; figures need others."""
    found = told([*levels("a", {0: 20, 4: 3}), *[ballot() for _ in range(3)]])
    assert found["whole"]["state"] == "few"
    found = told([*levels("a", {0: 20}), *[ballot() for _ in range(3)]])
    assert (found["whole"]["answered"], found["whole"]["usable"]) == (23, 0)
    assert of_whole(found, "a") == {"state": "brief", "n": 0, "mean": None, "unknown": 20, "blank": 3}
    found = told([*levels("a", {0: 20, 4: 6}), *[ballot() for _ in range(7)]])
    assert (found["whole"]["answered"], found["whole"]["usable"]) == (33, 6)
    assert of_whole(found, "a") == {"state": "brief", "n": 6, "mean": 4.0, "unknown": 20, "blank": 7}


def test_a_small_group_is_covered_by_another() -> None:
    found = told([*levels("a", {5: 3}), *levels("a", {3: 20}, group="resident"), *levels("a", {4: 30}, group="member")],
                 groups=("deputy", "resident", "member", "journalist"))
    assert {group: part["state"] for group, part in found["groups"].items()} == {
        "deputy": "few", "resident": "covered", "member": "full", "journalist": "silent"}
    assert found["whole"]["answered"] == 53


def test_a_question_that_few_answered_is_hidden_alone() -> None:
    found = told([*[ballot(a=5, b=4) for _ in range(3)], *[ballot(a=4) for _ in range(20)],
                  *[ballot("resident", a=3, b=3) for _ in range(20)], *[ballot("member", a=3, b=3) for _ in range(30)]],
                 groups=("deputy", "resident", "member"))
    states = {group: (part["state"], part["questions"]["a"][""]["state"], part["questions"]["b"][""]["state"])
              for group, part in found["groups"].items()}
    assert states == {"deputy": ("full", "full", "few"), "resident": ("full", "full", "covered"), "member": ("full", "full", "full")}
    # How many ballots reach the two together would tell how many answered the one that is hidden.
    assert [part["dimensions"]["all"]["state"] for part in found["groups"].values()] == ["covered", "covered", "full"]


def test_a_question_is_hidden_wherever_that_is_on_which_it_depends() -> None:
    """Else the number of those who were asked would say how the few answered the other."""
    few = [Ballot("deputy", "", "web", {"night": 1, "theft": 4}) for _ in range(3)]
    rest = [Ballot("deputy", "", "web", {"theft": 4}) for _ in range(20)]
    some = [Ballot("resident", "", "web", {"night": 5, "polite": 4}) for _ in range(12)]
    many = [Ballot("member", "", "web", {"night": 5, "polite": 3}) for _ in range(40)]
    found = told([*few, *rest, *some, *many], FORM, ("deputy", "resident", "member"))
    states = {group: [part["questions"][id][""]["state"] for id in ("night", "polite")] for group, part in found["groups"].items()}
    assert states == {"deputy": ["few", "covered"], "resident": ["covered", "covered"], "member": ["full", "full"]}


def test_channels_have_counts_alone() -> None:
    found = told([*levels("a", {5: 20}), *levels("a", {5: 6}, channel="paper")])
    assert found["channels"] == {"web": {"state": "full", "answered": 20, "usable": 20},
                                 "paper": {"state": "brief", "answered": 6, "usable": 6}}
    found = told([*levels("a", {5: 20}), *levels("a", {5: 2}, channel="paper")])
    assert [channel["state"] for channel in found["channels"].values()] == ["covered", "few"]


@pytest.mark.parametrize(("invited", "served", "of_whole", "of_deputies"), [
    ({},                                                    {},                              (None, None), (None, None)),
    ({("deputy", ""): 40, ("resident", ""): 60},            {"deputy": 90, "resident": 800}, (890, 100),   (90, 40)),
    ({("deputy", ""): 40},                                  {"deputy": 90},                  (None, 40),   (90, 40)),
    ({("resident", ""): 60},                                {"deputy": 90, "resident": None}, (None, 60),  (90, 0)),
    ({("deputy", ""): None, ("resident", ""): 60},          {"resident": 5},                 (None, None), (None, None)),
])
def test_who_was_asked_stands_beside_every_figure(invited: dict[tuple[str, str], int | None], served: dict[str, int | None],
                                                  of_whole: tuple[int | None, int | None],
                                                  of_deputies: tuple[int | None, int | None]) -> None:
    found = told(levels("a", {5: 2}), invited=invited, served=served)
    assert (found["whole"]["served"], found["whole"]["invited"]) == of_whole
    assert (found["groups"]["deputy"]["served"], found["groups"]["deputy"]["invited"]) == of_deputies


def test_who_was_not_asked_a_question_did_not_leave_it_blank() -> None:
    found = told([*[Ballot("deputy", "", "web", {"night": 1}) for _ in range(12)],
                  *[Ballot("deputy", "", "web", {"night": 5}) for _ in range(7)],
                  *[Ballot("deputy", "", "web", {"night": 5, "polite": 2}) for _ in range(10)]], FORM)
    figure = of_whole(found, "polite")
    assert (figure["n"], figure["unknown"], figure["blank"], figure["not_asked"]) == (10, 0, 7, 12)


def test_words_and_reports_are_no_part_of_the_figures() -> None:
    found = told([Ballot("deputy", "", "web", {"night": 4, "wish": "路灯", "secret": "某人收礼"}) for _ in range(12)], FORM)
    assert {"wish", "secret"}.isdisjoint({*found["whole"]["questions"], *[each["id"] for each in found["questions"]]})
    assert "某人" not in json.dumps(found, ensure_ascii=False)


def test_a_dimension_is_over_its_answers_and_as_sure_as_its_ballots() -> None:
    found = told([*[ballot(a=5, b=5) for _ in range(10)], *levels("a", {2: 10})])
    figure = found["whole"]["dimensions"]["all"]
    assert (figure["n"], figure["answers"], figure["mean"]) == (20, 30, 4.0)  # not 4.25, the mean of both means
    low, high = wilson(20 * 20 / 30, 20)
    assert figure["levels_4_5"] == {"count": 20, "share": 0.666667, "low": round(low, 6), "high": round(high, 6)}


# --- comparing -------------------------------------------------------------------------------------------------------------

GOOD, FAIR, POOR = {5: 60, 4: 30, 2: 10}, {4: 50, 3: 50}, {4: 20, 2: 40, 1: 40}


@pytest.mark.parametrize(("part", "whole", "stands"), [
    (GOOD,            FAIR,  "above"),
    (POOR,            FAIR,  "below"),
    (FAIR,            FAIR,  "like"),
    ({4: 8, 2: 4},    FAIR,  "like"),   # 67 % of twelve may be 50 %
    ({4: 8},          FAIR,  None),
    ({4: 2},          FAIR,  None),
])
def test_a_part_stands_above_or_below_only_beyond_chance(part: dict[int, int], whole: dict[int, int], stands: str | None) -> None:
    mine, theirs = (told(levels("a", spread), subjects=())["whole"].get("questions", {"a": {"": {"state": "few"}}})["a"][""]
                    for spread in (part, whole))
    assert standing(mine, theirs) == stands


@pytest.mark.parametrize(("before", "now", "change"), [
    (FAIR,         GOOD,          {"mean": 0.9, "levels_4_5": 0.4, "verdict": "better"}),
    (GOOD,         POOR,          {"mean": -2.4, "levels_4_5": -0.7, "verdict": "worse"}),
    (FAIR,         {4: 8, 3: 6},  {"mean": 0.07, "levels_4_5": 0.071,  "verdict": "unclear"}),
    ({4: 9},       GOOD,          None),
    (GOOD,         {4: 9},        None),
    (GOOD,         {4: 3},        None),
    (GOOD,         {},            None),
])
def test_rounds_are_compared_beyond_chance(before: dict[int, int], now: dict[int, int], change: dict[str, Any] | None) -> None:
    found = against(told(levels("a", now)), told(levels("a", before)))
    assert found.get("whole", {}).get("questions", {}).get("a", {}).get("") == change
    assert found["groups"].get("deputy", {}).get("dimensions", {}).get("all") == change
    assert "resident" not in found["groups"]


def changed(form: Form, change: Callable[[dict[str, Any]], None]) -> Form:
    plain = as_plain(form)
    change(plain)
    return parse_form(plain)


def test_of_another_version_only_what_was_asked_alike_is_compared() -> None:
    def other_words(plain: dict[str, Any]) -> None:
        plain["sections"][0]["questions"][1]["text"] = "很方便吗？"

    ballots = [ballot(a=5, b=5) for _ in range(20)]
    now, before = told(ballots, changed(ONE, other_words)), told(ballots)
    assert [*against(now, before)["whole"]["questions"]] == ["a"]
    assert "dimensions" not in against(now, before)["whole"]


def test_other_forms_are_never_compared() -> None:
    other = changed(ONE, lambda plain: plain.update(slug="residents"))
    ballots = [ballot(a=5, b=5) for _ in range(20)]
    assert against(told(ballots), told(ballots, other)) == {"groups": {}, "subjects": {}}
    with pytest.raises(ValueError, match="form"):
        revised(told(ballots), told(ballots, other))


def test_the_most_dissatisfying_questions_share_places_within_chance() -> None:
    many = form({"id": "all", "title": "总体", "title_en": "Overall", "questions": [
        {"id": f"q{n}", "type": "scale", "text": f"问{n}", "text_en": f"Ask {n}"} for n in range(7)]})
    bad = {"q0": 5, "q1": 60, "q2": 58, "q3": 0, "q4": 30, "q5": 5, "q6": 9}
    ballots = [Ballot("deputy", "", "web", {id: 1 if n < worst else 4 for id, worst in bad.items() if id != "q6" or n < 9})
               for n in range(100)]
    found = most_dissatisfying(told(ballots, many), n=4)
    assert [(each["question"], each["count"], each["place"], each["together"]) for each in found] == [
        ("q1", 60, 1, True), ("q2", 58, 1, True), ("q4", 30, 3, False), ("q0", 5, 4, True), ("q5", 5, 4, True)]
    assert most_dissatisfying(told([])) == []


def test_raters_who_were_urged_are_counted() -> None:
    found = told([ballot(a=5, urged=value) for value in ["no"] * 9 + ["urged", "paid", "visited", "rather_not_say"]])
    assert urged(found) == (13, 3)
    assert urged(told([ballot(a=5, urged="paid") for _ in range(9)])) == (0, 0)
    assert urged(told(levels("a", {5: 20}), ONE)) == (0, 0)


# --- corrections -----------------------------------------------------------------------------------------------------------

def corrected(old: Sequence[Ballot], new: Sequence[Ballot], **more: Any) -> dict[str, Any]:
    return revised(told(new, **more), told(old, **more))


def test_a_correction_that_changes_nothing_is_as_before() -> None:
    ballots = [*levels("a", {5: 3}), *levels("a", {3: 20}, group="resident"), *levels("a", {4: 30}, group="member")]
    groups = ("deputy", "resident", "member")
    assert corrected(ballots, ballots, groups=groups) == told(ballots, groups=groups)


@pytest.mark.parametrize(("added", "shown"), [(1, False), (4, False), (5, True), (50, True)])
def test_a_correction_by_a_few_ballots_hides_what_it_changes(added: int, shown: bool) -> None:
    old = [*levels("a", {4: 30}), *levels("a", {4: 30}, group="resident")]
    found = corrected(old, [*old, *levels("a", {1: added})])
    assert [found["whole"]["state"], found["groups"]["deputy"]["state"], found["groups"]["resident"]["state"]] == (
        ["full", "full", "full"] if shown else ["covered", "covered", "full"])


def test_a_changed_answer_hides_its_question_alone() -> None:
    old = [ballot(a=4, b=4) for _ in range(30)]
    found = corrected(old, [*old[1:], ballot(a=1, b=4)])
    assert found["whole"]["state"] == "full"
    assert (of_whole(found, "a"), of_whole(found, "b")["state"]) == ({"state": "covered"}, "full")
    assert found["whole"]["dimensions"]["all"] == {"state": "covered"}


def test_the_rest_of_what_changed_is_never_few() -> None:
    """Seven more, of which six are deputies: the deputies' figures would give away the seventh."""
    old = [*levels("a", {4: 30}), *levels("a", {4: 30}, group="resident")]
    found = corrected(old, [*old, *levels("a", {1: 6}), *levels("a", {5: 1}, group="resident")])
    assert [found["whole"]["state"], *[part["state"] for part in found["groups"].values()]] == ["full", "covered", "covered"]


def test_what_is_taken_away_hides_all_that_changed() -> None:
    old = [*levels("a", {4: 30}), *levels("a", {4: 30}, group="resident")]
    found = corrected(old, old[10:])
    assert [found["whole"]["state"], *[part["state"] for part in found["groups"].values()]] == ["covered", "covered", "full"]


def test_a_correction_hides_the_comparison_with_an_earlier_round_too() -> None:
    old = [ballot(a=4, b=4) for _ in range(30)]
    new = told([*old[1:], ballot(a=1, b=4)])
    new["against"] = against(new, told(old))
    found = revised(new, told(old))["against"]
    assert [*found["whole"]["questions"]["b"]] == [*found["groups"]["deputy"]["questions"]["b"]] == [""]
    assert not found["whole"]["questions"]["a"]
    assert "all" not in found["whole"]["dimensions"]
    assert new["against"]["whole"]["questions"]["a"]


def test_a_second_count_of_ballots_kept_without_their_group_repeats_the_first_or_says_nothing() -> None:
    few, some, many = levels("a", {5: 3}), levels("a", {3: 20}, group="resident"), levels("a", {4: 30}, group="member")
    groups = ("deputy", "resident", "member", "journalist")
    first = told([*few, *some, *many], groups=groups)
    found = revised(told([*levels("a", {5: 3, 3: 20}, group=""), *many], groups=groups), first)
    assert found == first


def of(group: str, subject: str, level: int, n: int) -> list[Ballot]:
    return [Ballot(group, subject, "web", {"a": level})] * n


def test_ballots_kept_without_their_group_hide_nothing_that_was_shown() -> None:
    """Three deputies on the bridge are kept without their group, and thirty residents with them; nothing else changed."""
    others = [*of("deputy", "court", 4, 30), *of("resident", "court", 3, 30)]
    asked: dict[str, Any] = {"groups": ("deputy", "resident"), "subjects": ("bridge", "court")}
    first = told([*others, *of("deputy", "bridge", 5, 3), *of("resident", "bridge", 4, 30)], **asked)
    again = told([*others, *of("", "bridge", 5, 3), *of("", "bridge", 4, 30)], **asked)
    assert again["groups"] != first["groups"]
    assert revised(again, first) == first
    again["against"] = against(again, first)
    assert revised(again, {**first, "against": against(first, first)})["against"] == against(first, first)


def test_ballots_that_come_in_later_are_no_reason_to_carry_over_old_figures() -> None:
    others = [*of("deputy", "court", 4, 30), *of("resident", "court", 3, 30)]
    asked: dict[str, Any] = {"groups": ("deputy", "resident"), "subjects": ("bridge", "court")}
    first = told([*others, *of("deputy", "bridge", 5, 3), *of("resident", "bridge", 4, 30)], **asked)
    kept = [*of("", "bridge", 5, 3), *of("", "bridge", 4, 30), *of("resident", "court", 3, 20)]
    moved = [*of("deputy", "court", 4, 20), *of("resident", "court", 3, 30), *of("resident", "court", 4, 10),
             *of("deputy", "bridge", 5, 3), *of("resident", "bridge", 4, 30)]
    for ballots in ([*others, *kept], moved):
        found = revised(told(ballots, **asked), first)
        assert found["groups"]["deputy"] == {"served": None, "invited": None, "state": "covered"}


def test_no_ballots_at_all_have_results() -> None:
    found = results(FORM, Counts({}), invited={}, served={}, subjects=["bridge"], groups=["deputy"])
    assert [found["whole"]["state"], found["groups"]["deputy"]["state"], found["subjects"]["bridge"]["state"]] == ["silent"] * 3
