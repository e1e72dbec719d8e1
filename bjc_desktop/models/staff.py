"""Staff, their qualifications and their working time."""

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bjc_desktop.models.base import (
    Base,
    Day,
    Exposure,
    Packaged,
    Recorded,
    choice,
    day,
    decimal,
    integer,
    long_text,
    month,
    not_before,
    reference,
    text,
)
from bjc_desktop.vocabulary import QualificationKind, Role


class Staff(Packaged, Base):
    """A member of staff: job coach, employment trainer, coordination or administration."""

    __tablename__ = "staff"
    __table_args__ = (not_before("employed_to", "employed_from"),)
    heading: ClassVar[str] = "Personal"

    provider_id: Mapped[str] = reference("Träger", "providers")
    given_name: Mapped[str | None] = text("Vorname")
    family_name: Mapped[str] = text("Nachname", required=True, exposure=Exposure.PSEUDONYM)
    role: Mapped[str] = choice("Funktion", Role, required=True)
    weekly_hours: Mapped[Decimal | None] = decimal("Wochenstunden", maximum=168)
    funded_share: Mapped[Decimal | None] = decimal("geförderter Anteil", maximum=1)
    employed_from: Mapped[Day] = day("beschäftigt von", required=True)
    employed_to: Mapped[Day | None] = day("beschäftigt bis")


class StaffQualification(Packaged, Base):
    """A qualification or further training of a member of staff."""

    __tablename__ = "staff_qualifications"
    heading: ClassVar[str] = "Qualifikationen"

    staff_id: Mapped[str] = reference("Person", "staff")
    kind: Mapped[str] = choice("Art", QualificationKind, required=True)
    title: Mapped[str | None] = text("Bezeichnung")
    obtained_on: Mapped[Day | None] = day("erworben am")
    hours: Mapped[int | None] = integer("Umfang (Stunden)", minimum=0)


class RequirementConfirmation(Recorded, Base):
    """An item of the requirement profile that somebody confirmed by hand, with the reason."""

    __tablename__ = "requirement_confirmations"
    __table_args__ = (UniqueConstraint("staff_id", "item"),)
    heading: ClassVar[str] = "Bestätigte Anforderungen"

    staff_id: Mapped[str] = reference("Person", "staff", index=False)
    item: Mapped[str] = mapped_column(String(40))
    """The item's key."""
    reason: Mapped[str] = long_text("Grund", required=True)


class WorkingTime(Packaged, Base):
    """Contract hours and worked hours of one person in one month."""

    __tablename__ = "working_time"
    __table_args__ = (UniqueConstraint("staff_id", "month"), Index("ix_working_time_month", "month"))
    heading: ClassVar[str] = "Arbeitszeiten"

    staff_id: Mapped[str] = reference("Person", "staff", index=False)
    month: Mapped[str] = month("Monat")
    contract_hours: Mapped[Decimal] = decimal("Sollstunden", required=True, maximum=744)
    worked_hours: Mapped[Decimal] = decimal("Arbeitsstunden", required=True, maximum=744)
