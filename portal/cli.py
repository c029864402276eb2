"""Commands: init, serve, worker, check, content, staff, outbox, search, demo. Each says what it did and fails with a reason."""

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from portal import clock, migrate
from portal.accounts import actions as accounts
from portal.accounts.queries import find_by_login, has_administrator
from portal.casework import projection
from portal.content import ContentError
from portal.db import db, transaction
from portal.domain.errors import DomainError, NotFoundError
from portal.domain.people import STAFF_ROLES, Role
from portal.outbox import actions as outbox
from portal.outbox.queries import stuck, stuck_count
from portal.publishing import actions as publishing
from portal.vault.actions import prepare_vault
from portal.vault.box import SealError
from portal.web.current import calendar, content, settings, terms, vault
from portal.worker import duties

_FIRST_LOGIN = "admin"
_ID = click.IntRange(1, 2**31 - 1)


def _told(command: Callable[..., Any]) -> Callable[..., Any]:
    """Faults that the operator can mend are told in one line, without a trace."""
    @wraps(command)
    def telling(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except SQLAlchemyError as fault:
            cause = str(getattr(fault, "orig", fault)).strip().splitlines()
            raise click.ClickException(f"the database does not answer (DATABASE_URL): {cause[0] if cause else fault}") from None
        except (ContentError, DomainError, SealError, LookupError, OSError) as fault:
            raise click.ClickException(f"{type(fault).__name__}: {fault}") from None
    return telling


@click.command()
@with_appcontext
@_told
def init() -> None:
    """Prepare the database, load new content, and invite the first administrator."""
    _prepare()
    _invite_first()


def _prepare() -> None:
    migrate.upgrade(db.engine)
    with transaction():
        prepare_vault(current_app.extensions["portal-keyring"])
        report = publishing.import_content(content().folder, now=clock.now())
    vault()
    for name in current_app.jinja_env.list_templates(extensions=["html"]):
        current_app.jinja_env.get_template(name)  # compiled now, so that the first visitor need not wait
    click.echo(f"database ready; content: {len(report.added)} new, {len(report.updated)} changed, "
               f"{len(report.kept)} kept as edited by staff")


def _invite_first() -> None:
    if settings().demo or has_administrator():
        return
    secret = secrets.token_urlsafe(24)
    with transaction():
        found = find_by_login(_FIRST_LOGIN)
        if found is None:
            accounts.invite(login=_FIRST_LOGIN, name="管理员", unit="technology", roles=[Role.ADMINISTRATOR],
                            secret=secret, now=clock.now(), vault=vault())
        else:
            accounts.invite_again(found.id, secret=secret, now=clock.now(), vault=vault())
    click.echo("\nThere is no administrator yet. Open this link once, within 72 hours, to choose a password:\n"
               f"  http://{settings().host}:{settings().port}/desk/welcome/{secret}\n")


@click.command()
@with_appcontext
@_told
def serve() -> None:
    """Answer requests on PORTAL_HOST:PORTAL_PORT and carry out what falls due."""
    from portal.server import serve as run

    if migrate.current(db.engine) != migrate.HEAD:
        raise click.ClickException("the database is not prepared; run: flask --app portal init")
    vault()
    db.session.remove()
    db.engine.dispose()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    click.echo(f"serving on http://{settings().host}:{settings().port}  (stop with Ctrl-C)")
    sys.stdout.flush()

    def work() -> None:
        with app.app_context():
            duties.forever()

    run(app, work)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@with_appcontext
@_told
def worker(once: bool) -> None:
    """Carry out what falls due: go on without a reply, close answered cases, draw follow-ups, send notices, write exports."""
    if once:
        for line in duties.once():
            click.echo(line)
        return
    duties.forever()


@click.command()
@with_appcontext
@_told
def check() -> None:
    """Say whether settings, content, database and keys fit together."""
    from portal.domain.redaction import active_recognisers

    stands = migrate.current(db.engine)
    if stands != migrate.HEAD:
        raise click.ClickException(f"database at migration {stands}, code at {migrate.HEAD}; run: flask --app portal init")
    vault()
    missing = [year for year in (clock.today().year, clock.today().year + 1)
               if year not in calendar().official_years]
    click.echo(f"database: {db.engine.dialect.name}, migration {stands}")
    click.echo(f"content: {len(content().categories)} categories, {len(content().units)} units")
    click.echo("calendar: " + (f"no official notice yet for {missing}" if missing else "this year and the next are official"))
    click.echo("notices to authors: " + (", ".join(settings().means) or "neither mail server nor gateway is set up"))
    click.echo(f"recognisers of personal data: {', '.join(active_recognisers())}; name model: not installed")


content_group = AppGroup("content", help="Bring content files into the record and back.")


@content_group.command("import")
@_told
def import_command() -> None:
    """Take over new and changed files; what staff edited stays."""
    with transaction():
        report = publishing.import_content(content().folder, now=clock.now())
    for what, names in (("added", report.added), ("updated", report.updated), ("kept, edited by staff", report.kept)):
        for name in names:
            click.echo(f"{what}: {name}")
    if not (report.added or report.updated or report.kept):
        click.echo("nothing has changed")


@content_group.command("export")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Default: the content folder.")
@_told
def export_command(folder: Path | None) -> None:
    """Write what staff edited back into its files."""
    with transaction():
        report = publishing.export_content(folder or content().folder)
    for name in report.updated:
        click.echo(f"written: {name}")
    for name in report.kept:
        click.echo(f"kept, because its file was changed too (write it elsewhere with --to, and join the two): {name}")


staff_group = AppGroup("staff", help="Accounts of the staff.")


@staff_group.command("add")
@click.argument("login")
@click.option("--name", required=True)
@click.option("--unit", required=True)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in STAFF_ROLES]))
@_told
def staff_add(login: str, name: str, unit: str, roles: tuple[str, ...]) -> None:
    """Make an account and print the link that opens it once."""
    if unit not in content().units:
        raise click.ClickException(f"--unit: {unit!r} is not in content/units.yaml")
    secret = secrets.token_urlsafe(24)
    with transaction():
        accounts.invite(login=login, name=name, unit=unit, roles=[Role(role) for role in roles], secret=secret,
                        now=clock.now(), vault=vault())
    click.echo(f"http://{settings().host}:{settings().port}/desk/welcome/{secret}")


