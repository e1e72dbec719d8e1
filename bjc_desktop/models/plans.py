"""Competence profiles, barriers, and the development plan with its goals and agreed tasks."""

from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped

from bjc_desktop.models.base import Base, Day, Packaged, choice, day, integer, long_text, reference
from bjc_desktop.vocabulary import GoalStatus, LifeArea, OverallGoal, Responsible


class CompetenceProfile(Packaged, Base):
    """A version of a coachee's competence profile."""

    __tablename__ = "competence_profiles"
    __table_args__ = (Index("ix_competence_profiles_coaching_id", "coaching_id", "recorded_on"),)
    heading: ClassVar[str] = "Kompetenzprofile"

    coaching_id: Mapped[str] = reference("Coaching", "coachings", index=False)
    staff_id: Mapped[str | None] = reference("erhoben von", "staff", required=False, index=False)
    recorded_on: Mapped[Day] = day("erhoben am", required=True)
    summary: Mapped[str | None] = long_text("Zusammenfassung")


class Barrier(Packaged, Base):
    """A barrier to employment (Vermittlungshemmnis), its severity at entry and today (0 to 3)."""

    __tablename__ = "barriers"
    heading: ClassVar[str] = "Vermittlungshemmnisse"

    coaching_id: Mapped[str] = reference("Coaching", "coachings")
    area: Mapped[str] = choice("Bereich", LifeArea, required=True)
    severity_at_entry: Mapped[int | None] = integer("Ausprägung bei Eintritt", minimum=0, maximum=3)
    recorded_on: Mapped[Day] = day("erhoben am", required=True)
    severity_now: Mapped[int | None] = integer("Ausprägung jetzt", minimum=0, maximum=3)
    assessed_on: Mapped[Day | None] = day("eingeschätzt am")


class DevelopmentPlan(Packaged, Base):
    """A version of a coaching's development plan."""

    __tablename__ = "development_plans"
    __table_args__ = (UniqueConstraint("coaching_id", "version"),)
    heading: ClassVar[str] = "Entwicklungspläne"

    coaching_id: Mapped[str] = reference("Coaching", "coachings", index=False)
    version: Mapped[int] = integer("Fassung", required=True, minimum=1)
    agreed_on: Mapped[Day] = day("vereinbart am", required=True)
    overall_goal: Mapped[str | None] = choice("Gesamtziel", OverallGoal)
    coachee_confirmed_on: Mapped[Day | None] = day("von Coachee bestätigt am")
    review_on: Mapped[Day | None] = day("Überprüfung am")


class Goal(Packaged, Base):
    """A goal of a development plan."""

    __tablename__ = "goals"
    # What is due is asked of the goals and tasks that are open, and these are few.
    __table_args__ = (
        Index("ix_goals_plan_id", "plan_id", "status"),
        Index(
            "ix_goals_open",
            "plan_id",
            "due_on",
            "id",
            sqlite_where=sql("status NOT IN ('achieved', 'partly_achieved', 'not_achieved', 'dropped')"),
        ),
    )
    heading: ClassVar[str] = "Ziele"

    plan_id: Mapped[str] = reference("Entwicklungsplan", "development_plans", index=False)
    area: Mapped[str | None] = choice("Bereich", LifeArea)
    description: Mapped[str] = long_text("Beschreibung", required=True)
    due_on: Mapped[Day | None] = day("fällig am")
    status: Mapped[str] = choice("Stand", GoalStatus, required=True)
    closed_on: Mapped[Day | None] = day("abgeschlossen am")


class Task(Packaged, Base):
    """A task agreed on for a goal."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_open", "goal_id", "due_on", sqlite_where=sql("done_on IS NULL AND due_on IS NOT NULL")),)
    heading: ClassVar[str] = "Aufgaben"

    goal_id: Mapped[str] = reference("Ziel", "goals")
    description: Mapped[str] = long_text("Beschreibung", required=True)
    responsible: Mapped[str | None] = choice("zuständig", Responsible)
    due_on: Mapped[Day | None] = day("fällig am")
    done_on: Mapped[Day | None] = day("erledigt am")
