"""One round of the worker: settles what others left behind, then sends what is due, one notice after the other.

Opens its transactions itself, as a command does: what is claimed must be committed before anything is sent. A round is
short whatever the receivers do, so that nothing else has to wait for them.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from portal.db import db, transaction
from portal.outbox import actions
from portal.outbox.actions import Claim
from portal.outbox.queries import has_work
from portal.outbox.rules import Means, Overtaken, State
from portal.outbox.sending import Letter, NotTaken, Sender, Unclear

MOST = 50  # notices a round
SECONDS = 20.0  # after which a round begins no other notice

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Post:
    """What a round needs of the running site. `letter_of` gives None where there is nobody to tell any more."""

    senders: Mapping[Means, Sender]
    letter_of: Callable[[Claim], Letter | None]
    now: Callable[[], datetime]


def send_due(post: Post) -> Counter[State]:
    """How many notices were sent, failed and are queued again, were given up. A means that fails is left for this round."""
    told: Counter[State] = Counter()
    if not has_work(list(post.senders), now=post.now()):
        db.session.rollback()
        return told
    ends, working = monotonic() + SECONDS, set(post.senders)
    _settle(post, working)
    while working and monotonic() < ends and told.total() < MOST:
        with transaction():
            claim = actions.claim(working, now=post.now())
        if claim is None:
            break
        state, is_working = _send(post, claim)
        told[state] += 1
        if not is_working:
            working.discard(claim.means)
    return told


def _settle(post: Post, working: set[Means]) -> None:
    """Notices whose worker was not heard of for a lease. A receiver is asked once a round."""
    answers: dict[Means, bool | None] = {}
    left = actions.lapsed(post.now())
    db.session.rollback()
    for claim in left:
        sender = post.senders.get(claim.means)
        if claim.state is State.HANDING and claim.means not in answers:
            answers[claim.means] = sender.drops_duplicates() if sender else False
            if answers[claim.means] is None:
                working.discard(claim.means)
        with transaction():
            actions.note_lapsed(claim, drops_duplicates=answers.get(claim.means), now=post.now())


def _send(post: Post, claim: Claim) -> tuple[State, bool]:
    """What became of it, and whether the means works."""
    try:
        letter = _letter(post, claim)
        if letter is None:
            with transaction():
                actions.note_dropped(claim)
            return State.DROPPED, True
        post.senders[claim.means].send(letter, lambda: _hand_over(claim))
    except Overtaken:
        return State.SENDING, True
    except Unclear:  # settled when the lease is over, by asking the receiver where it can be asked
        return State.HANDING, False
    except NotTaken as fault:
        return _failed(post, claim, fault)
    except Exception as fault:  # one notice with a fault must not stop the others; a message may quote values
        _log.error("notice %s: %s", claim.id, type(fault).__name__)
        return _failed(post, claim, NotTaken("fault"))
    with transaction():
        actions.note_sent(claim, now=post.now())
    return State.SENT, True


def _letter(post: Post, claim: Claim) -> Letter | None:
    try:
        return post.letter_of(claim)
    finally:
        db.session.rollback()  # nothing is held open while a receiver is waited for


def _hand_over(claim: Claim) -> None:
    with transaction():
        actions.hand_over(claim)


def _failed(post: Post, claim: Claim, fault: NotTaken) -> tuple[State, bool]:
    with transaction():
        state = actions.note_failed(claim, fault.fault, for_good=fault.for_good, now=post.now())
    return state, not fault.everywhere
