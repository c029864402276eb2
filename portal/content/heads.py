"""What a content file may say: the shape of each head and table, checked key by key. Knows no files."""

from datetime import date
from typing import Literal

import msgspec

from portal.domain.codes import Lane


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every key must be known, every value of its type."""


class Site(_Strict, frozen=True):
    name: str
    name_en: str
    city: str
    city_en: str
    bureau: str
    bureau_en: str
    tagline: str
    tagline_en: str
    office: str
    office_en: str
    phone: str
    address: str
    address_en: str
    hours: str
    hours_en: str
    misconduct_phone: str
    hotline: str


class Unit(_Strict, frozen=True):
    code: str
    name: str
    name_en: str
    kind: Literal["department", "bureau", "station", "room"]
    phone: str
    parent: str | None = None
    district: str | None = None


class District(_Strict, frozen=True):
    code: str
    name: str
    name_en: str


class Hours(_Strict, frozen=True):
    days: str
    days_en: str
    open: str
    close: str


class Place(_Strict, frozen=True):
    code: str
    name: str
    name_en: str
    address: str
    address_en: str
    phone: str
    hours: list[Hours]
    note: str = ""
    note_en: str = ""


class CategoryHead(_Strict, frozen=True):
    title: str
    summary: str
    order: int
    lane: Lane
    rule: str
    hints: list[str]
    stores: bool = True
    complaint: bool = False  # about the unit it names, which then may know nothing of it


class CategoryWords(_Strict, frozen=True):
    title: str
    summary: str
    hints: list[str]


class Limit(_Strict, frozen=True):
    value: int | None
    unit: Literal["calendar_days", "working_days", "hours", "on_the_spot", "none"]
    text: str
    basis: str = ""


class Fee(_Strict, frozen=True):
    text: str
    basis: str


class ServiceHead(_Strict, frozen=True):
    code: str
    title: str
    summary: str
    line: str
    unit: str
    life_events: list[str]
    audience: str
    conditions: list[str]
    materials: list[str]
    steps: list[str]
    statutory: Limit
    promised: Limit
    fee: Fee
    channels: list[str]
    places: list[str]
    phone: str
    home_visit: bool
    proxy: bool
    mail: bool
    delegated_to: list[str]
    valid_from: date
    review_due: date
    last_changed: date
    note: str = ""


class ServiceWords(_Strict, frozen=True):
    title: str
    summary: str
    audience: str
    conditions: list[str]
    materials: list[str]
    steps: list[str]
    statutory_text: str
    promised_text: str
    fee_text: str
    note: str = ""


class Measure(_Strict, frozen=True):
    measure: str
    before: str
    after: str


class StoryHead(_Strict, frozen=True):
    title: str
    summary: str
    unit: str
    theme: str
    before_after: list[Measure]
    services: list[str]
    published_on: date
    order: int


class StoryWords(_Strict, frozen=True):
    title: str
    summary: str
    theme: str
    before_after: list[Measure]


class PageHead(_Strict, frozen=True):
    title: str
    summary: str
    order: int
    footer: bool = False


class PageWords(_Strict, frozen=True):
    title: str
    summary: str
