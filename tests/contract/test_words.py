"""Every English word of the site has one Chinese translation, and no translation is left over."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from portal.i18n import FOLDER

ROOT = Path(__file__).resolve().parents[2]
_KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true", "silent": "false"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")

Message = tuple[str, ...]  # one text, or the singular and the plural


@cache
def used() -> dict[Message, str]:
    """Every message that the code and the templates mark -> where."""
    return dict([*_in(ROOT / "portal", "*.py"), *_in(ROOT / "templates", "*.html")])


def _in(folder: Path, pattern: str) -> Iterator[tuple[Message, str]]:
    extract = extract_python if pattern == "*.py" else babel_extract
    for file in sorted(folder.rglob(pattern)):
        with file.open("rb") as opened:
            for line, function, found, _comments in extract(opened, _KEYWORDS, [], _OPTIONS):
                texts = [found] if isinstance(found, str) else [each for each in found or () if isinstance(each, str)]
                message = tuple(texts[:2 if function == "ngettext" else 1])
                if message and all(message):
                    yield message, f"{file.relative_to(ROOT)}:{line}"


@cache
def translated() -> dict[Message, list[tuple[str, Message]]]:
    """Message -> (file, Chinese) of each place where it is translated."""
    found: dict[Message, list[tuple[str, Message]]] = defaultdict(list)
    for file in sorted((FOLDER / "zh").glob("*.po")):
        for message in _catalogue(file):
            if message.id:
                found[_several(message.id)].append((file.name, _several(message.string)))
    return found


@cache
def _catalogue(file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, locale="zh", abort_invalid=True)


def _several(text: str | list[str] | tuple[str, ...]) -> Message:
    return (text,) if isinstance(text, str) else tuple(text)


def test_every_message_has_a_chinese_translation() -> None:
    known = {message for message, places in translated().items() if any(all(chinese) for _, chinese in places)}
    missing = [f"{place}: {message[0]!r}" for message, place in used().items() if message not in known]
    assert not missing, "\n".join([f"{len(missing)} messages have no translation:", *missing])


def test_no_translation_is_left_over() -> None:
    left = [f"{places[0][0]}: {message[0]!r}" for message, places in translated().items() if message not in used()]
    assert not left, "\n".join([f"{len(left)} translations belong to nothing:", *left])


def test_one_message_has_one_translation() -> None:
    differing = [f"{message[0]!r}: {places}" for message, places in translated().items()
                 if len({chinese for _, chinese in places}) > 1]
    assert not differing, "\n".join(differing)


def test_a_translation_fills_in_the_same_values() -> None:
    differing = [f"{file}: {message[-1]!r} -> {chinese[0]!r}" for message, places in translated().items()
                 for file, chinese in places if set(_PLACEHOLDER.findall(chinese[0])) != set(_PLACEHOLDER.findall(message[-1]))]
    assert not differing, "\n".join(differing)


def test_no_translation_is_marked_as_a_guess() -> None:
    guesses = [f"{file.name}: {message.id!r}" for file in sorted((FOLDER / "zh").glob("*.po"))
               for message in _catalogue(file) if message.id and message.fuzzy]
    assert not guesses, "\n".join(guesses)
