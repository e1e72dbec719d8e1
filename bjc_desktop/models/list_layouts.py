"""What the columns of old lists mean, by layout."""

from datetime import datetime

from sqlalchemy import DateTime, String
from sqlalchemy.orm import Mapped, mapped_column

from bjc_desktop.models.base import Base, PlainText


class ListLayout(Base):
    """A layout of lists that were taken in: its headings' fingerprint and what they mean. It holds no person and is no part of the change record."""

    __tablename__ = "list_layouts"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(32), unique=True)
    mapping: Mapped[str] = mapped_column(PlainText)
    """JSON."""
    used_at: Mapped[datetime] = mapped_column(DateTime)
