"""Results in public: nothing before the day, then what was frozen and no more, its files, its corrections, what follows."""

import csv
import json
import re
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from portal.db import db, transaction
from portal.domain.adoption import Decision
from portal.domain.campaign import Audience, Group, Kind
from portal.domain.people import Role
from portal.evaluation import follow_up, planning, results, words
from portal.evaluation.models import Ballot
from portal.evaluation.queries import get_campaign, latest_entry
from portal.evaluations import exports, numbers
from portal.web.current import vault
from tests import builders, campaigns
from tests.campaigns import Made
from tests.client import Client, Page
from tests.conftest import MONDAY, Clock

UNITS = ("household", "traffic", "hedong")
FILES = (".csv", ".json", "/1.csv", "/1.json", "/1/frozen.json")


def frozen(app: Flask, made: Made) -> dict[str, Any]:
    with app.app_context():
        entry = latest_entry(get_campaign(made.slug, MONDAY.date()).id)
        assert entry is not None
        return dict(entry.figures)


def table(client: Client, url: str) -> list[dict[str, str]]:
    """The lines of the table in a CSV file, below its head."""
    whole = client.fetch(url).data.decode("utf-8-sig")
    _, lines = whole.split("\r\n\r\n", 1)
    return list(csv.DictReader(StringIO(lines)))


def percents(page: str) -> set[str]:
    return set(re.findall(r"\d+\.\d%", page))


# --- before the day ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("by", [None, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_nobody_sees_a_figure_before_the_promised_day(app: Flask, client: Client, by: Role | None) -> None:
    made = campaigns.counting(app, 37)
    if by:
        client.sign_in(builders.staff(app, by))
    page = client.get(f"{made.url}/results")
    assert "2026年9月14日公布" in page.text
    assert "37" not in page.text.replace("2026", "") and not percents(page.text)
    for rest in ("/1", "/1/groups/deputy", "/1/subjects/household", *FILES):
        client.fetch(f"{made.url}/results{rest}", 404)


def test_on_the_day_it_waits_for_the_count(app: Flask, client: Client, clock: Clock) -> None:
    made = campaigns.counting(app, 12)
    clock.forward(days=7)
    assert "结果今天公布" in client.get(f"{made.url}/results").text
    client.fetch(f"{made.url}/results.json", 404)
    campaigns.publish(app, made)
    assert "结果今天公布" not in client.get(f"{made.url}/results").text


def test_a_draft_has_no_results_page(app: Flask, client: Client) -> None:
    made = campaigns.draft(app)
    client.sign_in(builders.staff(app, Role.COORDINATOR)).get(f"{made.url}/results", 404)
    client.get("/evaluations/no-such-campaign/results", 404)


def test_a_campaign_that_was_called_off_says_so(app: Flask, client: Client) -> None:
    made = campaigns.announced(app)
    with app.app_context(), transaction():
        seen = get_campaign(made.slug, MONDAY.date()).version
        by = builders.staff(app, Role.COORDINATOR).actor
        planning.cancel(made.slug, "评议对象有误，重新发起。", seen=seen, by=by, now=MONDAY)
    page = client.get(f"{made.url}/results")
    assert "不会有结果" in page.text and "评议对象有误" in page.text
    client.fetch(f"{made.url}/results.csv", 404)


# --- what is published ------------------------------------------------------------------------------------------------

def test_the_page_shows_the_frozen_figures(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 60)
    whole, page = frozen(app, made)["whole"], client.get(f"{made.url}/results", statements=10)
    assert [node.text for node in page.all("dd", class_="value")] == ["不掌握", "124", "60", "60"]
    for figure in [*whole["dimensions"].values(), whole["questions"]["a1"][""], whole["questions"]["b1"]["speed"]]:
        for name in ("levels_4_5", "levels_3_5", "levels_1_2"):
            rate = figure[name]
            assert f"{rate['share'] * 100:.1f}% ({rate['low'] * 100:.1f}%–{rate['high'] * 100:.1f}%)" in page.text
        assert f"均值 {figure['mean']:.2f}" in page.text
    for each in whole["questions"]["b3"][""]["distribution"].values():
        assert f"{each['share'] * 100:.1f}%" in page.text
    assert f"{whole['questions']['b6']['night']['mean']:.2f}" in page.text
    assert "满意（4–5级，“基本满意”不计入）" in page.text and "基本满意以上（3–5级）" in page.text


