"""Targets per year, indicator settings, and the reports that were released."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Boolean, Date, DateTime, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bjc_desktop.models.base import Base, Day, ExactDecimal, PlainText, Recorded


class Target(Recorded, Base):
    """The target of one indicator in one year, as a fraction or a ratio, and where the tolerance band begins."""

    __tablename__ = "targets"
    __table_args__ = (UniqueConstraint("year", "code"),)
    heading: ClassVar[str] = "Sollkennzahlen"

    year: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(40))
    target: Mapped[Decimal] = mapped_column(ExactDecimal)
    tolerance_low: Mapped[Decimal] = mapped_column(ExactDecimal)
    programme: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    source: Mapped[str] = mapped_column(PlainText)


class IndicatorSetting(Recorded, Base):
    """A setting that differs from its default, with the reason why."""

    __tablename__ = "indicator_settings"
    __table_args__ = (UniqueConstraint("key"),)
    heading: ClassVar[str] = "Einstellungen"

    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(PlainText)
    """The value as JSON."""
    reason: Mapped[str | None] = mapped_column(PlainText)


class ReleasedReport(Recorded, Base):
    """A released report: frozen with its inputs; triggers refuse every change and deletion."""

    __tablename__ = "released_reports"
    __table_args__ = (UniqueConstraint("scope", "period_from", "period_to", "version"),)
    heading: ClassVar[str] = "Freigegebene Berichte"

    scope: Mapped[str] = mapped_column(String(36))
    """The provider's id, or ``all``."""
    period_label: Mapped[str] = mapped_column(String(40))
    period_from: Mapped[Day] = mapped_column(Date)
    period_to: Mapped[Day] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer)
    as_of: Mapped[Day] = mapped_column(Date)
    released_at: Mapped[datetime] = mapped_column(DateTime)
    released_by: Mapped[str] = mapped_column(String(36))
    nothing_to_report: Mapped[bool] = mapped_column(Boolean, default=False)
    settings: Mapped[str] = mapped_column(PlainText)
    """The settings in force, as JSON."""
    figures: Mapped[str] = mapped_column(PlainText)
    """The text of ``indicators.json``."""
    cases: Mapped[str] = mapped_column(PlainText)
    """Every case with its verdict, as JSON: ``{code: [[coaching id, verdict], …]}``."""
    changes: Mapped[str] = mapped_column(PlainText)
    """What changed against the version before, as JSON."""
    bundle: Mapped[bytes] = mapped_column(LargeBinary)
    """The ZIP as it left the house."""
