"""What published figures say beside one another. Works with published results alone, so it can tell nothing that they hide.

No ranking: a difference is one only where the 95 % intervals do not overlap.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from portal.domain.form import Form
from portal.domain.intervals import overlap
from portal.domain.questions.base import Summary
from portal.domain.tally.figures import Figure, State, exact_mean, rounded

Results = Mapping[str, Any]

MEASURE = "levels_4_5"  # what is compared
WORST = "levels_1_2"    # what dissatisfies
URGED = "urged"  # the question of every rating form: did anyone urge, pay or visit you
_URGED_VALUES = frozenset({"urged", "paid", "visited"})
Place = tuple[str, ...]  # where a part stands in results: `whole`, or `groups` and its code
_PARTS = ("groups", "subjects")


def parts(results: Results) -> Iterator[tuple[Place, dict[str, Any]]]:
    yield ("whole",), results["whole"]
    for name in _PARTS:
        yield from (((name, code), part) for code, part in results[name].items())


def standing(part: Figure, whole: Figure) -> str | None:
    """`above`, `below` or `like` the whole; None where either has no shares. Both are figures of the same question."""
    if not _both_full(part, whole):
        return None
    if overlap(_interval(part[MEASURE]), _interval(whole[MEASURE])):
        return "like"
    return "above" if part[MEASURE]["share"] > whole[MEASURE]["share"] else "below"


def against(now: Results, before: Results) -> dict[str, Any]:
    """What changed since an earlier round with the same form, in the shape of results: figure -> change, where there is one.

    A change is `mean` (in levels, two decimals), `levels_4_5` (of the share; three decimals, so that a tenth of a percentage
    point is what stands there; both are rounded once, from the counts) and `verdict`: `better`, `worse` or `unclear`,
    where the intervals overlap and no change can be claimed. Of another version of the form only questions that did not
    change are compared, and dimensions made of these; of another form nothing. Nothing stands where either figure is hidden.
    """
    same = _unchanged(now, before) if now["form"] == before["form"] else frozenset()
    found: dict[str, Any] = {name: {} for name in _PARTS}
    earlier = dict(parts(before))
    for place, part in parts(now):
        changes = _changes(part, earlier.get(place, {}), same)
        if changes:
            at(found, place[:-1])[place[-1]] = changes
    return found


def at(inside: Mapping[str, Any], place: tuple[str, ...]) -> Any:
    """What stands there; None where nothing does."""
    found: Any = inside
    for name in place:
        found = found.get(name) if found else None
    return found


def _unchanged(now: Results, before: Results) -> frozenset[str]:
    """Ids of questions whose type, words, choices and rows are the same in both."""
    earlier = {each["id"]: _asked(each) for each in before["questions"]}
    return frozenset(each["id"] for each in now["questions"] if earlier.get(each["id"]) == _asked(each))


def _asked(told: Mapping[str, Any]) -> tuple[Any, ...]:
    return (told["type"], told["text"],
            *([(each["value"], each["text"]) for each in told[name]] for name in ("options", "rows")))


def _changes(now: Mapping[str, Any], before: Mapping[str, Any], same: frozenset[str]) -> dict[str, Any]:
    questions = {id: {each: change for each, figure in figures.items()
                      if (change := _change(figure, before.get("questions", {}).get(id, {}).get(each, {})))}
                 for id, figures in now.get("questions", {}).items() if id in same}
    dimensions = {id: change for id, figure in now.get("dimensions", {}).items()
                  if (earlier := before.get("dimensions", {}).get(id, {})).get("of") == figure.get("of")
                  and all(question in same for question, _ in figure.get("of", ()))
                  and (change := _change(figure, earlier))}
    named = {"questions": {id: changes for id, changes in questions.items() if changes}, "dimensions": dimensions}
    return {name: changes for name, changes in named.items() if changes}


def _change(now: Figure, before: Figure) -> dict[str, Any]:
    if not _both_full(now, before):
        return {}
    verdict = "better" if now[MEASURE]["share"] > before[MEASURE]["share"] else "worse"
    return {"mean": rounded(_exact_mean(now) - _exact_mean(before), 2),
            MEASURE: rounded(_exact_share(now) - _exact_share(before), 3),
            "verdict": "unclear" if overlap(_interval(now[MEASURE]), _interval(before[MEASURE])) else verdict}


def answers(figure: Figure) -> int:
    """What the shares of a figure are of: the answers of a dimension, elsewhere the ballots."""
    return int(figure["answers"] if "answers" in figure else figure["n"])


def _exact_mean(figure: Figure) -> Fraction:
    return exact_mean({level: each["count"] for level, each in figure["distribution"].items()}, answers(figure))


def _exact_share(figure: Figure) -> Fraction:
    return Fraction(figure[MEASURE]["count"], answers(figure))


def _both_full(one: Figure, other: Figure) -> bool:
    return all(each.get("state") == State.FULL and MEASURE in each for each in (one, other))


def _interval(share: Mapping[str, float]) -> tuple[float, float]:
    return share["low"], share["high"]


def most_dissatisfying(results: Results, n: int = 5) -> list[dict[str, Any]]:
    """The questions with the largest shares of levels 1 and 2, of those with at least ten answers that have any.

    `place` counts from 1; questions whose intervals overlap with that of the first at their place share it, and are
    `together`. As many as n, and those with the very share of the last of them.
    """
    full = [(id, each, figure) for id, figures in results["whole"].get("questions", {}).items()
            for each, figure in figures.items() if figure["state"] == State.FULL and figure.get(WORST, {}).get("count")]
    ordered = sorted(full, key=lambda each: -each[2][WORST]["share"])
    found: list[dict[str, Any]] = []
    for number, (id, each, figure) in enumerate(ordered, start=1):
        if number > n and figure[WORST]["share"] != found[n - 1]["share"]:
            break
        first = next((one for one in found if one["place"] == found[-1]["place"]), None)
        place = first["place"] if first and overlap(_interval(first), _interval(figure[WORST])) else number
        found.append({"question": id, "part": each, "n": figure["n"], **figure[WORST], "place": place})
    taken = [each["place"] for each in found]
    return [{**each, "together": taken.count(each["place"]) > 1} for each in found]


def asks_for_steering(form: Form) -> bool:
    """Whether a form asks its raters if anyone urged, paid or visited them; every form of ratings must."""
    question = form.find(URGED)
    return question is not None and {each.value for each in question.choices} >= _URGED_VALUES


def urged(results: Results) -> tuple[int, int]:
    """How many were asked whether anyone urged, paid or visited them, and how many say so; nobody where it is hidden."""
    figure = results["whole"].get("questions", {}).get(URGED, {}).get("", {})
    if figure.get("state") != State.FULL or not any(
            each["id"] == URGED and each["summary"] == Summary.CHOICES for each in results["questions"]):
        return 0, 0
    return figure["n"], sum(figure["distribution"].get(value, {"count": 0})["count"] for value in _URGED_VALUES)
