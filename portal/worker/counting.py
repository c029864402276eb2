"""What becomes of ballots without anybody's doing: mixed when enough lie in the box, counted and published on the day."""

import secrets

from flask import current_app

from portal import clock
from portal.db import transaction
from portal.domain.errors import NotAllowedError
from portal.evaluation import ballots, results
from portal.vault.box import SealError
from portal.web.current import vault

_CHANCE = secrets.SystemRandom()


def mix_ballots() -> int:
    """A batch of each box in which two lie, until none does; returns how many ballots came out."""
    done = 0
    for slug in ballots.open_slugs():
        while mixed := _mixed(slug):
            done += mixed
    return done


def publish_due() -> int:
    """The results of every campaign whose promised day has come."""
    done = 0
    for slug in results.due(clock.today()):
        try:
            with transaction():
                done += results.publish(slug, now=clock.now(), vault=vault(), chance=_CHANCE)
        except (NotAllowedError, SealError) as fault:  # one campaign stops no other
            current_app.logger.error("worker: %s at one campaign", type(fault).__name__)
    return done


def _mixed(slug: str) -> int:
    try:
        with transaction():
            return ballots.mix(slug, vault=vault(), chance=_CHANCE)
    except SealError as fault:
        current_app.logger.error("worker: %s at one campaign", type(fault).__name__)
        return 0
