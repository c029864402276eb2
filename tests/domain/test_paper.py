# ruff: noqa: E501 - a table is read in aligned columns
"""Paper forms: serials that notice a slip, whose batches a person works on, and the second pair of eyes."""

import pytest

from portal.domain.paper import Hands, group_serial, make_serial, may_check, may_type, parse_serial, reach
from portal.domain.people import Actor, Role

SERIAL = "2600000126"  # the first form of 2026


def test_a_serial_is_the_year_the_form_and_two_check_digits() -> None:
    assert make_serial(2026, 1) == SERIAL
    assert group_serial(SERIAL) == "26-000001-26"


@pytest.mark.parametrize("typed", [SERIAL, "26-000001-26", "表号 26-000001-26", "２６－０００００１－２６", " 26 000001 26\n"])
def test_a_serial_is_read_however_it_is_typed_or_scanned(typed: str) -> None:
    assert parse_serial(typed) == SERIAL


def test_every_slip_of_one_digit_and_every_swap_is_noticed() -> None:
    serial = make_serial(2026, 4711)
    slips = {serial[:at] + digit + serial[at + 1:] for at in range(10) for digit in "0123456789"} - {serial}
    swaps = {serial[:at] + serial[at + 1] + serial[at] + serial[at + 2:] for at in range(9)} - {serial}
    assert [each for each in slips | swaps if parse_serial(each)] == []


@pytest.mark.parametrize("typed", ["", "abc", "2026-000123", SERIAL[:9], SERIAL + "0", SERIAL * 10])
def test_what_is_no_serial_is_told_as_none(typed: str) -> None:
    assert parse_serial(typed) is None


def person(*roles: Role, id: int = 1, unit: str = "outreach", charge: str = "") -> Actor:
    return Actor(frozenset(roles), id=id, unit=unit, charge=frozenset(charge.split()))


#   who                                                                              works on the batches of
REACH = [
    (person(Role.COORDINATOR),                                                       None),
    (person(Role.COORDINATOR, unit="beishan", charge="beishan station"),             {"beishan", "station"}),
    (person(Role.HANDLER, unit="household"),                                         {"household"}),
    (person(Role.COMPLAINTS_OFFICER, unit="complaints"),                             None),
    (person(Role.HANDLER, Role.COORDINATOR, unit="household"),                       None),
    (person(Role.HANDLER, Role.LEADER, unit="household", charge="traffic"),          {"household"}),
    (person(Role.REVIEWER, unit="household"),                                        set()),
    (person(Role.DISCIPLINE_OFFICER, unit="discipline"),                             set()),
    (person(Role.INSPECTOR),                                                         set()),
    (person(Role.ADMINISTRATOR),                                                     set()),
]


@pytest.mark.parametrize(("viewer", "units"), REACH)
def test_whose_batches_a_person_works_on(viewer: Actor, units: set[str] | None) -> None:
    assert reach(viewer) == units


#   who                                               typed by  complained about   reads  checks
HANDS = [
    (person(Role.HANDLER, id=1),                      1,        "",                True,  False),
    (person(Role.HANDLER, id=2),                      1,        "",                True,  True),
    (person(Role.HANDLER, id=2, unit="traffic"),      1,        "traffic city",    False, False),
    (person(Role.HANDLER, id=1, unit="traffic"),      1,        "traffic city",    True,  False),
    (person(Role.COORDINATOR, id=2, charge="traffic"), 1,       "traffic",         False, False),
    (person(Role.HANDLER, id=2, unit="household"),    1,        "traffic city",    True,  True),
]


@pytest.mark.parametrize(("viewer", "typed_by", "barred", "reads", "checks"), HANDS)
def test_a_second_person_checks_and_none_of_those_complained_about(viewer: Actor, typed_by: int, barred: str, reads: bool,
                                                                   checks: bool) -> None:
    hands = Hands(typed_by, frozenset(barred.split()))
    assert (may_type(viewer, hands), may_check(viewer, hands)) == (reads, checks)
