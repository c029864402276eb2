"""Paper forms: their serials, how far forms and entries have come, and whose hands they may pass through.

Knows no tables. A form bears its serial and its author's code; whoever types it sees the serial alone.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from stdnum.iso7064 import mod_97_10

from portal.domain.people import N_, Actor, Role

MOST_PRINTED = 50  # forms at once
ENTRY_ROLES = frozenset({Role.COORDINATOR, Role.HANDLER, Role.COMPLAINTS_OFFICER})  # who writes down what others say
_BODY = 8  # digits before the check digits: two of the year, six of the form
_LENGTH = _BODY + 2
_LONGEST_TYPED = 40  # characters
_DIGITS = frozenset("0123456789")


class FormState(StrEnum):
    """`void` is out of use: spoilt, or the form of a report of misconduct, whose code still opens it for its author."""

    PRINTED = "printed"
    ENTERED = "entered"
    VOID = "void"


class EntryState(StrEnum):
    """`typed` waits for a second person."""

    TYPED = "typed"
    SENT_BACK = "sent-back"
    DONE = "done"


FORM_WORDS = {FormState.PRINTED: N_("Printed, not yet entered"), FormState.ENTERED: N_("Entered"), FormState.VOID: N_("Void")}
ENTRY_WORDS = {EntryState.TYPED: N_("Waiting for the check"), EntryState.SENT_BACK: N_("Sent back"),
               EntryState.DONE: N_("Entered")}


def make_serial(year: int, n: int) -> str:
    """Two digits of the year, six of the form, two check digits (ISO 7064 MOD 97-10)."""
    body = f"{year % 100:02}{n:06}"
    return body + mod_97_10.calc_check_digits(body)


def parse_serial(typed: str) -> str | None:
    """The ten digits of a serial, scanned or typed with anything between them; None where a digit is wrong."""
    if len(typed) > _LONGEST_TYPED:
        return None
    serial = "".join(each for each in unicodedata.normalize("NFKC", typed) if each in _DIGITS)
    is_right = len(serial) == _LENGTH and mod_97_10.calc_check_digits(serial[:_BODY]) == serial[_BODY:]
    return serial if is_right else None


def group_serial(serial: str) -> str:
    """As it is printed: 26-000123-47."""
    return f"{serial[:2]}-{serial[2:_BODY]}-{serial[_BODY:]}"


def reach(viewer: Actor) -> frozenset[str] | None:
    """The units whose batches a person works on: the own one, a coordinator those of the area; None means all units."""
    if not viewer.roles & ENTRY_ROLES:
        return frozenset()
    if Role.COMPLAINTS_OFFICER in viewer.roles or (Role.COORDINATOR in viewer.roles and not viewer.charge):
        return None
    area = viewer.charge if Role.COORDINATOR in viewer.roles else frozenset()
    return area | ({viewer.unit} if viewer.unit else frozenset())


@dataclass(frozen=True)
class Hands:
    """Through whose hands an entry went, and who may not lay hands on it: units complained about and those above."""

    typed_by: int
    barred: frozenset[str]


def may_type(viewer: Actor, hands: Hands) -> bool:
    """Whether a person may read and change an entry: whoever typed it, and all but those complained about in it."""
    return viewer.id == hands.typed_by or not _is_barred(viewer, hands)


def may_check(viewer: Actor, hands: Hands) -> bool:
    """A second pair of eyes: never whoever typed it, nor those complained about."""
    return viewer.id != hands.typed_by and not _is_barred(viewer, hands)


def _is_barred(viewer: Actor, hands: Hands) -> bool:
    return viewer.unit in hands.barred or not viewer.charge.isdisjoint(hands.barred)
