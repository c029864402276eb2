"""The strict colleague: fetches pages as a browser would, and refuses every page that breaks the site's manners."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, has_app_context, session
from werkzeug.test import TestResponse

from portal.accounts.queries import Staff
from portal.web import guards
from tests import manners
from tests.page import Page, values
from tests.watch import Watch

MOST_STATEMENTS = 25  # of SQL, for one page


class Client:
    """One browser. `page` is the last page it was shown, `response` the last answer, `location` where that one led."""

    def __init__(self, app: Flask, watch: Watch) -> None:
        self.app, self.watch, self.http = app, watch, app.test_client()
        self.page = Page("")
        self.response: TestResponse | None = None
        self.location = ""
        self._token: str | None = None

    def get(self, url: str, status: int = 200, *, statements: int = MOST_STATEMENTS, headers: Mapping[str, str] | None = None,
            whole: bool = True) -> Page:
        """The page at this address. `whole=False` for a fragment that a script puts into a page."""
        self.watch.forget()
        had_cookies = bool(self._cookies())
        response = self.fetch(url, status, headers=headers)
        if len(self.watch.statements) > statements:
            self._refuse("GET", url, [f"{len(self.watch.statements)} SQL statements", *self.watch.statements])
        cookie = response.headers.get("Set-Cookie", "").split("=")[0]
        if cookie and not had_cookies and "lang=" not in url and 'name="csrf_token"' not in response.text:
            self._refuse("GET", url, [f"a cookie is set without need: {cookie}"])
        return self._shown("GET", url, response, whole=whole)

    def post(self, url: str, data: Mapping[str, Any] | None = None, status: int = 303, *, token: bool = True,
             whole: bool = True) -> Page:
        """Sends a form, with the token of the last page or of the page at this address."""
        given = {**({"csrf_token": self._csrf_token(url)} if token else {}), **(data or {})}
        self.watch.forget()
        response = self._open("POST", url, status, data=given)
        if 300 <= response.status_code < 400:
            self._token = None  # whoever has signed in or out needs another one
        return self._shown("POST", url, response, whole=whole)

    def submit(self, data: Mapping[str, Any] | None = None, status: int = 303, *, to: str = "") -> Page:
        """Fills in the form of the page that posts to an address ending so, and sends it with everything it holds."""
        form, data = self.page.form(to), data or {}
        names = {node.attrs.get("name") for node in form.all("input", "select", "textarea", "button")}
        assert set(data) <= names, f"the form has no fields {sorted(set(data) - names)}; it has {sorted(filter(None, names))}"
        address = form.attrs.get("action") or urlsplit(self._address).path
        return self.post(address, {**values(form), **data}, status)

    def follow(self, status: int = 200) -> Page:
        """The page that the last answer led to."""
        assert self.location, "the last answer led nowhere"
        return self.get(self.location, status)

    def fetch(self, url: str, status: int = 200, *, headers: Mapping[str, str] | None = None) -> TestResponse:
        """Anything that is no page: a file, a feed, a not-modified."""
        return self._open("GET", url, status, headers=headers)

    def sign_in(self, staff: Staff) -> "Client":
        """As after a right password, without the time that checking one takes."""
        with self.app.test_request_context():
            guards.sign_in(staff)
            kept = dict(session)
        with self.http.session_transaction() as opened:
            opened.clear()
            opened.update(kept)
        self._token = None
        return self

    def _open(self, method: str, url: str, status: int, **more: Any) -> TestResponse:
        assert not has_app_context(), "leave the app context before asking for a page: the answer would share its session"
        response = self.http.open(url, method=method, buffered=True, **more)
        response.request.environ["wsgi.input"].close()  # a large upload lies in a temporary file
        self.response, self.location = response, response.headers.get("Location", "")
        found = list(manners.faulty_headers(response)) + self.watch.left
        if response.status_code != status:
            shown = Page(response.text) if response.mimetype == "text/html" else None
            found.append(f"the answer is {response.status_code} instead of {status} {self.location}")
            found += [f"it says: {line}" for line in (shown.errors or [node.text for node in shown.all("h1")])] if shown else []
        if found:
            self._refuse(method, url, found)
        return response

    def _shown(self, method: str, url: str, response: TestResponse, *, whole: bool) -> Page:
        if response.mimetype != "text/html" or 300 <= response.status_code < 400:
            return self.page
        self._address, page = url, Page(response.text)
        found = [*manners.faults(page, lang=self._language(url), whole=whole), *manners.dead_links(page, self.app)]
        if found:
            self._refuse(method, url, found)
        tokens = page.all("input", name="csrf_token")
        self._token = tokens[0].attrs["value"] if tokens else self._token
        self.page = page
        return page

    def _refuse(self, method: str, url: str, found: list[str]) -> None:
        raise AssertionError(f"{method} {url}:" + "".join(f"\n  - {each}" for each in found))

    def _csrf_token(self, url: str) -> str:
        """From the last page, else from the page at this address, else from any page with a form."""
        for address in (urlsplit(url).path, self.location, "/opinions/new"):
            if self._token:
                break
            tokens = Page(self.http.get(address).text).all("input", name="csrf_token") if address else []
            self._token = tokens[0].attrs["value"] if tokens else None
        assert self._token, "no page gave a token"
        return self._token

    def _language(self, url: str) -> str:
        asked = parse_qs(urlsplit(url).query).get("lang", [""])[0]
        kept = self.http.get_cookie("view")
        return asked or (kept.value.split(".")[0] if kept else "zh")

    def _cookies(self) -> object:
        return self.http._cookies  # werkzeug has no public way to ask whether there are any
