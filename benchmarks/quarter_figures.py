"""The six indicators of a quarter: against SQL written by hand, and how they grow with the history behind the quarter."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from benchmarks.hand_written_figures import ScopeNumbers, differences, hand_written
from benchmarks.measuring import Row, against, milliseconds
from benchmarks.sample_vaults import AS_OF, ONE_YEAR, QUARTER, TEN_YEARS, Workshop
from bjc_desktop.indicators.figures import VaultFigures, compute_indicators
from bjc_desktop.indicators.period import cohort_before, parse_quarter
from bjc_desktop.indicators.settings import IndicatorSettings

_PERIOD = parse_quarter(QUARTER)
_SETTINGS = IndicatorSettings()
_WARM_UP = 3
_ROUNDS = 25


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield one year against SQL written by hand, and ten years against one."""
    with workshop.filled_vault(ONE_YEAR) as one_year, one_year.reading() as one:
        cursor: Any = one.connection.cursor()
        wrong = differences(_figures(one), _by_hand(cursor))
        if wrong:
            message = f"The figures differ from the SQL written by hand in {len(wrong)} scopes, the first is {wrong[0]}."
            raise ValueError(message)
        yield against(
            "six indicators, every coach: 8,000 coachings, 240,000 consultations",
            1.3,
            _ROUNDS,
            lambda: milliseconds(lambda: _figures(one)),
            lambda: milliseconds(lambda: _by_hand(cursor)),
            warm_up=_WARM_UP,
        )
        with workshop.filled_vault(TEN_YEARS) as ten_years, ten_years.reading() as ten:
            yield against(
                "the same after ten years: 80,000 and 2,400,000, against one year",
                1.5,
                _ROUNDS,
                lambda: milliseconds(lambda: _figures(ten)),
                lambda: milliseconds(lambda: _figures(one)),
                warm_up=_WARM_UP,
            )


def _figures(connection: Connection) -> VaultFigures:
    """Compute the figures, with the rating of every coach and of all."""
    figures = compute_indicators(connection, _PERIOD, _SETTINGS, as_of=AS_OF)
    figures.scope("all")
    return figures


def _by_hand(cursor: Any) -> Mapping[str, ScopeNumbers]:
    return hand_written(cursor, _OWN, _COHORT, AS_OF.isoformat())


def _days(first: date, last: date) -> tuple[str, str]:
    return first.isoformat(), last.isoformat()


_OWN = _days(_PERIOD.first, _PERIOD.last)
_COHORT = _days(*(cohort_before(_PERIOD) or (_PERIOD.first, _PERIOD.last)))
