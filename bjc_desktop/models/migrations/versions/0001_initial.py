"""The first schema. It is written out, so that later changes of the models do not change it."""

# ruff: noqa: PLR0915 - one statement per table and index

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_APPEND_ONLY = ("change_records", "released_reports")


def upgrade() -> None:
    """Create all tables, their indexes, and the triggers that keep records and released reports as they are."""
    _create_tables()
    for table in _APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _create_tables() -> None:
    op.create_table(
        "change_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=30), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=True),
        sa.Column("entity_id", sa.String(length=36), nullable=True),
        sa.Column("entity_version", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_records")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_records_entity", "change_records", ["entity", "entity_id"], unique=False)
    op.create_index("ix_change_records_person_id", "change_records", ["person_id"], unique=False)
    op.create_index(op.f("ix_change_records_transaction_id"), "change_records", ["transaction_id"], unique=False)
    op.create_table(
        "coachees",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=True),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("gender", sa.String(length=40), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("german_level", sa.String(length=40), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("birth_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_coachees_birth_date")),
        sa.CheckConstraint("gender IN ('female', 'male', 'diverse', 'not_stated')", name=op.f("ck_coachees_gender")),
        sa.CheckConstraint(
            "german_level IN ('a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'native')", name=op.f("ck_coachees_german_level")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coachees")),
    )
    op.create_index(op.f("ix_coachees_case_number"), "coachees", ["case_number"], unique=False)
    op.create_table(
        "indicator_settings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_settings")),
        sa.UniqueConstraint("key", name=op.f("uq_indicator_settings_key")),
    )
    op.create_table(
        "person_keys",
        sa.Column("coachee_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("coachee_id", name=op.f("pk_person_keys")),
    )
    op.create_table(
        "providers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("legal_form", sa.String(), nullable=True),
        sa.Column("zgs_number", sa.String(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_providers")),
    )
    op.create_table(
        "released_reports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=36), nullable=False),
        sa.Column("period_label", sa.String(length=40), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=False),
        sa.Column("released_by", sa.String(length=36), nullable=False),
        sa.Column("nothing_to_report", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.String(), nullable=False),
        sa.Column("figures", sa.String(), nullable=False),
        sa.Column("cases", sa.String(), nullable=False),
        sa.Column("changes", sa.String(), nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_released_reports")),
        sa.UniqueConstraint(
            "scope", "period_from", "period_to", "version", name=op.f("uq_released_reports_scope_period_from_period_to_version")
        ),
    )
    op.create_table(
        "targets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("tolerance_low", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
        sa.UniqueConstraint("year", "code", name=op.f("uq_targets_year_code")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", sa.String(length=120), nullable=False),
        sa.Column("note_keys", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    op.create_table(
        "vault_facts",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_vault_facts")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coachee_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("given_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_consents_given_on")),
        sa.CheckConstraint(
            "purpose IN ('participation', 'reporting', 'health_data', 'jobcenter_contact', 'employer_contact', 'follow_up')",
            name=op.f("ck_consents_purpose"),
        ),
        sa.CheckConstraint(
            "withdrawn_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_consents_withdrawn_on")
        ),
        sa.CheckConstraint("withdrawn_on >= given_on", name=op.f("ck_consents_withdrawn_on_not_before_given_on")),
        sa.ForeignKeyConstraint(["coachee_id"], ["coachees.id"], name=op.f("fk_consents_coachee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_coachee_id", "consents", ["coachee_id", "purpose", "given_on", "withdrawn_on"], unique=False)
    op.create_table(
        "funding_decisions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("provider_id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("coach_positions", sa.Integer(), nullable=True),
        sa.Column("trainer_positions", sa.Integer(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_funding_decisions_valid_from")
        ),
        sa.CheckConstraint(
            "valid_to GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_funding_decisions_valid_to")
        ),
        sa.CheckConstraint("coach_positions >= 0", name=op.f("ck_funding_decisions_coach_positions")),
        sa.CheckConstraint("trainer_positions >= 0", name=op.f("ck_funding_decisions_trainer_positions")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_funding_decisions_valid_to_not_before_valid_from")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_funding_decisions_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_decisions")),
    )
    op.create_index(op.f("ix_funding_decisions_provider_id"), "funding_decisions", ["provider_id"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("provider_id", sa.String(length=36), nullable=False),
        sa.Column("given_name", sa.String(), nullable=True),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("weekly_hours", sa.String(), nullable=True),
        sa.Column("funded_share", sa.String(), nullable=True),
        sa.Column("employed_from", sa.Date(), nullable=False),
        sa.Column("employed_to", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "employed_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_staff_employed_from")
        ),
        sa.CheckConstraint("employed_to GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_staff_employed_to")),
        sa.CheckConstraint(
            "role IN ('job_coach', 'employment_trainer', 'coordination', 'administration')", name=op.f("ck_staff_role")
        ),
        sa.CheckConstraint(
            "CAST(funded_share AS NUMERIC) >= 0 AND CAST(funded_share AS NUMERIC) <= 1", name=op.f("ck_staff_funded_share")
        ),
        sa.CheckConstraint(
            "CAST(weekly_hours AS NUMERIC) >= 0 AND CAST(weekly_hours AS NUMERIC) <= 168", name=op.f("ck_staff_weekly_hours")
        ),
        sa.CheckConstraint("employed_to >= employed_from", name=op.f("ck_staff_employed_to_not_before_employed_from")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_staff_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_index(op.f("ix_staff_provider_id"), "staff", ["provider_id"], unique=False)
    op.create_table(
        "coachings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coachee_id", sa.String(length=36), nullable=False),
        sa.Column("provider_id", sa.String(length=36), nullable=False),
        sa.Column("funding_decision_id", sa.String(length=36), nullable=True),
        sa.Column("initial_interview_on", sa.Date(), nullable=True),
        sa.Column("entry_on", sa.Date(), nullable=False),
        sa.Column("planned_end_on", sa.Date(), nullable=True),
        sa.Column("target_group", sa.String(length=40), nullable=True),
        sa.Column("legal_circle", sa.String(length=40), nullable=True),
        sa.Column("unemployed_since", sa.Date(), nullable=True),
        sa.Column("access_route", sa.String(length=40), nullable=True),
        sa.Column("exit_on", sa.Date(), nullable=True),
        sa.Column("exit_reason", sa.String(length=40), nullable=True),
        sa.Column("status_at_exit", sa.String(length=40), nullable=True),
        sa.Column("closing_interview_on", sa.Date(), nullable=True),
        sa.Column("closing_report_on", sa.Date(), nullable=True),
        sa.Column("closing_waived_reason", sa.String(), nullable=True),
        sa.Column("file_closed_on", sa.Date(), nullable=True),
        sa.Column("cancelled", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "access_route IN ('own_measure', 'jobcenter', 'counselling_service', 'self_initiative', 'recommendation', 'event', 'other')",
            name=op.f("ck_coachings_access_route"),
        ),
        sa.CheckConstraint(
            "closing_interview_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'",
            name=op.f("ck_coachings_closing_interview_on"),
        ),
        sa.CheckConstraint(
            "closing_report_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_coachings_closing_report_on")
        ),
        sa.CheckConstraint("entry_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_coachings_entry_on")),
        sa.CheckConstraint("exit_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_coachings_exit_on")),
        sa.CheckConstraint(
            "exit_reason IN ('goal_employment', 'goal_training', 'goal_qualification', 'planned_end', 'measure_ended', 'dropout_coachee', 'contact_lost', 'dropout_provider', 'moved', 'health', 'retirement', 'care', 'imprisonment', 'deceased', 'changed_provider', 'other')",
            name=op.f("ck_coachings_exit_reason"),
        ),
        sa.CheckConstraint(
            "file_closed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_coachings_file_closed_on")
        ),
        sa.CheckConstraint(
            "initial_interview_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'",
            name=op.f("ck_coachings_initial_interview_on"),
        ),
        sa.CheckConstraint(
            "legal_circle IN ('sgb2', 'sgb3', 'asylblg', 'sgb12', 'none')", name=op.f("ck_coachings_legal_circle")
        ),
        sa.CheckConstraint(
            "planned_end_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_coachings_planned_end_on")
        ),
        sa.CheckConstraint(
            "status_at_exit IN ('employed', 'in_training', 'in_qualification', 'minijob', 'subsidised', 'unemployed', 'inactive', 'unknown')",
            name=op.f("ck_coachings_status_at_exit"),
        ),
        sa.CheckConstraint(
            "target_group IN ('long_term_unemployed_in_measure', 'mini_jobber_4_years', 'long_term_unemployed_without_measure', 'programme_participant', 'refugee', 'homeless')",
            name=op.f("ck_coachings_target_group"),
        ),
        sa.CheckConstraint(
            "unemployed_since GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_coachings_unemployed_since")
        ),
        sa.CheckConstraint("exit_on >= entry_on", name=op.f("ck_coachings_exit_on_not_before_entry_on")),
        sa.ForeignKeyConstraint(["coachee_id"], ["coachees.id"], name=op.f("fk_coachings_coachee_id")),
        sa.ForeignKeyConstraint(["funding_decision_id"], ["funding_decisions.id"], name=op.f("fk_coachings_funding_decision_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_coachings_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coachings")),
    )
    op.create_index("ix_coachings_cancelled", "coachings", ["id"], unique=False, sqlite_where=sa.text("cancelled = 1"))
    op.create_index(op.f("ix_coachings_coachee_id"), "coachings", ["coachee_id"], unique=False)
    op.create_index(
        "ix_coachings_exit_on",
        "coachings",
        ["exit_on", "id", "coachee_id", "provider_id", "entry_on"],
        unique=False,
        sqlite_where=sa.text("cancelled = 0 AND exit_on IS NOT NULL"),
    )
    op.create_index(op.f("ix_coachings_funding_decision_id"), "coachings", ["funding_decision_id"], unique=False)
    op.create_index(op.f("ix_coachings_provider_id"), "coachings", ["provider_id"], unique=False)
    op.create_table(
        "staff_qualifications",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("obtained_on", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "kind IN ('university_degree', 'expert_knowledge', 'job_broker', 'jobcoach_modules_1_5', 'jobcoach_module_6_thesis', 'coaching_experience', 'vocational_training', 'work_experience', 'aevo', 'aevo_equivalent', 'further_training')",
            name=op.f("ck_staff_qualifications_kind"),
        ),
        sa.CheckConstraint(
            "obtained_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_staff_qualifications_obtained_on")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_qualifications_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_qualifications")),
    )
    op.create_index(op.f("ix_staff_qualifications_staff_id"), "staff_qualifications", ["staff_id"], unique=False)
    op.create_table(
        "working_time",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("contract_hours", sa.String(), nullable=False),
        sa.Column("worked_hours", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("month GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]'", name=op.f("ck_working_time_month")),
        sa.CheckConstraint(
            "CAST(contract_hours AS NUMERIC) >= 0 AND CAST(contract_hours AS NUMERIC) <= 744",
            name=op.f("ck_working_time_contract_hours"),
        ),
        sa.CheckConstraint(
            "CAST(worked_hours AS NUMERIC) >= 0 AND CAST(worked_hours AS NUMERIC) <= 744",
            name=op.f("ck_working_time_worked_hours"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_working_time_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_time")),
        sa.UniqueConstraint("staff_id", "month", name=op.f("uq_working_time_staff_id_month")),
    )
    op.create_index("ix_working_time_month", "working_time", ["month"], unique=False)
    op.create_table(
        "barriers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coaching_id", sa.String(length=36), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("severity_at_entry", sa.Integer(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("severity_now", sa.Integer(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "area IN ('qualification', 'language', 'health', 'mental_health', 'addiction', 'debt', 'housing', 'family', 'care', 'authorities', 'residence', 'mobility', 'motivation', 'work_behaviour', 'digital', 'delinquency', 'application', 'other')",
            name=op.f("ck_barriers_area"),
        ),
        sa.CheckConstraint("assessed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_barriers_assessed_on")),
        sa.CheckConstraint("recorded_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_barriers_recorded_on")),
        sa.CheckConstraint("severity_at_entry >= 0 AND severity_at_entry <= 3", name=op.f("ck_barriers_severity_at_entry")),
        sa.CheckConstraint("severity_now >= 0 AND severity_now <= 3", name=op.f("ck_barriers_severity_now")),
        sa.ForeignKeyConstraint(["coaching_id"], ["coachings.id"], name=op.f("fk_barriers_coaching_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barriers")),
    )
    op.create_index(op.f("ix_barriers_coaching_id"), "barriers", ["coaching_id"], unique=False)
    op.create_table(
        "coaching_staff",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coaching_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_coaching_staff_valid_from")
        ),
        sa.CheckConstraint("valid_to GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_coaching_staff_valid_to")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_coaching_staff_valid_to_not_before_valid_from")),
        sa.ForeignKeyConstraint(["coaching_id"], ["coachings.id"], name=op.f("fk_coaching_staff_coaching_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_coaching_staff_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_staff")),
    )
    op.create_index(
        "ix_coaching_staff_coaching_id",
        "coaching_staff",
        ["coaching_id", "valid_from", "id", "valid_to", "staff_id"],
        unique=False,
    )
    op.create_index(
        "ix_coaching_staff_staff_id", "coaching_staff", ["staff_id", "coaching_id", "valid_from", "valid_to"], unique=False
    )
    op.create_table(
        "competence_profiles",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coaching_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "recorded_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_competence_profiles_recorded_on")
        ),
        sa.ForeignKeyConstraint(["coaching_id"], ["coachings.id"], name=op.f("fk_competence_profiles_coaching_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_competence_profiles_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competence_profiles")),
    )
    op.create_index("ix_competence_profiles_coaching_id", "competence_profiles", ["coaching_id", "recorded_on"], unique=False)
    op.create_table(
        "consultations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coaching_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("duration_min", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("setting", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("group_id", sa.String(length=36), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "channel IN ('in_person', 'outreach', 'phone', 'video', 'written')", name=op.f("ck_consultations_channel")
        ),
        sa.CheckConstraint("held_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_consultations_held_on")),
        sa.CheckConstraint(
            "kind IN ('initial_interview', 'coaching', 'application', 'placement', 'crisis', 'escort', 'interim_review', 'closing', 'aftercare', 'follow_up_survey')",
            name=op.f("ck_consultations_kind"),
        ),
        sa.CheckConstraint("setting IN ('single', 'group', 'employer', 'authority')", name=op.f("ck_consultations_setting")),
        sa.CheckConstraint(
            "status IN ('planned', 'held', 'cancelled_by_coachee', 'no_show', 'cancelled_by_provider')",
            name=op.f("ck_consultations_status"),
        ),
        sa.CheckConstraint("duration_min >= 0", name=op.f("ck_consultations_duration_min")),
        sa.ForeignKeyConstraint(["coaching_id"], ["coachings.id"], name=op.f("fk_consultations_coaching_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_consultations_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations")),
    )
    op.create_index("ix_consultations_coaching_id", "consultations", ["coaching_id", "held_on", "status"], unique=False)
    op.create_index(
        "ix_consultations_staff_id",
        "consultations",
        ["staff_id", "held_on", "status", "kind", "channel", "group_id"],
        unique=False,
    )
    op.create_table(
        "development_plans",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coaching_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("overall_goal", sa.String(length=40), nullable=True),
        sa.Column("coachee_confirmed_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "agreed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_development_plans_agreed_on")
        ),
        sa.CheckConstraint(
            "coachee_confirmed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'",
            name=op.f("ck_development_plans_coachee_confirmed_on"),
        ),
        sa.CheckConstraint(
            "overall_goal IN ('first_labour_market', 'training', 'qualification', 'stabilisation', 'open')",
            name=op.f("ck_development_plans_overall_goal"),
        ),
        sa.CheckConstraint(
            "review_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_development_plans_review_on")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_development_plans_version")),
        sa.ForeignKeyConstraint(["coaching_id"], ["coachings.id"], name=op.f("fk_development_plans_coaching_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_development_plans")),
        sa.UniqueConstraint("coaching_id", "version", name=op.f("uq_development_plans_coaching_id_version")),
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coaching_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("contacted_on", sa.Date(), nullable=False),
        sa.Column("status_on_due_date", sa.String(length=40), nullable=True),
        sa.Column("same_employer", sa.Boolean(), nullable=True),
        sa.Column("evidence_kind", sa.String(length=40), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "contacted_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_follow_ups_contacted_on")
        ),
        sa.CheckConstraint(
            "evidence_kind IN ('employment_contract', 'payslip', 'employer_statement', 'certificate', 'enrolment_confirmation', 'self_report_phone', 'self_report_written')",
            name=op.f("ck_follow_ups_evidence_kind"),
        ),
        sa.CheckConstraint("state IN ('surveyed', 'not_reached', 'refused', 'not_applicable')", name=op.f("ck_follow_ups_state")),
        sa.CheckConstraint(
            "status_on_due_date IN ('employment_permanent', 'employment_fixed_term', 'employment_subsidised', 'self_employment', 'dual_training', 'minijob', 'short_term_employment', 'employment_16i', 'work_opportunity_16d', 'voluntary_service', 'internship', 'retraining', 'certified_further_training', 'partial_qualification', 'external_exam_preparation', 'school_based_training', 'school_leaving_certificate', 'university_studies', 'integration_course', 'vocational_language_course', 'activation_measure', 'short_course', 'unemployed', 'inactive', 'unknown')",
            name=op.f("ck_follow_ups_status_on_due_date"),
        ),
        sa.ForeignKeyConstraint(["coaching_id"], ["coachings.id"], name=op.f("fk_follow_ups_coaching_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("coaching_id", name=op.f("uq_follow_ups_coaching_id")),
    )
    op.create_table(
        "measures",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coaching_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("own_provider", sa.Boolean(), nullable=True),
        sa.Column("begin_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("begin_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_measures_begin_on")),
        sa.CheckConstraint("end_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_measures_end_on")),
        sa.CheckConstraint(
            "kind IN ('agh_16d', 'employment_16e', 'employment_16i', 'employment_16i_bib', 'further_training_81', 'voluntary_bfd', 'voluntary_fsj', 'voluntary_foej', 'state_programme', 'esf_project', 'integration_course', 'vocational_language_course', 'activation_45', 'coaching_16k')",
            name=op.f("ck_measures_kind"),
        ),
        sa.CheckConstraint("end_on >= begin_on", name=op.f("ck_measures_end_on_not_before_begin_on")),
        sa.ForeignKeyConstraint(["coaching_id"], ["coachings.id"], name=op.f("fk_measures_coaching_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
    )
    op.create_index("ix_measures_coaching_id", "measures", ["coaching_id", "begin_on", "end_on", "kind"], unique=False)
    op.create_table(
        "observations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coaching_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("workplace", sa.String(), nullable=True),
        sa.Column("task", sa.String(), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=True),
        sa.Column("work_behaviour", sa.Integer(), nullable=True),
        sa.Column("social_behaviour", sa.Integer(), nullable=True),
        sa.Column("resilience", sa.Integer(), nullable=True),
        sa.Column("concentration", sa.Integer(), nullable=True),
        sa.Column("motor_skills", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("derived_action", sa.String(), nullable=True),
        sa.Column("discussed_on", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "discussed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_observations_discussed_on")
        ),
        sa.CheckConstraint(
            "method IN ('free', 'structured_form', 'work_sample', 'self_assessment', 'conversation')",
            name=op.f("ck_observations_method"),
        ),
        sa.CheckConstraint(
            "observed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_observations_observed_on")
        ),
        sa.CheckConstraint("concentration >= 1 AND concentration <= 5", name=op.f("ck_observations_concentration")),
        sa.CheckConstraint("motor_skills >= 1 AND motor_skills <= 5", name=op.f("ck_observations_motor_skills")),
        sa.CheckConstraint("resilience >= 1 AND resilience <= 5", name=op.f("ck_observations_resilience")),
        sa.CheckConstraint("social_behaviour >= 1 AND social_behaviour <= 5", name=op.f("ck_observations_social_behaviour")),
        sa.CheckConstraint("work_behaviour >= 1 AND work_behaviour <= 5", name=op.f("ck_observations_work_behaviour")),
        sa.ForeignKeyConstraint(["coaching_id"], ["coachings.id"], name=op.f("fk_observations_coaching_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_observations_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
    )
    op.create_index(op.f("ix_observations_coaching_id"), "observations", ["coaching_id"], unique=False)
    op.create_index(op.f("ix_observations_staff_id"), "observations", ["staff_id"], unique=False)
    op.create_table(
        "outcomes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coaching_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("begin_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("employer", sa.String(), nullable=True),
        sa.Column("weekly_hours", sa.String(), nullable=True),
        sa.Column("gross_pay", sa.String(), nullable=True),
        sa.Column("completed", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("evidence_kind", sa.String(length=40), nullable=True),
        sa.Column("evidence_seen_on", sa.Date(), nullable=True),
        sa.Column("found_through", sa.String(length=40), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("begin_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_outcomes_begin_on")),
        sa.CheckConstraint("end_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_outcomes_end_on")),
        sa.CheckConstraint(
            "evidence_kind IN ('employment_contract', 'payslip', 'employer_statement', 'certificate', 'enrolment_confirmation', 'self_report_phone', 'self_report_written')",
            name=op.f("ck_outcomes_evidence_kind"),
        ),
        sa.CheckConstraint(
            "evidence_seen_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_outcomes_evidence_seen_on")
        ),
        sa.CheckConstraint(
            "found_through IN ('personal_contact_coach', 'personal_contact_coachee', 'web_search', 'kqf_event', 'employer_outreach', 'jobcenter', 'other')",
            name=op.f("ck_outcomes_found_through"),
        ),
        sa.CheckConstraint(
            "kind IN ('employment_permanent', 'employment_fixed_term', 'employment_subsidised', 'self_employment', 'dual_training', 'minijob', 'short_term_employment', 'employment_16i', 'work_opportunity_16d', 'voluntary_service', 'internship', 'retraining', 'certified_further_training', 'partial_qualification', 'external_exam_preparation', 'school_based_training', 'school_leaving_certificate', 'university_studies', 'integration_course', 'vocational_language_course', 'activation_measure', 'short_course')",
            name=op.f("ck_outcomes_kind"),
        ),
        sa.CheckConstraint("CAST(gross_pay AS NUMERIC) >= 0", name=op.f("ck_outcomes_gross_pay")),
        sa.CheckConstraint(
            "CAST(weekly_hours AS NUMERIC) >= 0 AND CAST(weekly_hours AS NUMERIC) <= 168", name=op.f("ck_outcomes_weekly_hours")
        ),
        sa.CheckConstraint("end_on >= begin_on", name=op.f("ck_outcomes_end_on_not_before_begin_on")),
        sa.ForeignKeyConstraint(["coaching_id"], ["coachings.id"], name=op.f("fk_outcomes_coaching_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
    )
    op.create_index(
        "ix_outcomes_coaching_id",
        "outcomes",
        ["coaching_id", "begin_on", "end_on", "kind", "completed", "evidence_kind"],
        unique=False,
    )
    op.create_table(
        "goals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("plan_id", sa.String(length=36), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "area IN ('qualification', 'language', 'health', 'mental_health', 'addiction', 'debt', 'housing', 'family', 'care', 'authorities', 'residence', 'mobility', 'motivation', 'work_behaviour', 'digital', 'delinquency', 'application', 'other')",
            name=op.f("ck_goals_area"),
        ),
        sa.CheckConstraint("closed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_goals_closed_on")),
        sa.CheckConstraint("due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_goals_due_on")),
        sa.CheckConstraint(
            "status IN ('open', 'in_progress', 'achieved', 'partly_achieved', 'not_achieved', 'dropped')",
            name=op.f("ck_goals_status"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["development_plans.id"], name=op.f("fk_goals_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goals")),
    )
    op.create_index("ix_goals_plan_id", "goals", ["plan_id", "status"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("goal_id", sa.String(length=36), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("responsible", sa.String(length=40), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_id", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("done_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_tasks_done_on")),
        sa.CheckConstraint("due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'", name=op.f("ck_tasks_due_on")),
        sa.CheckConstraint(
            "responsible IN ('coachee', 'job_coach', 'employment_trainer', 'third_party')", name=op.f("ck_tasks_responsible")
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_tasks_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_goal_id"), "tasks", ["goal_id"], unique=False)
    op.create_index(
        "ix_coachings_active",
        "coachings",
        [
            sa.literal_column("coalesce(exit_on, '9999-12-31')"),
            "entry_on",
            "coachee_id",
            "provider_id",
            "unemployed_since",
            "id",
            "exit_on",
        ],
        unique=False,
        sqlite_where=sa.text("cancelled = 0"),
    )
