"""One act on many cases: ticked in a list, looked at on a page of its own, then done case by case.

Each case is a transaction of its own: what is refused in one, or changed meanwhile, stops no other.
"""

from types import SimpleNamespace

from flask import abort, g, render_template, request
from flask.typing import ResponseReturnValue

from portal.casework import actions, work_lists
from portal.db import transaction
from portal.desk.shown import Choices, came_from, field_choices
from portal.desk.views import CASEWORK, blueprint
from portal.domain import bulk
from portal.domain.case import is_number
from portal.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError
from portal.domain.given import check
from portal.domain.people import Actor
from portal.domain.table import Row
from portal.web.current import terms, vault
from portal.web.faults import fault, faults
from portal.web.guards import staff_only, viewer
from portal.web.words import _


def bulk_choices(actor: Actor) -> Choices:
    """The acts that may be chosen for ticked cases."""
    return [(row.action.value, _(row.label)) for row in bulk.offered(actor)]


@blueprint.get("/bulk")
@staff_only(*CASEWORK)
def bulk_confirm() -> ResponseReturnValue:
    """What would be done, in which cases it is possible, and in which it is not."""
    numbers, row = _numbers(request.args.getlist("number")), _row(request.args.get("action", ""))
    if not numbers or row is None:
        trouble = _("Tick at least one case, then choose an act.") if row else _("Please choose an act.")
        return _page([], row, trouble=trouble), 422
    return _page(_looked_at(numbers, row), row)


@blueprint.post("/bulk")
@staff_only(*CASEWORK)
def bulk_do() -> ResponseReturnValue:
    row = _row(request.form.get("action", "")) or abort(404)
    seen = dict(each.rsplit("|", 1) for each in request.form.getlist("case") if each.count("|") == 1)
    numbers = _numbers(list(seen))
    try:
        check(row.fields, request.form, terms().choices())
    except InvalidError as found:
        return _page(_looked_at(numbers, row), row, errors=faults(found.fields)), 422
    titles = {each.number: each.title for each in work_lists.rows_by_number(numbers, viewer(), vault())}
    done = [SimpleNamespace(number=number, title=titles.get(number), trouble=_do(number, row, seen[number])
                            if number in titles else _("not a case that you may read")) for number in numbers]
    return render_template("desk/bulk_done.html", row=row, done=done, back=came_from())


def _do(number: str, row: Row, seen: str) -> str | None:
    """Why it was not done in this case; None where it was."""
    try:
        with transaction():
            actions.perform(number, row.action, g.staff.actor, request.form, terms=terms(), vault=vault(),
                            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0)
    except StaleError:
        return _("changed meanwhile by somebody else; look at it first")
    except (NotAllowedError, NotFoundError):
        return _("not possible any more")
    except InvalidError as found:
        return "; ".join(fault(code) for code in found.fields.values())
    return None


def _looked_at(numbers: list[str], row: Row) -> list[SimpleNamespace]:
    """The cases that this person may read, each with what hinders the act there."""
    now = terms()
    found = work_lists.rows_by_number(numbers, viewer(), vault())
    return [SimpleNamespace(number=each.number, title=each.title, case=each.case,
                            hindered=_words(bulk.hindrance(each.case, row.action, viewer(), now))) for each in found]


def _words(found: bulk.Hindrance | None) -> str | None:
    return _(bulk.HINDRANCE_WORDS[found]) if found else None


def _page(looked_at: list[SimpleNamespace], row: Row | None, *, trouble: str = "",
          errors: dict[str, str] | None = None) -> str:
    possible = [each for each in looked_at if each.hindered is None]
    return render_template(
        "desk/bulk.html", row=row, possible=possible, hindered=[each for each in looked_at if each.hindered],
        trouble=trouble, choices=field_choices(), given=request.form, errors=errors or {}, back=came_from())


def _numbers(given: list[str]) -> list[str]:
    return list(dict.fromkeys(each for each in given if is_number(each)))[:bulk.MOST]


def _row(action: str) -> Row | None:
    return next((row for row in bulk.offered(viewer()) if row.action.value == action), None)
