"""Results of many ballots: `python -m tests.bench.evaluation [--ballots 100000] [--database postgresql://…]`.

Loads a closed campaign with the delegates' form, sixty units and six groups: most ballots straight into their table,
and for each unit and group those in the box that the mixing would have left there. Then it measures how long it takes
to publish, and the results page rendered anew each time.
"""

import argparse
import secrets
import shutil
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

import msgspec
from flask import Flask
from sqlalchemy import insert, text

from portal import clock, migrate
from portal.accounts import actions as accounts
from portal.config import from_environment
from portal.db import db, transaction
from portal.domain.campaign import Access, Audience, BallotChannel, Group, Kind, Plan
from portal.domain.form import Form
from portal.domain.people import Role
from portal.evaluation import planning, queries, results
from portal.evaluation.ballots import BATCH, put_into_box, words_key_of
from portal.evaluation.models import Ballot, CampaignRecord, CodeBatch
from portal.factory import build
from portal.publishing.actions import import_content
from portal.vault.actions import prepare_vault
from portal.vault.box import seal
from portal.web.current import content, vault
from tests.bench.desk import _on_server
from tests.bench.load import FOLDER, SEED, environment

BALLOTS = 100_000
UNITS = 60
MOST_SECONDS, MOST_MILLISECONDS = 10, 50
_ROUNDS = 30
_AT_ONCE = 5_000
_SLUG = "many-ballots"
_WORDS = "窗口排队时间太长，希望中午也有人。"


@contextmanager
def portal(database: str) -> Iterator[Flask]:
    """On an empty database, which is gone afterwards."""
    folder = FOLDER / f"evaluation{'-server' if database else ''}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with _on_server(database) as url:
        app = build(from_environment({**environment(folder), "DATABASE_URL": url}))
        with app.app_context():
            migrate.upgrade(db.engine)
            with transaction():
                prepare_vault(app.extensions["portal-keyring"])
                import_content(app.extensions["portal-content"].folder, now=clock.now())
            db.session.remove()
        yield app
        with app.app_context():
            db.engine.dispose()
    shutil.rmtree(folder)


def _subjects() -> list[str]:
    """All units and places there are, and made-up ones until they are sixty."""
    known = [*content().units, *content().places]
    return (known + [f"unit-{n}" for n in range(UNITS)])[:UNITS]


def _announced(chance: Random) -> tuple[CampaignRecord, Form, list[str]]:
    """The campaign as two people would have made it forty days ago, and closed since."""
    now, subjects = clock.now() - timedelta(days=40), _subjects()
    by, other = (accounts.invite(login=login, name=login, unit="outreach", roles=[Role.COORDINATOR], secret=login, now=now,
                                 vault=vault()).actor for login in ("first", "second"))
    form = next(each for each in queries.form_versions() if each.slug == "delegates")
    today = clock.today()
    plan = Plan(kind=Kind.DELEGATES, access=Access.CODES, title="全市评议", title_en="The whole city",
                purpose="评议六十个单位。", purpose_en="Sixty units.", opens_on=today - timedelta(days=39),
                closes_on=today - timedelta(days=1), publishes_on=today, subjects=tuple(subjects),
                audiences=tuple(Audience(group, 40_000) for group in Group))
    planning.draft(plan, slug=_SLUG, form_id=form.id, by=by, now=now, vault=vault())
    planning.announce(_SLUG, seen=1, form_seen=form.seen, by=other, now=now, subjects=subjects)
    db.session.flush()
    record = db.session.query(CampaignRecord).filter_by(slug=_SLUG).one()
    db.session.add_all(CodeBatch(
        campaign_id=record.id, audience=group, subject=subject, note="", made=chance.randint(300, 500), first_serial=1,
        valid_from=plan.opens_on, valid_until=plan.closes_on, made_by=by.id, made_on=now.date(), voided=False,
        unused=[], unused_on=now.date())
        for group, subject in product(Group, subjects))
    return record, queries.form_of(form), subjects


