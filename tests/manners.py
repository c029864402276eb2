"""What must be true of every page of the site; the strict client asks it of each page that any test fetches."""

import re
from collections import Counter
from collections.abc import Iterator

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from tests.page import Node, Page
from tests.watch import chinese, untranslated

_LANGUAGES = {"zh": "zh-Hans", "en": "en"}
_HEADERS = ("Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options", "Cache-Control")
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "figure", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul"})
_PHRASES = frozenset({
    "abbr", "b", "bdi", "button", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "label", "p", "pre", "small", "span",
    "strong", "sub", "sup"})
_HOLDS_ONLY = {
    "ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}, "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"}, "tbody": {"tr"}, "tfoot": {"tr"}, "tr": {"td", "th"}, "select": {"option", "optgroup"}}
_STANDS_IN = {"li": {"ul", "ol", "menu"}, "tr": {"table", "thead", "tbody", "tfoot"}, "td": {"tr"}, "th": {"tr"},
              "dt": {"dl", "div"}, "dd": {"dl", "div"}, "option": {"select", "optgroup", "datalist"}, "legend": {"fieldset"}}
_ALONE = {"a": {"a", "button"}, "button": {"a", "button"}, "label": {"label"}, "form": {"form"}}
_UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})
_REFERS = ("aria-describedby", "aria-labelledby", "aria-controls", "for", "list")
_SAID = ("aria-label", "placeholder", "title", "alt")
_INTERFACE = frozenset({"button", "footer", "label", "legend", "th"})
_HAN = re.compile(r"[\u4e00-\u9fff]")


def faults(page: Page, *, lang: str, whole: bool) -> Iterator[str]:
    """Everything wrong with a page, in words. A fragment is not `whole`."""
    yield from page.slips
    yield from _grammar(page)
    yield from _nothing_inline(page)
    yield from _ids(page, whole=whole)
    yield from _labels(page)
    yield from _language(page, lang)
    if whole:
        yield from _frame(page, lang)


def faulty_headers(response: TestResponse) -> Iterator[str]:
    for name in _HEADERS:
        if name not in response.headers:
            yield f"the header {name} is missing"
    if "unsafe" in response.headers.get("Content-Security-Policy", ""):
        yield "the content security policy allows something unsafe"
    if "ETag" in response.headers and response.mimetype == "text/html" and 'name="csrf_token"' in response.text:
        yield "a page that is kept for everyone holds one visitor's token"


def dead_links(page: Page, app: Flask) -> Iterator[str]:
    """Links inside the site that no view would answer."""
    routes = app.url_map.bind("localhost")
    for node in page.all("a", "form"):
        address = node.attrs.get("href", node.attrs.get("action", ""))
        if not address.startswith("/"):
            continue
        method = "POST" if node.attrs.get("method", "").lower() == "post" else "GET"
        try:
            routes.match(address.split("?")[0].split("#")[0], method=method)
        except RequestRedirect:
            yield f"{node} leads over a redirect"
        except HTTPException as refusal:
            yield f"{node} leads nowhere: {refusal.code}"


def _frame(page: Page, lang: str) -> Iterator[str]:
    if not page.source.lstrip().lower().startswith("<!doctype html>"):
        yield "the page does not begin with <!doctype html>"
    html = page.all("html")
    if not html or html[0].attrs.get("lang") != _LANGUAGES[lang]:
        yield f"the language of the page is {[node.attrs.get('lang') for node in html]}, not {_LANGUAGES[lang]!r}"
    for tag in ("title", "main", "h1"):
        if len([node for node in page.all(tag) if not any(each.tag == "svg" for each in node.parents())]) != 1:
            yield f"there are {len(page.all(tag))} <{tag}> instead of one"
            return
    title, h1 = page.title, page.h1
    if not h1 or not title or not (h1.startswith(title) or title.startswith(h1)):
        yield f"the title {title!r} and the h1 {h1!r} do not begin alike"


