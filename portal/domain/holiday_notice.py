"""Reads the official notice of a year's holidays as it is pasted: the prose of the State Council, or one day a line.

Every fault names its line and says why. Knows no database and no page; whether days are entered others decide.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.domain.people import N_
from portal.domain.working_days import DayKind, WorkingCalendar

HOLIDAYS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")  # 全国年节及纪念日放假办法, art. 2
MADE_UP = "调休上班"  # ends the name of a working day that makes up for a holiday
_LONGEST_STRETCH = 15  # days; more is a slip of the pen
_FARTHEST = 30  # days between a holiday and a day that belongs to it
_DAY = timedelta(days=1)
_SATURDAY = 5  # date.weekday()
_WEEKDAYS = "一二三四五六日"
_NEW_YEAR = HOLIDAYS[0]

_ROW = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\s*([,;\t]|$)")
_HEADING = re.compile(r"day\s*[,;\t]\s*kind\s*[,;\t]\s*name")
_KINDS = {"holiday": DayKind.HOLIDAY, "放假": DayKind.HOLIDAY, "workday": DayKind.WORKDAY, "上班": DayKind.WORKDAY}
_LONGEST_NAME = 40

# Without 和 (U+548C), which joins names: a line of many could be cut in more ways than can be tried.
_NAME = r"(?:元旦|春节|清明节?|劳动节|端午节?|中秋节?|国庆节|[\u4e00-\u548b\u548d-\u9fff\d]{2,28}(?:节|纪念日))"
_HEAD = re.compile(rf"(?:[(]?[一二三四五六七八九十]+[)]?、?|\d{{1,2}}[.、])?(?:\d{{4}}年)?({_NAME}(?:[、和]{_NAME})*)"
                   r"(?:假期|放假)?(?::|(?=\d))")
_TITLE = re.compile(r"关于(\d{4})年.{0,20}(?:放假|节假日)")
_SIGNED = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日(?:印发)?")
_DATE = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_UNTIL = re.compile(r"起?(?:至|到|[-—–~]+)")
_VERB = re.compile(r"放假|补休|休息|上班")
_DENIED = re.compile(r"不(?:放假|补休|休息|上班)")
_COUNT = re.compile(r"(?:共|放假)(\d{1,2})天")
_ADVICE = re.compile(r"鼓励|期间")  # to employers, and what to see to meanwhile: neither makes a day off
_STRAY = re.compile(r"月|[至到、,]日|\((?:周|星期|礼拜)")  # left over where the number of a day got lost
_JOINED_BY_WEEKEND = "连休"


class Reason(StrEnum):
    """What is wrong with a line, or worth a second look."""

    UNCLEAR = "unclear"
    NO_DAY = "no-day"
    NO_NAME = "no-name"
    NO_SUCH_DAY = "no-such-day"
    OTHER_YEAR = "other-year"
    OTHER_NOTICE = "other-notice"
    WRONG_WEEKDAY = "wrong-weekday"
    WRONG_COUNT = "wrong-count"
    WORKED_ANYWAY = "worked-anyway"
    WRONG_ORDER = "wrong-order"
    TWICE = "twice"
    FAR_AWAY = "far-away"
    NO_ROW = "no-row"
    NO_KIND = "no-kind"
    CLASH = "clash"
    MISSING = "missing"
    EMPTY = "empty"
    NOT_OFF = "not-off"


# `day` and `weekday` are the true ones, `given` is what was pasted, `found` what it should agree with.
REASON_WORDS = {
    Reason.UNCLEAR: N_("which day is off (放假) or worked (上班) is not clear: “%(given)s”"),
    Reason.NO_DAY: N_("%(given)s is named without a day"),
    Reason.NO_NAME: N_("no holiday is named before these days: “%(given)s”"),
    Reason.NO_SUCH_DAY: N_("there is no such day: “%(given)s”"),
    Reason.OTHER_YEAR: N_("%(day)s is not a day of %(found)s"),
    Reason.OTHER_NOTICE: N_("this is the notice for %(given)s, not for %(found)s"),
    Reason.WRONG_WEEKDAY: N_("%(day)s is a %(weekday)s; the notice says “%(given)s”"),
    Reason.WRONG_COUNT: N_("the notice says %(given)s days, its dates make %(found)s"),
    Reason.WORKED_ANYWAY: N_("%(day)s is a %(weekday)s and worked anyway; only weekends are made up"),
    Reason.WRONG_ORDER: N_("the days run backwards or for too long: “%(given)s”"),
    Reason.TWICE: N_("%(day)s stands in line %(found)s already"),
    Reason.FAR_AWAY: N_("%(day)s lies far away from the other days of %(given)s"),
    Reason.NO_ROW: N_("a line should read like 2027-01-01,holiday,元旦: “%(given)s”"),
    Reason.NO_KIND: N_("“%(given)s” is neither holiday nor workday"),
    Reason.CLASH: N_("%(day)s is told otherwise by the notice for %(found)s"),
    Reason.MISSING: N_("%(given)s is missing"),
    Reason.EMPTY: N_("no day could be read"),
    Reason.NOT_OFF: N_("%(day)s is a day off by law (%(given)s) and is not among the days off here"),
}


@dataclass(frozen=True)
class Fault:
    """`line` is 0 where the whole text is meant."""

    line: int
    reason: Reason
    day: date | None = None
    given: str = ""
    found: str = ""


@dataclass(frozen=True)
class NoticeDay:
    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True)
class Parsed:
    """What could be read. With a fault nothing may be entered; doubts are for a person to look at.

    `unused` are the lines that said nothing about a day, such as the heading and the signature.
    """

    year: int
    rows: tuple[NoticeDay, ...]
    faults: tuple[Fault, ...]
    doubts: tuple[Fault, ...]
    unused: tuple[int, ...]


def parse_notice(text: str, year: int, calendar: WorkingCalendar) -> Parsed:
    """The exceptions that the notice for this year rules on, with everything that does not fit.

    A notice may also rule on the December before. `calendar` knows the days off by law and the other years' notices.
    """
    reader = _Reader(year, calendar)
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        reader.take(number, line)
    reader.end_section()
    faults = [*reader.faults, *_scattered(reader), *_clashes(reader, calendar), *_missing(reader)]
    rows = [NoticeDay(day, kind, name) for day, (kind, name, _) in sorted(reader.rows.items())]
    return Parsed(year, tuple(rows), tuple(sorted(faults, key=lambda fault: fault.line)), tuple(_doubts(reader, calendar)),
                  tuple(reader.unused))


class _Reader:
    """Goes through the lines once; a sentence may run over several of them."""

    def __init__(self, year: int, calendar: WorkingCalendar) -> None:
        self.year, self.calendar = year, calendar
        self.rows: dict[date, tuple[DayKind, str, int]] = {}  # with the line that says so
        self.faults: list[Fault] = []
        self.unused: list[int] = []
        self.named: set[str] = set()
        self._names: tuple[str, ...] = ()  # of the section
        self._head = 0  # its line
        self._is_empty = False
        self._rest, self._begun = "", 0  # a sentence that has not ended, and the line it began in

    def take(self, number: int, line: str) -> None:
        plain = unicodedata.normalize("NFKC", line).strip()
        if _ROW.match(plain) or _HEADING.fullmatch(plain):
            self.end_section()
            if not _HEADING.fullmatch(plain):
                self._row(number, plain)
        else:
            self._prose(number, re.sub(r"\s", "", plain))

    def end_section(self) -> None:
        self._end_sentence()
        if self._is_empty:
            self._fault(self._head, Reason.NO_DAY, given="、".join(self._names))
        self._names, self._is_empty = (), False

    # --- one day a line ------------------------------------------------------------------------------------------

    def _row(self, number: int, line: str) -> None:
        parts = [part.strip().strip('"') for part in re.split(r"[,;\t]", line)]
        if len(parts) != 3 or not 0 < len(parts[2]) <= _LONGEST_NAME:
            self._fault(number, Reason.NO_ROW, given=line)
            return
        try:
            day = date(*map(int, re.split(r"[-/.]", parts[0])))
        except ValueError:
            self._fault(number, Reason.NO_SUCH_DAY, given=parts[0])
            return
        kind = _KINDS.get(parts[1].lower())
        if kind is None:
            self._fault(number, Reason.NO_KIND, given=parts[1])
            return
        if kind is DayKind.HOLIDAY:
            self.named.update(parts[2].split("、"))
        self._add(number, day, kind, parts[2])

    # --- prose ---------------------------------------------------------------------------------------------------

    def _prose(self, number: int, line: str) -> None:
        title, head = _TITLE.search(line), _HEAD.match(line)
        if title and int(title[1]) != self.year:
            self._fault(number, Reason.OTHER_NOTICE, given=title[1], found=str(self.year))
        if not line or _SIGNED.fullmatch(line):
            self._end_sentence()
        if head:
            self.end_section()
            self._names = tuple(_full_name(name) for name in re.split("[、和]", head[1]))
            self._head, self._is_empty = number, True
            self.named.update(self._names)
            line = line[head.end():]
        elif not self._names or not line or _SIGNED.fullmatch(line):
            self._outside(number, line)
            return
        *whole, rest = re.split("[。;]", line)
        for sentence in whole:
            self._begun = self._begun or number
            self._rest += sentence
            self._end_sentence()
        if rest:
            self._begun = self._begun or number
            self._rest += rest

    def _outside(self, number: int, line: str) -> None:
        """A line of no section: heading, introduction, signature, or days whose holiday was forgotten."""
        begins = _DATE.match(line)
        if begins and _VERB.search(line, begins.end()):
            self._fault(number, Reason.NO_NAME, given=line)
        elif line:
            self.unused.append(number)

    def _end_sentence(self) -> None:
        if self._rest:
            self._sentence(self._begun, self._rest)
        self._rest, self._begun = "", 0

    def _sentence(self, number: int, text: str) -> None:
        dates = list(_DATE.finditer(text))
        if _ADVICE.search(text) or not (dates or _VERB.search(text)):
            if number != self._head:
                self.unused.append(number)
            return
        if not dates or _STRAY.search(_DATE.sub("", text)):
            self._fault(number, Reason.UNCLEAR, given=text)
            return
        off = 0
        for days, end in self._stretches(number, text, dates):
            verb = _VERB.search(text, end)
            if verb is None or _DENIED.search(text):
                self._fault(number, Reason.UNCLEAR, given=text)
                return
            worked = verb[0] == "上班"
            off += 0 if worked else len(days)
            for day in days:
                self._add(number, day, DayKind.WORKDAY if worked else DayKind.HOLIDAY, self._name_of(day, worked=worked))
        count = _COUNT.search(text)
        if count and off and int(count[1]) != off and _JOINED_BY_WEEKEND not in text:
            self._fault(number, Reason.WRONG_COUNT, given=count[1], found=str(off))

    def _stretches(self, number: int, text: str, dates: list[re.Match[str]]) -> Iterator[tuple[list[date], int]]:
        """The days of each date or range, and where in the sentence it ends."""
        self._is_empty = False
        before: date | None = None
        position = 0
        while position < len(dates):
            first = dates[position]
            last = first
            if position + 1 < len(dates) and _UNTIL.fullmatch(text, first.end(), dates[position + 1].start()):
                position += 1
                last = dates[position]
            position += 1
            begin = self._date(number, first, before)
            end = self._date(number, last, begin) if last is not first else begin
            before = end or begin or before
            if begin is None or end is None:
                continue
            if not 0 <= (end - begin).days < _LONGEST_STRETCH:
                self._fault(number, Reason.WRONG_ORDER, given=text[first.start():last.end()])
                continue
            yield [begin + _DAY * n for n in range((end - begin).days + 1)], last.end()

    def _date(self, number: int, found: re.Match[str], before: date | None) -> date | None:
        """The day meant, its month and year taken over from the day before where the notice leaves them out."""
        year, month, day, note = found.groups()
        try:
            meant_month = int(month) if month else before.month if before else 0
            meant = date(self._year(year, meant_month, None if month else before), meant_month, int(day))
        except ValueError:
            self._fault(number, Reason.NO_SUCH_DAY, given=found[0])
            return None
        weekday = _WEEKDAY.search(note or "")
        if weekday and _WEEKDAYS.index(weekday[1].replace("天", "日")) != meant.weekday():
            self._fault(number, Reason.WRONG_WEEKDAY, day=meant, given=weekday[0])
        return meant

    def _year(self, said: str | None, month: int, before: date | None) -> int:
        if said:
            return int(said)
        if before:
            return before.year
        return self.year - 1 if month == 12 and _NEW_YEAR in self._names else self.year

    def _name_of(self, day: date, *, worked: bool) -> str:
        """Of two holidays that are joined, the one that the law sets on this very day where that is known."""
        if worked:
            return f"{'、'.join(self._names)}{MADE_UP}"
        law = self.calendar.statutory.get(day, "")
        return law if set(law.split("、")) & set(self._names) else "、".join(self._names)

    def _add(self, number: int, day: date, kind: DayKind, name: str) -> None:
        if day.year != self.year and (day.year, day.month) != (self.year - 1, 12):
            self._fault(number, Reason.OTHER_YEAR, day=day, found=str(self.year))
        elif day in self.rows:
            self._fault(number, Reason.TWICE, day=day, found=str(self.rows[day][2]))
        elif kind is DayKind.WORKDAY and day.weekday() < _SATURDAY:
            self._fault(number, Reason.WORKED_ANYWAY, day=day)
        else:
            self.rows[day] = (kind, name, number)

    def _fault(self, line: int, reason: Reason, *, day: date | None = None, given: str = "", found: str = "") -> None:
        self.faults.append(Fault(line, reason, day, given, found))


def _full_name(name: str) -> str:
    return f"{name}节" if f"{name}节" in HOLIDAYS else name


def _scattered(reader: _Reader) -> Iterator[Fault]:
    """Days that cannot belong to their holiday: of 10月 somebody typed 1月."""
    begins: dict[str, date] = {}
    for day, (kind, name, _) in sorted(reader.rows.items()):
        if kind is DayKind.HOLIDAY:
            begins.setdefault(name, day)
    for day, (_, name, line) in sorted(reader.rows.items()):
        own = name.removesuffix(MADE_UP)
        if abs((day - begins.get(own, day)).days) > _FARTHEST:
            yield Fault(line, Reason.FAR_AWAY, day=day, given=own)


def _clashes(reader: _Reader, calendar: WorkingCalendar) -> Iterator[Fault]:
    """Days of a December on which the notice of a neighbouring year rules otherwise."""
    for other in (reader.year - 1, reader.year + 1):
        known = calendar.notices.get(other, {})
        for day, (kind, _, line) in sorted(reader.rows.items()):
            if day in known and known[day][0] is not kind:
                yield Fault(line, Reason.CLASH, day=day, found=str(other))


def _missing(reader: _Reader) -> Iterator[Fault]:
    """Each notice names all holidays of the law: a line that is missing was lost on the way."""
    if not reader.rows:
        yield Fault(0, Reason.EMPTY)
        return
    yield from (Fault(0, Reason.MISSING, given=name) for name in HOLIDAYS if name not in reader.named)


def _doubts(reader: _Reader, calendar: WorkingCalendar) -> Iterator[Fault]:
    """Our own table of days off by law is computed, the notice is official: where they differ a person looks."""
    for day, name in sorted(calendar.statutory.items()):
        entry = reader.rows.get(day)
        if day.year == reader.year and (entry is None or entry[0] is not DayKind.HOLIDAY):
            yield Fault(0, Reason.NOT_OFF, day=day, given=name)
