"""What is printed of a case: its file, at the level of openness that is chosen, and its written notices."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask import abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.casework import public, queries
from portal.casework.queries import CaseView
from portal.desk.cases import get_readable, history_of
from portal.desk.views import CASEWORK, blueprint
from portal.domain import redaction
from portal.domain.people import AUTHOR, N_
from portal.web.current import terms, vault
from portal.web.guards import staff_only
from portal.web.sentences import told
from portal.web.words import _
from portal.web.written import get_notice

# What stands in a file: everything its printer may read; what its author may read, masked; what everyone may read.
LEVELS = {"full": N_("Everything, for staff only"), "redacted": N_("Without personal data and notes among staff"),
          "public": N_("What everyone may read")}
_LEVEL_NOTES = {
    "full": N_("With every text, the notes among staff and the names of those who acted. Keep it under lock."),
    "redacted": N_("Personal data that the machine found is masked, notes among staff and names are left out. The machine may "
                   "miss something: read it before you hand it on."),
    "public": N_("Only what stands on the public page of the case."),
}

Mask = Callable[[str], str]


@blueprint.get("/cases/<number>/file")
@staff_only(*CASEWORK)
def case_file(number: str) -> str:
    level = request.args.get("level", "full")
    view = get_readable(number)
    if level not in LEVELS:
        abort(404)
    parts = {"full": _full, "redacted": _redacted, "public": _public}[level](view)
    levels = [(key, _(word)) for key, word in LEVELS.items()]
    return render_template(
        "desk/file.html", number=view.number, case=view.case, level=level, levels=levels, printed_at=clock.now(),
        printed_by=g.staff.name, level_note=_(_LEVEL_NOTES[level]), **parts)


@blueprint.get("/cases/<number>/notices/<int(max=99999):seq>")
@staff_only(*CASEWORK)
def written_notice(number: str, seq: int) -> ResponseReturnValue:
    notice = get_notice(get_readable(number), seq)
    return render_template(notice.template, notice=notice, layout="layouts/desk.html",
                           back=(url_for("desk.case", number=number), number))


def _full(view: CaseView) -> dict[str, Any]:
    return {"title": view.title, "text": view.text, "answer": view.answer, "contact": view.contact, "files": view.files,
            "story": history_of(view), "public": None}


def _redacted(view: CaseView) -> dict[str, Any]:
    """The case as its author reads it, every text masked; neither contact details nor files."""
    seen = queries.get_case(view.number, AUTHOR, vault(), now=clock.now())
    mask = _masking(queries.known_for_redaction(view.id, vault()))
    own = {moment.seq for moment in view.history}  # who opened the contact details is the author's alone to know
    story = [each for each in history_of(seen) if each.seq in own]
    for each in story:
        each.by, each.changes = each.who, []
        each.words = {name: mask(words) for name, words in each.words.items()}
        each.sentence = mask(each.sentence)  # that of an opening repeats its reason
    return {"title": mask(seen.title or ""), "text": mask(seen.text or ""), "answer": mask(seen.answer or ""), "contact": None,
            "files": (), "story": story, "public": None}


def _public(view: CaseView) -> dict[str, Any]:
    row = public.find_public_case(view.number)
    story: list[SimpleNamespace] = []
    for each in row["timeline"] if row else ():
        one = told(each)
        one.at, one.by, one.words, one.changes, one.notice = one.day, one.who, {}, [], None
        story.append(one)
    return {"title": row["title"] if row else None, "text": row["text"] if row else None,
            "answer": row["answer"] if row else None, "contact": None, "files": (), "story": story, "public": row}


def _masking(known: list[redaction.Known]) -> Mask:
    directory = terms().directory

    def mask(text: str) -> str:
        return str(redaction.mask(text, redaction.find(text, known=known, public_numbers=directory)))

    return mask
