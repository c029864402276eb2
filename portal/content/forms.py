"""Reads content/forms/*.yaml into forms. Everything wrong with a file is told at once, each fault with its line and field.

The files are plain lists and named entries: no aliases, no tags, no depth beyond what a form needs.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from portal.content.errors import ContentError
from portal.domain.form import REASON_WORDS, Form, FormFault, FormFaults, parse_form

_LARGEST = 512 * 1024  # bytes of a file
_DEEPEST = 12  # lists and entries inside one another; a form needs eight
_TEXT = "tag:yaml.org,2002:str"
_MOST_EVENTS = 150_000  # words, beginnings and ends of lists; 500 KB of sound choices have fewer
_LONGEST_WORD = 40  # characters of a number, a date, a yes or no

Lines = dict[str, int]  # path of an entry -> its line, from 1


class FormTextError(ContentError):
    """What is wrong with the definition that a text holds: each fault with its line, from 1."""

    def __init__(self, name: str, found: Sequence[tuple[int, FormFault]]) -> None:
        super().__init__("\n".join(f"{name}: line {line}: {_told(fault)}" for line, fault in found))
        self.found = tuple(found)


def read_forms(folder: Path) -> dict[str, Form]:
    """Every form by its slug, which is the name of its file. Raises ContentError."""
    if not folder.is_dir():
        raise ContentError(f"{folder}: the folder is missing")
    return {file.stem: read_form(file) for file in sorted(folder.glob("*.yaml"))}


def read_form(file: Path) -> Form:
    """One form. Raises ContentError."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ContentError(f"{file}: cannot be read as UTF-8 text: {fault}") from fault
    return form_of(text, file.stem, str(file))


def form_of(text: str, slug: str, name: str) -> Form:
    """The form that a YAML text describes. Raises ContentError, whose lines begin with `name`."""
    try:
        definition, lines = _read(text)
        form = parse_form({"slug": slug, **definition} if isinstance(definition, dict) else definition)
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise ContentError(f"{name}: line {line}: {fault.problem}") from fault
    except yaml.YAMLError as fault:  # characters that YAML does not take
        raise ContentError(f"{name}: line 1: no YAML: {fault.__class__.__name__}") from fault
    except FormFaults as found:
        raise FormTextError(name, sorted(((_line_of(fault, lines), fault) for fault in found.faults), key=_by_line)) from found
    if form.slug != slug:
        raise ContentError(f"{name}: line {lines['slug']}: slug: a form is named like its file, {slug!r}")
    return form


def _by_line(told: tuple[int, FormFault]) -> tuple[int, str]:
    return told[0], _told(told[1])


def _told(fault: FormFault) -> str:
    words = REASON_WORDS[fault.reason] % {"given": fault.given}
    return f"{fault.path}: {words}" if fault.path else words


def _line_of(fault: FormFault, lines: Lines) -> int:
    """The line of the entry, or of the nearest one around it that stands in the file."""
    path = fault.path
    while path and path not in lines:
        path = path[:max(path.rfind("."), path.rfind("["), 0)]
    return lines.get(path, 1)


def _read(text: str) -> tuple[Any, Lines]:
    """The plain value of a text, with the line of each of its entries. Raises YAMLError."""
    if len(text.encode(errors="replace")) > _LARGEST:
        raise yaml.MarkedYAMLError(problem=f"the file is larger than {_LARGEST} bytes")
    if any("\ud800" <= each <= "\udfff" for each in text):
        raise yaml.MarkedYAMLError(problem="half a character stands in it")
    for _event in _plain_events(text):
        pass
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    lines: Lines = {}
    return _value(root, "", lines) if root is not None else None, lines


def _plain_events(text: str) -> Iterator[yaml.Event]:
    """Goes through the text without building anything, and stops at what a form has no use for."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused("names for parts of the file (& and *) are not taken here", event)
        if getattr(event, "tag", None):
            raise _refused("tags (!) are not taken here", event)
        if depth > _DEEPEST:
            raise _refused("lists and entries lie too deep in one another", event)
        if count > _MOST_EVENTS:
            raise _refused("more stands here than a form holds", event)
        yield event


def _value(node: yaml.Node, path: str, lines: Lines) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return {key: _value(value, f"{path}.{key}" if path else key, lines) for key, value in _entries(node, path, lines)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, f"{path}[{at}]", lines) for at, each in enumerate(node.value)]
    if node.tag == _TEXT:
        return node.value
    if len(node.value) > _LONGEST_WORD:  # of a number, YAML takes 12 seconds for 500 KB of `1:1:1`
        raise _refused(f"“{node.value[:60]}” cannot be read; put words in quotes", node)
    try:
        return yaml.constructor.SafeConstructor().construct_object(node)
    except (ArithmeticError, ValueError, KeyError, yaml.YAMLError):  # a date that is none, a number of thousands of digits
        raise _refused(f"“{node.value[:60]}” cannot be read; put words in quotes", node) from None


def _entries(node: yaml.MappingNode, path: str, lines: Lines) -> Iterator[tuple[str, yaml.Node]]:
    seen: set[str] = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag != _TEXT:
            raise _refused("the name of an entry must be a word", key)
        if key.value in seen:
            raise _refused(f"“{key.value[:60]}” stands twice among the same entries", key)
        seen.add(key.value)
        lines[f"{path}.{key.value}" if path else key.value] = key.start_mark.line + 1
        yield key.value, value


def _refused(problem: str, where: yaml.Event | yaml.Node) -> yaml.MarkedYAMLError:
    mark: Any = where.start_mark  # of the reader in C, which is another class with the same fields
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
