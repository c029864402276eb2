"""The working calendar as a record: the years' official notices, every version of them, and their days."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("calendar_years",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("recounted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["entered_by"], ["accounts.id"], name="fk_calendar_years_entered_by_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_years"),
        sa.UniqueConstraint("year", "version", name="uq_calendar_years_year_version")
    )
    op.create_table("calendar_days",
        sa.Column("year_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["year_id"], ["calendar_years.id"], name="fk_calendar_days_year_id_calendar_years"),
        sa.PrimaryKeyConstraint("year_id", "day", name="pk_calendar_days")
    )


def downgrade() -> None:
    op.drop_table("calendar_days")
    op.drop_table("calendar_years")
