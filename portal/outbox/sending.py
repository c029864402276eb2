"""Takes one notice to its receiver: by SMTP, or by a signed webhook to a gateway for text messages.

A sender says when the receiver may have the notice (`hand_over`), and tells apart what certainly did not arrive
(NotTaken) from what perhaps did (Unclear). Knows no database.
"""

import hmac
import http.client
import json
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formatdate
from typing import Protocol
from urllib.parse import urlsplit

from portal.config import Mailbox, Webhook
from portal.outbox.rules import Overtaken

ANSWER_SECONDS = 10  # the longest silence of a receiver
WHOLE_SECONDS = 30  # the longest sending, for receivers that answer a letter at a time
_DROPS_DUPLICATES = ("Notice-Duplicates", "dropped")
# The receiver will never take this very notice; every other refusal is about its own state or about our settings.
_NEVER = frozenset({400, 402, 406, 409, 410, 411, 413, 414, 415, 422})
_SPECIAL = re.compile(r'[\s<>()\[\]:;@\\,"]')
_PERHAPS = frozenset({500, 502, 504})  # it broke down on the way, perhaps after it had sent the message

HandOver = Callable[[], None]


@dataclass(frozen=True)
class Letter:
    """What goes out. `name` stays the same in every attempt; `at` is the moment in seconds."""

    name: str
    to: str
    subject: str
    text: str
    at: int


class NotTaken(Exception):  # noqa: N818 - an answer, not a failure of ours
    """It did not arrive. `for_good`: another attempt is useless. `everywhere`: nor will any other notice arrive now."""

    def __init__(self, fault: str, *, for_good: bool = False, everywhere: bool = False) -> None:
        super().__init__(fault)
        self.fault, self.for_good, self.everywhere = fault, for_good, everywhere


class Unclear(Exception):  # noqa: N818 - as above
    """The receiver had it in hand and did not say what became of it."""


class Sender(Protocol):
    def send(self, letter: Letter, hand_over: HandOver) -> None:
        """Returns once the receiver has taken it. Raises NotTaken, Unclear, and what `hand_over` raises."""

    def drops_duplicates(self) -> bool | None:
        """Whether the receiver lets a notice that it has seen before arrive once only; None where it cannot be asked."""


class MailSender:
    """One connection a notice: encrypted unless the settings say otherwise."""

    def __init__(self, mailbox: Mailbox, name: str) -> None:
        self._mailbox, self._name = mailbox, name
        self._domain = mailbox.sender.rpartition("@")[2]

    def send(self, letter: Letter, hand_over: HandOver) -> None:
        message, wide = self._message(letter), not letter.to.isascii()
        with _nothing_taken_yet(), closing(self._connected()) as smtp, _cut_off(lambda: smtp.sock):
            self._sign_in(smtp)
            if wide and not smtp.has_extn("smtputf8"):
                raise NotTaken("address", for_good=True)
            _ours(smtp.mail(self._mailbox.sender, ["SMTPUTF8"] if wide else []))
            _theirs(smtp.rcpt(letter.to))
            _theirs(smtp.docmd("DATA"), 354)
            smtp.send(message)
            hand_over()
            with _perhaps_taken():
                smtp.send(b".\r\n")  # only this makes it the server's
                reply = smtp.getreply()
            _theirs(reply)
            with suppress(OSError):
                smtp.putcmd("QUIT")

    def drops_duplicates(self) -> bool | None:
        return False

    def _connected(self) -> smtplib.SMTP:
        box = self._mailbox
        if box.security == "tls":
            return smtplib.SMTP_SSL(box.host, box.port, self._domain, timeout=ANSWER_SECONDS,
                                    context=ssl.create_default_context())
        return smtplib.SMTP(box.host, box.port, self._domain, timeout=ANSWER_SECONDS)

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if self._mailbox.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
        if self._mailbox.user:
            smtp.login(self._mailbox.user, self._mailbox.password)

    def _message(self, letter: Letter) -> bytes:
        message = EmailMessage(SMTP if letter.to.isascii() else SMTPUTF8)
        try:
            message["From"] = Address(self._name, addr_spec=self._mailbox.sender)
            message["To"] = _recipient(letter.to)
        except (ValueError, IndexError, MessageError) as fault:
            raise NotTaken("address", for_good=True) from fault
        message["Subject"] = letter.subject
        message["Date"] = formatdate(letter.at)
        message["Message-ID"] = f"<{letter.name}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="base64")
        return re.sub(rb"(?m)^\.", b"..", message.as_bytes())


