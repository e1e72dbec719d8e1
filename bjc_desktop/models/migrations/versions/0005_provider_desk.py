"""The provider's desk: reasons and steps in the report, feedback talks, and confirmed requirements of the staff."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_KINDS = "('a1_1', 'a1_2', 'a4', 'consultations_per_hour', 'correctly_closed', 'measure_link')"
_REASONS = "('staff_change', 'illness', 'training_need', 'vacancy', 'participants', 'labour_market', 'measures', 'other')"
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


def _recorded() -> list[sa.Column[Any]]:
    return [
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
    ]


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "report_statements",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=36), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("reasons", sa.String(length=200), nullable=False),
        sa.Column("steps", sa.String(), nullable=False),
        *_recorded(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_statements")),
        sa.UniqueConstraint(
            "scope", "period_from", "period_to", "code", name=op.f("uq_report_statements_scope_period_from_period_to_code")
        ),
    )
    op.create_table(
        "feedback_talks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("provider_id", sa.String(length=36), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("participants", sa.String(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("reasons", sa.String(), nullable=True),
        sa.Column("agreed", sa.String(), nullable=True),
        sa.Column("agreed_until", sa.Date(), nullable=True),
        *_recorded(),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_feedback_talks_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_talks")),
        sa.CheckConstraint(f"held_on GLOB '{_DAY}'", name=op.f("ck_feedback_talks_held_on")),
        sa.CheckConstraint(f"agreed_until GLOB '{_DAY}'", name=op.f("ck_feedback_talks_agreed_until")),
        sa.CheckConstraint(f"code IN {_KINDS}", name=op.f("ck_feedback_talks_code")),
        sa.CheckConstraint(f"reason IN {_REASONS}", name=op.f("ck_feedback_talks_reason")),
    )
    op.create_index(op.f("ix_feedback_talks_provider_id"), "feedback_talks", ["provider_id"])
    op.create_table(
        "requirement_confirmations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        *_recorded(),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_requirement_confirmations_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_confirmations")),
        sa.UniqueConstraint("staff_id", "item", name=op.f("uq_requirement_confirmations_staff_id_item")),
    )
