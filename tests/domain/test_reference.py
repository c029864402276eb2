"""Reference codes survive keyboards, telephones and tired eyes; one wrong digit never opens another case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.reference import Mistyped, group, make, parse

CODE = "12345678901234567888"  # 123456789012345678 with its check digits
codes = st.binary(min_size=16, max_size=32).map(make)


def reason_for(typed: str) -> str | None:
    try:
        parse(typed)
    except Mistyped as slip:
        return slip.reason
    return None


def test_a_known_code_has_known_check_digits() -> None:
    assert make((123456789012345678).to_bytes(16, "big")) == CODE


def test_a_small_number_keeps_its_leading_zeros() -> None:
    assert make(bytes(16)) == "0" * 18 + "98"


def test_too_little_randomness_is_refused() -> None:
    with pytest.raises(ValueError, match="16 random bytes, not 15"):
        make(bytes(15))


def test_a_code_is_shown_in_five_groups_of_four() -> None:
    assert group(CODE) == "1234 5678 9012 3456 7888"


@pytest.mark.parametrize("typed", [
    "12345678901234567888",
    "1234 5678 9012 3456 7888",
    "1234-5678-9012-3456-7888",
    "1234–5678—9012−3456‑7888",                          # dashes and the minus sign
    "1234.5678·9012。3456・7888",
    "１２３４　５６７８　９０１２　３４５６　７８８８",  # full-width digits and spaces
    "１２３４－５６７８．９０１２－３４５６．７８８８",
    "1234，5678、9012,3456；7888",                          # commas, the ideographic comma, a semicolon
    "1234：5678/9012｜3456_7888。",
    "\u200b1234\u200d5678\ufeff9012\u206034567888\u200e\u2069",  # zero-width and direction marks
    " 1234\t5678\r\n9012\u00a03456\u20287888\n",
    "一二三四五六七八九〇一二三四五六七八八八",
    "幺两三四 五六七八 九零幺两 三四五六 七八八八",          # as it is read aloud
])
def test_the_same_code_typed_in_many_ways(typed: str) -> None:
    assert parse(typed) == CODE


@pytest.mark.parametrize(("typed", "reason"), [
    ("",                                "empty"),
    (" - \u200b ",                      "empty"),
    ("，、；",                          "empty"),
    ("1234 5678 9012 3456 787",         "length"),
    ("1234 5678 9012 3456 7888 0",      "length"),
    ("1" * 1_000,                       "length"),
    ("1234 5678 9012 3456 787O",        "characters"),
    ("我的编号",                        "characters"),
    ("1234 5678 9012 3456 7888!",       "characters"),
    ("12345678901234567८88",            "characters"),  # a digit, but of another script
    ("1234 5678 9012 3456 7889",        "digits"),
    ("2134 5678 9012 3456 7888",        "digits"),
])
def test_a_slip_is_named(typed: str, reason: str) -> None:
    assert reason_for(typed) == reason


@given(st.binary(min_size=16, max_size=64))
def test_every_code_is_twenty_digits_and_reads_back(random_bytes: bytes) -> None:
    code = make(random_bytes)
    assert len(code) == 20
    assert parse(code) == parse(group(code)) == code


@given(codes, st.integers(0, 19), st.integers(1, 9))
def test_one_wrong_digit_is_always_caught(code: str, place: int, off_by: int) -> None:
    wrong = str((int(code[place]) + off_by) % 10)
    assert reason_for(code[:place] + wrong + code[place + 1:]) == "digits"


@given(codes, st.integers(0, 18))
def test_two_swapped_neighbours_are_always_caught(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2:]
    assert reason_for(swapped) == (None if swapped == code else "digits")


@given(codes, st.integers(0, 99))
def test_a_code_has_one_pair_of_check_digits(code: str, pair: int) -> None:
    other = f"{code[:18]}{pair:02}"
    assert reason_for(other) == (None if other == code else "digits")


@given(st.text(max_size=250))
def test_any_text_is_a_code_or_a_named_slip(typed: str) -> None:
    assert reason_for(typed) in {None, "empty", "length", "characters", "digits"}
