"""Who acts: roles and the actor. Knows no accounts and no passwords."""

from dataclasses import dataclass
from enum import StrEnum


def N_(text: str) -> str:  # noqa: N802 - the gettext convention for "translate later"
    """Marks an English text for translation where it is shown, not here."""
    return text


class Role(StrEnum):
    """What a person may be. The first group has accounts; author, public and system have none."""

    COORDINATOR = "coordinator"
    HANDLER = "handler"
    REVIEWER = "reviewer"
    COMPLAINTS_OFFICER = "complaints"
    DISCIPLINE_OFFICER = "discipline"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
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
    Role.AUTHOR: N_("The author"),
    Role.SYSTEM: N_("The portal"),
}
STAFF_ROLES = tuple(role for role in Role if role not in (Role.AUTHOR, Role.SYSTEM))
# What an administrator may grant. Whoever could make a discipline officer could read reports: the operator alone may.
GRANTED_ROLES = tuple(role for role in STAFF_ROLES if role is not Role.DISCIPLINE_OFFICER)


@dataclass(frozen=True)
class Actor:
    """One person (or the system) at the moment of acting: `id` is None for authors, the public and the system."""

    roles: frozenset[Role] = frozenset()
    id: int | None = None
    unit: str | None = None


PUBLIC = Actor()
AUTHOR = Actor(roles=frozenset({Role.AUTHOR}))
SYSTEM = Actor(roles=frozenset({Role.SYSTEM}))
