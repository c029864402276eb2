"""Searching Chinese: every two-character word is found, nothing typed can break a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.bigrams import holds, likeness, query_tokens, tokens

WORDS = st.text(alphabet="派出所态度服务三号窗口ABc12，。 😀", max_size=40)


@pytest.mark.parametrize(("text", "query", "found"), [
    ("南市场派出所窗口态度不好", "派出所", True),
    ("南市场派出所窗口态度不好", "态度", True),
    ("南市场派出所窗口态度不好", "度", True),
    ("南市场派出所窗口态度不好", "态度 窗口", True),
    ("南市场派出所窗口态度不好", "服务", False),
    ("打110没人接", "110", True),
    ("打110没人接", "11", False),
    ("ＡＰＰ打不开", "app", True),
    ("派出 出所", "派出所", True),   # the pairs stand, the word does not: `holds` tells
])
def test_a_text_has_all_tokens_of_what_it_holds(text: str, query: str, found: bool) -> None:
    assert set(query_tokens(query)).issubset(tokens(text)) is found


def test_pairs_in_different_places_are_told_from_the_word() -> None:
    assert not holds("派出 出所", "派出所")
    assert holds("南市场派出所", "派出所")


@given(WORDS, st.integers(0, 39), st.integers(2, 6))
def test_every_part_of_a_text_is_found(text: str, start: int, length: int) -> None:
    part = text[start:start + length]
    chinese = "".join(each for each in part if "\u4e00" <= each <= "\u9fff")
    if chinese == part:
        assert set(query_tokens(part)).issubset(tokens(text))


@given(st.text(max_size=80))
def test_no_token_can_break_a_query(text: str) -> None:
    assert all(token and not set(token) & set("\"'&|!()*:^ \\") for token in [*tokens(text), *query_tokens(text)])


def test_likeness_is_one_for_the_same_and_nothing_for_strangers() -> None:
    same = tokens("校门口早高峰拥堵")
    assert likeness(same, same) == 1.0
    assert likeness(same, tokens("护照首次申请")) == 0.0
    assert likeness([], same) == 0.0
