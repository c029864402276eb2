"""All settings in one frozen value, read from the environment. Refuses to start half-configured."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from portal.clock import SHANGHAI
from portal.outbox.rules import Means

ROOT = Path(__file__).resolve().parent.parent
_SHORTEST_SECRET = 32  # characters
_DATABASES = ("sqlite", "postgresql", "postgres")
_LIMIT_STORAGES = ("memory", "redis", "rediss", "counters")
_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")
_MAIL_PORTS = {"smtp": 587, "smtps": 465}
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")


class ConfigError(ValueError):
    """The environment asks for something that cannot work; the message names the variable."""


@dataclass(frozen=True)
class Mailbox:
    """Where e-mail is handed in, and under which address. `security` is tls, starttls or none."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Webhook:
    """The city's gateway for text messages."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """What a running portal needs to know. `now` is set in demonstrations and tests only: a fixed clock."""

    data: Path
    database_url: str
    limits_uri: str
    secret_key: str
    keys: tuple[str, ...]
    content: Path = ROOT / "content"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    proxies: int = 0  # trusted proxies in front, each adding one X-Forwarded-For entry
    https: bool = False
    demo: bool = False
    now: datetime | None = None
    url: str = ""  # under which the public knows the site; stands in notices
    mailbox: Mailbox | None = None
    webhook: Webhook | None = None

    @property
    def means(self) -> tuple[Means, ...]:
        """By which means notices can be sent: what is not set up is not offered."""
        return (*([Means.EMAIL] if self.mailbox else []), *([Means.SMS] if self.webhook else []))

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    """Reads and checks every variable; makes the data folder and its secrets where nothing is given."""
    data = Path(env.get("PORTAL_DATA") or ROOT / "var").resolve()
    demo = _flag(env, "PORTAL_DEMO")
    now = _moment(env, "PORTAL_NOW")
    if now and not demo:
        raise ConfigError("PORTAL_NOW: a fixed clock is for demonstrations only; set PORTAL_DEMO=1 as well")
    workers = _number(env, "PORTAL_WORKERS", 2, least=1, most=64)
    mailbox, webhook, url = _mailbox(env), _webhook(env), _public_url(env)
    if (mailbox or webhook) and not url:
        raise ConfigError("PORTAL_URL: notices need the public address of the site, such as https://opinions.example.cn")
    return Settings(
        data=data,
        database_url=_database(env.get("DATABASE_URL") or f"sqlite:///{data / 'portal.sqlite3'}"),
        limits_uri=_limits(env, data, workers),
        secret_key=_secret(env, "SECRET_KEY", data / "secret-key"),
        keys=tuple(_secret(env, "PORTAL_KEYS", data / "master-keys").split(",")),
        host=env.get("PORTAL_HOST") or "127.0.0.1",
        port=_number(env, "PORTAL_PORT", 8000, least=1, most=65_535),
        workers=workers,
        proxies=_number(env, "PORTAL_PROXIES", 0, least=0, most=5),
        https=_flag(env, "PORTAL_HTTPS"),
        demo=demo,
        now=now,
        url=url,
        mailbox=mailbox,
        webhook=webhook,
    )


def _database(url: str) -> str:
    scheme = urlsplit(url).scheme.split("+")[0]
    if scheme not in _DATABASES:
        raise ConfigError(f"DATABASE_URL: {scheme or 'nothing'}:// is not known; use sqlite:/// or postgresql://")
    return url if scheme == "sqlite" else "postgresql+psycopg" + url[url.index("://"):]


def _limits(env: Mapping[str, str], data: Path, workers: int) -> str:
    """Several workers must share their counters: in a file of their own unless Redis is given."""
    default = "memory://" if workers == 1 else f"counters://{data / 'limits.sqlite3'}"
    uri = env.get("RATELIMIT_STORAGE_URI") or default
    if urlsplit(uri).scheme not in _LIMIT_STORAGES:
        raise ConfigError("RATELIMIT_STORAGE_URI: use redis://host:port/0, or leave it empty")
    return uri


def _mailbox(env: Mapping[str, str]) -> Mailbox | None:
    """smtp://user:password@host:port, encrypted from the first word (smtps) or after it; `?starttls=no` for neither."""
    given, sender = env.get("SMTP_URL", ""), env.get("PORTAL_MAIL_FROM", "")
    if not given and not sender:
        return None
    if not given:
        raise ConfigError("SMTP_URL: is missing, while PORTAL_MAIL_FROM is set")
    if not _ADDRESS.fullmatch(sender):
        raise ConfigError("PORTAL_MAIL_FROM: needs the address that notices come from, such as no-reply@example.cn")
    address = _address("SMTP_URL", given, tuple(_MAIL_PORTS))
    options = parse_qs(address.query)
    if set(options) - {"starttls"} or options.get("starttls", ["yes"]) not in (["yes"], ["no"]):
        raise ConfigError("SMTP_URL: the only option is ?starttls=no")
    security = "tls" if address.scheme == "smtps" else "starttls" if options.get("starttls") != ["no"] else "none"
    if bool(address.username) != bool(address.password):
        raise ConfigError("SMTP_URL: give both user and password, or neither")
    if address.password and security == "none" and address.hostname not in _OWN_MACHINE:
        raise ConfigError("SMTP_URL: a password must not travel unencrypted; leave ?starttls=no out")
    return Mailbox(host=address.hostname or "", port=address.port or _MAIL_PORTS[address.scheme], security=security,
                   sender=sender, user=unquote(address.username or ""), password=unquote(address.password or ""))


