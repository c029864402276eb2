"""What comes round in the simulated city with every month: a new seed, the draw for follow-ups, a line for the console."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from portal.casework import draws
from portal.demo.aftermath import following_up
from portal.demo.stage import Stage
from portal.domain.codes import Action
from portal.domain.draw import SEED_BYTES

_A_MONTH = timedelta(days=32)  # from its first day into the next


def months(stage: Stage, begin: datetime, tell: Callable[[str], None]) -> Iterator[datetime]:
    """Begins in the middle of a month, as a real portal would, and goes on for ever."""
    moment, letters, acts = begin, 0, 0
    while True:
        yield moment
        if moment > begin:
            tell(f"{moment - timedelta(days=1):%Y-%m}: {len(stage.lives) - letters} letters, {stage.acts - acts} acts")
            letters, acts = len(stage.lives), stage.acts
        _draw(stage, moment)
        moment = (moment.replace(day=1) + _A_MONTH).replace(day=1, hour=0, minute=10)


def _draw(stage: Stage, now: datetime) -> None:
    for month in draws.months_to_draw(now.date()):
        draws.draw_month(month, now=now, vault=stage.vault)
    for month, numbers in draws.numbers_to_note():
        for number in numbers:
            if draws.note_drawn(number, terms=stage.terms_at(now), vault=stage.vault):
                stage.acts += 1
                life = stage.lives[number]
                life.now = now
                life.refresh(Action.DRAW)
                life.spawn(following_up(life))
        draws.finish(month, now=now)
    for month in draws.months_to_fix(now.date()):
        seed = Random(f"simulated city {month}").randbytes(SEED_BYTES)  # noqa: S311 - a simulation: the same city every time
        draws.fix_seed(month, seed, now=now, vault=stage.vault)
