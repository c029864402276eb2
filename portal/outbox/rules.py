"""What a notice is, by which means it travels, when a failed one is tried again. Knows neither tables nor networks."""

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.people import N_


class Means(StrEnum):
    """How an author wants to hear that something changed; the value is also kept with the case."""

    EMAIL = "email"
    SMS = "sms"


class Kind(StrEnum):
    """`changed`: something happened to the case. `one_time`: the number that stands in for a lost reference code."""

    CHANGED = "changed"
    ONE_TIME = "one_time"


class State(StrEnum):
    """`sending`: claimed, the receiver cannot have it yet. `handing`: the receiver may have it already."""

    QUEUED = "queued"
    SENDING = "sending"
    HANDING = "handing"
    SENT = "sent"
    STUCK = "stuck"
    DROPPED = "dropped"


CONTACT = {Means.EMAIL: "email", Means.SMS: "phone"}  # which of the contact details each means needs
MEANS_WORDS = {Means.EMAIL: N_("By e-mail"), Means.SMS: N_("By text message")}
KIND_WORDS = {Kind.CHANGED: N_("Something has changed"), Kind.ONE_TIME: N_("One-time number")}

LEASE = timedelta(minutes=2)  # several times longer than the longest sending
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))
ASKED_FOR = timedelta(days=1)  # how long a receiver is asked what became of an unclear notice
KEPT = timedelta(days=30)  # what was sent or dropped

# Other faults are answers of the receiver: smtp-550, http-410.
UNCLEAR = "unclear"
FAULT_WORDS = {
    "unreachable": N_("The receiver could not be reached, or hung up."),
    "timeout": N_("The receiver did not answer in time."),
    "tls": N_("The connection could not be encrypted."),
    "login": N_("The mail server refused the name or the password in SMTP_URL."),
    "address": N_("The address cannot be used."),
    "stopped": N_("The worker stopped before anything was handed over."),
    "fault": N_("A fault of the portal; its log tells the place."),
    UNCLEAR: N_("The receiver had it in hand and never answered. Sent again, it may arrive twice."),
}

_MOBILE = re.compile(r"1[3-9][0-9]{9}|00[1-9][0-9]{7,14}")


class Overtaken(Exception):  # noqa: N818 - no fault: another worker has the notice now
    """The claim ran out before the notice was handed over; whoever holds it now sends it."""


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts in vain; None where a person must look."""
    return now + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def plain_email(typed: str) -> str:
    """The same for every way of typing one address."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def plain_phone(typed: str) -> str:
    """Digits alone; numbers of this country without its code, others with 00 before theirs."""
    typed = unicodedata.normalize("NFKC", typed).strip()
    digits = re.sub(r"[^0-9]", "", typed)
    if typed.startswith("+"):
        digits = f"00{digits}"
    return digits.removeprefix("0086")


def takes_texts(phone: str) -> bool:
    """Whether a text message can be sent there: a mobile number of this country, or any abroad."""
    return _MOBILE.fullmatch(plain_phone(phone)) is not None
