"""A correction stands beside what was published before, so that both can be subtracted: what differs by one ballot tells it.

Figures are compared one kind at a time: the count of ballots, each question, each dimension. Hidden in the correction is

- what was hidden in the entry before, since both together would be one table with fewer gaps;
- what differs by one to four;
- of what differs, all but the whole and the parts of one kind, since published figures do not tell where groups, subjects
  and channels cross; and as many more parts as it takes until what differs elsewhere is nothing, or five and more;
- all that differs, where a part became smaller or is hidden now: what was taken away tells of those who are left.

For what is hidden the entry before still stands. Small cells are kept without their group or subject
(`portal.domain.anonymity`), so that a second count of the same ballots finds fewer there; where only that differs, groups and
subjects are carried over as they were published. Limit: two changes that undo one another within a part are not seen.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from portal.domain.suppression import MOST
from portal.domain.tally.comparing import Place, Results, at, parts
from portal.domain.tally.figures import Figure, State, hidden

Path = tuple[str, ...]  # where a figure stands in its part: nothing for the ballots, else questions, id, part or dimensions, id
Change = dict[str, float]

_WHOLE: Place = ("whole",)
_WIDENED = ("groups", "subjects")
_KINDS = ("subjects", "groups", "channels")  # the last is kept only where nothing else differs
_SHOWN = frozenset({State.FULL.value, State.BRIEF.value})
_COUNTS = ("answered", "usable", "n", "answers", "placed")
_BALLOTS = ("answered", "usable", "n", "answers", "said")  # what counts people, or answers of which each has one
_OTHERS = ("mean", "median", "quartiles")


def revised(new: Results, old: Results) -> dict[str, Any]:
    """The new results without what would give away single ballots beside the old. Raises ValueError for another form."""
    if new["form"] != old["form"]:
        raise ValueError("a correction is of the same form")
    made = deepcopy(dict(new))
    _carry_over(made, old)
    before = dict(_places(old))
    for path in [(), *_paths(new)]:
        now = {place: _find(part, path) for place, part in _places(made)}
        for place in _telling(now, {place: _find(before.get(place, {}), path) for place in now}):
            _hide(made, place, path)
        _keep_reasons(made, before, path)
    return made


def _carry_over(results: dict[str, Any], old: Results) -> None:
    """Where the whole is as it was and no part grew, what parts lack are ballots that are kept without it: nothing changed."""
    if any(results[name] != old[name] for name in ("whole", "channels")):
        return
    for kind in _WIDENED:
        both = {code: (part, old[kind][code]) for code, part in results[kind].items()
                if old[kind].get(code, {}).get("state") in _SHOWN}
        if any(_grows(part, earlier) for part, earlier in both.values()):
            continue
        for code, (part, earlier) in both.items():
            if part != earlier:
                results[kind][code] = deepcopy(earlier)
                _carry_comparison(results, old, kind, code)


def _carry_comparison(results: dict[str, Any], old: Results, kind: str, code: str) -> None:
    """With the last round, as it stood beside these figures."""
    if "against" in results:
        results["against"][kind].pop(code, None)
        if (earlier := at(old.get("against", {}), (kind, code))) is not None:
            results["against"][kind][code] = deepcopy(earlier)


def _grows(now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether any number of ballots or answers that both show is larger now."""
    if now["state"] not in _SHOWN:
        return False
    changes = [_change(dict(_find(now, path) if path else now), dict(_find(before, path) if path else before))
               for path in [(), *_paths_in(before)]
               if all((not path or _find(each, path)["state"] in _SHOWN) for each in (now, before))]
    return any(n > 0 for change in changes for name, n in change.items() if name in _BALLOTS)


def _keep_reasons(results: dict[str, Any], before: Mapping[Place, Mapping[str, Any]], path: Path) -> None:
    """Nobody is silent who was not before: small cells are kept without their group, so a second count finds them empty."""
    for place, part in _places(results):
        figure = at(part, path) if path else part
        earlier = _find(before.get(place, {}), path)["state"]
        if figure and figure["state"] == State.SILENT and earlier != State.SILENT:
            figure["state"] = State.FEW.value if earlier == State.FEW else State.COVERED.value


def _places(results: Results) -> Iterator[tuple[Place, dict[str, Any]]]:
    yield from parts(results)
    yield from ((("channels", code), part) for code, part in results["channels"].items())


def _paths(results: Results) -> Iterator[Path]:
    """Every figure there may be, questions in the order of the form."""
    named = {path: None for _, part in _places(results) for path in _paths_in(part)}
    yield from sorted(named, key=lambda path: path[0] != "questions")


def _paths_in(part: Mapping[str, Any]) -> Iterator[Path]:
    yield from (("questions", id, each) for id, figures in part.get("questions", {}).items() for each in figures)
    yield from (("dimensions", id) for id in part.get("dimensions", {}))


