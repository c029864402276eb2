"""An auditor's test: with every copy of the database and all its bytes, nobody links ballots to codes better than chance.

The copies are made before and after each ballot and each mixing: on SQLite the file with its write-ahead log and free
pages, read byte by byte; on PostgreSQL every row with where it lies (ctid) and which transaction wrote it (xmin).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom
from secrets import token_bytes
from typing import Any

import msgspec
import pytest
from flask import Flask
from sqlalchemy import text

from portal.db import db, transaction
from portal.domain.campaign import Audience, Group
from portal.domain.form import parse_form
from portal.evaluation import ballots, codes
from portal.evaluation.ballots import Sent
from portal.evaluation.models import BallotWords, CampaignRecord
from portal.evaluation.queries import get_campaign
from portal.vault.box import seal, unseal
from portal.web.current import terms, vault
from portal.worker.counting import mix_ballots, publish_due
from tests import campaigns
from tests.auditor import Auditor, Batch, Copy, Thing, beyond_chance, links, right
from tests.conftest import Clock
from tests.raw_sqlite import RawDatabase, Row

BALLOTS = 100  # of one campaign; fifty come out when all lie in the box, fifty on the day
ROUNDS = 3
FALSE_ALARM = 1e-9  # of one way to link; there are some two hundred
SCALES = 8
FORM = parse_form({
    "slug": "audited", "title": "评议表", "title_en": "Form", "sections": [{
        "id": "all", "title": "全部", "title_en": "All", "questions": [
            *({"id": f"s{n}", "type": "scale", "text": f"第{n}题", "text_en": f"Question {n}"} for n in range(SCALES)),
            {"id": "words", "type": "long_text", "text": "您的话", "text_en": "In your words"}]}]})
PLAN: dict[str, Any] = {"audiences": (Audience(Group.DEPUTY, BALLOTS),), "form": FORM}


def answers(n: int) -> dict[str, Any]:
    """What the n-th says: nobody else says it, and some say much more than others."""
    levels = {f"s{k}": n // 5**k % 5 + 1 for k in range(3)}
    more = {f"s{k}": 1 + (n + k) % 5 for k in range(3, 3 + n * 7 % (SCALES - 2))}
    return {**levels, **more, "words": f"植入的话{n:03}。" + "很满意" * (n * 37 % BALLOTS * 3)}


def plain(n: int) -> str:
    """As the levels of the n-th stand in the table."""
    return msgspec.json.encode({name: level for name, level in answers(n).items() if name != "words"}).decode()


# --- copies -----------------------------------------------------------------------------------------------------------

def copies_of(app: Flask, slug: str) -> Callable[[str], Copy]:
    """Makes a copy and reads it; `table` is where ballots, or their words, lie in the open."""
    with app.app_context():
        engine = db.engine
        number = db.session.query(CampaignRecord.id).filter_by(slug=slug).scalar()
        db.session.remove()
    if engine.dialect.name == "sqlite":
        return lambda table: _of_bytes(RawDatabase.at(Path(engine.url.database or "")), table, number)
    return lambda table: _of_server(app, table, number)


_SAID = {"ballots": 6, "ballot_words": 4}  # where in their rows answers and words stand


def _of_bytes(raw: RawDatabase, table: str, campaign: int) -> Copy:
    batches = _batches(raw, campaign)
    used = [Thing(row.values[0].hex(), {**_position(row), "hash": row.values[0], "serial": row.values[2]})
            for row in raw.rows("one_time_codes") if row.values[3] and row.values[1] in batches]
    boxed = [Thing(row.values[1], {**_position(row), "id": row.values[1], "sealed": len(row.values[2])})
             for row in raw.rows("ballot_box") if row.values[0] == campaign]
    shown = [Thing(row.values[1], {**_position(row), "stored": n, "id": row.values[1], "length": len(row.values[_SAID[table]]),
                                   **{f"bytes {k}": part.find(row.values[1].encode()) for k, part in enumerate(raw.parts)}})
             for n, row in enumerate(raw.rows(table)) if row.values[0] == campaign]
    return Copy(tuple(used), tuple(boxed), tuple(shown), sum(map(len, raw.parts)))


def _batches(raw: RawDatabase, campaign: int) -> set[int]:
    """A row number stands beside its row, not in it: the numbers are counted, as nothing was ever deleted."""
    return {n for n, row in enumerate(raw.rows("code_batches"), start=1) if row.values[1] == campaign}


def _position(row: Row) -> dict[str, tuple[int, int]]:
    """Cells fill a page from its end."""
    return {"position": (row.page, row.offset), "position from the end": (row.page, -row.offset)}


def _of_server(app: Flask, table: str, campaign: int) -> Copy:
    with app.app_context():
        used = _rows("SELECT c.code_hash AS name, c.ctid, c.xmin, c.code_hash AS hash, c.serial FROM one_time_codes c JOIN "
                     "code_batches b ON b.id = c.batch_id WHERE c.used AND b.campaign_id = :campaign", campaign)
        boxed = _rows("SELECT id AS name, ctid, xmin, id, length(sealed) AS sealed FROM ballot_box "
                      "WHERE campaign_id = :campaign", campaign)
        shown = _rows(f"SELECT id AS name, ctid, xmin, id, length(sealed) AS length FROM {table} "  # noqa: S608 - our own names
                      "WHERE campaign_id = :campaign", campaign)
        size = db.session.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        db.session.remove()
    return Copy(used, boxed, shown, size)


def _rows(statement: str, campaign: int) -> tuple[Thing, ...]:
    """As the server gives them, which is as they lie there."""
    found = db.session.execute(text(statement.replace(".ctid", ".ctid::text").replace(", ctid", ", ctid::text")),
                               {"campaign": campaign}).mappings()
    return tuple(Thing(_name(row["name"]), {"stored": n, "ctid": _ctid(row["ctid"]), **{
        name: value for name, value in row.items() if name not in ("name", "ctid", "xmin")}, "xmin": int(row["xmin"])})
        for n, row in enumerate(found))


def _name(value: str | bytes) -> str:
    return value if isinstance(value, str) else bytes(value).hex()


def _ctid(told: str) -> tuple[int, ...]:
    return tuple(map(int, told.strip("()").split(",")))


# --- the portal -------------------------------------------------------------------------------------------------------

@dataclass
class Round:
    """One campaign under the eyes of two auditors, one of ballots and one of words; `truth`: row -> hash of its code."""

    ballots: Auditor
    words: Auditor
    truth: dict[str, str]


def held(app: Flask, clock: Clock, after_each: Callable[[], None] = lambda: None) -> Round:
    """A hundred people vote in an order of chance; the worker mixes as soon as it can, and publishes on the day."""
    made, chance = campaigns.with_codes(app, each=BALLOTS, **PLAN), SystemRandom()
    copy = copies_of(app, made.slug)
    result = Round(Auditor(), Auditor(), {})

    def look() -> None:
        result.ballots.look(copy("ballots"))
        result.words.look(copy("ballot_words"))
        after_each()
    look()
    voters = list(enumerate(made.all_codes))
    chance.shuffle(voters)
    for n, code in voters:
        with app.app_context():
            with transaction():
                ballots.cast(made.slug, Sent(answers(n), code=code), once=token_bytes(16), terms=terms(), vault=vault(),
                             chance=chance)
            db.session.remove()
        look()
        with app.app_context():
            mix_ballots()
            db.session.remove()
        look()
    clock.forward(days=20)
    with app.app_context():
        publish_due()
        db.session.remove()
    look()
    result.truth |= _truth(app, made.slug, dict(voters))
    return result


def _truth(app: Flask, slug: str, voters: dict[int, str]) -> dict[str, str]:
    """Row of a ballot or of words -> hash of the code that it was cast with: what only this test knows."""
    with app.app_context():
        by_levels = {plain(n): codes.hash_of(code, vault()).hex() for n, code in voters.items()}
        by_words = {answers(n)["words"]: codes.hash_of(code, vault()).hex() for n, code in voters.items()}
        record = db.session.query(CampaignRecord).filter_by(slug=slug).one()
        key = ballots.words_key_of(record, vault())
        found = {row.id: by_levels[unseal(key, row.sealed, row.id).decode()] for row in db.session.execute(
            text("SELECT id, sealed FROM ballots WHERE campaign_id = :campaign"), {"campaign": record.id})}
        found |= {row.id: by_words[unseal(key, row.sealed, row.id).decode()]
                  for row in db.session.query(BallotWords).filter_by(campaign_id=record.id)}
        db.session.remove()
    return found


def scores(batches: list[Batch], truth: dict[str, str]) -> dict[str, int]:
    """Way to link -> how many links it got right, in all batches together."""
    found: dict[str, int] = {}
    for batch in batches:
        for way, guessed in links(batch):
            found[way] = found.get(way, 0) + right(guessed, truth)
    return found


def test_all_copies_and_all_bytes_link_no_ballot_better_than_chance(app: Flask, clock: Clock) -> None:
    began, found = clock.now, dict[str, int]()
    for _round in range(ROUNDS):
        clock.set(began)
        seen = held(app, clock)
        for what, auditor in (("ballots", seen.ballots), ("words", seen.words)):
            batches = auditor.batches()
            assert [len(batch.codes) for batch in batches] == [len(batch.ballots) for batch in batches] == [50, 50]
            for way, many in scores(batches, seen.truth).items():
                found[f"{what}: {way}"] = found.get(f"{what}: {way}", 0) + many
    bound = beyond_chance(mean=2 * ROUNDS, rate=FALSE_ALARM)
    assert len(found) > 100
    assert not {way: many for way, many in found.items() if many >= bound}, f"{bound} of {ROUNDS * BALLOTS} are too many"


def test_the_same_auditor_links_nearly_all_where_ballots_are_stored_as_they_come(app: Flask) -> None:
    """The control: what leads somewhere in a naive store is among the auditor's ways."""
    found, some = _naive(app), beyond_chance(mean=1, rate=FALSE_ALARM)
    least = {"codes by use, ballots by first seen": BALLOTS, "codes by use, ballots by id": BALLOTS,
             "codes by use, ballots by stored": BALLOTS}
    least |= ({"codes by use, ballots by position from the end": some} if _is_sqlite(app) else  # pages are taken as they come
              {"codes by use, ballots by ctid": BALLOTS, "codes by xmin, ballots by xmin": BALLOTS})
    assert not {way: found[way] for way in least if found[way] < least[way]}


