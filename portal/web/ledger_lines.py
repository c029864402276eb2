"""A line of the ledger in words: the same cells on the page and in every exported file."""

from portal import i18n
from portal.domain.codes import CHANNEL_WORDS, LANE_WORDS, LEVEL_WORDS, OUTCOME_WORDS, STATUS_WORDS
from portal.domain.ledger import REMARK_WORDS, Entry, Rectified
from portal.web.filters import category_title, unit_name
from portal.web.words import _, language


def cells(line: Entry) -> tuple[str, ...]:
    """One cell for each of `domain.ledger.COLUMNS`; days as 2026-11-24."""
    return (
        line.number, line.received_on.isoformat(), _(CHANNEL_WORDS[line.channel]), _(LANE_WORDS[line.lane]),
        category_title(line.category), line.summary, unit_name(line.unit), line.due_on.isoformat(), _result(line),
        line.answered_on.isoformat() if line.answered_on else "", _(LEVEL_WORDS[line.rating]) if line.rating else "",
        _rectified(line), _(", ").join(_(REMARK_WORDS[each]) for each in line.remarks))


def _result(line: Entry) -> str:
    return _(OUTCOME_WORDS[line.outcome] if line.outcome else STATUS_WORDS[line.status].word)


def _rectified(line: Entry) -> str:
    if line.rectified is None or line.rectified_on is None:
        return ""
    words = _("owed by %(day)s") if line.rectified is Rectified.OWED else _("done on %(day)s")
    return words % {"day": i18n.day(line.rectified_on, language())}
