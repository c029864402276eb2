"""From the letter to the unit: held back, refused and looked at again, joined to another case, or handed over."""

from collections.abc import Iterator
from datetime import datetime

from portal.demo.handling import contributing
from portal.demo.lives import Life
from portal.demo.office import DAY
from portal.demo.plans import Turn
from portal.domain.codes import IN_HAND, Action, Lane, Stage, Status
from portal.domain.people import AUTHOR, OFFICE, Role

_SEVERAL = "several-units"
_REVIEW = "petition-review"


def sorting(life: Life) -> Iterator[datetime]:
    """What the office does with a letter; sometimes the author thinks better of it."""
    topic = life.letter.topic
    if life.case.status is Status.QUARANTINED:
        yield life.later(0.8 * DAY, 2.5 * DAY)
        if not topic.spam:
            life.do(Action.RELEASE, life.sorter)
    if life.has(Turn.WITHDRAWS) and life.happens(0.3):
        yield life.at_home(0.02, 0.2)
        life.do(Action.WITHDRAW, AUTHOR, keep_public="no")
        return
    yield life.later(1.2 * DAY, 2.5 * DAY) if life.has(Turn.SORTED_LATE) else life.later(25, 0.8 * DAY)
    if topic.refer or topic.decline or topic.spam:
        yield from _refusing(life)
    if life.case.status is Status.RECEIVED and not life.is_over:
        yield from _handing_over(life)


def _refusing(life: Life) -> Iterator[datetime]:
    """By one person; a second one looks at some of these."""
    topic, kind = life.letter.topic, "referred"
    if topic.refer:
        life.do(Action.REFER, life.sorter, reason=topic.refer)
    else:
        kind = "spam" if topic.spam else "declined"
        reason = topic.decline or f"经人工核看：{topic.spam}，不作为意见办理。"
        life.do(Action.DECLINE, life.sorter, reason=reason)
    if life.case.second_look:
        yield life.later(0.3 * DAY, 2 * DAY)
        second = life.stage.team.who(Role.COORDINATOR, OFFICE, 2)
        if life.has(Turn.REOPENED) and life.is_ordinary and not topic.spam:
            life.do(Action.REOPEN, second, reason=life.some("reopened"))
            yield life.later(30, 300)
        else:
            life.do(Action.UPHOLD, second, reason=life.some("upheld", kind))


def _handing_over(life: Life) -> Iterator[datetime]:
    if life.follows is not None:
        yield from _joining(life, life.follows)
        if life.case.status is not Status.RECEIVED:
            return
    named_later = life.letter.about if life.has(Turn.NAMED_LATER) and not life.letter.named_unit else None
    barred = (*life.case.barred, *(life.stage.barred_with(named_later) if named_later else ()))
    right = life.stage.unit_for(life.letter.unit, barred)
    mistaken = [unit for unit in life.stage.mistaken_units(right) if unit not in barred]
    ways = [*mistaken[:life.has(Turn.OBJECTS) + life.has(Turn.MOVED)], right] if life.is_ordinary else [right]
    _accept(life, ways[0], named_later or "")
    if life.has(Turn.OBJECTS) and len(ways) > 1:
        yield from _objecting(life, ways[1])
    if life.has(Turn.MOVED) and life.case.unit != right:
        yield from _moving(life, right)
    if life.has(Turn.WITH_OTHERS) and life.is_ordinary:
        yield from _asking_others(life)


def _accept(life: Life, unit: str, complained_of: str) -> None:
    rule = life.stage.rule_of(life.letter.topic.category)
    if life.case.stage is not Stage.FIRST:
        rule = _REVIEW
    elif life.has(Turn.WITH_OTHERS) and life.is_ordinary:
        rule = _SEVERAL
    life.do(Action.ACCEPT, life.sorter, lane=life.case.lane.value, unit=unit, rule=rule, complained_of=complained_of)
    if life.is_ordinary and life.happens(0.1):
        life.do(Action.NOTE, life.sorter, note=life.some("triage_notes"))


def _joining(life: Life, first: Life) -> Iterator[datetime]:
    """To an earlier case about the same, at once or once it has a unit, as long as that case is open."""
    if not _is_joinable(first):
        return
    if life.happens(0.3):
        _accept(life, str(first.case.unit or life.letter.unit), "")
        yield life.later(60, 300)
    if _is_joinable(first) and life.may(Action.MERGE, life.sorter):
        life.do(Action.MERGE, life.sorter, target=first.number)
        first.joined.append(life)


def _is_joinable(first: Life) -> bool:
    return first.sent is not None and first.case.status in IN_HAND and first.case.lane is Lane.ORDINARY


def _objecting(life: Life, ruled: str) -> Iterator[datetime]:
    """The unit hands it back; the office decides for good."""
    yield life.later(60, 250)
    life.do(Action.OBJECT, life.worker, reason=life.some("objections"))
    yield life.later(60, 300)
    life.do(Action.RULE, life.sorter, unit=ruled, reason=life.some("rulings"))


def _moving(life: Life, right: str) -> Iterator[datetime]:
    """One unit begins, another goes on."""
    yield life.later(20, 240)
    life.do(Action.START, life.worker)
    yield life.later(60, 400)
    life.do(Action.TRANSFER, life.sorter, unit=right, reason=life.some("transfers"))


def _asking_others(life: Life) -> Iterator[datetime]:
    yield life.later(10, 90)
    pool = [unit for unit in ("traffic", "order", "household", "technology", "criminal") if unit != life.case.unit]
    others = life.plan.others or tuple(life.chance.sample(pool, life.chance.randint(1, 2)))
    for place, unit in enumerate(others):
        if unit in life.case.barred:
            continue
        life.do(Action.ADD_CO_UNIT, life.sorter, unit=unit, reason=life.some("co_requests"))
        if place or not life.has(Turn.PARTLY):
            life.spawn(contributing(life, unit))