def test_every_bar_says_in_words_what_it_shows(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 60)
    page = client.get(f"{made.url}/results")
    shares = frozen(app, made)["whole"]["questions"]["b1"]["speed"]["distribution"]
    labels = [node.attrs["aria-label"] for node in page.all("svg", role="img")]
    assert any("办事窗口：效率" in label and f"非常不满意 {shares['1']['share'] * 100:.1f}%" in label for label in labels)


def stack(page: Page, label: str) -> str:
    """What stands under one bar."""
    return next(node.text for node in page.all("div", class_="stack") if node.one("p", class_="stack-label").text == label)


def test_every_question_speaks_of_its_own_answers(app: Flask, client: Client) -> None:
    """Whether people are sent from office to office has nothing to do with satisfaction."""
    made = campaigns.published(app, 60)
    page = client.get(f"{made.url}/results")
    often = stack(page, "是否存在推诿")
    for name in ("没有或很少（4–5级）", "没有、很少或有时（3–5级）", "有时及以上（1–3级）", "较多或经常（1–2级）"):
        assert name in often
    assert "满意" not in often and "差评" not in often
    assert "差评（1–2级）" in stack(page, "办案是否公正") and "有时" not in stack(page, "办案是否公正")
    both = stack(page, "本方面各题合计")
    assert "5级（最好）" in both and "满意" not in both and "没有" not in both
    figure = frozen(app, made)["whole"]["questions"]["a2"][""]
    low = figure["n"] - figure["levels_4_5"]["count"]
    assert f"有时及以上（1–3级） {numbers.percent(low, figure['n'])}" in often
    captions = [node.text for node in page.all("caption")]
    assert "执法办案（没有–经常）：各项比例" in captions and "服务群众：各项比例" in captions
    english = client.get(f"{made.url}/results?lang=en")
    assert "“Never” or “Rarely” (levels 4–5)" in stack(english, "Are people sent from office to office?")


def test_files_name_levels_in_the_words_of_the_question(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 60)
    lines = {(line["part"], line["about"], line["id"], line["row"]): line for line in table(client, f"{made.url}/results.csv")}
    often, both = lines["whole", "question", "a2", ""], lines["whole", "dimension", "work", ""]
    assert (often["scale"], often["levels_1_2_name"]) == ("5 没有；4 很少；3 有时；2 较多；1 经常", "较多或经常（1–2级）")
    assert both["levels_4_5_name"] == "4–5级" and not lines["whole", "question", "b7", ""]["scale"]
    named = json.loads(client.fetch(f"{made.url}/results.json").data)["scales"]
    assert named["questions"]["a2"]["levels_4_5"] == "没有或很少（4–5级）" and named["questions"]["a1"]["level_3"] == "基本满意"
    assert named["dimensions"]["service"]["levels_1_2"] == "差评（1–2级）"


@pytest.mark.parametrize(("count", "of", "words"), [
    (27, 110, "24.5%"), (1, 3, "33.3%"), (1, 2000, "0.1%"), (1, 2001, "0.0%"), (2, 3, "66.7%"), (7, 7, "100.0%"),
    (1999, 2000, "100.0%"), (1, 8, "12.5%"), (1, 16, "6.3%"), (0, 9, "0.0%")])
def test_percentages_are_rounded_once(count: int, of: int, words: str) -> None:
    assert numbers.percent(count, of) == words


@pytest.mark.parametrize(("kind", "words"), [(Kind.DELEGATES, "所请群体总人数"), (Kind.SURVEY, "所请群体总人数")])
def test_people_of_the_groups_are_called_so(app: Flask, client: Client, kind: Kind, words: str) -> None:
    made = campaigns.published(app, 12, kind=kind)
    page = client.get(f"{made.url}/results")
    assert page.one("dl", class_="figures").all("dt")[0].text == words and "服务对象" not in page.text


