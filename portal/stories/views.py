"""The stories and one story."""

from flask import Blueprint, abort, render_template, request

from portal.publishing.queries import articles, find_article, matching
from portal.web.caching import public_page
from portal.web.words import language

blueprint = Blueprint("stories", __name__, url_prefix="/stories")


@blueprint.get("")
@public_page
def index() -> str:
    query = request.args.get("q", "").strip()[:60]
    every = sorted(articles("story", language()), key=lambda each: each.head.published_on, reverse=True)
    return render_template("stories/index.html", stories=matching(every, query) if query else every, query=query,
                           total=len(every))


@blueprint.get("/<slug>")
@public_page
def story(slug: str) -> str:
    article = find_article("story", slug, language()) or abort(404)
    related = [found for each in article.head.services if (found := find_article("service", each, language()))]
    measures = [(each.measure, each.before, each.after) for each in article.words.before_after]
    return render_template("stories/story.html", article=article, head=article.head, words=article.words,
                           measures=measures, related=related)
