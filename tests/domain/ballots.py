"""A form with every kind of question, and random campaigns with it: many and few units, full and nearly empty."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from portal.domain.form import Form, parse_form
from portal.domain.questions.base import Question
from portal.domain.tally import Ballot


def _words(*values: str) -> list[dict[str, str]]:
    return [{"value": value, "text": f"选{value}", "text_en": f"Choice {value}"} for value in values]


def _question(id: str, type: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "type": type, "text": f"问题{id}", "text_en": f"Question {id}", **more}


def _section(id: str, *questions: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "title": f"部分{id}", "title_en": f"Section {id}", "questions": list(questions)}


def form(*sections: dict[str, Any], slug: str = "delegates") -> Form:
    return parse_form({"slug": slug, "title": "征求意见表", "title_en": "Opinion form", "sections": list(sections)})


FORM = form(
    _section("safety", _question("night", "scale"), _question("theft", "scale"),
             _question("spots", "matrix", rows=_words("park", "station"))),
    _section("manner", _question("polite", "scale", shown_if={"question": "night", "values": ["3", "4", "5"]})),
    _section("more",
             _question("known", "yes_no"),
             _question("came", "several", choices=_words("talk", "visit", "ride")),
             _question("first", "ranking", choices=_words("patrol", "online", "counter"), settings={"most": 2}),
             _question("visits", "number", settings={"high": 50}),
             _question("wish", "long_text"), _question("secret", "long_text", becomes="report")))
SMALL_FORM = form(
    _section("safety", _question("night", "scale"), _question("theft", "scale")),
    _section("manner", _question("polite", "scale", shown_if={"question": "night", "values": ["3", "4", "5"]})),
    _section("more", _question("known", "yes_no"), _question("visits", "number", settings={"high": 9})))
LEVELS = (5, 4, 3, 2, 1, 0)
CONTENT, ANGRY = (4, 6, 4, 2, 1, 2), (0, 0, 0, 4, 4, 2)  # how often each level is given


@dataclass(frozen=True)
class Campaign:
    groups: tuple[str, ...]
    subjects: tuple[str, ...]
    ballots: tuple[Ballot, ...]

    def with_ballots(self, ballots: Sequence[Ballot]) -> "Campaign":
        return Campaign(self.groups, self.subjects, tuple(ballots))

    def asked(self) -> dict[str, Any]:
        """The arguments of `results` beside form and counts."""
        return {"invited": {(group, subject): 200 for group in self.groups for subject in self.subjects or ("",)},
                "served": dict.fromkeys(self.groups, 1_000), "subjects": self.subjects, "groups": self.groups}


def answers(random: Random, form: Form, *, willing: Mapping[str, float], mood: Sequence[int] = CONTENT) -> dict[str, Any]:
    """Each question answered with its chance; `willing` names those that few answer."""
    found: dict[str, Any] = {}
    for question in form.questions:
        if random.random() < willing.get(question.id, 0.9) and form.is_asked(question, found):
            found[question.id] = _answer(random, question, mood)
    return found


def _answer(random: Random, question: Question, mood: Sequence[int]) -> Any:
    values = [each.value for each in question.choices]
    level = random.choices(LEVELS, mood)[0]
    match question.type:
        case "scale":
            return level
        case "matrix":
            return {row.value: level for row in question.rows if random.random() < 0.7} or {question.rows[0].value: level}
        case "yes_no":
            return random.choice(("yes", "no", "unknown"))
        case "several":
            return [value for value in values if random.random() < 0.4] or values[:1]
        case "ranking":
            return random.sample(values, question.settings["most"])
        case "number":
            return random.randint(0, question.settings["high"])
        case _:
            return "字"


def campaign(random: Random, form: Form, *, groups: int, subjects: int, most: int, paper: float = 0.3) -> Campaign:
    """With up to `most` ballots of a group for a subject, often very few or none; `paper`: how likely any are on paper."""
    names = tuple(f"g{n}" for n in range(groups)), tuple(f"u{n:02}" for n in range(subjects))
    ballots: list[Ballot] = []
    for subject in names[1] or ("",):
        willing = {question.id: random.choice((0.9, 0.9, 0.3, 0.05)) for question in form.questions}
        mood = random.choice((CONTENT, CONTENT, ANGRY))
        ballots += [Ballot(group, subject, channel, answers(random, form, willing=willing, mood=mood))
                    for group in names[0] for channel, share in (("web", 1.0), ("paper", paper))
                    if random.random() < share for _ in range(_many(random, most))]
    random.shuffle(ballots)
    return Campaign(*names, tuple(ballots))


def _many(random: Random, most: int) -> int:
    return random.choice((0, random.randint(1, 4), random.randint(1, most), random.randint(1, most)))


# --- what an attacker may know, and what there really is ---------------------------------------------------------------------

Atom = tuple[str, str, str, str]
Counted = dict[Atom, Counter[Any]]


def counted(form: Form, by_entry: Mapping[str, Sequence[Ballot]]) -> Counted:
    """Every number that there is of each atom, in the names that the attacker uses; ballots by the entries they are in."""
    found: Counted = defaultdict(Counter)
    for entry, ballots in by_entry.items():
        for ballot in ballots:
            found[ballot.group, ballot.subject, ballot.channel, entry].update(_of_ballot(form, ballot.answers))
    return found


def _of_ballot(form: Form, given: Mapping[str, Any]) -> Counter[Any]:
    found: Counter[Any] = Counter(["answered"])
    for section in form.sections:
        for question in section.questions:
            if question.id in given:
                found += _of_answer(question.id, question.type, given[question.id])
        if any(name[2] in "12345" for name in found if isinstance(name, tuple) and len(name) == 3
               and name[0] in {question.id for question in section.questions if question.type in ("scale", "matrix")}):
            found[f"reached {section.id}"] += 1
    if any(isinstance(name, tuple) and name[2] not in ("0", "unknown") for name in found):
        found["usable"] += 1
    return found


def _of_answer(id: str, type: str, given: Any) -> Counter[Any]:
    match type:
        case "scale":
            return Counter([(id, "", str(given))])
        case "matrix":
            return Counter([(id, row, str(level)) for row, level in given.items()])
        case "yes_no" | "single":
            return Counter([(id, "", given), *([(id, "", "known")] if given != "unknown" else [])])
        case "several":
            return Counter([(id, "", "known"), *[(id, "", value) for value in given]])
        case "ranking":
            return Counter([(id, "", "known"), *[(id, value, str(place)) for place, value in enumerate(given, start=1)]])
        case "number":
            return Counter({(id, "", "known"): 1, (id, "", "sum"): given} if given else [(id, "", "known")])
        case _:
            return Counter()


def possible(form: Form, there: Counted) -> dict[Atom, set[Any]]:
    """What an attacker may know: where ballots and answers to each question are, and never which answers."""
    return {atom: {*(name for name in n if isinstance(name, str)),
                   *(name for question in form.questions for name in _possible(question, n))} for atom, n in there.items()}


def _possible(question: Question, n: Counter[Any]) -> Iterator[Any]:
    """All answers to the question where anybody gave one; only "don't know" where nobody gave another."""
    parts = question.kind.parts(question)
    if question.type in ("scale", "matrix"):
        for part in parts:
            is_known = any(n[question.id, part, value] for value in "12345")
            yield from ((question.id, part, value) for value in ("543210" if is_known else "0"))
    else:
        if n[question.id, "", "known"]:
            yield from ((question.id, part, value) for part, values in parts.items() for value in values)
            yield from ((question.id, "", value) for value in ("known", "sum"))
        yield (question.id, "", "unknown")


def small(form: Form, there: Counted) -> dict[Any, dict[Atom, int]]:
    """Measure -> how many people of each atom it counts: ballots, answers to a question, with and without "don't know"."""
    measures: dict[Any, dict[Atom, int]] = {name: {atom: n[name] for atom, n in there.items()} for name in (
        "answered", "usable", *[f"reached {section.id}" for section in form.sections])}
    for question in form.questions:
        for part in question.kind.parts(question):
            values = ("1", "2", "3", "4", "5") if question.type in ("scale", "matrix") else ("known",)
            zero = "0" if question.type in ("scale", "matrix") else "unknown"
            at = part if question.type == "matrix" else ""
            measures[question.id, at, "n"] = {
                atom: sum(n[question.id, at, value] for value in values) for atom, n in there.items()}
            measures[question.id, at, "said"] = {
                atom: sum(n[question.id, at, value] for value in (*values, zero)) for atom, n in there.items()}
    return measures
