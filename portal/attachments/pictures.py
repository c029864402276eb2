"""Rebuilds a picture from its pixels: upright, in sRGB, no larger than needed, without anything written beside it."""

from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from .kinds import MAX_PIXELS, MAX_SIDE, Kind, Refused, SafeFile

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


def safe_picture(data: bytes, kind: Kind) -> SafeFile:
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=[kind]) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Refused("bomb")
            profile = opened.info.get("icc_profile")
            picture = _with_plain_pixels(opened)
            picture.thumbnail((MAX_SIDE, MAX_SIDE))
            return _encode(_in_srgb(_upright(picture), profile))
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise Refused("bomb") from fault
    except Exception as fault:  # a decoder fed with hostile bytes may raise anything
        raise Refused("broken") from fault


def _with_plain_pixels(picture: "Picture") -> "Picture":
    """Only modes that shrink smoothly. A JPEG stays unread: it can be decoded at a smaller scale."""
    if picture.mode.startswith("I"):  # 16 bits of grey
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        return picture if picture.mode == "RGBA" else picture.convert("RGBA")
    return picture if picture.mode in ("RGB", "L", "CMYK") else picture.convert("RGB")


def _upright(picture: "Picture") -> "Picture":
    from PIL import ImageOps

    with suppress(Exception):  # a faulty EXIF block costs the turning, not the picture
        return ImageOps.exif_transpose(picture)
    return picture


def _in_srgb(picture: "Picture", profile: bytes | None) -> "Picture":
    """RGB, or RGBA where something is transparent; colours moved from the picture's own profile to sRGB."""
    from PIL import ImageCms

    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colours = picture.convert("RGB") if alpha else picture
    if profile:
        with suppress(ImageCms.PyCMSError, OSError):  # a faulty profile costs exact colours, not the picture
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            colours = ImageCms.profileToProfile(colours, own, srgb, outputMode="RGB") or colours
    colours = colours.convert("RGB")
    if alpha and alpha.getextrema() != (255, 255):
        colours.putalpha(alpha)
    return colours


def _encode(picture: "Picture") -> SafeFile:
    picture.info.clear()  # or Pillow would write remarks, profile and resolution again
    out = BytesIO()
    if picture.mode == "RGBA":
        picture.save(out, "PNG")
        return SafeFile(out.getvalue(), "image/png", "png", picture.width, picture.height)
    picture.save(out, "JPEG", quality=88)
    return SafeFile(out.getvalue(), "image/jpeg", "jpg", picture.width, picture.height)
