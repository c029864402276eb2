"""What a clerk types for somebody else: what was said on the telephone or face to face, and what stands on a paper form."""

from datetime import date

from wtforms import HiddenField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from portal.domain.codes import CHANNEL_WORDS, Channel
from portal.domain.given import clean
from portal.web.current import content
from portal.web.faults import fault
from portal.web.opinion_form import LONGEST_TITLE, OpinionForm
from portal.web.words import _

# Paper goes through batches, the web needs no clerk.
CHANNELS = tuple(channel for channel in Channel if channel not in (Channel.WEB, Channel.PAPER, Channel.BALLOT))


class ClerkForm(OpinionForm):
    """The opinion form with its words said to a clerk."""

    def names(self) -> dict[str, tuple[str, str]]:
        return {
            **super().names(),
            "title": (_("In one line"), _("At most %(most)s characters. Left empty, the text begins the line.",
                                          most=LONGEST_TITLE)),
            "publish": (_("May the words be shown in public?"), _("As the person says. If you could not ask, choose “No”.")),
            "contact_name": (_("Name"), _("Only if the person wants to give it. Opinions without a name count as much.")),
            "contact_phone": (_("Telephone"), _("Only if the person wants to be called back.")),
            "contact_email": (_("E-mail"), _("Only if the person wants to be written to.")),
            "notify": (_("Does the person want to be told when something has changed?"),
                       _("Such a message says only that there is news: no number and no content.")),
        }


class EntryForm(ClerkForm):
    """An opinion that came otherwise than by the website."""

    channel = RadioField(validate_choice=False)
    received_on = StringField(filters=[clean])

    def dressed(self) -> "EntryForm":
        super().dressed()
        self.channel.choices = [SelectChoice(channel.value, _(CHANNEL_WORDS[channel])) for channel in CHANNELS]
        return self

    def names(self) -> dict[str, tuple[str, str]]:
        return {
            **super().names(),
            "channel": (_("How did it come?"), ""),
            "received_on": (_("When did it come?"), _("The promised dates count from this day. At most 30 days ago.")),
            "text": (_("What the person says"),
                     _("In their words, not in ours. Read it back before you save it. What is not needed for the matter, such "
                       "as identity numbers, leave out.")),
            "attachments": (_("Scans or pictures"), _("Up to 5 files of 8 MB each, of the letter for example. They are "
                                                      "never public.")),
        }

    def validate_channel(self, field: RadioField) -> None:
        if field.data not in CHANNELS:
            raise ValidationError(fault("choice"))

    def validate_received_on(self, field: StringField) -> None:
        if day_of(field.data) is None:
            raise ValidationError(fault("date"))


class PaperEntryForm(ClerkForm):
    """One paper form, typed as it is written. `version` is the one that was opened to be changed."""

    serial = StringField(filters=[clean])
    version = HiddenField(default="0")

    def dressed(self) -> "PaperEntryForm":
        super().dressed()
        categories = content().categories
        self.category.choices = [choice for choice in self.category.choices or () if categories[choice.value].head.stores]
        return self

    def names(self) -> dict[str, tuple[str, str]]:
        return {
            **super().names(),
            "serial": (_("Serial of the form"), ""),
            "text": (_("What stands on the form"), _("Word for word. What cannot be read, mark with 〔?〕.")),
        }

    def validate_category(self, field: RadioField) -> None:
        super().validate_category(field)
        if not content().categories[field.data].head.stores:
            raise ValidationError(fault("choice"))


def day_of(typed: str | None) -> date | None:
    """The day that was typed; None for anything else."""
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return None
