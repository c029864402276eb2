"""Casting and mixing: a ballot goes sealed into the box, and comes out among others, without code, order or time.

The box is a pool mix (Cottrell 1994; Serjantov, Dingledine and Syverson 2002): when twice a batch lie in it, a batch
drawn by chance is opened and stored; the rest leaves it on the day of publication, when its key is destroyed. Codes and
ballots both name their group and subject, so only ballots that are alike in these mix: a journalist's among fifty of
deputies would be known at once. What opens the box stands in the database wrapped under the master keys; who has only
the database, its copies and its free pages cannot read one ballot of it.
"""

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select

from portal.casework import actions as casework
from portal.casework.actions import Opinion, Receipt
from portal.counters import count
from portal.db import db
from portal.domain.anonymity import Cell, widened
from portal.domain.campaign import Access, BallotChannel, Group, Phase
from portal.domain.case import Terms
from portal.domain.errors import NotAllowedError, NotFoundError
from portal.domain.form import Form
from portal.evaluation import codes
from portal.evaluation.codes import Refusal
from portal.evaluation.models import Ballot, BallotWords, BoxedBallot, CampaignRecord, FormVersion
from portal.evaluation.once import was_sent
from portal.evaluation.queries import arrival_key, form_of, phase, plan_of, record_of
from portal.vault.actions import Vault
from portal.vault.box import derived, seal, unseal

BATCH = 50  # ballots of one group, subject and channel that come out of the box together; before, twice as many lie in it
_MARK = 12  # characters of a place in the box that tell these apart, to whoever knows its key
_OVERHEAD = 512  # bytes of a ballot beside its answers
_KIBIBYTE = 1024
_AT_ONCE = 500  # ballots
Boxed = Mapping[str, Any]  # what lies in the box: group `g`, subject `s`, channel `c`, answers `a`


class RefusedError(Exception):
    """The code opens nothing now."""

    def __init__(self, refusal: Refusal, day: date | None = None) -> None:
        super().__init__(refusal)
        self.refusal, self.day = refusal, day


@dataclass(frozen=True)
class Sent:
    """What a person sends. `code`: theirs, where the campaign has codes; then group and subject are the code's.

    `opinions`: what the answers to some questions become, each with the code that its author gets; those words are
    in `answers` no more.
    """

    answers: Mapping[str, Any]
    code: str | None = None
    group: Group = Group.RESIDENT
    subject: str = ""
    device: str = ""
    opinions: Sequence[tuple[Opinion, bytes, str]] = ()


@dataclass(frozen=True)
class Thanks:
    """`receipts`: of the cases it became, each with its code. `is_repeated`: the same form had been sent before.

    What it said then counts, and no words of the second sending become a case.
    """

    receipts: Sequence[tuple[Receipt, str]]
    is_repeated: bool


def cast(slug: str, sent: Sent, *, once: bytes, terms: Terms, vault: Vault, chance: Random) -> Thanks:
    """Takes one ballot, whole or not at all. The same `once` again finds the first one.

    Raises RefusedError for a code that opens nothing now, NotFoundError, NotAllowedError where nobody may vote.
    """
    record = record_of(slug)
    if record.access is Access.CODES and sent.code is None:
        raise NotFoundError
    mark = "|".join((slug, sent.subject, sent.code or "")).encode() + once
    if was_sent("ballot", mark, terms.today, vault):
        known = ((casework.find_receipt(submission, vault), code) for _opinion, submission, code in sent.opinions)
        return Thanks([(receipt, code) for receipt, code in known if receipt is not None], is_repeated=True)
    group, subject = sent.group, sent.subject
    if sent.code is not None:
        opened = codes.use(codes.hash_of(sent.code, vault), terms.today)
        if opened.slug != slug:
            raise NotFoundError
        if opened.refusal is not None:
            raise RefusedError(opened.refusal, opened.day)
        group, subject = opened.group, opened.subject
    plan = plan_of(record)
    if phase(record, terms.today) is not Phase.OPEN:
        raise NotAllowedError("vote")
    if group not in plan.groups or subject not in (plan.subjects or ("",)):
        raise NotFoundError
    put_into_box(record, sent.answers, group=group, subject=subject, channel=BallotChannel.WEB, vault=vault, chance=chance)
    if record.access is Access.OPEN:
        count(db.session.connection(), {arrival_key(record.id, subject, f"{terms.now:%Y-%m-%dT%H}", sent.device): 1})
    return Thanks(_submitted(sent, terms, vault), is_repeated=False)