def test_of_what_dissatisfies_most_nothing_is_ranked_within_the_margin(app: Flask, client: Client) -> None:
    page = client.get(f"{campaigns.published(app, 60, mean=2.6).url}/results")
    assert [node.text for node in page.one("ul", class_="worst").all("li") if "是否存在推诿 较多或经常（1–2级）" in node.text]
    assert page.text.count("先后不是排名") == 1


def test_results_read_in_english(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 40, subjects=UNITS)
    campaigns.task(app, made)
    for rest in ("", "/1/groups/deputy", "/1/subjects/traffic"):
        page = client.get(f"{made.url}/results{rest}?lang=en")
    assert "Satisfied (levels 4–5, “fairly satisfied” not counted)" in page.text
    page = client.get("/evaluations/tasks?lang=en")
    assert page.all("span", lang="zh-Hans") and "Topic, leader, measure and result are written in Chinese only." in page.text


def test_the_page_reads_the_frozen_entry_alone(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 40, subjects=UNITS)
    before = client.get(f"{made.url}/results").source
    with app.app_context():
        with transaction():
            db.session.execute(update(Ballot).values(sealed=b"-"))
        app.extensions["portal-pages"].clear()
    assert client.get(f"{made.url}/results", statements=10).source == before
    assert client.watch.statements and not any("FROM ballots" in each for each in client.watch.statements)


def test_a_silent_unit_is_shown_as_silent(app: Flask, client: Client) -> None:
    votes = {(group, unit): 12 for group in (Group.DEPUTY, Group.RESIDENT) for unit in UNITS[:2]}
    made = campaigns.published(app, votes=votes, subjects=UNITS)
    page = client.get(f"{made.url}/results")
    line = next(row for row in page.all("tr") if "河东分局" in row.text)
    assert "无人作答" in line.text and not line.all("a")
    assert "无人作答" in client.get(f"{made.url}/results/1/subjects/hedong").text
    client.get(f"{made.url}/results/1/subjects/legal", 404)
    client.get(f"{made.url}/results/1/groups/household", 404)


def test_units_stand_in_the_order_of_the_plan_and_unlike_the_whole_is_told_in_words(app: Flask, client: Client) -> None:
    form = campaigns.levels_form(1)

    def given(number: int) -> dict[str, Any]:
        return {"s0": 5 if number < 40 else 1}

    made = campaigns.published(app, subjects=("traffic", "household"), form=form, audiences=(Audience(Group.RESIDENT),),
                               votes={(Group.RESIDENT, "traffic"): 40, (Group.RESIDENT, "household"): 40}, given=given)
    page = client.get(f"{made.url}/results")
    names = [row.text for row in page.all("tr") if "总体" in row.text and "支队" in row.text]
    assert ["交警支队" in names[0], "户政支队" in names[1]] == [True, True]
    assert "高于总体" in names[0] and "低于总体" in names[1]
    assert "低于总体" in client.get(f"{made.url}/results/1/subjects/household").text


def test_many_units_with_long_names_fold_by_kind(app: Flask, client: Client) -> None:
    with app.app_context():
        codes = tuple(app.extensions["portal-content"].units)
    made = campaigns.published(app, len(codes) * 2 * 5, subjects=codes, form=campaigns.levels_form(4),
                               audiences=(Audience(Group.DEPUTY), Audience(Group.RESIDENT)))
    page = client.get(f"{made.url}/results", statements=10)
    assert [node.text.split()[0] for node in page.all("details", class_="fold")[0].all("summary")] == ["支队和机关部门"]
    assert len([row for row in page.all("tr") if row.all("a")]) == len(codes) + 2


# --- nothing small ----------------------------------------------------------------------------------------------------

def test_a_small_cell_stands_in_no_exit(app: Flask, client: Client) -> None:
    """Three residents beside thirty-seven deputies: neither number may stand anywhere, since one gives the other."""
    made = campaigns.published(app, votes={(Group.DEPUTY, ""): 37, (Group.RESIDENT, ""): 3},
                               audiences=(Audience(Group.DEPUTY), Audience(Group.RESIDENT)))
    page = client.get(f"{made.url}/results")
    lines = [row.text for row in page.all("tr") if "人大代表" in row.text or "群众" in row.text]
    assert len(lines) == 2 and all("–" in line and "37" not in line for line in lines)
    assert "不足 5 份，不列" in page.text
    for group in ("deputy", "resident"):
        assert not percents(client.get(f"{made.url}/results/1/groups/{group}").text)
    for line in table(client, f"{made.url}/results.csv"):
        if line["part"] == "group":
            assert line["about"] == "ballots" and not line["answered"] and not line["usable"]
            assert line["state"] in ("few", "covered")
    for ending in (".json", "/1/frozen.json"):
        whole = json.loads(client.fetch(f"{made.url}/results{ending}").data)
        groups = whole.get("figures", whole)["groups"]
        assert all(set(part) <= {"state", "served", "invited"} for part in groups.values())


