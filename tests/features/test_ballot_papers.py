"""Ballots on paper: typed by one person, checked by another, counted once with those of the web, and never after the day."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.queries import Staff
from portal.db import db
from portal.desk.ballot_papers import LISTED
from portal.domain import one_time, reference
from portal.domain.campaign import Access, Audience, Group
from portal.domain.paper import EntryState
from portal.domain.people import Role
from portal.evaluation.ballots import RefusedError
from portal.evaluation.codes import hash_of
from portal.evaluation.models import BoxedBallot, OneTimeCode, PaperBallot
from portal.evaluation.queries import get_campaign, latest_entry
from portal.web.current import vault
from tests import ballot_desk, builders, campaigns
from tests.campaigns import Made
from tests.client import Client
from tests.conftest import Clock
from tests.features.test_paper import at_once, everything_kept, without_tokens

WORDS = "窗口只开一个，排队两小时。"
ANSWERS = {"q_a1": "4", "q_a2": "0", "q_b1_speed": "2", "q_b2": "yes", "q_b3": "web", "q_b4": "验证码收不到",
           "q_b5": ["visit", "none"], "q_b6_night": "1", "q_b6_home": "2", "q_b7": "35", "q_c1": WORDS}


@pytest.fixture
def typist(app: Flask) -> Staff:
    return builders.staff(app, Role.COORDINATOR, login="typist", name="王晓明")


@pytest.fixture
def checker(app: Flask) -> Staff:
    return builders.staff(app, Role.HANDLER, login="checker", name="刘洋")


@pytest.fixture
def typing(typist: Staff, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(typist)


@pytest.fixture
def checking(checker: Staff, browser_for: Callable[[], Client]) -> Client:
    return browser_for().sign_in(checker)


@pytest.fixture
def made(app: Flask) -> Made:
    return campaigns.with_codes(app)


@pytest.fixture
def without_codes(app: Flask) -> Made:
    return campaigns.announced(app, access=Access.OPEN, subjects=("household", "traffic"),
                               audiences=(Audience(Group.DEPUTY), Audience(Group.RESIDENT)))


def desk(made: Made, end: str = "") -> str:
    return f"/desk/campaigns/{made.slug}/papers{end}"


def type_paper(client: Client, made: Made, status: int = 303, **given: Any) -> None:
    client.get(desk(made, "/type"))
    client.submit({**ANSWERS, **given}, status, to="/papers/type")


def typed(client: Client, app: Flask, made: Made, **given: Any) -> int:
    """Types a paper with the next code; returns its id."""
    code = next(each for each in made.all_codes if not is_used(app, each)) if made.codes else None
    type_paper(client, made, **{**({"code": code} if code else {}), **given})
    with app.app_context():
        found = db.session.scalar(select(func.max(PaperBallot.id))) or 0
        db.session.remove()
    return found


def confirm(client: Client, made: Made, paper: int, version: int = 1, status: int = 303) -> None:
    client.get(desk(made, f"/{paper}/check"))
    client.post(desk(made, f"/{paper}/check"), {"step": "confirm", "version": str(version)}, status)


def count(app: Flask, model: Any, *conditions: Any) -> int:
    with app.app_context():
        counted = db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
        db.session.remove()
    return counted


def is_used(app: Flask, code: str) -> bool:
    with app.app_context():
        used = db.session.scalar(select(OneTimeCode.used).where(OneTimeCode.code_hash == hash_of(code, vault())))
        db.session.remove()
    return bool(used)


# --- typing -----------------------------------------------------------------------------------------------------------

def test_a_paper_is_typed_by_one_person_compared_by_another_and_counted(app: Flask, typing: Client, checking: Client,
                                                                        made: Made) -> None:
    paper = typed(typing, app, made)
    assert typing.location.endswith("/papers/type")
    page = typing.follow()
    assert f"已保存为第 {paper} 张，请写在纸质表上" in page.text
    assert [each.text for each in page.all("dd", class_="value")] == [str(paper)]
    assert not typing.get(desk(made, "/type")).all("dd", class_="value")
    assert count(app, BoxedBallot) == 0
    page = checking.get(desk(made, f"/{paper}/check"))
    for words in (WORDS, "满意", "不了解", "效率：不满意", "网上", "开放日", "都不", "1. 夜间", "2. 上门", "35", "王晓明"):
        assert words in page.text
    confirm(checking, made, paper)
    assert count(app, BoxedBallot) == 1
    with app.app_context():
        entry = db.session.get_one(PaperBallot, paper)
        assert (entry.state, entry.sealed, entry.code_hash, entry.note) == (EntryState.DONE, None, None, None)
        db.session.remove()
    assert [each.text for each in checking.get(desk(made)).all("dd", class_="value")] == ["0", "0", "1"]
    checking.get(desk(made, f"/{paper}"), 404)
    checking.get(desk(made, f"/{paper}/check"), 404)


def test_nothing_that_was_typed_stands_anywhere_in_the_clear(app: Flask, typing: Client, made: Made) -> None:
    code = made.all_codes[0]
    type_paper(typing, made, code=code)
    kept = everything_kept(app)
    assert WORDS not in kept and code not in kept
    assert code not in typing.location and one_time.group(code) not in typing.follow().source


def test_group_and_subject_of_a_paper_are_those_of_its_code(app: Flask, typing: Client, checking: Client) -> None:
    made = campaigns.with_codes(app, subjects=("household", "traffic"))
    paper = typed(typing, app, made, code=made.codes[Group.RESIDENT, "traffic"][0])
    page = checking.get(desk(made, f"/{paper}/check"))
    assert "群众" in page.text and "交警" in page.text.replace("交通警察", "交警") and "人大代表" not in page.text


def test_without_codes_the_clerk_chooses_and_the_next_paper_begins_with_the_same(app: Flask, typing: Client, checking: Client,
                                                                                without_codes: Made) -> None:
    type_paper(typing, without_codes, group="resident", subject="traffic")
    page = typing.follow()
    for name, value in (("group", "resident"), ("subject", "traffic")):
        assert "selected" in page.one("select", name=name).one("option", value=value).attrs
    assert count(app, PaperBallot) == 1


#   what is typed                            is told at        as
SLIPS = [
    ({"code": ""}, "code", "这一项还没有填"),
    ({"code": "1234"}, "code", "这不是评议码"),
    ({"q_a1": "7"}, "q_a1", "第 1 题"),
    ({"q_b7": "九百"}, "q_b7", "第 9 题"),
    ({"q_b6_home": "1"}, "q_b6.home", "第 8 题"),
]


@pytest.mark.parametrize(("given", "at", "told"), SLIPS)
def test_what_will_not_do_is_told_and_everything_typed_is_kept(app: Flask, typing: Client, made: Made, given: dict[str, str],
                                                               at: str, told: str) -> None:
    type_paper(typing, made, 422, **{"code": made.all_codes[0], **given})
    assert len(typing.page.errors) == 1 and told in typing.page.errors[0]
    assert typing.page.all("a", href=f"#{at}")
    kept = typing.page.form("/papers/type")
    assert kept.one("textarea", name="q_c1").text == WORDS
    assert kept.one("input", name="q_b4").attrs["value"] == "验证码收不到"
    assert count(app, PaperBallot) == 0 and not is_used(app, made.all_codes[0])
    typing.submit({name: value for name, value in {**ANSWERS, "code": made.all_codes[0]}.items() if name in {"code", *given}},
                  to="/papers/type")
    assert count(app, PaperBallot) == 1


def test_a_code_that_opens_nothing_here_is_told(app: Flask, typing: Client, made: Made) -> None:
    other = campaigns.with_codes(app)
    unknown = one_time.make(b"never made by us: 32 bytes long.")
    type_paper(typing, made, code=made.all_codes[0])
    for code, told in ((made.all_codes[0], "已经在网上或纸质表上用过"), (other.all_codes[0], "属于另一项评议活动"),
                       (unknown, "没有发过这个评议码"), (reference.make(b"a reference code: 32 bytes long."), "这不是评议码")):
        type_paper(typing, made, 422, code=code)
        assert told in typing.page.errors[0]
        assert typing.page.one("input", name="code").attrs["value"] == code
    assert not is_used(app, other.all_codes[0])


def test_a_group_or_subject_that_was_not_asked_is_refused(app: Flask, typing: Client, without_codes: Made) -> None:
    typing.get(desk(without_codes, "/type"))
    typing.post(desk(without_codes, "/type"), {"group": "journalist", "subject": "office", "q_a1": "4"}, 422)
    assert len(typing.page.errors) == 2
    assert count(app, PaperBallot) == 0


def test_a_question_that_the_form_does_not_have_is_refused(app: Flask, typing: Client, made: Made) -> None:
    typing.get(desk(made, "/type"))
    typing.post(desk(made, "/type"), {"code": made.all_codes[0], "q_a1": "4", "q_zz": "x"}, 422)
    assert count(app, PaperBallot) == 0


def test_what_is_left_blank_on_the_paper_stays_blank_even_where_it_is_required(app: Flask, typing: Client, checking: Client,
                                                                               made: Made) -> None:
    typing.get(desk(made, "/type"))
    typing.submit({"code": made.all_codes[0], "q_a2": "4"}, to="/papers/type")
    confirm(checking, made, 1)
    assert count(app, BoxedBallot) == 1


def test_a_blank_paper_is_counted_only_if_the_clerk_says_that_it_is_one(app: Flask, typing: Client, made: Made) -> None:
    typing.get(desk(made, "/type"))
    typing.submit({"code": made.all_codes[0]}, 422, to="/papers/type")
    assert "空白表" in typing.page.errors[0]
    typing.submit({"is_blank": "yes", "q_a1": "3"}, 422, to="/papers/type")
    typing.post(desk(made, "/type"), {"code": made.all_codes[0], "is_blank": "yes"})
    assert count(app, PaperBallot) == 1
    assert "checked" in typing.get(desk(made, "/1")).one("input", name="is_blank").attrs


def test_what_was_said_in_confidence_is_never_typed_here(app: Flask, typing: Client, made: Made) -> None:
    page = typing.get(desk(made, "/type"))
    assert not page.all("textarea", name="q_c2") and "纪检部门" in page.text
    typing.post(desk(made, "/type"), {"code": made.all_codes[0], "q_a1": "4", "q_c2": "某某收了好处"}, 422)
    assert "纪检部门" in typing.page.errors[0] and "某某收了好处" not in typing.page.source
    assert count(app, PaperBallot) == 0


def test_the_page_says_what_becomes_of_an_opinion_on_paper(typing: Client, made: Made) -> None:
    page = typing.get(desk(made, "/type"))
    assert not page.all("input", name="case_c1")
    assert "第 10 题：如果表上要求" in page.text and page.all("a", href="/desk/entry")


def test_a_page_that_was_open_for_too_long_loses_nothing(app: Flask, typing: Client, made: Made) -> None:
    typing.post(desk(made, "/type"), {**ANSWERS, "code": made.all_codes[0], "csrf_token": "x"}, 422, token=False)
    assert typing.page.one("textarea", name="q_c1").text == WORDS
    typing.submit(to="/papers/type")
    assert count(app, PaperBallot) == 1


@pytest.mark.parametrize("has_codes", [True, False])
def test_a_double_click_keeps_one_paper(app: Flask, typing: Client, made: Made, without_codes: Made, *,
                                        has_codes: bool) -> None:
    which = made if has_codes else without_codes
    page = typing.get(desk(which, "/type"))
    once = page.form("/papers/type").one("input", name="once").attrs["value"]
    head = {"code": made.all_codes[0]} if has_codes else {"group": "deputy", "subject": "traffic"}
    for _ in range(2):
        typing.post(desk(which, "/type"), {**ANSWERS, **head, "once": once})
    assert count(app, PaperBallot) == 1
    typing.get(desk(which, "/type"))
    typing.post(desk(which, "/type"), {**ANSWERS, **head, "q_a1": "1", "once": once}, 422 if has_codes else 303)
    assert count(app, PaperBallot) == (1 if has_codes else 2)


def test_one_code_typed_twice_and_sent_on_the_web_at_the_same_moment_counts_once(app: Flask, typist: Staff, checker: Staff,
                                                                                made: Made) -> None:
    code, start = made.all_codes[0], threading.Barrier(2)

    def type_it(person: Staff) -> int:
        return at_once(app, person, start, desk(made, "/type"), {"q_a1": "4", "code": code})

    with without_tokens(app), ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(type_it, (typist, checker))) == [303, 422]
    assert count(app, PaperBallot) == 1


def test_a_code_that_voted_on_the_web_is_refused_on_paper_and_the_other_way_round(app: Flask, typing: Client,
                                                                                  made: Made) -> None:
    web, paper = made.all_codes[:2]
    campaigns.cast(app, made, {"a1": 4}, code=web)
    type_paper(typing, made, 422, code=web)
    type_paper(typing, made, code=paper)
    with pytest.raises(RefusedError):
        campaigns.cast(app, made, {"a1": 4}, code=paper)
    assert (count(app, BoxedBallot), count(app, PaperBallot)) == (1, 1)


# --- changing ---------------------------------------------------------------------------------------------------------

def test_what_differs_goes_back_is_put_right_and_checked_again(app: Flask, typing: Client, checking: Client,
                                                               made: Made) -> None:
    paper = typed(typing, app, made)
    checking.get(desk(made, f"/{paper}/check"))
    checking.post(desk(made, f"/{paper}/check"), {"step": "back", "version": "1", "note": ""}, 422)
    checking.post(desk(made, f"/{paper}/check"), {"step": "back", "version": "1", "note": "多" * 501}, 422)
    assert checking.page.one("textarea", name="note").text == "多" * 501
    checking.post(desk(made, f"/{paper}/check"), {"step": "back", "version": "1", "note": "第 1 题没有填。"})
    confirm(checking, made, paper, 2, 403)
    page = typing.get(desk(made, f"/{paper}"))
    assert "第 1 题没有填。" in page.text
    assert page.one("textarea", name="q_c1").text == WORDS and page.one("input", name="q_b7").attrs["value"] == "35"
    for name, value in (("q_a1", "4"), ("q_b1_speed", "2"), ("q_b3", "web"), ("q_b5", "visit"), ("q_b5", "none")):
        assert "checked" in page.one("input", name=name, value=value).attrs
    assert "selected" in page.one("select", name="q_b6_home").one("option", value="2").attrs
    typing.submit({"left_blank": ["a1"]}, to=desk(made, f"/{paper}"))
    assert typing.location == desk(made)
    assert "checked" not in str([each.attrs for each in typing.get(desk(made, f"/{paper}")).all("input", name="q_a1")])
    confirm(checking, made, paper, 3)
    assert count(app, BoxedBallot) == 1


def test_a_changed_paper_keeps_its_code_unless_another_is_typed(app: Flask, typing: Client, made: Made) -> None:
    first, second = made.all_codes[:2]
    paper = typed(typing, app, made, code=first)
    typing.get(desk(made, f"/{paper}"))
    typing.submit({"q_a1": "2"}, to=desk(made, f"/{paper}"))
    assert is_used(app, first)
    typing.get(desk(made, f"/{paper}"))
    typing.submit({"code": second}, to=desk(made, f"/{paper}"))
    assert (is_used(app, first), is_used(app, second)) == (False, True)


def test_a_change_on_an_old_page_is_told_and_kept(app: Flask, typing: Client, checking: Client, made: Made) -> None:
    paper = typed(typing, app, made)
    typing.get(desk(made, f"/{paper}"))
    checking.get(desk(made, f"/{paper}"))
    checking.submit({"q_c1": "同事的改动。"}, to=desk(made, f"/{paper}"))
    typing.submit({"q_c1": "我的改动。"}, 409, to=desk(made, f"/{paper}"))
    assert typing.page.one("textarea", name="q_c1").text == "我的改动。"
    typing.submit(to=desk(made, f"/{paper}"))
    assert typing.get(desk(made, f"/{paper}")).one("textarea", name="q_c1").text == "我的改动。"


def test_a_paper_changed_meanwhile_is_compared_once_more(app: Flask, typing: Client, checking: Client, made: Made) -> None:
    paper = typed(typing, app, made)
    checking.get(desk(made, f"/{paper}/check"))
    typing.get(desk(made, f"/{paper}"))
    typing.submit({"q_c1": "换了一段话。"}, to=desk(made, f"/{paper}"))
    checking.post(desk(made, f"/{paper}/check"), {"step": "confirm", "version": "1"}, 409)
    assert "换了一段话。" in checking.page.text and count(app, BoxedBallot) == 0


def test_a_discarded_paper_gives_its_code_back(app: Flask, typing: Client, made: Made) -> None:
    paper = typed(typing, app, made, code=made.all_codes[0])
    typing.get(desk(made, f"/{paper}/discard"))
    typing.submit({"version": "0"}, 409, to="/discard")
    typing.get(desk(made, f"/{paper}/discard"))
    typing.submit(to="/discard")
    assert count(app, PaperBallot) == 0 and not is_used(app, made.all_codes[0])
    typing.get(desk(made, f"/{paper}"), 404)
    type_paper(typing, made, code=made.all_codes[0])


# --- checking ---------------------------------------------------------------------------------------------------------

def test_whoever_typed_it_does_not_check_it(app: Flask, typing: Client, made: Made) -> None:
    paper = typed(typing, app, made)
    page = typing.get(desk(made, f"/{paper}/check"))
    assert not page.all("button", value="confirm") and "这张表由您录入，须由另一人核对" in page.text
    for step in ("confirm", "back"):
        typing.post(desk(made, f"/{paper}/check"), {"step": step, "version": "1", "note": "x"}, 403)
    assert count(app, BoxedBallot) == 0


def test_whoever_changed_it_last_does_not_check_it_either(app: Flask, typing: Client, checking: Client, made: Made) -> None:
    paper = typed(typing, app, made)
    checking.get(desk(made, f"/{paper}"))
    checking.submit({"q_a1": "1"}, to=desk(made, f"/{paper}"))
    confirm(checking, made, paper, 2, 403)
    confirm(typing, made, paper, 2)


def test_after_a_check_the_next_paper_is_shown(app: Flask, typing: Client, checking: Client, made: Made) -> None:
    first, second = typed(typing, app, made), typed(typing, app, made)
    confirm(checking, made, first)
    assert checking.location == desk(made, f"/{second}/check")
    confirm(checking, made, second)
    assert checking.location == desk(made)


def test_two_people_checking_at_once_put_one_ballot_into_the_box(app: Flask, typing: Client, checker: Staff,
                                                                 made: Made) -> None:
    paper = typed(typing, app, made)
    other, start = builders.staff(app, Role.COMPLAINTS_OFFICER, unit="complaints"), threading.Barrier(2)

    def check(person: Staff) -> int:
        return at_once(app, person, start, desk(made, f"/{paper}/check"), {"step": "confirm", "version": "1"})

    with without_tokens(app), ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(check, (checker, other))) == [303, 409]
    assert count(app, BoxedBallot) == 1


def test_the_second_of_two_checkers_is_told(app: Flask, typing: Client, checking: Client, made: Made,
                                            browser_for: Callable[[], Client]) -> None:
    paper = typed(typing, app, made)
    late = browser_for().sign_in(builders.staff(app, Role.COMPLAINTS_OFFICER, unit="complaints"))
    late.get(desk(made, f"/{paper}/check"))
    typing.get(desk(made, f"/{paper}"))
    confirm(checking, made, paper)
    late.post(desk(made, f"/{paper}/check"), {"step": "confirm", "version": "1"}, 409)
    assert "其他同事先一步完成" in late.page.text
    typing.post(desk(made, f"/{paper}"), {"version": "1", "q_a1": "1"}, 404)


# --- when and who -----------------------------------------------------------------------------------------------------

def test_papers_are_typed_while_it_is_counted_and_never_after_publication(app: Flask, typing: Client, checking: Client,
                                                                          clock: Clock, made: Made) -> None:
    clock.forward(days=15)
    paper, late = typed(typing, app, made), typed(typing, app, made)
    typing.get(desk(made, "/type"))
    checking.get(desk(made, f"/{late}/check"))
    confirm(checking, made, paper)
    clock.forward(days=5)
    campaigns.publish(app, made)
    typing.post(desk(made, "/type"), {**ANSWERS, "code": made.all_codes[5]}, 409)
    assert "结果已经公布" in typing.page.text
    for address in (desk(made, "/type"), desk(made, f"/{late}"), desk(made, f"/{late}/check")):
        typing.get(address, 409)
    checking.post(desk(made, f"/{late}/check"), {"step": "confirm", "version": "1"}, 409)
    with app.app_context():
        entry = latest_entry(get_campaign(made.slug, clock.now.date()).id)
        assert entry is not None and entry.figures["unchecked"] == 1
        db.session.remove()


def test_before_voting_begins_nothing_can_be_typed(app: Flask, typing: Client, clock: Clock) -> None:
    day = clock.now.date()
    made = campaigns.with_codes(app, opens_on=day.replace(day=day.day + 2))
    assert not typing.get(desk(made)).all("a", href=desk(made, "/type"))
    typing.get(desk(made, "/type"), 409)
    typing.get(desk(campaigns.draft(app)))


def test_papers_of_one_campaign_are_not_those_of_another(app: Flask, typing: Client, checking: Client, made: Made) -> None:
    paper, other = typed(typing, app, made), campaigns.with_codes(app)
    for address in (f"/{paper}", f"/{paper}/check", f"/{paper}/discard"):
        typing.get(desk(other, address), 404)
    checking.get(desk(made, f"/{paper}/check"))
    checking.post(desk(other, f"/{paper}/check"), {"step": "confirm", "version": "1"}, 404)
    typing.get("/desk/campaigns/nothing-here/papers", 404)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.EDITOR, Role.ADMINISTRATOR, Role.INSPECTOR, Role.LEADER,
                                  Role.DISCIPLINE_OFFICER])
def test_others_neither_type_nor_read_nor_check(app: Flask, client: Client, typing: Client, made: Made, role: Role) -> None:
    paper = typed(typing, app, made)
    client.sign_in(builders.staff(app, role))
    for address in ("/desk/ballot-papers", *(desk(made, end) for end in (
            "", "/type", f"/{paper}", f"/{paper}/check", f"/{paper}/discard"))):
        client.get(address, 403)
    for address in ("/type", f"/{paper}", f"/{paper}/check", f"/{paper}/discard"):
        client.post(desk(made, address), {"version": "1", "step": "confirm"}, 403)
    assert count(app, BoxedBallot) == 0


def test_those_who_are_evaluated_hold_no_papers(app: Flask, client: Client, typing: Client, checking: Client) -> None:
    made = campaigns.with_codes(app, subjects=("household", "traffic"))
    paper = typed(typing, app, made)
    client.sign_in(builders.handler(app, "household"))
    for end in ("", "/type", f"/{paper}", f"/{paper}/check"):
        client.get(desk(made, end), 403)
    client.post(desk(made, f"/{paper}/check"), {"step": "confirm", "version": "1"}, 403)
    assert not client.get("/desk/ballot-papers").all("a", href=desk(made))
    assert checking.get("/desk/ballot-papers").all("a", href=desk(made))
    confirm(checking, made, paper)


def test_a_scanned_picture_types_its_code(app: Flask, typing: Client, made: Made) -> None:
    type_paper(typing, made, code=f"https://example.org/evaluations/enter#{made.all_codes[0]}")
    assert is_used(app, made.all_codes[0])


def test_strangers_are_asked_to_sign_in(client: Client, made: Made) -> None:
    client.get(desk(made), 302)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_speak_both_languages(app: Flask, typing: Client, checking: Client, made: Made, without_codes: Made,
                                        lang: str) -> None:
    paper = typed(typing, app, made)
    for end in ("", "/type", f"/{paper}", f"/{paper}/check", f"/{paper}/discard"):
        typing.get(f"{desk(made, end)}?lang={lang}")
    checking.get(f"{desk(made, f'/{paper}/check')}?lang={lang}")
    typing.get(f"{desk(without_codes, '/type')}?lang={lang}")
    typing.get(f"/desk/ballot-papers?lang={lang}")


def test_of_many_papers_the_oldest_are_listed_and_all_are_counted(app: Flask, typing: Client, typist: Staff,
                                                                  without_codes: Made) -> None:
    for _ in range(LISTED + 3):
        ballot_desk.typed(app, without_codes, typist, subject="traffic")
    page = typing.get(desk(without_codes))
    assert len(page.one("tbody").all("tr")) == LISTED
    assert f"共 {LISTED + 3} 张" in page.text
