"""Notices that could not be sent, for administrators. Shows neither whom they are for nor what about."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.db import transaction
from portal.desk.views import blueprint
from portal.domain.people import Role
from portal.outbox import actions
from portal.outbox.queries import MOST_LISTED, stuck, stuck_count
from portal.outbox.rules import FAULT_WORDS, KIND_WORDS, MEANS_WORDS
from portal.web.current import settings
from portal.web.guards import staff_only
from portal.web.words import _


@blueprint.get("/notices")
@staff_only(Role.ADMINISTRATOR)
def notices() -> str:
    return render_template("desk/notices.html", notices=stuck(), total=stuck_count(), most=MOST_LISTED,
                           means=settings().means, means_words=MEANS_WORDS, kind_words=KIND_WORDS, fault_words=FAULT_WORDS)


@blueprint.post("/notices/<int(max=2147483647):notice_id>/retry")
@staff_only(Role.ADMINISTRATOR)
def notice_retry(notice_id: int) -> ResponseReturnValue:
    with transaction():
        actions.retry(notice_id, now=clock.now())
    flash(_("The notice is tried once more within a minute."))
    return redirect(url_for("desk.notices"), 303)


@blueprint.post("/notices/<int(max=2147483647):notice_id>/drop")
@staff_only(Role.ADMINISTRATOR)
def notice_drop(notice_id: int) -> ResponseReturnValue:
    with transaction():
        actions.drop(notice_id)
    flash(_("The notice was given up. The author reads everything on the page of the case all the same."))
    return redirect(url_for("desk.notices"), 303)
