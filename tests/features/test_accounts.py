"""Staff accounts: nobody has a password they did not choose, guessing is slow, rights are given by others."""

import pytest
from flask import Flask

from portal.accounts.queries import find_by_login, has_administrator
from portal.db import db
from portal.domain.people import Role
from tests import builders
from tests.client import Client

PASSWORD = "three blue doors ajar"


def test_the_first_start_invites_an_administrator_once(client: Client, app: Flask) -> None:
    shown = app.test_cli_runner().invoke(args=["init"]).output
    link = next(line.strip() for line in shown.splitlines() if "/desk/welcome/" in line)
    address = link[link.index("/desk/"):]
    client.get(address)
    client.submit({"password": PASSWORD, "again": PASSWORD}, to=address)
    client.follow(302 if client.location == "/desk" else 200)
    client.get(address, status=404)
    with app.app_context():
        assert has_administrator()
        db.session.remove()
    assert "/desk/welcome/" not in app.test_cli_runner().invoke(args=["init"]).output


@pytest.mark.parametrize(("password", "again"), [
    ("short", "short"), (PASSWORD, PASSWORD + "!"), ("admin-admin-admin", "admin-admin-admin")])
def test_a_weak_or_mistyped_password_is_refused(client: Client, app: Flask, password: str, again: str) -> None:
    shown = app.test_cli_runner().invoke(args=["init"]).output
    address = next(line.strip() for line in shown.splitlines() if "/desk/welcome/" in line).split(":8000")[1]
    client.get(address)
    client.submit({"password": password, "again": again}, 422, to=address)
    client.get(address)


def test_signing_in_and_out(client: Client, app: Flask) -> None:
    builders.staff(app, Role.COORDINATOR, login="wang", password=PASSWORD)
    client.get("/desk/sign-in?next=/desk/lists/open")
    client.submit({"login": " WANG ", "password": PASSWORD}, to="/sign-in")
    assert client.location == "/desk/lists/open"
    client.follow()
    client.submit(to="/sign-out")
    client.fetch("/desk/lists/open", 302)


@pytest.mark.parametrize("target", [
    "https://evil.example/desk", "//evil.example/desk", "/\\evil.example", "/track", "javascript:1"])
def test_after_signing_in_nobody_is_led_elsewhere(client: Client, app: Flask, target: str) -> None:
    builders.staff(app, Role.COORDINATOR, login="wang", password=PASSWORD)
    client.get("/desk/sign-in")
    client.post("/desk/sign-in", {"login": "wang", "password": PASSWORD, "next": target})
    assert client.location == "/desk"


def test_wrong_names_and_wrong_passwords_look_alike(client: Client, app: Flask) -> None:
    builders.staff(app, Role.COORDINATOR, login="wang", password=PASSWORD)
    said = []
    for login, password in (("wang", "wrong"), ("nobody", PASSWORD), ("wang", ""), ("", "")):
        client.get("/desk/sign-in")
        client.submit({"login": login, "password": password}, 422, to="/sign-in")
        said.append(client.page.errors)
    assert all(each == said[0] for each in said)


def test_guessing_passwords_is_throttled(client: Client, app: Flask) -> None:
    builders.staff(app, Role.COORDINATOR, login="wang", password=PASSWORD)
    client.get("/desk/sign-in")
    for _ in range(10):
        client.post("/desk/sign-in", {"login": "wang", "password": "wrong"}, status=422)
    client.post("/desk/sign-in", {"login": "wang", "password": PASSWORD}, status=429)


def test_the_administrator_adds_changes_and_closes_accounts(client: Client, app: Flask) -> None:
    client.sign_in(builders.staff(app, Role.ADMINISTRATOR, login="admin", unit="technology"))
    client.get("/desk/staff")
    client.submit({"login": "li", "name": "李建国", "unit": "traffic", "roles": ["handler", "reviewer"]}, 200, to="/staff")
    assert "/desk/welcome/" in client.page.text
    with app.app_context():
        made = find_by_login("li")
        db.session.remove()
    assert made and made.roles == {Role.HANDLER, Role.REVIEWER}
    client.get(f"/desk/staff/{made.id}")
    client.submit({"unit": "household", "roles": ["handler"], "active": []}, to=f"/staff/{made.id}")
    with app.app_context():
        changed = find_by_login("li")
        db.session.remove()
    assert changed and not changed.active and changed.unit == "household"


def test_a_faulty_account_is_refused_with_everything_kept(client: Client, app: Flask) -> None:
    client.sign_in(builders.staff(app, Role.ADMINISTRATOR, login="admin", unit="technology"))
    client.get("/desk/staff")
    client.submit({"login": "Bad Name", "name": "李建国", "unit": "traffic"}, 422, to="/staff")
    assert client.page.form("/staff").one("input", name="name").attrs["value"] == "李建国"
    assert len(client.page.errors) == 2


def test_nobody_changes_their_own_rights(client: Client, app: Flask) -> None:
    me = builders.staff(app, Role.ADMINISTRATOR, login="admin", unit="technology")
    client.sign_in(me)
    client.get("/desk/staff")
    client.post(f"/desk/staff/{me.id}", {"unit": "technology", "roles": ["administrator", "coordinator"], "active": "yes"},
                status=422)
    client.post(f"/desk/staff/{me.id}/invite", status=403)


def test_a_closed_account_is_out_at_once(client: Client, app: Flask) -> None:
    member = builders.staff(app, Role.COORDINATOR, login="wang")
    client.sign_in(member)
    client.get("/desk/lists/open")
    with app.app_context():
        from portal.accounts import actions
        from portal.db import transaction

        with transaction():
            actions.change(member.id, by=0, unit="outreach", roles=[Role.COORDINATOR], active=False)
        db.session.remove()
    client.fetch("/desk/lists/open", 302)


def test_an_idle_session_ends(client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal import clock

    client.sign_in(builders.staff(app, Role.COORDINATOR))
    client.get("/desk/lists/open")
    real = clock.seconds()
    monkeypatch.setattr(clock, "seconds", lambda: real + 2 * 3600 + 60)
    client.fetch("/desk/lists/open", 302)
