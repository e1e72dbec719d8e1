"""Exchange with other vaults: partners, the versions of rows, versions that wait for a decision, files taken in."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def _recorded() -> list[sa.Column[Any]]:
    return [
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
    ]


def upgrade() -> None:
    """Add the tables."""
    _add_partners()
    _add_stamps()
    _add_held_versions()
    op.create_table(
        "exchange_files",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("counts", sa.String(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_exchange_files")),
    )


def _add_partners() -> None:
    table = "exchange_partners"
    op.create_table(
        table,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=True),
        sa.Column("reads_notes", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("signing_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealing_key", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        *_recorded(),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f(f"fk_{table}_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.CheckConstraint("kind IN ('office', 'coach', 'trainer')", name=op.f(f"ck_{table}_kind")),
    )
    op.create_index(op.f(f"ix_{table}_staff_id"), table, ["staff_id"])


def _add_stamps() -> None:
    op.create_table(
        "row_stamps",
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.String(length=36), nullable=False),
        sa.Column("coachee_id", sa.String(length=36), nullable=True),
        sa.Column("stamps", sa.String(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("entity", "entity_id", name=op.f("pk_row_stamps")),
    )
    op.create_index("ix_row_stamps_coachee_id", "row_stamps", ["coachee_id"])


def _add_held_versions() -> None:
    table = "held_versions"
    op.create_table(
        table,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.String(length=36), nullable=False),
        sa.Column("field_group", sa.String(length=20), nullable=False),
        sa.Column("vector", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("coachee_id", sa.String(length=36), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.String(length=30), nullable=False),
        *_recorded(),
        sa.ForeignKeyConstraint(["coachee_id"], ["coachees.id"], name=op.f(f"fk_{table}_coachee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_coachee_id"), table, ["coachee_id"])
    op.create_index(f"ix_{table}_entity", table, ["entity", "entity_id"])
