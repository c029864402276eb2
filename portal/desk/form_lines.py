"""Choices and rows as they are typed: one a line, `value | 中文 | English`. Knows no form."""

import re
from collections.abc import Iterator

from portal.domain.questions.base import Choice

_SEPARATORS = "|｜"
_TOKENS = re.compile(r"\\[\\|｜]|[|｜]|[^\\|｜]+|\\")


def lines(choices: tuple[Choice, ...]) -> str:
    return "\n".join(" | ".join(_escaped(part) for part in (each.value, each.text, each.text_en)) for each in choices)


def _escaped(text: str) -> str:
    return re.sub(r"([\\|｜])", r"\\\1", text)


def parts_of(typed: str) -> list[dict[str, str]]:
    """Value, text and text_en of each line; of two parts the value is left out, of one the English too."""
    found = []
    for line in typed.splitlines():
        if line.strip():
            split = _split(line)
            names = ("value", "text", "text_en") if len(split) > 2 else ("text", "text_en")
            found.append(dict(zip(names, split, strict=False)))
    return found


def _split(line: str) -> list[str]:
    """At most three parts; a separator or a backslash behind a backslash stands for itself."""
    parts = [""]
    for token in _TOKENS.findall(line):
        if token in _SEPARATORS and len(parts) < 3:
            parts.append("")
        else:
            parts[-1] += token[1:] if len(token) == 2 and token[0] == "\\" else token
    return [part.strip() for part in parts]


def with_values(typed: str) -> str:
    """The same lines, each with a value of its own. A line that lacks a language stays as it is."""
    taken = {parts["value"] for parts in parts_of(typed) if parts.get("value")}
    found = []
    for line in typed.splitlines():
        parts = parts_of(line)
        if parts and "text_en" in parts[0] and not parts[0].get("value"):
            value = _value(parts[0]["text_en"], taken)
            taken.add(value)
            line = " | ".join(_escaped(each) for each in (value, parts[0]["text"], parts[0]["text_en"]))
        found.append(line)
    return "\n".join(found)


def _value(english: str, taken: set[str]) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", english.lower().replace("’", "").replace("'", "")).strip("-")[:18].strip("-") or "choice"
    return next(each for each in _numbered(words, "-") if each not in taken)


def _numbered(name: str, joint: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}{joint}{number}"
        number += 1
