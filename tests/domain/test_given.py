"""What is typed is cleaned the same way everywhere: no controls, no direction overrides, all else kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.given import clean


@pytest.mark.parametrize(("typed", "kept"), [
    ("  两边空格  ",           "两边空格"),
    ("一行\r\n二行\r三行",     "一行\n二行\n三行"),
    ("零\x00宽\u200b字符",     "零宽字符"),
    ("反\u202e向\u2066文\u2069字", "反向文字"),
    ("表情👨\u200d👩\u200d👧",  "表情👨\u200d👩\u200d👧"),
    ("e\u0301",                "é"),
    ("e\u200b\u0301",          "é"),
    ("\ud800坏",               "坏"),
    (None,                     ""),
])
def test_cleaning(typed: str | None, kept: str) -> None:
    assert clean(typed) == kept


@given(st.text())
def test_what_was_cleaned_stays_the_same_and_can_be_stored(typed: str) -> None:
    kept = clean(typed)
    assert clean(kept) == kept
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert not any(unicodedata.category(each) == "Cc" and each not in "\n\t" for each in kept)
