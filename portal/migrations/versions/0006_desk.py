"""The desk: saved filters of each person, exports of the ledger with their sealed parts, the day a case came."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Name -> columns, and the condition of a partial index.
_INDEXES: dict[str, tuple[list[str], str]] = {
    "ix_cases_live_work": (
        ["live", "next_due", "id", "lane", "unit", "status", "objected", "drafted_by", "handler", "to_publish",
         "extension_asked", "second_look", "disputed", "handovers", "order_due", "interim_due", "follow_due", "rectify_due",
         "recheck_due", "promise_due", "changed_at", "barred", "co_units", "category", "district", "channel"], "live"),
    "ix_cases_ledger": (
        ["received_on", "id", "lane", "status", "unit", "category", "district", "channel", "barred", "co_units", "rating",
         "answered_on", "next_due"], ""),
    "ix_cases_unit_received_on_id": (["unit", "received_on", "id"], ""),
    "ix_cases_co_units": (["co_units"], "co_units IS NOT NULL"),
}


def upgrade() -> None:
    op.add_column("cases", sa.Column("received_on", sa.Date(), nullable=False, server_default="2000-01-01"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE cases SET received_on = CAST(state->>'received_on' AS date)")
    else:
        op.execute("UPDATE cases SET received_on = json_extract(state, '$.received_on')")
    op.drop_index("ix_cases_live_lane_next_due", "cases")
    for name, (columns, only) in _INDEXES.items():
        where = sa.text(only) if only else None
        op.create_index(name, "cases", columns, postgresql_where=where,
                        sqlite_where=sa.text("live = 1") if only == "live" else where)
    op.create_table("saved_filters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("list_key", sa.String(24), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_saved_filters_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filters"),
        sa.UniqueConstraint("account_id", "name", name="uq_saved_filters_account_id_name")
    )
    op.create_table("ledger_exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("viewer", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_ledger_exports_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_exports")
    )
    op.create_index("ix_ledger_exports_account_id_id", "ledger_exports", ["account_id", "id"])
    op.create_index("ix_ledger_exports_state_id", "ledger_exports", ["state", "id"])
    op.create_table("ledger_parts",
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["ledger_exports.id"], name="fk_ledger_parts_export_id_ledger_exports"),
        sa.PrimaryKeyConstraint("export_id", "kind", "seq", name="pk_ledger_parts")
    )


def downgrade() -> None:
    op.drop_table("ledger_parts")
    op.drop_table("ledger_exports")
    op.drop_table("saved_filters")
    for name in _INDEXES:
        op.drop_index(name, "cases")
    op.create_index("ix_cases_live_lane_next_due", "cases", ["live", "lane", "next_due"])
    op.drop_column("cases", "received_on")
