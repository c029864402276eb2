"""The monthly draw in public: seeds bound to beforehand, what was drawn from which list, what authors said, how to check."""

import csv
import re
from io import StringIO

from flask import abort, render_template
from flask.wrappers import Response

from portal import clock
from portal.casework import draws as record
from portal.domain.draw import drawable_from, following, last_day, month_of
from portal.registers.views import blueprint
from portal.web.caching import public_page
from portal.web.current import content

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@blueprint.get("/draws")
@public_page
def draws() -> str:
    today = clock.today()
    found = {each.month: each for each in record.months()}
    first = min(found, default=None)
    return render_template("registers/draws.html", first=first, this_month=month_of(today),
                           months=[(month, found.get(month)) for month in _months_since(first, max(found, default=""))])


@blueprint.get("/draws/<month>")
@public_page
def draw(month: str) -> str:
    found = (record.find_draw(month) if _MONTH.fullmatch(month) else None) or abort(404)
    places = list(content().units)
    units = sorted(found.units, key=lambda each: places.index(each.unit) if each.unit in places else len(places))
    return render_template("registers/draw.html", draw=found, units=units, last=last_day(month),
                           first=drawable_from(month, found.committed_at.date()), is_over=last_day(month) < clock.today())


@blueprint.get("/draws/<month>/population.csv")
def population(month: str) -> Response:
    """The list that was drawn from, for whoever draws again; empty until then."""
    found = (record.find_draw(month) if _MONTH.fullmatch(month) else None) or abort(404)
    lines = StringIO()
    writer = csv.writer(lines)
    writer.writerow(("number", "unit", "drawn"))
    for unit in found.units:
        drawn = set(unit.drawn)
        writer.writerows((number, unit.unit, "yes" if number in drawn else "no") for number in unit.answered)
    headers = {"Content-Disposition": f'attachment; filename="draw-{month}.csv"'}
    return Response(lines.getvalue(), mimetype="text/csv", headers=headers)


def _months_since(first: str | None, last: str) -> list[str]:
    """The newest first, without gaps: a month in which nothing could be drawn stands there too."""
    months = [first] if first else []
    while months and months[-1] < last:
        months.append(following(months[-1]))
    return months[::-1]
