"""Redaction on marked sentences, with floors, and what must hold always: nothing planted stays readable."""

import re
import time
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from portal.domain.redaction import Finding, Grade, Kind, Known, active_recognisers, find, mask
from portal.domain.reference import group, make

DATA = Path(__file__).parent / "data"
MARK = re.compile(r"【(?:([a-z_]+)\|)?([^】]*)】")

Span = tuple[int, int]


def lines_of(name: str) -> list[str]:
    return (DATA / f"redaction_{name}.txt").read_text(encoding="utf-8").splitlines()


def unmarked(line: str) -> tuple[str, list[Span]]:
    """The raw text of a marked line, and where its marks were."""
    pieces, spans, at = [], [], 0
    for match in MARK.finditer(line):
        pieces.append(line[at:match.start()])
        start = sum(map(len, pieces))
        pieces.append(match[2])
        spans.append((start, start + len(match[2])))
        at = match.end()
    return "".join(pieces) + line[at:], spans


def covers(finding: Finding, span: Span) -> bool:
    return finding.start <= span[0] and span[1] <= finding.end


def touches(finding: Finding, span: Span) -> bool:
    return finding.start < span[1] and span[0] < finding.end


def shares(lines: Iterable[str], *, kind: Kind | None = None) -> tuple[float, float]:
    """Recall (marks wholly covered) and precision (findings that touch a mark) of what is masked."""
    hits = marks = right = found = 0
    for line in lines:
        text, spans = unmarked(line)
        masked = [each for each in find(text) if each.grade.is_masked and kind in (None, each.kind)]
        marks, found = marks + len(spans), found + len(masked)
        hits += sum(any(covers(each, span) for each in masked) for span in spans)
        right += sum(any(touches(each, span) for span in spans) for each in masked)
    return hits / marks, right / found


def kinds_in(text: str) -> list[tuple[str, Kind, Grade]]:
    return [(each.text, each.kind, each.grade) for each in find(text)]


KIND_OF = {
    "id15": Kind.ID, "id18": Kind.ID, "mobile": Kind.PHONE, "mobile_cn": Kind.PHONE, "landline": Kind.PHONE,
    "landline_ctx": Kind.PHONE, "bank": Kind.BANK, "plate": Kind.PLATE, "plate_ne": Kind.PLATE,
    "passport": Kind.PASSPORT, "hkmo_permit": Kind.ID, "cn_to_hkmo": Kind.ID, "tw_permit": Kind.ID,
    "officer_no": Kind.OFFICER_NO, "email": Kind.EMAIL, "qq": Kind.ACCOUNT, "wechat": Kind.ACCOUNT,
    "address": Kind.ADDRESS, "address_short": Kind.ADDRESS, "case_no": Kind.CASE_NO,
}


@pytest.mark.parametrize("line", lines_of("positive"))
def test_every_number_and_address_is_found_whole(line: str) -> None:
    text, expected, kind = (part.strip() for part in line.split(" | "))
    masked = [each for each in find(text) if each.grade.is_masked]
    assert any(expected in each.text and each.kind is KIND_OF[kind] for each in masked), masked


@pytest.mark.parametrize("text", lines_of("negative"))
def test_what_only_looks_like_a_number_of_a_person_is_left(text: str) -> None:
    assert not [each for each in find(text) if each.grade.is_masked]