def _find(part: Mapping[str, Any], path: Path) -> Figure:
    """The figure at the path; where the part itself is hidden, its state."""
    if part.get("state") not in _SHOWN:
        return {"state": part.get("state", State.SILENT.value)}
    return at(part, path) or {"state": State.SILENT.value}


def _hide(results: dict[str, Any], place: Place, path: Path) -> None:
    """Together with what depends on it, and with the comparison to an earlier round."""
    part = at(results, place)
    if not path:
        kept = {name: part[name] for name in ("served", "invited") if name in part}
        part.clear()
        part.update(kept, **hidden(State.COVERED))
        _forget(results, place)
        return
    figure = at(part, path)
    if figure is None or figure["state"] not in _SHOWN:
        return
    figure.clear()
    figure.update(hidden(State.COVERED))
    _forget(results, (*place, *path))
    for other in _depending(results, part, path):
        _hide(results, place, other)


def _depending(results: Results, part: Mapping[str, Any], path: Path) -> Iterator[Path]:
    if path[0] == "questions":
        yield from (("questions", told["id"], each) for told in results["questions"] if told["depends_on"] == path[1]
                    for each in part["questions"][told["id"]])
        yield from (("dimensions", id) for id, figure in part["dimensions"].items() if [*path[1:]] in figure.get("of", ()))


def _forget(results: dict[str, Any], way: tuple[str, ...]) -> None:
    above = at(results.get("against", {}), way[:-1])
    if above:
        above.pop(way[-1], None)


def _telling(now: Mapping[Place, Figure], before: Mapping[Place, Figure]) -> set[Place]:
    """The places whose figures must be hidden."""
    shown = {place for place, figure in now.items() if figure["state"] in _SHOWN}
    telling = {place for place in shown if before[place]["state"] in (State.FEW, State.COVERED)}
    found = {place: _change(now[place], before[place]) for place in now if place in shown - telling}
    changes = {place: change for place, change in found.items() if any(change.values())}
    if any(before[place]["state"] in _SHOWN for place in now if place not in shown) or any(map(_shrinks, changes.values())):
        return telling | {*changes}
    telling |= {place for place, change in changes.items() if _tells(change)}
    return telling | _crossing(changes, telling)


def _crossing(changes: Mapping[Place, Change], telling: set[Place]) -> set[Place]:
    """Of what differs: the parts of all kinds but that with most of them, and there as many as the rest of the whole needs."""
    kinds = [place[0] for place in changes if place not in telling]
    kept = max((kind for kind in _KINDS if kind in kinds), key=lambda kind: (kind != _KINDS[-1], kinds.count(kind)), default="")
    left = sorted((place for place in changes if place[0] == kept and place not in telling),
                  key=lambda place: (max(map(abs, changes[place].values())), place))
    if _WHOLE in changes and _WHOLE not in telling:
        while left and _leaves_few(changes, left, kept):
            left.pop(0)
    return {place for place in changes if place != _WHOLE and place not in left}


def _leaves_few(changes: Mapping[Place, Change], left: list[Place], kind: str) -> bool:
    """Whether the change of the whole without that of the parts which are left tells, or is that of hidden parts alone."""
    rest = {name: n - sum(changes[place][name] for place in left) for name, n in changes[_WHOLE].items()
            if all(name in changes[place] for place in left)}
    hides = any(place[0] == kind and place not in left for place in changes)
    return _tells(rest) or hides and not any(rest.values())


def _shrinks(change: Change) -> bool:
    return any(change.get(name, 0) < 0 for name in _BALLOTS)


def _tells(change: Change) -> bool:
    """Whether it is that of one to four ballots or answers; or of other answers of so many people."""
    of_people = [abs(change[name]) for name in _BALLOTS if name in change]
    of_answers = max((abs(n) for name, n in change.items() if name not in _BALLOTS), default=0)
    return any(0 < n < MOST for n in of_people) or not all(of_people) and 0 < of_answers < MOST


def _change(now: Figure, before: Figure) -> Change:
    """By how much each count differs; `others` is one where they are equal and a mean or median differs."""
    one, other = _counts(now), _counts(before)
    if before["state"] == State.SILENT:
        return one
    change = {name: one[name] - other[name] for name in one if name in other}
    if not any(change.values()) and any(now.get(name) != before.get(name) for name in _OTHERS):
        change["others"] = 1
    return change


def _counts(figure: Figure) -> Change:
    found = {name: figure[name] for name in _COUNTS if name in figure}
    if "n" in figure:
        found["said"] = figure.get("answers", figure["n"]) + figure["unknown"]
    spread = {**figure.get("distribution", {}), **({"first": figure["first"]} if "first" in figure else {})}
    return {**found, **{f"={value}": each["count"] for value, each in spread.items()}}
