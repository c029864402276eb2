"""What the portal does by itself: acts that fall due, calendars, draws, ballots, notices, exports. Knows no pages."""

import time
from collections.abc import Iterator

from flask import current_app
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.calendars import actions as calendars
from portal.calendars.queries import to_recount
from portal.casework import actions as casework
from portal.casework import recounting, renewal
from portal.casework.queries import numbers_due
from portal.db import db, transaction
from portal.domain.errors import StaleError
from portal.evaluation import codes
from portal.evaluation import once as once_marks
from portal.outbox import actions as outbox
from portal.outbox.queries import stuck_count
from portal.outbox.rules import State
from portal.vault.box import SealError
from portal.web.current import terms, vault
from portal.worker.counting import mix_ballots, publish_due
from portal.worker.drawing import draw_due
from portal.worker.exporting import forget_exports, write_exports
from portal.worker.posting import send_notices

_WORK_EVERY = 60  # seconds
_SEND_EVERY = 5  # seconds: somebody may be waiting for a one-time number


def forever() -> None:
    """Until the process ends."""
    swept_on, pauses = None, 0
    while True:
        try:
            if pauses * _SEND_EVERY % _WORK_EVERY == 0:
                _work()
                mix_ballots()
                publish_due()
                forget_exports()
            if swept_on != clock.today():
                _sweep()
                swept_on = clock.today()
            send_notices()
            write_exports()
        except Exception as fault:  # a fault today must not stop tomorrow's work; its message may quote values
            current_app.logger.error("worker: %s", type(fault).__name__)
        db.session.remove()
        time.sleep(_SEND_EVERY)
        pauses += 1


def once() -> Iterator[str]:
    """Everything that is due now, and what came of it, line by line."""
    yield f"{_work()} acts done, contact details of {_sweep()} cases deleted"
    yield f"{mix_ballots()} ballots mixed, results of {publish_due()} campaigns published"
    told = send_notices()
    yield f"{told[State.SENT]} notices sent, {told.total() - told[State.SENT]} not; {stuck_count()} are stuck"
    yield f"{forget_exports()} exports deleted, {sum(iter(write_exports, 0))} steps of exports done"


def _sweep() -> int:
    """Once a day: what has been kept long enough goes."""
    with transaction():
        renewal.forget_old(clock.now())
        outbox.forget_old(clock.now())
        once_marks.forget_marks(clock.today())
        codes.note_unused(clock.today())
        return casework.forget_contacts(clock.now())


def _work() -> int:
    done = _recount() + draw_due()
    for number in numbers_due(terms()):
        try:
            with transaction():
                done += casework.run_due(terms=terms(), vault=vault(), numbers=[number])
        except (StaleError, SealError, IntegrityError) as fault:  # one case, changed meanwhile or damaged, stops no other
            current_app.logger.error("worker: %s at one case", type(fault).__name__)
    return done


def _recount() -> int:
    """Promised days under a calendar that was entered meanwhile: case by case, so that a worker that was stopped goes on."""
    done = 0
    for entry in to_recount():
        overtaken = False
        for number in recounting.numbers_leaning_on(entry.first_day, entry.last_day):
            try:
                with transaction():
                    done += casework.recount(number, since=entry.entered_at, terms=terms(), vault=vault())
            except (StaleError, IntegrityError):  # somebody acted on it at this moment: the next round finds it
                overtaken = True
            except SealError as fault:  # a damaged case stops no other
                current_app.logger.error("worker: %s at one case", type(fault).__name__)
        if not overtaken:
            with transaction():
                calendars.note_recounted(entry.id, now=clock.now())
    return done
