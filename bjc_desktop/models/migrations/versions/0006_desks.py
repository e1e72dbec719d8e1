"""Suggestions and goals of the trainers' observations, changes and proof of use of funding decisions, hours of further training."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_SUGGESTED = "('goal', 'task', 'competence_profile', 'barrier', 'measure', 'work_task')"
_PROOF = "ALTER TABLE funding_decisions ADD COLUMN proof_of_use_on DATE CONSTRAINT ck_funding_decisions_proof_of_use_on CHECK"
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


def _recorded() -> list[sa.Column[Any]]:
    return [
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
    ]


def upgrade() -> None:
    """Add the tables and columns."""
    _add_suggestions()
    _add_funding_changes()
    for statement in (
        "ALTER TABLE observations ADD COLUMN goal_id VARCHAR(36) CONSTRAINT fk_observations_goal_id REFERENCES goals (id)",
        "CREATE INDEX ix_observations_goal_id ON observations (goal_id)",
        "ALTER TABLE staff_qualifications ADD COLUMN hours INTEGER CONSTRAINT ck_staff_qualifications_hours CHECK (hours >= 0)",
        f"{_PROOF} (proof_of_use_on GLOB '{_DAY}')",
    ):
        op.execute(statement)


def _add_suggestions() -> None:
    op.create_table(
        "suggestions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coaching_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        *_recorded(),
        sa.ForeignKeyConstraint(["coaching_id"], ["coachings.id"], name=op.f("fk_suggestions_coaching_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_suggestions_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
        sa.CheckConstraint(f"made_on GLOB '{_DAY}'", name=op.f("ck_suggestions_made_on")),
        sa.CheckConstraint(f"answered_on GLOB '{_DAY}'", name=op.f("ck_suggestions_answered_on")),
        sa.CheckConstraint(f"kind IN {_SUGGESTED}", name=op.f("ck_suggestions_kind")),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined')", name=op.f("ck_suggestions_state")),
    )
    for column in ("coaching_id", "staff_id"):
        op.create_index(op.f(f"ix_suggestions_{column}"), "suggestions", [column])
    op.create_index("ix_suggestions_open", "suggestions", ["coaching_id"], sqlite_where=sa.text("state = 'open'"))


def _add_funding_changes() -> None:
    op.create_table(
        "funding_changes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("funding_decision_id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("coach_positions", sa.Integer(), nullable=True),
        sa.Column("trainer_positions", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        *_recorded(),
        sa.ForeignKeyConstraint(
            ["funding_decision_id"], ["funding_decisions.id"], name=op.f("fk_funding_changes_funding_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_changes")),
        sa.CheckConstraint(f"valid_from GLOB '{_DAY}'", name=op.f("ck_funding_changes_valid_from")),
        sa.CheckConstraint("coach_positions >= 0", name=op.f("ck_funding_changes_coach_positions")),
        sa.CheckConstraint("trainer_positions >= 0", name=op.f("ck_funding_changes_trainer_positions")),
    )
    op.create_index(op.f("ix_funding_changes_funding_decision_id"), "funding_changes", ["funding_decision_id"])
