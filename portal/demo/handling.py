"""What a unit does: from the hand-over to the answer that a second person approved, alone or with other units."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from portal.demo.letters import Answer, Ask, stock
from portal.demo.lives import Life
from portal.demo.office import DAY
from portal.demo.plans import SILENT_UNIT, Turn
from portal.demo.reading import publish
from portal.demo.staff import INSPECTION
from portal.domain.codes import Action, Lane, Milestone, Outcome, Position, Stage, Status
from portal.domain.people import AUTHOR, Role

_WITHOUT_REPLY = 10  # working days
_PROMISED = (15, 60)  # calendar days within which the city's staff promise things
_LATE, _VERY_LATE = (0.4, 3.5), (5, 14)  # working days after the promised one
_DECISIONS = {Stage.REVIEW: "review_decisions", Stage.RE_EXAMINATION: "re_examination_decisions"}


def handling(life: Life) -> Iterator[datetime]:
    """The first round. The silent unit sometimes begins, and never answers."""
    yield life.later(20, 240)
    is_silent = life.case.unit == SILENT_UNIT
    if is_silent and life.happens(0.5):
        return
    if life.has(Turn.RECUSED) and life.is_ordinary:
        life.do(Action.RECUSE, life.worker, reason=life.some("recusals"))
        yield life.later(20, 120)
    life.do(Action.START, life.worker)
    if life.has(Turn.WITHDRAWS):
        yield life.at_home(0.2, 1.5)
        life.do(Action.WITHDRAW, AUTHOR, keep_public=life.some("withdrawals"))
    elif not is_silent:
        yield from _on_the_way(life)
        yield from answering(life)


def contributing(life: Life, unit: str) -> Iterator[datetime]:
    """A further unit does its part."""
    yield life.later(0.5 * DAY, 3 * DAY)
    helper = life.stage.team.who(Role.HANDLER, unit)
    if life.may(Action.CO_REPORT, helper):
        life.do(Action.CO_REPORT, helper, report=life.some("contributions"))


def _on_the_way(life: Life) -> Iterator[datetime]:
    """Questions, notices, requests and notes."""
    if life.may(Action.RECEIPT_NOTICE, life.worker):
        yield life.later(0.5 * DAY, 5 * DAY)
        life.do(Action.RECEIPT_NOTICE, life.worker, notice=_receipt_notice(life))
    if life.letter.contact and life.is_ordinary and life.happens(0.15):
        life.do(Action.OPEN_CONTACT, life.worker, reason=life.some("open_contact"))
    if life.has(Turn.ASKS):
        yield from _asking(life)
    if life.has(Turn.MORE_TIME):
        yield from _asking_for_time(life)
    if life.has(Turn.TELLS):
        yield life.share_of_time(0.15, 0.4)
        milestone = life.chance.choice(list(Milestone))
        life.do(Action.INTERIM_NOTICE, life.worker, milestone=milestone, notice=life.some("interim", milestone))
    if life.happens(0.07):
        yield life.later(30, 120)
        life.do(Action.ADD_MESSAGE, AUTHOR, message=life.fitting("messages"))
        life.do(Action.ADD_MESSAGE, life.worker, message=life.some("answers_to_messages"))
    if life.happens(0.1):
        yield life.later(5, 60)
        life.do(Action.NOTE, life.worker, note=life.some("unit_notes"))
    if life.letter.consent and life.is_ordinary and life.happens(0.12):
        yield life.later(20, 200)
        publish(life, answer="")


def _receipt_notice(life: Life) -> str:
    kind = life.case.stage.value if life.case.lane is Lane.PETITION else "misconduct"
    return life.some("receipt_notices", kind).format(unit=life.stage.city.units[str(life.case.unit)].name)


def _asking(life: Life) -> Iterator[datetime]:
    yield life.share_of_time(0.03, 0.15)
    ask = life.letter.ask or Ask(**life.fitting("asks"))
    life.do(Action.ASK_AUTHOR, life.worker, question=ask.question)
    if life.has(Turn.SILENT):
        yield life.on(life.stage.office.working_day(life.now.date(), _WITHOUT_REPLY))
        life.portal_acts()
    else:
        yield life.at_home(0.1, 3)
        life.do(Action.AUTHOR_REPLIES, AUTHOR, message=ask.reply)


def _asking_for_time(life: Life) -> Iterator[datetime]:
    """The responsible leader grants it or does not."""
    yield life.share_of_time(0.2, 0.5)
    if not life.may(Action.REQUEST_EXTENSION, life.worker):
        return
    lane = life.case.lane.value
    life.do(Action.REQUEST_EXTENSION, life.worker, reason=life.some("extension_asks", lane))
    yield life.later(40, 200)
    if life.has(Turn.NO_MORE_TIME):
        action, words = Action.REFUSE_EXTENSION, "extension_refusals"
    else:
        action, words = Action.GRANT_EXTENSION, "extension_grants"
    leader = life.leader(action)
    if leader is not None:
        life.do(action, leader, reason=life.some(words))


def answering(life: Life) -> Iterator[datetime]:
    """A draft by one person, checked by another, sometimes twice."""
    is_first = life.case.round == 1
    if is_first and life.has(Turn.LATE, Turn.VERY_LATE):
        yield life.too_late(*(_VERY_LATE if life.has(Turn.VERY_LATE) else _LATE))
    else:
        yield life.share_of_time(0.25, 0.75)
    while life.case.status is Status.HANDLING and not life.may(Action.DRAFT_ANSWER, life.worker):
        yield life.in_office(life.now.date() + timedelta(days=1))  # a contribution may still come
    given = _draft(life)
    life.do(Action.DRAFT_ANSWER, life.worker, **given)
    if is_first and life.has(Turn.SENT_BACK):
        yield life.later(15, 90)
        life.do(Action.SEND_BACK, life.checker, reason=life.some("send_backs"))
        yield life.later(20, 100)
        life.do(Action.DRAFT_ANSWER, life.worker, **given)
    yield life.later(10, 120)
    life.do(Action.APPROVE, life.checker)
    life.answered = given["answer"]
    for other in life.joined:
        other.now = life.now
        other.refresh(Action.RELAY)


def _draft(life: Life) -> dict[str, str]:
    """What is typed into the form of the lane."""
    said = _answer(life)
    is_promise = said.outcome is Outcome.PROMISED and not said.position
    promised = life.now.date() + timedelta(days=life.chance.randint(*_PROMISED)) if is_promise else None
    answer = _worded(life, said, promised)
    if said.position:
        return {"position": said.position.value, "facts": said.facts, "basis": said.basis, "answer": answer}
    return {"outcome": said.outcome.value, "promised_on": promised.isoformat() if promised else "", "basis": said.basis,
            "answer": answer}


def _answer(life: Life) -> Answer:
    """The words of the matter, or of the stock where something else is to be answered."""
    answers = life.letter.answers
    if life.case.round > 1:
        answers = stock("second_answers_to_questions" if life.letter.topic.category == "question" else "second_answers")
    elif life.case.stage is not Stage.FIRST:
        answers = stock(_DECISIONS[life.case.stage])
    elif Action.REOPEN in life.done:
        answers = stock("reopened_answers")
    elif life.has(Turn.PROMISES):
        promising = tuple(each for each in answers if each.outcome is Outcome.PROMISED)
        answers = promising or stock("promised_answers")
    if life.has(Turn.REVIEWED):
        answers = tuple(each for each in answers if each.position is not Position.SUPPORTED) or answers
    return life.chance.choice(answers)


def _worded(life: Life, said: Answer, promised: date | None) -> str:
    """Between an opening and a closing that fit: thanks are answered otherwise than a complaint."""
    if promised:
        life.letter.slots["promised"] = f"{promised.month}月{promised.day}日"
    category = life.letter.topic.category
    is_own = said in life.letter.answers and life.case.stage is Stage.FIRST
    opening = life.some("openings", "again" if not is_own else INSPECTION if life.case.unit == INSPECTION else category)
    tone = category if category == "praise" else said.outcome.value if life.is_ordinary else "sealed"
    return f"{opening}\n\n{said.text.format_map(life.letter.slots)}\n\n{life.some('closings', tone)}".strip()
