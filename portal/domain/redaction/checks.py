"""Whether a number is what it looks like: check digits, dates, groups of digits, the words around it.

Knows no shapes: what reaches these functions has been matched already, its value in the group `v`.
"""

import re
from collections.abc import Callable
from datetime import date

from stdnum import luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from ..reference import Mistyped, parse
from .kinds import Grade

Judge = Callable[[re.Match[str]], Grade | None]

_LOOK_BACK = 14  # characters before a number in which a word may say what it is
_DATE_FOLLOWS = re.compile(r"[0-9]{1,2}[月日号点:]|(?:19|20)[0-9]{2}[年.-]|[0-9]{1,3}岁")
_MOBILE_FOLLOWS = re.compile(r"1[3-9][0-9]{9}(?![0-9])")
_OTHER_NUMBER = re.compile(
    r"(?:订单|单号|编号|编码|代码|流水|电表|水表|气表|户号|运单|快递|票号|发票|合同|条码|序列|型号|批次|工单|货号|期号|版本)"
    r"[\u4e00-\u9fff]{0,2}[:是为#\s]{0,3}(?:[A-Za-z]{1,4}-?)?$"
)
_CARD_WORD = re.compile(r"卡|账|帐|存折|汇款|打款")
_CARD_WORD_REACH = 12
_CONTACT_WORD = re.compile(r"电话|手机|联系|微信|号码|拨|致电|打给", re.I)
_PHONE_GROUPS = frozenset(
    {(11,), (3, 4, 4), (3, 3, 5), (4, 4, 3), (3, 8), (7, 4), (1,) * 11, (2, 2, 2, 2, 2, 1), (3, 2, 2, 2, 2)}
)
# Provinces by the first two digits of an identity number, and the made-up one of examples.
_REGIONS = frozenset({0, 71, 81, 82, *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47),
                      *range(50, 55), *range(61, 66)})


def _before(match: re.Match[str], reach: int = _LOOK_BACK) -> str:
    start = match.start("v")
    return match.string[max(0, start - reach):start]


def _bare(match: re.Match[str]) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", match["v"]).upper()


def _is_day(digits: str) -> bool:
    try:
        return 1880 <= date.fromisoformat(digits).year <= 2100
    except ValueError:
        return False


def always(grade: Grade) -> Judge:
    return lambda match: grade


def unless_labelled(grade: Grade) -> Judge:
    return lambda match: Grade.LOW if _OTHER_NUMBER.search(_before(match)) else grade


def with_word(word: re.Pattern[str]) -> Judge:
    def judge(match: re.Match[str]) -> Grade:
        before = _before(match)
        if word.search(before):
            return Grade.HIGH
        return Grade.LOW if _OTHER_NUMBER.search(before) else Grade.MEDIUM
    return judge


def identity_18(match: re.Match[str]) -> Grade | None:
    digits, after = _bare(match), match.string[match.end("v"):match.end("v") + 12]
    glued = bool(re.match("[0-9]", after))
    if not _is_day(digits[6:14]):
        return None if glued else Grade.LOW
    checked = mod_11_2.is_valid(digits)
    if glued and not checked:
        return None
    if "信用代码" in _before(match) or (not checked and uscc.is_valid(digits)):
        return Grade.LOW
    if glued and not (_DATE_FOLLOWS.match(after) or _MOBILE_FOLLOWS.match(after)):
        return Grade.MEDIUM
    return Grade.HIGH if checked else Grade.MEDIUM


def identity_15(match: re.Match[str]) -> Grade | None:
    digits = match["v"]
    if int(digits[:2]) not in _REGIONS or not _is_day("19" + digits[6:12]):
        return None
    return unless_labelled(Grade.MEDIUM)(match)


def mobile(match: re.Match[str]) -> Grade | None:
    after = match.string[match.end("v"):match.end("v") + 6]
    if re.match(r"元(?!旦)|万元", after) or (re.match("[0-9]", after) and not _DATE_FOLLOWS.match(after)):
        return None
    groups = re.findall("[0-9]+", re.sub(r"^(?:\+|00)?86(?=[ .·_-]*1)", "", match["v"]))
    if tuple(map(len, groups)) in _PHONE_GROUPS:
        return Grade.HIGH
    return Grade.MEDIUM if _CONTACT_WORD.search(_before(match)) else Grade.LOW


def card(match: re.Match[str]) -> Grade | None:
    digits, before = _bare(match), _before(match)
    if _OTHER_NUMBER.search(before):
        return Grade.LOW
    grouped = all(len(group) > 2 for group in re.findall("[0-9]+", match["v"]))
    if luhn.is_valid(digits):
        return Grade.HIGH
    after = match.string[match.end("v"):match.end("v") + _CARD_WORD_REACH // 2]
    if grouped and _CARD_WORD.search(before[-_CARD_WORD_REACH:] + "\n" + after):
        return Grade.MEDIUM
    return Grade.LOW if grouped else None


def plate(match: re.Match[str]) -> Grade | None:
    return Grade.HIGH if sum(map(str.isdigit, match["v"])) >= 3 else None


def document(match: re.Match[str]) -> Grade | None:
    return None if re.fullmatch(r"(?:19|20)[0-9]{4,6}", match["v"]) else Grade.MEDIUM


def reference_code(match: re.Match[str]) -> Grade | None:
    """The code that opens a case on this portal: whoever reads it could read the case."""
    try:
        parse(match["v"])
    except Mistyped:
        return None
    return Grade.MEDIUM


def address_of_machine(match: re.Match[str]) -> Grade | None:
    if re.search(r"版本|[vV]$|第", _before(match, 6)):
        return None
    return Grade.HIGH if all(int(part) < 256 for part in match["v"].split(".")) else None


def link(match: re.Match[str]) -> Grade:
    return Grade.HIGH if re.search(r"[?#@]|[0-9A-Za-z_-]{16,}", match["v"].split("//")[-1]) else Grade.LOW


def other_account(match: re.Match[str]) -> Grade | None:
    return Grade.MEDIUM if re.search("[0-9]", match["v"]) or ":" in match[0] else None


def account_name(match: re.Match[str]) -> Grade | None:
    return None if re.fullmatch(r"(?i)wechat|weixin|xiaochengxu|android|official", match["v"]) else Grade.HIGH
