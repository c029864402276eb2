"""Services, stories and pages: read by everyone, edited by editors, brought in from files and back without loss."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from portal.content import ContentError
from portal.db import db, transaction
from portal.domain.people import Role
from portal.publishing import actions
from portal.web.current import content
from tests import builders
from tests.client import Client
from tests.conftest import MONDAY

SERVICE = "id-card-renewal"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_service_story_and_page_can_be_read(client: Client, app: Flask, lang: str) -> None:
    for folder, address in (("services", "/services/"), ("stories", "/stories/"), ("pages", "/")):
        files = [file for file in (app.config["PORTAL"].content / folder).glob("*.md") if not file.name.endswith(".en.md")]
        assert files
        for file in files:
            client.get(f"{address}{file.stem}?lang={lang}")


def test_services_are_found_by_words_and_line(client: Client) -> None:
    assert "居民身份证到期换领" in client.get("/services?q=换领").text
    assert "居民身份证到期换领" not in client.get("/services?category=exit-entry").text
    assert "护照" in client.get("/services?category=exit-entry").text
    assert len(client.get("/services?q=没有这样的东西").text) > 50


def test_what_is_not_there_is_not_there(client: Client) -> None:
    for address in ("/services/nothing", "/stories/nothing", "/nothing", "/services/..%2f..%2fetc"):
        client.get(address, status=404)


def test_an_editor_changes_a_story_and_readers_see_it(client: Client, app: Flask) -> None:
    client.sign_in(builders.staff(app, Role.EDITOR, unit="publicity"))
    client.get("/desk/articles/story/four-step-card")
    source = client.page.form("/four-step-card").one("textarea", name="source")
    words = "".join(each for each in source.children if isinstance(each, str)).removeprefix("\n")
    client.submit({"source": words + "\n\n**新的一段** <script>alert(1)</script>"}, to="/four-step-card")
    page = client.get("/stories/four-step-card")
    assert "新的一段" in page.text
    assert "alert(1)</script>" not in page.source


@pytest.mark.parametrize(("source", "words"), [
    ("no head at all", "title"),
    ("---\ntitle: [\n---\nbody", "line"),
    ("---\ntitle: 只有题目\n---\n正文", "summary"),
])
def test_a_faulty_text_is_refused_and_kept(client: Client, app: Flask, source: str, words: str) -> None:
    client.sign_in(builders.staff(app, Role.EDITOR, unit="publicity"))
    client.get("/desk/articles/page/about")
    client.submit({"source": source}, 422, to="/about")
    assert words in client.page.text
    assert source.splitlines()[0] in client.page.form("/about").one("textarea", name="source").text


def test_two_editors_at_once_the_second_is_told(client: Client, app: Flask) -> None:
    client.sign_in(builders.staff(app, Role.EDITOR, unit="publicity"))
    client.get("/desk/articles/page/about")
    client.submit(to="/about")
    client.submit(status=409, to="/about")


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    return Path(shutil.copytree(app.config["PORTAL"].content, tmp_path / "content"))


def take_over(app: Flask, folder: Path) -> actions.ImportReport:
    with app.app_context():
        with transaction():
            report = actions.import_content(folder, now=MONDAY)
        db.session.remove()
    return report


def edit(app: Flask, change: str, slug: str = SERVICE) -> None:
    with app.app_context():
        source, english, version = actions.sources("service", slug) or ("", "", 0)
        with transaction():
            actions.edit("service", slug, source=source + change, source_en=english, seen=version, by=1, now=MONDAY)
        db.session.remove()


def test_nothing_new_changes_nothing(app: Flask, folder: Path) -> None:
    assert take_over(app, folder) == actions.ImportReport((), (), ())


def test_a_changed_file_is_taken_over(app: Flask, client: Client, folder: Path) -> None:
    file = folder / "services" / f"{SERVICE}.md"
    file.write_text(file.read_text("utf-8") + "\n文件里的新话。\n", "utf-8")
    assert take_over(app, folder).updated == (f"services/{SERVICE}",)
    assert "文件里的新话。" in client.get(f"/services/{SERVICE}").text


def test_a_changed_file_does_not_overwrite_what_staff_edited(app: Flask, client: Client, folder: Path) -> None:
    edit(app, "\n\n工作人员的新话。\n")
    file = folder / "services" / f"{SERVICE}.md"
    file.write_text(file.read_text("utf-8") + "\n文件里的新话。\n", "utf-8")
    assert take_over(app, folder).kept == (f"services/{SERVICE}",)
    page = client.get(f"/services/{SERVICE}")
    assert "工作人员的新话。" in page.text and "文件里的新话。" not in page.text


def test_what_staff_edited_is_written_back_and_agrees_again(app: Flask, folder: Path) -> None:
    edit(app, "\n\n工作人员的新话。\n")
    with app.app_context():
        with transaction():
            assert actions.export_content(folder).updated == (f"services/{SERVICE}",)
        db.session.remove()
    assert "工作人员的新话。" in (folder / "services" / f"{SERVICE}.md").read_text("utf-8")
    assert take_over(app, folder) == actions.ImportReport((), (), ())


def test_every_page_survives_the_way_out_and_back(app: Flask, folder: Path) -> None:
    for file in sorted((folder / "services").glob("*.md")):
        if not file.name.endswith(".en.md"):
            edit(app, "", file.stem)
    with app.app_context():
        with transaction():
            actions.export_content(folder)
        db.session.remove()
    assert take_over(app, folder) == actions.ImportReport((), (), ())


def test_a_broken_file_stops_the_import_and_changes_nothing(app: Flask, folder: Path) -> None:
    (folder / "services" / "passport-first.md").write_text("---\ntitle: 1\n---\nx", "utf-8")
    file = folder / "pages" / "about.md"
    file.write_text(file.read_text("utf-8") + "\n新话\n", "utf-8")
    with pytest.raises(ContentError, match=r"passport-first\.md"):
        take_over(app, folder)
    with app.app_context():
        source = (actions.sources("page", "about") or ("",))[0]
        assert "新话" not in source
        assert content().folder == app.config["PORTAL"].content
        db.session.remove()


def test_the_command_says_what_it_did(app: Flask, folder: Path) -> None:
    app.config["PORTAL"] = replace(app.config["PORTAL"], content=folder)
    runner = app.test_cli_runner()
    assert "nothing has changed" in runner.invoke(args=["content", "import"]).output
