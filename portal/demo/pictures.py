"""Pictures that the people of the simulated city attach: a street drawn from a few shapes, showing nobody."""

from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from portal.attachments import SafeFile, make_safe

_SIZE = (960, 640)
_SKIES = ((176, 205, 226), (206, 214, 220), (238, 208, 178), (58, 72, 104))
_WALLS = ((196, 178, 158), (170, 160, 150), (205, 196, 180), (150, 158, 166))
_CARS = ((170, 60, 54), (60, 96, 150), (235, 235, 230), (70, 72, 76))
_KINDS = 8


def picture(chance: Random) -> SafeFile:
    """One of a few drawings; made at the first need, since drawing takes its time."""
    return _drawn(chance.randrange(_KINDS))


@cache
def _drawn(kind: int) -> SafeFile:
    chance = Random(kind)  # noqa: S311 - a drawing, no secret
    width, height = _SIZE
    drawing = Image.new("RGB", _SIZE, chance.choice(_SKIES))
    pen = ImageDraw.Draw(drawing)
    for left in range(0, width, 160):
        roof = chance.randint(120, 300)
        pen.rectangle((left, roof, left + 150, 420), fill=chance.choice(_WALLS))
        for top in range(roof + 25, 390, 60):
            for side in (20, 62, 104):
                pen.rectangle((left + side, top, left + side + 24, top + 34), fill=(88, 104, 120))
    pen.rectangle((0, 420, width, 470), fill=(186, 182, 172))
    pen.rectangle((0, 470, width, height), fill=(92, 94, 98))
    for left in range(20, width, 120):
        pen.rectangle((left, 552, left + 64, 560), fill=(232, 230, 222))
    for _car in range(chance.randint(1, 4)):
        left, paint = chance.randint(20, width - 200), chance.choice(_CARS)
        pen.rounded_rectangle((left, 440, left + 170, 500), 16, fill=paint)
        pen.rounded_rectangle((left + 34, 408, left + 132, 450), 14, fill=paint)
        for wheel in (left + 28, left + 112):
            pen.ellipse((wheel, 478, wheel + 36, 514), fill=(34, 34, 36))
    saved = BytesIO()
    drawing.save(saved, "JPEG", quality=82)
    return make_safe(saved.getvalue(), "photo.jpg")