def load(ballots: int) -> tuple[int, int]:
    """How many lie in the open, and how many in the box."""
    chance = Random(SEED)
    record, form, subjects = _announced(chance)
    cells = dict.fromkeys(product(Group, subjects), 0)
    for cell in chance.choices(list(cells), k=ballots):
        cells[cell] += 1
    rows, boxed, key = list[dict[str, Any]](), 0, words_key_of(record, vault())
    for (group, subject), many in cells.items():
        left = min(many, many % BATCH + BATCH)
        rows += [_row(record, key, form, group, subject, chance) for _ballot in range(many - left)]
        for _ballot in range(left):
            put_into_box(record, _answers(form, chance), group=group, subject=subject, channel=BallotChannel.WEB, vault=vault(),
                         chance=chance)
        boxed += left
    rows.sort(key=lambda row: row["id"])
    for start in range(0, len(rows), _AT_ONCE):
        db.session.connection().execute(insert(Ballot), rows[start:start + _AT_ONCE])
    return len(rows), boxed


def _row(record: CampaignRecord, key: bytes, form: Form, group: Group, subject: str, chance: Random) -> dict[str, Any]:
    closed = {name: answer for name, answer in _answers(form, chance).items() if not isinstance(answer, str)}
    place = f"{chance.getrandbits(128):032x}"
    return {"campaign_id": record.id, "id": place, "form_id": record.form_id, "audience": group, "subject": subject,
            "channel": BallotChannel.WEB, "sealed": seal(key, msgspec.json.encode(closed), place)}


def _answers(form: Form, chance: Random) -> Mapping[str, Any]:
    """Mostly satisfied, some do not know, some leave out; every fourth writes something."""
    given: dict[str, Any] = {}
    for question in form.questions:
        if question.type == "scale" and chance.random() < 0.96:
            given[question.id] = chance.choices((5, 4, 3, 2, 1, 0), (30, 35, 18, 7, 3, 7))[0]
        elif question.type == "several":
            given[question.id] = [each.value for each in question.choices if chance.random() < 0.4] or ["talk"]
        elif question.type == "long_text" and chance.random() < 0.25:
            given[question.id] = _WORDS
    return given


def measured(ballots: int, database: str) -> Iterator[str]:
    with portal(database) as app:
        begun = time.perf_counter()
        with app.app_context(), transaction():
            shown, boxed = load(ballots)
        with app.app_context():
            db.session.remove()
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT", begin=None) as connection:
                connection.execute(text("ANALYZE"))
        yield (f"{ballots:,} ballots of {len(Group)} groups about {UNITS} units loaded in {time.perf_counter() - begun:.0f} s: "
               f"{shown:,} in the open, {boxed:,} in the box")
        begun, worked = time.perf_counter(), time.process_time()
        with app.app_context():
            with transaction():
                assert results.publish(_SLUG, now=clock.now(), vault=vault(), chance=secrets.SystemRandom())
            seconds, processor = time.perf_counter() - begun, time.process_time() - worked
            db.session.remove()
        yield (f"{_verdict(seconds < MOST_SECONDS)}  counting and publishing: under {MOST_SECONDS} s: {seconds:.1f} s, "
               f"of it {processor:.1f} s of this processor")
        for what, address in (("results page", f"/evaluations/{_SLUG}/results"),
                              ("one unit's page", f"/evaluations/{_SLUG}/results/1/subjects/household")):
            milliseconds, processor, size = _page(app, address)
            yield (f"{_verdict(milliseconds < MOST_MILLISECONDS)}  {what}, rendered anew: under {MOST_MILLISECONDS} ms: "
                   f"{milliseconds:.1f} ms (median of {_ROUNDS}), processor {processor:.1f} ms, {size / 1024:.0f} KB")


def _page(app: Flask, address: str) -> tuple[float, float, int]:
    """The time inside the server, and that of the processor, in milliseconds, and the size of the answer."""
    client, times, processor, size = app.test_client(), list[float](), list[float](), 0
    for number in range(_ROUNDS + 1):
        begun, worked = time.perf_counter(), time.process_time()
        answer = client.get(f"{address}?n={number}")
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        if number:  # the first one warms up
            times.append(time.perf_counter() - begun)
            processor.append(time.process_time() - worked)
        size = len(answer.data)
    return statistics.median(times) * 1000, statistics.median(processor) * 1000, size


def _verdict(holds: bool) -> str:
    return "holds " if holds else "MISSED"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.evaluation", description=__doc__)
    parser.add_argument("--ballots", type=int, default=BALLOTS)
    parser.add_argument("--database", default="", help="a PostgreSQL server; without it SQLite")
    given = parser.parse_args()
    for line in measured(given.ballots, given.database):
        print(line, flush=True)


if __name__ == "__main__":
    main()
