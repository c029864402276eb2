"""Forms as a record: brought in from files and written back, changed at the desk, locked for good once a campaign was
announced with one."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select

from portal.content.form_text import fingerprint, text_of
from portal.content.forms import read_form, read_forms
from portal.db import db
from portal.domain.campaign import may_plan
from portal.domain.errors import NotAllowedError, NotFoundError, StaleError
from portal.domain.form import Form, as_plain
from portal.domain.people import Actor
from portal.evaluation.models import FormVersion
from portal.evaluation.queries import form_of, form_versions


class Took(StrEnum):
    """What became of a form whose file and record differed."""

    ADDED = "added"
    UPDATED = "updated"
    KEPT = "kept"  # the other side was changed too, and stays as it is


def import_files(folder: Path, *, now: datetime) -> dict[str, Took]:
    """As `import_forms`, of all files of a folder. Raises ContentError."""
    return import_forms(read_forms(folder), now=now)


def import_forms(forms: Mapping[str, Form], *, now: datetime) -> dict[str, Took]:
    """Brings new and changed files into the record; what staff changed last stays. Returns slugs, without those that agree."""
    done = {}
    for slug, form in forms.items():
        latest, mark = _latest(slug), fingerprint(form)
        if latest is not None and latest.imported == mark:
            continue
        if latest is not None and latest.definition == as_plain(form):
            latest.imported, latest.changed_by = mark, None
            continue
        if latest is not None and latest.changed_by is not None:
            done[slug] = Took.KEPT
            continue
        done[slug] = Took.UPDATED if latest else Took.ADDED
        _keep(latest, form, by=None, now=now).imported = mark
    return done


def export_forms(folder: Path) -> dict[str, Took]:
    """Writes every form that staff changed back into its file, unless that was changed too since it was brought in.

    `folder` holds one file a form, named by its slug; a file in a folder without the old one is a copy, and the record goes
    on counting as changed. Raises ContentError for a file that cannot be read.
    """
    done = {}
    newest = {each.slug: each for each in reversed(form_versions())}
    for slug, latest in sorted(newest.items()):
        if latest.changed_by is None:
            continue
        file, form = folder / f"{slug}.yaml", form_of(latest)
        is_copy = latest.imported is not None and not file.exists()  # a folder other than the one that is brought in
        if file.exists() and fingerprint(read_form(file)) not in (latest.imported, fingerprint(form)):
            done[slug] = Took.KEPT
            continue
        done[slug] = Took.UPDATED
        draft = file.with_suffix(".yaml.new")
        draft.write_text(text_of(form), "utf-8")
        draft.replace(file)  # all or nothing: a full disk leaves the old file
        if not is_copy:
            latest.imported, latest.changed_by = fingerprint(form), None
    return done


def keep_form(form: Form, *, seen: tuple[int, int], by: Actor, now: datetime) -> int:
    """Keeps a form as it was changed at the desk: in its version, or in a new one where that is locked. Returns its id.

    `seen` is the version that was changed and its mark, (0, 0) for a new form. The same form again changes nothing.
    Raises StaleError, NotAllowedError.
    """
    if not may_plan(by) or by.id is None:
        raise NotAllowedError("plan")
    latest = _latest(form.slug, lock=True)
    if latest is not None and latest.definition == as_plain(form):
        return latest.id
    present = (latest.version, latest.seen) if latest is not None else (0, 0)
    if present != seen:
        raise StaleError(number=form.slug, seen=seen[0], now=present[0])
    return _keep(latest, form, by=by.id, now=now).id


def discard_form(form_id: int, *, by: Actor) -> None:
    """Only a version that no campaign ever used; a foreign key sees to drafts. Raises NotFoundError, NotAllowedError."""
    record = db.session.get(FormVersion, form_id)
    if record is None:
        raise NotFoundError
    if not may_plan(by) or record.locked:
        raise NotAllowedError("plan")
    db.session.delete(record)
    db.session.flush()


def _keep(latest: FormVersion | None, form: Form, *, by: int | None, now: datetime) -> FormVersion:
    """A new version goes on from the same file as the one before it."""
    if latest is None or latest.locked:
        latest = FormVersion(slug=form.slug, version=(latest.version if latest else 0) + 1, seen=0, locked=False,
                             imported=latest.imported if latest else None)
        db.session.add(latest)
    latest.definition, latest.changed_by, latest.changed_at, latest.seen = as_plain(form), by, now, latest.seen + 1
    db.session.flush()
    return latest


def _latest(slug: str, *, lock: bool = False) -> FormVersion | None:
    newest = select(func.max(FormVersion.version)).where(FormVersion.slug == slug).scalar_subquery()
    found = select(FormVersion).where(FormVersion.slug == slug, FormVersion.version == newest)
    return db.session.scalar(found.with_for_update() if lock else found)
