"""Marks of forms that were sent: the same page sent twice counts once. A mark says nothing of what was in it."""

from datetime import date, timedelta

from sqlalchemy import delete

from portal.db import db
from portal.evaluation.models import SentOnce
from portal.vault.actions import Vault

_KEPT = timedelta(days=2)


def was_sent(what: str, once: bytes, today: date, vault: Vault) -> bool:
    """Whether a page of this kind with this mark came before; from now on one has, if the transaction is kept."""
    mark = vault.once_hash(what.encode() + b"|" + once)
    if db.session.get(SentOnce, mark) is not None:
        return True
    db.session.add(SentOnce(once_hash=mark, sent_on=today))
    db.session.flush()
    return False


def forget_marks(today: date) -> int:
    """Of some days ago."""
    old = delete(SentOnce).where(SentOnce.sent_on < today - _KEPT).returning(SentOnce.once_hash)
    return len(db.session.scalars(old).all())
