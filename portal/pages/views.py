"""Home, the pages of content/pages, the reader's preferences, and the small addresses that machines ask for."""

from flask import Blueprint, abort, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from portal import clock, migrate
from portal.casework import public
from portal.db import db
from portal.web import preferences as manner
from portal.web.caching import content_page, public_page
from portal.web.current import settings
from portal.web.errors import csrf
from portal.web.published import find_published, published

blueprint = Blueprint("pages", __name__)
_ON_HOME = 5


@blueprint.get("/")
@public_page
def home() -> str:
    month = f"{clock.today():%Y-%m}"
    return render_template(
        "pages/home.html", newest=public.newest(_ON_HOME), total=public.total_public(), month=month,
        counts=public.month_counts(month), changed=public.newest_changed(3), today=clock.today(),
        services=published("service"), stories=published("story")[:3])


@blueprint.get("/<slug>")
@content_page
def page(slug: str) -> str:
    article = find_published("page", slug) or abort(404)
    return render_template("pages/page.html", article=article)


@blueprint.post("/preferences")
@csrf.exempt
def preferences() -> ResponseReturnValue:
    """Takes any of the four choices; needs no token, since it can only change how pages look."""
    chosen = g.prefs
    for name in manner.CHOICES:
        chosen = chosen.changed(name, request.form.get(name, ""))
    response = redirect(_local(request.form.get("back", "/")), 303)
    manner.keep(response, chosen)
    return response


@blueprint.get("/style-guide")
def style_guide() -> str:
    """Every component with an example; for those who build the site."""
    if not (settings().demo or current_app.debug or current_app.testing):
        abort(404)
    return render_template("pages/style_guide.html")


@blueprint.get("/healthz")
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when the database answers and stands where the code expects it, else 503."""
    try:
        ready = migrate.current(db.engine) == migrate.HEAD
    except SQLAlchemyError:
        ready = False
    return Response("ready\n" if ready else "not ready\n", 200 if ready else 503, mimetype="text/plain")


@blueprint.get("/robots.txt")
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /track\nDisallow: /opinions\nDisallow: /desk\n", mimetype="text/plain")


def _local(back: str) -> str:
    """Only addresses of this site, without a language that would undo the choice just made."""
    is_local = back.startswith("/") and not back.startswith("//") and "\\" not in back and back.isprintable()
    path, _, query = (back if is_local else "/").partition("?")
    kept = "&".join(part for part in query.split("&") if part and not part.startswith("lang="))
    return f"{path}?{kept}" if kept else path
