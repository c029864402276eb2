"""One process of waitress with the portal's own number of threads, for the portal or for a bare Flask beside it.

    python -m tests.bench.server portal|bare PORT [DATABASE]

`bare` answers / with a word and /list with the 25 newest rows: raw sqlite3, one statement, one small template.
"""

import logging
import sqlite3
import sys
import threading

import waitress
from flask import Flask

from portal.server import CONNECTIONS, IDLE_SECONDS, THREADS

_ROWS = "SELECT number, category, unit, state, received_on, title FROM public_cases ORDER BY id DESC LIMIT 25"
_PAGE = """<!doctype html>
<html lang="zh-Hans">
<head><meta charset="utf-8"><title>进度公开</title></head>
<body><h1>进度公开</h1>
<ul>
{% for row in rows %}<li><a href="/cases/{{ row.number }}">{{ row.title or row.category }}</a>
<p>{{ row.number }} · {{ row.unit }} · {{ row.state }} · {{ row.received_on }}</p></li>
{% endfor %}</ul>
</body>
</html>
"""


def bare(database: str) -> Flask:
    app, local = Flask("bare"), threading.local()
    template = app.jinja_env.from_string(_PAGE)

    @app.get("/")
    def hello() -> str:
        return "hello"

    @app.get("/list")
    def rows() -> str:
        if not hasattr(local, "file"):
            local.file = sqlite3.connect(database)
            local.file.row_factory = sqlite3.Row
        return template.render(rows=local.file.execute(_ROWS).fetchall())

    return app


def main(what: str, port: str, database: str = "") -> None:
    if what == "bare":
        app = bare(database)
    else:
        from portal import create_app

        app = create_app()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    waitress.serve(app, host="127.0.0.1", port=int(port), threads=THREADS, connection_limit=CONNECTIONS,
                   channel_timeout=IDLE_SECONDS, clear_untrusted_proxy_headers=False, ident=None, _quiet=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
