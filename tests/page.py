"""A page as a tree, read strictly: every element is closed where it must be. Knows no rule about what a page says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


@dataclass
class Node:
    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    parent: "Node | None" = field(default=None, repr=False)
    children: list["Node | str"] = field(default_factory=list, repr=False)
    line: int = 0

    def __iter__(self) -> Iterator["Node"]:
        """Every element below, in the order of the page."""
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child

    def all(self, *tags: str, **attrs: str) -> list["Node"]:
        """Elements of these tags (any, if none is named) whose attributes are so; `class_` holds that class."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [node for node in self if (not tags or node.tag in tags) and all(
            value in node.attrs.get(name, "").split() if name == "class" else node.attrs.get(name) == value
            for name, value in wanted.items())]

    def one(self, *tags: str, **attrs: str) -> "Node":
        found = self.all(*tags, **attrs)
        assert len(found) == 1, f"{len(found)} elements are {tags} {attrs}"
        return found[0]

    def parents(self) -> Iterator["Node"]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    @property
    def text(self) -> str:
        """All words inside, with single spaces."""
        return " ".join("".join(self._words()).split())

    def _words(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in ("script", "template"):
                yield from child._words()
                if child.tag not in _INLINE:
                    yield " "

    def __str__(self) -> str:
        shown = "".join(f' {name}="{value}"' for name, value in self.attrs.items() if name in ("id", "class", "name", "href"))
        return f"<{self.tag}{shown}> in line {self.line}"


_INLINE = frozenset({"a", "abbr", "b", "bdi", "code", "em", "i", "mark", "small", "span", "strong", "sub", "sup"})


class Page(Node):
    """The whole document. `slips` are the faults of its grammar."""

    def __init__(self, source: str) -> None:
        super().__init__("")
        self.source = source
        reader = _Reader(self)
        reader.feed(source)
        reader.close()
        self.slips = reader.slips + [f"{node} is not closed" for node in reader.open[1:]]

    @property
    def h1(self) -> str:
        return self.one("h1").text

    @property
    def title(self) -> str:
        """The page's own part of the title."""
        return next(node for node in self if node.tag == "title").text.rsplit(" · ", 1)[0]

    @property
    def errors(self) -> list[str]:
        """What the box of errors says, line by line."""
        return [line.text for box in self.all(class_="error-summary") for line in box.all("li")]

    def form(self, ending: str = "") -> Node:
        """The one form that posts to an address with this ending; without one, the only posting form of the page."""
        forms = [form for form in self.all("form") if form.attrs.get("method", "").lower() == "post"
                 and form.attrs.get("action", "").endswith(ending)
                 and (ending or form.all("input", name="csrf_token"))]
        assert len(forms) == 1, f"{len(forms)} forms post to …{ending}"
        return forms[0]

    def link(self, words: str) -> str:
        """The address behind a link that says so."""
        found = [node.attrs["href"] for node in self.all("a") if node.text == words]
        assert found, f"no link says {words!r}"
        return found[0]


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[Node] = [page]
        self.slips: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs, closed=tag in VOID)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = self._start(tag, attrs, closed=True)
        if tag not in VOID and not any(each.tag == "svg" for each in (node, *node.parents())):
            self.slips.append(f"{node} is written as if it closed itself")

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.slips.append(f"line {self.getpos()[0]}: </{tag}> closes nothing; open is {self.open[-1]}")
            if any(node.tag == tag for node in self.open):
                while self.open.pop().tag != tag:
                    pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def _start(self, tag: str, attrs: list[tuple[str, str | None]], *, closed: bool) -> Node:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.open[-1], line=self.getpos()[0])
        if len(node.attrs) != len(attrs):
            self.slips.append(f"{node} says an attribute twice")
        self.open[-1].children.append(node)
        if not closed:
            self.open.append(node)
        return node


def values(form: Node) -> dict[str, str | list[str]]:
    """What a browser would send of a form as it stands, its buttons left out."""
    sent: dict[str, str | list[str]] = {}
    for node in form.all("input", "select", "textarea"):
        name, kind = node.attrs.get("name", ""), node.attrs.get("type", "text")
        if not name or "disabled" in node.attrs or kind in ("submit", "button", "file", "image", "reset"):
            continue
        if kind in ("checkbox", "radio"):
            if "checked" in node.attrs:
                _add(sent, name, node.attrs.get("value", "on"), several=kind == "checkbox")
        elif node.tag == "select":
            options = node.all("option")
            chosen = [each for each in options if "selected" in each.attrs] or options[:1]
            sent[name] = chosen[0].attrs.get("value", chosen[0].text) if chosen else ""
        elif node.tag == "textarea":
            sent[name] = "".join(child for child in node.children if isinstance(child, str)).removeprefix("\n")
        else:
            sent[name] = node.attrs.get("value", "")
    return sent


def _add(sent: dict[str, str | list[str]], name: str, value: str, *, several: bool) -> None:
    before = sent.get(name)
    if several and before is not None:
        sent[name] = [*([before] if isinstance(before, str) else before), value]
    else:
        sent[name] = value