def _webhook(env: Mapping[str, str]) -> Webhook | None:
    url, secret = env.get("NOTICE_WEBHOOK_URL", ""), env.get("NOTICE_WEBHOOK_SECRET", "")
    if not url and not secret:
        return None
    if not url:
        raise ConfigError("NOTICE_WEBHOOK_URL: is missing, while NOTICE_WEBHOOK_SECRET is set")
    if len(secret) < _SHORTEST_SECRET:
        raise ConfigError(f"NOTICE_WEBHOOK_SECRET: needs at least {_SHORTEST_SECRET} characters, known to the receiver as well")
    address = _address("NOTICE_WEBHOOK_URL", url, ("http", "https"))
    if address.scheme == "http" and address.hostname not in _OWN_MACHINE:
        raise ConfigError("NOTICE_WEBHOOK_URL: telephone numbers must not travel unencrypted; use https://")
    if address.username or address.password or address.fragment:
        raise ConfigError("NOTICE_WEBHOOK_URL: takes no user, password or fragment; what is sent is signed")
    return Webhook(url, secret)


def _public_url(env: Mapping[str, str]) -> str:
    url = env.get("PORTAL_URL", "").rstrip("/")
    if url:
        address = _address("PORTAL_URL", url, ("http", "https"))
        if address.query or address.fragment or address.username:
            raise ConfigError("PORTAL_URL: is only the beginning of every address, such as https://opinions.example.cn")
    return url


def _address(name: str, url: str, schemes: tuple[str, ...]) -> SplitResult:
    """Checked as far as that is possible without asking anybody; a fault does not quote it, for it may hold a password."""
    try:
        address = urlsplit(url)
        whole = address.scheme in schemes and address.hostname and address.port != 0
    except ValueError:
        whole = False
    if not whole or not url.isascii() or not url.isprintable() or " " in url:
        raise ConfigError(f"{name}: must be {' or '.join(f'{scheme}://' for scheme in schemes)} with a host and, if need be, "
                          "a port")
    return address


def _secret(env: Mapping[str, str], name: str, file: Path) -> str:
    """The given secret, or one made at the first start and kept in the data folder, readable by its owner only."""
    given = env.get(name, "")
    if not given:
        return _kept_secret(file)
    if any(len(part) < _SHORTEST_SECRET for part in given.split(",")):
        raise ConfigError(f"{name}: each value needs at least {_SHORTEST_SECRET} characters; "
                          "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'")
    return given


def _kept_secret(file: Path) -> str:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not file.exists():
            _write_once(file, secrets.token_urlsafe(48))
    except OSError as fault:
        raise ConfigError(f"PORTAL_DATA: {file.parent} cannot be written: {fault.strerror}") from fault
    kept = file.read_text("utf-8").strip()
    if len(kept) < _SHORTEST_SECRET:
        raise ConfigError(f"{file}: the secret is damaged; restore it from the backup")
    return kept


def _write_once(file: Path, secret: str) -> None:
    """Whole or not at all, and never over another: of two processes that start together one wins, both read the same."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as new:
        new.write(secret)
    try:
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink()


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "").lower()
    if value not in ("", "0", "1", "no", "yes"):
        raise ConfigError(f"{name}: {value!r} is neither 1 nor 0")
    return value in ("1", "yes")


def _number(env: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    value = env.get(name) or str(default)
    if not value.isascii() or not value.isdecimal() or not least <= int(value) <= most:
        raise ConfigError(f"{name}: {value!r} is not a whole number from {least} to {most}")
    return int(value)


def _moment(env: Mapping[str, str], name: str) -> datetime | None:
    value = env.get(name)
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as fault:
        raise ConfigError(f"{name}: {value!r} is not a moment such as 2026-11-24T09:30") from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
