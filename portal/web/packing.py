"""Text travels packed: public pages and static files. Pages that carry a token beside what a reader typed do not.

(Packing a secret together with words of the reader's choice lets a listener guess the secret by its length: BREACH.)
"""

import gzip

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

_PACKED = ("text/", "application/json", "image/svg+xml", "application/atom+xml")
_SHORTEST = 600  # bytes; below this packing gains nothing
_LEVEL = 5
_MOST_KEPT = 300


def install(app: Flask) -> None:
    app.after_request(pack)


def pack(response: Response) -> Response:
    """Each text is packed once: it is kept under the tag that changes with it."""
    tag = response.headers.get("ETag")
    if not tag or response.status_code != 200 or not str(response.content_type).startswith(_PACKED):
        return response
    if "Vary" not in response.headers:
        response.headers["Vary"] = "Accept-Encoding"
    if "gzip" not in request.accept_encodings or request.range:
        return response
    response.direct_passthrough = False
    plain = response.get_data()  # read even when it is packed already: an opened file must be closed
    ready: dict[tuple[str, str], bytes] = current_app.extensions["portal-packed"]
    key = (request.path, tag)
    packed = ready.get(key)
    if packed is None:
        if len(ready) >= _MOST_KEPT:
            ready.clear()
        packed = ready[key] = gzip.compress(plain, _LEVEL, mtime=0)
    if len(packed) > _SHORTEST:
        response.set_data(packed)
        response.headers["Content-Encoding"] = "gzip"
    return response
