# ruff: noqa: E501 - a table is read in aligned columns
"""The strict client is worth what it refuses: each fault, planted into a good page, is found."""

import pytest

from tests import manners, watch
from tests.page import Page, values

GOOD = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><title>查进度 · 开门评</title></head>
<body><a href="#main">跳到内容</a><header><nav aria-label="主导航"><ul><li><a href="/track">查进度</a></li></ul></nav></header>
<main id="main"><h1>查进度</h1>
<form method="post" action="/track"><label for="code">查询码</label><input id="code" name="code" aria-describedby="hint">
<p id="hint">二十位数字</p><label><input type="checkbox" name="again" value="yes" checked> 再试</label>
<select name="unit" aria-label="单位"><option value="a">甲</option><option value="b" selected>乙</option></select>
<button name="go" value="1">查询</button></form></main></body></html>"""

PLANTED = [
    #  the fault                        instead of                            stands                                      it is told as
    ("a tag is left open",              "</p>",                               "",                                         "closes nothing"),
    ("a tag closes another",            "</button></form>",                   "</form></button>",                         "closes nothing"),
    ("a block stands in a paragraph",   "二十位数字",                          "<div>二十位</div>",                         "may not stand in <p>"),
    ("a list holds a paragraph",        "<li><a href",                        "<p>x</p><li><a href",                      "may not stand in <ul>"),
    ("a link stands in a link",         "查进度</a></li>",                     "<a href='/track'>x</a></a></li>",          "stands in a <a>"),
    ("two headings of the first order", "</h1>",                              "</h1><h1>查进度</h1>",                      "2 <h1>"),
    ("no heading",                      "<h1>查进度</h1>",                     "",                                         "0 <h1>"),
    ("the title says something else",   "<title>查进度",                       "<title>提意见",                             "do not begin alike"),
    ("an id stands twice",              'id="hint"',                          'id="code"',                                "stands 2 times"),
    ("a hint is missing",               'id="hint"',                          "",                                         "which is not there"),
    ("a link leads to no place",        'href="#main"',                       'href="#top"',                              "which is not there"),
    ("a field has no label",            'for="code"',                         'for="main"',                               "has no label"),
    ("a button has no words",           ">查询</button>",                      "></button>",                               "has no words"),
    ("a picture has no text",           "<h1>",                               "<img src='/x.png'><h1>",                   "has no alt"),
    ("a style stands in the page",      "<main ",                             "<main style='color:red' ",                 "inline style"),
    ("a script stands in the page",     "</main>",                            "<script>alert(1)</script></main>",         "inline script"),
    ("a handler stands in the page",    "<button ",                           "<button onclick='x()' ",                   "inline handler"),
    ("a link runs a script",            'href="/track"',                      'href="javascript:x()"',                    "inline handler"),
    ("the language is wrong",           'lang="zh-Hans"',                     'lang="en"',                                "language of the page"),
    ("no doctype",                      "<!doctype html>",                    "",                                         "doctype"),
    ("English words on a Chinese page", "二十位数字",                          "Skip to the content",                      "in English"),
    ("an attribute stands twice",       'id="hint"',                          'id="hint" id="hint"',                      "twice"),
]


@pytest.mark.parametrize(("old", "new", "told"), [each[1:] for each in PLANTED], ids=[each[0] for each in PLANTED])
def test_a_planted_fault_is_found(old: str, new: str, told: str) -> None:
    assert old in GOOD
    found = list(manners.faults(Page(GOOD.replace(old, new, 1)), lang="zh", whole=True))
    assert any(told in each for each in found), found


def test_a_good_page_is_let_through() -> None:
    assert list(manners.faults(Page(GOOD), lang="zh", whole=True)) == []


def test_a_message_without_translation_is_noticed() -> None:
    from portal.i18n import catalogue

    watch.untranslated().clear()
    catalogue("zh").gettext("Nobody has translated this")
    assert watch.untranslated() == ["Nobody has translated this"]
    watch.untranslated().clear()


def test_chinese_labels_on_an_english_page_are_noticed() -> None:
    page = Page(GOOD.replace('lang="zh-Hans"', 'lang="en"'))
    assert any("in Chinese" in each for each in manners.faults(page, lang="en", whole=True))


def test_a_form_sends_what_a_browser_would_send() -> None:
    assert values(Page(GOOD).form("/track")) == {"code": "", "again": "yes", "unit": "b"}
