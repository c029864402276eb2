"""What the citizens of the simulated city write, and what they may be answered. Everyone in it is made up.

Texts stand in topics/ and words/. 【name|…】 and slots such as {mobile} put personal data into them: a letter
knows what it holds, so that a test can look for it in public.
"""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Literal

import msgspec
import yaml

from portal.domain.codes import Outcome, Position
from portal.domain.redaction import Kind, Known

_FOLDER = Path(__file__).parent
_MARK = re.compile(r"【(?P<kind>[a-z_]+)\|(?P<value>[^】]+)】")
_PERSONAL = ("name", "mobile", "plate", "id", "address", "wechat")
_CONSENTS, _SIGNS, _HAS_EMAIL, _NAMES_DISTRICT = 0.72, 0.55, 0.2, 0.85  # shares of all letters
_BLAMING = frozenset({"complaint", "enforcement", "misconduct"})  # to name a unit there is to complain about it
_REMEMBERED_TITLES, _TRIES = 15, 8
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643: a check digit that is right
_CHECKS = "10X98765432"


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision on a petition has a position and facts in place of an outcome."""

    text: str
    outcome: Outcome = Outcome.EXPLAINED
    basis: str = ""
    position: Position | None = None
    facts: str = ""


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    question: str
    reply: str


class Matter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    text: str
    answers: tuple[Answer, ...] = ()


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`unit`, and the one it is `about`, are codes, or `station` for whichever is in charge of the district.

    `about` stands in complaints of a unit, which then may not handle them. Several people write of what is `shared`.
    """

    key: str
    category: str
    unit: str
    matters: tuple[Matter, ...]
    service: str | None = None
    about: str = ""
    shared: bool = False
    endings: tuple[str, ...] = ("",)
    asks: tuple[Ask, ...] = ()
    consent: Literal["asked", "never"] = "asked"
    refer: str = ""
    decline: str = ""
    spam: str = ""


@dataclass(frozen=True)
class Letter:
    """One opinion before it is sent. `planted`: every piece of personal data in it, and in the contact details.

    `about` is the unit complained about, whether the author names it or not.
    """

    topic: Topic
    title: str
    text: str
    unit: str
    about: str | None
    named_unit: str | None
    district: str | None
    consent: bool
    contact: Mapping[str, str]
    planted: tuple[str, ...]
    slots: "Slots"
    answers: tuple[Answer, ...]
    ask: Ask | None

    @property
    def known(self) -> list[Known]:
        """What the portal holds of the author."""
        kinds = {"name": Kind.NAME, "phone": Kind.PHONE, "email": Kind.EMAIL}
        return [Known(value, kinds[name]) for name, value in self.contact.items()]


@dataclass
class Post:
    """Deals the letters: every matter once before any comes again, and no title soon after itself.

    `silent` is a station to be left out where any other would do.
    """

    chance: Random
    silent: str = ""
    _decks: dict[str, list[tuple[Topic, Matter]]] = field(default_factory=dict)
    _recent: deque[str] = field(default_factory=lambda: deque(maxlen=_REMEMBERED_TITLES))

    def letter(self, pile: str, on: date, *, unit: str | None = None, names: bool = False, shared: bool = False) -> Letter:
        """The next of a pile (a category, `elsewhere` or `spam`), written on that day.

        `unit`: one for that unit. `names`: its author names the unit. `shared`: several people could write it.
        """
        for _try in range(_TRIES):
            topic, matter = self._deal(pile, unit, shared)
            written = self._write(topic, matter, on, unit, names=names)
            if written.title not in self._recent:
                break
        self._recent.append(written.title)
        return written

    def like(self, letter: Letter, on: date) -> Letter:
        """What somebody else writes about the same matter: the same places, other words."""
        for matter in self.chance.sample(letter.topic.matters, len(letter.topic.matters)):
            slots = Slots(self.chance, letter.slots.place, on, letter.slots)
            written = self._written(letter.topic, matter, letter.unit, slots)
            if written.title != letter.title and written.title not in self._recent:
                break
        self._recent.append(written.title)
        return written

    def _deal(self, pile: str, unit: str | None, shared: bool) -> tuple[Topic, Matter]:
        wanted = "station" if unit in _stations() else unit
        deck = self._decks.setdefault(pile, [])
        for _again in range(2):
            fitting = next(((topic, matter) for topic, matter in deck
                            if wanted in (None, topic.unit) and (topic.shared or not shared)), None)
            if fitting is not None:
                deck.remove(fitting)
                return fitting
            fresh = [(topic, matter) for topic in topics() if _pile(topic) == pile for matter in topic.matters]
            self.chance.shuffle(fresh)
            deck += fresh
        raise LookupError(f"no topic of {pile} for {unit}")

    def _write(self, topic: Topic, matter: Matter, on: date, unit: str | None, *, names: bool) -> Letter:
        district = _stations().get(unit or "") or self.chance.choice(list(places()))
        if topic.unit in places():  # a branch bureau has the code of its district
            district = topic.unit
        stations = [each for each in places()[district]["station"] if unit != "station" or each != self.silent]
        station = unit if unit in stations else self.chance.choice(stations)
        written = self._written(topic, matter, station if topic.unit == "station" else topic.unit,
                                Slots(self.chance, district, on), station)
        named = written.about if topic.category in _BLAMING else written.unit
        return replace(written, named_unit=named if names else None)

    def _written(self, topic: Topic, matter: Matter, unit: str, slots: "Slots", station: str = "") -> Letter:
        written = matter.text + self.chance.choice(topic.endings)
        planted = [match["value"] for match in _MARK.finditer(written)]
        title, text = (_MARK.sub(lambda match: match["value"], words).format_map(slots)
                       for words in (matter.title, written))
        contact = self._contact(topic, slots)
        planted += [*(slots[name] for name in _PERSONAL if name in slots), *contact.values()]
        return Letter(
            topic=topic, title=title, text=text, unit=unit,
            about=(station if topic.about == "station" else topic.about) or None, named_unit=None,
            district=slots.place if topic.unit == "station" or self.chance.random() < _NAMES_DISTRICT else None,
            consent=topic.consent == "asked" and self.chance.random() < _CONSENTS, contact=contact,
            planted=tuple(dict.fromkeys(planted)), slots=slots, answers=matter.answers,
            ask=self.chance.choice(topic.asks) if topic.asks else None)

    def _contact(self, topic: Topic, slots: "Slots") -> dict[str, str]:
        if topic.category == "misconduct" or topic.spam:
            return {}
        signed = "name" in slots or "mobile" in slots or topic.category == "petition"
        if not signed and self.chance.random() > _SIGNS:
            return {}
        contact = {"name": slots["name"], "phone": slots["mobile"]}
        if self.chance.random() < _HAS_EMAIL:
            contact["email"] = f"reader{self.chance.randrange(1_000, 9_999)}@example.com"
        return contact


