"""The words of attachments: limits, what a rebuilt file is, why one is not taken."""

from dataclasses import dataclass
from typing import Literal

MAX_BYTES = 8 * 1024 * 1024  # each file as uploaded
MAX_FILES = 5
MAX_PIXELS = 40_000_000
MAX_SIDE = 2560  # pixels of a picture as kept
MAX_PAGES = 60

Reason = Literal["empty", "too_large", "type", "mismatch", "bomb", "broken", "encrypted"]
Kind = Literal["JPEG", "PNG", "GIF", "WEBP", "PDF"]


class Refused(ValueError):  # noqa: N818 - an answer to the sender, not a failure of ours
    """The file is not taken.

    `empty`, `too_large` (bytes), `type` (none of ours), `mismatch` (the name tells another type than the
    content), `bomb` (too many pixels, pages or objects), `broken` (cannot be read), `encrypted` (a PDF).
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class SafeFile:
    """A rebuilt file: JPEG, PNG or PDF. `width` and `height` are pixels, None for a PDF."""

    data: bytes
    media_type: str
    extension: str
    width: int | None = None
    height: int | None = None
