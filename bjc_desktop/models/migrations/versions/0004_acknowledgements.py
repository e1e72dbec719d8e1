"""Findings that somebody lets stand, with the reason."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "acknowledgements",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coaching_id", sa.String(length=36), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["coaching_id"], ["coachings.id"], name=op.f("fk_acknowledgements_coaching_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
        sa.UniqueConstraint("coaching_id", "rule", name=op.f("uq_acknowledgements_coaching_id_rule")),
    )
