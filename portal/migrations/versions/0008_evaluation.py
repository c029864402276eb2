"""Open evaluation: campaigns, form versions, one-time codes, ballots and their words, results, what follows from them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("evaluation_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("seen", sa.SmallInteger(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("imported", sa.LargeBinary(16), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["accounts.id"], name="fk_evaluation_forms_changed_by_accounts"),
        sa.UniqueConstraint("slug", "version", name="uq_evaluation_forms_slug_version"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation_forms")
    )
    op.create_table("campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("access", sa.String(24), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("publishes_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("announced_at", sa.DateTime(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("box_key", sa.LargeBinary(), nullable=True),
        sa.Column("words_key", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by"], ["accounts.id"], name="fk_campaigns_approved_by_accounts"),
        sa.ForeignKeyConstraint(["drafted_by"], ["accounts.id"], name="fk_campaigns_drafted_by_accounts"),
        sa.ForeignKeyConstraint(["form_id"], ["evaluation_forms.id"], name="fk_campaigns_form_id_evaluation_forms"),
        sa.ForeignKeyConstraint(["previous_id"], ["campaigns.id"], name="fk_campaigns_previous_id_campaigns"),
        sa.UniqueConstraint("slug", name="uq_campaigns_slug"),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns")
    )
    op.create_index("ix_campaigns_form_id", "campaigns", ["form_id"])
    op.create_index("ix_campaigns_previous_id", "campaigns", ["previous_id"])
    op.create_index("ix_campaigns_publishes_on", "campaigns", ["publishes_on"])
    op.create_table("code_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("note", sa.String(60), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("first_serial", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("unused", sa.JSON(), nullable=False),
        sa.Column("unused_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_code_batches_campaign_id_campaigns"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_code_batches_made_by_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_code_batches")
    )
    op.create_index("ix_code_batches_campaign_id", "code_batches", ["campaign_id"])
    op.create_table("one_time_codes",
        sa.Column("code_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["code_batches.id"], name="fk_one_time_codes_batch_id_code_batches"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_one_time_codes"),
        sqlite_with_rowid=False
    )
    op.create_index("ix_one_time_codes_batch_id_used_serial", "one_time_codes", ["batch_id", "used", "serial"])
    op.create_table("ballot_box",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_ballot_box_campaign_id_campaigns"),
        sa.PrimaryKeyConstraint("campaign_id", "id", name="pk_ballot_box"),
        sqlite_with_rowid=False
    )
    op.create_table("ballots",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(24), nullable=True),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(24), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_ballots_campaign_id_campaigns"),
        sa.ForeignKeyConstraint(["form_id"], ["evaluation_forms.id"], name="fk_ballots_form_id_evaluation_forms"),
        sa.PrimaryKeyConstraint("campaign_id", "id", name="pk_ballots"),
        sqlite_with_rowid=False
    )
    op.create_table("evaluation_topics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("name_en", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_evaluation_topics_campaign_id_campaigns"),
        sa.UniqueConstraint("campaign_id", "name", name="uq_evaluation_topics_campaign_id_name"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation_topics")
    )
    op.create_table("ballot_words",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("question", sa.String(24), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("set_aside", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_ballot_words_campaign_id_campaigns"),
        sa.ForeignKeyConstraint(["topic_id"], ["evaluation_topics.id"], name="fk_ballot_words_topic_id_evaluation_topics"),
        sa.PrimaryKeyConstraint("campaign_id", "id", name="pk_ballot_words"),
        sqlite_with_rowid=False
    )
    op.create_index("ix_ballot_words_campaign_id_topic_id_set_aside", "ballot_words", ["campaign_id", "topic_id", "set_aside"])
    op.create_index("ix_ballot_words_topic_id", "ballot_words", ["topic_id"])
    op.create_table("ballots_sent",
        sa.Column("once_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("once_hash", name="pk_ballots_sent"),
        sqlite_with_rowid=False
    )
    op.create_index("ix_ballots_sent_sent_on", "ballots_sent", ["sent_on"])
    op.create_table("paper_ballots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("typed_by", sa.Integer(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(16), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_paper_ballots_campaign_id_campaigns"),
        sa.ForeignKeyConstraint(["checked_by"], ["accounts.id"], name="fk_paper_ballots_checked_by_accounts"),
        sa.ForeignKeyConstraint(["typed_by"], ["accounts.id"], name="fk_paper_ballots_typed_by_accounts"),
        sa.UniqueConstraint("code_hash", name="uq_paper_ballots_code_hash"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_ballots")
    )
    op.create_index("ix_paper_ballots_campaign_id_state_id", "paper_ballots", ["campaign_id", "state", "id"])
    op.create_table("evaluation_results",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.SmallInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by"], ["accounts.id"], name="fk_evaluation_results_approved_by_accounts"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_evaluation_results_campaign_id_campaigns"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_evaluation_results_made_by_accounts"),
        sa.PrimaryKeyConstraint("campaign_id", "entry", name="pk_evaluation_results")
    )
    op.create_table("rectifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(120), nullable=False),
        sa.Column("question", sa.String(24), nullable=True),
        sa.Column("part", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("leader", sa.String(40), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_rectifications_campaign_id_campaigns"),
        sa.ForeignKeyConstraint(["set_by"], ["accounts.id"], name="fk_rectifications_set_by_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_rectifications")
    )
    op.create_index("ix_rectifications_campaign_id", "rectifications", ["campaign_id"])
    op.create_index("ix_rectifications_due_on", "rectifications", ["due_on"])
    op.create_table("adoptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_adoptions_campaign_id_campaigns"),
        sa.ForeignKeyConstraint(["set_by"], ["accounts.id"], name="fk_adoptions_set_by_accounts"),
        sa.ForeignKeyConstraint(["topic_id"], ["evaluation_topics.id"], name="fk_adoptions_topic_id_evaluation_topics"),
        sa.UniqueConstraint("topic_id", name="uq_adoptions_topic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_adoptions")
    )
    op.create_index("ix_adoptions_campaign_id", "adoptions", ["campaign_id"])


def downgrade() -> None:
    op.drop_table("adoptions")
    op.drop_table("rectifications")
    op.drop_table("evaluation_results")
    op.drop_table("paper_ballots")
    op.drop_table("ballots_sent")
    op.drop_table("ballot_words")
    op.drop_table("evaluation_topics")
    op.drop_table("ballots")
    op.drop_table("ballot_box")
    op.drop_table("one_time_codes")
    op.drop_table("code_batches")
    op.drop_table("campaigns")
    op.drop_table("evaluation_forms")
