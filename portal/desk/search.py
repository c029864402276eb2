"""Search over what the person may read: a number, published words, and the sealed words of the newest cases."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.casework import finding
from portal.desk.shown import lines
from portal.desk.views import CASEWORK, blueprint
from portal.web.current import vault
from portal.web.guards import staff_only, viewer

_LONGEST = 60


@blueprint.get("/search")
@staff_only(*CASEWORK)
def search() -> ResponseReturnValue:
    q = request.args.get("q", "").strip()[:_LONGEST]
    found = finding.find_cases(q, viewer(), vault())
    return render_template("desk/search.html", q=q, lines=lines(found.rows), more=found.more, most=finding.MOST,
                           looked_into=finding.LOOKED_INTO)
