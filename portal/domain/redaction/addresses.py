"""Where people live: building, flat and room with the place names before them; schools and employers.

Knows no map: a place is what ends like one.
"""

import re
from collections.abc import Iterator

from .kinds import Candidate, Grade, Kind

_NUMBER = r"[0-9一二三四五六七八九十百零〇]{1,5}"
_UNIT = (
    r"号院|号楼|号户|栋|幢|座|单元|门(?![口诊前外卫])|楼|层|室|房(?![东子屋产租])|户(?![居人业家住口政籍])|"
    r"组|队|社(?!区)|弄"
)
_UNIT_OR_NUMBER = rf"(?:{_UNIT}|号(?!线|口|窗|桌|台|机|车|楼|院|公告|文|令|通))"
_PART = rf"(?:第?(?:{_NUMBER}(?:-[0-9]{{1,4}})?|[A-Z][0-9]{{0,3}}|[甲乙丙丁东西南北]){_UNIT_OR_NUMBER}[ ,#]?)"
_ROOM = r"(?:[#A-Z]?[0-9零〇一二三四五六七八九]{3,4}(?![0-9%]|[人元年个名次米天月日吨辆份家条号线窗柜]))?"
_CHAIN = re.compile(rf"(?<![0-9A-Z-]){_PART}{{1,8}}{_ROOM}")
_SHORT = re.compile(
    r"(?<![0-9A-Za-z.-])(?:[0-9A-Z]{1,2}-[0-9]{1,2}-[0-9]{3,4}|[0-9A-Z]{1,3}-[0-9]{3,4})"
    r"(?![0-9-]|[ ]?[米元人年个天次月日:%kKmM])"
)
_YEAR_AT_END = re.compile(r"-(?:19|20)[0-9]{2}$")

_STOP = (
    "住在到从去往于是为给的我您你他她它了着被把让请送寄搬闯进找叫说对向与及跟将这那某每有没不也都就还又很"
    "后前来过自由等各该个位名"
)
_CONNECTED = "平谐睦信美园顺安兴"  # 和 before one of these belongs to a place name
_NAME = rf"(?:(?![{_STOP}]|和(?![{_CONNECTED}]))[\u4e00-\u9fff])"
_ESTATE = (
    r"小区|花园|家园|公寓|大厦|社区|宿舍|家属院|家属楼|新村|广场|街道|大街|大道|胡同|"
    r"[苑园府城湾庭村庄屯寨营堡路街巷道弄里院居阁郡座坊桥厂店区期邸]"
)
_REGION = r"自治区|省|市|区|县|镇|乡|街道|村"
_WITHIN = rf"(?:(?!街道|[省市县区镇乡](?!场|口)){_NAME})"
_NEAR = re.compile(
    rf"({_WITHIN}(?:{_WITHIN}|[0-9]){{0,5}}?(?:{_ESTATE}))"
    rf"(?:[东西南北中]?段|[东西南北]区|[一二三四五六1-6][期区])?[ ,]?$"
)
_FAR = re.compile(rf"(?:(?!村){_WITHIN}){{1,5}}(?:{_REGION}|路|街|大道)[ ,]?$")
_ANY_ESTATE = re.compile(rf"{_NAME}{{2,5}}$")
_VILLAGE = re.compile(r"(?:村|庄|屯|寨|营|堡|店|镇|乡|湾)[ ,]?$")
_GROUP_AND_NUMBER = re.compile(r"[组队社][ ,]?第?[^组队社]+号")
_STREET = re.compile(r"(?:路|街|道|巷|胡同|弄|里|院|[东西南北中]段)$")
_OFFICE = re.compile(r"(?:分局|县局|市局|公安局|派出所|车管所|大厅|中心|支队|大队)[的]?$")
_NAME_REACH = 12
_MOST_PLACES = 6
_HOME_REACH = 8
_HOME = re.compile(r"住|地址|户籍|送到|上门|收货|寄到|搬|租")
_FAMILY = re.compile(r"[我你他她您们]$")

