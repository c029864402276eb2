"""What is asked of an opinion, whoever writes it down: the fields, what each may hold, and the opinion they make.

Knows no record and no page. The opinion is made of plain words, so that what was typed earlier makes the same one.
"""

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Self

from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice

from portal.attachments import MAX_FILES, Refused, SafeFile, make_safe
from portal.casework.actions import Opinion
from portal.domain.given import clean
from portal.domain.people import DISCIPLINE_UNIT, N_
from portal.outbox.rules import Means, takes_texts
from portal.web.current import content, settings
from portal.web.faults import fault, file_fault
from portal.web.published import find_published
from portal.web.words import _, language, said

LONGEST_TITLE, LONGEST_TEXT, LONGEST_CONTACT, LONGEST_EMAIL = 60, 5_000, 100, 254
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{2,}")
_NOTIFY = {Means.EMAIL: N_("By e-mail, to the address above"), Means.SMS: N_("By text message, to the mobile number above")}
_PHONE = re.compile(r"[0-9+()\-. 转#]{5,30}")
_LONGEST_LINE = 24  # characters of a title taken from the text
_WORDS = ("category", "unit", "district", "service", "title", "text", "publish", "contact_name", "contact_phone",
          "contact_email", "notify")


class OpinionForm(FlaskForm):
    """Only category and text are needed. `once` makes a form sent twice one case."""

    category = RadioField(validate_choice=False)
    unit = SelectField(validate_choice=False, default="")
    district = SelectField(validate_choice=False, default="")
    service = HiddenField()
    title = StringField(filters=[clean])
    text = TextAreaField(filters=[clean])
    attachments = MultipleFileField()
    publish = RadioField(validate_choice=False, default="no")
    contact_name = StringField(filters=[clean])
    contact_phone = TelField(filters=[clean])
    contact_email = EmailField(filters=[clean])
    notify = RadioField(validate_choice=False, default="")
    once = HiddenField()

    def __init__(self, **prefilled: Any) -> None:
        super().__init__(**prefilled)
        self.files: list[SafeFile] = []

    def dressed(self) -> Self:
        """With labels, hints and choices in the reader's language: needed only to be drawn, not to be checked."""
        city, english = content(), language() == "en"
        self.category.choices = [SelectChoice(slug, (each.head_en if english else each.head).title)
                                 for slug, each in city.categories.items()]
        nobody = SelectChoice("", _("I do not know"))
        self.unit.choices = [nobody, *(SelectChoice(unit.code, said(unit, "name")) for unit in city.units.values()
                                       if unit.kind != "room")]
        self.district.choices = [nobody, *(SelectChoice(each.code, said(each, "name"))
                                           for each in city.districts.values())]
        self.publish.choices = [SelectChoice("no", _("No, show only category, state and dates")),
                                SelectChoice("yes", _("Yes, after a person has removed everything personal"))]
        self.notify.choices = [SelectChoice("", _("No notices; I look myself")),
                               *(SelectChoice(means.value, _(_NOTIFY[means])) for means in settings().means)]
        for name, (label, hint) in self.names().items():
            self[name].label.text, self[name].description = label, hint
        return self

    def names(self) -> dict[str, tuple[str, str]]:
        """Label and hint of each field, said to the author."""
        return {
            "category": (_("What is it?"), ""),
            "unit": (_("Which unit is it about?"), ""),
            "district": (_("Where was it?"), ""),
            "title": (_("In one line"),
                      _("For example: The window closed before the posted time. At most %(most)s characters.",
                        most=LONGEST_TITLE)),
            "text": (_("What would you like to tell us?"),
                     _("What happened, when and where, and what you would like. You may leave out your name: nobody needs "
                       "it to handle this.")),
            "attachments": (_("Pictures or PDF files"),
                            _("Up to 5 files of 8 MB each. Place and camera data are removed. They are never public.")),
            "publish": (_("May the text be shown in public?"), _("Your answer changes nothing in how it is handled.")),
            "contact_name": (_("How may we address you?"), _("Seen only by whoever must call you back.")),
            "contact_phone": (_("Telephone"), _("Only if you want to be called back.")),
            "contact_email": (_("E-mail"), _("Only if you want to be written to.")),
            "notify": (_("Shall we tell you when something has changed?"),
                       _("Such a message says only that there is news: no number and no content. Still, whoever can read "
                         "your messages sees that you are in touch with us.")),
        }

    def validate_category(self, field: RadioField) -> None:
        if field.data not in content().categories:
            raise ValidationError(fault("choice"))

    def validate_unit(self, field: SelectField) -> None:
        if field.data and field.data not in content().units:
            raise ValidationError(fault("choice"))
        if field.data == DISCIPLINE_UNIT and self.category.data == "misconduct":
            raise ValidationError(_("No office examines itself. A report about the discipline office goes to %(phone)s or to "
                                    "the procuratorate; here nothing was stored", phone=content().site.misconduct_phone))

    def validate_district(self, field: SelectField) -> None:
        if field.data and field.data not in content().districts:
            raise ValidationError(fault("choice"))

    def validate_publish(self, field: RadioField) -> None:
        if field.data not in ("yes", "no", None, ""):
            raise ValidationError(fault("choice"))

    def validate_title(self, field: StringField) -> None:
        if len(field.data) > LONGEST_TITLE:
            raise ValidationError(fault("too_long"))

    def validate_text(self, field: TextAreaField) -> None:
        if not field.data:
            raise ValidationError(_("Please write what you would like to tell us"))
        if len(field.data) > LONGEST_TEXT:
            raise ValidationError(_("At most %(most)s characters; you wrote %(count)s", most=LONGEST_TEXT,
                                    count=len(field.data)))

    def validate_contact_name(self, field: StringField) -> None:
        if len(field.data) > LONGEST_CONTACT:
            raise ValidationError(fault("too_long"))

    def validate_contact_phone(self, field: TelField) -> None:
        if field.data and not _PHONE.fullmatch(field.data):
            raise ValidationError(fault("phone"))

    def validate_contact_email(self, field: EmailField) -> None:
        if len(field.data) > LONGEST_EMAIL or (field.data and not _EMAIL.fullmatch(field.data)):
            raise ValidationError(fault("email"))

    def validate_notify(self, field: RadioField) -> None:
        if not field.data:
            return
        if field.data not in settings().means:
            raise ValidationError(fault("choice"))
        if field.data == Means.EMAIL and not self.contact_email.data:
            raise ValidationError(_("Please give the e-mail address that notices are to go to, or choose no notices"))
        if field.data == Means.SMS and not takes_texts(self.contact_phone.data):
            raise ValidationError(_("Please give the mobile number that text messages are to go to, or choose no notices"))

    def take_expired(self) -> bool:
        """Whether the token no longer fits: no fault of what was typed, and the next attempt of the page carries a new one."""
        if not self.csrf_token.errors:
            return False
        self.csrf_token.errors = []
        return True

    def take_files(self) -> bool:
        """Rebuilds the files once all else is right; faults go to the field, each with the name of its file."""
        given = [each for each in self.attachments.data or [] if getattr(each, "filename", "")]
        errors = [fault("too_many")] if len(given) > MAX_FILES else []
        for each in given[:MAX_FILES]:
            try:
                self.files.append(make_safe(each.read(), each.filename))
            except Refused as refusal:
                errors.append(file_fault(each.filename, refusal.reason))
        if errors:
            self.attachments.errors = [*errors, _("Please choose the files again; everything else you typed is kept.")]
        return not errors

    @property
    def words(self) -> dict[str, str]:
        """Everything typed."""
        return {name: self[name].data or "" for name in _WORDS}


