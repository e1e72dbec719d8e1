"""Files that were joined because they were of one person, and pairs of people who are not the same."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_REASONS = "('namesakes', 'siblings', 'documents', 'other')"


def _recorded() -> list[sa.Column[Any]]:
    return [
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
    ]


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "joined_people",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kept_id", sa.String(length=36), nullable=False),
        *_recorded(),
        sa.ForeignKeyConstraint(["kept_id"], ["coachees.id"], name=op.f("fk_joined_people_kept_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joined_people")),
    )
    op.create_index(op.f("ix_joined_people_kept_id"), "joined_people", ["kept_id"])
    op.create_table(
        "distinct_people",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("first_id", sa.String(length=36), nullable=False),
        sa.Column("second_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        *_recorded(),
        sa.ForeignKeyConstraint(["first_id"], ["coachees.id"], name=op.f("fk_distinct_people_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["coachees.id"], name=op.f("fk_distinct_people_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distinct_people")),
        sa.CheckConstraint(f"reason IN {_REASONS}", name=op.f("ck_distinct_people_reason")),
    )
    for column in ("first_id", "second_id"):
        op.create_index(op.f(f"ix_distinct_people_{column}"), "distinct_people", [column])