_SCHOOL = r"小学|中学|幼儿园|幼儿班|大学|学院|职中|职高|高中|初中|技校|学校|托管班|培训班"
_WORKPLACE = (
    r"公司|工厂|诊所|医院|卫生院|超市|饭店|饭馆|餐厅|酒店|宾馆|药店|服装店|汽修厂|机械厂|食品厂|合作社"
)
_ORGANISATION = re.compile(rf"(?=(?P<v>(?:{_NAME}|[0-9]){{2,12}}?(?:{_SCHOOL}|{_WORKPLACE})))")
_CLASS = re.compile(
    r"(?:[初高大][一二三四]|[一二三四五六七八九1-9]年级) ?(?:\(?[0-9一二三四五六七八九十]{1,3}\)?)?班?"
)
_SHORT_SCHOOL = re.compile(
    rf"{_NAME}{{0,3}}[一二三四五六七八九十0-9]{{1,3}}[中小幼](?=[初高上读念]|[一二三四五六]年)"
)


def addresses(text: str) -> Iterator[Candidate]:
    """Chains with a fine part are HIGH, a bare street and number away from any word of living is MEDIUM."""
    for match in _CHAIN.finditer(text):
        grade = _grade_of_chain(text, match)
        if grade is not None:
            end = match.start() + len(match.group().rstrip(" ,#"))
            yield Candidate(_left_end(text, match.start()), end, Kind.ADDRESS, grade, "pattern")
    yield from _short_addresses(text)


def organisations(text: str, about_child: bool) -> Iterator[Candidate]:
    """Schools and workplaces: LOW, but HIGH with the class where the item concerns a child or a patient."""
    grade = Grade.HIGH if about_child else Grade.LOW
    end = 0
    for match in _ORGANISATION.finditer(text):
        if match.start() >= end:
            end = match.end("v")
            yield Candidate(*match.span("v"), Kind.ORG, grade, "pattern")
    if about_child:
        for pattern in (_CLASS, _SHORT_SCHOOL):
            for match in pattern.finditer(text):
                yield Candidate(*match.span(), Kind.ORG, grade, "pattern")


def _grade_of_chain(text: str, match: re.Match[str]) -> Grade | None:
    chain = match.group()
    before = text[max(0, match.start() - _NAME_REACH):match.start()]
    if _OFFICE.search(before):
        return None
    units = re.findall(_UNIT, chain)
    room = bool(re.search(r"[室房户]|[0-9零〇一二三四五六七八九]{3,4}$", chain)) or "#" in chain
    if room and (len(units) >= 2 or (units and _is_building(units[0]) and chain[-1] not in "楼层栋座门")):
        return Grade.HIGH
    if "单元" in units and len(units) >= 2:
        return Grade.HIGH if _NEAR.search(before) else Grade.MEDIUM
    if _VILLAGE.search(before) and (_GROUP_AND_NUMBER.search(chain) or chain.endswith("号")):
        return Grade.HIGH
    if _STREET.search(before) and "号" in chain:
        return _grade_of_street(text, match, units)
    return Grade.MEDIUM if _NEAR.search(before) and units and _is_home(text, match) else None


def _grade_of_street(text: str, match: re.Match[str], units: list[str]) -> Grade:
    return Grade.HIGH if units or _is_home(text, match) else Grade.MEDIUM


def _is_home(text: str, match: re.Match[str]) -> bool:
    start = _left_end(text, match.start())
    return bool(_HOME.search(text[max(0, start - _HOME_REACH):start]))


def _is_building(unit: str) -> bool:
    return unit in {"号楼", "栋", "幢", "座", "号院", "单元", "楼"}


def _short_addresses(text: str) -> Iterator[Candidate]:
    for match in _SHORT.finditer(text):
        before = text[max(0, match.start() - _NAME_REACH):match.start()]
        placed, three = _NEAR.search(before), match.group().count("-") > 1
        if not placed and (not three or _YEAR_AT_END.search(match.group()) or not _ANY_ESTATE.search(before)):
            continue
        start = _left_end(text, match.start())
        if start == match.start() and (estate := _ANY_ESTATE.search(before)):
            start -= len(estate.group())
        yield Candidate(start, match.end(), Kind.ADDRESS, Grade.MEDIUM, "pattern")


def _left_end(text: str, start: int) -> int:
    """Where the place names before a chain begin: the nearest one, then region by region."""
    pattern = _NEAR
    for _ in range(_MOST_PLACES):
        match = pattern.search(text, max(0, start - _NAME_REACH), start)
        if match is None:
            break
        start, pattern = match.start(), _FAR
    if text[start:start + 1] == "家" and _FAMILY.search(text, max(0, start - 1), start):
        start += 1
    return start
