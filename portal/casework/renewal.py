"""A new reference code for an author who lost theirs and left a contact: a one-time number is sent there, and typed here.

Whoever asks learns nothing: a request that fits no case is written down and answered like any other. Neither the number
nor the new code is kept; the vault makes both of a random nonce.
"""

import hmac
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, select, update

from portal.casework.actions import perform
from portal.casework.models import CaseRecord, Renewal
from portal.casework.sealing import CaseSeal
from portal.db import db
from portal.domain import reference
from portal.domain.case import Terms, is_number
from portal.domain.codes import Action
from portal.domain.people import AUTHOR
from portal.outbox import actions as outbox
from portal.outbox.rules import CONTACT, Kind, Means, plain_email, plain_phone, takes_texts
from portal.vault.actions import Vault
from portal.vault.box import derived

DIGITS = 8
VALID = timedelta(minutes=30)
MOST_TRIES = 5
_MOST_ASKED = 3  # numbers for one case in a day: nobody can be flooded with messages
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Renewed:
    """What came of a typed number: the case's number and its new code, or how many tries are left."""

    number: str = ""
    code: str = ""
    left: int = 0


def ask(number: str, contact: str, *, means: Collection[Means], nonce: bytes, now: datetime, vault: Vault) -> int:
    """Sends a one-time number where case number and contact belong together. Returns what the typed number belongs to."""
    number = unicodedata.normalize("NFKC", number).strip().upper()
    wanted = select(CaseRecord).where(CaseRecord.number == (number if is_number(number) else ""))
    record = db.session.scalar(wanted)
    asked = select(func.count()).where(Renewal.case_id == (record.id if record else 0), Renewal.asked_at > now - _DAY)
    often = (db.session.scalar(asked) or 0) >= _MOST_ASKED
    fitting = _fitting(record, contact, vault) if record is not None and not often else None
    known = record.id if record is not None and fitting in means else None
    renewal = Renewal(case_id=known, nonce=nonce, tries=0, asked_at=now)
    db.session.add(renewal)
    db.session.flush()
    if known is not None and fitting is not None:
        outbox.queue(known, fitting, Kind.ONE_TIME, now=now)
    return renewal.id


def number_to_send(case_id: int, *, now: datetime, vault: Vault) -> str | None:
    """The one-time number that was asked for last; None where it can no longer be used."""
    usable = and_(Renewal.case_id == case_id, Renewal.used_at.is_(None), Renewal.tries < MOST_TRIES,
                  Renewal.asked_at > now - VALID)
    last = db.session.scalar(select(Renewal).where(usable).order_by(Renewal.id.desc()).limit(1))
    return None if last is None else _one_time(case_id, last.nonce, vault)


def renew(renewal_id: int, typed: str, *, terms: Terms, vault: Vault) -> Renewed:
    """Exchanges the right number for a new code, which the same number shows again for as long as it is valid.

    A wrong one is counted, so the transaction must be committed in either case.
    """
    case_id = db.session.scalar(select(Renewal.case_id).where(Renewal.id == renewal_id)) or 0
    record = db.session.scalar(select(CaseRecord).where(CaseRecord.id == case_id).with_for_update())  # before any renewal
    valid = and_(Renewal.id == renewal_id, Renewal.tries < MOST_TRIES, Renewal.asked_at > terms.now - VALID)
    counting = update(Renewal).where(valid).values(tries=Renewal.tries + 1).returning(
        Renewal.nonce, Renewal.tries, Renewal.used_at)
    found = db.session.execute(counting, execution_options={"synchronize_session": False}).first()
    if found is None:
        return Renewed()
    fits = hmac.compare_digest(_one_time(case_id, found.nonce, vault), typed)
    if record is None or not fits:
        return Renewed(left=MOST_TRIES - found.tries)
    code = reference.make(vault.code_material(b"renewal" + found.nonce))
    if found.used_at is None:
        perform(record.number, Action.RENEW_CODE, AUTHOR, {}, seen=None, terms=terms, vault=vault)
        record.code_hash = vault.code_hash(code)
        spent = and_(Renewal.case_id == record.id, Renewal.used_at.is_(None))
        db.session.execute(update(Renewal).where(spent).values(used_at=terms.now))
        db.session.flush()
    elif record.code_hash != vault.code_hash(code):  # a later number brought a later code
        return Renewed()
    return Renewed(number=record.number, code=code)


def forget_old(now: datetime) -> int:
    """Deletes requests that count for nothing any more."""
    old = delete(Renewal).where(Renewal.asked_at < now - _DAY).returning(Renewal.id)
    return len(db.session.scalars(old).all())


def digits_of(typed: str) -> str | None:
    """The one-time number as it was typed, in any grouping; None where it can be none."""
    kept = "".join(each for each in unicodedata.normalize("NFKC", typed[:100]) if each.isalnum())
    return kept if len(kept) == DIGITS and kept.isascii() and kept.isdecimal() else None


def _fitting(record: CaseRecord, contact: str, vault: Vault) -> Means | None:
    """The means whose contact the author left and now typed again."""
    known = CaseSeal.of(record, vault).open_contact(record)
    means, plain = (Means.EMAIL, plain_email) if "@" in unicodedata.normalize("NFKC", contact) else (Means.SMS, plain_phone)
    left, typed = plain(known.get(CONTACT[means], "")), plain(contact)
    reaches = means is Means.EMAIL or takes_texts(left)
    return means if left and reaches and hmac.compare_digest(left.encode(), typed.encode()) else None


def _one_time(case_id: int, nonce: bytes, vault: Vault) -> str:
    made = derived(vault.lookup_key, "portal-one-time", case_id.to_bytes(8, "big") + nonce, 16)
    return f"{int.from_bytes(made, 'big') % 10**DIGITS:0{DIGITS}}"
