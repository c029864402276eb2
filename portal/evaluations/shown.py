"""Published figures as their reader reads them: words, shares, intervals, places of bars. Reads frozen results and no ballot.

A share never stands without its interval and its base; what is hidden says why; differences are told only where the
intervals do not overlap, so nothing here is a ranking.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from portal.domain.form import Form, Section
from portal.domain.people import N_
from portal.domain.questions.base import Question, Summary
from portal.domain.tally import most_dissatisfying, standing
from portal.web.words import _, language, said

Figures = Mapping[str, Any]

WIDTH = 640  # of every drawing, in its own units
LEVELS = ("5", "4", "3", "2", "1")
GRADES = {
    "satisfied_4_5": N_("Satisfied (levels 4–5, “fairly satisfied” not counted)"),
    "satisfied_3_5": N_("At least fairly satisfied (levels 3–5)"),
    "bad": N_("Bad (levels 1–2)"),
}
STATE_WORDS = {
    "brief": N_("Fewer than ten answers: number and mean only"),
    "few": N_("Fewer than five: not shown"),
    "silent": N_("Nobody"),
    "covered": N_("Not shown, to protect a small number elsewhere"),
}
STANDING_WORDS = {
    "above": N_("above the whole"),
    "like": N_("like the whole"),
    "below": N_("below the whole"),
}
VERDICT_WORDS = {"better": N_("better"), "worse": N_("worse"), "unclear": N_("no clear change")}
_NOTHING_WORDS = {
    "few": N_("Fewer than five ballots count, so no figure can be shown."),
    "silent": N_("No ballot came in."),
    "covered": N_("No figure of the whole is shown here, to protect a small number elsewhere."),
}
_LEVEL_WORDS = {"5": N_("Level 5 (best)"), "4": N_("Level 4"), "3": N_("Level 3"), "2": N_("Level 2"),
                "1": N_("Level 1 (worst)")}


# --- numbers in words -------------------------------------------------------------------------------------------------

def number(value: float | None) -> str:
    """1,204 or 12.25; `not known` where nobody knows."""
    if value is None:
        return _("not known")
    return f"{int(value) if value == int(value) else value:,}"


def percent(share: float) -> str:
    return f"{share * 100:.1f}%"


def interval(rate: Mapping[str, float]) -> str:
    return f"{percent(rate['low'])}–{percent(rate['high'])}"


def points(change: float) -> str:
    """A difference of shares in hundredths: +3.1, −0.4."""
    return signed(f"{change * 100:+.1f}")


def signed(digits: str) -> str:
    """With the sign that is as wide as a plus."""
    return digits.replace("-", "−")


def word(words: Mapping[str, str], code: str) -> str:
    """The word of a code, in the reader's language."""
    return _(words[code])


def in_language(told: Mapping[str, Any], name: str) -> str:
    """`name` of frozen words, or `name_en` for whoever reads English."""
    return str(told.get(f"{name}_en") or told[name]) if language() == "en" else str(told[name])


# --- pictures and lines -----------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Whisker:
    """A 95 % interval with its share, as places on a drawing."""

    low: float
    at: float
    high: float


@dataclass(frozen=True)
class Segment:
    """One level of a stacked bar: where it begins, how wide it is, and what it says."""

    level: str
    x: float
    width: float
    label: str
    words: str


@dataclass(frozen=True)
class Line:
    """What is known of one question (of one row of it), or of a dimension. `note` says why there are no figures.

    `rates`: for each of GRADES its share, interval and count in words. `counts`: level -> count and share in words.
    """

    label: str
    state: str
    note: str = ""
    n: str = ""
    mean: str = ""
    unknown: str = ""
    blank: str = ""
    rates: Mapping[str, tuple[str, str, str]] | None = None
    counts: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    whisker: Whisker | None = None
    standing: str = ""
    change: str = ""

    @property
    def is_full(self) -> bool:
        return self.rates is not None

    @property
    def said(self) -> str:
        """The bar in words, for whoever does not see it."""
        return _(", ").join(f"{each.label} {each.words}" for each in self.segments)


