"""Outcomes of a coaching and the six-month follow-up."""

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from bjc_desktop.models.base import (
    Base,
    Day,
    Packaged,
    boolean,
    choice,
    day,
    decimal,
    not_before,
    reference,
    text,
)
from bjc_desktop.vocabulary import EvidenceKind, FollowUpState, FoundThrough, OutcomeKind, StatusOnDueDate


class Outcome(Packaged, Base):
    """A job, a training or a qualification that a coachee took up."""

    __tablename__ = "outcomes"
    __table_args__ = (
        not_before("end_on", "begin_on"),
        Index("ix_outcomes_coaching_id", "coaching_id", "begin_on", "end_on", "kind", "completed", "evidence_kind"),
    )
    heading: ClassVar[str] = "Ergebnisse"

    coaching_id: Mapped[str] = reference("Coaching", "coachings", index=False)
    kind: Mapped[str] = choice("Art", OutcomeKind, required=True)
    begin_on: Mapped[Day] = day("Beginn", required=True)
    end_on: Mapped[Day | None] = day("Ende")
    employer: Mapped[str | None] = text("Arbeitgeber oder Bildungsträger")
    weekly_hours: Mapped[Decimal | None] = decimal("Wochenstunden", maximum=168)
    gross_pay: Mapped[Decimal | None] = decimal("Bruttoentgelt (Euro im Monat)")
    completed: Mapped[bool] = boolean("abgeschlossen", empty_is_false=True)
    evidence_kind: Mapped[str | None] = choice("Nachweis", EvidenceKind)
    evidence_seen_on: Mapped[Day | None] = day("Nachweis gesehen am")
    found_through: Mapped[str | None] = choice("gefunden durch", FoundThrough)


class FollowUp(Packaged, Base):
    """The survey six months after the exit: at most one per coaching."""

    __tablename__ = "follow_ups"
    __table_args__ = (UniqueConstraint("coaching_id"),)
    heading: ClassVar[str] = "Nachbefragungen"

    coaching_id: Mapped[str] = reference("Coaching", "coachings", index=False)
    state: Mapped[str] = choice("Stand", FollowUpState, required=True)
    contacted_on: Mapped[Day] = day("kontaktiert am", required=True)
    status_on_due_date: Mapped[str | None] = choice("Status am Stichtag", StatusOnDueDate)
    same_employer: Mapped[bool | None] = boolean("derselbe Arbeitgeber")
    evidence_kind: Mapped[str | None] = choice("Nachweis", EvidenceKind)
