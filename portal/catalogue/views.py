"""The catalogue of services and one service."""

from flask import Blueprint, abort, render_template, request

from portal.domain.people import N_
from portal.publishing.queries import articles, find_article, matching
from portal.web.caching import public_page
from portal.web.current import content
from portal.web.words import language

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


@blueprint.get("")
@public_page
def index() -> str:
    query = request.args.get("q", "").strip()[:60]
    line = request.args.get("category", "")
    every = articles("service", language())
    found = [each for each in (matching(every, query) if query else every)
             if line not in LINES or each.head.line == line]
    groups = [(code, title, [each for each in found if each.head.line == code]) for code, title in LINES.items()]
    return render_template("catalogue/index.html", groups=[group for group in groups if group[2]], lines=LINES,
                           query=query, line=line if line in LINES else "", count=len(found), total=len(every))


@blueprint.get("/<slug>")
@public_page
def service(slug: str) -> str:
    article = find_article("service", slug, language()) or abort(404)
    places = content().places
    return render_template("catalogue/service.html", article=article, head=article.head, words=article.words,
                           places=[places[code] for code in article.head.places if code in places], channels=CHANNELS,
                           line=LINES.get(article.head.line, article.head.line))