def test_nothing_is_shown_where_fewer_than_five_voted(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 4)
    page = client.get(f"{made.url}/results")
    assert "有效票不足 5 张" in page.text and not percents(page.text)
    assert not any(line["n"] or line["answered"] for line in table(client, f"{made.url}/results.csv"))


def test_nobody_voted(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 0)
    assert "没有收到评议票" in client.get(f"{made.url}/results").text


# --- files ------------------------------------------------------------------------------------------------------------

def test_the_table_holds_the_frozen_figures(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 60, subjects=UNITS[:2])
    figures = frozen(app, made)
    lines = table(client, f"{made.url}/results.csv")
    found = next(line for line in lines if (line["part"], line["code"], line["id"]) == ("subject", "traffic", "a1"))
    figure = figures["subjects"]["traffic"]["questions"]["a1"][""]
    assert (found["n"], found["mean"], found["unknown"]) == (str(figure["n"]), str(figure["mean"]), str(figure["unknown"]))
    assert found["levels_4_5_share"] == str(figure["levels_4_5"]["share"])
    for level, each in figure["distribution"].items():
        assert found[f"level_{level}"] == str(each["count"])
    chosen = {line["choice"]: line["count"] for line in lines
              if (line["part"], line["id"], line["about"]) == ("whole", "b3", "choice")}
    offered = figures["whole"]["questions"]["b3"][""]["distribution"]
    assert chosen == {value: str(each["count"]) for value, each in offered.items()}
    assert {line["row"] for line in lines if line["id"] == "b1"} == {"speed", "manner"}


def test_the_table_holds_the_comparison_and_defines_every_column(app: Flask, client: Client) -> None:
    first = campaigns.published(app, 80, ago=200, mean=2.6)
    made = campaigns.published(app, 80, mean=4.6, previous=first.slug)
    line = next(line for line in table(client, f"{made.url}/results.csv")
                if (line["part"], line["about"], line["id"]) == ("whole", "change", "a1"))
    change = frozen(app, made)["against"]["whole"]["questions"]["a1"][""]
    assert (line["change_mean"], line["change_levels_4_5"], line["change_verdict"]) == (
        str(change["mean"]), str(change["levels_4_5"]), "better")
    head = [row[0] for row in csv.reader(StringIO(client.fetch(f"{made.url}/results.csv").text.split("\r\n\r\n", 1)[0]))]
    ends = {f"{grade}_{what}" for grade in exports.GRADES for what in ("share", "low", "high", "count", "name")}
    assert {*exports.COLUMNS} <= {*head} and ends <= {*exports.COLUMNS}


def test_files_have_a_head_and_a_mark_and_are_kept(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 20, title="=HYPERLINK(1)")
    response = client.fetch(f"{made.url}/results.csv")
    assert response.mimetype == "text/csv" and response.data.startswith("\ufeff\"'=HYPERLINK(1)\"".encode())
    assert f'filename="results-{made.slug}.csv"' in response.headers["Content-Disposition"]
    assert "Wilson" in response.text and "注明来源" in response.text
    client.fetch(f"{made.url}/results.csv", 304, headers={"If-None-Match": response.headers["ETag"]})
    whole = client.fetch(f"{made.url}/results/1.json")
    assert whole.mimetype == "application/json"
    told = json.loads(whole.data)
    assert told["licence"] and told["definitions"]["levels_4_5"] and told["entry"] == 1
    assert told["figures"] == frozen(app, made)
    client.fetch(f"{made.url}/results/2.csv", 404)
    client.fetch(f"{made.url}/results/0.json", 404)


