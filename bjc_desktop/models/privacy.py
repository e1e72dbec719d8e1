"""Forgetting and access: what was erased, who may not be erased, what people asked for, and changed periods of keeping."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import DateTime, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bjc_desktop.models.base import Base, Day, PlainText, Recorded, choice, day, long_text, not_before, reference
from bjc_desktop.vocabulary import RequestKind


class Erasure(Base):
    """What was erased once: the protocol, and the tombstone that keeps it from coming back. Triggers refuse to delete it.

    ``mark`` is the HMAC of the id of the person (or of the coaching, where only its texts went): whoever holds the id and the vault
    recognises it, and nobody gets from it to the id.
    """

    __tablename__ = "erasures"
    __table_args__ = (Index("ix_erasures_mark", "mark", "depth"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    mark: Mapped[str] = mapped_column(String(64))
    depth: Mapped[str] = mapped_column(String(20))
    """Key of :class:`~bjc_desktop.vocabulary.ErasureDepth`."""
    pseudonym: Mapped[str] = mapped_column(String(20))
    """How the person, or the coaching, is called in reports."""
    at: Mapped[datetime] = mapped_column(DateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    occasion: Mapped[str] = mapped_column(String(20))
    """Key of :class:`~bjc_desktop.vocabulary.ErasureOccasion`."""
    reason: Mapped[str] = mapped_column(PlainText)
    counts: Mapped[str] = mapped_column(PlainText)
    """How many rows of which table, as JSON."""
    taken_back_at: Mapped[datetime | None] = mapped_column(DateTime)
    """When somebody took the person back on purpose, by a data package."""


class LegalHold(Recorded, Base):
    """A person whose data must not be erased for a time, with the reason."""

    __tablename__ = "legal_holds"
    __table_args__ = (not_before("held_until", "held_from"),)
    heading: ClassVar[str] = "Sperren"

    coachee_id: Mapped[str] = reference("Coachee", "coachees")
    held_from: Mapped[Day] = day("gesperrt ab", required=True)
    held_until: Mapped[Day | None] = day("gesperrt bis")
    reason: Mapped[str] = long_text("Grund", required=True)


class PrivacyRequest(Recorded, Base):
    """What a person asked for about their own data, when, and when it was answered (Art. 12 (3), 15 to 17 GDPR)."""

    __tablename__ = "privacy_requests"
    __table_args__ = (not_before("answered_on", "received_on"), not_before("extended_to", "received_on"))
    heading: ClassVar[str] = "Anfragen von Betroffenen"

    coachee_id: Mapped[str] = reference("Coachee", "coachees")
    kind: Mapped[str] = choice("Art der Anfrage", RequestKind, required=True)
    received_on: Mapped[Day] = day("eingegangen am", required=True)
    extended_to: Mapped[Day | None] = day("Frist verlängert bis")
    answered_on: Mapped[Day | None] = day("beantwortet am")
    remark: Mapped[str | None] = long_text("Bemerkung")


class RetentionSetting(Recorded, Base):
    """A period of keeping that differs from its default, with the reason why."""

    __tablename__ = "retention_settings"
    __table_args__ = (UniqueConstraint("key"),)
    heading: ClassVar[str] = "Aufbewahrungsfristen"

    key: Mapped[str] = mapped_column(String(40))
    """The rule's key (services/retention_rules.py)."""
    months: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(PlainText)
