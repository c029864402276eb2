"""Chinese sentences for a million cases: the city's letters cut at their punctuation, drawn with a seed.

Cut there, the search tokens of a text are those of its pieces, so that they need to be found only once each.
"""

import re
from dataclasses import dataclass
from datetime import date
from random import Random

from portal.demo.letters import Post, Slots, topics
from portal.domain.bigrams import tokens

_CUT = re.compile(r"[，。？！；：、“”（）《》【】|\s]+")
_SHORTEST, _LONGEST = 4, 24
_DISTRICTS = ("hedong", "hexi", "zone", "beishan", "nanping")
_LETTERS = 1_500


@dataclass(frozen=True)
class Piece:
    words: str
    tokens: str


def pieces(chance: Random) -> list[Piece]:
    """Some thousand different ones, the common ones as often as they come in letters."""
    post, found = Post(chance), []
    piles = sorted({topic.category for topic in topics() if not (topic.refer or topic.decline or topic.spam)})
    for number in range(_LETTERS):
        letter = post.letter(chance.choice(piles), date(2026, 1, 1))
        slots = Slots(chance, chance.choice(_DISTRICTS), date(2026, 1, 1))
        slots["promised"] = "12月20日"
        answer = letter.answers[0].text.format_map(slots) if letter.answers else ""
        found += [words for words in _CUT.split(f"{letter.text}，{answer}，第{number}号" )
                  if _SHORTEST <= len(words) <= _LONGEST]
    return [Piece(words, " ".join(tokens(words))) for words in found]
