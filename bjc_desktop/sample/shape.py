"""How large the sample is and what its figures are like."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SampleShape:
    """Size, period and rates of a sample; numbers of coaches and trainers are per provider.

    ``last_day`` is the day on which the data ends: nothing but what is planned is dated after it. ``coachings`` and
    ``consultations`` are exact. A rate is a share of the exits of a quarter (the follow-ups': of the surveys due), the link rate
    a share of the coachings. A weak quarter is named by its label; there the figure lies below the tolerance.
    """

    first_day: date = date(2023, 1, 1)
    last_day: date = date(2025, 12, 31)
    providers: int = 1
    coaches: int = 5
    trainers: int = 2
    coachings: int = 420
    consultations: int = 8600
    caseload: int = 36
    note_share: float = 0.35
    integration_rate: float = 0.29
    later_rate: float = 0.26
    qualification_rate: float = 0.139
    closing_rate: float = 0.94
    link_rate: float = 0.68
    weak_integration: str = "2025-Q3"
    weak_consultations: str = "2024-Q4"
    weak_closing: str = "2025-Q1"

    def __post_init__(self) -> None:
        """Refuse a shape of which no sample can be made."""
        if self.last_day <= self.first_day:
            message = "The sample ends before it begins."
            raise ValueError(message)
        if min(self.providers, self.coaches, self.trainers, self.coachings) < 1 or self.consultations < self.coachings:
            message = "A sample needs a provider, a coach, a trainer, a coaching, and a consultation for each coaching."
            raise ValueError(message)


DEMO = SampleShape()
"""One believable provider: three years, five coaches, two trainers, figures near the programme's results of 2024."""

_BENCHMARK_LAST_DAY = date(2025, 12, 31)


def benchmark(coachings: int = 8_000, consultations: int = 240_000, years: int = 1) -> SampleShape:
    """Return the shape of a benchmark: 33 providers with six coaches each, *years* years up to the end of 2025.

    The two sizes of interest are 8,000 coachings with 240,000 consultations in one year, and 80,000 with 2,400,000 in ten.
    """
    return SampleShape(
        first_day=date(_BENCHMARK_LAST_DAY.year - years + 1, 1, 1),
        last_day=_BENCHMARK_LAST_DAY,
        providers=33,
        coaches=6,
        coachings=coachings,
        consultations=consultations,
        caseload=26,
        note_share=0.1,
    )
