"""Blank paper forms: printed with a serial and, on a slip for the author, the code. The code is shown here and never again."""

import secrets
from types import SimpleNamespace

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.casework import paper, paper_lists
from portal.casework.paper_lists import FormLine
from portal.db import transaction
from portal.desk.views import blueprint
from portal.domain import reference
from portal.domain.errors import InvalidError
from portal.domain.paper import ENTRY_ROLES, FORM_WORDS, MOST_PRINTED, group_serial
from portal.web.current import content, settings, vault
from portal.web.faults import fault, faults
from portal.web.guards import staff_only
from portal.web.qr import qr
from portal.web.words import _

blueprint.add_app_template_filter(group_serial, "serial")

_USUAL = 10  # forms at once
_ENOUGH_BYTES = 16


@blueprint.get("/paper")
@staff_only(*ENTRY_ROLES)
def paper_forms() -> ResponseReturnValue:
    """With what became of one form, if a serial is asked for."""
    if not request.args.get("serial"):
        return _page()
    try:
        return _page(found=paper_lists.get_form(request.args["serial"]))
    except InvalidError as refusal:
        return _page(faults(refusal.fields)), 422


@blueprint.post("/paper")
@staff_only(*ENTRY_ROLES)
def paper_print() -> ResponseReturnValue:
    """Answers with the forms themselves: an address that showed the codes could be opened again."""
    count = request.form.get("count", 0, type=int)
    if not 1 <= count <= MOST_PRINTED:
        return _page({"count": fault("print_count")}), 422
    codes = [reference.make(secrets.token_bytes(_ENOUGH_BYTES)) for _form in range(count)]
    with transaction():
        serials = paper.print_forms(codes, by=g.staff.actor, now=clock.now(), vault=vault())
    address = f"{settings().url}/track" if settings().url else url_for("track.enter", _external=True)
    forms = [SimpleNamespace(serial=group_serial(serial), groups=reference.group(code).split(), qr=qr(serial))
             for serial, code in zip(serials, codes, strict=True)]
    stored = {slug: each for slug, each in content().categories.items() if each.head.stores}
    return render_template("desk/paper_sheets.html", forms=forms, categories=stored, districts=content().districts,
                           means=settings().means, address=address, address_qr=qr(address))


@blueprint.post("/paper/void")
@staff_only(*ENTRY_ROLES)
def paper_void() -> ResponseReturnValue:
    try:
        with transaction():
            serial = paper.void_form(request.form.get("serial", ""), by=g.staff.actor)
    except InvalidError as refusal:
        return _page(faults(refusal.fields)), 422
    flash(_("The form %(serial)s is void; its code opens nothing.", serial=group_serial(serial)))
    return redirect(url_for("desk.paper_forms"), 303)


def _page(errors: dict[str, str] | None = None, *, found: FormLine | None = None) -> str:
    return render_template(
        "desk/paper.html", counts=paper_lists.form_counts(g.staff.unit), words=FORM_WORDS, most=MOST_PRINTED, found=found,
        count=request.form.get("count", _USUAL), serial=request.values.get("serial", ""), errors=errors or {})
