"""Refusals are pages: what happened and what to do next, in the reader's language."""

import gzip

import pytest
from flask import Flask

from portal.web import errors
from tests import builders
from tests.client import Client


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_every_refusal_is_a_designed_page(app: Flask, client: Client, status: int, lang: str) -> None:
    app.view_functions["pages.healthz"], kept = (lambda: errors.page(status)), app.view_functions["pages.healthz"]
    try:
        page = client.get(f"/healthz?lang={lang}", status=status)
    finally:
        app.view_functions["pages.healthz"] = kept
    assert page.h1
    assert [link for link in page.all("a") if link.attrs.get("href") == "/track"]


def test_the_wrong_method_is_told(client: Client) -> None:
    client.post("/progress", status=405)


def test_a_forged_request_is_refused(client: Client, app: Flask) -> None:
    sent = builders.submit(app)
    client.get("/track")
    client.post("/track", {"code": sent.code}, status=400, token=False)


@pytest.mark.parametrize(("changed", "kept"), [
    ({"text": "large"}, "large"), ({"text": "huge"}, "standard"), ({"contrast": "high"}, "standard"),
])
def test_the_view_is_changed_by_a_cookie_without_script(client: Client, changed: dict[str, str], kept: str) -> None:
    client.post("/preferences", {"back": "/services?q=%E8%AF%81", **changed}, token=False)
    assert client.location == "/services?q=%E8%AF%81"
    assert client.follow().one("html").attrs["data-text"] == kept


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nSet-Cookie: x"])
def test_the_way_back_stays_on_the_site(client: Client, back: str) -> None:
    client.post("/preferences", {"back": back, "text": "large"}, token=False)
    assert client.location == "/"


def test_the_language_is_remembered(client: Client) -> None:
    client.get("/?lang=en")
    assert client.get("/about").one("html").attrs["lang"] == "en"
    client.post("/preferences", {"back": "/about?lang=en", "lang": "zh"}, token=False)
    assert client.location == "/about"
    assert client.follow().one("html").attrs["lang"] == "zh-Hans"


def test_readiness(client: Client) -> None:
    assert client.fetch("/healthz").text == "ok\n"
    assert client.fetch("/readyz").text == "ready\n"


def test_public_pages_and_files_travel_packed_and_pages_with_tokens_do_not(client: Client) -> None:
    packed = {"Accept-Encoding": "gzip"}
    for address in ("/", "/about", "/progress", client.get("/").all("link", rel="stylesheet")[0].attrs["href"]):
        answer = client.http.get(address, headers=packed, buffered=True)
        assert answer.headers["Content-Encoding"] == "gzip", address
        assert gzip.decompress(answer.data) == client.http.get(address, buffered=True).data
        assert "Accept-Encoding" in answer.headers["Vary"]
    for address in ("/opinions/new", "/track", "/desk/sign-in"):
        assert "Content-Encoding" not in client.http.get(address, headers=packed).headers
