"""States and events as plain data and back. Knows the shapes of the domain, not the tables."""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

import msgspec

from portal.casework.models import EventRecord
from portal.domain.case import Case, Event


def packed(value: Any) -> Any:
    """Dates as ISO texts, codes as their strings."""
    return msgspec.to_builtins(value)


def unpacked_case(state: Mapping[str, Any]) -> Case:
    return msgspec.convert(dict(state), Case, strict=False)


def unpacked_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    types = _types()
    return {name: msgspec.convert(value, types[name], strict=False) if name in types else value
            for name, value in changes.items()}


def unpacked_event(record: EventRecord, words: Mapping[str, str] | None = None) -> Event:
    """The event of a row. Without `words` it says only that there are some, under no name."""
    return Event(action=record.action, at=record.at, role=record.role, actor_id=record.actor_id, unit=record.unit,
                 source=record.source, target=record.target, changes=unpacked_changes(record.changes),
                 words=words or {})


@cache
def _types() -> dict[str, Any]:
    return get_type_hints(Case)
