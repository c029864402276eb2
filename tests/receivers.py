"""Receivers of notices on this machine: a real mail server, and a gateway for text messages that tests make misbehave."""

import hmac
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

SECRET = "shared-with-the-gateway-" * 2
PATIENCE = 10  # seconds that a test waits for another process or thread


def free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class _Connection(SMTP):
    """Tells the server when a connection has ended, whatever became of it."""

    def connection_made(self, transport: Any) -> None:
        self.event_handler.opened()
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.event_handler.closed()


@dataclass
class MailServer:
    """What arrived, and what the server answers to a recipient or a message instead of taking it."""

    port: int = 0
    arrived: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)  # RCPT or DATA -> reply
    when_taken: Callable[[], None] = lambda: None  # called once the message is the server's, before it says so
    _open: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def ids(self) -> list[str]:
        return [str(each["Message-ID"]) for each in self.arrived]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?starttls=no"

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str,  # noqa: N802 - its name
                          options: list[str]) -> str:
        self.commands.append("MAIL")
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str,  # noqa: N802 - its name
                          options: list[str]) -> str:
        self.commands.append("RCPT")
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        if "DATA" in self.answers:
            return self.answers["DATA"]
        content = envelope.content
        assert isinstance(content, bytes)
        message = BytesParser(policy=default).parsebytes(content)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        self.recipients += envelope.rcpt_tos
        self.when_taken()
        return "250 OK"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        known = isinstance(given, LoginPassword) and (given.login, given.password) == (b"portal", b"right")
        return AuthResult(success=known, handled=False)

    def opened(self) -> None:
        with self.changed:
            self._open += 1

    def closed(self) -> None:
        with self.changed:
            self._open -= 1
            self.changed.notify_all()

    def settle(self) -> None:
        """Waits until nobody is connected any more."""
        with self.changed:
            assert self.changed.wait_for(lambda: self._open == 0, PATIENCE), "a connection stays open"


@contextmanager
def mail_server(**more: Any) -> Iterator[MailServer]:
    logging.getLogger("mail.log").disabled = True  # the server's log is not the portal's
    server = MailServer(port=free_port())

    class Serving(Controller):
        def factory(self) -> SMTP:
            return _Connection(server, hostname="mail.test", enable_SMTPUTF8=True, authenticator=server.authenticate,
                               auth_require_tls=False, **more)

    serving = Serving(server, hostname="127.0.0.1", port=server.port)
    serving.start()
    server.settle()  # the controller has tried the server out
    try:
        yield server
    finally:
        serving.stop()


@dataclass
class Gateway:
    """`received` counts what came in, `arrived` what a telephone shows: duplicates are dropped where it says so."""

    port: int = 0
    drops_duplicates: bool = False
    status: int = 200
    hangs: bool = False  # takes the notice and never answers
    hangs_up: bool = False  # takes the notice and closes the connection
    trickles: bool = False  # takes the notice and answers a letter at a time, without end
    received: list[dict[str, str]] = field(default_factory=list)
    unsigned: int = 0
    when_taken: Callable[[], None] = lambda: None
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/texts?city=1"

    @property
    def arrived(self) -> list[str]:
        ids = [each["id"] for each in self.received]
        return list(dict.fromkeys(ids)) if self.drops_duplicates else ids


class _Answering(BaseHTTPRequestHandler):
    gateway: ClassVar[Gateway]

    def do_OPTIONS(self) -> None:  # noqa: N802 - the name that http.server wants
        self.send_response(204)
        if self.gateway.drops_duplicates:
            self.send_header("Notice-Duplicates", "dropped")
        self.end_headers()

    def do_POST(self) -> None:  # noqa: N802 - the name that http.server wants
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stamp = self.headers["Portal-Timestamp"]
        wanted = "sha256=" + hmac.new(SECRET.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()
        if not hmac.compare_digest(self.headers["Portal-Signature"], wanted):
            self.gateway.unsigned += 1
            self.send_error(403)
            return
        if self.gateway.status == 200:
            self.gateway.received.append(json.loads(body))
            self.gateway.when_taken()
        if self.gateway.hangs:
            self.gateway.released.wait(PATIENCE)
            return
        if self.gateway.hangs_up:
            return
        if self.gateway.trickles:
            self._trickle()
            return
        with suppress(OSError):  # whoever asked may have been killed
            self.send_response(self.gateway.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def _trickle(self) -> None:
        with suppress(OSError):
            while not self.gateway.released.wait(0.05):
                self.wfile.write(b"H")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server wants
        """Says nothing."""


class _Serving(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever was killed leaves broken connections behind."""


@contextmanager
def gateway(**more: Any) -> Iterator[Gateway]:
    made = Gateway(**more)
    serving = _Serving(("127.0.0.1", 0), type("Answering", (_Answering,), {"gateway": made}))
    made.port = serving.server_address[1]
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        made.released.set()
        serving.shutdown()
        thread.join()
        serving.server_close()
