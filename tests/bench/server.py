"""One process of waitress with the portal's own number of threads, for the portal or for a bare Flask beside it.

    python -m tests.bench.server portal|bare PORT [DATABASE]

`bare` answers / with a word, /list with the 25 newest rows (raw sqlite3, one statement, one small template) and /orm
with the same page the way Flask's own packages do it: Flask-SQLAlchemy and mapped rows.
"""

import logging
import sqlite3
import sys
import threading

import waitress
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2 import Template
from sqlalchemy import Date, Integer, String, select
from sqlalchemy.orm import mapped_column

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

    _with_orm(app, database, template)
    return app


def _with_orm(app: Flask, database: str, template: Template) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{database}"
    db = SQLAlchemy(app)

    class Row(db.Model):  # type: ignore[name-defined,misc]
        __tablename__ = "public_cases"
        id = mapped_column(Integer, primary_key=True)
        number, category, unit = mapped_column(String), mapped_column(String), mapped_column(String)
        state, received_on, title = mapped_column(String), mapped_column(Date), mapped_column(String)

    @app.get("/orm")
    def mapped() -> str:
        return template.render(rows=db.session.scalars(select(Row).order_by(Row.id.desc()).limit(25)).all())


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
