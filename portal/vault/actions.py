"""Opens the vault: the master keys of this process and the look-up key kept, wrapped, in the database."""

from dataclasses import dataclass

from portal.db import db
from portal.vault.box import HASH_BYTES, Keyring, derived, new_key
from portal.vault.models import SiteState

_LOOKUP = "lookup-key"


@dataclass(frozen=True)
class Vault:
    """What seals and finds: hashes made here can be compared only by whoever holds the keys."""

    keyring: Keyring
    lookup_key: bytes

    def code_hash(self, code: str) -> bytes:
        """The only trace of a reference code that is kept (keyed BLAKE2b-128)."""
        return derived(self.lookup_key, "portal-code", code.encode(), HASH_BYTES)

    def once_hash(self, submission: bytes) -> bytes:
        """Tells a form sent twice from two forms."""
        return derived(self.lookup_key, "portal-once", submission, HASH_BYTES)

    def code_material(self, submission: bytes) -> bytes:
        """The bytes a reference code is made of: the same submission sent twice gets the same code."""
        return derived(self.lookup_key, "portal-new-code", submission, 32)

    def chance(self, what: str) -> float:
        """A number from 0 to 1 that nobody without the keys can foresee, and that is the same whenever it is asked."""
        return int.from_bytes(derived(self.lookup_key, "portal-chance", what.encode(), 8), "big") / 2**64

    def ballot_code_hash(self, code: str) -> bytes:
        """The only trace of a one-time code that is kept."""
        return derived(self.lookup_key, "portal-ballot", code.encode(), HASH_BYTES)

    def secret_hash(self, secret: str) -> bytes:
        """For invitations."""
        return derived(self.lookup_key, "portal-invite", secret.encode(), HASH_BYTES)


def prepare_vault(keyring: Keyring) -> None:
    """Makes the look-up key at the first start. Belongs inside a transaction."""
    if db.session.get(SiteState, _LOOKUP) is None:
        db.session.add(SiteState(key=_LOOKUP, value=keyring.wrap(new_key(), _LOOKUP)))
        db.session.flush()


def open_vault(keyring: Keyring) -> Vault:
    """Raises SealError where the master keys do not fit the database, LookupError before the first start."""
    kept = db.session.get(SiteState, _LOOKUP)
    if kept is None:
        raise LookupError("the database is not prepared; run: flask --app portal init")
    return Vault(keyring, keyring.unwrap(kept.value, _LOOKUP))