@staff_group.command("invite")
@click.argument("login")
@_told
def staff_invite(login: str) -> None:
    """End somebody's password and sessions and print a new link; the only way for discipline officers."""
    found = find_by_login(login)
    if found is None:
        raise click.ClickException(f"there is no account {login!r}")
    secret = secrets.token_urlsafe(24)
    with transaction():
        accounts.invite_again(found.id, secret=secret, now=clock.now(), vault=vault(), by_operator=True)
    click.echo(f"http://{settings().host}:{settings().port}/desk/welcome/{secret}")


outbox_group = AppGroup("outbox", help="Notices to authors that need a person.")


@outbox_group.command("list")
@_told
def outbox_list() -> None:
    """List stuck notices: id, by which means, what for, since when, how many attempts, last fault. No addresses."""
    for each in stuck():
        perhaps = "  (perhaps sent: a retry may arrive twice)" if each.perhaps_sent else ""
        click.echo(f"{each.id}\t{each.means}\t{each.kind}\t{each.since:%Y-%m-%d %H:%M}\t{each.attempts}\t{each.fault}{perhaps}")
    click.echo(f"{stuck_count()} notices are stuck")


@outbox_group.command("retry")
@click.argument("notice", type=_ID)
@_told
def outbox_retry(notice: int) -> None:
    """Try a stuck notice once more."""
    with _stuck_notice(notice), transaction():
        outbox.retry(notice, now=clock.now())
    click.echo(f"{notice}: queued")


@outbox_group.command("drop")
@click.argument("notice", type=_ID)
@_told
def outbox_drop(notice: int) -> None:
    """Give a stuck notice up."""
    with _stuck_notice(notice), transaction():
        outbox.drop(notice)
    click.echo(f"{notice}: dropped")


@contextmanager
def _stuck_notice(notice: int) -> Iterator[None]:
    try:
        yield
    except NotFoundError:
        raise click.ClickException(f"no notice {notice} is stuck; see: flask --app portal outbox list") from None


search_group = AppGroup("search", help="The search index.")


@search_group.command("rebuild")
@_told
def search_rebuild() -> None:
    """Make the index anew from the public texts."""
    with transaction():
        for done in projection.rebuild(db.session.connection()):
            click.echo(f"{done} texts")
    click.echo("index ready")


@click.command()
@click.option("--cases", default=2_000, show_default=True, help="How many opinions the city sends in a year.")
@with_appcontext
@_told
def demo(cases: int) -> None:
    """Prepare the database and fill it, if it is empty, with a simulated city (needs PORTAL_DEMO=1)."""
    from portal.demo import city, console

    if not settings().demo:
        raise click.ClickException("this is no demonstration: set PORTAL_DEMO=1, and PORTAL_DATA to a folder of its own")
    _prepare()
    if city.is_settled():
        click.echo(console.SETTLED)
        return
    click.echo("a year of a city passes ...")
    with transaction():
        made = city.settle(cases=cases, city=content(), terms=terms(), vault=vault(), tell=click.echo)
    for line in console.told(made, content(), f"http://{settings().host}:{settings().port}"):
        click.echo(line)


COMMANDS: tuple[click.Command, ...] = (init, serve, worker, check, demo, content_group, staff_group, outbox_group,
                                       search_group)
