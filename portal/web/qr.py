"""QR codes as the outline of a picture, to be drawn in a template. Knows nothing of what they say."""

from collections.abc import Iterable
from dataclasses import dataclass

_MARGIN = 4  # modules left white all around (ISO/IEC 18004)


@dataclass(frozen=True)
class Qr:
    """`path` is the `d` of an SVG path, within a square of `size` units."""

    size: int
    path: str


def qr(text: str) -> Qr:
    """Level M: readable with an eighth of it soiled or creased."""
    import segno  # needed when paper is printed only

    rows = list(segno.make(text, error="m", micro=False, boost_error=False).matrix_iter(border=_MARGIN))
    return Qr(len(rows), "".join(_runs(row, y) for y, row in enumerate(rows)))


def _runs(row: Iterable[int], y: int) -> str:
    """The dark stretches of one row, each as a rectangle."""
    made, start = [], None
    for x, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            made.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(made)
