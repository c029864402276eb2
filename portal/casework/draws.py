"""The monthly draw as a record: fixes seeds, draws when a month is over, puts drawn cases on the list of follow-ups.

Every step may be taken twice, or by two workers at once, and is done once. Knows no chance: seeds are brought from outside.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.casework.actions import perform
from portal.casework.models import Draw, PublicCase
from portal.counters import next_of, note_public_change
from portal.db import db
from portal.domain.case import Terms
from portal.domain.codes import ENDED, Action, Solved
from portal.domain.draw import commitment, draw, drawable_from, following, last_day, month_of
from portal.domain.errors import NotAllowedError, NotFoundError
from portal.domain.people import SYSTEM
from portal.vault.actions import Vault

# --- the steps --------------------------------------------------------------------------------------------------------

def months_to_fix(today: date) -> list[str]:
    """This month and the next, where no seed is fixed yet: in regular course it is published before its month begins."""
    wanted = [month_of(today), following(month_of(today))]
    fixed = db.session.scalars(select(Draw.month).where(Draw.month.in_(wanted))).all()
    return [month for month in wanted if month not in fixed]


def fix_seed(month: str, seed: bytes, *, now: datetime, vault: Vault) -> bool:
    """Binds the portal to a seed. False where another one was fixed before: that one stays."""
    connection = db.session.connection()
    if db.session.get(Draw, month) is not None or next_of(connection, f"draw|{month}") > 1:
        return False
    db.session.add(Draw(month=month, commitment=commitment(seed), committed_at=now, population={}, drawn={},
                        answered=0, picked=0, sealed_seed=vault.keyring.wrap(seed, _context(month))))
    db.session.flush()
    note_public_change()
    return True


def months_to_draw(today: date) -> list[str]:
    """Months that are over and not drawn yet, the oldest first."""
    waiting = db.session.scalars(select(Draw.month).where(Draw.drawn_at.is_(None)).order_by(Draw.month))
    return [month for month in waiting if last_day(month) < today]


def draw_month(month: str, *, now: datetime, vault: Vault) -> bool:
    """Reveals the seed and draws. False where that was done before. Raises SealError where the seed cannot be opened."""
    record = db.session.scalars(select(Draw).where(Draw.month == month).with_for_update(),
                                execution_options={"populate_existing": True}).one()
    if record.drawn_at is not None:
        return False
    seed = vault.keyring.unwrap(record.sealed_seed, _context(month))
    record.population = _answered_in(month, committed_on=record.committed_at.date())
    record.drawn = draw(seed, record.population)
    record.answered, record.picked = _count(record.population), _count(record.drawn)
    record.seed, record.drawn_at = seed.hex(), now
    db.session.flush()
    note_public_change()
    return True


def numbers_to_note() -> list[tuple[str, list[str]]]:
    """Drawn months whose cases have not all been put on the list yet, with the numbers of these cases."""
    rows = db.session.execute(select(Draw.month, Draw.drawn).where(Draw.drawn_at.is_not(None), Draw.noted_at.is_(None)))
    return [(month, [number for unit in sorted(drawn) for number in drawn[unit]]) for month, drawn in rows]


def note_drawn(number: str, *, terms: Terms, vault: Vault) -> bool:
    """Puts one drawn case on the list. False where it needs none: it is on it, was followed up, or is worked on again."""
    try:
        perform(number, Action.DRAW, SYSTEM, {}, seen=None, terms=terms, vault=vault)
    except (NotAllowedError, NotFoundError):
        return False
    return True


def finish(month: str, *, now: datetime) -> None:
    """All drawn cases of the month have been looked at."""
    record = db.session.get(Draw, month)
    if record is not None and record.noted_at is None:
        record.noted_at = now


def _answered_in(month: str, *, committed_on: date) -> dict[str, list[str]]:
    """What everyone knows to be answered, by unit, each list in the order of its numbers."""
    rows = db.session.execute(
        select(PublicCase.unit, PublicCase.number)
        .where(PublicCase.answered_on.between(drawable_from(month, committed_on), last_day(month)),
               PublicCase.state.in_(sorted(ENDED)), PublicCase.unit != "")
        .order_by(PublicCase.unit, PublicCase.number))
    found: dict[str, list[str]] = {}
    for unit, number in rows:
        found.setdefault(unit, []).append(number)
    return found


def _count(numbers_by_unit: Mapping[str, Sequence[str]]) -> int:
    return sum(len(numbers) for numbers in numbers_by_unit.values())


def _context(month: str) -> str:
    return f"draw {month}"


# --- what everyone may read -------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Month:
    """One line of the list of draws: how many cases there were, and how many of them were drawn."""

    month: str
    committed_at: datetime
    drawn_at: datetime | None
    answered: int
    picked: int


@dataclass(frozen=True)
class UnitDraw:
    """The draw of one unit. `said` counts what the authors of drawn cases said; who was not asked yet is in none of them."""

    unit: str
    answered: tuple[str, ...]
    drawn: tuple[str, ...]
    said: Mapping[Solved, int]

    @property
    def reached(self) -> int:
        return sum(self.said.get(each, 0) for each in (Solved.YES, Solved.PARTLY, Solved.NO))

    @property
    def open(self) -> int:
        """Of how many drawn cases nothing was heard so far."""
        return len(self.drawn) - self.reached - self.said.get(Solved.NOT_REACHED, 0)


@dataclass(frozen=True)
class DrawView:
    """A month as everyone may check it. `listed` are the drawn numbers that have a public page today."""

    month: str
    commitment: str
    committed_at: datetime
    seed: str | None
    drawn_at: datetime | None
    units: tuple[UnitDraw, ...]
    listed: frozenset[str]

    @property
    def whole(self) -> UnitDraw:
        """All units together."""
        said: Counter[Solved] = Counter()
        for each in self.units:
            said.update(each.said)
        return UnitDraw("", tuple(number for each in self.units for number in each.answered),
                        tuple(number for each in self.units for number in each.drawn), said)


def months() -> list[Month]:
    """Every month with a seed, the newest first."""
    columns = (Draw.month, Draw.committed_at, Draw.drawn_at, Draw.answered, Draw.picked)
    return [Month(*row) for row in db.session.execute(select(*columns).order_by(Draw.month.desc()))]


def find_draw(month: str) -> DrawView | None:
    record = db.session.get(Draw, month)
    if record is None:
        return None
    said = _said([number for numbers in record.drawn.values() for number in numbers])
    units = tuple(UnitDraw(unit, tuple(numbers), tuple(record.drawn[unit]), _counted(record.drawn[unit], said))
                  for unit, numbers in record.population.items())
    return DrawView(month, record.commitment, record.committed_at, record.seed, record.drawn_at, units, frozenset(said))


def _said(numbers: Sequence[str]) -> dict[str, Solved | None]:
    rows = db.session.execute(select(PublicCase.number, PublicCase.followed).where(PublicCase.number.in_(numbers)))
    return {row.number: row.followed for row in rows}


def _counted(numbers: Sequence[str], said: Mapping[str, Solved | None]) -> Counter[Solved]:
    return Counter(word for number in numbers if (word := said.get(number)))
