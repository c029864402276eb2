"""The first tables: staff, cases with their events and files, what is public, what is published."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=True),
        sa.Column("invitation_hash", sa.LargeBinary(16), nullable=True),
        sa.Column("invited_at", sa.DateTime(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("invitation_hash", name="uq_accounts_invitation_hash"),
        sa.UniqueConstraint("login", name="uq_accounts_login")
    )
    op.create_table("cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("once_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("lane", sa.String(24), nullable=False),
        sa.Column("unit", sa.String(40), nullable=True),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("district", sa.String(40), nullable=True),
        sa.Column("service", sa.String(80), nullable=True),
        sa.Column("publication", sa.String(24), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("next_due", sa.Date(), nullable=False),
        sa.Column("objected", sa.Boolean(), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("code_hash", name="uq_cases_code_hash"),
        sa.UniqueConstraint("number", name="uq_cases_number"),
        sa.UniqueConstraint("once_hash", name="uq_cases_once_hash")
    )
    op.create_index("ix_cases_lane_status_next_due", "cases", ["lane", "status", "next_due"])
    op.create_index("ix_cases_unit_status_next_due", "cases", ["unit", "status", "next_due"])
    op.create_table("counters",
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_counters")
    )
    op.create_table("entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("head", sa.JSON(), nullable=False),
        sa.Column("head_en", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("html_en", sa.Text(), nullable=False),
        sa.Column("imported", sa.LargeBinary(16), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
        sa.UniqueConstraint("kind", "slug", name="uq_entries_kind_slug")
    )
    op.create_table("site_state",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_site_state")
    )
    op.create_table("attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("extension", sa.String(4), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_attachments_case_id_cases"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
        sa.UniqueConstraint("token", name="uq_attachments_token")
    )
    op.create_index("ix_attachments_case_id", "attachments", ["case_id"])
    op.create_table("case_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(24), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(40), nullable=True),
        sa.Column("source", sa.String(24), nullable=True),
        sa.Column("target", sa.String(24), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name="fk_case_events_actor_id_accounts"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_events_case_id_cases"),
        sa.PrimaryKeyConstraint("id", name="pk_case_events"),
        sa.UniqueConstraint("case_id", "seq", name="uq_case_events_case_id_seq")
    )
    op.create_table("public_cases",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("district", sa.String(40), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(24), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("title", sa.String(200), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("timeline", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("number NOT LIKE 'J%'", name="ck_public_cases_never_misconduct"),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name="fk_public_cases_id_cases"),
        sa.PrimaryKeyConstraint("id", name="pk_public_cases"),
        sa.UniqueConstraint("number", name="uq_public_cases_number")
    )
    op.create_index("ix_public_cases_category_id", "public_cases", ["category", "id"])
    op.create_index("ix_public_cases_category_state_id", "public_cases", ["category", "state", "id"])
    op.create_index("ix_public_cases_district_category_id", "public_cases", ["district", "category", "id"])
    op.create_index("ix_public_cases_district_category_state_id", "public_cases", ["district", "category", "state", "id"])
    op.create_index("ix_public_cases_district_id", "public_cases", ["district", "id"])
    op.create_index("ix_public_cases_district_state_id", "public_cases", ["district", "state", "id"])
    op.create_index("ix_public_cases_due_on_id", "public_cases", ["due_on", "id"])
    op.create_index("ix_public_cases_received_on_id", "public_cases", ["received_on", "id"])
    op.create_index("ix_public_cases_state_id", "public_cases", ["state", "id"])
    op.create_index("ix_public_cases_unit_category_id", "public_cases", ["unit", "category", "id"])
    op.create_index("ix_public_cases_unit_category_state_id", "public_cases", ["unit", "category", "state", "id"])
    op.create_index("ix_public_cases_unit_id", "public_cases", ["unit", "id"])
    op.create_index("ix_public_cases_unit_state_id", "public_cases", ["unit", "state", "id"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE public_search USING fts5(tokens, content='', columnsize=0, detail=none)")
    else:
        op.create_table(
            "public_search",
            sa.Column("id", sa.Integer(), sa.ForeignKey("public_cases.id"), primary_key=True, autoincrement=False),
            sa.Column("tokens", postgresql.TSVECTOR(), nullable=False))
        op.create_index("ix_public_search_tokens", "public_search", ["tokens"], postgresql_using="gin",
                        postgresql_with={"fastupdate": "off"})


def downgrade() -> None:
    op.drop_table("public_search")
    op.drop_table("public_cases")
    op.drop_table("case_events")
    op.drop_table("attachments")
    op.drop_table("site_state")
    op.drop_table("entries")
    op.drop_table("counters")
    op.drop_table("cases")
    op.drop_table("accounts")
