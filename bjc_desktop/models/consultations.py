"""Consultations (Konsultationen), and what trainers observe and suggest."""

from typing import ClassVar

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped

from bjc_desktop.models.base import (
    Base,
    Day,
    Packaged,
    choice,
    day,
    group_key,
    integer,
    long_text,
    note,
    reference,
    text,
)
from bjc_desktop.vocabulary import (
    Channel,
    ConsultationKind,
    ConsultationSetting,
    ConsultationStatus,
    ObservationMethod,
    SuggestionKind,
    SuggestionState,
)


class Consultation(Packaged, Base):
    """A consultation, planned or held; its note is kept as ciphertext that only coaches can read."""

    __tablename__ = "consultations"
    # The consultations per hour of a period are counted per member of staff from this index alone; the other one answers
    # whether any was held during a coaching.
    __table_args__ = (
        Index(
            "ix_consultations_staff_id",
            "staff_id",
            "held_on",
            "status",
            "kind",
            "channel",
            "group_id",
        ),
        Index("ix_consultations_coaching_id", "coaching_id", "held_on", "status"),
        Index("ix_consultations_planned", "coaching_id", "held_on", sqlite_where=sql("status = 'planned'")),
    )
    heading: ClassVar[str] = "Konsultationen"

    coaching_id: Mapped[str] = reference("Coaching", "coachings", index=False)
    staff_id: Mapped[str] = reference("durchgeführt von", "staff", index=False)
    held_on: Mapped[Day] = day("Datum", required=True)
    duration_min: Mapped[int | None] = integer("Dauer (Minuten)", minimum=0)
    channel: Mapped[str] = choice("Form", Channel, required=True)
    setting: Mapped[str | None] = choice("Rahmen", ConsultationSetting)
    kind: Mapped[str] = choice("Art", ConsultationKind, required=True)
    status: Mapped[str] = choice("Stand", ConsultationStatus, required=True)
    group_id: Mapped[str | None] = group_key("Gruppentermin")
    note: Mapped[bytes | None] = note("Notiz")


class Observation(Packaged, Base):
    """What a trainer observed in the workshop, on five dimensions from 1 to 5 (the seed's answer 7)."""

    __tablename__ = "observations"
    heading: ClassVar[str] = "Beobachtungen"

    coaching_id: Mapped[str] = reference("Coaching", "coachings")
    staff_id: Mapped[str] = reference("beobachtet von", "staff")
    observed_on: Mapped[Day] = day("beobachtet am", required=True)
    workplace: Mapped[str | None] = text("Einsatzort")
    task: Mapped[str | None] = text("Arbeitsaufgabe")
    method: Mapped[str | None] = choice("Methode", ObservationMethod)
    work_behaviour: Mapped[int | None] = integer("Arbeitsverhalten", minimum=1, maximum=5)
    social_behaviour: Mapped[int | None] = integer("Sozialverhalten", minimum=1, maximum=5)
    resilience: Mapped[int | None] = integer("Belastungsfähigkeit", minimum=1, maximum=5)
    concentration: Mapped[int | None] = integer("Konzentrationsfähigkeit", minimum=1, maximum=5)
    motor_skills: Mapped[int | None] = integer("motorische Fähigkeiten", minimum=1, maximum=5)
    evidence: Mapped[str | None] = long_text("Beobachtung")
    derived_action: Mapped[str | None] = long_text("abgeleitete Unterstützung")
    discussed_on: Mapped[Day | None] = day("besprochen am")
    goal_id: Mapped[str | None] = reference("Ziel", "goals", required=False)


class Suggestion(Packaged, Base):
    """What a trainer suggests to the coach of a person: for the plan, the profile, or work that suits (the seed's answer 7)."""

    __tablename__ = "suggestions"
    # What is not answered yet is asked for again and again, and it is little.
    __table_args__ = (Index("ix_suggestions_open", "coaching_id", sqlite_where=sql("state = 'open'")),)
    heading: ClassVar[str] = "Vorschläge"

    coaching_id: Mapped[str] = reference("Coaching", "coachings")
    staff_id: Mapped[str] = reference("vorgeschlagen von", "staff")
    made_on: Mapped[Day] = day("vorgeschlagen am", required=True)
    kind: Mapped[str] = choice("Wofür", SuggestionKind, required=True)
    description: Mapped[str] = long_text("Vorschlag", required=True)
    state: Mapped[str] = choice("Stand", SuggestionState, required=True)
    answered_on: Mapped[Day | None] = day("beantwortet am")
    answer: Mapped[str | None] = long_text("Antwort")
