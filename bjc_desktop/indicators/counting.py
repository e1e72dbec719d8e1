"""What an outcome and a measure count for."""

from bjc_desktop.indicators.settings import IndicatorSettings
from bjc_desktop.vocabulary import MeasureKind, OutcomeKind

NEVER_A1 = (OutcomeKind.MINIJOB, OutcomeKind.SHORT_TERM_EMPLOYMENT)
"""Never counts for A1: the seed excludes Minijobs (§ 8 SGB IV); a short-term employment is the other kind of it."""

A4_KINDS = (
    OutcomeKind.RETRAINING,
    OutcomeKind.CERTIFIED_FURTHER_TRAINING,
    OutcomeKind.PARTIAL_QUALIFICATION,
    OutcomeKind.EXTERNAL_EXAM_PREPARATION,
    OutcomeKind.SCHOOL_BASED_TRAINING,
    OutcomeKind.SCHOOL_LEAVING_CERTIFICATE,
    OutcomeKind.UNIVERSITY_STUDIES,
)
"""Substantial qualification whatever the settings."""

LINKING_MEASURES = (
    MeasureKind.AGH_16D,
    MeasureKind.EMPLOYMENT_16E,
    MeasureKind.EMPLOYMENT_16I,
    MeasureKind.EMPLOYMENT_16I_BIB,
    MeasureKind.FURTHER_TRAINING_81,
    MeasureKind.VOLUNTARY_BFD,
    MeasureKind.VOLUNTARY_FSJ,
    MeasureKind.VOLUNTARY_FOEJ,
    MeasureKind.STATE_PROGRAMME,
    MeasureKind.ESF_PROJECT,
)
"""Measures that give a participant a measure link (Maßnahmebezug)."""


def a1_kinds(settings: IndicatorSettings) -> tuple[str, ...]:
    """Return the outcomes that count as integration into the first labour market (§ 5 KennzahlenV, without Minijobs)."""
    optional = (
        (OutcomeKind.EMPLOYMENT_SUBSIDISED, settings.subsidised_counts),
        (OutcomeKind.SELF_EMPLOYMENT, settings.self_employment_counts),
        (OutcomeKind.DUAL_TRAINING, settings.dual_training_counts),
    )
    always = (OutcomeKind.EMPLOYMENT_PERMANENT, OutcomeKind.EMPLOYMENT_FIXED_TERM)
    return tuple(kind.value for kind in (*always, *(kind for kind, counts in optional if counts)))


def a4_kinds(settings: IndicatorSettings) -> tuple[str, ...]:
    """Return the outcomes that count as substantial qualification."""
    return (*(kind.value for kind in A4_KINDS), *settings.a4_courses)
