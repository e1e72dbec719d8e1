"""Coachees and their consents."""

from typing import ClassVar

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bjc_desktop.models.base import Base, Day, Exposure, Packaged, choice, day, not_before, reference, text
from bjc_desktop.vocabulary import ConsentPurpose, Gender, GermanLevel


class Coachee(Packaged, Base):
    """A person who is or was coached."""

    __tablename__ = "coachees"
    __table_args__ = (Index("ix_coachees_birth_date", "birth_date"),)
    heading: ClassVar[str] = "Coachees"

    case_number: Mapped[str] = text("Fallnummer", required=True, exposure=Exposure.PSEUDONYM, index=True)
    given_name: Mapped[str | None] = text("Vorname")
    family_name: Mapped[str] = text("Nachname", required=True, exposure=Exposure.PSEUDONYM)
    birth_date: Mapped[Day | None] = day("Geburtsdatum", exposure=Exposure.YEAR)
    gender: Mapped[str | None] = choice("Geschlecht", Gender)
    postcode: Mapped[str | None] = text("Postleitzahl")
    phone: Mapped[str | None] = text("Telefon")
    email: Mapped[str | None] = text("E-Mail")
    german_level: Mapped[str | None] = choice("Deutschniveau", GermanLevel)


class Consent(Packaged, Base):
    """A consent of a coachee to one purpose."""

    __tablename__ = "consents"
    # The checklist asks for the coachee's consent to one purpose on one day; the index answers alone.
    __table_args__ = (
        not_before("withdrawn_on", "given_on"),
        Index("ix_consents_coachee_id", "coachee_id", "purpose", "given_on", "withdrawn_on"),
    )
    heading: ClassVar[str] = "Einwilligungen"

    coachee_id: Mapped[str] = reference("Coachee", "coachees", index=False)
    purpose: Mapped[str] = choice("Zweck", ConsentPurpose, required=True)
    given_on: Mapped[Day] = day("erteilt am", required=True)
    withdrawn_on: Mapped[Day | None] = day("widerrufen am")
    form_version: Mapped[str | None] = text("Fassung der Erklärung")
