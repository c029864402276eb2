"""Rewrites a PDF: its pages are taken over with what draws them, by lists of what may stay; all else stays behind."""

import logging
import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from .kinds import MAX_BYTES, MAX_PAGES, Refused, SafeFile

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader
    from pypdf.generic import DictionaryObject, StreamObject

# A hostile PDF could fill the log with one line for each of its faults; we tell the sender ourselves.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_PAGE_KEYS = frozenset({"/Type", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents",
                        "/Group"})
_RESOURCE_KEYS = frozenset({"/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font",
                            "/ProcSet", "/Properties"})
_ANNOTATION_KEYS = frozenset({"/Type", "/Rect", "/F", "/AP", "/AS"})
_DRAWN = frozenset({"/Widget", "/FreeText", "/Ink", "/Stamp", "/Highlight", "/Underline", "/StrikeOut",
                    "/Squiggly", "/Square", "/Circle", "/Line", "/Polygon", "/PolyLine", "/Caret"})
# In whatever draws: notes, places, other files, scripts.
_NEVER = frozenset({"/Metadata", "/PieceInfo", "/LastModified", "/AF", "/EF", "/Ref", "/OPI", "/Alternates",
                    "/Thumb", "/Measure", "/PtData", "/StructParent", "/StructParents", "/JS", "/AA",
                    "/OpenAction"})
_EXTERNAL = frozenset({"/F", "/FFilter", "/FDecodeParms"})  # in a stream: its bytes are in another file
_NOTES = frozenset({0xFE, *range(0xE1, 0xEE), 0xEF})  # JPEG segments: comment, application 1-13 and 15

_MAX_OBJECTS = 50_000
_MAX_SEARCHES = 20  # for objects that are not where they should be, each through the whole file
_MAX_PACKED_BYTES = 16 * 1024 * 1024  # all object streams together, unpacked
_MAX_STREAM_BYTES = 4 * 1024 * 1024  # one of them
_MAX_TREE = 2 * MAX_PAGES + 10  # pages and groups of pages met on the way to them


def safe_pdf(data: bytes) -> SafeFile:
    import pypdf
    from pypdf.errors import LimitReachedError

    try:
        with pypdf.apply_configuration(zlib_maximum_output_length=_MAX_STREAM_BYTES,
                                       lzw_maximum_output_length=_MAX_STREAM_BYTES,
                                       run_length_maximum_output_length=_MAX_STREAM_BYTES,
                                       page_tree_maximum_entries=_MAX_TREE, disable_legacy_handling=True):
            reader = _open(data)
            if reader.is_encrypted:
                raise Refused("encrypted")
            _refuse_absurd(reader)
            return SafeFile(_rewritten(reader), "application/pdf", "pdf")
    except Refused:
        raise
    except LimitReachedError as fault:
        raise Refused("bomb") from fault
    except Exception as fault:  # a parser fed with hostile bytes may raise anything
        raise Refused("broken") from fault


def _open(data: bytes) -> "PdfReader":
    from pypdf import PdfReader
    from pypdf.generic import IndirectObject, PdfObject

    class PatientReader(PdfReader):
        """Reads files with a few lost objects, and gives up on those made of them."""

        searches = 0

        def get_object(self, indirect_reference: int | IndirectObject) -> PdfObject | None:
            wanted = indirect_reference
            number, generation = (wanted, 0) if isinstance(wanted, int) else (wanted.idnum, wanted.generation)
            known = (generation, number) in self.resolved_objects
            if not known and not _in_place(self, data, number, generation):
                self.searches += 1
                if self.searches > _MAX_SEARCHES + len(_packs(self)):
                    raise Refused("broken")
            return super().get_object(indirect_reference)

    return PatientReader(BytesIO(data))


def _in_place(reader: "PdfReader", data: bytes, number: int, generation: int) -> bool:
    """Whether the object begins where the file's table says. Those in packs never do: one search a pack."""
    place = reader.xref.get(generation, {}).get(number)
    head = rb"\s*%d\s+%d\s+obj" % (number, generation)
    return place is not None and re.match(head, data[place:place + 40]) is not None


def _packs(reader: "PdfReader") -> set[int]:
    """The numbers of the object streams, each holding many objects compressed together."""
    return {pack for pack, _ in reader.xref_objStm.values()}


def _refuse_absurd(reader: "PdfReader") -> None:
    from pypdf.generic import IndirectObject, StreamObject

    unpacked = 0
    for number in _packs(reader):
        packed = IndirectObject(number, 0, reader).get_object()
        unpacked += len(packed.get_data()) if isinstance(packed, StreamObject) else 0
        if unpacked > _MAX_PACKED_BYTES:
            raise Refused("bomb")
    if len(reader.pages) > MAX_PAGES:
        raise Refused("bomb")


