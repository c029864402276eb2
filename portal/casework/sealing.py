"""One case's key in use: its words, its contact details, its files. Each value is bound to its place in the case."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.casework.models import CaseRecord, EventRecord
from portal.domain.redaction import Kind, Known
from portal.vault.actions import Vault
from portal.vault.box import seal, seal_words, unseal, unseal_words

_KNOWN_KINDS = {"name": Kind.NAME, "phone": Kind.PHONE, "email": Kind.EMAIL}


@dataclass(frozen=True)
class CaseSeal:
    number: str
    key: bytes

    @classmethod
    def of(cls, record: CaseRecord, vault: Vault) -> "CaseSeal":
        """Raises SealError where the master key is missing or the row was tampered with."""
        return cls(record.number, vault.keyring.unwrap(record.wrapped_key, record.number))

    def words(self, words: Mapping[str, str], place: str) -> bytes:
        return seal_words(self.key, words, f"{self.number}|{place}")

    def open_words(self, sealed: bytes | None, place: str) -> dict[str, str]:
        return unseal_words(self.key, sealed, f"{self.number}|{place}") if sealed else {}

    def open_event(self, event: EventRecord) -> dict[str, str]:
        return self.open_words(event.words, f"event:{event.seq}")

    def open_contact(self, record: CaseRecord) -> dict[str, str]:
        return self.open_words(record.contact, "contact")

    def known(self, record: CaseRecord) -> list[Known]:
        """What the author gave about themselves: beyond doubt personal wherever it stands."""
        return [Known(value, _KNOWN_KINDS[name]) for name, value in self.open_contact(record).items()
                if name in _KNOWN_KINDS]

    def file(self, data: bytes, token: str) -> bytes:
        return seal(self.key, data, f"{self.number}|file:{token}")

    def open_file(self, sealed: bytes, token: str) -> bytes:
        return unseal(self.key, sealed, f"{self.number}|file:{token}")
