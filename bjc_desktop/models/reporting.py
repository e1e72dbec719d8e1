"""Targets per year, indicator settings, what a provider says about its results, and the reports that were released."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Boolean, Date, DateTime, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bjc_desktop.models.base import (
    Base,
    Day,
    ExactDecimal,
    FieldInfo,
    Kind,
    PlainText,
    Recorded,
    choice,
    day,
    long_text,
    reference,
    text,
)
from bjc_desktop.vocabulary import IndicatorCode, ShortfallReason


def _known(title: str, kind: Kind) -> dict[str, FieldInfo]:
    """Return what is known about a field of the targets, which travel between vaults."""
    return {"field": FieldInfo(title, kind)}


class Target(Recorded, Base):
    """The target of one indicator in one year, as a fraction or a ratio, and where the tolerance band begins."""

    __tablename__ = "targets"
    __table_args__ = (UniqueConstraint("year", "code"),)
    heading: ClassVar[str] = "Sollkennzahlen"

    year: Mapped[int] = mapped_column(Integer, info=_known("Jahr", Kind.INTEGER))
    code: Mapped[str] = mapped_column(String(40), info=_known("Kennzahl", Kind.TEXT))
    target: Mapped[Decimal] = mapped_column(ExactDecimal, info=_known("Soll", Kind.DECIMAL))
    tolerance_low: Mapped[Decimal] = mapped_column(ExactDecimal, info=_known("Toleranz ab", Kind.DECIMAL))
    programme: Mapped[Decimal | None] = mapped_column(ExactDecimal, info=_known("Programmwert", Kind.DECIMAL))
    source: Mapped[str] = mapped_column(PlainText, info=_known("Quelle", Kind.TEXT))


class IndicatorSetting(Recorded, Base):
    """A setting that differs from its default, with the reason why."""

    __tablename__ = "indicator_settings"
    __table_args__ = (UniqueConstraint("key"),)
    heading: ClassVar[str] = "Einstellungen"

    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(PlainText)
    """The value as JSON."""
    reason: Mapped[str | None] = mapped_column(PlainText)


class ReportStatement(Recorded, Base):
    """What a provider says about an indicator below its target in a period: reasons and planned steps, part of the report."""

    __tablename__ = "report_statements"
    __table_args__ = (UniqueConstraint("scope", "period_from", "period_to", "code"),)
    heading: ClassVar[str] = "Begründungen"

    scope: Mapped[str] = mapped_column(String(36))
    """The provider's id, or ``all``."""
    period_from: Mapped[Day] = mapped_column(Date)
    period_to: Mapped[Day] = mapped_column(Date)
    code: Mapped[str] = mapped_column(String(40))
    """The indicator, or ``version``: why there is another version."""
    reasons: Mapped[str] = mapped_column(String(200))
    """Keys of :class:`~bjc_desktop.vocabulary.ShortfallReason`, with commas between them."""
    steps: Mapped[str] = mapped_column(PlainText)


class FeedbackTalk(Recorded, Base):
    """A feedback talk about a provider's results: when and with whom, the reasons, what was agreed and until when."""

    __tablename__ = "feedback_talks"
    heading: ClassVar[str] = "Rückmeldegespräche"

    provider_id: Mapped[str] = reference("Träger", "providers")
    held_on: Mapped[Day] = day("Datum", required=True)
    participants: Mapped[str | None] = text("mit wem")
    code: Mapped[str | None] = choice("Kennzahl", IndicatorCode)
    reason: Mapped[str | None] = choice("Grund", ShortfallReason)
    reasons: Mapped[str | None] = long_text("Gründe im Einzelnen")
    agreed: Mapped[str | None] = long_text("vereinbarte Schritte")
    agreed_until: Mapped[Day | None] = day("bis wann")


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
