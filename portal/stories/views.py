"""The stories and one story."""

from flask import Blueprint, abort, render_template, request

from portal.publishing.queries import matching
from portal.web.caching import content_page
from portal.web.published import find_published, published

blueprint = Blueprint("stories", __name__, url_prefix="/stories")


@blueprint.get("")
@content_page
def index() -> str:
    query = request.args.get("q", "").strip()[:60]
    every = sorted(published("story"), key=lambda each: each.head.published_on, reverse=True)
    return render_template("stories/index.html", stories=matching(every, query) if query else every, query=query,
                           total=len(every))


@blueprint.get("/<slug>")
@content_page
def story(slug: str) -> str:
    article = find_published("story", slug) or abort(404)
    related = [found for each in article.head.services if (found := find_published("service", each))]
    measures = [(each.measure, each.before, each.after) for each in article.words.before_after]
    return render_template("stories/story.html", article=article, head=article.head, words=article.words,
                           measures=measures, related=related)
