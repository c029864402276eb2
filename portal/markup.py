"""Markdown of staff and content files -> cleaned HTML. The only place that marks a text as safe to show as it is.

What citizens write never comes here: it is shown as plain text.
"""

from markupsafe import Markup, escape

_TAGS = frozenset({
    "a", "abbr", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h2", "h3", "h4", "hr", "li", "ol", "p",
    "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"})
_ATTRIBUTES = {"a": ["href", "title"], "abbr": ["title"], "td": ["colspan", "rowspan"],
               "th": ["colspan", "rowspan", "scope"]}
_PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})
_LONGEST_LABEL = 7  # characters: 姓名 with a number
_EXTENSIONS = ("tables", "sane_lists", "def_list")


def render(source: str) -> str:
    """Cleaned HTML: headings from level two, no styles, no scripts, no pictures, no raw HTML beyond the list."""
    import bleach  # both are needed when content changes only, not to answer requests
    import markdown

    made = markdown.markdown(source, extensions=_EXTENSIONS, output_format="html")
    return bleach.clean(made, tags=_TAGS, attributes=_ATTRIBUTES, protocols=_PROTOCOLS, strip=True)


def cleaned(html: str) -> Markup:
    """What `render` made earlier and the record kept, to be shown as it is."""
    return Markup(html)  # noqa: S704 - the one place: only `render` fills the columns that are shown through this


def ready_made(page: str) -> Markup:
    """What a template of ours rendered, to be put into another."""
    return Markup(page)  # noqa: S704 - escaped already, by the template


def masked(text: str) -> Markup:
    """Plain text with the labels of what was taken out set apart: ［姓名1］."""
    parts = str(text).split("［")
    shown = [escape(parts[0])]
    for part in parts[1:]:
        label, closed, rest = part.partition("］")
        is_label = bool(closed) and len(label) <= _LONGEST_LABEL
        shown.append(Markup('<span class="mask">［{}］</span>{}').format(label, rest) if is_label
                     else escape("［" + part))
    return Markup("").join(shown)
