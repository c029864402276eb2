"""How a promise with a date stands on a given day: what nobody has looked at yet is told apart from what is not due."""

from datetime import date
from enum import StrEnum

from portal.domain.codes import Promise
from portal.domain.people import N_


class Standing(StrEnum):
    """`ahead` includes the promised day itself; `unchecked`: the day is over and nobody outside the unit has looked."""

    AHEAD = "ahead"
    UNCHECKED = "unchecked"
    KEPT = "kept"
    BROKEN = "broken"


STANDING_WORDS = {Standing.AHEAD: N_("Not yet due"), Standing.UNCHECKED: N_("Not yet looked at"), Standing.KEPT: N_("Kept"),
                  Standing.BROKEN: N_("Not kept")}


def standing(promise: Promise, promised_on: date, today: date) -> Standing:
    if promise is Promise.OPEN:
        return Standing.AHEAD if today <= promised_on else Standing.UNCHECKED
    return Standing.KEPT if promise is Promise.KEPT else Standing.BROKEN
