"""What is published of three hundred seeded campaigns is attacked: no number of one to four people follows from it."""

from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import Any

import pytest

from portal.domain.anonymity import widened
from portal.domain.form import Form
from portal.domain.tally import Ballot, count, results, revised
from tests.domain.attack import Attack
from tests.domain.ballots import FORM, SMALL_FORM, Campaign, answers, campaign, counted, possible, small

Shape = dict[str, Any]
FEW_UNITS: Shape = {"form": SMALL_FORM, "groups": 2, "subjects": 3, "most": 9}
SOME_UNITS: Shape = {"form": SMALL_FORM, "groups": 3, "subjects": 5, "most": 12}
MANY_UNITS: Shape = {"form": SMALL_FORM, "groups": 4, "subjects": 12, "most": 8}
EVERY_QUESTION: Shape = {"form": FORM, "groups": 2, "subjects": 4, "most": 12}
NO_UNITS: Shape = {"form": FORM, "groups": 4, "subjects": 0, "most": 12}
SEEDS = [*((n, FEW_UNITS) for n in range(160)), *((n, SOME_UNITS) for n in range(200, 280)),
         *((n, MANY_UNITS) for n in range(300, 306)), *((n, EVERY_QUESTION) for n in range(400, 436)),
         *((n, NO_UNITS) for n in range(500, 518))]
EDITS: list[tuple[int, Shape]] = [*((n, FEW_UNITS) for n in range(600, 680)), *((n, SOME_UNITS) for n in range(700, 720))]


def published(form: Form, cast: Campaign, ballots: Iterable[Ballot] | None = None, **more: Any) -> dict[str, Any]:
    return results(form, count(form, cast.ballots if ballots is None else ballots), **cast.asked(), **more)


def found(form: Form, entries: dict[str, dict[str, Any]], by_entry: dict[str, list[Ballot]], *, most: int = 3) -> list[str]:
    there = counted(form, by_entry)
    attack = Attack(form, possible(form, there))
    for entry, shown in entries.items():
        attack.read(shown, entry)
    return [breach for breach, _ in zip(attack.breaches(small(form, there)), range(most), strict=False)]


def made(seed: int, shape: Shape) -> tuple[Form, Campaign]:
    return shape["form"], campaign(Random(seed), **shape)


@pytest.mark.parametrize("first", range(0, len(SEEDS), 20))
def test_no_small_number_follows_from_what_is_published(first: int) -> None:
    for seed, shape in SEEDS[first:first + 20]:
        form, cast = made(seed, shape)
        assert found(form, {"1": published(form, cast)}, {"1": [*cast.ballots]}) == [], seed


def bare(part: dict[str, Any]) -> dict[str, Any]:
    """What hides small figures alone, and nothing to protect them."""
    if "usable" in part and part["usable"] < 5:
        return {"state": "few"}
    questions = {id: {each: {"state": "few"} if figure.get("n", 0) < 5 else figure for each, figure in figures.items()}
                 for id, figures in part.get("questions", {}).items()}
    return {**part, "questions": questions}


def test_the_attack_has_teeth() -> None:
    """It finds something where nothing is hidden, and nearly always where only the small figures themselves are."""
    tried = [*SEEDS[:160:4], *SEEDS[160::10]]
    nothing_hidden = only_small_hidden = 0
    for seed, shape in tried:
        form, cast = made(seed, shape)
        open_ = published(form, cast, fewest=1)
        nothing_hidden += bool(found(form, {"1": open_}, {"1": [*cast.ballots]}, most=1))
        naive = {**open_, "whole": bare(open_["whole"]), **{
            name: {code: bare(part) for code, part in open_[name].items()} for name in ("groups", "subjects", "channels")}}
        only_small_hidden += bool(found(form, {"1": naive}, {"1": [*cast.ballots]}, most=1))
    assert nothing_hidden == len(tried)
    assert only_small_hidden > len(tried) * 0.85


def corrected(random: Random, form: Form, cast: Campaign) -> dict[str, list[Ballot]]:
    """The ballots of the first entry alone, of the second alone, and of both: some added, changed, taken away."""
    ballots = [*cast.ballots]
    random.shuffle(ballots)
    away = random.choice((0, 0, 0, 1, 6)) if ballots else 0
    changed = random.choice((0, 0, 1, 2, 7))
    taken, edited, kept = ballots[:away], ballots[away:away + changed], ballots[away + changed:]
    added = [Ballot(random.choice(cast.groups), random.choice(cast.subjects), "paper", answers(random, form, willing={}))
             for _ in range(random.choice((0, 1, 3, 6, 20)))]
    again = [each._replace(answers=answers(random, form, willing={})) for each in edited]
    return {"12": kept, "1": taken + edited, "2": added + again}


@pytest.mark.parametrize("first", range(0, len(EDITS), 20))
def test_no_small_number_follows_from_a_first_entry_and_its_correction(first: int) -> None:
    for seed, shape in EDITS[first:first + 20]:
        form, cast = made(seed, shape)
        parts = corrected(Random(-seed), form, cast)
        old = published(form, cast, parts["12"] + parts["1"])
        new = revised(published(form, cast, parts["12"] + parts["2"]), old)
        assert found(form, {"1": old, "2": new}, parts) == [], seed


@pytest.mark.parametrize("first", range(0, len(EDITS), 50))
def test_no_small_number_follows_from_a_second_count_of_ballots_kept_without_their_groups(first: int) -> None:
    for seed, shape in EDITS[first:first + 50]:
        form, cast = made(seed, shape)
        kept_under = widened(Counter((each.group, each.subject) for each in cast.ballots)).of
        kept = [Ballot(*kept_under((each.group, each.subject)), each.channel, each.answers) for each in cast.ballots]
        old = published(form, cast)
        new = revised(published(form, cast, kept), old)
        assert found(form, {"1": old, "2": new}, {"12": [*cast.ballots]}) == [], seed


def test_the_attack_on_corrections_has_teeth() -> None:
    """Where a correction is published as it was counted, it gives away single ballots beside the first entry."""
    breached = 0
    for seed, shape in EDITS[::4]:
        form, cast = made(seed, shape)
        parts = corrected(Random(-seed), form, cast)
        entries = {"1": published(form, cast, parts["12"] + parts["1"]), "2": published(form, cast, parts["12"] + parts["2"])}
        breached += bool(found(form, entries, parts, most=1))
    assert breached > len(EDITS[::4]) * 0.6
