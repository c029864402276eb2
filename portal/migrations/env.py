"""Runs migrations on the engine that `portal.migrate` hands in, each in one transaction."""

from alembic import context

from portal.db import db

engine = context.config.attributes["engine"]
with engine.connect().execution_options(begin="IMMEDIATE") as connection:
    context.configure(connection=connection, target_metadata=db.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
