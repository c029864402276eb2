"""Reasons why something given could not be taken, as sentences for the reader."""

from collections.abc import Mapping

from portal.domain.people import N_
from portal.web.words import _

_FAULTS = {
    "required": N_("This is still missing"),
    "too_long": N_("This is too long; please shorten it"),
    "choice": N_("Please choose one of the options"),
    "date": N_("Please give a date such as 2026-12-31"),
    "past": N_("Please give a day after today"),
    "barred": N_("This unit is complained about, or stands above it: it may not handle the case"),
    "unit_taken": N_("This unit has the case or its part already"),
    "sealed_unit": N_("The discipline office handles sealed cases only; choose that nature, or another unit"),
    "lane": N_("This deadline rule belongs to another nature"),
    "no_contact": N_("You left no such contact details with this opinion"),
    "number": N_("Please give a number such as 2026-000123"),
    "no_case": N_("There is no such case that you may read"),
    "not_joinable": N_("Only a case of the same nature that a unit has in hand can take up another; accept that one first"),
    "is_target": N_("Other cases were joined to this one; join the other to it instead"),
    "gaps": N_("The template still has gaps 【…】; please fill them"),
    "unedited": N_("This is the template word for word. Please answer what this author asked"),
    "print_count": N_("Please give a number from 1 to 50"),
    "serial": N_("This is no serial of ours; please look at the digits again"),
    "serial_unknown": N_("No form with this serial was printed here"),
    "serial_entered": N_("The form with this serial is entered already"),
    "serial_typed": N_("The form with this serial is typed already and waits for the check"),
    "serial_void": N_("The form with this serial was taken out of use; enter the paper as a letter"),
    "received_on": N_("Please give the day it came: not after today, and within the last 30 days"),
    "email": N_("This does not look like an e-mail address"),
    "phone": N_("This does not look like a telephone number"),
    "personal_data": N_("The texts below still hold what looks like personal data. Mask it, or tick that you read each "
                        "of them and it may be published"),
    "unread": N_("Please confirm that you have read every word"),
    "login": N_("2 to 40 small letters, digits, dots, dashes; a letter first"),
    "taken": N_("This is taken already"),
    "own": N_("You cannot change your own rights; ask another administrator"),
    "weak": N_("At least 12 characters, and not your sign-in name"),
    "empty": N_("The file is empty"),
    "too_large": N_("The file is larger than 8 MB"),
    "type": N_("Only pictures (JPEG, PNG, GIF, WebP) and PDF files can be taken"),
    "mismatch": N_("The name of the file says another type than its content"),
    "bomb": N_("The picture or document is too big to be opened safely"),
    "broken": N_("The file is damaged and cannot be opened"),
    "encrypted": N_("The PDF is protected by a password"),
    "too_many_filters": N_("You keep twenty filters; delete one first"),
    "export_running": N_("Another export of yours is still being made; wait for it, or look at it under “My exports”"),
    "too_many": N_("Too many files; at most 5"),
}


def fault(code: str) -> str:
    return _(_FAULTS[code])


def faults(found: Mapping[str, str]) -> dict[str, str]:
    """Field -> sentence, for an InvalidError's fields."""
    return {name: fault(code) for name, code in found.items()}


def file_fault(name: str, code: str) -> str:
    """What is wrong with one of several files; the name is only ever shown to whoever chose the file."""
    return _("%(name)s: %(fault)s", name=name[:60], fault=fault(code))


