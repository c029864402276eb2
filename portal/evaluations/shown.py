"""Published figures as their reader reads them: words, shares, intervals, places of bars. Reads frozen results and no ballot.

A share never stands without its interval and its base; what is hidden says why; differences are told only where the
intervals do not overlap, so nothing here is a ranking.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from portal.domain.form import Form, Section
from portal.domain.people import N_
from portal.domain.questions.base import Question, Summary
from portal.domain.tally import answers, most_dissatisfying, standing
from portal.evaluations.numbers import interval, mean, number, percent, points, signed, word
from portal.evaluations.scales import BAD, GRADES, LEVELS, MAIN, Scale, in_language, scale_of, scale_of_section
from portal.web.words import _, language, said

Figures = Mapping[str, Any]

WIDTH = 640  # of every drawing, in its own units
STATE_WORDS = {
    "brief": N_("Fewer than ten answers: number and mean only"),
    "few": N_("Fewer than five: not shown"),
    "silent": N_("Nobody"),
    "covered": N_("Not shown, to protect a small number elsewhere"),
}
STANDING_WORDS = {
    "above": N_("above the whole"),
    "like": N_("the difference from the whole is within the margin of error"),
    "below": N_("below the whole"),
}
VERDICT_WORDS = {"better": N_("better"), "worse": N_("worse"),
                 "unclear": N_("within the margin of error, so no change can be claimed")}
_NOTHING_WORDS = {
    "few": N_("Fewer than five ballots count, so no figure can be shown."),
    "silent": N_("No ballot came in."),
    "covered": N_("No figure of the whole is shown here, to protect a small number elsewhere."),
}


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
    `rest`: the share of levels 1 to 3 where its scale states it. `legend`: what the patterns mean, where they mean something
    else than in the line before.
    """

    label: str
    state: str
    scale: Scale
    note: str = ""
    n: str = ""
    mean: str = ""
    unknown: str = ""
    blank: str = ""
    rates: Mapping[str, tuple[str, str, str]] | None = None
    rest: str = ""
    counts: tuple[str, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()
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

    @property
    def rows(self) -> tuple[Line, ...]:
        several = (self.whole, *self.lines) if self.whole is not None and len(self.lines) != 1 else self.lines
        return tuple(_with_legends(several))

    @property
    def tables(self) -> list[tuple[str, Scale, list[Line]]]:
        """Title, scale and lines of each table: lines whose levels have the same words stand together."""
        together: dict[tuple[tuple[str, str], ...], list[Line]] = {}
        for each in self.rows:
            together.setdefault(each.scale.legend, []).append(each)
        found = [(lines[0].scale, lines) for lines in together.values()]
        return [(self.title if len(found) == 1 else _("%(title)s (%(ends)s)", title=self.title, ends=scale.ends), scale, lines)
                for scale, lines in found]


def _with_legends(lines: Iterable[Line]) -> Iterator[Line]:
    before: tuple[tuple[str, str], ...] = ()
    for each in lines:
        if each.is_full and each.scale.legend != before:
            before = each.scale.legend
            yield replace(each, legend=before)
        else:
            yield each


def line(label: str, figure: Figures, scale: Scale, *, whole: Figures | None = None, change: Figures | None = None) -> Line:
    """`whole`: the same figure of the whole, for a part."""
    state = figure["state"]
    if "n" not in figure:
        return Line(label, state, scale, note=word(STATE_WORDS, state))
    brief = Line(label, state, scale, n=number(figure["n"]), mean=mean(figure["mean"]), unknown=number(figure["unknown"]),
                 blank=number(figure["blank"]) if "blank" in figure else "")
    if "distribution" not in figure:
        return replace(brief, note=word(STATE_WORDS, "brief"))
    of, against = answers(dict(figure)), standing(dict(figure), dict(whole)) if whole is not None else None
    return replace(
        brief, segments=tuple(_segments(figure["distribution"], of, scale.levels)), whisker=_whisker(figure[MAIN]),
        rates={name: _rate(figure[name], of) for name in GRADES},
        rest=percent(of - figure[MAIN]["count"], of) if scale.rest else "",
        counts=tuple(f"{number(each['count'])} ({percent(each['count'], of)})"
                     for each in (figure["distribution"][level] for level in LEVELS)),
        standing=word(STANDING_WORDS, against) if against else "", change=changed(change) if change else "")


def _rate(each: Figures, of: int) -> tuple[str, str, str]:
    return percent(each["count"], of), interval(each), number(each["count"])


def changed(change: Figures) -> str:
    return _("%(points)s percentage points: %(verdict)s", points=points(change[MAIN]),
             verdict=word(VERDICT_WORDS, change["verdict"]))


def _whisker(rate: Mapping[str, float]) -> Whisker:
    return Whisker(*(round(rate[name] * WIDTH, 1) for name in ("low", "share", "high")))


def _segments(distribution: Figures, of: int, words: Mapping[str, str]) -> Iterator[Segment]:
    x = 0.0
    for level in LEVELS:
        count = distribution[level]["count"]
        width = count / of * WIDTH
        yield Segment(level, round(x, 1), round(width, 1), words[level], percent(count, of))
        x += width


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
        title = next((in_language(each, "title") for each in self.figures["dimensions"] if each["id"] == section.id),
                     str(said(section, "title")))
        whole = self._dimension(section)
        return Block(section.id, title, _finding(title, whole), whole,
                     tuple(each for question in leveled for each in self._lines(told[question.id])),
                     tuple(self._other(question, told[question.id]) for question in here if question not in leveled))

    def _dimension(self, section: Section) -> Line | None:
        figure = self.part["dimensions"].get(section.id)
        if figure is None:
            return None
        return line(_("All questions together"), figure, scale_of_section(self.figures, section.id),
                    change=self.changes.get("dimensions", {}).get(section.id),
                    whole=self.whole and self.whole.get("dimensions", {}).get(section.id))

    def _lines(self, told: Figures) -> Iterator[Line]:
        scale = scale_of([told])
        for each, figure in self.part["questions"][told["id"]].items():
            whole = self.whole and self.whole.get("questions", {}).get(told["id"], {}).get(each)
            yield line(label_of(told, each), figure, scale, whole=whole,
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
        bars = (_bar(options.get(value, value), each, first["n"]) for value, each in first["distribution"].items())
        return replace(found, may_exceed=question.type == "several", bars=tuple(bars))


def _place(label: str, figure: Figures) -> tuple[str, str, str, str]:
    if "first" not in figure:
        return label, "–", "–", word(STATE_WORDS, figure["state"])
    first = figure["first"]
    return label, mean(figure["mean"]) or "–", number(figure["placed"]), \
        f"{percent(first['count'], figure['n'])} ({interval(first)})"


def _bar(label: str, each: Figures, of: int) -> Bar:
    return Bar(label, percent(each["count"], of), interval(each), number(each["count"]), round(each["share"] * WIDTH, 1),
               _whisker(each))


def _finding(title: str, whole: Line | None) -> str:
    if whole is None:
        return title
    if whole.rates is not None:
        return _("%(title)s: %(share)s, %(name)s", title=title, share=whole.rates[MAIN][0], name=whole.scale.short)
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
        if MAIN in figure:
            share = Fraction(figure[MAIN]["count"], answers(figure))
            shares.append((share, in_language(each, "title"), scale_of_section(figures, each["id"])))
    if not shares:
        return _("%(n)s ballots count.", n=number(whole["usable"]))
    if len(shares) == 1:
        (share, title, scale), = shares
        return _("%(title)s: %(share)s, %(name)s", title=title, share=_exactly(share), name=scale.short)
    low, high = (_exactly(each(share for share, _title, _scale in shares)) for each in (min, max))
    if all(scale.is_satisfaction for _share, _title, scale in shares):
        return _("Between %(low)s and %(high)s are satisfied (levels 4–5), by dimension.", low=low, high=high)
    return _("Between %(low)s and %(high)s of the answers are at levels 4–5, the two best, by dimension.", low=low, high=high)


def _exactly(share: Fraction) -> str:
    return percent(share.numerator, share.denominator)


def worst(figures: Figures) -> tuple[list[tuple[str, str, str]], bool]:
    """What dissatisfies most: label, share with interval, what it is the share of; and whether some share their place."""
    told = {each["id"]: each for each in figures["questions"]}
    found = most_dissatisfying(figures)
    return [(label_of(told[each["question"]], each["part"]), f"{percent(each['count'], each['n'])} ({interval(each)})",
             scale_of([told[each["question"]]]).grades[BAD]) for each in found], any(each["together"] for each in found)


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


def compared(figures: Figures) -> Iterable[tuple[str, str, str, str, str]]:
    """Against the last round, in the whole: what, change of the mean, what is counted, change of its share, verdict."""
    changes = figures.get("against", {}).get("whole", {})
    titles = {each["id"]: in_language(each, "title") for each in figures["dimensions"]}
    told = {each["id"]: each for each in figures["questions"]}
    for id, change in changes.get("dimensions", {}).items():
        yield titles[id], *_change_words(change, scale_of_section(figures, id))
    for id, parts in changes.get("questions", {}).items():
        for part, change in parts.items():
            yield label_of(told[id], part), *_change_words(change, scale_of([told[id]]))


def _change_words(change: Figures, scale: Scale) -> tuple[str, str, str, str]:
    return signed(f"{change['mean']:+.2f}"), scale.short, points(change[MAIN]), word(VERDICT_WORDS, change["verdict"])
