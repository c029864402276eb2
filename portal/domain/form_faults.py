"""What can be wrong with the definition of a form, and a reader that notes everything wrong at once. Knows no questions."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.domain.given import clean
from portal.domain.people import N_

_LONGEST_SHOWN = 60  # characters of what was given
_LARGEST_SHOWN = 10**15


class Reason(StrEnum):
    """Types of question tell theirs by these codes too."""

    MISSING = "missing"
    EMPTY = "empty"
    UNTRANSLATED = "untranslated"
    UNKNOWN = "unknown"
    NOT_TEXT = "not_text"
    NOT_WHOLE = "not_whole"
    NOT_YES_NO = "not_yes_no"
    NOT_LIST = "not_list"
    NOT_NAMED = "not_named"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    BAD_ID = "bad_id"
    BAD_VALUE = "bad_value"
    BAD_SLUG = "bad_slug"
    TWICE = "twice"
    CLASH = "clash"
    NO_TYPE = "no_type"
    NOT_FOR_TYPE = "not_for_type"
    NOT_EARLIER = "not_earlier"
    NOT_CHOOSABLE = "not_choosable"
    NO_SUCH_VALUE = "no_such_value"
    NO_CASE = "no_case"
    BOUNDS = "bounds"
    ROOM = "room"


REASON_WORDS = {
    Reason.MISSING: N_("this is not there"),
    Reason.EMPTY: N_("nothing stands here"),
    Reason.UNTRANSLATED: N_("Chinese and English belong together: one of them is not there"),
    Reason.UNKNOWN: N_("“%(given)s” is not known here"),
    Reason.NOT_TEXT: N_("words are expected here, not “%(given)s”; put it in quotes"),
    Reason.NOT_WHOLE: N_("a whole number is expected here, not “%(given)s”"),
    Reason.NOT_YES_NO: N_("true or false is expected here, not “%(given)s”"),
    Reason.NOT_LIST: N_("a list is expected here, not “%(given)s”"),
    Reason.NOT_NAMED: N_("named entries are expected here, not “%(given)s”"),
    Reason.TOO_LONG: N_("this is longer than %(given)s characters"),
    Reason.TOO_MANY: N_("there are more than %(given)s"),
    Reason.TOO_FEW: N_("at least %(given)s are needed"),
    Reason.BAD_ID: N_("“%(given)s” is no such name: small letters, digits and _, a letter first, at most 24"),
    Reason.BAD_VALUE: N_("“%(given)s” is no such value: small letters, digits, _ and -, at most 24"),
    Reason.BAD_SLUG: N_("“%(given)s” is no such name: small letters and digits in words joined by -, at most 40"),
    Reason.TWICE: N_("“%(given)s” stands here twice"),
    Reason.CLASH: N_("the field “%(given)s” of the ballot belongs to another question already"),
    Reason.NO_TYPE: N_("there is no type of question “%(given)s”"),
    Reason.NOT_FOR_TYPE: N_("this type of question has none"),
    Reason.NOT_EARLIER: N_("a condition can only ask for an earlier question: “%(given)s” is none"),
    Reason.NOT_CHOOSABLE: N_("a condition cannot ask for the answer to “%(given)s”: there is nothing to choose"),
    Reason.NO_SUCH_VALUE: N_("“%(given)s” is no answer to that question"),
    Reason.NO_CASE: N_("only words of any length can become an opinion or a report"),
    Reason.BOUNDS: N_("this limit cannot be, or contradicts another"),
    Reason.ROOM: N_("a full ballot would take %(given)s bytes: ask less, or shorten the longest answers"),
}


@dataclass(frozen=True)
class FormFault:
    """`path` is like `sections[0].questions[3].choices`, empty for the form as a whole; `given` fills in the reason's words."""

    path: str
    reason: Reason
    given: str = ""


class FormFaults(ValueError):  # noqa: N818 - all that is wrong with one definition
    """The definition of a form cannot be taken."""

    def __init__(self, faults: Collection[FormFault]) -> None:
        super().__init__("; ".join(f"{each.path}: {each.reason}" for each in faults))
        self.faults = tuple(faults)


