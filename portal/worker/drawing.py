"""The portal's part in the monthly draw, at the edge: brings chance and the moment, carries out whatever is due."""

import secrets

from flask import current_app
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.casework import draws
from portal.db import transaction
from portal.domain.draw import SEED_BYTES
from portal.vault.box import SealError
from portal.web.current import terms, vault


def draw_due() -> int:
    """Fixes seeds, draws months that are over, puts drawn cases on the list; the number of cases put there."""
    for month in draws.months_to_fix(clock.today()):
        with transaction():
            draws.fix_seed(month, secrets.token_bytes(SEED_BYTES), now=clock.now(), vault=vault())
    for month in draws.months_to_draw(clock.today()):
        try:
            with transaction():
                draws.draw_month(month, now=clock.now(), vault=vault())
        except SealError:  # its master key is missing: the other months can be drawn all the same
            current_app.logger.error("worker: the seed of %s cannot be opened", month)
    return sum(_note(month, numbers) for month, numbers in draws.numbers_to_note())


def _note(month: str, numbers: list[str]) -> int:
    """Case by case, so that a worker that was stopped goes on where it was."""
    done, overtaken = 0, False
    for number in numbers:
        try:
            with transaction():
                done += draws.note_drawn(number, terms=terms(), vault=vault())
        except IntegrityError:  # somebody acted on it at this moment: the next round finds it
            overtaken = True
        except SealError as fault:  # a damaged case stops no other
            current_app.logger.error("worker: %s at one case", type(fault).__name__)
    if not overtaken:
        with transaction():
            draws.finish(month, now=clock.now())
    return done
