"""The form builder: one form taken apart and put together without script.

What is typed stays in the page until it is saved: every button sends the whole draft along (`form_draft`), changes only
what it says, and shows the draft again.
"""

import re
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.db import transaction
from portal.desk import form_draft, form_steps
from portal.desk.form_draft import Draft, DraftQuestion, Place
from portal.desk.form_shown import SETTING_CHOICES, SETTING_WORDS, asked_words, differences, named, place_words, placed
from portal.desk.form_versions import builders_only, used
from portal.desk.views import blueprint
from portal.domain.errors import NotFoundError, StaleError
from portal.domain.form import Form, FormFaults, parse_form
from portal.domain.questions import TYPES
from portal.domain.questions.base import MOST_QUESTIONS
from portal.evaluation import queries, versions
from portal.web.faults import fault
from portal.web.words import _, said

_ACT = re.compile(r"(save|preview|open|close|undo|section|add|up|down|copy|remove)(?::(form[0-9-]*))?")


@dataclass
class Editing:
    """One form on the page. `record` is its newest version, none for a new form; `seen` its version and mark when opened.

    `errors`: place -> field -> sentences; those of the form as a whole have the field `form`.
    """

    draft: Draft
    record: Any
    seen: tuple[int, int]
    place: Place | None
    errors: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    preview: Form | None = None
    differing: list[Any] = field(default_factory=list)
    is_overtaken: bool = False


@blueprint.get("/evaluation-forms/new")
@builders_only
def evaluation_form_new() -> ResponseReturnValue:
    """Empty, or with `?copy=` everything of another form but its name, marked as a copy."""
    draft = Draft()
    if copy := request.args.get("copy", 0, type=_id):
        draft = form_draft.draft_of(queries.get_form(copy)[1], "")
        form_steps.mark_as_copy(draft)
    else:
        form_steps.add_section(draft)
    return editor(Editing(draft, None, (0, 0), Place()))


@blueprint.post("/evaluation-forms/new")
@builders_only
def evaluation_form_create() -> ResponseReturnValue:
    return _act(None)


@blueprint.get("/evaluation-forms/<int(max=2147483647):form_id>/edit")
@builders_only
def evaluation_form_edit(form_id: int) -> ResponseReturnValue:
    record, form = queries.get_form(form_id)
    newest = newest_version(record.slug)
    if newest is not None and newest.id != form_id:
        flash(_("There is a newer version; this is the newest."))
        return redirect(url_for("desk.evaluation_form_edit", form_id=newest.id), 303)
    draft = form_draft.draft_of(form, record.slug)
    editing = opened(record, draft)
    editing.place = form_draft.place_of(draft, request.args.get("open", ""))
    return editor(editing)


@blueprint.post("/evaluation-forms/<int(max=2147483647):form_id>/edit")
@builders_only
def evaluation_form_change(form_id: int) -> ResponseReturnValue:
    return _act(queries.get_form(form_id)[0])


def _id(typed: str) -> int:
    number = int(typed)
    if not 0 < number < 2**31:
        raise NotFoundError
    return number


def newest_version(slug: str) -> Any:
    return next((each for each in queries.form_versions() if each.slug == slug), None)


def opened(record: Any, draft: Draft) -> Editing:
    return Editing(draft, record, (record.version, record.seen) if record else (0, 0), None)


def _act(record: Any) -> ResponseReturnValue:
    """Takes over what was typed, then does what the pressed button says."""
    editing = _sent(record)
    act = _ACT.fullmatch(request.form.get("act", "save"))
    if act is None:
        abort(400)
    name, written = act[1], act[2]
    if name == "save":
        return _save(editing)
    if name == "preview":
        form = _checked(editing)
        editing.preview = form
        return editor(editing), 200 if form else 422
    typed = form_draft.packed(editing.draft)
    _do(editing, name, form_draft.place_of(editing.draft, written or "") if written else None)
    if not form_draft.is_overfull(editing.draft):
        return editor(editing)
    editing.draft, editing.place = form_draft.unpacked(typed), Place()
    editing.errors = {"form": {"form": [_("Nothing was added: a form has at most %(most)s questions", most=MOST_QUESTIONS)]}}
    return editor(editing), 422


def _sent(record: Any) -> Editing:
    """The draft as it was sent, with the fields that stood open. Whatever this page cannot have sent is refused."""
    try:
        draft = form_draft.unpacked(request.form.get("draft", ""))
        version, mark = (int(part) for part in request.form.get("seen", "0.0").split(".")[:2])
    except ValueError:
        abort(400)
    place = form_draft.place_of(draft, request.form.get("place", ""))
    if place is not None:
        form_steps.take(draft, place, request.form, request.form.getlist("values"))
    if record is not None:
        draft.slug = record.slug
    return Editing(draft, record, (version, mark), place)


