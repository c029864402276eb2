"""The catalogue of services and one service."""

from typing import NamedTuple

from flask import Blueprint, abort, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from portal.domain.people import N_
from portal.publishing.queries import Article, matching
from portal.web.caching import content_page
from portal.web.current import content
from portal.web.published import find_published, published
from portal.web.words import _, language

blueprint = Blueprint("catalogue", __name__, url_prefix="/services")

# Lines of business, in the order of the catalogue; the codes stand in the heads of content/services.
LINES = {
    "household": N_("Household and identity"),
    "exit-entry": N_("Exit and entry"),
    "vehicles": N_("Vehicles and driving"),
    "public-order": N_("Public order permits"),
}
CHANNELS = {
    "station": N_("Police station"), "hall": N_("Service hall"), "exit-entry-hall": N_("Exit-entry hall"),
    "vehicle-office": N_("Vehicle office"), "hospital": N_("Hospital service point"), "machine": N_("Self-service machine"),
    "police-room": N_("Community police room"), "web": N_("Online"), "home": N_("Home visit"), "mail": N_("By post"),
}


class Term(NamedTuple):
    """A time limit or a fee in words; `basis` is empty where the words name it themselves."""

    text: str
    basis: str


@blueprint.record_once
def _lend_lines(setup: BlueprintSetupState) -> None:
    """The home page lists the services by line."""
    setup.app.jinja_env.globals["service_lines"] = LINES


@blueprint.app_template_filter()
def line_title(code: str) -> str:
    return _(LINES.get(code, code))


@blueprint.app_template_filter()
def channel_title(code: str) -> str:
    return _(CHANNELS.get(code, code))


@blueprint.get("")
@content_page
def index() -> str:
    query = request.args.get("q", "").strip()[:60]
    asked = request.args.get("category", "")
    line = asked if asked in LINES else ""
    every = published("service")
    found = [each for each in (matching(every, query) if query else every) if not line or each.head.line == line]
    groups = [(code, title, [each for each in found if each.head.line == code]) for code, title in LINES.items()]
    return render_template("catalogue/index.html", groups=[group for group in groups if group[2]], choices=_choices(),
                           query=query, line=line, count=len(found), chips=_chips(query, line))


@blueprint.get("/<slug>")
@content_page
def service(slug: str) -> str:
    article = find_published("service", slug) or abort(404)
    places = content().places
    return render_template("catalogue/service.html", article=article, head=article.head, words=article.words,
                           places=[places[code] for code in article.head.places if code in places],
                           **{name: _term(article, name) for name in ("promised", "statutory", "fee")})


def _term(article: Article, name: str) -> Term:
    if language() == "en":
        return Term(getattr(article.words, f"{name}_text"), "")
    stated = getattr(article.head, name)
    return Term(stated.text, stated.basis)


def _choices() -> list[tuple[str, str]]:
    return [("", _("All")), *((code, _(title)) for code, title in LINES.items())]


def _chips(query: str, line: str) -> list[tuple[str, str]]:
    """Each condition in words, and the address without it."""
    chips = [(f"“{query}”", url_for("catalogue.index", category=line or None))] if query else []
    return chips + ([(_(LINES[line]), url_for("catalogue.index", q=query or None))] if line else [])
