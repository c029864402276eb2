"""Makes what tests of paper forms need, through the same functions that the site uses.

    form = papers.printed(app, coordinator)
    entry = papers.typed(app, coordinator, form, text="窗口提前关门。")
"""

from dataclasses import dataclass
from datetime import date
from itertools import count

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.queries import Staff
from portal.casework import paper
from portal.casework.models import PaperEntry, PaperForm
from portal.db import db, transaction
from portal.domain import reference
from portal.domain.paper import parse_serial
from portal.web.current import vault

_numbers = count(1)
WORDS = {"category": "suggestion", "unit": "", "district": "hedong", "service": "", "title": "", "publish": "no",
         "text": "大厅门口没有引导牌。", "contact_name": "", "contact_phone": "", "contact_email": "", "notify": ""}


@dataclass(frozen=True)
class Form:
    """A printed form, with the code that its author alone holds."""

    serial: str
    code: str


@dataclass(frozen=True)
class Typed:
    """An entry that waits for the check."""

    batch: int
    id: int
    form: Form

    @property
    def address(self) -> str:
        return f"/desk/paper/batches/{self.batch}/entries/{self.id}"


def printed(app: Flask, person: Staff) -> Form:
    code = reference.make(f"{next(_numbers):016}".encode())
    with app.app_context():
        with transaction():
            serial = paper.print_forms([code], by=person.actor, now=clock.now(), vault=vault())[0]
        db.session.remove()
    return Form(serial, code)


def batch(app: Flask, person: Staff, *, received_on: date | None = None) -> int:
    with app.app_context():
        with transaction():
            made = paper.open_batch(received_on or clock.today(), by=person.actor, now=clock.now())
        db.session.remove()
    return made


def typed(app: Flask, person: Staff, form: Form | None = None, *, into: int = 0, barred: frozenset[str] = frozenset(),
          **words: str) -> Typed:
    form = form or printed(app, person)
    batch_id = into or batch(app, person)
    with app.app_context():
        with transaction():
            paper.keep(batch_id, form.serial, {**WORDS, **words}, barred=barred, by=person.actor, now=clock.now(),
                       vault=vault())
        entry_id = db.session.scalars(select(PaperEntry.id).order_by(PaperEntry.id.desc())).first()
        db.session.remove()
    return Typed(batch_id, entry_id or 0, form)


def sent_back(app: Flask, entry: Typed, checker: Staff, note: str = "日期与原件不同。") -> Typed:
    with app.app_context():
        with transaction():
            paper.send_back(entry.id, note, seen=1, by=checker.actor, vault=vault())
        db.session.remove()
    return entry


def form_row(app: Flask, serial: str) -> PaperForm:
    with app.app_context():
        row = db.session.scalars(select(PaperForm).where(PaperForm.serial == parse_serial(serial))).one()
        db.session.expunge(row)
        db.session.remove()
    return row
