"""The whole of casework: duties after the answer, who is kept out, further units, templates, charges of leaders."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _of_cases() -> list[sa.Column[Any]]:
    return [
        sa.Column("to_publish", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("channel", sa.String(24), nullable=False, server_default="web"),
        sa.Column("live", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("handler", sa.Integer(), nullable=True),
        sa.Column("disputed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("handovers", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("barred", sa.Text(), nullable=True),
        sa.Column("co_units", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.String(16), nullable=True),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("extension_asked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("second_look", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("interim_due", sa.Date(), nullable=True),
        sa.Column("order_due", sa.Date(), nullable=True),
        sa.Column("follow_due", sa.Date(), nullable=True),
        sa.Column("rectify_due", sa.Date(), nullable=True),
        sa.Column("recheck_due", sa.Date(), nullable=True),
        sa.Column("promise_due", sa.Date(), nullable=True),
    ]


def _of_public_cases() -> list[sa.Column[Any]]:
    return [
        sa.Column("promise", sa.String(24), nullable=True),
        sa.Column("rounds", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("orders", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("handovers", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("followed", sa.String(24), nullable=True),
        sa.Column("rectify_due", sa.Date(), nullable=True),
        sa.Column("rectified_on", sa.Date(), nullable=True),
        sa.Column("merged_into", sa.String(16), nullable=True),
    ]


def upgrade() -> None:
    op.add_column("accounts", sa.Column("charge", sa.JSON(), nullable=False, server_default="[]"))
    for column in _of_cases():
        op.add_column("cases", column)
    for column in _of_public_cases():
        op.add_column("public_cases", column)
    op.execute("UPDATE cases SET to_publish = (consent AND publication = 'undecided' AND lane != 'misconduct' AND status IN "
               "('assigned', 'handling', 'waiting', 'drafted', 'answered', 'closed'))")
    op.execute("UPDATE cases SET live = (to_publish OR status IN "
               "('received', 'quarantined', 'assigned', 'handling', 'waiting', 'drafted'))")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE cases SET answered_on = json_extract(state, '$.answered_on'), "
                   "rating = json_extract(state, '$.rating')")
    else:
        op.execute("UPDATE cases SET answered_on = (state ->> 'answered_on')::date, rating = (state ->> 'rating')::smallint")
    op.create_index("ix_cases_merged_into", "cases", ["merged_into"])
    op.create_index("ix_cases_live_lane_next_due", "cases", ["live", "lane", "next_due"])
    op.create_index("ix_public_cases_promise_promised_on_id", "public_cases", ["promise", "promised_on", "id"])
    op.create_table("answer_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["accounts.id"], name="fk_answer_templates_changed_by_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_answer_templates")
    )
    op.create_index("ix_answer_templates_unit", "answer_templates", ["unit"])


def downgrade() -> None:
    op.drop_table("answer_templates")
    op.drop_index("ix_public_cases_promise_promised_on_id", "public_cases")
    op.drop_index("ix_cases_live_lane_next_due", "cases")
    op.drop_index("ix_cases_merged_into", "cases")
    for column in reversed(_of_public_cases()):
        op.drop_column("public_cases", column.name)
    for column in reversed(_of_cases()):
        op.drop_column("cases", column.name)
    op.drop_column("accounts", "charge")