def test_anyone_can_check_the_fingerprint(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 40, subjects=UNITS)
    fingerprint = client.get(f"{made.url}/results").one("code", class_="digest").text
    assert sha256(client.fetch(f"{made.url}/results/1/frozen.json").data).hexdigest() == fingerprint
    assert json.loads(client.fetch(f"{made.url}/results.json").data)["fingerprint"] == fingerprint


# --- corrections ------------------------------------------------------------------------------------------------------

def test_a_correction_is_a_new_entry_beside_the_old_one(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 40)
    first = client.get(f"{made.url}/results").one("code", class_="digest").text
    campaigns.corrected(app, made, "一批纸质票漏录，补录后重新统计。")
    newest = client.get(f"{made.url}/results")
    assert "一批纸质票漏录" in newest.text and "更正" in newest.text
    assert [node.text for node in newest.all("code", class_="digest")][1] == first
    old = client.get(f"{made.url}/results/1")
    assert "这一版已有更正" in old.text and "更正" in client.get(f"{made.url}/results/2").text
    assert sha256(client.fetch(f"{made.url}/results/1/frozen.json").data).hexdigest() == first
    client.get(f"{made.url}/results/3", 404)


def test_a_correction_says_of_small_cells_what_the_entry_before_said(app: Flask, client: Client) -> None:
    """They are kept without their group, so that a second count finds them empty: that is no silence."""
    made = campaigns.corrected(app, campaigns.published(app, votes={(Group.DEPUTY, ""): 37, (Group.RESIDENT, ""): 3}))
    first, second = (client.get(f"{made.url}/results/{entry}") for entry in (1, 2))
    for page in (first, second):
        lines = {row.text for row in page.all("tr") if "人大代表" in row.text or "群众" in row.text}
        assert not any("无人作答" in line or "37" in line for line in lines) and len(lines) == 2
    assert frozen(app, made)["groups"]["resident"]["state"] == "few"


def test_a_proposed_correction_is_not_public(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 40)
    with app.app_context(), transaction():
        results.propose_correction(made.slug, "有一处还要核对。", by=builders.staff(app, Role.COORDINATOR).actor)
    assert "有一处还要核对" not in client.get(f"{made.url}/results").text
    client.get(f"{made.url}/results/2", 404)
    client.fetch(f"{made.url}/results/2.json", 404)


# --- beside the last round, open ratings, words -----------------------------------------------------------------------

def test_a_change_is_told_only_where_it_is_clear(app: Flask, client: Client) -> None:
    first = campaigns.published(app, 80, ago=200, mean=2.6)
    second = campaigns.published(app, 80, ago=90, mean=4.6, previous=first.slug)
    third = campaigns.published(app, 80, mean=4.6, previous=second.slug)
    assert "上升" in client.get(f"{second.url}/results").text
    page = client.get(f"{third.url}/results")
    assert "0.0 个百分点，差别在误差范围内，还不能断定有变化" in page.text and f"{second.url}/results" in page.source


def test_an_open_rating_bears_its_grade(app: Flask, client: Client) -> None:
    honest, steered = campaigns.rated(app, 60), campaigns.rated(app, 60, urged=30)
    assert "这些评价的可信度：A" in client.get(f"{honest.url}/results").text
    page = client.get(f"{steered.url}/results")
    assert "60 人中，30 人说有人催促" in page.text and "评价最集中的一小时" not in page.text
    assert page.one("li", id="confidence") and page.all("a", href="#confidence")
    assert page.one("dl", class_="figures").all("dt")[0].text == "办事人次"
    assert "这些评价的可信度：C" in page.text and "没有删除任何评价" in page.text
    assert [node.text for node in page.all("dd", class_="value")][2:] == ["60", "60"]


def test_topics_are_shown_from_five_answers_on(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 20, given=lambda n: {"a1": 4, "c1": f"第{n}条意见"})
    by = builders.staff(app, Role.COORDINATOR).actor
    with app.app_context(), transaction():
        found = words.unread(made.slug, by, vault=vault())
        many = words.name_topic(made.slug, "停车难", "Parking", by=by)
        few = words.name_topic(made.slug, "噪音", "Noise", by=by)
        words.put_under(made.slug, [each.id for each in found[:5]], topic=many, by=by)
        words.put_under(made.slug, [each.id for each in found[5:9]], topic=few, by=by)
    page = client.get(f"{made.url}/results")
    assert "停车难" in page.text and "噪音" not in page.text and "还有一部分没有读完" in page.text
    assert "条意见" not in page.text and "最不满意的一件事：20 人写了意见" in page.text


