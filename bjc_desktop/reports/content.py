"""What a report says, as plain data: the writers of PDF, XLSX and CSV get this and nothing else.

Nothing here names a person: cases are called by their pseudonym, coaches by their number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.results import Figure, Rating, ScopeFigures


@dataclass(frozen=True, slots=True)
class ExitCase:
    """A coaching with its exit in the period (denominator of A1.1, A4 and correctly closed)."""

    pseudonym: str
    own: bool
    """Of the report's scope; False: another provider's, here for the figures of a coach of the scope alone."""
    coach_number: int | None
    entry_on: date
    exit_on: date
    a1_1: bool
    a1_1_label: str
    a4: bool
    a4_label: str
    items: tuple[bool, ...]
    """The checklist's items 1 to 10: passed or not (inactive items too)."""
    correct: bool


@dataclass(frozen=True, slots=True)
class FollowUpCase:
    """A coaching whose six-month date lies in the period (cohort of A1.2)."""

    pseudonym: str
    own: bool
    """As in :class:`ExitCase`."""
    coach_number: int | None
    exit_on: date
    due_on: date
    surveyed: bool
    in_denominator: bool
    counts: bool
    label: str


@dataclass(frozen=True, slots=True)
class LinkCase:
    """A person active in the period, with the deciding coaching of one scope (denominator of the measure link)."""

    person: str
    pseudonym: str
    coach_number: int | None
    """None: the report's own scope; otherwise this coach's scope."""
    entry_on: date
    exit_on: date | None
    counts: bool
    label: str


@dataclass(frozen=True, slots=True)
class ConsultationRow:
    """A consultation held in the period by a job coach of the scope; *counted* is 1 once per session, else 0."""

    coach_number: int
    held_on: date
    kind: str
    channel: str
    session: str
    """Pseudonym of the group session, empty for a single consultation."""
    counted: int
    label: str


@dataclass(frozen=True, slots=True)
class HoursRow:
    """One month of one job coach that belongs to the denominator; hours are None where the row is missing."""

    coach_number: int
    month: str
    contract_hours: Decimal | None
    worked_hours: Decimal | None
    funded_share: Decimal
    counted_hours: Decimal
    """The hours that the ratio uses (worked or contract, by setting) times the funded share; 0 where missing."""
    missing: bool


@dataclass(frozen=True, slots=True)
class DefinitionText:
    """How an indicator is defined, in German sentences."""

    code: str
    label: str
    denominator: str
    numerator: str
    source: str


@dataclass(frozen=True, slots=True)
class SettingText:
    """A setting in force: its German title, its value in words, whether it is the default, and why."""

    title: str
    value: str
    default: bool
    reason: str


@dataclass(frozen=True, slots=True)
class QualityLine:
    """A kind of finding and how many cases it touches; *severity* is error, warning or hint."""

    severity: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class VersionChange:
    """What a new version changed: a figure (``A1.1: 2 von 6 → 3 von 6``) or a case (pseudonym and both verdicts)."""

    subject: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StatementText:
    """What the provider says about an indicator below its target, or about the version: a part of the report in free words."""

    subject: str
    reasons: tuple[str, ...]
    steps: str


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything that a quarterly report shows."""

    figures: ScopeFigures
    definitions_version: str
    program_version: str
    version: int | None
    """None: a draft, marked ENTWURF."""
    trend: tuple[tuple[Period, tuple[Figure, ...]], ...]
    """Earlier quarters and this one, the oldest first; the figures in the report's order."""
    exits: tuple[ExitCase, ...]
    follow_ups: tuple[FollowUpCase, ...]
    links: tuple[LinkCase, ...]
    consultations: tuple[ConsultationRow, ...]
    hours: tuple[HoursRow, ...]
    checklist_titles: tuple[str, ...]
    checklist_active: tuple[bool, ...]
    definitions: tuple[DefinitionText, ...]
    settings: tuple[SettingText, ...]
    rating_places: int | None
    """Decimals to which a value is rounded before it is rated; None: it is rated as it is."""
    quality: tuple[QualityLine, ...]
    signals: tuple[str, ...]
    """What calls for a closer look over several quarters, in German sentences."""
    statements: tuple[StatementText, ...]
    persons: str
    """How many persons were coached in the year so far, in one sentence."""
    changes: tuple[VersionChange, ...]


@dataclass(frozen=True, slots=True)
class StatisticMonth:
    """One coach in one month."""

    month: str
    by_kind: Mapping[str, int]
    """German label of the kind → consultations held (rows)."""
    by_channel: Mapping[str, int]
    group_sessions: int
    counted: int
    """Consultations as the indicator counts them."""
    hours: Decimal | None
    """Hours in the denominator; None where the row is missing."""
    ratio: Fraction | None


@dataclass(frozen=True, slots=True)
class StatisticPerson:
    """A coach (or a trainer, shown apart) of the statistic, by number; the figure is the coach's own for the whole period."""

    number: int
    months: tuple[StatisticMonth, ...]
    counted: int
    hours: Decimal
    ratio: Fraction | None
    rating: Rating
    missing_months: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatisticContent:
    """The consultations-per-hour statistic of one scope and period."""

    figures: ScopeFigures
    figure: Figure
    coaches: tuple[StatisticPerson, ...]
    trainers: tuple[StatisticPerson, ...]
    trend: tuple[tuple[Period, Figure], ...]
    kinds: tuple[str, ...]
    channels: tuple[str, ...]
    settings: tuple[SettingText, ...]
    """Those that decide about this figure."""
    rating_places: int | None
    """As in :class:`ReportContent`."""
    program_version: str
