"""Exchange with other vaults: the partners, what is known of each row's versions, versions that wait for a decision, files taken in."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, DateTime, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bjc_desktop.models.base import Base, PlainText, Recorded, choice, long_text, reference, text
from bjc_desktop.vocabulary import PartnerKind


class ExchangePartner(Recorded, Base):
    """Another vault that this one exchanges files with; its id is that vault's id. Both keys were compared over the phone."""

    __tablename__ = "exchange_partners"
    heading: ClassVar[str] = "Austausch"

    name: Mapped[str] = text("Name", required=True)
    kind: Mapped[str] = choice("Wer", PartnerKind, required=True)
    staff_id: Mapped[str | None] = reference("Person", "staff", required=False)
    """Who works there; none for an office."""
    reads_notes: Mapped[bool] = mapped_column(Boolean, default=False, server_default="0")
    """Whether notes of consultations go there."""
    signing_key: Mapped[bytes] = mapped_column(LargeBinary)
    """Ed25519, public, 32 bytes."""
    sealing_key: Mapped[bytes] = mapped_column(LargeBinary)
    """X25519, public, 32 bytes."""
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime)
    """When the code was compared; before, nothing is exchanged."""
    ended_at: Mapped[datetime | None] = mapped_column(DateTime)


class RowStamp(Base):
    """The versions of one row's groups, as far as they stand in its table (exchange/versions.py)."""

    __tablename__ = "row_stamps"
    __table_args__ = (Index("ix_row_stamps_coachee_id", "coachee_id"),)

    entity: Mapped[str] = mapped_column(String(40), primary_key=True)
    entity_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """The row's identity, which is its id but for tables with a natural key."""
    coachee_id: Mapped[str | None] = mapped_column(String(36))
    stamps: Mapped[str] = mapped_column(String)
    """JSON: by group the vector of the version that the table holds."""
    deleted: Mapped[bool] = mapped_column(Boolean)
    changed_by: Mapped[str] = mapped_column(PlainText)
    """Who changed the row last, by name; empty where that is not known."""
    changed_at: Mapped[str] = mapped_column(String(30))
    """When, by the clock of the machine on which it was changed: to be read, never to be reckoned with."""


class HeldVersion(Recorded, Base):
    """A version of a group that stands beside the one in its table, until somebody decides between them."""

    __tablename__ = "held_versions"
    __table_args__ = (Index("ix_held_versions_entity", "entity", "entity_id"),)
    heading: ClassVar[str] = "Abweichende Fassungen"

    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[str] = mapped_column(String(36))
    field_group: Mapped[str] = mapped_column(String(20))
    vector: Mapped[str] = mapped_column(String)
    content: Mapped[str | None] = long_text("Fassung")
    """The values as JSON; None where the version is the deletion of the row."""
    coachee_id: Mapped[str | None] = reference("Coachee", "coachees", required=False)
    changed_by: Mapped[str] = mapped_column(PlainText)
    changed_at: Mapped[str] = mapped_column(String(30))


class ExchangeFile(Base):
    """A file that was taken in: which, from whom, when, and what would undo it."""

    __tablename__ = "exchange_files"

    change_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    """The event in the change record."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the file."""
    partner_id: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(DateTime)
    counts: Mapped[str] = mapped_column(String)
    """JSON."""
    before: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Stamps and held versions as they were before, compressed; None where it cannot be taken back any more."""
    taken_back_at: Mapped[datetime | None] = mapped_column(DateTime)
