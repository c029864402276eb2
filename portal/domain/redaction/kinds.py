"""The words of redaction: kinds of personal data, how sure we are, what was found. Knows no rule."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, NewType

MaskedText = NewType("MaskedText", str)


class Kind(StrEnum):
    """What a finding is. Several kinds may share a label."""

    NAME = "name"
    PHONE = "phone"
    ID = "id"
    PASSPORT = "passport"
    BANK = "bank"
    PLATE = "plate"
    ADDRESS = "address"
    ACCOUNT = "account"
    EMAIL = "email"
    CASE_NO = "case_no"
    ORG = "org"
    OFFICER_NO = "officer_no"
    NET = "net"

    @property
    def label(self) -> str:
        """The word that stands for the value in a masked text, without its brackets."""
        return _LABELS[self]


_LABELS = {
    Kind.NAME: "姓名",
    Kind.PHONE: "电话",
    Kind.ID: "证件号",
    Kind.PASSPORT: "证件号",
    Kind.BANK: "银行卡",
    Kind.PLATE: "车牌",
    Kind.ADDRESS: "住址",
    Kind.ACCOUNT: "账号",
    Kind.EMAIL: "邮箱",
    Kind.CASE_NO: "案号",
    Kind.ORG: "单位",
    Kind.OFFICER_NO: "警号",
    Kind.NET: "网址",
}


class Grade(StrEnum):
    """HIGH is masked in the draft, MEDIUM is masked and shown as doubtful, LOW is only pointed out."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def weight(self) -> int:
        """For comparing: the surer, the heavier."""
        return _WEIGHTS[self]

    @property
    def is_masked(self) -> bool:
        return self is not Grade.LOW


_WEIGHTS = {Grade.LOW: 0, Grade.MEDIUM: 1, Grade.HIGH: 2}


@dataclass(frozen=True)
class Known:
    """A value the portal already holds, such as the author's own name: where it stands is beyond doubt."""

    value: str
    kind: Kind


@dataclass(frozen=True)
class Finding:
    """One piece of personal data; `start` and `end` count characters of the original text."""

    start: int
    end: int
    kind: Kind
    grade: Grade
    source: str
    text: str


class Candidate(NamedTuple):
    """A finding before merging; `start` and `end` count characters of the match text."""

    start: int
    end: int
    kind: Kind
    grade: Grade
    source: str
