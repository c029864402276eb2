"""The staff of the simulated city: whoever the cases need, under names of posts. A few of them a visitor may be."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.accounts import actions as accounts
from portal.accounts.queries import Staff
from portal.content import Content
from portal.domain.people import OFFICE, Actor, Role
from portal.vault.actions import Vault

SHOWN_UNIT = "household"  # where the handler and the reviewer among the visitors work
COUNTY = "beishan"  # has a coordinator of its own
INSPECTION = "inspection"  # handles what is about another unit, and watches
HIGHER = "office"  # decides a petition that two others have decided
_PETITIONS = ("complaints", "legal", "nanping", HIGHER)
# Responsible leaders and the units they answer for; the first is the one that a visitor may be.
_CHARGES = {
    "窗口服务": ("household", "exit-entry", "vehicle", "technology"),
    "治安交通和县区": ("traffic", "order", "criminal", "cyber", "hedong", "hexi", "zone", "beishan", "nanping", "east-gate",
                "north-pass", "west-gate", "south-market", "zone-first", "lijiazhuang"),
    "执法监督": ("legal", "complaints", INSPECTION, "publicity"),
}
_LETTERS, _GROUPS, _GROUP = "abcdefghjkmnpqrstuvwxyz23456789", 4, 4  # none that looks like another; 79 bits


@dataclass(frozen=True)
class Login:
    """An account that a visitor may use; its password is told once and kept nowhere."""

    role: Role
    unit: str
    login: str
    password: str
    charge: tuple[str, ...] = ()


@dataclass(frozen=True)
class Post:
    """`seat` 2 is the second person of a post: who drafts where the first one approves, who takes over from the first."""

    role: Role
    unit: str
    title: str
    is_shown: bool = False
    seat: int = 1
    charge: tuple[str, ...] = ()

    @property
    def login(self) -> str:
        if self.is_shown and not (self.charge and self.role is Role.COORDINATOR):
            return self.role.value
        return f"{self.role.value}.{self.unit}{f'.{self.seat}' if self.seat > 1 else ''}"

    def name(self, city: Content) -> str:
        return self.title if self.role is Role.LEADER else f"{city.units[self.unit].name}{self.title}"


class Team:
    """Everyone, to be asked for by role and unit."""

    def __init__(self, hired: Mapping[Post, Staff], logins: Iterable[Login]) -> None:
        self._actors = {(post.role, post.unit, post.seat): staff.actor for post, staff in hired.items()}
        self.leaders = tuple(staff.actor for post, staff in hired.items() if post.role is Role.LEADER)
        self.logins = tuple(logins)

    def who(self, role: Role, unit: str, seat: int = 1) -> Actor:
        return self._actors[role, unit, seat]

    @property
    def overseers(self) -> tuple[Actor, ...]:
        """Those who look at the work of others, the county's coordinator first."""
        return (self.who(Role.COORDINATOR, COUNTY), self.who(Role.COORDINATOR, OFFICE), self.who(Role.COORDINATOR, OFFICE, 2),
                self.who(Role.INSPECTOR, INSPECTION))


def hire(units: Iterable[str], *, city: Content, now: datetime, vault: Vault) -> Team:
    """Makes all accounts; those shown to visitors get a password made up on the spot."""
    hired, logins = {}, []
    for post in _posts(sorted(units), city):
        secret = secrets.token_urlsafe(24)
        hired[post] = accounts.invite(login=post.login, name=post.name(city), unit=post.unit, roles=[post.role], secret=secret,
                                      now=now, vault=vault, charge=post.charge)
        if post.is_shown:
            password = _password()
            hired[post] = accounts.accept_invitation(secret, password, now=now, vault=vault)
            logins.append(Login(post.role, post.unit, post.login, password, post.charge))
    return Team(hired, logins)


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _letter in range(_GROUP)) for _group in range(_GROUPS))


def _posts(units: list[str], city: Content) -> list[Post]:
    """Coordinators and those who watch; two handlers and a reviewer for every unit, two each for what stays in its lane."""
    area = tuple(sorted(code for code, unit in city.units.items() if COUNTY in (code, unit.parent)))
    offices = [Post(Role.COORDINATOR, OFFICE, "分办岗", is_shown=True), Post(Role.COORDINATOR, OFFICE, "评议岗", seat=2),
               Post(Role.COORDINATOR, COUNTY, "走访分办岗", is_shown=True, charge=area)]
    works = ((Role.HANDLER, "承办岗", 1), (Role.HANDLER, "承办岗", 2), (Role.REVIEWER, "审核岗", 1))
    offices += [Post(role, unit, title, is_shown=unit == SHOWN_UNIT and seat == 1, seat=seat)
                for unit in units for role, title, seat in works]
    offices += [Post(Role.COMPLAINTS_OFFICER, unit, title, is_shown=unit == "complaints" and seat == 1, seat=seat)
                for unit in _PETITIONS for title, seat in (("信访审核岗", 1), ("信访承办岗", 2))]
    offices += [Post(Role.DISCIPLINE_OFFICER, "discipline", "审核岗", is_shown=True),
                Post(Role.DISCIPLINE_OFFICER, "discipline", "承办岗", seat=2),
                Post(Role.INSPECTOR, INSPECTION, "督察岗", is_shown=True)]
    offices += [Post(Role.LEADER, "office", f"分管局领导（{title}）", is_shown=seat == 1, seat=seat, charge=charge)
                for seat, (title, charge) in enumerate(_CHARGES.items(), start=1)]
    return [*offices, Post(Role.EDITOR, "publicity", "编辑岗", is_shown=True),
            Post(Role.ADMINISTRATOR, "technology", "管理员", is_shown=True)]
