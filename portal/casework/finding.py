"""Finds cases for staff by number or words, within what they may read. Originals are sealed: no index of them exists.

Published texts are found by the public index. Of the newest cases the originals are opened one after the other and
compared, so many and no more, so that a search has an end.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from sqlalchemy import and_, select

from portal.casework import search
from portal.casework.models import CaseRecord, EventRecord, PublicCase
from portal.casework.scoping import within
from portal.casework.work_lists import Row, rows_of
from portal.db import db
from portal.domain.bigrams import holds, query_tokens
from portal.domain.case import is_number
from portal.domain.disclosure import scope
from portal.domain.people import Actor
from portal.vault.actions import Vault
from portal.vault.box import unseal

MOST = 50  # results
LOOKED_INTO = 2_000  # of the newest cases, whose originals are opened
_YEARS, _SERIAL = range(2020, 2060), 6  # a number whose year was left out
_POOL, _READ = 1_000, 150  # hits of the public index, and how many of those that may be read are looked at


@dataclass(frozen=True)
class Found:
    """`more`: there are further ones."""

    rows: list[Row]
    more: bool = False


def find_cases(q: str, actor: Actor, vault: Vault) -> Found:
    """The case with this number, also without its year, or else the newest cases that hold all these words."""
    number = normalize("NFKC", q).upper().replace(" ", "")
    if is_number(number):
        return Found(rows_of(_with_numbers([number], actor), vault))
    if number.isascii() and number.isdecimal() and len(number) <= _SERIAL:
        found = _with_numbers([f"{year}-{int(number):0{_SERIAL}}" for year in _YEARS], actor)
        if found:
            return Found(rows_of(found, vault))
    tokens = query_tokens(q)
    if not tokens:
        return Found([])
    ids = sorted({*_published(q, tokens, actor), *_in_originals(q, actor, vault)}, reverse=True)
    return Found(rows_of(ids[:MOST], vault), more=len(ids) > MOST)


def _with_numbers(numbers: Sequence[str], actor: Actor) -> list[int]:
    found = select(CaseRecord.id).where(CaseRecord.number.in_(numbers), within(scope(actor)))
    return list(db.session.scalars(found.order_by(CaseRecord.id.desc())))


def _published(q: str, tokens: list[str], actor: Actor) -> list[int]:
    hits = search.newest(db.session.connection(), tokens, before=None, limit=_POOL)
    texts = select(PublicCase.id, PublicCase.title, PublicCase.text, PublicCase.answer).join(
        CaseRecord, and_(CaseRecord.id == PublicCase.id, within(scope(actor)))).where(PublicCase.id.in_(hits))
    texts = texts.order_by(PublicCase.id.desc()).limit(_READ)
    return [row.id for row in db.session.execute(texts) if holds(f"{row.title}\n{row.text}\n{row.answer or ''}", q)]


def _in_originals(q: str, actor: Actor, vault: Vault) -> list[int]:
    """The newest ones, and one more than are shown."""
    order = (CaseRecord.received_on.desc(), CaseRecord.id.desc())
    newest = select(CaseRecord.id).where(within(scope(actor))).order_by(*order).limit(LOOKED_INTO).subquery()
    sealed = select(CaseRecord.id, CaseRecord.number, CaseRecord.wrapped_key, EventRecord.words).join(
        EventRecord, and_(EventRecord.case_id == CaseRecord.id, EventRecord.seq == 1)).where(
        CaseRecord.id.in_(select(newest.c.id)))
    found: list[int] = []
    for row in sorted(db.session.execute(sealed), key=lambda row: row.id, reverse=True):
        if len(found) > MOST:
            break
        key = vault.keyring.unwrap(row.wrapped_key, row.number)
        packed = unseal(key, row.words, f"{row.number}|event:1").decode()
        if holds(packed, q) and _are_in(json.loads(packed), q):  # few are worth unpacking
            found.append(row.id)
    return found


def _are_in(words: Mapping[str, str], q: str) -> bool:
    return holds(f"{words.get('title', '')}\n{words.get('text', '')}", q)
