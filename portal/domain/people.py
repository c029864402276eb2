"""Who acts: roles and the actor. Knows no accounts and no passwords."""

from dataclasses import dataclass
from enum import StrEnum


def N_(text: str) -> str:  # noqa: N802 - the gettext convention for "translate later"
    """Marks an English text for translation where it is shown, not here."""
    return text


class Role(StrEnum):
    """What a person may be. The last three are no posts: whoever works on a part of a case, the author, the portal."""

    COORDINATOR = "coordinator"
    HANDLER = "handler"
    REVIEWER = "reviewer"
    COMPLAINTS_OFFICER = "complaints"
    DISCIPLINE_OFFICER = "discipline"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    LEADER = "leader"
    INSPECTOR = "inspector"
    CO_UNIT = "co-unit"
    AUTHOR = "author"
    SYSTEM = "system"


ROLE_WORDS = {
    Role.COORDINATOR: N_("Coordinator"),
    Role.HANDLER: N_("Handler"),
    Role.REVIEWER: N_("Reviewer"),
    Role.COMPLAINTS_OFFICER: N_("Complaints officer"),
    Role.DISCIPLINE_OFFICER: N_("Discipline officer"),
    Role.EDITOR: N_("Editor"),
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.LEADER: N_("Responsible leader"),
    Role.INSPECTOR: N_("Inspector"),
    Role.CO_UNIT: N_("Contributing unit"),
    Role.AUTHOR: N_("The author"),
    Role.SYSTEM: N_("The portal"),
}
STAFF_ROLES = tuple(role for role in Role if role not in (Role.CO_UNIT, Role.AUTHOR, Role.SYSTEM))
# What an administrator may grant. Whoever could make a discipline officer could read reports: the operator alone may.
GRANTED_ROLES = tuple(role for role in STAFF_ROLES if role is not Role.DISCIPLINE_OFFICER)


@dataclass(frozen=True)
class Actor:
    """One person (or the system) at the moment of acting: `id` is None for authors, the public and the system.

    `charge` are the units that a responsible leader answers for (分管), or the area of a county's coordinator.
    """

    roles: frozenset[Role] = frozenset()
    id: int | None = None
    unit: str | None = None
    charge: frozenset[str] = frozenset()


OFFICE = "outreach"  # the unit that sorts opinions: the outreach office 走访办
DISCIPLINE_UNIT = "discipline"  # the only unit that reads reports of misconduct
PUBLIC = Actor()
AUTHOR = Actor(roles=frozenset({Role.AUTHOR}))
SYSTEM = Actor(roles=frozenset({Role.SYSTEM}))
