"""Sign-in, invitations, and the accounts of the staff."""

import secrets
from collections.abc import Iterable

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts import actions
from portal.accounts.queries import all_staff, find_staff
from portal.db import transaction
from portal.desk.views import blueprint
from portal.domain.errors import InvalidError, NotFoundError
from portal.domain.people import GRANTED_ROLES, ROLE_WORDS, STAFF_ROLES, Role
from portal.web import guards, limits
from portal.web.current import content, vault
from portal.web.faults import faults
from portal.web.filters import unit_name
from portal.web.guards import staff_only
from portal.web.words import _


@blueprint.get("/sign-in")
def sign_in() -> str:
    return _sign_in_page()


@blueprint.post("/sign-in")
def sign_in_now() -> ResponseReturnValue:
    login, password = request.form.get("login", "")[:60], request.form.get("password", "")
    if not _may_try(login.strip().lower() or "-"):
        return _sign_in_page(login, _("Too many attempts. Please wait a few minutes and try again.")), 429
    staff = actions.check_password(login, password)  # takes its time, so before anything is locked
    if staff is None:
        return _sign_in_page(login, _("Name and password do not fit together. Please try again.")), 422
    with transaction():
        actions.note_sign_in(staff.id, now=clock.now())
    guards.sign_in(staff)
    return redirect(_inside(request.form.get("next", "")), 303)


def _may_try(login: str) -> bool:
    """An attempt that is refused for one reason does not count for the next."""
    return (limits.within(limits.SIGN_IN, "sign-in")
            and limits.within(limits.SIGN_IN_NAME, "sign-in-name", f"{login}|{limits.client_key()}")
            and limits.within(limits.SIGN_IN_NAME_ANYWHERE, "sign-in-name-anywhere", login))


@blueprint.post("/sign-out")
@staff_only()
def sign_out() -> ResponseReturnValue:
    with transaction():
        actions.end_sessions(g.staff.id)
    guards.sign_out()
    flash(_("You have signed out."))
    return redirect(url_for("desk.sign_in"), 303)


@blueprint.get("/welcome/<secret>")
def welcome(secret: str) -> str:
    staff = actions.find_invited(secret, now=clock.now(), vault=vault()) or abort(404)
    return render_template("desk/welcome.html", invited=staff, secret=secret, error="")


@blueprint.post("/welcome/<secret>")
def welcome_now(secret: str) -> ResponseReturnValue:
    staff = actions.find_invited(secret, now=clock.now(), vault=vault()) or abort(404)
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return render_template("desk/welcome.html", invited=staff, secret=secret,
                               error=_("The two passwords differ")), 422
    try:
        with transaction():
            staff = actions.accept_invitation(secret, password, now=clock.now(), vault=vault())
    except InvalidError as fault:
        return render_template("desk/welcome.html", invited=staff, secret=secret,
                               error=faults(fault.fields)["password"]), 422
    guards.sign_in(staff)
    return redirect(url_for("desk.index"), 303)


@blueprint.get("/staff")
@staff_only(Role.ADMINISTRATOR)
def staff() -> str:
    return _staff_page()


@blueprint.post("/staff")
@staff_only(Role.ADMINISTRATOR)
def staff_add() -> ResponseReturnValue:
    secret = secrets.token_urlsafe(24)
    try:
        unit = _known_unit()
        with transaction():
            made = actions.invite(login=request.form.get("login", ""), name=request.form.get("name", ""), unit=unit,
                                  roles=_chosen_roles(), charge=_chosen_units(), secret=secret, now=clock.now(), vault=vault())
    except InvalidError as fault:
        return _staff_page(given=request.form, errors=faults(fault.fields)), 422
    return _staff_page(invited=(made.name, url_for("desk.welcome", secret=secret, _external=True)))


@blueprint.get("/staff/<int(max=2147483647):account_id>")
@staff_only(Role.ADMINISTRATOR)
def staff_member(account_id: int) -> str:
    return _member_page(account_id)


@blueprint.post("/staff/<int(max=2147483647):account_id>")
@staff_only(Role.ADMINISTRATOR)
def staff_change(account_id: int) -> ResponseReturnValue:
    try:
        unit = _known_unit()
        with transaction():
            actions.change(account_id, by=g.staff.id, unit=unit, roles=_chosen_roles(), charge=_chosen_units(),
                           active=request.form.get("active") == "yes")
    except InvalidError as fault:
        return _member_page(account_id, given=request.form, errors=faults(fault.fields)), 422
    flash(_("The account was changed; its sessions have ended."))
    return redirect(url_for("desk.staff"), 303)


@blueprint.post("/staff/<int(max=2147483647):account_id>/invite")
@staff_only(Role.ADMINISTRATOR)
def staff_invite(account_id: int) -> ResponseReturnValue:
    """A new link for somebody who lost the password; shown once, to be handed over in person."""
    if account_id == g.staff.id:
        abort(403)
    secret = secrets.token_urlsafe(24)
    with transaction():
        member = actions.invite_again(account_id, secret=secret, now=clock.now(), vault=vault())
    return _staff_page(invited=(member.name, url_for("desk.welcome", secret=secret, _external=True)))


def _sign_in_page(login: str = "", error: str = "") -> str:
    return render_template("desk/sign_in.html", login=login, error=error, next=request.values.get("next", ""))


def _staff_page(**more: object) -> str:
    return render_template("desk/staff.html", people=all_staff(), roles=_role_choices(STAFF_ROLES),
                           granted=_role_choices(GRANTED_ROLES), units=_unit_choices(),
                           **{"given": None, "errors": {}, "invited": None, **more})


def _member_page(account_id: int, **more: object) -> str:
    member = find_staff(account_id)
    if member is None:
        raise NotFoundError
    return render_template("desk/staff_member.html", member=member, roles=_role_choices(STAFF_ROLES),
                           granted=_role_choices(GRANTED_ROLES), units=_unit_choices(),
                           **{"given": None, "errors": {}, **more})


def _role_choices(roles: Iterable[Role]) -> list[tuple[str, str]]:
    return [(role.value, _(ROLE_WORDS[role])) for role in roles]


def _unit_choices() -> list[tuple[str, str]]:
    return [(code, unit_name(code)) for code in content().units]


def _chosen_roles() -> list[Role]:
    known = set(GRANTED_ROLES)
    return [Role(value) for value in request.form.getlist("roles") if value in known]


def _chosen_units() -> list[str]:
    return [unit for unit in request.form.getlist("charge") if unit in content().units]


def _known_unit() -> str:
    unit = request.form.get("unit", "")
    if unit not in content().units:
        raise InvalidError({"unit": "choice"})
    return unit


def _inside(address: str) -> str:
    """Only addresses of the desk; anything else leads to its first page."""
    path = address.partition("?")[0]
    is_ours = (path == "/desk" or path.startswith("/desk/")) and "\\" not in address and address.isprintable()
    return address if is_ours else url_for("desk.index")
