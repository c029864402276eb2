"""Attachments: what people send is rebuilt, and no place, script or hidden file survives the rebuilding."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    EncodedStreamObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from portal.attachments import MAX_BYTES, MAX_PAGES, MAX_SIDE, Refused, SafeFile, make_safe

SECRET = "Planted-Secret-4711"


def reason_for(data: bytes, filename: str) -> str | None:
    try:
        make_safe(data, filename)
    except Refused as refusal:
        return refusal.reason
    return None


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(file: SafeFile) -> Image.Image:
    picture = Image.open(BytesIO(file.data))
    picture.load()
    return picture


def stripes(width: int = 60, height: int = 40) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (width, height), (220, 20, 20))
    picture.paste((20, 20, 220), (width // 2, 0, width, height))
    return picture


def is_red(picture: Image.Image, x: int, y: int) -> bool:
    red, _, blue = picture.convert("RGB").getpixel((x, y))  # type: ignore[misc]
    return bool(red > 150 > 100 > blue)


def telling_jpeg(orientation: int = 1) -> bytes:
    """A photograph as a telephone makes it: camera, author, place, remarks, a profile."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET  # maker
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 20.0), 3: "E", 4: (116.0, 23.0, 29.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()
    return saved(stripes(), "JPEG", exif=exif, comment=SECRET, icc_profile=profile, xmp=xmp)


# --- pictures -----------------------------------------------------------------------------------------------

def test_a_photograph_forgets_where_and_by_whom_it_was_taken() -> None:
    given = telling_jpeg()
    assert SECRET.encode() in given
    assert Image.open(BytesIO(given)).getexif().get_ifd(0x8825)

    file = make_safe(given, "现场照片.jpg")
    assert (file.media_type, file.extension, file.width, file.height) == ("image/jpeg", "jpg", 60, 40)
    assert SECRET.encode() not in file.data
    picture = opened(file)
    assert not picture.getexif()
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photograph_stands_upright_without_its_note() -> None:
    file = make_safe(telling_jpeg(orientation=6), "a.JPG")  # the left side belongs on top
    assert (file.width, file.height) == (40, 60)
    assert is_red(opened(file), 20, 5)
    assert not is_red(opened(file), 20, 55)


# Pillow only warns, which tests elsewhere take for an error.
@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
def test_a_faulty_exif_block_costs_no_picture() -> None:
    given = saved(stripes(), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert make_safe(given, "a.jpg").width == 60


@pytest.mark.parametrize(("kind", "filename"), [
    ("PNG",  "截图.png"),
    ("WEBP", "a.webp"),
    ("GIF",  "a.gif"),
    ("JPEG", "a.jpeg"),
    ("JPEG", "无扩展名"),
])
def test_a_picture_without_transparency_becomes_a_jpeg(kind: str, filename: str) -> None:
    file = make_safe(saved(stripes(), kind), filename)
    assert (file.media_type, file.width, file.height) == ("image/jpeg", 60, 40)
    assert is_red(opened(file), 5, 20)


def test_a_transparent_picture_becomes_a_png_without_notes() -> None:
    from PIL.PngImagePlugin import PngInfo

    picture = stripes().convert("RGBA")
    picture.putpixel((3, 3), (0, 0, 0, 0))
    notes = PngInfo()
    notes.add_text("Author", SECRET)
    file = make_safe(saved(picture, "PNG", pnginfo=notes, exif=b"Exif\x00\x00" + SECRET.encode()), "a.png")
    assert (file.media_type, file.extension) == ("image/png", "png")
    assert SECRET.encode() not in file.data
    assert opened(file).getpixel((3, 3)) == (0, 0, 0, 0)
    assert opened(file).info == {}


def test_an_unused_transparency_layer_is_dropped() -> None:
    assert make_safe(saved(stripes().convert("RGBA"), "PNG"), "a.png").media_type == "image/jpeg"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_colour_mode_is_understood(mode: str) -> None:
    picture = Image.new("I;16", (20, 20), 40_000) if mode == "I;16" else stripes(20, 20).convert(mode)
    seen = opened(make_safe(saved(picture, "PNG"), "a.png"))
    assert seen.size == (20, 20)
    if mode == "I;16":
        assert seen.getpixel((5, 5)) == (156, 156, 156)


def test_printing_colours_are_understood() -> None:
    file = make_safe(saved(stripes().convert("CMYK"), "JPEG"), "a.jpg")
    assert opened(file).mode == "RGB"
    assert is_red(opened(file), 5, 20)


def test_a_large_picture_becomes_smaller_and_keeps_its_shape() -> None:
    for kind in ("JPEG", "PNG"):
        file = make_safe(saved(stripes(4000, 1000), kind), f"a.{kind.lower()}")
        assert (file.width, file.height) == (MAX_SIDE, 640)


def test_of_an_animation_the_first_picture_stays() -> None:
    first, second = stripes(), Image.new("RGB", (60, 40), (20, 220, 20))
    given = saved(first, "GIF", save_all=True, append_images=[second], duration=100, loop=0, comment=SECRET)
    assert getattr(Image.open(BytesIO(given)), "n_frames", 1) == 2
    file = make_safe(given, "a.gif")
    assert is_red(opened(file), 5, 20)
    assert getattr(opened(file), "n_frames", 1) == 1
    assert SECRET.encode() not in file.data


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_claiming(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_a_picture_and_a_page_in_one_file_lose_the_page() -> None:
    page = b"<html><script>alert(1)</script></html>"
    given = saved(stripes(), "JPEG", comment=page) + page
    assert given.count(b"<script>") == 2
    assert b"script" not in make_safe(given, "a.jpg").data


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
JPEG = saved(stripes(), "JPEG")
PNG = saved(stripes(), "PNG")


@pytest.mark.parametrize(("data", "filename", "reason"), [
    (b"",                                    "a.jpg",      "empty"),
    (b"\xff\xd8\xff" + bytes(MAX_BYTES),     "a.jpg",      "too_large"),
    (SVG,                                    "a.svg",      "type"),
    (SVG,                                    "a.png",      "type"),
    (b"<!doctype html>" + JPEG,              "a.jpg",      "type"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",  "a.heic",     "type"),
    (b"MZ" + bytes(200),                     "a.exe",      "type"),
    (b"BM" + bytes(200),                     "a.bmp",      "type"),
    (JPEG,                                   "a.pdf",      "mismatch"),
    (JPEG,                                   "a.html",     "mismatch"),
    (JPEG,                                   "a.jpg.exe",  "mismatch"),
    (PNG,                                    "a.jpg",      "mismatch"),
    (png_claiming(50_000, 50_000),           "a.png",      "bomb"),
    (png_claiming(10_000, 10_000),           "a.png",      "bomb"),    # between two limits of Pillow
    (png_claiming(8_000, 5_001),             "a.png",      "bomb"),
    (png_claiming(3_000, 3_000),             "a.png",      "broken"),  # fewer pixels than it claims
    (JPEG[:len(JPEG) // 2],                  "a.jpg",      "broken"),
    (PNG[:len(PNG) // 2],                    "a.png",      "broken"),
    (b"\xff\xd8\xff" + bytes(100),           "a.jpg",      "broken"),
    (b"GIF89a",                              "a.gif",      "broken"),
    (b"RIFF\x10\0\0\0WEBP",                  "a.webp",     "broken"),
])
def test_what_is_refused_and_why(data: bytes, filename: str, reason: str) -> None:
    assert reason_for(data, filename) == reason


# --- PDF ----------------------------------------------------------------------------------------------------

def written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def blank(pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=200, height=100)
    return writer


def named(**entries: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def script() -> DictionaryObject:
    return named(S=NameObject("/JavaScript"), JS=TextStringObject(f"app.alert('{SECRET}')"))


def stream(data: bytes, **entries: Any) -> DecodedStreamObject:
    found = DecodedStreamObject()
    found.set_data(data)
    found.update(named(**entries))
    return found


def rectangle() -> ArrayObject:
    return ArrayObject(map(NumberObject, (0, 0, 50, 50)))


def annotation(subtype: str, **entries: Any) -> DictionaryObject:
    return named(Type=NameObject("/Annot"), Subtype=NameObject(f"/{subtype}"), Rect=rectangle(), **entries)


def everything_in(data: bytes) -> str:
    """All objects of a PDF, streams decoded, as one text."""
    reader = PdfReader(BytesIO(data))
    words = [repr(reader.trailer)]
    for generation in reader.xref.values():
        for number in generation:
            found = reader.get_object(number)
            words += [repr(found), str(found.get_data()) if isinstance(found, DecodedStreamObject) else ""]
    return "".join(words)


def telling_pdf() -> bytes:
    """A page that draws a picture and a filled field, and all around it that a PDF should not bring along."""
    writer = blank()
    page = writer.pages[0]
    add = writer._add_object
    notes = add(stream(SECRET.encode(), Type=NameObject("/Metadata")))
    photograph = EncodedStreamObject()
    photograph._data = telling_jpeg()
    photograph.update(named(
        Type=NameObject("/XObject"), Subtype=NameObject("/Image"), ColorSpace=NameObject("/DeviceRGB"),
        Width=NumberObject(60), Height=NumberObject(40), BitsPerComponent=NumberObject(8),
        Filter=NameObject("/DCTDecode"), Metadata=notes))
    properties = named(MC0=add(named(Secret=TextStringObject(SECRET))))
    page[NameObject("/Resources")] = add(named(XObject=named(Im0=add(photograph)), Properties=properties))
    page[NameObject("/Contents")] = add(stream(b"q 60 0 0 40 10 10 cm /Im0 Do Q"))
    form = add(stream(
        b"1 0 0 rg 0 0 50 50 re f", Type=NameObject("/XObject"), Subtype=NameObject("/Form"),
        BBox=rectangle(), PieceInfo=named(Secret=TextStringObject(SECRET))))
    page[NameObject("/Annots")] = ArrayObject(map(add, (
        annotation("Widget", AP=named(N=form), T=TextStringObject(SECRET), A=script(), AA=named(E=script())),
        annotation("Link", A=named(S=NameObject("/URI"), URI=TextStringObject(f"http://example.com/{SECRET}"))),
        annotation("Link", A=named(S=NameObject("/Launch"), F=TextStringObject(SECRET))),
        annotation("FileAttachment", AP=named(N=form), FS=named(EF=named(F=notes))))))
    page[NameObject("/AA")] = named(O=script())
    page[NameObject("/Metadata")] = notes
    writer.add_metadata({"/Author": SECRET, "/Title": SECRET})
    writer.add_attachment("secret.txt", SECRET.encode())
    names = writer.root_object["/Names"]
    names[NameObject("/JavaScript")] = script()  # type: ignore[index]
    writer.root_object[NameObject("/OpenAction")] = script()
    writer.root_object[NameObject("/Metadata")] = notes
    return written(writer)


def test_of_a_pdf_only_what_is_drawn_remains() -> None:
    given = telling_pdf()
    assert everything_in(given).count(SECRET) > 10

    file = make_safe(given, "材料.PDF")
    assert (file.media_type, file.extension) == ("application/pdf", "pdf")
    assert file.width is file.height is None
    text = everything_in(file.data)
    for word in (SECRET, "JavaScript", "/JS", "/AA", "OpenAction", "Embedded", "/URI", "Launch", "Metadata",
                 "Filespec", "AcroForm", "PieceInfo", "Widget", "/Info", "Producer"):
        assert word not in text
        assert word.encode() not in file.data


def test_of_a_pdf_the_picture_and_the_filled_field_remain() -> None:
    page = PdfReader(BytesIO(make_safe(telling_pdf(), "a.pdf").data)).pages[0]
    assert b"/Im0 Do" in page.get_contents().get_data()  # type: ignore[union-attr]
    picture = page.images[0].image
    assert picture is not None
    assert is_red(picture, 5, 20)
    assert not picture.getexif()
    [stamp] = [entry.get_object() for entry in page["/Annots"]]  # type: ignore[attr-defined]
    assert stamp["/Subtype"] == "/Stamp"
    assert b"re f" in stamp["/AP"]["/N"].get_data()


def test_a_packed_photograph_in_a_pdf_forgets_as_well() -> None:
    reader = PdfReader(BytesIO(telling_pdf()))
    writer = PdfWriter(clone_from=reader)
    photograph = writer.pages[0]["/Resources"]["/XObject"]["/Im0"]  # type: ignore[index]
    photograph._data = zlib.compress(telling_jpeg())
    photograph[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode"), NameObject("/DCTDecode")])
    page = PdfReader(BytesIO(make_safe(written(writer), "a.pdf").data)).pages[0]
    cleaned = page["/Resources"]["/XObject"]["/Im0"]  # type: ignore[index]
    assert cleaned["/Filter"] == "/DCTDecode"
    assert SECRET.encode() not in cleaned._data
    assert Image.open(BytesIO(cleaned._data)).size == (60, 40)


def test_all_pages_are_kept_in_order() -> None:
    writer = blank(pages=3)
    writer.pages[1].rotate(90)
    pages = PdfReader(BytesIO(make_safe(written(writer), "a.pdf").data)).pages
    assert [page.rotation for page in pages] == [0, 90, 0]


def test_a_list_of_annotations_kept_elsewhere_is_found() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(telling_pdf())))
    page = writer.pages[0]
    page[NameObject("/Annots")] = writer._add_object(page["/Annots"])
    cleaned = PdfReader(BytesIO(make_safe(written(writer), "a.pdf").data)).pages[0]
    assert len(cleaned["/Annots"]) == 1  # type: ignore[arg-type]


def locked(user_password: str) -> bytes:
    writer = blank()
    writer.encrypt(user_password, "owner", algorithm="AES-256")
    return written(writer)


def packed_pdf(packs: int, size: int) -> bytes:
    """A PDF of which everything is packed: three objects make a page, each pack unpacks to `size` bytes."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
               b"<< /Type /Page /MediaBox [0 0 9 9] >>"] + [b"null"] * (packs - 3)
    data, rows = bytearray(b"%PDF-1.5\n"), [bytes(5)]
    places = []
    for number, text in enumerate(objects[:packs], start=1):
        rows.append(struct.pack(">BHH", 2, packs + number, 0))
        places.append(struct.pack(">BHH", 1, len(data), 0))
        packed = zlib.compress((b"%d 0 " % number + text).ljust(size), 9)
        data += b"%d 0 obj\n<< /Type /ObjStm /N 1 /First 4 " % (packs + number) + flate(packed)
    start = len(data)
    table = zlib.compress(b"".join(rows + places))
    data += (b"%d 0 obj\n<< /Type /XRef /W [1 2 2] /Size %d /Root 1 0 R " % (2 * packs + 1, 2 * packs + 1)
             + flate(table))
    return bytes(data) + b"startxref\n%d\n%%%%EOF\n" % start


def flate(packed: bytes) -> bytes:
    return b"/Filter /FlateDecode /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream\nendobj\n"


def misplaced_objects() -> bytes:
    """A PDF whose table of places is wrong from end to end."""
    data = written(blank(pages=60))
    table = data.rindex(b"\nxref\n")
    return data[:table] + data[table:].replace(b"\n00000", b"\n00009")


@pytest.mark.parametrize(("data", "filename", "reason"), [
    (written(blank()),                        "a.jpg",    "mismatch"),
    (b"\n" + written(blank()),                "a.pdf",    "type"),
    (locked("user"),                          "a.pdf",    "encrypted"),
    (locked(""),                              "a.pdf",    "encrypted"),
    (written(blank(pages=MAX_PAGES)),         "a.pdf",    None),
    (written(blank(pages=MAX_PAGES + 1)),     "a.pdf",    "bomb"),
    (written(blank(pages=1_000)),             "a.pdf",    "bomb"),
    (packed_pdf(packs=3, size=1_000),         "a.pdf",    None),
    (packed_pdf(packs=3, size=5_000_000),     "a.pdf",    "bomb"),
    (packed_pdf(packs=6, size=3_000_000),     "a.pdf",    "bomb"),
    (misplaced_objects(),                     "a.pdf",    "broken"),
    (written(PdfWriter()),                    "a.pdf",    "broken"),
    (b"%PDF-1.7\n" + bytes(100),              "a.pdf",    "broken"),
    (telling_pdf()[:400],                     "a.pdf",    "broken"),
])
def test_which_pdf_is_refused_and_why(data: bytes, filename: str, reason: str | None) -> None:
    assert reason_for(data, filename) == reason
