"""What is evaluated, by its name: a unit, a place, a service, or the police as a whole."""

from portal.web.current import content
from portal.web.published import find_published, published
from portal.web.words import _, said


def subject_name(code: str) -> str:
    """The empty code is the police as a whole; one that content no longer knows stands for itself."""
    if not code:
        return _("The police as a whole")
    thing = content().units.get(code) or content().places.get(code)
    if thing is not None:
        return str(said(thing, "name"))
    service = find_published("service", code)
    return service.title if service is not None else code


def all_subjects() -> frozenset[str]:
    """Every code that a campaign may evaluate."""
    return frozenset((*content().units, *content().places, *(each.slug for each in published("service"))))
