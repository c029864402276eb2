"""The opinion form: its fields, and what each may hold. Knows no record."""

import re
from typing import Any

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
from portal.domain.given import clean
from portal.web.current import content
from portal.web.faults import fault, file_fault
from portal.web.words import _, language, said

LONGEST_TITLE, LONGEST_TEXT, LONGEST_CONTACT, LONGEST_EMAIL = 60, 5_000, 100, 254
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{2,}")
_PHONE = re.compile(r"[0-9+()\-. 转#]{5,30}")


class OpinionForm(FlaskForm):
    """Only category and text are needed. `once` makes a form sent twice one case; `website` is a trap for robots."""

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
    once = HiddenField()
    website = StringField()

    def __init__(self, **prefilled: Any) -> None:
        super().__init__(**prefilled)
        self.files: list[SafeFile] = []

    def dressed(self) -> "OpinionForm":
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
        self._name_fields()
        return self

    def _name_fields(self) -> None:
        for name, label, hint in (
                ("category", _("What is it?"), ""),
                ("unit", _("Which unit is it about?"), ""),
                ("district", _("Where was it?"), ""),
                ("title", _("In one line"),
                 _("For example: The window closed before the posted time. At most %(most)s characters.", most=LONGEST_TITLE)),
                ("text", _("What would you like to tell us?"),
                 _("What happened, when and where, and what you would like. You may leave out your name: nobody needs it to "
                   "handle this.")),
                ("attachments", _("Pictures or PDF files"),
                 _("Up to 5 files of 8 MB each. Place and camera data are removed. They are never public.")),
                ("publish", _("May the text be shown in public?"),
                 _("Your answer changes nothing in how it is handled.")),
                ("contact_name", _("How may we address you?"), _("Seen only by whoever must call you back.")),
                ("contact_phone", _("Telephone"), _("Only if you want to be called back.")),
                ("contact_email", _("E-mail"), _("Only if you want to be written to."))):
            self[name].label.text, self[name].description = label, hint

    def validate_category(self, field: RadioField) -> None:
        if field.data not in content().categories:
            raise ValidationError(fault("choice"))

    def validate_unit(self, field: SelectField) -> None:
        if field.data and field.data not in content().units:
            raise ValidationError(fault("choice"))

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
    def contact(self) -> dict[str, str]:
        given = {"name": self.contact_name.data, "phone": self.contact_phone.data, "email": self.contact_email.data}
        return {name: value for name, value in given.items() if value}

    @property
    def short_title(self) -> str:
        """The title, or the beginning of the text."""
        first = self.text.data.strip().splitlines()[0]
        return self.title.data or (first if len(first) <= 24 else f"{first[:23]}…")
