"""The staff of the simulated city: whoever the cases need, under names of posts. A few of them a visitor may be."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.accounts import actions as accounts
from portal.accounts.queries import Staff
from portal.content import Content
from portal.domain.people import Actor, Role
from portal.vault.actions import Vault

SHOWN_UNIT = "household"  # where the handler and the reviewer among the visitors work
_LETTERS, _GROUPS, _GROUP = "abcdefghjkmnpqrstuvwxyz23456789", 4, 4  # none that looks like another; 79 bits


@dataclass(frozen=True)
class Login:
    """An account that a visitor may use; its password is told once and kept nowhere."""

    role: Role
    unit: str
    login: str
    password: str


@dataclass(frozen=True)
class Post:
    """`deputy` is the second person of a post: who drafts where the first one approves."""

    role: Role
    unit: str
    title: str
    is_shown: bool = False
    deputy: bool = False

    @property
    def login(self) -> str:
        if self.is_shown:
            return self.role.value
        return f"{self.role.value}.{self.unit}{'.2' if self.deputy else ''}"


class Team:
    """Everyone, to be asked for by role and unit."""

    def __init__(self, hired: dict[Post, Staff], logins: Iterable[Login]) -> None:
        self._actors = {(post.role, post.unit, post.deputy): staff.actor for post, staff in hired.items()}
        self.logins = tuple(logins)

    def who(self, role: Role, unit: str, *, deputy: bool = False) -> Actor:
        return self._actors[role, unit, deputy]


def hire(units: Iterable[str], *, city: Content, now: datetime, vault: Vault) -> Team:
    """Makes all accounts; those shown to visitors get a password made up on the spot."""
    hired, logins = {}, []
    for post in _posts(sorted(units)):
        secret = secrets.token_urlsafe(24)
        name = f"{city.units[post.unit].name}{post.title}"
        hired[post] = accounts.invite(login=post.login, name=name, unit=post.unit, roles=[post.role], secret=secret, now=now,
                                      vault=vault)
        if post.is_shown:
            password = _password()
            hired[post] = accounts.accept_invitation(secret, password, now=now, vault=vault)
            logins.append(Login(post.role, post.unit, post.login, password))
    return Team(hired, logins)


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _letter in range(_GROUP)) for _group in range(_GROUPS))


def _posts(units: list[str]) -> list[Post]:
    """The coordinator, a handler and a reviewer for every unit, two each for what must not leave its lane."""
    offices = [Post(Role.COORDINATOR, "outreach", "分办岗", is_shown=True)]
    offices += [Post(role, unit, title, is_shown=unit == SHOWN_UNIT) for unit in units
                for role, title in ((Role.HANDLER, "承办岗"), (Role.REVIEWER, "审核岗"))]
    offices += [Post(Role.COMPLAINTS_OFFICER, unit, "信访审核岗", is_shown=unit == "complaints")
                for unit in ("complaints", "legal")]
    offices += [Post(Role.COMPLAINTS_OFFICER, unit, "信访承办岗", deputy=True) for unit in ("complaints", "legal")]
    offices += [Post(Role.DISCIPLINE_OFFICER, "discipline", "审核岗", is_shown=True),
                Post(Role.DISCIPLINE_OFFICER, "discipline", "承办岗", deputy=True)]
    return [*offices, Post(Role.EDITOR, "publicity", "编辑岗", is_shown=True),
            Post(Role.ADMINISTRATOR, "technology", "管理员", is_shown=True)]
