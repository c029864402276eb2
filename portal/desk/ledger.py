"""The uniform ledger: every case with the same columns, and exports of it, made by the worker and fetched here."""

import re
from collections.abc import Collection, Mapping
from datetime import timedelta

from flask import Response, abort, g, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from portal import clock, i18n
from portal.accounts.queries import names_of
from portal.casework import ledger as book
from portal.casework.ledger import PAGE, Asked, Export
from portal.db import transaction
from portal.desk.shown import filter_choices
from portal.desk.views import CASEWORK, blueprint
from portal.domain.codes import LANE_WORDS, Lane
from portal.domain.errors import InvalidError
from portal.domain.ledger import COLUMNS, ExportKind
from portal.domain.people import Role
from portal.web.current import vault
from portal.web.faults import faults
from portal.web.filters import category_title, unit_name
from portal.web.guards import staff_only, viewer
from portal.web.ledger_lines import cells
from portal.web.words import _, language

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_CODE = re.compile(r"[a-z0-9-]{1,40}")
_SILENT = timedelta(minutes=3)  # after which a worker that works would have moved an export
_REFRESH = 3  # seconds
_TYPES = {ExportKind.CSV: "text/csv; charset=utf-8",
          ExportKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@blueprint.get("/ledger")
@staff_only(*CASEWORK)
def ledger() -> str:
    return _page(_asked(request.args))


@blueprint.post("/ledger/exports")
@staff_only(*CASEWORK)
def export_order() -> ResponseReturnValue:
    kind, asked = request.form.get("kind", ""), _asked(request.form)
    if kind not in set(ExportKind):
        abort(404)
    try:
        with transaction():
            export_id = book.order(asked, ExportKind(kind), viewer(), language=language(), now=clock.now(), vault=vault())
    except InvalidError as fault:
        return _page(asked, errors=faults(fault.fields)), 422
    return redirect(url_for("desk.export", export_id=export_id), 303)


@blueprint.get("/ledger/exports")
@staff_only(*CASEWORK)
def exports() -> str:
    """One's own; an inspector sees everybody's, for who takes how much is to be watched, but for the discipline office's."""
    all_of_them = Role.INSPECTOR in g.staff.roles
    found = book.exports(viewer(), of_all=all_of_them, limit=100 if all_of_them else 20)
    return render_template("desk/exports.html", exports=found, names=names_of([each.account_id for each in found]),
                           asked={each.id: _told(each) for each in found}, all_of_them=all_of_them)


@blueprint.get("/ledger/exports/<int(max=2147483647):export_id>")
@staff_only(*CASEWORK)
def export(export_id: int) -> str:
    """How far it is; asks for itself again until it is ready."""
    found = book.get_export(export_id, viewer())
    silent = found.is_under_way and clock.now() - found.changed_at > _SILENT
    return render_template("desk/export.html", export=found, asked=_told(found), silent=silent,
                           refresh=_REFRESH if found.is_under_way else None)


@blueprint.get("/ledger/exports/<int(max=2147483647):export_id>/file")
@staff_only(*CASEWORK)
def export_file(export_id: int) -> ResponseReturnValue:
    found = book.get_export(export_id, viewer())
    pieces = book.pieces_of(export_id, viewer(), vault(), now=clock.now())
    name = f"ledger-{found.created_at:%Y%m%d-%H%M}.{found.kind.value}"
    return Response(stream_with_context(pieces), content_type=_TYPES[found.kind], headers={
        "Content-Length": str(found.size), "Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"})


def _page(asked: Asked, errors: Mapping[str, str] | None = None) -> str:
    after = request.args.get("after", "")[:16]
    found = book.ledger_page(asked, viewer(), vault(), today=clock.today(), after=after)
    lines = [(line.number, cells(line)) for line in found[:PAGE]]
    more = _address(asked, after=found[PAGE - 1].number) if len(found) > PAGE else None
    return render_template(
        "desk/ledger.html", columns=[_(column) for column in COLUMNS], lines=lines, more=more, continued=bool(after),
        asked=asked, chips=_chips(asked), choices={**filter_choices(viewer()), "month": _months()},
        total=book.count_ledger(asked, viewer()), counted_up_to=book.COUNTED_UP_TO, errors=errors or {})


def _asked(given: Mapping[str, str]) -> Asked:
    months = [value if _MONTH.fullmatch(value := given.get(name, "")) else "" for name in ("first", "last")]
    unit, category = (value if _CODE.fullmatch(value := given.get(name, "")) else "" for name in ("unit", "category"))
    lane: Collection[str] = set(Lane)
    return Asked(first=months[0], last=months[1], unit=unit, category=category,
                 lane=given["lane"] if given.get("lane") in lane else "")


def _months() -> list[tuple[str, str]]:
    """The last three years, this month first."""
    today = clock.today()
    count = today.year * 12 + today.month - 1
    keys = [f"{each // 12}-{each % 12 + 1:02}" for each in range(count, count - 36, -1)]
    return [("", _("All")), *((key, i18n.month(key, language())) for key in keys)]


def _words(query: Mapping[str, str]) -> dict[str, str]:
    """Each condition in words."""
    said = {"first": lambda value: _("from %(month)s", month=i18n.month(value, language())),
            "last": lambda value: _("until %(month)s", month=i18n.month(value, language())),
            "unit": unit_name, "category": category_title, "lane": lambda value: _(LANE_WORDS[Lane(value)])}
    return {name: said[name](value) for name, value in query.items()}


def _chips(asked: Asked) -> list[tuple[str, str]]:
    return [(words, _address(asked, **{name: ""})) for name, words in _words(asked.query).items()]


def _told(found: Export) -> str:
    return _(", ").join(_words(found.query).values()) or _("the whole ledger")


def _address(asked: Asked, **changed: str) -> str:
    query = {name: value for name, value in {**asked.query, **changed}.items() if value}
    return url_for("desk.ledger", **query)  # type: ignore[arg-type]
