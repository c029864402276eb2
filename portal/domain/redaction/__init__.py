"""Finds personal data in Chinese text and puts labels in its place. By rules: a person reads every result."""

from .engine import active_recognisers, find, mask
from .kinds import Finding, Grade, Kind, Known, MaskedText

__all__ = ["Finding", "Grade", "Kind", "Known", "MaskedText", "active_recognisers", "find", "mask"]
