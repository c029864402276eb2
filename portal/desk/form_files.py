"""A form as the file that `content/forms/` would hold: taken away, and brought in."""

import re
from collections.abc import Mapping, Sequence

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal.content import ContentError
from portal.content.form_text import text_of
from portal.content.forms import FormTextError, form_of
from portal.desk import form_draft
from portal.desk.builder import editor, newest_version, opened
from portal.desk.form_shown import told
from portal.desk.form_versions import READERS, builders_only
from portal.desk.views import blueprint
from portal.domain.form import FormFault
from portal.evaluation import queries
from portal.web.faults import fault
from portal.web.guards import staff_only
from portal.web.words import _

_LARGEST_TEXT = 512 * 1024  # bytes of a YAML text
_MOST_TOLD = 100  # faults of one text
_SLUG_LINE = re.compile(r"^slug: *([a-z0-9-]{1,40})\s*$", re.MULTILINE)


@blueprint.get("/evaluation-forms/<int(max=2147483647):form_id>/yaml")
@staff_only(*READERS)
def evaluation_form_file(form_id: int) -> ResponseReturnValue:
    """The version as the file that `content/forms/` would hold."""
    record, form = queries.get_form(form_id)
    response = make_response(text_of(form))
    response.mimetype = "application/yaml"
    response.headers["Content-Disposition"] = f'attachment; filename="{record.slug}.yaml"'
    return response


@blueprint.get("/evaluation-forms/import")
@builders_only
def evaluation_form_import() -> str:
    return _import_page("", "")


@blueprint.post("/evaluation-forms/import")
@builders_only
def evaluation_form_read() -> ResponseReturnValue:
    """Opens what was read in the builder; nothing is saved yet."""
    slug, (text, filename, wrong) = request.form.get("slug", "").strip(), _text()
    slug = slug or _slug_in(text, filename)
    if wrong is not None:
        return _import_page(slug, text, wrong), 422
    if not slug:
        return _import_page(slug, text, {"slug": [fault("required")]}), 422
    try:
        form = form_of(text, slug, "YAML")
    except FormTextError as found:
        return _import_page(slug, text, {"source": _told(found.found)}), 422
    except ContentError as refusal:
        words = _("This cannot be read as YAML (%(fault)s)", fault=str(refusal)[:300])
        return _import_page(slug, text, {"source": [words]}), 422
    return editor(opened(newest_version(slug), form_draft.draft_of(form, slug)))


def _text() -> tuple[str, str, dict[str, list[str]] | None]:
    """What was uploaded or pasted, the name of its file, and what is wrong with it."""
    file = request.files.get("file")
    if file is None or not file.filename:
        text = request.form.get("source", "").replace("\r\n", "\n")
        return text, "", {"source": [fault("required")]} if not text.strip() else None
    raw = file.stream.read(_LARGEST_TEXT + 1)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return "", file.filename, {"file": [_("This is no text in UTF-8, or it is too large")]}
    if len(raw) > _LARGEST_TEXT or not text.strip():
        return "", file.filename, {"file": [fault("too_long" if text.strip() else "empty")]}
    return text, file.filename, None


def _slug_in(text: str, filename: str) -> str:
    """The name that the text gives itself, else that of its file."""
    found = _SLUG_LINE.search(text)
    return found[1] if found else re.sub(r"[^a-z0-9-]", "", filename.lower().rsplit(".", 1)[0]) if filename else ""


def _told(found: Sequence[tuple[int, FormFault]]) -> list[str]:
    more = len(found) - _MOST_TOLD
    first = [_line(line, each) for line, each in found[:_MOST_TOLD]]
    return [*first, _("and %(count)s more", count=more)] if more > 0 else first


def _line(line: int, found: FormFault) -> str:
    words = _("%(name)s: %(fault)s", name=found.path, fault=told(found)) if found.path else told(found)
    return _("Line %(line)s: %(fault)s", line=line, fault=words)


def _import_page(slug: str, source: str, errors: Mapping[str, list[str]] | None = None) -> str:
    return render_template("desk/builder_import.html", slug=slug, source=source, errors=errors or {})