@pytest.mark.parametrize(("text", "value", "kind", "grade"), [
    ("身份证000000198503121231，请查",     "000000198503121231",             Kind.ID,       Grade.HIGH),
    ("身份证000000198503121232，请查",     "000000198503121232",             Kind.ID,       Grade.MEDIUM),
    ("编码000000198513121231",             "000000198513121231",             Kind.ID,       Grade.LOW),
    ("订单号6222000000000000004",          "6222000000000000004",            Kind.BANK,     Grade.LOW),
    ("打到卡6222000000000000004",          "6222000000000000004",            Kind.BANK,     Grade.HIGH),
    ("转到这张卡6222000000000000001",      "6222000000000000001",            Kind.BANK,     Grade.MEDIUM),
    ("手机199000000017月3日打过",          "19900000001",                    Kind.PHONE,    Grade.HIGH),
    ("我的车冀Z0000110月3日被贴单",        "冀Z00001",                       Kind.PLATE,    Grade.HIGH),
    ("1\u200b9\u200b900000003找我",        "1\u200b9\u200b900000003",        Kind.PHONE,    Grade.HIGH),
    ("幺九九零零零零零零零二",             "幺九九零零零零零零零二",         Kind.PHONE,    Grade.MEDIUM),
    ("加V：zhang0002",                     "zhang0002",                      Kind.ACCOUNT,  Grade.HIGH),
    ("邮箱li.si(at)example.com",           "li.si(at)example.com",           Kind.EMAIL,    Grade.HIGH),
    ("护照EB0000001丢了",                  "EB0000001",                      Kind.PASSPORT, Grade.HIGH),
    ("捡到一本EB0000001",                  "EB0000001",                      Kind.PASSPORT, Grade.MEDIUM),
    ("打派出所电话0000-2345678",           "0000-2345678",                   Kind.PHONE,    Grade.HIGH),
    ("家在河西区幸福里小区12栋3单元1501",  "河西区幸福里小区12栋3单元1501",  Kind.ADDRESS,  Grade.HIGH),
    ("锦绣花园A-1203",                     "锦绣花园A-1203",                 Kind.ADDRESS,  Grade.MEDIUM),
    ("收到清公交决字〔2026〕第12号",       "清公交决字〔2026〕第12号",       Kind.CASE_NO,  Grade.MEDIUM),
    ("在192.168.1.20上登录",               "192.168.1.20",                   Kind.NET,      Grade.HIGH),
])  # fmt: skip
def test_the_grade_follows_check_digits_and_words(text: str, value: str, kind: Kind, grade: Grade) -> None:
    assert (value, kind, grade) in kinds_in(text)


@pytest.mark.parametrize("text", [
    "编号2026-000123的答复我不满意", "编号SL-2026-001873的回复答非所问", "共有1200户居民，3号楼和5号楼都停水",
    "2026年3月5日10:30到12:00", "国道G107上k512+300", "每月1号到15号", "价格19900元", "和平路3号口",
    "河东分局5楼505窗口", "2号线和3号线", "快递单号75100000000000001",
    "110、119、120、122、12345、12389、12123、12309、12110都打过",
])
def test_ordinary_figures_stay_readable(text: str) -> None:
    assert mask(text, find(text)) == text


@pytest.mark.parametrize(("fixture", "recall", "precision"), [
    ("names",      .95, .95),
    ("names_more", .90, .90),
])
def test_names_are_found_above_the_floor(fixture: str, recall: float, precision: float) -> None:
    found, right = shares(lines_of(fixture), kind=Kind.NAME)
    assert found >= recall
    assert right >= precision


def test_opinions_are_masked_above_the_floor() -> None:
    found, right = shares(line for line in lines_of("opinions") if "【org|" not in line)
    assert found >= .95
    assert right >= .95


def test_names_from_rules_are_never_certain() -> None:
    found = find("我叫赵文博，房东徐丽华。")
    assert [(each.kind, each.grade) for each in found] == [(Kind.NAME, Grade.MEDIUM)] * 2


def test_what_the_author_gave_is_certain_however_it_is_written() -> None:
    known = [Known("付春来", Kind.NAME), Known("19900000001", Kind.PHONE)]
    found = find("付 春 来的手机是一九九零零零零零零零一", known=known)
    assert [(each.text, each.grade, each.source) for each in found] == [
        ("付 春 来", Grade.HIGH, "known"), ("一九九零零零零零零零一", Grade.HIGH, "known"),
    ]


def test_numbers_of_the_directory_stay() -> None:
    text = "打0000-2345001没人接，又打0000 2345002。"
    assert not find(text, public_numbers=["0000-2345001", "00002345002"])
    assert len(find(text, public_numbers=["0000-2345001"])) == 1


def test_schools_are_masked_only_where_a_child_is_concerned() -> None:
    text = "孩子在清河市第三中学上学"
    assert [each.grade for each in find(text)] == [Grade.LOW]
    assert mask(text, find(text, about_child=True)) == "孩子在［单位］上学"


