"""The written notices of the author's own case, to be printed."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.casework import queries
from portal.domain.people import AUTHOR
from portal.track.views import blueprint
from portal.web import guards
from portal.web.current import vault
from portal.web.words import _
from portal.web.written import get_notice


@blueprint.get("/case/notices/<int(max=99999):seq>")
def written_notice(seq: int) -> ResponseReturnValue:
    case_id = guards.opened_case()
    if case_id is None:
        return redirect(url_for("track.case"), 303)
    notice = get_notice(queries.get_case_by_id(case_id, AUTHOR, vault(), now=clock.now()), seq)
    return render_template(notice.template, notice=notice, layout="layouts/public.html",
                           back=(url_for("track.case"), _("Your opinion")))
