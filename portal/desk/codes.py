"""One-time codes at the desk: made in batches and shown once, as slips, paper forms or a file; which did not come back yet."""

import csv
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from types import SimpleNamespace

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.queries import names_of
from portal.db import transaction
from portal.desk.campaigns import planners_only, public_address
from portal.desk.forms import day_of
from portal.desk.views import blueprint
from portal.domain import one_time
from portal.domain.campaign import GROUP_WORDS, MOST_CODES, Access, Group, Phase
from portal.domain.errors import InvalidError, NotFoundError
from portal.domain.given import clean
from portal.domain.people import N_
from portal.evaluation import codes
from portal.evaluation.codes import LONGEST_NOTE, MadeBefore
from portal.evaluation.queries import Batch, Campaign, batches, get_campaign
from portal.web.current import vault
from portal.web.faults import faults
from portal.web.once import new_once, read_once
from portal.web.qr import qr
from portal.web.subjects import subject_name
from portal.web.words import _, said

# How codes are handed out -> how many at once.
WAYS = {"slips": 500, "paper": 100, "csv": MOST_CODES}
WAY_WORDS = {"slips": N_("Slips to cut out, eight on a sheet of A4, each with a QR code"),
             "paper": N_("Paper forms, each with a code of its own, to be filled in by hand"),
             "csv": N_("A file for sending (CSV) with serial, code and link")}
_USUAL = 50  # codes at once
_MAKING = frozenset({Phase.ANNOUNCED, Phase.OPEN})
_ENOUGH_BYTES = 16
_BATCH = "<int(max=2147483647):batch_id>"


@dataclass(frozen=True)
class Given:
    """What was asked for; `subject` empty is the police as a whole, unless there are units to choose from."""

    group: str
    subject: str
    count: int
    note: str
    valid_from: date | None
    valid_until: date | None
    way: str


@blueprint.get("/campaigns/<slug>/codes")
@planners_only
def campaign_codes(slug: str) -> str:
    return _page(_with_codes(slug))


@blueprint.post("/campaigns/<slug>/codes")
@planners_only
def codes_make(slug: str) -> ResponseReturnValue:
    """Answers with the codes themselves: an address that showed them could be opened again."""
    campaign, given = _with_codes(slug), _given()
    if campaign.phase not in _MAKING:
        return _page(campaign), 409
    once = read_once(request.form.get("once"))
    if once is None:
        return _page(campaign, trouble=_("The page was open for a long time. Please press the button once more; nothing was "
                                         "made yet.")), 422
    if found := _faults(given):
        return _page(campaign, faults(found)), 422
    made = [one_time.make(secrets.token_bytes(_ENOUGH_BYTES)) for _code in range(given.count)]
    try:
        with transaction():
            batch_id = _kept(slug, made, given, once)
    except InvalidError as refusal:
        return _page(campaign, faults(refusal.fields)), 422
    except MadeBefore:
        return render_template("desk/codes_shown.html", campaign=campaign), 409
    batch = _batch(campaign, batch_id)
    numbered = list(enumerate(made, start=batch.first_serial))
    return _file(campaign, batch, numbered) if given.way == "csv" else _sheets(campaign, batch, numbered, given.way)


@blueprint.get(f"/campaigns/<slug>/codes/{_BATCH}/void")
@planners_only
def codes_void(slug: str, batch_id: int) -> str:
    campaign = _with_codes(slug)
    return _void_page(campaign, _batch(campaign, batch_id))


@blueprint.post(f"/campaigns/<slug>/codes/{_BATCH}/void")
@planners_only
def codes_voided(slug: str, batch_id: int) -> ResponseReturnValue:
    campaign = _with_codes(slug)
    batch = _batch(campaign, batch_id)
    if campaign.phase not in _MAKING:
        return _void_page(campaign, batch), 409
    with transaction():
        codes.void_batch(batch.id, by=g.staff.actor, today=clock.today())
    flash(_("The codes %(first)s to %(last)s are out of use; they open nothing any more.", first=batch.first_serial,
            last=batch.first_serial + batch.made - 1))
    return redirect(url_for("desk.campaign_codes", slug=slug), 303)


@blueprint.get(f"/campaigns/<slug>/codes/{_BATCH}/unused")
@planners_only
def codes_unused(slug: str, batch_id: int) -> str:
    """Whom to remind, by serial: who holds which the portal does not know."""
    campaign = _with_codes(slug)
    batch = _batch(campaign, batch_id)
    return render_template("desk/codes_unused.html", campaign=campaign, batch=batch, serials=batch.unused)


