"""Seals and opens: AES-256-GCM, each case under a key of its own, that key wrapped under the master keys.

A sealed value is bound to its context (which case, which field), so that it cannot be moved to another row. To
rotate, the new master key is put first; the old ones still open. Knows no database.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NONCE_BYTES = 12
_ID_BYTES = 4
HASH_BYTES = 16


class SealError(Exception):
    """The value was not sealed with this key for this context, or it was damaged."""


def seal(key: bytes, plain: bytes, context: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """Raises SealError."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as fault:
        raise SealError(context) from fault


def seal_words(key: bytes, words: Mapping[str, str], context: str) -> bytes:
    return seal(key, json.dumps(dict(words), ensure_ascii=False).encode(), context)


def unseal_words(key: bytes, sealed: bytes, context: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(unseal(key, sealed, context))
    return found


def new_key() -> bytes:
    return secrets.token_bytes(_KEY_BYTES)


def derived(secret: bytes, purpose: str, data: bytes = b"", size: int = _KEY_BYTES) -> bytes:
    """A key or hash of `data` for one purpose (keyed BLAKE2b, RFC 7693)."""
    return blake2b(data, key=secret[:64], person=purpose.encode()[:16], digest_size=size).digest()


@dataclass(frozen=True)
class Keyring:
    """The master keys, newest first."""

    keys: tuple[bytes, ...]

    @classmethod
    def of(cls, secrets_: tuple[str, ...]) -> "Keyring":
        return cls(tuple(derived(each.strip().encode(), "portal-master") for each in secrets_))

    def wrap(self, key: bytes, context: str) -> bytes:
        return self._id(self.keys[0]) + seal(self.keys[0], key, context)

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Raises SealError, also when the master key it was wrapped under is not on the ring."""
        for master in self.keys:
            if wrapped[:_ID_BYTES] == self._id(master):
                return unseal(master, wrapped[_ID_BYTES:], context)
        raise SealError(f"{context}: its master key is missing; add the old key to PORTAL_KEYS")

    @staticmethod
    def _id(master: bytes) -> bytes:
        return derived(master, "portal-key-id", size=_ID_BYTES)


def sealed_token(secret: str, value: Mapping[str, Any], purpose: str) -> str:
    """A small value for a cookie, which its bearer can neither read nor change."""
    key = derived(secret.encode(), "portal-cookie")
    return base64.urlsafe_b64encode(seal(key, json.dumps(value).encode(), purpose)).decode().rstrip("=")


def opened_token(secret: str, token: str, purpose: str) -> dict[str, Any] | None:
    """None for anything that `sealed_token` did not make for this purpose."""
    key = derived(secret.encode(), "portal-cookie")
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        found = json.loads(unseal(key, raw, purpose))
    except (ValueError, SealError):
        return None
    return found if isinstance(found, dict) else None
