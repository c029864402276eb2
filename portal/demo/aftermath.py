"""After the answer: publication, what the author says, and what is owed then: follow-up, putting right, kept promises.

Each is a strand of its own; one that finds the case moved on, by a second round for instance, ends.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from portal.demo.letters import phrases
from portal.demo.lives import Life
from portal.demo.office import DAY
from portal.demo.plans import Turn
from portal.demo.reading import publish
from portal.domain.codes import BAD_LEVEL, Action, Lane, Position, Promise, Solved
from portal.domain.people import AUTHOR

_RATING_WINDOW = 31  # calendar days until an answer that nobody rated closes its case
_RATES = 0.62
_WINDOWS = frozenset({"household", "vehicle", "exit-entry", "technology"})
_CONTENT = 4  # this level and above close a case
_WEIGHTS = {"praise": (80, 20, 0, 0, 0), "late": (12, 22, 26, 22, 18), "second": (20, 35, 30, 10, 5),
            "plain": (40, 30, 15, 9, 6)}


def begin(life: Life) -> None:
    """Everything that an answer starts beside what its author says."""
    if life.letter.consent:
        life.spawn(_publishing(life))
    if life.case.promise is Promise.OPEN:
        life.spawn(_keeping(life))
    life.spawn(_closing(life, life.now.date() + timedelta(days=_RATING_WINDOW)))


def speaking(life: Life) -> Iterator[datetime]:
    """What the author says: a rating, and sometimes that the answer is not accepted."""
    is_first = life.case.round == 1
    if (is_first and life.has(Turn.CONTENT, Turn.UNHAPPY, Turn.DISPUTES)) or life.happens(_RATES):
        yield life.at_home(0.05, 5)
        if life.may(Action.RATE, AUTHOR):
            _rate(life)
    if life.has(Turn.DISPUTES) and (_is_bad(life) or life.happens(0.03)) and life.case.lane is Lane.ORDINARY:
        yield life.at_home(0.3, 6)
        if life.case.followed is not Solved.YES and life.may(Action.DISPUTE, AUTHOR):
            life.do(Action.DISPUTE, AUTHOR, reason=life.fitting("disputes"))


def _rate(life: Life) -> None:
    case, category = life.case, life.letter.topic.category
    late = case.answered_on is not None and case.answered_on > case.due_on
    kind = category if category == "praise" else "second" if case.round > 1 else "late" if late else "plain"
    level = life.chance.choices((5, 4, 3, 2, 1), _WEIGHTS[kind])[0]
    if case.round == 1 and life.has(Turn.CONTENT, Turn.UNHAPPY):
        level = 5 if life.has(Turn.CONTENT) else life.chance.choice((1, 2))
    if case.position not in (None, Position.SUPPORTED) and life.has(Turn.REVIEWED):
        level = life.chance.choice((1, 2, 3))
    words = phrases()["ratings"]["late" if late and level < _CONTENT else level]
    comment = "" if category == "praise" else life.chance.choice(words)
    life.do(Action.RATE, AUTHOR, level=str(level), comment=comment)
    if level >= _CONTENT:
        life.spawn(_closing(life, life.now.date()))
    if level <= BAD_LEVEL:
        life.spawn(following_up(life))
        life.spawn(_putting_right(life))


def _publishing(life: Life) -> Iterator[datetime]:
    """A person decides what everyone may read."""
    yield life.stage.office.after(life.now, life.chance.uniform(40, 1.8 * DAY))
    if life.happens(0.1 if life.is_ordinary else 0.6) and life.may(Action.KEEP_STUB, life.publisher):
        life.do(Action.KEEP_STUB, life.publisher, reason=life.some("stubs", life.case.lane))
    elif life.may(Action.PUBLISH, life.publisher):
        publish(life, answer=life.answered)


def _closing(life: Life, day: date) -> Iterator[datetime]:
    """The portal looks when the author is content, or the time for rating is over."""
    yield life.on(day) if day > life.now.date() else life.now + timedelta(minutes=1)
    life.portal_acts()


def _keeping(life: Life) -> Iterator[datetime]:
    """Somebody looks on the promised day; a promise that was broken is looked at again."""
    round_, promised = life.case.round, life.case.promised_on or life.now.date()
    yield life.in_office(promised)
    for kept, seen in (("no", "broken"), ("yes", "kept-late")) if life.has(Turn.BREAKS) else (("yes", "kept"),):
        outsider = life.outsider(Action.CHECK_PROMISE)
        if outsider is None or life.case.round != round_:
            return
        life.do(Action.CHECK_PROMISE, outsider, kept=kept, evidence=life.some("promises", seen))
        yield life.later(8 * DAY, 20 * DAY)


def following_up(life: Life) -> Iterator[datetime]:
    """Somebody of another unit asks the author, up to three times."""
    unreached = life.chance.randint(1, 3) if life.has(Turn.UNREACHED) else 0
    while life.case.follow_due is not None:
        yield life.later(30, 0.9 * DAY)
        outsider = life.outsider(Action.FOLLOW_UP)
        if outsider is None:
            return
        if unreached:
            unreached -= 1
            life.do(Action.FOLLOW_UP, outsider, reached="no", comment=life.some("follow_ups", Solved.NOT_REACHED))
            continue
        was_owed = life.case.rectify_due is not None
        solved = _heard(life)
        words = "came-round" if solved is Solved.YES and _is_bad(life) else solved
        life.do(Action.FOLLOW_UP, outsider, reached="yes", solved=solved, comment=life.some("follow_ups", words))
        if life.case.rectify_due is not None and not was_owed:
            life.spawn(_putting_right(life))
        return


def _heard(life: Life) -> Solved:
    """What the author says: seldom that all is well after a bad rating, mostly so where a case was only drawn."""
    if life.has(Turn.UNHAPPY):
        return Solved.NO
    return life.chance.choices((Solved.YES, Solved.PARTLY, Solved.NO), (20, 45, 35) if _is_bad(life) else (84, 12, 4))[0]


def _is_bad(life: Life) -> bool:
    return life.case.rating is not None and life.case.rating <= BAD_LEVEL


def _putting_right(life: Life) -> Iterator[datetime]:
    """The unit reports what it changed, some of them after the day; then it is looked at again."""
    late = life.happens(0.1)
    yield life.later(16 * DAY, 22 * DAY) if late else life.later(2 * DAY, 9 * DAY)
    if life.may(Action.RECTIFY, life.worker):
        kinds = phrases()["rectifications"]
        life.put_right = life.chance.choice([*kinds["other"], *(kinds[_kind(life)] if life.is_ordinary else [])])
        life.do(Action.RECTIFY, life.worker, measures=life.put_right["measures"], evidence=life.put_right["evidence"])
        life.spawn(_closing(life, life.now.date()))
        life.spawn(_looking_again(life))


def _kind(life: Life) -> str:
    """Whether it happened at a counter or in the street."""
    return "window" if (life.letter.about or life.case.unit) in _WINDOWS else "street"


def _looking_again(life: Life) -> Iterator[datetime]:
    """After 30 and 90 days; what did not last is put right again."""
    relapses = life.has(Turn.RELAPSES) and Action.RECHECK not in life.done
    while life.case.recheck_due is not None:
        yield life.in_office(life.case.recheck_due)
        outsider = life.outsider(Action.RECHECK)
        if outsider is None:
            return
        comment = life.put_right["fails" if relapses else "holds"]
        life.do(Action.RECHECK, outsider, holds="no" if relapses else "yes", comment=comment)
        if relapses:
            life.spawn(_putting_right(life))
            return
