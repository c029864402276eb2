"""Makes accounts, checks passwords, invites. Nobody has a password that they did not choose themselves."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.accounts.models import Account
from portal.accounts.queries import Staff, as_staff
from portal.db import db
from portal.domain.errors import InvalidError, NotAllowedError, NotFoundError
from portal.domain.given import clean
from portal.domain.people import STAFF_ROLES, Role
from portal.vault.actions import Vault

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
INVITATION_LASTS = timedelta(hours=72)
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,39}")
# Argon2id as measured for this purpose: 64 MiB, two passes, one lane (RFC 9106).
_TIME, _MEMORY_KIB, _LANES = 2, 65_536, 1
_NOBODY = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$pDLnYbBeoBSrfDS9sCN1Kz5AhOhGUcGH0F4sBmvTQV4"


def check_password(login: str, password: str) -> Staff | None:
    """The member of staff, or None. A wrong name takes as long as a wrong password."""
    login = login.strip().lower()
    known = _LOGIN.fullmatch(login) is not None
    account = db.session.scalar(select(Account).where(Account.login == login)) if known else None
    kept = account.password_hash if account and account.active and account.password_hash else _NOBODY
    if not _verified(kept, password[:LONGEST_PASSWORD]) or account is None or kept is _NOBODY:
        return None
    return as_staff(account)


def note_sign_in(account_id: int, *, now: datetime) -> None:
    _get(account_id).signed_in_at = now


def end_sessions(account_id: int) -> None:
    """Signing out ends every session of the account: a copied cookie is worth nothing afterwards."""
    _get(account_id).epoch += 1


def invite(*, login: str, name: str, unit: str, roles: Iterable[Role], secret: str, now: datetime, vault: Vault,
           charge: Iterable[str] = ()) -> Staff:
    """A new account that `secret` opens once; raises InvalidError."""
    login, name = login.strip().lower(), clean(name)
    faults = {}
    if not _LOGIN.fullmatch(login):
        faults["login"] = "login"
    elif db.session.scalar(select(Account.id).where(Account.login == login)):
        faults["login"] = "taken"
    if not name:
        faults["name"] = "required"
    chosen = sorted({Role(role) for role in roles} & set(STAFF_ROLES))
    if not chosen:
        faults["roles"] = "required"
    if Role.LEADER in chosen and not set(charge):
        faults["charge"] = "required"
    if faults:
        raise InvalidError(faults)
    account = Account(login=login, name=name[:60], unit=unit, roles=[role.value for role in chosen],
                      charge=sorted(set(charge)), created_at=now, epoch=1, active=True)
    _invite(account, secret, now, vault)
    db.session.add(account)
    db.session.flush()
    return as_staff(account)


def invite_again(account_id: int, *, secret: str, now: datetime, vault: Vault, by_operator: bool = False) -> Staff:
    """A new secret for somebody who lost the password; all their sessions end. Raises NotAllowedError."""
    account = _get(account_id)
    if not by_operator:
        _refuse_sealed(account)
    account.password_hash = None
    account.epoch += 1
    _invite(account, secret, now, vault)
    return as_staff(account)


def change(account_id: int, *, by: int, unit: str, roles: Iterable[Role], active: bool, charge: Iterable[str] = ()) -> None:
    """Changes unit, roles, charge and whether the account is open; nobody's own. Raises InvalidError, NotAllowedError."""
    if account_id == by:
        raise InvalidError({"roles": "own"})
    account = _get(account_id)
    _refuse_sealed(account)
    chosen = sorted({Role(role) for role in roles} & set(STAFF_ROLES))
    charge = sorted(set(charge))
    if not chosen:
        raise InvalidError({"roles": "required"})
    if Role.LEADER in chosen and not charge:
        raise InvalidError({"charge": "required"})
    account.charge = charge
    account.unit, account.roles, account.active = unit, [role.value for role in chosen], active
    account.epoch += 1


def find_invited(secret: str, *, now: datetime, vault: Vault) -> Staff | None:
    account = _invited(secret, now, vault)
    return as_staff(account) if account else None


def accept_invitation(secret: str, password: str, *, now: datetime, vault: Vault) -> Staff:
    """Sets the first password; the secret is used up. Raises NotFoundError, InvalidError."""
    account = _invited(secret, now, vault)
    if account is None:
        raise NotFoundError
    if len(password) < SHORTEST_PASSWORD or password.lower().startswith(account.login):
        raise InvalidError({"password": "weak"})
    if len(password) > LONGEST_PASSWORD:
        raise InvalidError({"password": "too_long"})
    account.password_hash, account.invitation_hash, account.signed_in_at = hashed(password), None, now
    account.epoch += 1
    return as_staff(account)


def hashed(password: str) -> str:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=_TIME, memory_cost=_MEMORY_KIB, parallelism=_LANES).hash(password)


def _verified(kept: str, password: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher(time_cost=_TIME, memory_cost=_MEMORY_KIB, parallelism=_LANES).verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _invite(account: Account, secret: str, now: datetime, vault: Vault) -> None:
    account.invitation_hash, account.invited_at = vault.secret_hash(secret), now


def _invited(secret: str, now: datetime, vault: Vault) -> Account | None:
    invited = select(Account).where(Account.invitation_hash == vault.secret_hash(secret)).with_for_update()
    account = db.session.scalar(invited)
    fresh = account and account.active and account.invited_at and now - account.invited_at <= INVITATION_LASTS
    return account if fresh else None


def _refuse_sealed(account: Account) -> None:
    """A discipline officer's account is the operator's: who can take it over can read reports of misconduct."""
    if Role.DISCIPLINE_OFFICER in account.roles:
        raise NotAllowedError("change")


def _get(account_id: int) -> Account:
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotFoundError
    return account
