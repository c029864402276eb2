"""The work lists: one page of a list, narrowed by filters, which a person may keep under a name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, i18n
from portal.casework import filters as kept
from portal.casework import work_lists
from portal.casework.work_lists import PAGE, Filters, WorkList
from portal.db import transaction
from portal.desk.bulk import bulk_choices
from portal.desk.shown import filter_choices, lines
from portal.desk.views import CASEWORK, blueprint, list_address, staffing
from portal.domain.codes import CHANNEL_WORDS, LANE_WORDS, Channel, Lane
from portal.domain.errors import InvalidError
from portal.web.current import vault
from portal.web.faults import faults
from portal.web.filters import category_title, district_name, unit_name
from portal.web.guards import staff_only, viewer
from portal.web.words import _, language

_CODE = re.compile(r"[a-z0-9-]{1,40}")


@blueprint.get("/lists/<key>")
@staff_only()
def cases(key: str) -> str:
    return _page(_list(key), asked_filters(request.args))


@blueprint.post("/lists/<key>/filters")
@staff_only()
def filter_save(key: str) -> ResponseReturnValue:
    """Keeps the filters of this list under a name."""
    shown, filters = _list(key), asked_filters(request.form)
    try:
        with transaction():
            saved = kept.save(g.staff.id, request.form.get("name", ""), list_key=key, query=query_of(filters))
    except InvalidError as fault:
        return _page(shown, filters, errors=faults(fault.fields)), 422
    flash(_("Kept. It stands in the menu under “My filters”."))
    return redirect(list_address(key, {**saved.query, "filter": str(saved.id)}), 303)


@blueprint.get("/filters")
@staff_only(*CASEWORK)
def saved_filters() -> str:
    return _saved_page()


@blueprint.post("/filters/<int(max=2147483647):filter_id>")
@staff_only(*CASEWORK)
def filter_rename(filter_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            kept.rename(g.staff.id, filter_id, request.form.get("name", ""))
    except InvalidError as fault:
        return _saved_page(failed=filter_id, errors=faults(fault.fields)), 422
    flash(_("Renamed."))
    return redirect(url_for("desk.saved_filters"), 303)


@blueprint.post("/filters/<int(max=2147483647):filter_id>/delete")
@staff_only(*CASEWORK)
def filter_delete(filter_id: int) -> ResponseReturnValue:
    with transaction():
        kept.delete(g.staff.id, filter_id)
    flash(_("Deleted."))
    return redirect(url_for("desk.saved_filters"), 303)


def asked_filters(asked: Mapping[str, str]) -> Filters:
    """What a form or an address asks; what cannot be asks nothing. A unit may be one that no longer exists."""
    codes = {name: value if _CODE.fullmatch(value := asked.get(name, "")) else ""
             for name in ("category", "unit", "district")}
    lane, channel = asked.get("lane", ""), asked.get("channel", "")
    return Filters(**codes, lane=lane if lane in set(Lane) else "", channel=channel if channel in set(Channel) else "",
                   due_until=_day(asked.get("due_until", "")))


def query_of(filters: Filters) -> dict[str, str]:
    """The filters in force, as they stand in an address."""
    return {name: str(value) for name, value in asdict(filters).items() if value}


def chips_of(filters: Filters, address: Callable[[dict[str, str]], str]) -> list[tuple[str, str]]:
    """Each filter in force in words, with the address without it; `address` makes one of the remaining query."""
    asked = query_of(filters)
    words = {
        "category": category_title(filters.category), "unit": unit_name(filters.unit),
        "district": district_name(filters.district), "lane": _(LANE_WORDS[Lane(filters.lane)]) if filters.lane else "",
        "channel": _(CHANNEL_WORDS[Channel(filters.channel)]) if filters.channel else "",
        "due_until": _("due until %(day)s", day=i18n.day(filters.due_until, language())) if filters.due_until else ""}
    return [(words[name], address({other: value for other, value in asked.items() if other != name})) for name in asked]


def _list(key: str) -> WorkList:
    return work_lists.find_list(key, g.staff.actor) or abort(404)


def _page(shown: WorkList, filters: Filters, errors: Mapping[str, str] | None = None) -> str:
    key, actor, after = shown.key, viewer(), request.args.get("after", "")[:16]
    rows = work_lists.work_list(key, actor, vault(), today=clock.today(), filters=filters, staff=staffing(),
                                after=work_lists.cursor_of(after, actor) if after else None)
    narrowed = query_of(filters)
    more = list_address(key, {**narrowed, "after": rows[PAGE - 1].number}) if len(rows) > PAGE else None
    counted = not filters.are_empty or key in work_lists.BEYOND_LIVE
    total = work_lists.count_list(key, actor, today=clock.today(), filters=filters, staff=staffing()) if counted else 0
    return render_template(
        "desk/cases.html", list=shown, lines=lines(rows[:PAGE], key), more=more, continued=bool(after), filters=filters,
        narrowed=narrowed, chips=chips_of(filters, lambda asked: list_address(key, asked)),
        choices=filter_choices(actor), bulk=bulk_choices(actor), counted=counted, total=total,
        counted_up_to=work_lists.COUNTED_UP_TO, name=request.form.get("name", ""), errors=errors or {})


def _saved_page(failed: int | None = None, errors: Mapping[str, str] | None = None) -> str:
    labels = {each.key: _(each.label) for each in work_lists.WORK_LISTS}
    saved = [(each, labels.get(each.list_key, each.list_key)) for each in kept.saved_filters(g.staff.id)]
    return render_template("desk/filters.html", saved=saved, failed=failed, errors=errors or {},
                           name=request.form.get("name", ""))


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