@pytest.mark.parametrize(("text", "masked"), [
    ("我叫赵文博，电话19900000001。",             "我叫［姓名］，电话［电话］。"),
    ("我叫赵文博，房东徐丽华，赵文博签字", "我叫［姓名1］，房东［姓名2］，［姓名1］签字"),
    ("19900000001，再说一遍，199 0000 0001",      "［电话］，再说一遍，［电话］"),
    ("冀Z00001撞了冀Z00002",                      "［车牌1］撞了［车牌2］"),
    ("没有什么要遮的。",                          "没有什么要遮的。"),
])  # fmt: skip
def test_labels_take_the_place_of_values(text: str, masked: str) -> None:
    assert mask(text, find(text)) == masked


def test_the_code_that_opens_a_case_is_masked() -> None:
    code = group(make(bytes(range(16))))
    assert mask(f"查询码{code}查不到", find(f"查询码{code}查不到")) == "查询码［账号］查不到"


def test_the_self_check_lists_what_looks() -> None:
    assert {"identity number, 18", "mobile telephone", "address", "name rules"} <= set(active_recognisers())


@pytest.mark.parametrize("piece", [
    "1", "1 ", "199", "1.1.", "王", "王王、", "阿艾·", "，", "a", "a@", "a.", "路1号", "3-2-502", "小区",
    "3单元", "王警官", "我叫王", "6222 ", "冀A1234", "公公字", "［姓名］", "\u200b", "\ufdfa",
    "http://", "微信", "一",
    "2026-000123", "\ud800",
])
def test_hostile_texts_take_no_longer(piece: str) -> None:
    text = (piece * 5000)[:5000]
    fastest = min(_seconds(text) for _ in range(2))
    assert fastest < 1.0  # about 0.1 s on an idle core; far more only if the time stopped being linear


def _seconds(text: str) -> float:
    began = time.process_time()
    find(text, known=[Known("王", Kind.NAME), Known("王王", Kind.NAME), Known("11111111111", Kind.PHONE)])
    return time.process_time() - began


TALK = st.text("我你在的派出所电话号码和说，。！ \n请问办证昨天去了、（）：王李警官小区路号")
PIECES = "0123456789 -.:/@aXx王李张某姓的［］姓名电话微信QQ号楼单元室路护照E一二三冀京A、，。\u200b１"
ANYTHING = st.text() | st.text(PIECES, max_size=300)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
EMAILS = st.from_regex(r"[a-z]{3,10}[0-9]{0,3}@example\.com", fullmatch=True)
LANDLINES = st.from_regex(r"0000-[2-8][0-9]{6}", fullmatch=True)
PLATES = st.from_regex(r"冀Z[0-9]{5}|冀ZD[0-9]{5}|冀Z[A-H]{1}[0-9]{4}", fullmatch=True)


@st.composite
def identities(draw: st.DrawFn) -> str:
    day = draw(st.dates(date(1930, 1, 1), date(2025, 12, 31)))
    body = f"000000{day:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return body + mod_11_2.calc_check_digit(body)


@st.composite
def cards(draw: st.DrawFn) -> str:
    body = "622200" + draw(st.from_regex(r"[0-9]{12}", fullmatch=True))
    return body + luhn.calc_check_digit(body)


def plain_values() -> Iterator[st.SearchStrategy[str]]:
    yield from (MOBILES, LANDLINES, EMAILS, PLATES, identities(), cards())


@given(before=TALK, value=st.one_of(*plain_values()), after=TALK)
@settings(deadline=None)
def test_a_planted_value_never_stays_readable(before: str, value: str, after: str) -> None:
    text = before + value + after
    assert value not in mask(text, find(text))


@given(before=TALK, value=MOBILES | identities(), gap=st.sampled_from(" -.\u200b\u2060"), after=TALK)
@settings(deadline=None)
def test_a_value_with_gaps_never_stays_readable(before: str, value: str, gap: str, after: str) -> None:
    spaced = gap.join(value)
    assert spaced not in mask(before + spaced + after, find(before + spaced + after))


@given(text=ANYTHING)
@settings(deadline=None)
def test_findings_lie_in_order_inside_the_text(text: str) -> None:
    found, at = find(text, known=[Known("王李", Kind.NAME)], about_child=True), 0
    for each in found:
        assert at <= each.start < each.end <= len(text)
        assert each.text == text[each.start:each.end]
        at = each.end


@given(text=ANYTHING, value=st.one_of(*plain_values()))
@settings(deadline=None)
def test_a_masked_text_holds_nothing_certain(text: str, value: str) -> None:
    masked = mask(text + value, find(text + value))
    assert not [each for each in find(masked) if each.grade is Grade.HIGH]
