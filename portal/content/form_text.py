"""Writes a form as the YAML text that `portal.content.forms` reads. Knows no record."""

from hashlib import blake2b
from typing import Any

import msgspec
import yaml

from portal.domain.form import Form, as_plain


class _Dumper(yaml.SafeDumper):
    """Lists stand indented below their name, and words of several lines as a block."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _words(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _words)


def text_of(form: Form) -> str:
    """The text of the form's file. The slug is the name of the file and does not stand in it."""
    plain: dict[str, Any] = {name: value for name, value in as_plain(form).items() if name != "slug"}
    return str(yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000))


def fingerprint(form: Form) -> bytes:
    """Tells whether a file says what it said: of what is defined, not of how it is written. 16 bytes."""
    return blake2b(msgspec.json.encode(as_plain(form), order="deterministic"), digest_size=16).digest()
