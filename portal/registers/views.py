"""The register of promises: what was promised for a day, and what became of it."""

from flask import Blueprint, render_template, request, url_for

from portal import clock
from portal.casework import register
from portal.casework.register import Asked
from portal.domain.people import N_
from portal.domain.standing import STANDING_WORDS, Standing, standing
from portal.web.caching import public_page
from portal.web.current import content
from portal.web.filters import unit_name
from portal.web.words import _

blueprint = Blueprint("registers", __name__)

_TONES = {Standing.AHEAD: "active", Standing.UNCHECKED: "waiting", Standing.KEPT: "done", Standing.BROKEN: "late"}
_ORDERS = {True: N_("The earliest day first."), False: N_("The latest day first.")}


@blueprint.get("/promises")
@public_page
def promises() -> str:
    asked, today = _asked(), clock.today()
    page = register.promises(asked, today=today, after=request.args.get("after", "")[:16])
    lines = [(row, standing(row["promise"], row["promised_on"], today)) for row in page.rows]
    return render_template(
        "registers/promises.html", page=page, lines=lines, asked=asked, today=today, chips=_chips(asked),
        counts=register.counts(asked.unit, today), tones=_TONES, standing_words=STANDING_WORDS,
        order=_(_ORDERS[asked.standing in (Standing.AHEAD, Standing.UNCHECKED)]),
        choices={"unit": [("", _("All")), *((each.code, unit_name(each.code)) for each in content().units.values()
                                            if each.kind != "room")],
                 "state": [("", _("All")), *((each.value, _(word)) for each, word in STANDING_WORDS.items())]},
        following=page.following and _address(asked, after=page.following))


def _asked() -> Asked:
    """What the address asks; what is not known asks nothing."""
    unit, state = request.args.get("unit", ""), request.args.get("state", "")
    return Asked(unit if unit in content().units else "", Standing(state) if state in set(Standing) else None)


def _address(asked: Asked, after: str | None = None) -> str:
    return url_for("registers.promises", unit=asked.unit or None, state=asked.standing and asked.standing.value, after=after)


def _chips(asked: Asked) -> list[tuple[str, str]]:
    """Each filter in words, and the address without it."""
    chips = [(unit_name(asked.unit), _address(Asked(standing=asked.standing)))] if asked.unit else []
    return chips + ([(_(STANDING_WORDS[asked.standing]), _address(Asked(unit=asked.unit)))] if asked.standing else [])
