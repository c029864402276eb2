"""What was written in open answers: read one by one in an order that tells nothing, and put under topics. Never public."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.db import transaction
from portal.desk.campaigns import planners_only
from portal.desk.views import blueprint
from portal.domain.campaign import Phase
from portal.domain.errors import InvalidError, NotFoundError
from portal.domain.given import clean
from portal.domain.questions.base import Question, Summary
from portal.evaluation import words
from portal.evaluation.queries import Campaign, get_campaign
from portal.evaluation.words import PAGE
from portal.web.current import vault
from portal.web.faults import faults
from portal.web.guards import viewer
from portal.web.words import _, ngettext, said

_WORDS = "/campaigns/<slug>/words"
_ASIDE = "aside"
_LONGEST_ID = 32


@dataclass(frozen=True)
class Shelf:
    """One list of words: of a question, and where they lie: unread, under a topic, or set aside."""

    question: str
    topic: int | None
    is_aside: bool
    after: str

    @property
    def place(self) -> str:
        """As it stands in an address."""
        return _ASIDE if self.is_aside else str(self.topic or "")


@blueprint.get(_WORDS)
@planners_only
def ballot_words(slug: str) -> str:
    """What was written, from the promised day on; the page before says so."""
    campaign = _campaign(slug)
    if campaign.phase is not Phase.PUBLISHED:
        return render_template("desk/ballot_words_before.html", campaign=campaign)
    return _page(campaign, _shelf(campaign, request.args))


@blueprint.post(_WORDS)
@planners_only
def ballot_words_put(slug: str) -> ResponseReturnValue:
    """Several words at once under one topic, an old or a new one, or aside."""
    campaign = _campaign(slug)
    shelf = _shelf(campaign, request.form)
    chosen = [each[:_LONGEST_ID] for each in request.form.getlist("words")[:PAGE]]
    try:
        with transaction():
            done = _put(slug, shelf, chosen)
    except InvalidError as refusal:
        return _page(campaign, shelf, faults(refusal.fields)), 422
    _tell(done, len(chosen) - done)
    return redirect(_address(slug, shelf), 303)


@blueprint.post(f"{_WORDS}/topics/<int(max=2147483647):topic_id>")
@planners_only
def ballot_topic_rename(slug: str, topic_id: int) -> ResponseReturnValue:
    campaign = _campaign(slug)
    shelf = _shelf(campaign, {"question": request.form.get("question", ""), "place": str(topic_id)})
    name, name_en = (clean(request.form.get(each, "")) for each in ("new_name", "new_name_en"))
    try:
        with transaction():
            words.rename_topic(slug, topic_id, name, name_en, by=g.staff.actor)
    except InvalidError as refusal:
        return _page(campaign, shelf, {f"new_{at}": words for at, words in faults(refusal.fields).items()}), 422
    flash(_("Renamed."))
    return redirect(_address(slug, shelf), 303)


def _put(slug: str, shelf: Shelf, chosen: list[str]) -> int:
    """Returns how many were put; those that a colleague moved meanwhile stay where they are."""
    name, asked = clean(request.form.get("name", "")), request.form.get("topic", "")
    if not chosen:
        raise InvalidError({"words": "none_chosen"})
    topic = None
    if request.form.get("step") != _ASIDE:
        if bool(name) == bool(asked):
            raise InvalidError({"topic": "topic_or_new" if name else "choice"})
        topic = _name(slug, name) if name else _number(asked)
        if topic is None:
            raise InvalidError({"topic": "choice"})
    return words.put_under(slug, chosen, topic=topic, by=g.staff.actor, seen=(shelf.topic, shelf.is_aside))


def _name(slug: str, name: str) -> int:
    return words.name_topic(slug, name, clean(request.form.get("name_en", "")), by=g.staff.actor)


def _tell(done: int, moved: int) -> None:
    if done:
        flash(ngettext("%(num)s answer was sorted.", "%(num)s answers were sorted.", done))
    if moved:
        flash(ngettext("%(num)s answer had been sorted by a colleague meanwhile and stays there.",
                       "%(num)s answers had been sorted by a colleague meanwhile and stay there.", moved))


def _campaign(slug: str) -> Campaign:
    return get_campaign(slug, clock.today(), staff=True)


def open_questions(campaign: Campaign) -> list[Question]:
    """Those that are answered in words which stay with the evaluation; what is told in confidence never comes here."""
    return [each for each in campaign.form.questions
            if each.kind.summary(each) is Summary.TEXTS and each.becomes != "report"]


def _shelf(campaign: Campaign, asked: Mapping[str, str]) -> Shelf:
    """The list that is asked for; else the first question with words that nobody has read. Raises NotFoundError."""
    known = [each.id for each in open_questions(campaign)]
    question, place = asked.get("question", ""), asked.get("place", "")
    if question and question not in known:
        raise NotFoundError
    if not question:
        left = words.waiting(campaign.id)
        question = next((each for each in known if left.get(each, (0, 0))[0]), known[0] if known else "")
    topic = _number(place)
    if place not in ("", _ASIDE) and topic not in {each.id for each in words.topics(campaign.id)}:
        raise NotFoundError
    return Shelf(question, topic, place == _ASIDE, asked.get("after", "")[:_LONGEST_ID])


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None  # noqa: PLR2004 - fits any id


def _address(slug: str, shelf: Shelf, **changes: Any) -> str:
    asked = {"question": shelf.question, "place": shelf.place or None, "after": shelf.after or None, **changes}
    return url_for("desk.ballot_words", slug=slug, **asked)


def _page(campaign: Campaign, shelf: Shelf, errors: Mapping[str, str] | None = None) -> str:
    found = words.unread(campaign.slug, viewer(), vault=vault(), question=shelf.question, topic=shelf.topic,
                         set_aside=shelf.is_aside, after=shelf.after) if shelf.question else []
    topics, left = words.topics(campaign.id), words.waiting(campaign.id)
    more = _address(campaign.slug, shelf, after=found[PAGE - 1].id) if len(found) > PAGE else None
    first = _address(campaign.slug, shelf, after=None) if shelf.after else None
    return render_template(
        "desk/ballot_words.html", campaign=campaign, shelf=shelf, rows=found[:PAGE], errors=errors or {}, more=more,
        first=first, topics=[(each, _address(campaign.slug, shelf, place=each.id, after=None)) for each in topics],
        places=_places(campaign, shelf, left), questions=_questions(campaign, shelf, left), given=request.form,
        shown=next((each for each in topics if each.id == shelf.topic), None))


def _questions(campaign: Campaign, shelf: Shelf, left: Mapping[str, tuple[int, int]]) -> list[SimpleNamespace]:
    total = words.written(campaign.id)
    return [SimpleNamespace(
        url=_address(campaign.slug, shelf, question=each.id, place=None, after=None), current=each.id == shelf.question,
        label=_("%(number)s. %(text)s", number=campaign.form.numbers[each.id], text=said(each, "text")),
        total=total.get(each.id, 0), unread=left.get(each.id, (0, 0))[0]) for each in open_questions(campaign)]


def _places(campaign: Campaign, shelf: Shelf, left: Mapping[str, tuple[int, int]]) -> list[tuple[str, int, str, bool]]:
    """Not read yet, and set aside: word, number, address, whether it is shown."""
    unread, aside = left.get(shelf.question, (0, 0))
    return [(_("Not sorted yet"), unread, _address(campaign.slug, shelf, place=None, after=None), not shelf.place),
            (_("Set aside"), aside, _address(campaign.slug, shelf, place=_ASIDE, after=None), shelf.is_aside)]
