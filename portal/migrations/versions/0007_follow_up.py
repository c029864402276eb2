"""After the answer: the monthly draw of cases to be followed up; what the register of promises and the desk's overview seek."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("draws",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("committed_at", sa.DateTime(), nullable=False),
        sa.Column("sealed_seed", sa.LargeBinary(), nullable=False),
        sa.Column("seed", sa.String(64), nullable=True),
        sa.Column("drawn_at", sa.DateTime(), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("population", sa.JSON(), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("noted_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("month", name="pk_draws")
    )
    op.create_index("ix_public_cases_promised_on_id", "public_cases", ["promised_on", "id"])
    op.create_index("ix_public_cases_unit_promised_on_id", "public_cases", ["unit", "promised_on", "id"])
    op.create_index("ix_public_cases_answered_on_unit", "public_cases", ["answered_on", "unit"])
    op.create_index("ix_cases_rating_answered_on", "cases", ["rating", "answered_on"])


def downgrade() -> None:
    op.drop_index("ix_cases_rating_answered_on", "cases")
    op.drop_index("ix_public_cases_answered_on_unit", "public_cases")
    op.drop_index("ix_public_cases_unit_promised_on_id", "public_cases")
    op.drop_index("ix_public_cases_promised_on_id", "public_cases")
    op.drop_table("draws")