@blueprint.get(f"/campaigns/<slug>/codes/{_BATCH}/unused.csv")
@planners_only
def codes_unused_file(slug: str, batch_id: int) -> Response:
    batch = _batch(_with_codes(slug), batch_id)
    return _csv(f"unused-{slug}-{batch.id}.csv", [_("Serials")], [[str(serial)] for serial in batch.unused])


def _with_codes(slug: str) -> Campaign:
    """A campaign with codes; one that is open to everyone has no such page."""
    campaign = get_campaign(slug, clock.today(), staff=True)
    if campaign.plan.access is not Access.CODES:
        raise NotFoundError
    return campaign


def _batch(campaign: Campaign, batch_id: int) -> Batch:
    found = next((each for each in batches(campaign.id) if each.id == batch_id), None)
    if found is None:
        raise NotFoundError
    return found


def _given() -> Given:
    form = request.form
    return Given(form.get("group", ""), form.get("subject", ""), form.get("count", 0, type=int), clean(form.get("note")),
                 day_of(form.get("valid_from")), day_of(form.get("valid_until")), form.get("way", ""))


def _faults(given: Given) -> Mapping[str, str]:
    """What the record could not even be asked; whether it all fits the campaign the record says."""
    found = {}
    if given.group not in list(Group):
        found["group"] = "choice"
    if given.way not in WAYS:
        found["way"] = "choice"
    if not 1 <= given.count <= MOST_CODES:
        found["count"] = "code_count"
    elif given.count > WAYS.get(given.way, MOST_CODES):
        found["count"] = "print_many"
    for name, day in (("valid_from", given.valid_from), ("valid_until", given.valid_until)):
        if day is None:
            found[name] = "date"
    return found


def _kept(slug: str, made: Sequence[str], given: Given, once: str) -> int:
    if given.valid_from is None or given.valid_until is None:
        raise InvalidError({"valid_until": "date"})
    return codes.make_batch(slug, made, group=Group(given.group), subject=given.subject, note=given.note,
                            valid_from=given.valid_from, valid_until=given.valid_until, by=g.staff.actor, now=clock.now(),
                            vault=vault(), once=once.encode()).id


def _sheets(campaign: Campaign, batch: Batch, numbered: Sequence[tuple[int, str]], way: str) -> str:
    slips = [SimpleNamespace(serial=serial, groups=one_time.group(code).split(), qr=qr(_link(code)))
             for serial, code in numbered]
    return render_template(
        "desk/codes_slips.html" if way == "slips" else "desk/codes_paper.html", campaign=campaign, batch=batch, slips=slips,
        address=_link().split("://", 1)[1])


def _file(campaign: Campaign, batch: Batch, numbered: Sequence[tuple[int, str]]) -> Response:
    """In groups: a spreadsheet would take sixteen digits in a row for a number and lose the last one."""
    last = batch.first_serial + batch.made - 1
    return _csv(f"codes-{campaign.slug}-{batch.first_serial}-{last}.csv", [_("Serials"), _("Code"), _("Link")],
                [[str(serial), one_time.group(code), _link(code)] for serial, code in numbered])


def _link(code: str = "") -> str:
    """Where a code is typed. It follows the sign # that browsers keep to themselves: no server and no log sees it."""
    address = f"{public_address()}/evaluations/enter"
    return f"{address}#{code}" if code else address


def _csv(name: str, heads: list[str], rows: list[list[str]]) -> Response:
    lines = StringIO()
    csv.writer(lines).writerows([heads, *rows])
    return Response("\ufeff" + lines.getvalue(), mimetype="text/csv",
                    headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _void_page(campaign: Campaign, batch: Batch) -> str:
    return render_template("desk/codes_void.html", campaign=campaign, batch=batch, may_void=campaign.phase in _MAKING)


def _page(campaign: Campaign, errors: Mapping[str, str] | None = None, *, trouble: str = "") -> str:
    found, plan = batches(campaign.id), campaign.plan
    plain = {"group": "", "subject": "", "count": str(_USUAL), "note": "", "way": "slips",
             "valid_from": plan.opens_on.isoformat(), "valid_until": plan.closes_on.isoformat()}
    return render_template(
        "desk/codes.html", campaign=campaign, batches=found, names=names_of([each.made_by for each in found]),
        may_make=campaign.phase in _MAKING, given={name: request.form.get(name, value) for name, value in plain.items()},
        groups=[(group.value, _(GROUP_WORDS[group])) for group in plan.groups], trouble=trouble,
        subjects=[(each, subject_name(each)) for each in plan.subjects],
        ways=[(way, _(words)) for way, words in WAY_WORDS.items()],
        most=MOST_CODES, longest_note=LONGEST_NOTE, once=new_once(), title=said(plan, "title"), year=clock.today().year,
        errors=errors or {})