def _rewritten(reader: "PdfReader") -> bytes:
    """A new file with the cleaned pages; everything that hangs on the document stays behind."""
    from pypdf import PdfWriter

    if not reader.pages:
        raise Refused("broken")
    writer = PdfWriter()
    seen: set[tuple[int, int]] = set()
    for page in reader.pages:
        _clean_page(page, seen)
        writer.add_page(page)
    writer.metadata = None
    out = BytesIO()
    writer.write(out)
    if out.tell() > 2 * MAX_BYTES:
        raise Refused("bomb")
    return out.getvalue()


def _clean_page(page: "PageObject", seen: set[tuple[int, int]]) -> None:
    """Cleans in the reader's memory, before copying: what is cut off here is never copied."""
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

    drawn = _drawn_annotations(page)
    _drop(page, set(page) - _PAGE_KEYS)
    if drawn:
        page[NameObject("/Annots")] = ArrayObject(drawn)
    for part in _parts(page, seen):
        _drop(part, _NEVER)
        resources = _entry(part, "/Resources")
        if isinstance(resources, DictionaryObject):
            _clean_resources(resources)
        if isinstance(part, StreamObject):
            _clean_stream(part)


def _parts(page: "PageObject", seen: set[tuple[int, int]]) -> "Iterator[DictionaryObject]":
    """Every dictionary the page leads to, once. What the caller drops before asking on is not followed."""
    from pypdf.generic import DictionaryObject, IndirectObject

    waiting: list[Any] = [page]
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if (found.idnum, found.generation) in seen:
                continue
            seen.add((found.idnum, found.generation))
            if len(seen) > _MAX_OBJECTS:
                raise Refused("bomb")
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            yield found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _drawn_annotations(page: "PageObject") -> "list[DictionaryObject]":
    """What annotations draw, as stamps: a filled form stays filled, but no field, link or note remains."""
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject

    listed = _entry(page, "/Annots")
    found = [entry.get_object() for entry in listed] if isinstance(listed, ArrayObject) else []
    drawn = []
    for note in found:
        if isinstance(note, DictionaryObject) and _entry(note, "/Subtype") in _DRAWN and "/AP" in note:
            stamp = DictionaryObject({key: note.raw_get(key) for key in note if key in _ANNOTATION_KEYS})
            stamp[NameObject("/Subtype")] = NameObject("/Stamp")
            drawn.append(stamp)
    return drawn


def _clean_resources(resources: "DictionaryObject") -> None:
    """Marks in the text may name properties, which can hold anything: the names stay, empty."""
    from pypdf.generic import DictionaryObject, NameObject

    _drop(resources, set(resources) - _RESOURCE_KEYS)
    properties = _entry(resources, "/Properties")
    if isinstance(properties, DictionaryObject):
        emptied = DictionaryObject({name: DictionaryObject() for name in properties})
        resources[NameObject("/Properties")] = emptied


def _clean_stream(stream: "StreamObject") -> None:
    """Drops the address of outside bytes, and the camera's notes from a JPEG in the PDF."""
    from pypdf.filters import decode_stream_data
    from pypdf.generic import ArrayObject, NameObject

    _drop(stream, _EXTERNAL)
    named = _entry(stream, "/Filter")
    filters = named if isinstance(named, ArrayObject) else [named]
    if not filters or filters[-1] not in ("/DCTDecode", "/DCT"):
        return
    # The library has no public way to replace a picture's bytes; its decoding stops before the JPEG itself.
    stream._data = _without_notes(decode_stream_data(stream))
    stream[NameObject("/Filter")] = NameObject("/DCTDecode")
    parameters = _entry(stream, "/DecodeParms")
    if isinstance(parameters, ArrayObject):
        stream[NameObject("/DecodeParms")] = parameters[-1]


def _without_notes(jpeg: bytes) -> bytes:
    """The JPEG without comments and application segments, but for JFIF (0) and Adobe's colour mark (14)."""
    kept, at = bytearray(jpeg[:2]), 2
    while jpeg[at:at + 1] == b"\xff" and jpeg[at + 1:at + 2] not in (b"\xda", b""):  # the picture itself
        if jpeg[at + 1] == 0xFF:  # padding
            at += 1
            continue
        end = at + 2 + int.from_bytes(jpeg[at + 2:at + 4], "big")
        if jpeg[at + 1] not in _NOTES:
            kept += jpeg[at:end]
        at = end
    return bytes(kept) + jpeg[at:]


def _entry(part: "DictionaryObject", key: str) -> Any:
    """The value itself where the dictionary holds a reference to it; None where it holds nothing."""
    value = part.get(key)
    return value.get_object() if value is not None else None


def _drop(part: "DictionaryObject", keys: Iterable[str]) -> None:
    for key in keys:
        part.pop(key, None)
