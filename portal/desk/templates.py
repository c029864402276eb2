"""The answer templates of one's own unit: kept, changed, deleted."""

from collections.abc import Mapping

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.queries import names_of
from portal.casework import stock
from portal.db import transaction
from portal.desk.views import UNIT_ROLES, blueprint
from portal.domain.errors import InvalidError, StaleError
from portal.domain.people import DISCIPLINE_UNIT, Role
from portal.web.faults import faults
from portal.web.guards import staff_only
from portal.web.words import _


@blueprint.get("/templates")
@staff_only(*UNIT_ROLES)
def templates() -> str:
    return _page()


@blueprint.post("/templates")
@staff_only(*UNIT_ROLES)
def template_add() -> ResponseReturnValue:
    try:
        with transaction():
            stock.add(_unit(), request.form, by=g.staff.id, now=clock.now())
    except InvalidError as fault:
        return _page(errors=faults(fault.fields)), 422
    flash(_("Kept. It can be chosen wherever your unit drafts an answer."))
    return redirect(url_for("desk.templates"), 303)


@blueprint.get("/templates/<int(max=2147483647):template_id>")
@staff_only(*UNIT_ROLES)
def template(template_id: int) -> str:
    return _one(template_id)


@blueprint.post("/templates/<int(max=2147483647):template_id>")
@staff_only(*UNIT_ROLES)
def template_change(template_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            stock.change(template_id, _unit(), request.form, seen=request.form.get("seen", ""), by=g.staff.id,
                         now=clock.now())
    except InvalidError as fault:
        return _one(template_id, errors=faults(fault.fields)), 422
    except StaleError:
        return _one(template_id, overtaken=True), 409
    flash(_("Changed."))
    return redirect(url_for("desk.templates"), 303)


@blueprint.post("/templates/<int(max=2147483647):template_id>/delete")
@staff_only(*UNIT_ROLES)
def template_delete(template_id: int) -> ResponseReturnValue:
    with transaction():
        stock.delete(template_id, _unit())
    flash(_("Deleted."))
    return redirect(url_for("desk.templates"), 303)


def _unit() -> str:
    """Whose templates these are; those of the discipline office may say what it looks into."""
    if g.staff.unit == DISCIPLINE_UNIT and Role.DISCIPLINE_OFFICER not in g.staff.roles:
        abort(403)
    unit: str = g.staff.unit
    return unit


def _page(errors: Mapping[str, str] | None = None) -> str:
    rows = stock.answer_templates(_unit())
    return render_template("desk/templates.html", rows=rows, names=names_of([row.changed_by for row in rows]),
                           given=request.form, errors=errors or {})


def _one(template_id: int, errors: Mapping[str, str] | None = None, *, overtaken: bool = False) -> str:
    """With everything typed still in its field; overtaken by a colleague, with their words beside it."""
    row = stock.get_template(template_id, _unit())
    given = request.form if request.method == "POST" else {"title": row.title, "text": row.text}
    return render_template("desk/template.html", row=row, given=given, seen=stock.mark(row), errors=errors or {},
                           overtaken=overtaken)
