"""Markdown of staff and content files -> cleaned HTML. The only place that marks a text as safe to show as it is.

What citizens write never comes here: it is shown as plain text.
"""

import bleach
import markdown
from markupsafe import Markup

_TAGS = frozenset("a abbr blockquote br code dd del dl dt em h2 h3 h4 hr li ol p strong sub sup table tbody td th "
                  "thead tr ul".split())
_ATTRIBUTES = {"a": ["href", "title"], "abbr": ["title"], "td": ["colspan", "rowspan"],
               "th": ["colspan", "rowspan", "scope"]}
_PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})
_EXTENSIONS = ("tables", "sane_lists", "def_list")


def render(source: str) -> str:
    """Cleaned HTML: headings from level two, no styles, no scripts, no pictures, no raw HTML beyond the list."""
    made = markdown.markdown(source, extensions=_EXTENSIONS, output_format="html")
    return bleach.clean(made, tags=_TAGS, attributes=_ATTRIBUTES, protocols=_PROTOCOLS, strip=True)


def cleaned(html: str) -> Markup:
    """What `render` made earlier and the record kept, to be shown as it is."""
    return Markup(html)  # noqa: S704 - the one place: only `render` fills the columns that are shown through this
