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
    "slug": N_("3 to 60 small letters, digits and dashes; a letter first"),
    "opens_in_the_past": N_("Voting cannot begin before today"),
    "closes_before_it_opens": N_("Voting cannot end before it begins"),
    "period_too_long": N_("Voting may last for 400 days at most"),
    "publishes_before_it_closes": N_("Results cannot be published before voting has ended: choose a later day"),
    "publishes_too_late": N_("Results must be published within 60 days after the last day of voting"),
    "audience_size": N_("Please give a whole number from 1 to 99,999,999, or leave it empty where nobody knows"),
    "reports_missing": N_("Each unit evaluated has exactly one report, and nothing else has; other kinds have no reports"),
    "stages_contradict": N_("Stages follow one another, at most twelve, all within the days of voting, each with its focus"),
    "no_question_of_steering": N_("A form of ratings must ask whether anyone urged, paid or visited the rater; take one that "
                                  "has the question “urged”"),
    "code_count": N_("Please give a number from 1 to 5,000; the first batch of a group for a unit needs at least 5 codes, or "
                     "it could be told who voted how"),
    "code_more_than_people": N_("This group would have more codes than people; the number of people stands in the promise"),
    "code_window": N_("Codes are valid within the days of voting, and not until before they begin"),
    "print_many": N_("That is too much to print at once: at most 500 slips or 100 paper forms. Make several batches, or "
                     "choose the file"),
    "one_answer": N_("Please give one answer only"),
    "too_few_chosen": N_("Please choose more; how many stands beside the question"),
    "too_many_chosen": N_("Please choose fewer; how many stands beside the question"),
    "places": N_("Please give each place once, from the first to the last that stands beside the question"),
    "no_number": N_("Please give a number in digits, such as 3"),
    "out_of_range": N_("This number lies outside the bounds that stand beside the question"),
    "too_exact": N_("This number has too many digits after the point"),
    "not_asked": N_("This question is not for those who answered the earlier one as you did; please empty it, or change the "
                    "earlier answer"),
    "unknown_question": N_("Something was sent that this form does not ask. Please load the page anew and fill it in again"),
    "code_mistyped": N_("This is no one-time code: it has 16 digits, and they check one another. Please look at the digits "
                        "again"),
    "code_unknown": N_("No such code was ever made here; please look at the digits again"),
    "code_foreign": N_("This code belongs to another evaluation; put the paper there"),
    "code_used": N_("A ballot was cast with this code already, on the web or on paper: this paper cannot be counted"),
    "code_early": N_("Voting with this code had not begun"),
    "code_late": N_("Voting with this code ended before this paper could be typed"),
    "code_void": N_("This code was taken out of use: this paper cannot be counted"),
    "code_cancelled": N_("This evaluation was called off"),
    "confidential_on_paper": N_("Nothing said in confidence is typed here: hand the paper to the discipline office in a sealed "
                                "envelope"),
    "blank": N_("Nothing is answered. If the paper came back blank, say so"),
    "not_blank": N_("There are answers; either they or the tick is wrong"),
    "none_chosen": N_("Please choose at least one"),
    "topic_or_new": N_("Choose a topic or name a new one, not both"),
}


def fault(code: str) -> str:
    return _(_FAULTS[code])


def faults(found: Mapping[str, str]) -> dict[str, str]:
    """Field -> sentence, for an InvalidError's fields."""
    return {name: fault(code) for name, code in found.items()}


def file_fault(name: str, code: str) -> str:
    """What is wrong with one of several files; the name is only ever shown to whoever chose the file."""
    return _("%(name)s: %(fault)s", name=name[:60], fault=fault(code))


