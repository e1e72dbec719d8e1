"""Providers (Träger) and the funding decisions (Zuwendungsbescheide) they work under."""

from typing import ClassVar

from sqlalchemy.orm import Mapped

from bjc_desktop.models.base import Base, Day, Exposure, Packaged, day, integer, long_text, not_before, reference, text


class Provider(Packaged, Base):
    """A provider of the programme."""

    __tablename__ = "providers"
    heading: ClassVar[str] = "Träger"

    name: Mapped[str] = text("Name des Trägers", required=True, exposure=Exposure.OPEN)
    legal_form: Mapped[str | None] = text("Rechtsform", exposure=Exposure.OPEN)
    zgs_number: Mapped[str | None] = text("zgs-Nummer", exposure=Exposure.OPEN)


class FundingDecision(Packaged, Base):
    """A funding decision with its period and its funded positions."""

    __tablename__ = "funding_decisions"
    __table_args__ = (not_before("valid_to", "valid_from"),)
    heading: ClassVar[str] = "Zuwendungsbescheide"

    provider_id: Mapped[str] = reference("Träger", "providers")
    reference: Mapped[str] = text("Aktenzeichen", required=True, exposure=Exposure.OPEN)
    valid_from: Mapped[Day] = day("gültig von", required=True)
    valid_to: Mapped[Day] = day("gültig bis", required=True)
    coach_positions: Mapped[int | None] = integer("Stellen JobCoaches", minimum=0)
    trainer_positions: Mapped[int | None] = integer("Stellen Beschäftigungstrainer*innen", minimum=0)
    proof_of_use_on: Mapped[Day | None] = day("Verwendungsnachweis am")


class FundingChange(Packaged, Base):
    """A change to a funding decision: from its day on its positions take the place of those before."""

    __tablename__ = "funding_changes"
    heading: ClassVar[str] = "Änderungsbescheide"

    funding_decision_id: Mapped[str] = reference("Zuwendungsbescheid", "funding_decisions")
    reference: Mapped[str | None] = text("Aktenzeichen", exposure=Exposure.OPEN)
    valid_from: Mapped[Day] = day("gilt ab", required=True)
    coach_positions: Mapped[int | None] = integer("Stellen JobCoaches", minimum=0)
    trainer_positions: Mapped[int | None] = integer("Stellen Beschäftigungstrainer*innen", minimum=0)
    reason: Mapped[str | None] = long_text("Anlass")
