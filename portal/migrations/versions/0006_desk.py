"""The desk: saved filters of each person, exports of the ledger with their sealed parts, the day a case came."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("received_on", sa.Date(), nullable=False, server_default="2000-01-01"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE cases SET received_on = CAST(state->>'received_on' AS date)")
    else:
        op.execute("UPDATE cases SET received_on = json_extract(state, '$.received_on')")
    op.create_index("ix_cases_received_on_id", "cases", ["received_on", "id"])
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
    op.drop_index("ix_cases_received_on_id", "cases")
    op.drop_column("cases", "received_on")
