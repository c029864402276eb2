"""What the levels of a question are called, and the shares made of them, in the words of the question itself.

Only answers about satisfaction are called satisfied: whether something happens, or how safe people feel, has its own words.
Where questions with different words are taken together, levels have numbers alone. Reads frozen results.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.people import N_
from portal.domain.questions.base import Summary
from portal.domain.questions.scale import LABELS
from portal.web.words import _, language

Figures = Mapping[str, Any]

LEVELS = ("5", "4", "3", "2", "1")
MAIN, WIDER, BAD = GRADES = ("levels_4_5", "levels_3_5", "levels_1_2")  # the shares of every full figure
_SATISFACTION, _FREQUENCY = (tuple(each.text for each in LABELS[name] if each.value in LEVELS)
                             for name in ("satisfaction", "frequency"))
_SATISFIED = {MAIN: N_("Satisfied (levels 4–5, “fairly satisfied” not counted)"),
              WIDER: N_("At least fairly satisfied (levels 3–5)"), BAD: N_("Bad (levels 1–2)")}
_NUMBERED = {MAIN: N_("Levels 4–5"), WIDER: N_("Levels 3–5"), BAD: N_("Levels 1–2")}
_NUMBERED_LEVELS = {"5": N_("Level 5 (best)"), "4": N_("Level 4"), "3": N_("Level 3"), "2": N_("Level 2"),
                    "1": N_("Level 1 (worst)")}


@dataclass(frozen=True)
class Scale:
    """`levels`: level -> its words, the best first; `grades`: each of GRADES -> its name; `short`: the first in few words.

    `ends`: from which answer to which; `rest`: the name of levels 1 to 3 where that share is stated too, else empty.
    """

    levels: Mapping[str, str]
    grades: Mapping[str, str]
    short: str
    ends: str
    rest: str = ""
    is_satisfaction: bool = False

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        return tuple(self.levels.items())

    @property
    def words(self) -> str:
        """All levels in one line, for files."""
        return _("; ").join(f"{level} {words}" for level, words in self.levels.items())


def scale_of(several: Iterable[Figures]) -> Scale:
    """Of one question with levels, or of several together; `several` are what frozen results tell of them."""
    found = {_texts(told, "text"): told for told in several}
    if len(found) != 1:
        return _numbered()
    (texts, told), = found.items()
    if len(texts) != len(LEVELS):
        return _numbered()
    five, four, three, two, one = words = _texts(told, "text_en") if language() == "en" else texts
    levels = dict(zip(LEVELS, words, strict=True))
    if texts == _SATISFACTION:
        return Scale(levels, {name: _(each) for name, each in _SATISFIED.items()}, _("satisfied (levels 4–5)"),
                     f"{five}–{one}", is_satisfaction=True)
    grades = {MAIN: _("“%(five)s” or “%(four)s” (levels 4–5)", five=five, four=four),
              WIDER: _("“%(five)s”, “%(four)s” or “%(three)s” (levels 3–5)", five=five, four=four, three=three),
              BAD: _("“%(two)s” or “%(one)s” (levels 1–2)", two=two, one=one)}
    rest = _("“%(three)s” or more (levels 1–3)", three=three) if texts == _FREQUENCY else ""
    return Scale(levels, grades, grades[MAIN], f"{five}–{one}", rest)


def scale_of_section(figures: Figures, section: str) -> Scale:
    """Of a dimension: all questions with levels that its form asks there."""
    return scale_of(each for each in figures["questions"]
                    if each["section"] == section and each["summary"] == Summary.LEVELS)


def in_language(told: Figures, name: str) -> str:
    """`name` of frozen words, or `name_en` for whoever reads English."""
    return str(told.get(f"{name}_en") or told[name]) if language() == "en" else str(told[name])


def _texts(told: Figures, name: str) -> tuple[str, ...]:
    by_level = {each["value"]: each[name] or each["text"] for each in told["options"]}
    return tuple(by_level[level] for level in LEVELS if level in by_level)


def _numbered() -> Scale:
    grades = {name: _(words) for name, words in _NUMBERED.items()}
    return Scale({level: _(words) for level, words in _NUMBERED_LEVELS.items()}, grades, grades[MAIN], _("levels 1–5"))
