"""Forgetting and access: what was erased, holds, requests, periods of keeping, the wording of a consent, keys by year."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_PURPOSES = "('participation', 'reporting', 'health_data', 'jobcenter_contact', 'employer_contact', 'follow_up')"
_KINDS = "('access', 'correction', 'erasure', 'restriction')"


def _recorded() -> list[sa.Column[Any]]:
    return [
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
    ]


def _days(table: str, *names: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(f"{name} GLOB '{_DAY}'", name=op.f(f"ck_{table}_{name}")) for name in names]


def _not_before(table: str, end: str, begin: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{end} >= {begin}", name=op.f(f"ck_{table}_{end}_not_before_{begin}"))


def upgrade() -> None:
    """Add the tables and the column, and give the people's keys a beginning."""
    _rebuild_consents()
    _add_erasures()
    _add_holds_and_requests()
    op.create_table(
        "retention_settings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        *_recorded(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_settings")),
        sa.UniqueConstraint("key", name=op.f("uq_retention_settings_key")),
    )
    _rebuild_person_keys()


def _rebuild_consents() -> None:
    """Add the column where the models have it; no table refers to the consents, so nothing is lost by building them anew."""
    op.drop_index("ix_consents_coachee_id", "consents")
    op.rename_table("consents", "consents_before")
    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coachee_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("form_version", sa.String(), nullable=True),
        *_recorded(),
        sa.CheckConstraint(f"purpose IN {_PURPOSES}", name=op.f("ck_consents_purpose")),
        *_days("consents", "given_on", "withdrawn_on"),
        _not_before("consents", "withdrawn_on", "given_on"),
        sa.ForeignKeyConstraint(["coachee_id"], ["coachees.id"], name=op.f("fk_consents_coachee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    columns = "id, coachee_id, purpose, given_on, withdrawn_on, row_version, change_id"
    op.execute(f"INSERT INTO consents ({columns}) SELECT {columns} FROM consents_before ORDER BY id")
    op.drop_table("consents_before")
    op.create_index("ix_consents_coachee_id", "consents", ["coachee_id", "purpose", "given_on", "withdrawn_on"])


def _add_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("depth", sa.String(length=20), nullable=False),
        sa.Column("pseudonym", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("counts", sa.String(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index("ix_erasures_mark", "erasures", ["mark", "depth"])
    op.execute(
        "CREATE TRIGGER erasures_no_delete BEFORE DELETE ON erasures BEGIN SELECT RAISE(ABORT, 'erasures is append-only'); END"
    )


def _add_holds_and_requests() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coachee_id", sa.String(length=36), nullable=False),
        sa.Column("held_from", sa.Date(), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        *_recorded(),
        sa.ForeignKeyConstraint(["coachee_id"], ["coachees.id"], name=op.f("fk_legal_holds_coachee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
        _not_before("legal_holds", "held_until", "held_from"),
        *_days("legal_holds", "held_from", "held_until"),
    )
    op.create_index(op.f("ix_legal_holds_coachee_id"), "legal_holds", ["coachee_id"])
    table = "privacy_requests"
    op.create_table(
        table,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coachee_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.String(), nullable=True),
        *_recorded(),
        sa.ForeignKeyConstraint(["coachee_id"], ["coachees.id"], name=op.f("fk_privacy_requests_coachee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
        _not_before(table, "answered_on", "received_on"),
        _not_before(table, "extended_to", "received_on"),
        sa.CheckConstraint(f"kind IN {_KINDS}", name=op.f("ck_privacy_requests_kind")),
        *_days(table, "received_on", "extended_to", "answered_on"),
    )
    op.create_index(op.f("ix_privacy_requests_coachee_id"), table, ["coachee_id"])


def _rebuild_person_keys() -> None:
    op.rename_table("person_keys", "person_keys_before")
    op.create_table(
        "person_keys",
        sa.Column("coachee_id", sa.String(length=36), nullable=False),
        sa.Column("since", sa.Integer(), server_default="0", nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", sa.String(length=30), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("coachee_id", "since", name=op.f("pk_person_keys")),
    )
    op.execute("INSERT INTO person_keys (coachee_id, key) SELECT coachee_id, key FROM person_keys_before")
    op.drop_table("person_keys_before")
