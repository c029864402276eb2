"""Keeps what everyone may read in step with the case: the public row, the search index, the counters.

Called inside the transaction of every act. What is public `disclosure` decides; here it is only written down.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from portal.casework import search
from portal.casework.models import PublicCase
from portal.counters import PUBLIC_VERSION, count
from portal.domain.bigrams import tokens
from portal.domain.case import Case
from portal.domain.codes import Lane, Status
from portal.domain.disclosure import PublicView

_CASES = cast(Table, PublicCase.__table__)
_CONTENT = 4  # the lowest of the five levels that counts as satisfied; `basically satisfied` does not

_ONE = select(_CASES).where(_CASES.c.id == bindparam("case_id"))

Row = Mapping[str, Any] | None


def project(connection: Connection, case_id: int, number: str, view: PublicView | None, *, before: Case | None,
            after: Case) -> None:
    """Brings the public row of one case up to date, with everything that is counted about it."""
    old = _public_row(connection, case_id) if before is not None else None
    new = None if view is None else {"id": case_id, "number": number, **_plain(view)}
    changed = _tally(before, after)
    changed[month_key("received", _month(after.received_on))] += (new is not None) - (old is not None)
    if new != old:
        changed.update(_facets(new))
        changed.subtract(_facets(old))
        _reindex(connection, old, new, leaving=True)
        _write(connection, case_id, old, new and {**new, "version": after.version})
        _reindex(connection, old, new, leaving=False)
    if new != old or any(changed.values()):  # what nobody may know of moves no public page
        changed[PUBLIC_VERSION] += 1
    count(connection, changed)


def _public_row(connection: Connection, case_id: int) -> Row:
    found = connection.execute(_ONE, {"case_id": case_id}).mappings().first()
    return None if found is None else {str(name): value for name, value in found.items() if name != "version"}


def _plain(view: PublicView) -> dict[str, Any]:
    return {each.name: getattr(view, each.name) for each in fields(view)} | {
        "timeline": list(view.timeline), "rounds": list(view.rounds)}


def words_of(row: Mapping[Any, Any]) -> list[str]:
    """What a public row is found by."""
    return tokens("\n".join(row[name] or "" for name in ("title", "text", "answer")))


def facet_key(*, place: str = "", category: str = "", state: str = "") -> str:
    """The counter of one combination of filters; `place` is `unit:code` or `district:code`."""
    return f"list|{place}|{category}|{state}"


def month_key(what: str, month: str) -> str:
    """The counter of what happened in a month: `received`, `answered`, `in_time`, `rated`, `satisfied`."""
    return f"month|{what}|{month}"


def _facets(row: Row) -> Tally[str]:
    if row is None:
        return Tally()
    places = ["", *(f"{kind}:{row[kind]}" for kind in ("unit", "district") if row[kind])]
    state = Status(row["state"]).value
    return Tally(facet_key(place=place, category=category, state=each)
                 for place in places for category in ("", row["category"]) for each in ("", state))


def _tally(before: Case | None, after: Case) -> Tally[str]:
    """What this act adds to the months; `received` counts what is listed, so that no difference tells of hidden cases."""
    changed: Tally[str] = Tally()
    if after.lane is Lane.MISCONDUCT:
        return changed
    if after.answered_on and (before is None or before.answered_on is None):
        changed[month_key("answered", _month(after.answered_on))] += 1
        if after.answered_on <= after.due_on:
            changed[month_key("in_time", _month(after.answered_on))] += 1
    if after.rating and (before is None or before.rating is None) and after.answered_on:
        changed[month_key("rated", _month(after.answered_on))] += 1
        if after.rating >= _CONTENT:
            changed[month_key("satisfied", _month(after.answered_on))] += 1
    return changed


def _month(day: Any) -> str:
    return f"{day:%Y-%m}"


def _write(connection: Connection, case_id: int, old: Row, new: Row) -> None:
    if new is None:
        connection.execute(delete(_CASES).where(_CASES.c.id == case_id))
    elif old is None:
        connection.execute(insert(_CASES), dict(new))
    else:
        connection.execute(update(_CASES).where(_CASES.c.id == case_id), dict(new))


def _reindex(connection: Connection, old: Row, new: Row, *, leaving: bool) -> None:
    """Takes the old words out before the row is written, puts the new ones in afterwards; nothing for the same words."""
    before, after = _indexed(old), _indexed(new)
    if before == after:
        return
    if leaving and old is not None and before:
        search.remove(connection, old["id"], before)
    if not leaving and new is not None and after:
        search.add(connection, new["id"], after)


def _indexed(row: Row) -> list[str]:
    return words_of(row) if row is not None and row["text"] else []


def rebuild(connection: Connection) -> Iterable[int]:
    """Makes the search index anew from the public rows; yields after each thousand."""
    search.clear(connection)
    published = select(_CASES).where(_CASES.c.text.is_not(None)).order_by(_CASES.c.id)
    for done, row in enumerate(connection.execute(published).mappings(), start=1):
        search.add(connection, row["id"], words_of(dict(row)))
        if done % 1_000 == 0:
            yield done
