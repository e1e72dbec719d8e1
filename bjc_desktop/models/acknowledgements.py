"""Findings of data quality that somebody has looked at and lets stand, with the reason."""

from typing import ClassVar

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bjc_desktop.models.base import Base, Recorded, long_text, reference


class Acknowledgement(Recorded, Base):
    """A finding about a coaching, acknowledged; it holds while the data that the finding is about stay as they were."""

    __tablename__ = "acknowledgements"
    __table_args__ = (UniqueConstraint("coaching_id", "rule"),)
    heading: ClassVar[str] = "Kenntnisnahmen"

    coaching_id: Mapped[str] = reference("Coaching", "coachings", index=False)
    rule: Mapped[str] = mapped_column(String(60))
    """Key of the finding's rule."""
    state: Mapped[str] = mapped_column(String(60))
    """The state of the rows that the finding is about, as it was then."""
    reason: Mapped[str] = long_text("Grund", required=True)
