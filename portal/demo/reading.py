"""How a text of the simulated city becomes public: what the machine proposes, read and put right by a person."""

from portal.demo.lives import Life
from portal.domain.codes import Action
from portal.domain.redaction import find, mask

_MASK = "［姓名］"


def publish(life: Life, *, answer: str) -> None:
    """What the machine proposes, read by a person, who says so."""
    originals = {"public_title": life.letter.title, "public_text": life.letter.text, "public_answer": answer}
    texts = {name: _redacted(life, text) for name, text in originals.items()}
    life.do(Action.PUBLISH, life.publisher, read="yes", **texts)


def _redacted(life: Life, text: str) -> str:
    """The person puts back words that were taken for a name, and masks what the machine overlooked."""
    found = find(text, known=life.letter.known)
    personal = [each for each in found if _is_personal(life, each.text)]
    life.stage.restored += [each.text for each in found if each.grade.is_masked and each not in personal]
    redacted: str = mask(text, personal)
    for value in life.letter.planted:
        if value in redacted:
            life.stage.overlooked.append(value)
            redacted = redacted.replace(value, _MASK)
    return redacted


def _is_personal(life: Life, words: str) -> bool:
    return any(words in value or value in words for value in life.letter.planted)