def _do(editing: Editing, act: str, at: Place | None) -> None:
    """One change of the draft. What stood open stays open, wherever it moved; what is new opens."""
    draft = editing.draft
    if act in ("open", "close"):
        editing.place = at
    elif act == "undo":
        editing.place = form_steps.put_back(draft)
    elif act == "section":
        editing.place = form_steps.add_section(draft)
    elif at is None:
        abort(400)
    elif act == "add" and at.section is not None:
        editing.place = form_steps.add_question(draft, at.section, request.form.get(f"type-{at.section}", TYPES[0].key))
    elif act == "copy":
        editing.place = form_steps.duplicate(draft, at)
    elif act == "remove":
        editing.place = form_steps.remove(draft, at)
    elif act in ("up", "down"):
        opened = form_draft.at(draft, editing.place) if editing.place else None
        form_steps.move(draft, at, -1 if act == "up" else 1)
        editing.place = form_steps.find(draft, opened) if opened else None
    else:
        abort(400)


def _save(editing: Editing) -> ResponseReturnValue:
    form = _checked(editing)
    if form is None:
        return editor(editing), 422
    try:
        with transaction():
            kept = versions.keep_form(form, seen=editing.seen, by=g.staff.actor, now=clock.now())
    except (StaleError, IntegrityError):  # a colleague saved meanwhile, or at this very moment
        return _overtaken(editing, form)
    record, _form = queries.get_form(kept)
    flash(_("Saved as version %(n)s.", n=record.version))
    return redirect(url_for("desk.evaluation_form_edit", form_id=kept, open=str(editing.place) if editing.place else None), 303)


def _checked(editing: Editing) -> Form | None:
    """The form that the draft makes; none where something is wrong, which then stands in `errors` with its first place open."""
    try:
        return parse_form(form_draft.definition(editing.draft))
    except FormFaults as found:
        for place, name, words in placed(editing.draft, found.faults):
            editing.errors.setdefault(place, {}).setdefault(name, []).append(words)
    if str(editing.place) not in editing.errors:
        editing.place = form_draft.place_of(editing.draft, min(editing.errors, key=_order))
    return None


def _order(place: str) -> list[int]:
    return [int(part) for part in place.split("-")[1:]]


def _overtaken(editing: Editing, form: Form) -> ResponseReturnValue:
    """Shows how the record and what was typed differ; saving again then replaces what the colleague wrote."""
    newest = newest_version(form.slug)
    if editing.record is None and newest is not None:
        editing.place, editing.errors = Place(), {"form": {"slug": [fault("taken")]}}
        return editor(editing), 422
    editing.record = newest or editing.record
    editing.seen = (newest.version, newest.seen) if newest else (0, 0)
    editing.differing = differences(queries.form_of(newest), form) if newest else []
    editing.is_overtaken = True
    return editor(editing), 409


def editor(editing: Editing) -> str:
    draft, place, record = editing.draft, editing.place, editing.record
    before = form_draft.draft_of(queries.form_of(record), record.slug) if record else Draft()
    part = form_draft.at(draft, place) if place else None
    return render_template(
        "desk/builder.html", editing=editing, draft=draft, packed=form_draft.packed(draft), record=record,
        place=str(place or ""), at=place, part=part, kind=part.kind if isinstance(part, DraftQuestion) else None, types=TYPES,
        is_changed=form_draft.definition(draft) != form_draft.definition(before),
        asking=_asking(draft, place, part) if isinstance(part, DraftQuestion) and place else None,
        campaigns=used().get(record.id, []) if record else [], setting_words=SETTING_WORDS, setting_choices=SETTING_CHOICES,
        bereft=[(number, "open" if each == place else str(each)) for number, each in form_draft.bereft(draft)],
        summary=_summary(editing), errors=editing.errors.get(str(place), {}))


def _asking(draft: Draft, place: Place, part: DraftQuestion) -> SimpleNamespace:
    """The questions that the condition may ask for, and the answers of the one it does ask for."""
    found = [(number, each, choices) for number, each in form_draft.earlier(draft, place)
             if (choices := form_draft.offered(each))]
    questions = [("", _("Always asked"))]
    questions += [(each.id, f"{number}. {said(each, 'text')[:60]}") for number, each, _choices in found]
    if part.asks and part.asks not in {id for id, _words in questions}:
        questions.append((part.asks, asked_words(draft, part.asks)))
    choices = next((choices for _number, each, choices in found if each.id == part.asks), ())
    values = [(each.value, said(each, "text")) for each in choices]
    return SimpleNamespace(questions=questions, values=[*values, *((value, value) for value in part.values
                                                                   if value not in {each.value for each in choices})])


def _summary(editing: Editing) -> list[tuple[str, str]]:
    """Every error with the id that it leads to: its field where that stands open, else its place in the list."""
    found = []
    for place in sorted(editing.errors, key=_order):
        where, is_open = place_words(editing.draft, place), place == str(editing.place)
        for name, sentences in editing.errors[place].items():
            has_field = name != "form"
            target = place if not is_open else f"f-{name}" if has_field else "open"
            found += [(target, " ".join(filter(None, (where, named(name, words))))) for words in sentences]
    return found