class WebhookSender:
    """POST of `{"id", "phone", "text"}`, signed: HMAC-SHA256 over the time stamp, a dot, and the body.

    A receiver that answers OPTIONS with `Notice-Duplicates: dropped` is sent an unclear notice again, under the same id.
    """

    def __init__(self, webhook: Webhook) -> None:
        self._webhook, self._address = webhook, urlsplit(webhook.url)

    def send(self, letter: Letter, hand_over: HandOver) -> None:
        body = json.dumps({"id": letter.name, "phone": letter.to, "text": letter.text}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Portal-Timestamp": str(letter.at),
                   "Portal-Signature": f"sha256={signature(self._webhook.secret, letter.at, body)}"}
        with _nothing_taken_yet(), closing(self._connection()) as connection, _cut_off(lambda: connection.sock):
            connection.connect()
            hand_over()
            with _perhaps_taken():
                connection.request("POST", self._path, body, headers)
                status = connection.getresponse().status
            _judge(status)

    def drops_duplicates(self) -> bool | None:
        try:
            with closing(self._connection()) as connection, _cut_off(lambda: connection.sock):
                connection.request("OPTIONS", self._path)
                answer = connection.getresponse()
        except (OSError, http.client.HTTPException):
            return None
        name, value = _DROPS_DUPLICATES
        return None if answer.status >= 500 else answer.headers.get(name, "").strip().lower() == value

    @property
    def _path(self) -> str:
        return (self._address.path or "/") + (f"?{self._address.query}" if self._address.query else "")

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._address.hostname or "", self._address.port
        if self._address.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=ANSWER_SECONDS, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)


def _recipient(address: str) -> Address:
    """Raises where it is no plain address of one person."""
    if address.isascii():
        return Address(addr_spec=address)
    local, _at, domain = address.rpartition("@")
    if _SPECIAL.search(local + domain):
        raise ValueError
    return Address(username=local, domain=domain)


def signature(secret: str, at: int, body: bytes) -> str:
    """What the receiver computes as well, and compares."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, "sha256").hexdigest()


def _ours(reply: tuple[int, bytes]) -> None:
    """A refusal of ourselves: it can be mended, and until then concerns every notice."""
    if reply[0] != 250:
        raise NotTaken(f"smtp-{max(reply[0], 0)}", everywhere=True)


def _theirs(reply: tuple[int, bytes], *wanted: int) -> None:
    """A refusal of this notice: with 5xx for good. What is no answer at all leaves open what became of it."""
    code = reply[0]
    if code in (wanted or (250, 251)):
        return
    if not 400 <= code < 600:
        raise Unclear
    raise NotTaken(f"smtp-{code}", for_good=code >= 500, everywhere=code == 421)


def _judge(status: int) -> None:
    if 200 <= status < 300:
        return
    if status in _PERHAPS:
        raise Unclear
    raise NotTaken(f"http-{status}", for_good=status in _NEVER, everywhere=status not in _NEVER)


@contextmanager
def _nothing_taken_yet() -> Iterator[None]:
    """A fault before the notice is handed over: it did not arrive, and the next one would not either."""
    try:
        yield
    except (NotTaken, Unclear, Overtaken):
        raise
    except smtplib.SMTPAuthenticationError as fault:
        raise NotTaken("login", everywhere=True) from fault
    except smtplib.SMTPResponseException as fault:
        raise NotTaken(f"smtp-{max(fault.smtp_code, 0)}", everywhere=True) from fault
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as fault:
        raise NotTaken("tls", everywhere=True) from fault
    except (OSError, http.client.HTTPException) as fault:
        in_time = not isinstance(fault, TimeoutError) and not isinstance(fault.__context__, TimeoutError)
        raise NotTaken("unreachable" if in_time else "timeout", everywhere=True) from fault


@contextmanager
def _perhaps_taken() -> Iterator[None]:
    try:
        yield
    except Exception as fault:  # whatever it is, the receiver may have the notice
        raise Unclear from fault


@contextmanager
def _cut_off(connected: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Ends a connection on which something trickles for too long: time-outs count anew with every byte."""
    def cut() -> None:
        found = connected()
        if found is not None:
            with suppress(OSError):
                socket.socket.shutdown(found, socket.SHUT_RDWR)  # below any encryption, which is not ours to touch here

    timer = threading.Timer(WHOLE_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