# --- what follows -----------------------------------------------------------------------------------------------------

def test_tasks_tell_the_score_before_and_after(app: Flask, client: Client) -> None:
    first = campaigns.published(app, 60, ago=200, mean=2.6)
    campaigns.task(app, first)
    assert "下一轮结果公布后列出" in client.get(f"{first.url}/results").text
    campaigns.published(app, 60, mean=4.6, previous=first.slug)
    page = client.get("/evaluations/tasks")
    before = frozen(app, first)["whole"]["questions"]["a1"][""]["levels_4_5"]["share"]
    assert "窗口等候时间太长" in page.text and "副局长 周海" in page.text and "户政支队" in page.text
    assert f"满意（4–5级） {before * 100:.1f}%" in page.text and "上升" in page.text


def test_tasks_are_late_or_done_in_words(app: Flask, client: Client, clock: Clock) -> None:
    made = campaigns.published(app, 20)
    done = campaigns.task(app, made, topic="引导牌不清楚", due_on=MONDAY.date() + timedelta(days=20))
    campaigns.task(app, made, topic="窗口太少", due_on=MONDAY.date() + timedelta(days=30))
    campaigns.task(app, made, topic="电话没人接", unit="traffic", question=None)
    by = builders.staff(app, Role.COORDINATOR).actor
    with app.app_context(), transaction():
        follow_up.finish_task(done, "新牌已装好，附照片三张。", seen=1, by=by, now=MONDAY)
    clock.forward(days=33)
    page = client.get("/evaluations/tasks")
    assert "已超期 3 天" in page.text and "新牌已装好" in page.text and "2026年9月7日办好" in page.text
    tiles = [node.text for node in page.one("dl", class_="figures").all("dt")]
    states = [node.text for node in page.one("select", name="state").all("option")][1:]
    assert tiles == states == ["整改中", "超期", "已办好"]
    assert {node.text for node in page.all("span", class_="badge")} <= {*states}
    late = client.get("/evaluations/tasks?state=late")
    assert "窗口太少" in late.text and "引导牌" not in late.text
    assert "窗口太少" not in client.get("/evaluations/tasks?unit=traffic&state=open").text
    assert "没有符合条件的事项" in client.get("/evaluations/tasks?unit=traffic&state=done").text
    client.get("/evaluations/tasks?state=%3Cscript%3E&unit=x&after=9999999999")
    assert "没有更多事项" in client.get("/evaluations/tasks?after=50").text


def test_without_tasks_the_page_says_what_will_stand_there(client: Client) -> None:
    assert "最不满意的问题会列为整改事项" in client.get("/evaluations/tasks").text


def test_a_score_of_a_small_cell_is_not_told_by_a_task(app: Flask, client: Client) -> None:
    made = campaigns.published(app, subjects=("household", "traffic"), audiences=(Audience(Group.RESIDENT),), votes={
        (Group.RESIDENT, "household"): 3, (Group.RESIDENT, "traffic"): 30})
    campaigns.task(app, made, subject="household")
    page = client.get("/evaluations/tasks")
    assert "不足 5 份，不列" in page.text and not percents(page.text)


def test_a_consultation_is_answered_by_what_was_adopted(app: Flask, client: Client) -> None:
    made = campaigns.published(app, 20, kind=Kind.CONSULTATION, given=lambda n: {"a1": 4, "c1": "周末也开"})
    by = builders.staff(app, Role.COORDINATOR).actor
    with app.app_context(), transaction():
        topic = words.name_topic(made.slug, "周末开放", "Open on weekends", by=by)
        follow_up.decide(made.slug, topic, Decision.PARTLY, "周六上午开放，周日值班窗口不变。", seen=0, by=by, now=MONDAY)
    page = client.get(f"{made.url}/results")
    assert "周末开放" in page.text and "部分采纳" in page.text and "周六上午开放" in page.text