def put_into_box(record: CampaignRecord, answers: Mapping[str, Any], *, group: Group, subject: str, channel: BallotChannel,
                 vault: Vault, chance: Random) -> None:
    form = form_of(db.session.get_one(FormVersion, record.form_id))
    whole = msgspec.json.encode({"g": group, "s": subject, "c": channel, "a": dict(answers)})
    size = -(-(form.room + _OVERHEAD) // _KIBIBYTE) * _KIBIBYTE
    if len(whole) > size:
        raise ValueError("a ballot is larger than its form says")
    key = _box_key(record, vault)
    mark = derived(key, "portal-box-mark", f"{group}|{subject}|{channel}".encode(), _MARK // 2).hex()
    place = f"{mark}{chance.getrandbits(80):020x}"
    db.session.connection().execute(insert(BoxedBallot), {
        "campaign_id": record.id, "id": place, "sealed": seal(key, whole.ljust(size), place)})


def mix(slug: str, *, vault: Vault, chance: Random) -> int:
    """Opens a batch drawn by chance and stores it in the order of new random keys; returns how many ballots.

    Does nothing while fewer than two batches of one kind lie in the box.
    """
    record = record_of(slug, lock=True)
    if record.box_key is None:
        return 0
    drawn = _drawn(record.id, chance)
    opened = _opened(record, drawn, vault)
    _store(record, opened, _cell, vault=vault, chance=chance)
    db.session.execute(delete(BoxedBallot).where(BoxedBallot.campaign_id == record.id, BoxedBallot.id.in_(drawn)))
    return len(opened)


def open_box(record: CampaignRecord, vault: Vault) -> list[Boxed]:
    """Everything that lies in the box, for the count; it stays there until `empty_box`."""
    if record.box_key is None:
        return []
    places = sorted(db.session.scalars(select(BoxedBallot.id).where(BoxedBallot.campaign_id == record.id)))
    return _opened(record, places, vault)


def empty_box(record: CampaignRecord, opened: Sequence[Boxed], *, vault: Vault, chance: Random) -> None:
    """Stores what was opened for the count, none in a cell of fewer than five, and destroys the key of the box.

    Ballots on paper are widened among themselves: while a paper waits to be checked, its code can be seen beside it.
    """
    found = (select(Ballot.channel, Ballot.audience, Ballot.subject, func.count())
             .where(Ballot.campaign_id == record.id).group_by(Ballot.channel, Ballot.audience, Ballot.subject))
    cells: dict[str, Tally[Cell]] = {channel: Tally() for channel in BallotChannel}
    for channel, group, subject, n in db.session.execute(found):
        cells[channel][group or "", subject] += n
    for each in opened:
        cells[each["c"]][_cell(each)] += 1
    kept_under = {channel: widened(of_channel).of for channel, of_channel in cells.items()}
    _store(record, opened, lambda each: kept_under[each["c"]](_cell(each)), vault=vault, chance=chance)
    db.session.execute(delete(BoxedBallot).where(BoxedBallot.campaign_id == record.id))
    record.box_key = None


def _cell(boxed: Boxed) -> Cell:
    return boxed["g"], boxed["s"]


def _opened(record: CampaignRecord, places: Sequence[str], vault: Vault) -> list[Boxed]:
    key, found = _box_key(record, vault), []
    for start in range(0, len(places), _AT_ONCE):
        rows = db.session.execute(select(BoxedBallot.id, BoxedBallot.sealed).where(
            BoxedBallot.campaign_id == record.id, BoxedBallot.id.in_(places[start:start + _AT_ONCE])))
        found += [msgspec.json.decode(unseal(key, sealed, place).rstrip()) for place, sealed in rows]
    return found


def _store(record: CampaignRecord, opened: Iterable[Boxed], kept_under: Callable[[Boxed], Cell], *, vault: Vault,
           chance: Random) -> None:
    """`kept_under`: the group and subject that a ballot may still be known by."""
    form, words_key = form_of(db.session.get_one(FormVersion, record.form_id)), words_key_of(record, vault)
    ballots: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for each in opened:
        _take_apart(record, form, each, kept_under(each), words_key, chance, ballots, words)
    connection = db.session.connection()
    for model, found in ((Ballot, ballots), (BallotWords, words)):
        if found:
            connection.execute(insert(model), sorted(found, key=lambda row: row["id"]))


def words_key_of(record: CampaignRecord, vault: Vault) -> bytes:
    """Raises SealError where the master key is missing."""
    return vault.keyring.unwrap(record.words_key or b"", f"words|{record.slug}")


def open_slugs() -> list[str]:
    """Campaigns that hold a box, in which two batches may lie by now."""
    found = select(CampaignRecord.slug).where(CampaignRecord.announced_at.is_not(None), CampaignRecord.box_key.is_not(None))
    return list(db.session.scalars(found.order_by(CampaignRecord.id)))


def _take_apart(record: CampaignRecord, form: Form, whole: Boxed, cell: Cell, words_key: bytes, chance: Random,
                ballots: list[dict[str, Any]], words: list[dict[str, Any]]) -> None:
    """The ballot without its words, and each of its words for itself."""
    group, subject = cell
    closed = {}
    for name, answer in whole["a"].items():
        if name not in form.open_questions:
            closed[name] = answer
            continue
        place = f"{chance.getrandbits(128):032x}"
        words.append({"campaign_id": record.id, "id": place, "subject": subject, "question": name, "topic_id": None,
                      "set_aside": False, "sealed": seal(words_key, answer.encode(), place)})
    place = f"{chance.getrandbits(128):032x}"
    ballots.append({"campaign_id": record.id, "id": place, "form_id": record.form_id,
                    "audience": group or None, "subject": subject, "channel": whole["c"],
                    "sealed": seal(words_key, msgspec.json.encode(closed), place)})


def _submitted(sent: Sent, terms: Terms, vault: Vault) -> list[tuple[Receipt, str]]:
    return [(casework.submit(opinion, submission=submission, code=code, tokens=(), terms=terms, vault=vault), code)
            for opinion, submission, code in sent.opinions]


def _drawn(campaign_id: int, chance: Random) -> list[str]:
    """The places of a batch of one kind, of which two batches lie in the box."""
    mark = func.substr(BoxedBallot.id, 1, _MARK)
    full = db.session.scalar(select(mark).where(BoxedBallot.campaign_id == campaign_id).group_by(mark)
                             .having(func.count() >= 2 * BATCH).limit(1))
    if full is None:
        return []
    alike = db.session.scalars(select(BoxedBallot.id).where(
        BoxedBallot.campaign_id == campaign_id, BoxedBallot.id >= full, BoxedBallot.id < f"{full}g"))
    return chance.sample(sorted(alike), BATCH)


def _box_key(record: CampaignRecord, vault: Vault) -> bytes:
    return vault.keyring.unwrap(record.box_key or b"", f"box|{record.slug}")
