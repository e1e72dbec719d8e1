"""The program's own records: who may open the vault, who changed what, and the vault's secrets."""

from datetime import datetime

from sqlalchemy import DateTime, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bjc_desktop.models.base import Base, PlainText


class User(Base):
    """A user of the vault; the passphrase's slot stands in the slot file beside the database."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(PlainText, unique=True)
    roles: Mapped[str] = mapped_column(String(120))
    """Comma-separated keys of :class:`~bjc_desktop.vocabulary.Role`."""
    note_keys: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The keys of the notes, sealed to the public key in the user's slot; None for who cannot read notes."""
    created_at: Mapped[datetime] = mapped_column(DateTime)
    removed_at: Mapped[datetime | None] = mapped_column(DateTime)


class UserStaff(Base):
    """Which member of staff a user is, chosen once in the window; whose row is missing is none."""

    __tablename__ = "user_staff"

    user_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    staff_id: Mapped[str] = mapped_column(String(36))


class Draft(Base):
    """What a user typed and has not saved yet; it outlives a crash and the lock, and is no part of the change record."""

    __tablename__ = "drafts"

    user_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    content: Mapped[str] = mapped_column(PlainText)
    """JSON."""
    saved_at: Mapped[datetime] = mapped_column(DateTime)


class ChangeRecord(Base):
    """One change: who, in which role, when, what, before and after, chained by HMAC and append-only.

    ``payload`` is JSON, ``{"fields": {name: [before, after]}}`` for a change of a row, and what the action needs for any other. Where
    the row belongs to a person it is encrypted with that person's key, so that erasing the key erases the values and
    the chain stays whole. Notes stand in it as ciphertext only.
    """

    __tablename__ = "change_records"
    __table_args__ = (
        Index("ix_change_records_entity", "entity", "entity_id"),
        Index("ix_change_records_person_id", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    transaction_id: Mapped[int] = mapped_column(Integer, index=True)
    """The id of the first record of the same transaction: what is undone together."""
    at: Mapped[str] = mapped_column(String(30))
    """UTC, ISO 8601 with milliseconds."""
    user_id: Mapped[str] = mapped_column(String(36))
    role: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(20))
    """``insert``, ``update``, ``delete`` for rows; ``import``, ``release``, ``migrate`` and others for events."""
    entity: Mapped[str | None] = mapped_column(String(40))
    entity_id: Mapped[str | None] = mapped_column(String(36))
    entity_version: Mapped[int | None] = mapped_column(Integer)
    person_id: Mapped[str | None] = mapped_column(String(36))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class PersonKey(Base):
    """A key that encrypts the change records of one person, from the record ``since`` on until the person's next key.

    A person gets a new key every year, so that the values of old records can be erased while those of newer ones stay.
    """

    __tablename__ = "person_keys"

    coachee_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    since: Mapped[int] = mapped_column(Integer, primary_key=True, default=0, server_default="0")
    """The first record it may encrypt."""
    key: Mapped[bytes] = mapped_column(LargeBinary)
    begun_at: Mapped[str] = mapped_column(String(30), default="", server_default="")
    """When it was made, in the form of a record's time; empty for keys of vaults before revision 0007."""


class VaultFact(Base):
    """What the vault knows about itself: its id, and the secrets for chain, pseudonyms and signature."""

    __tablename__ = "vault_facts"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
