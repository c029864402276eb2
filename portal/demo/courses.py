"""The whole course of a case, put together from its parts; also that of a review, which begins with the author's request."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from random import Random

from portal.demo import aftermath
from portal.demo.handling import answering, handling
from portal.demo.lives import Life
from portal.demo.oversight import watching
from portal.demo.plans import Turn
from portal.demo.sorting import sorting
from portal.demo.staff import HIGHER
from portal.domain.codes import NEXT_STAGE, Action, Position, Status
from portal.domain.people import AUTHOR

_REVIEWERS = ("complaints", "legal", HIGHER)  # the first of these that has not decided yet


def course(life: Life) -> Iterator[datetime]:
    """The moments of its acts, in order; each is carried out when the life is woken again."""
    yield life.now
    life.send()
    yield from _from_sorting_on(life)


def _from_sorting_on(life: Life) -> Iterator[datetime]:
    yield from sorting(life)
    if life.case.status is Status.ASSIGNED:
        life.spawn(watching(life))
        yield from handling(life)
    while life.case.status is Status.ANSWERED and not life.is_over:
        aftermath.begin(life)
        yield from aftermath.speaking(life)
        if life.case.status is Status.HANDLING:
            yield from answering(life)
        else:
            yield from _asking_review(life)
            return


def _asking_review(life: Life) -> Iterator[datetime]:
    """The author of a petition is not content with the decision."""
    if not life.has(Turn.REVIEWED) or life.case.position in (None, Position.SUPPORTED):
        return
    yield life.at_home(1, 15)
    if life.may(Action.REQUEST_REVIEW, AUTHOR):
        chance = Random(life.chance.randrange(2**32))  # noqa: S311 - a simulation: the same city every time
        review = life.ask_review(life.some("review_asks", NEXT_STAGE[life.case.stage]), chance)
        unit = next(each for each in _REVIEWERS if each not in review.case.barred)
        review.letter = replace(life.letter, unit=unit, about=None, named_unit=None, consent=False)
        review.spawn(_from_sorting_on(review))
