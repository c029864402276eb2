"""What an action must be given: the kinds of fields, and the one check of everything typed. Knows no forms."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.domain.errors import InvalidError
from portal.domain.people import N_


class FieldKind(StrEnum):
    LINE = "line"
    TEXT = "text"
    LANE = "lane"
    UNIT = "unit"
    RULE = "rule"
    OUTCOME = "outcome"
    LEVEL = "level"
    POSITION = "position"
    MILESTONE = "milestone"
    ORDER = "order"
    SOLVED = "solved"
    NUMBER = "number"
    MEANS = "means"
    DATE = "date"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Field:
    """One thing an action needs. `private` words are stored encrypted; `told` ones are shown to the author."""

    name: str
    kind: FieldKind
    label: str
    required: bool = True
    private: bool = False
    told: bool = False
    limit: int = 2_000  # characters
    only_with: tuple[str, str] | None = None  # required only when that other field has that value


def text(name: str, label: str, *, told: bool = False, required: bool = True, limit: int = 2_000) -> Field:
    """A long private text."""
    return Field(name, FieldKind.TEXT, label, required=required, private=True, told=told, limit=limit)


REASON = text("reason", N_("Reason"))
REASON_TOLD = text("reason", N_("Reason (the author reads it)"), told=True)

_MOST_COMPOSED = 20_000  # characters; composing more takes minutes for some texts, and every field refuses them anyway
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_KEPT = {"\n", "\t"}
# Joiners and marks that emoji and right-to-left names need; direction overrides are not among them.
_JOINERS = {"‌", "‍"}


def clean(value: object) -> str:
    """A typed text as it is stored: NFC, line feeds only, without control characters and direction overrides."""
    words = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in words if c in _KEPT or c in _JOINERS or unicodedata.category(c) not in _INVISIBLE)
    text = "".join(kept).strip()
    return unicodedata.normalize("NFC", text).strip() if len(text) <= _MOST_COMPOSED else text


def check(fields: tuple[Field, ...], given: Mapping[str, object],
          choices: Mapping[FieldKind, frozenset[str]]) -> dict[str, str]:
    """The given values, cleaned; raises InvalidError naming every faulty field at once."""
    values = {field.name: clean(given.get(field.name)) for field in fields}
    faults = {field.name: fault for field in fields if (fault := _fault(field, values, choices))}
    if faults:
        raise InvalidError(faults)
    return values


def _fault(field: Field, values: Mapping[str, str], choices: Mapping[FieldKind, frozenset[str]]) -> str | None:
    value = values[field.name]
    if not value:
        wanted = field.required or (field.only_with and values.get(field.only_with[0]) == field.only_with[1])
        return "required" if wanted else None
    if len(value) > field.limit:
        return "too_long"
    if field.kind is FieldKind.DATE:
        return None if _is_date(value) else "date"
    if field.kind in choices and value not in choices[field.kind]:
        return "choice"
    return None


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
