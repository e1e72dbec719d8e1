"""What the figures and the funding rest on: funding decisions, targets per year, settings with their reasons, feedback talks."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select, true
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.indicators.catalogue import BY_CODE, CATALOGUE
from bjc_desktop.indicators.rating import RATIO_CODES
from bjc_desktop.indicators.settings import settings_in_words
from bjc_desktop.models import FeedbackTalk, FundingChange, FundingDecision, IndicatorSetting, Target
from bjc_desktop.services.case_file import CaseRow, read_rows
from bjc_desktop.services.targets import read_settings

NO_SOURCE = "Bitte angeben, woher das Soll stammt."
TURNED = "Der Toleranzbereich beginnt über dem Soll. Bitte beide Werte prüfen."
OUT_OF_RANGE = "Bitte einen Anteil zwischen 0 und 100 Prozent angeben."


@dataclass(frozen=True, slots=True)
class TargetLine:
    """The target of an indicator in a year: per cent (22 is 22 %) or a ratio."""

    code: str
    title: str
    per_cent: bool
    target: Decimal | None
    tolerance_low: Decimal | None
    source: str


@dataclass(frozen=True, slots=True)
class SettingLine:
    """A setting in words, whether it differs from its default, and the reason for its default or for the difference."""

    key: str
    title: str
    value: str
    default: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Foundations:
    """Funding decisions and feedback talks (the newest first), the targets of a year, and the settings."""

    decisions: tuple[CaseRow, ...]
    changes: tuple[CaseRow, ...]
    """Of all decisions, the newest first."""
    talks: tuple[CaseRow, ...]
    targets: tuple[TargetLine, ...]
    years: tuple[int, ...]
    """The years that have targets of their own."""
    settings: tuple[SettingLine, ...]


def read_foundations(connection: Connection, *, year: int) -> Foundations:
    """Return everything for the targets of *year*."""
    table = Target.__table__.c
    rows = {row.code: row for row in connection.execute(select(Target.__table__).where(table.year == year))}
    years = connection.execute(select(table.year).distinct().order_by(table.year.desc())).scalars().all()
    setting = IndicatorSetting.__table__.c
    reasons = {row.key: row.reason for row in connection.execute(select(setting.key, setting.reason))}
    return Foundations(
        read_rows(connection, FundingDecision, true(), FundingDecision.valid_from.desc()),
        read_rows(connection, FundingChange, true(), FundingChange.valid_from.desc()),
        read_rows(connection, FeedbackTalk, true(), FeedbackTalk.held_on.desc()),
        tuple(_target(indicator.code, rows.get(indicator.code)) for indicator in CATALOGUE),
        tuple(years),
        tuple(
            SettingLine(d.key, d.title, value, default, d.reason if default else reasons.get(d.key) or "ohne Angabe von Gründen")
            for d, value, default in settings_in_words(read_settings(connection))
        ),
    )


def _target(code: str, row: Any) -> TargetLine:
    shares = code not in RATIO_CODES
    if row is None:
        return TargetLine(code, BY_CODE[code].label, shares, None, None, "")
    factor = 100 if shares else 1
    return TargetLine(
        code,
        BY_CODE[code].label,
        shares,
        row.target * factor,
        row.tolerance_low * factor,
        row.source,
    )


def save_target(session: Session, year: int, code: str, *, target: Decimal, tolerance_low: Decimal, source: str) -> None:
    """Save the target of an indicator in *year*; shares are given in per cent, and the source is noted.

    Raises
    ------
    InvalidInputError
        with one sentence for each field that cannot be saved; nothing was changed.
    """
    problems: dict[str, str] = {}
    if not source.strip():
        problems["source"] = NO_SOURCE
    if tolerance_low > target:
        problems["tolerance_low"] = TURNED
    if code not in RATIO_CODES and not 0 <= target <= 100:  # noqa: PLR2004 - per cent
        problems["target"] = OUT_OF_RANGE
    if problems:
        raise InvalidInputError(problems)
    factor = Decimal(1) if code in RATIO_CODES else Decimal(100)
    values: Mapping[str, object] = {
        "target": target / factor,
        "tolerance_low": tolerance_low / factor,
        "source": source.strip(),
    }
    row = session.scalars(select(Target).where(Target.year == year, Target.code == code)).one_or_none()
    if row is None:
        session.add(Target(year=year, code=code, programme=None, **values))
    else:
        for name, value in values.items():
            setattr(row, name, value)