def test_the_same_auditor_links_ballots_that_are_sealed_without_padding(app: Flask, clock: Clock,
                                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballots, "seal", lambda key, whole, context: seal(key, whole.rstrip(), context))
    seen = held(app, clock)
    bound = beyond_chance(mean=2, rate=FALSE_ALARM)
    assert scores(seen.words.batches(), seen.truth)["codes by place sealed, ballots by length"] >= bound


def _naive(app: Flask) -> dict[str, int]:
    """Ballots that are written into their table with the code, one after the other, under growing numbers."""
    made, chance = campaigns.with_codes(app, each=BALLOTS, **PLAN), Random(1)
    copy, auditor, truth = copies_of(app, made.slug), Auditor(), dict[str, str]()
    auditor.look(copy("ballots"))
    voters = list(enumerate(made.all_codes))
    chance.shuffle(voters)
    for moment, (n, code) in enumerate(voters):
        with app.app_context():
            campaign = get_campaign(made.slug, terms().today)
            with transaction():
                used = codes.hash_of(code, vault())
                codes.use(used, terms().today)
                db.session.execute(text(
                    "INSERT INTO ballots (campaign_id, id, form_id, audience, subject, channel, sealed) "
                    "VALUES (:campaign, :id, :form, 'deputy', '', 'web', :sealed)"), {
                        "campaign": campaign.id, "id": f"{moment:032x}", "form": campaign.form_id, "sealed": plain(n).encode()})
            truth[f"{moment:032x}"] = used.hex()
            db.session.remove()
        auditor.look(copy("ballots"))
    return scores([auditor.as_one()], truth)


# --- what was said ----------------------------------------------------------------------------------------------------

def test_what_was_said_is_in_no_copy_at_all(app: Flask, clock: Clock) -> None:
    if not _is_sqlite(app):
        pytest.skip("the files of a server are not ours to read")
    with app.app_context():
        file = Path(db.engine.url.database or "")
    said = [plain(0).encode(), "植入的话".encode(), "很满意很满意".encode()]
    looked: list[int] = []

    def search() -> None:
        parts = RawDatabase.at(file).parts
        looked.append(sum(map(len, parts)))
        assert not [each for each in said for part in parts if each in part], "whatever page it might lie on"
    held(app, clock, search)
    assert len(looked) == 2 * BALLOTS + 2 and min(looked) > 0


def test_ballots_of_one_size_fill_the_box(app: Flask, clock: Clock) -> None:
    seen = held(app, clock)
    sizes = {each.orders["sealed"] for copy in seen.ballots.copies for each in copy.boxed}
    assert len(sizes) == 1


def _is_sqlite(app: Flask) -> bool:
    with app.app_context():
        return db.engine.dialect.name == "sqlite"


