"""Makes uploaded pictures and PDF files safe: rebuilt from what can be seen, nothing else comes along.

Knows nothing of the web, of the database, or of where files are kept. Pillow and pypdf load on first use.
"""

import re
import threading
from pathlib import PurePath

from .kinds import MAX_BYTES, MAX_FILES, MAX_PAGES, MAX_SIDE, Kind, Refused, SafeFile

__all__ = ["MAX_BYTES", "MAX_FILES", "MAX_PAGES", "MAX_SIDE", "Refused", "SafeFile", "make_safe"]

_EXTENSIONS: dict[str, Kind] = {".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".jfif": "JPEG",
                                ".png": "PNG", ".gif": "GIF", ".webp": "WEBP", ".pdf": "PDF"}
_BEGINNINGS: tuple[tuple[re.Pattern[bytes], Kind], ...] = (
    (re.compile(rb"\xff\xd8\xff"), "JPEG"), (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"GIF8[79]a"), "GIF"), (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "WEBP"),
    (re.compile(rb"%PDF-"), "PDF"))
_ONE_AT_A_TIME = threading.Lock()  # 40 megapixels take up to 400 MB while they are made smaller


def make_safe(data: bytes, filename: str) -> SafeFile:
    """The file rebuilt with nothing hidden in it; raises Refused. Content, not the name, says what it is."""
    if not data:
        raise Refused("empty")
    if len(data) > MAX_BYTES:
        raise Refused("too_large")
    kind = next((kind for beginning, kind in _BEGINNINGS if beginning.match(data)), None)
    if kind is None:
        raise Refused("type")
    extension = PurePath(filename).suffix.lower()
    if extension and _EXTENSIONS.get(extension) != kind:
        raise Refused("mismatch")
    with _ONE_AT_A_TIME:
        if kind == "PDF":
            from .pdf import safe_pdf

            return safe_pdf(data)
        from .pictures import safe_picture

        return safe_picture(data, kind)
