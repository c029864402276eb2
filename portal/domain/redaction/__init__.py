"""Finds personal data in Chinese text and puts labels in its place. By rules: a person reads every result.

The rules load when one of the functions is first asked for; most requests need the words of `kinds` only.
"""

from typing import TYPE_CHECKING, Any

from .kinds import Finding, Grade, Kind, Known, MaskedText

if TYPE_CHECKING:
    from .engine import active_recognisers, find, mask

__all__ = ["Finding", "Grade", "Kind", "Known", "MaskedText", "active_recognisers", "find", "mask"]


def __getattr__(name: str) -> Any:
    if name not in ("active_recognisers", "find", "mask"):
        raise AttributeError(name)
    from . import engine

    return getattr(engine, name)
