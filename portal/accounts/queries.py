"""Reads staff accounts."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.db import db
from portal.domain.people import Actor, Role


@dataclass(frozen=True)
class Staff:
    """A member of staff, as far as pages need to know."""

    id: int
    login: str
    name: str
    unit: str
    roles: frozenset[Role]
    epoch: int
    active: bool
    has_password: bool
    charge: frozenset[str] = frozenset()

    @property
    def actor(self) -> Actor:
        return Actor(roles=self.roles, id=self.id, unit=self.unit, charge=self.charge)


def find_signed_in(account_id: int, epoch: int) -> Staff | None:
    """None once the account was closed or its sessions were ended."""
    account = db.session.get(Account, account_id)
    return as_staff(account) if account and account.active and account.epoch == epoch else None


def find_staff(account_id: int) -> Staff | None:
    account = db.session.get(Account, account_id)
    return as_staff(account) if account else None


def names_of(ids: Sequence[int]) -> dict[int, str]:
    rows = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def all_staff() -> list[Staff]:
    return [as_staff(account) for account in db.session.scalars(select(Account).order_by(Account.unit, Account.login))]


def staffed_units(roles: Set[Role]) -> set[str]:
    """The units in which somebody with an open account has one of these roles."""
    rows = db.session.execute(select(Account.unit, Account.roles).where(Account.active))
    return {unit for unit, held in rows if roles & set(held)}


@dataclass(frozen=True)
class Post:
    """What an open account may do and where, without the person."""

    id: int
    unit: str
    roles: frozenset[Role]


def open_accounts() -> list[Post]:
    rows = db.session.execute(select(Account.id, Account.unit, Account.roles).where(Account.active).order_by(Account.id))
    return [Post(row.id, row.unit, frozenset(map(Role, row.roles))) for row in rows]


def has_administrator() -> bool:
    """Whether somebody can already sign in and manage accounts."""
    rows = db.session.scalars(select(Account).where(Account.active, Account.password_hash.is_not(None)))
    return any(Role.ADMINISTRATOR in account.roles for account in rows)


def count_staff() -> int:
    return db.session.scalar(select(func.count()).select_from(Account)) or 0


def as_staff(account: Account) -> Staff:
    return Staff(account.id, account.login, account.name, account.unit, frozenset(map(Role, account.roles)),
                 account.epoch, account.active, account.password_hash is not None, frozenset(account.charge))


def find_by_login(login: str) -> Staff | None:
    account = db.session.scalar(select(Account).where(Account.login == login))
    return as_staff(account) if account else None