class Entries:
    """The named entries of one place of a definition. What is wrong is noted, and something harmless read instead.

    `known` are the names that may stand here; entries without a value count as absent.
    """

    def __init__(self, raw: object, path: str, faults: list[FormFault], known: Collection[str]) -> None:
        self.path, self._faults = path, faults
        self._is_readable = isinstance(raw, Mapping)
        self._raw = {name: value for name, value in raw.items() if value is not None} if isinstance(raw, Mapping) else {}
        if not self._is_readable:
            self._faults.append(FormFault(path, Reason.NOT_NAMED, shown(raw)))
        for name in self._raw:
            if name not in known:
                self.note(shown(name), Reason.UNKNOWN, name)

    def note(self, name: str, reason: Reason, given: object = "") -> None:
        self._faults.append(FormFault(self._at(name), reason, shown(given)))

    @property
    def noted(self) -> int:
        """How many faults were noted so far, here and everywhere else in the definition."""
        return len(self._faults)

    def has(self, name: str) -> bool:
        return name in self._raw

    def line(self, name: str, longest: int, *, required: bool = True) -> str:
        """Words in one line."""
        return " ".join(self.words(name, longest, required=required).split())

    def words(self, name: str, longest: int, *, required: bool = False) -> str:
        """Words in as many lines as it takes, cleaned. `longest` counts characters."""
        raw = self._raw.get(name)
        if raw is None:
            if required and self._is_readable:
                self.note(name, Reason.MISSING)
            return ""
        if not isinstance(raw, str):
            self.note(name, Reason.NOT_TEXT, raw)
            return ""
        text = clean(raw)
        if len(text) > longest:
            self.note(name, Reason.TOO_LONG, longest)
            return ""
        if required and not text:
            self.note(name, Reason.EMPTY)
        return text

    def pair(self, name: str, longest: int) -> tuple[str, str]:
        """Words in both languages, or in neither."""
        chinese, english = self.words(name, longest), self.words(f"{name}_en", longest)
        if self.has(name) != self.has(f"{name}_en"):
            self.note(f"{name}_en" if self.has(name) else name, Reason.UNTRANSLATED)
        return chinese, english

    def name(self, name: str, pattern: re.Pattern[str], reason: Reason) -> str:
        """An id, a value, a slug. Empty where it is not of this pattern, so that nothing is held against it twice."""
        text = self.line(name, 1_000)
        if text and not pattern.fullmatch(text):
            self.note(name, reason, text)
            return ""
        return text

    def flag(self, name: str) -> bool:
        found = self._raw.get(name, False)
        if not isinstance(found, bool):
            self.note(name, Reason.NOT_YES_NO, found)
        return found is True

    def whole(self, name: str, default: int) -> int:
        found = self._raw.get(name, default)
        if isinstance(found, bool) or not isinstance(found, int):
            self.note(name, Reason.NOT_WHOLE, found)
            return default
        return found

    def items(self, name: str, most: int) -> list[Any]:
        """A list with at least one item, cut off after `most`."""
        raw = self._raw.get(name)
        if raw is None or raw == []:
            if self._is_readable:
                self.note(name, Reason.MISSING if raw is None else Reason.EMPTY)
            return []
        if not isinstance(raw, list):
            self.note(name, Reason.NOT_LIST, raw)
            return []
        if len(raw) > most:
            self.note(name, Reason.TOO_MANY, most)
        return raw[:most]

    def each(self, name: str, most: int, known: Collection[str]) -> Iterator["Entries"]:
        """The entries of every item of a list."""
        for at, raw in enumerate(self.items(name, most)):
            yield Entries(raw, f"{self._at(name)}[{at}]", self._faults, known)

    def below(self, name: str, known: Collection[str]) -> "Entries":
        """The entries behind a name; none where it is absent."""
        return Entries(self._raw.get(name, {}), self._at(name), self._faults, known)

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def shown(given: object) -> str:
    """What was given, for a person to recognize: cut, in one line, without what a list or its like holds."""
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, str):
        return " ".join(clean(given[:2 * _LONGEST_SHOWN]).split())[:_LONGEST_SHOWN]
    if isinstance(given, int):
        return str(given) if abs(given) < _LARGEST_SHOWN else "…"
    if isinstance(given, list | Mapping):
        return "[…]" if isinstance(given, list) else "{…}"
    return str(given)[:_LONGEST_SHOWN]
