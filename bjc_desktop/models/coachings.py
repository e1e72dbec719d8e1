"""Coachings (one participation from entry to exit), who coaches them, and the measures beside them."""

from typing import ClassVar

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped

from bjc_desktop.models.base import (
    Base,
    Day,
    Packaged,
    boolean,
    choice,
    day,
    long_text,
    not_before,
    reference,
    text,
)
from bjc_desktop.vocabulary import AccessRoute, ExitReason, LegalCircle, MeasureKind, StatusAtExit, TargetGroup


class Coaching(Packaged, Base):
    """One participation of a coachee from entry to exit: the unit that the indicators count."""

    __tablename__ = "coachings"
    # A person's newest coaching with what the list filters by is read from the index alone.
    __table_args__ = (
        not_before("exit_on", "entry_on"),
        Index("ix_coachings_coachee_id", "coachee_id", "cancelled", "entry_on", "id", "exit_on", "target_group"),
    )
    heading: ClassVar[str] = "Coachings"

    coachee_id: Mapped[str] = reference("Coachee", "coachees", index=False)
    provider_id: Mapped[str] = reference("Träger", "providers")
    funding_decision_id: Mapped[str | None] = reference("Zuwendungsbescheid", "funding_decisions", required=False)
    initial_interview_on: Mapped[Day | None] = day("Erstgespräch am")
    entry_on: Mapped[Day] = day("Eintritt", required=True)
    planned_end_on: Mapped[Day | None] = day("geplantes Ende")
    target_group: Mapped[str | None] = choice("Zielgruppe", TargetGroup)
    legal_circle: Mapped[str | None] = choice("Rechtskreis", LegalCircle)
    unemployed_since: Mapped[Day | None] = day("arbeitslos seit")
    access_route: Mapped[str | None] = choice("Zugangsweg", AccessRoute)
    exit_on: Mapped[Day | None] = day("Austritt")
    exit_reason: Mapped[str | None] = choice("Austrittsgrund", ExitReason)
    status_at_exit: Mapped[str | None] = choice("Status bei Austritt", StatusAtExit)
    closing_interview_on: Mapped[Day | None] = day("Abschlussgespräch am")
    closing_report_on: Mapped[Day | None] = day("Abschlussbericht am")
    closing_waived_reason: Mapped[str | None] = long_text("Grund für fehlenden Abschluss")
    file_closed_on: Mapped[Day | None] = day("Akte geschlossen am")
    cancelled: Mapped[bool] = boolean("storniert", empty_is_false=True)


class CoachingStaff(Packaged, Base):
    """Who is assigned to a coaching from when to when: one job coach at a time, a trainer may stand beside."""

    __tablename__ = "coaching_staff"
    __table_args__ = (
        not_before("valid_to", "valid_from"),
        Index("ix_coaching_staff_coaching_id", "coaching_id", "valid_from", "id", "valid_to", "staff_id"),
        Index("ix_coaching_staff_staff_id", "staff_id", "coaching_id", "valid_from", "valid_to"),
    )
    heading: ClassVar[str] = "Zuordnungen"

    coaching_id: Mapped[str] = reference("Coaching", "coachings", index=False)
    staff_id: Mapped[str] = reference("Person", "staff", index=False)
    valid_from: Mapped[Day] = day("zuständig von", required=True)
    valid_to: Mapped[Day | None] = day("zuständig bis")


class Measure(Packaged, Base):
    """A measure that a coachee takes part in beside the coaching."""

    __tablename__ = "measures"
    __table_args__ = (
        not_before("end_on", "begin_on"),
        Index("ix_measures_coaching_id", "coaching_id", "begin_on", "end_on", "kind"),
    )
    heading: ClassVar[str] = "Maßnahmen"

    coaching_id: Mapped[str] = reference("Coaching", "coachings", index=False)
    kind: Mapped[str] = choice("Art der Maßnahme", MeasureKind, required=True)
    name: Mapped[str | None] = text("Bezeichnung")
    own_provider: Mapped[bool | None] = boolean("eigener Träger")
    begin_on: Mapped[Day] = day("Beginn", required=True)
    end_on: Mapped[Day | None] = day("Ende")


# The report's questions about coachings: who left in a period, and who was active in it. The last day that a coaching is
# active bounds both, so a quarter reads its own cases and not the whole history.
LAST_DAY = "coalesce(exit_on, '9999-12-31')"
Index(
    "ix_coachings_active",
    sql(LAST_DAY),
    Coaching.__table__.c.entry_on,
    Coaching.__table__.c.coachee_id,
    Coaching.__table__.c.provider_id,
    Coaching.__table__.c.unemployed_since,
    Coaching.__table__.c.id,
    Coaching.__table__.c.exit_on,
    sqlite_where=sql("cancelled = 0"),
)
Index(
    "ix_coachings_exit_on",
    Coaching.__table__.c.exit_on,
    Coaching.__table__.c.id,
    Coaching.__table__.c.coachee_id,
    Coaching.__table__.c.provider_id,
    Coaching.__table__.c.entry_on,
    sqlite_where=sql("cancelled = 0 AND exit_on IS NOT NULL"),
)
Index("ix_coachings_cancelled", Coaching.__table__.c.id, sqlite_where=sql("cancelled = 1"))

# The day that decides who is responsible: today, or the coaching's first or last day where today lies outside.
RESPONSIBLE_DAY = "CASE WHEN c.exit_on < :today THEN c.exit_on ELSE max(c.entry_on, :today) END"
ASSIGNED = f"a.valid_from <= {RESPONSIBLE_DAY} AND coalesce(a.valid_to, '9999-12-31') >= {RESPONSIBLE_DAY}"
"""The condition that the assignment ``a`` decides who is responsible for the coaching ``c``."""
