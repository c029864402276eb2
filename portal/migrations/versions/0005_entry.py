"""Paper forms: their serials, the batches in which they are typed, and the entries that wait for a second person."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("paper_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(10), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("printed_by", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("number", sa.String(16), nullable=True),
        sa.ForeignKeyConstraint(["printed_by"], ["accounts.id"], name="fk_paper_forms_printed_by_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_forms"),
        sa.UniqueConstraint("serial", name="uq_paper_forms_serial"),
        sa.UniqueConstraint("code_hash", name="uq_paper_forms_code_hash")
    )
    op.create_index("ix_paper_forms_unit_state", "paper_forms", ["unit", "state"])
    op.create_table("paper_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["opened_by"], ["accounts.id"], name="fk_paper_batches_opened_by_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_batches")
    )
    op.create_index("ix_paper_batches_unit_id", "paper_batches", ["unit", "id"])
    op.create_table("paper_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("typed_by", sa.Integer(), nullable=False),
        sa.Column("typed_at", sa.DateTime(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(), nullable=True),
        sa.Column("barred", sa.Text(), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["paper_batches.id"], name="fk_paper_entries_batch_id_paper_batches"),
        sa.ForeignKeyConstraint(["form_id"], ["paper_forms.id"], name="fk_paper_entries_form_id_paper_forms"),
        sa.ForeignKeyConstraint(["typed_by"], ["accounts.id"], name="fk_paper_entries_typed_by_accounts"),
        sa.ForeignKeyConstraint(["checked_by"], ["accounts.id"], name="fk_paper_entries_checked_by_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_entries"),
        sa.UniqueConstraint("form_id", name="uq_paper_entries_form_id")
    )
    op.create_index("ix_paper_entries_batch_id_state", "paper_entries", ["batch_id", "state"])


def downgrade() -> None:
    op.drop_table("paper_entries")
    op.drop_table("paper_batches")
    op.drop_table("paper_forms")
