"""What becomes of what people brought up in a consultation."""

from enum import StrEnum

from portal.domain.people import N_


class Decision(StrEnum):
    ADOPTED = "adopted"
    PARTLY = "partly"
    NOT = "not"


DECISION_WORDS = {
    Decision.ADOPTED: N_("Adopted"),
    Decision.PARTLY: N_("Adopted in part"),
    Decision.NOT: N_("Not adopted"),
}
