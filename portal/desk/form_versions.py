"""Forms of evaluation with their versions: which there are and where they are used, how they look, how they are printed."""

from collections.abc import Callable, Mapping
from functools import wraps
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from portal import clock
from portal.accounts.queries import names_of
from portal.db import transaction
from portal.desk.views import blueprint
from portal.domain.campaign import may_plan
from portal.domain.people import Role
from portal.evaluation import queries, versions
from portal.web.current import content, settings
from portal.web.guards import staff_only, viewer
from portal.web.qr import qr
from portal.web.words import _

READERS = (Role.COORDINATOR, Role.LEADER)
WIDTHS = ("phone", "tablet", "desktop")


@blueprint.get("/evaluation-forms")
@staff_only(*READERS)
def evaluation_forms() -> str:
    return _page()


def _page(trouble: str = "") -> str:
    records = queries.form_versions()
    names = names_of([each.changed_by for each in records if each.changed_by])
    of_form = used()
    groups: dict[str, list[SimpleNamespace]] = {}
    for each in records:
        groups.setdefault(each.slug, []).append(SimpleNamespace(
            id=each.id, version=each.version, locked=each.locked, changed_at=each.changed_at, changed_by=each.changed_by,
            by=names.get(each.changed_by or 0), form=queries.form_of(each), campaigns=of_form.get(each.id, [])))
    return render_template("desk/builder_list.html", groups=groups, may_edit=_may_edit(), trouble=trouble,
                           differing=_differing(groups))


def used() -> dict[int, list[queries.Campaign]]:
    """Id of a form's version -> the campaigns with it."""
    found: dict[int, list[queries.Campaign]] = {}
    for each in queries.campaigns(clock.today(), staff=True):
        found.setdefault(each.form_id, []).append(each)
    return found


def _differing(groups: Mapping[str, list[SimpleNamespace]]) -> set[str]:
    """The forms whose file says otherwise than the record."""
    files = content().forms
    return {slug for slug, found in groups.items() if slug in files and files[slug] != found[0].form}


def _may_edit() -> bool:
    return may_plan(viewer())


def builders_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """Who may save a form may open the builder, so that nobody types one in vain."""
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not _may_edit():
            raise Forbidden
        return view(*args, **kwargs)
    return staff_only(Role.COORDINATOR)(guarded)


@blueprint.get("/evaluation-forms/<int(max=2147483647):form_id>/preview")
@staff_only(*READERS)
def evaluation_form_preview(form_id: int) -> str:
    """As it will look on a phone, a tablet or a desktop."""
    record, form = queries.get_form(form_id)
    width = request.args.get("width", "phone")
    return render_template("desk/form_preview.html", record=record, form=form, widths=WIDTHS,
                           width=width if width in WIDTHS else abort(404))


@blueprint.get("/evaluation-forms/<int(max=2147483647):form_id>/print")
@staff_only(*READERS)
def evaluation_form_print(form_id: int) -> str:
    """Blank, without a code; with `?campaign=` its title, its last day and a QR code of its address."""
    record, form = queries.get_form(form_id)
    asked = request.args.get("campaign", "")
    campaigns = used().get(form_id, [])
    campaign = next((each for each in campaigns if each.slug == asked), None)
    if asked and campaign is None:
        abort(404)
    site = settings().url or request.url_root.rstrip("/")
    address = f"{site}/evaluations/{campaign.slug}" if campaign else ""
    return render_template("desk/form_print.html", record=record, form=form, campaigns=campaigns, campaign=campaign,
                           address=address, qr=qr(address) if address else None)


@blueprint.post("/evaluation-forms/<int(max=2147483647):form_id>/discard")
@builders_only
def evaluation_form_discard(form_id: int) -> ResponseReturnValue:
    """A version that no campaign uses."""
    record, _form = queries.get_form(form_id)
    if used().get(form_id):
        return _page(_("A campaign uses this version by now, so it stays.")), 409
    with transaction():
        versions.discard_form(form_id, by=g.staff.actor)
    flash(_("Version %(n)s of “%(slug)s” is discarded.", n=record.version, slug=record.slug))
    return redirect(url_for("desk.evaluation_forms"), 303)
