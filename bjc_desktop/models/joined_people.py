"""What somebody decided about two files: they are of one person and were joined, or of two people."""

from typing import ClassVar

from sqlalchemy.orm import Mapped

from bjc_desktop.models.base import Base, Recorded, choice, reference
from bjc_desktop.vocabulary import DistinctReason


class JoinedPerson(Recorded, Base):
    """A file that was given up: its id is that of the coachee who was deleted, ``kept_id`` whose it is now."""

    __tablename__ = "joined_people"
    heading: ClassVar[str] = "Zusammengeführte Akten"

    kept_id: Mapped[str] = reference("Coachee", "coachees")


class DistinctPeople(Recorded, Base):
    """Two people who are alike and not the same; the id follows from the two, so that a pair stands here once.

    The reason is one of a list: a text about two people could not be forgotten with one of them.
    """

    __tablename__ = "distinct_people"
    heading: ClassVar[str] = "Verschiedene Personen"

    first_id: Mapped[str] = reference("Coachee", "coachees")
    second_id: Mapped[str] = reference("andere*r Coachee", "coachees")
    reason: Mapped[str | None] = choice("Grund", DistinctReason)