def submission_of(form: OpinionForm, once: str) -> bytes:
    """The same for a form sent twice; another one for other words in it."""
    files = [blake2b(file.data, digest_size=16).hexdigest() for file in form.files]
    typed = json.dumps([once, form.words, files], ensure_ascii=False)
    return blake2b(typed.encode(), digest_size=32).digest()


def opinion_of(words: Mapping[str, str], *, files: Sequence[SafeFile] = (), suspicious: bool = False) -> Opinion:
    """The opinion that a checked form says."""
    city, service = content(), words["service"]
    head = city.categories[words["category"]].head
    contact = {name: words[f"contact_{name}"] for name in ("name", "phone", "email") if words[f"contact_{name}"]}
    return Opinion(category=words["category"], lane=head.lane, rule=city.rules[head.rule], title=_title(words),
                   text=words["text"], consent=words["publish"] == "yes", unit=words["unit"] or None,
                   is_complaint=head.complaint, district=words["district"] or None,
                   service=service if service and find_published("service", service) else None, contact=contact,
                   notify=words["notify"] or None, files=files, suspicious=suspicious)


def _title(words: Mapping[str, str]) -> str:
    """The title, or the beginning of the text."""
    first = words["text"].strip().splitlines()[0]
    return words["title"] or (first if len(first) <= _LONGEST_LINE else f"{first[:_LONGEST_LINE - 1]}…")