class Slots(dict[str, str]):
    """What the gaps of one letter are filled with; a gap that comes again is filled with the same.

    `like` gives the places of an earlier letter, nothing else of it.
    """

    def __init__(self, chance: Random, district: str, written_on: date, like: Mapping[str, str] | None = None) -> None:
        self.place = district
        self._chance, self._names, self._written_on = chance, places()[district], written_on
        super().__init__({name: value for name, value in (like or {}).items() if name in self._names},
                         district=_DISTRICTS[district])

    def __missing__(self, name: str) -> str:
        self[name] = found = self._found(name)
        return found

    def _found(self, name: str) -> str:
        if name in self._names:
            return self._chance.choice(self._names[name])
        if name == "day":
            day = self._written_on - timedelta(days=self._chance.randint(1, 9))
            return f"{day.month}月{day.day}日"
        if name in _MADE:
            return _MADE[name](self._chance, self)
        return self._chance.choice(phrases()[name])


def _name(chance: Random, slots: Slots) -> str:
    return chance.choice(_people()["surnames"]) + chance.choice(_people()["given"])


def _mobile(chance: Random, slots: Slots) -> str:
    return f"19900{chance.randrange(1_000_000):06}"


def _plate(chance: Random, slots: Slots) -> str:
    return f"冀Z{chance.randrange(1, 100_000):05}"


def _identity(chance: Random, slots: Slots) -> str:
    """An identity number of no area: its check digit is right, its area 000000 is none."""
    born = date(1950, 1, 1) + timedelta(days=chance.randrange(18_000))
    digits = f"000000{born:%Y%m%d}{chance.randrange(1_000):03}"
    return digits + _CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def _address(chance: Random, slots: Slots) -> str:
    building, door, floor, flat = (chance.randint(1, most) for most in (18, 3, 6, 4))
    return f"{slots['community']}{building}栋{door}单元{floor}0{flat}室"


def _wechat(chance: Random, slots: Slots) -> str:
    return f"kefu_{chance.randrange(10_000, 99_999)}"


_MADE = {"name": _name, "mobile": _mobile, "plate": _plate, "id": _identity, "address": _address, "wechat": _wechat}
_DISTRICTS = {"hedong": "河东区", "hexi": "河西区", "zone": "开发区", "beishan": "北山县", "nanping": "南屏县"}


def _pile(topic: Topic) -> str:
    if topic.spam:
        return "spam"
    return "elsewhere" if topic.refer or topic.decline else topic.category


@cache
def topics() -> tuple[Topic, ...]:
    return tuple(msgspec.convert(topic, Topic) for file in sorted((_FOLDER / "topics").glob("*.yaml"))
                 for topic in _read(file))


@cache
def places() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = _read(_FOLDER / "words" / "places.yaml")
    return found


@cache
def _stations() -> dict[str, str]:
    """Every station and its district; a county bureau that does a station's work is none."""
    return {station: district for district, names in places().items() for station in names["station"]
            if station not in places()}


@cache
def stock(name: str) -> tuple[Answer, ...]:
    """Answers of phrases.yaml that fit many letters."""
    return msgspec.convert(tuple(phrases()[name]), tuple[Answer, ...])


@cache
def phrases() -> dict[str, Any]:
    found: dict[str, Any] = _read(_FOLDER / "words" / "phrases.yaml")
    return found


@cache
def _people() -> dict[str, list[str]]:
    return {name: words.split() for name, words in _read(_FOLDER / "words" / "people.yaml").items()}


def _read(file: Path) -> Any:
    return yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506 - the safe loader, in C