@dataclass(frozen=True)
class Bar:
    """One choice: how many chose it, with its interval."""

    label: str
    words: str
    interval: str
    count: str
    width: float
    whisker: Whisker


@dataclass(frozen=True)
class Other:
    """A question without levels. `bars` for choices; `places`: choice, mean place, how often placed, first; `facts`."""

    label: str
    note: str = ""
    n: str = ""
    unknown: str = ""
    blank: str = ""
    bars: tuple[Bar, ...] = ()
    places: tuple[tuple[str, str, str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    may_exceed: bool = False


@dataclass(frozen=True)
class Block:
    """A section: the dimension as a whole where it is one, its questions with levels, the others."""

    id: str
    title: str
    finding: str
    whole: Line | None
    lines: tuple[Line, ...]
    others: tuple[Other, ...]
    legend: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> tuple[Line, ...]:
        return (self.whole, *self.lines) if self.whole is not None and len(self.lines) != 1 else self.lines


def line(label: str, figure: Figures, options: Mapping[str, str], *, whole: Figures | None = None,
         change: Figures | None = None) -> Line:
    """`whole`: the same figure of the whole, for a part; `options`: level -> its words."""
    state = figure["state"]
    if "n" not in figure:
        return Line(label, state, note=word(STATE_WORDS, state))
    brief = Line(label, state, n=number(figure["n"]), mean=mean(figure["mean"]), unknown=number(figure["unknown"]),
                 blank=number(figure["blank"]) if "blank" in figure else "")
    if "distribution" not in figure:
        return replace(brief, note=word(STATE_WORDS, "brief"))
    against = standing(dict(figure), dict(whole)) if whole is not None else None
    return replace(
        brief, segments=tuple(_segments(figure["distribution"], options)), whisker=_whisker(figure["satisfied_4_5"]),
        rates={name: _rate(figure[name]) for name in GRADES},
        counts=tuple(f"{number(each['count'])} ({percent(each['share'])})"
                     for each in (figure["distribution"][level] for level in LEVELS)),
        standing=word(STANDING_WORDS, against) if against else "", change=changed(change) if change else "")


def _rate(each: Figures) -> tuple[str, str, str]:
    return percent(each["share"]), interval(each), number(each["count"])


def mean(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def changed(change: Figures) -> str:
    return _("%(points)s percentage points: %(verdict)s", points=points(change["satisfied_4_5"]),
             verdict=word(VERDICT_WORDS, change["verdict"]))


def _whisker(rate: Mapping[str, float]) -> Whisker:
    return Whisker(*(round(rate[name] * WIDTH, 1) for name in ("low", "share", "high")))


def _segments(distribution: Figures, options: Mapping[str, str]) -> Iterator[Segment]:
    x = 0.0
    for level in LEVELS:
        share = distribution[level]["share"]
        yield Segment(level, round(x, 1), round(share * WIDTH, 1), options[level], percent(share))
        x += share * WIDTH


# --- a part of the results --------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Base:
    """The four numbers that stand beside every rate. `note` says why answered and usable are missing."""

    served: str
    invited: str
    answered: str
    usable: str
    note: str


def base(part: Figures) -> Base:
    is_shown = "answered" in part
    hidden = number(0) if part["state"] == "silent" else "–"
    return Base(number(part.get("served")), number(part.get("invited")), number(part["answered"]) if is_shown else hidden,
                number(part["usable"]) if is_shown else hidden,
                "" if part["state"] == "full" else word(STATE_WORDS, part["state"]))


def blocks(form: Form, figures: Figures, part: Figures, *, changes: Figures | None = None, is_whole: bool) -> list[Block]:
    """Everything that is shown of one part, section after section; nothing where the part is hidden."""
    if "questions" not in part:
        return []
    reading = _Reading(figures, part, changes or {}, None if is_whole else figures["whole"])
    found = [reading.block(section) for section in form.sections]
    return [each for each in found if each.whole or each.lines or each.others]


@dataclass(frozen=True)
class _Reading:
    """One part with what it is compared with. `whole` is None where the part is the whole."""

    figures: Figures
    part: Figures
    changes: Figures
    whole: Figures | None

    def block(self, section: Section) -> Block:
        told = {each["id"]: each for each in self.figures["questions"]}
        here = [question for question in section.questions if question.id in told]
        leveled = [question for question in here if told[question.id]["summary"] == Summary.LEVELS]
        scales = {tuple((each["value"], in_language(each, "text")) for each in told[question.id]["options"])
                  for question in leveled}
        options = dict(scales.pop()) if len(scales) == 1 else {level: _(words) for level, words in _LEVEL_WORDS.items()}
        title = next((in_language(each, "title") for each in self.figures["dimensions"] if each["id"] == section.id),
                     str(said(section, "title")))
        whole = self._dimension(section, options)
        return Block(section.id, title, _finding(title, whole), whole,
                     tuple(each for question in leveled for each in self._lines(told[question.id])),
                     tuple(self._other(question, told[question.id]) for question in here if question not in leveled),
                     tuple((level, options[level]) for level in LEVELS))

    def _dimension(self, section: Section, options: Mapping[str, str]) -> Line | None:
        figure = self.part["dimensions"].get(section.id)
        if figure is None:
            return None
        return line(_("All questions together"), figure, options, change=self.changes.get("dimensions", {}).get(section.id),
                    whole=self.whole and self.whole.get("dimensions", {}).get(section.id))

    def _lines(self, told: Figures) -> Iterator[Line]:
        rows = {each["value"]: in_language(each, "text") for each in told["rows"]}
        options = {each["value"]: in_language(each, "text") for each in told["options"]}
        for each, figure in self.part["questions"][told["id"]].items():
            label = in_language(told, "text") + (_(": ") + rows.get(each, each) if each else "")
            whole = self.whole and self.whole.get("questions", {}).get(told["id"], {}).get(each)
            yield line(label, figure, options, whole=whole,
                       change=self.changes.get("questions", {}).get(told["id"], {}).get(each))

    def _other(self, question: Question, told: Figures) -> Other:
        label, of = in_language(told, "text"), self.part["questions"][told["id"]]
        first = next(iter(of.values()))
        if "n" not in first:
            return Other(label, note=word(STATE_WORDS, first["state"]))
        found = Other(label, n=number(first["n"]), unknown=number(first["unknown"]), blank=number(first["blank"]))
        options = {each["value"]: in_language(each, "text") for each in told["options"]}
        if told["summary"] == Summary.NUMBERS:
            note = word(STATE_WORDS, "brief") if first["state"] == "brief" else ""
            return replace(found, note=note, facts=tuple(_facts(first, _unit(question))))
        if first["state"] == "brief":
            return replace(found, note=_("Fewer than ten answers: their number only"))
        if told["summary"] == Summary.PLACES:
            return replace(found, places=tuple(_place(options.get(value, value), figure) for value, figure in of.items()))
        return replace(found, may_exceed=question.type == "several",
                       bars=tuple(_bar(options.get(value, value), each) for value, each in first["distribution"].items()))


def _place(label: str, figure: Figures) -> tuple[str, str, str, str]:
    if "first" not in figure:
        return label, "–", "–", word(STATE_WORDS, figure["state"])
    first = figure["first"]
    return label, mean(figure["mean"]) or "–", number(figure["placed"]), f"{percent(first['share'])} ({interval(first)})"


def _bar(label: str, each: Figures) -> Bar:
    return Bar(label, percent(each["share"]), interval(each), number(each["count"]), round(each["share"] * WIDTH, 1),
               _whisker(each))


def _finding(title: str, whole: Line | None) -> str:
    if whole is None:
        return title
    if whole.rates is not None:
        return _("%(title)s: %(share)s satisfied (levels 4–5)", title=title, share=whole.rates["satisfied_4_5"][0])
    if whole.mean:
        return _("%(title)s: mean %(mean)s of 5", title=title, mean=whole.mean)
    return _("%(title)s: no figure", title=title)


def _unit(question: Question) -> str:
    """What the number of a question is counted in."""
    return str(question.settings.get("unit_en" if language() == "en" else "unit") or "")


def _facts(figure: Figures, unit: str) -> Iterator[tuple[str, str]]:
    after = f" {unit}" if unit else ""
    yield _("Mean"), f"{number(figure['mean'])}{after}"
    if "median" in figure:
        low, high = figure["quartiles"]
        yield _("Median"), f"{number(figure['median'])}{after}"
        yield _("The middle half"), f"{number(low)}–{number(high)}{after}"


# --- sentences about the whole ----------------------------------------------------------------------------------------

def finding(figures: Figures) -> str:
    """The first sentence of the page."""
    whole, shares = figures["whole"], []
    if "dimensions" not in whole:
        return word(_NOTHING_WORDS, whole["state"])
    for each in figures["dimensions"]:
        figure = whole["dimensions"].get(each["id"], {})
        if "satisfied_4_5" in figure:
            shares.append((figure["satisfied_4_5"]["share"], in_language(each, "title")))
    if not shares:
        return _("%(n)s ballots count.", n=number(whole["usable"]))
    if len(shares) == 1:
        return _("%(share)s are satisfied (levels 4–5): %(title)s.", share=percent(shares[0][0]), title=shares[0][1])
    return _("Between %(low)s and %(high)s are satisfied (levels 4–5), by dimension.", low=percent(min(shares)[0]),
             high=percent(max(shares)[0]))


def worst(figures: Figures) -> list[tuple[str, str, bool]]:
    """What dissatisfies most: label, share with interval, and whether its place is shared."""
    told = {each["id"]: each for each in figures["questions"]}
    return [(label_of(told[each["question"]], each["part"]),
             f"{percent(each['share'])} ({interval(each)})", each["together"])
            for each in most_dissatisfying(figures)]


def label_of(told: Figures, part: str) -> str:
    rows = {each["value"]: in_language(each, "text") for each in told["rows"]}
    return in_language(told, "text") + (_(": ") + rows.get(part, part) if part else "")


def differing(figures: Figures, part: Figures) -> str:
    """In which dimensions a part lies above or below the whole, in words; empty where nothing can be compared."""
    found: dict[str, list[str]] = {"above": [], "below": [], "like": []}
    for each in figures["dimensions"]:
        of_part, of_whole = (every.get("dimensions", {}).get(each["id"], {}) for every in (part, figures["whole"]))
        verdict = standing(of_part, of_whole)
        if verdict:
            found[verdict].append(in_language(each, "title"))
    if not any(found.values()):
        return ""
    if not found["above"] and not found["below"]:
        return word(STANDING_WORDS, "like")
    return _("; ").join(_("%(where)s: %(what)s", where=word(STANDING_WORDS, name), what=_(", ").join(found[name]))
                        for name in ("above", "below") if found[name])


def compared(figures: Figures) -> Iterable[tuple[str, str, str, str]]:
    """Against the last round, in the whole: what, change of the mean, change of the share, verdict."""
    changes = figures.get("against", {}).get("whole", {})
    titles = {each["id"]: in_language(each, "title") for each in figures["dimensions"]}
    told = {each["id"]: each for each in figures["questions"]}
    for id, change in changes.get("dimensions", {}).items():
        yield titles[id], *_change_words(change)
    for id, parts in changes.get("questions", {}).items():
        for part, change in parts.items():
            yield label_of(told[id], part), *_change_words(change)


def _change_words(change: Figures) -> tuple[str, str, str]:
    return signed(f"{change['mean']:+.2f}"), points(change["satisfied_4_5"]), word(VERDICT_WORDS, change["verdict"])