def _grammar(page: Page) -> Iterator[str]:
    for node in page:
        parent = node.parent.tag if node.parent else ""
        above = {each.tag for each in node.parents()}
        if "svg" in above:
            continue
        if node.tag in _BLOCKS and parent in _PHRASES:
            yield f"{node} may not stand in <{parent}>"
        if node.tag in _STANDS_IN and parent not in _STANDS_IN[node.tag]:
            yield f"{node} may not stand in <{parent}>"
        if parent in _HOLDS_ONLY and node.tag not in _HOLDS_ONLY[parent]:
            yield f"{node} may not stand in <{parent}>"
        if above & _ALONE.get(node.tag, set()):
            yield f"{node} stands in a <{', '.join(above & _ALONE[node.tag])}>"
        if node.tag in _HOLDS_ONLY and any(isinstance(child, str) and child.strip() for child in node.children):
            yield f"{node} holds bare words"


def _nothing_inline(page: Page) -> Iterator[str]:
    for node in page:
        if node.tag == "style" or "style" in node.attrs:
            yield f"{node} has an inline style"
        if node.tag == "script" and ("src" not in node.attrs or "".join(map(str, node.children)).strip()):
            yield f"{node} is an inline script"
        for name, value in node.attrs.items():
            if name.startswith("on") or value.strip().lower().startswith("javascript:"):
                yield f"{node} has an inline handler: {name}"


def _ids(page: Page, *, whole: bool) -> Iterator[str]:
    times = Counter(node.attrs["id"] for node in page if "id" in node.attrs)
    for name, count in times.items():
        if count > 1 or not name or " " in name:
            yield f"the id {name!r} stands {count} times"
    if not whole:
        return
    for node in page:
        wanted = [each for name in _REFERS for each in node.attrs.get(name, "").split()]
        wanted += [node.attrs["href"][1:]] if node.attrs.get("href", "").startswith("#") else []
        for each in wanted:
            if each not in times:
                yield f"{node} points to the id {each!r}, which is not there"


def _labels(page: Page) -> Iterator[str]:
    labelled = {node.attrs["for"]: node.text for node in page.all("label") if "for" in node.attrs}
    for node in page:
        named = node.attrs.get("aria-label") or node.attrs.get("aria-labelledby")
        if node.tag in ("input", "select", "textarea") and node.attrs.get("type") not in _UNLABELLED:
            wrapped = any(each.tag == "label" for each in node.parents())
            if not (named or wrapped or labelled.get(node.attrs.get("id", ""))):
                yield f"{node} has no label"
        if node.tag in ("a", "button") and not (named or node.text or node.all("img", "svg")):
            yield f"{node} has no words"
        if node.tag == "img" and "alt" not in node.attrs:
            yield f"{node} has no alt"
        if node.tag == "fieldset" and not (named or [each for each in node.all("legend") if each.text]):
            yield f"{node} has no legend"


def _language(page: Page, lang: str) -> Iterator[str]:
    if lang == "zh":
        for message in dict.fromkeys(untranslated()):
            yield f"no Chinese for {message!r}"
        known = chinese()
        for node, words in _spoken(page):
            if known.get(words, words) != words and not _speaks(node, "en"):
                yield f"{node} says {words!r} in English"
    else:
        for node, words in _spoken(page):
            inside = {node.tag, *(each.tag for each in node.parents())}
            if _HAN.search(words) and inside & _INTERFACE and not _speaks(node, "zh-Hans"):
                yield f"{node} says {words!r} in Chinese"


def _spoken(page: Page) -> Iterator[tuple[Node, str]]:
    for node in page:
        for child in node.children:
            if isinstance(child, str) and child.strip():
                yield node, " ".join(child.split())
        for name in _SAID:
            if node.attrs.get(name):
                yield node, node.attrs[name]


def _speaks(node: Node, lang: str) -> bool:
    return any(each.attrs.get("lang") == lang for each in (node, *node.parents()) if each.tag != "html")
