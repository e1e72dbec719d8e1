"""The desks of provider and trainer: the indicators of 8,000 coachings, the hours of everybody, a key in the observation sheet."""

from collections.abc import Callable, Iterator
from statistics import median

from sqlalchemy import Connection

from benchmarks.measuring import Row, application, milliseconds
from benchmarks.sample_vaults import ONE_YEAR, TODAY, Workshop
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.indicators.results import Scope, ScopeKind
from bjc_desktop.services.case_file import DIMENSIONS
from bjc_desktop.services.hours_sheet import read_hours_sheet
from bjc_desktop.services.indicator_board import read_indicator_board
from bjc_desktop.services.indicator_cases import read_indicator_cases
from bjc_desktop.services.observation_sheet import ObservedPerson
from bjc_desktop.services.targets import read_settings
from bjc_desktop.services.team_board import read_team_board
from bjc_desktop.vault import Vault

_ROUNDS = 5
_GROUP = 30
_QUARTER = parse_quarter("2025-Q3")
_ALL = Scope(ScopeKind.ALL, "all", "alle")


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield what the pages „Kennzahlen“, „Arbeitszeit“ and „Team“ ask for, and a key of „Beobachten“."""
    with workshop.filled_vault(ONE_YEAR) as vault:
        yield Row("indicators page over 8,000 coachings: figures, trend, coaches, cases", _timed(vault, _indicators), 1000)
        with vault.reading() as connection:
            staff = len(read_hours_sheet(connection, _QUARTER, as_of=TODAY).rows)
        yield Row(
            f"the sheet of hours of {staff} people", _timed(vault, lambda c: read_hours_sheet(c, _QUARTER, as_of=TODAY)), 200
        )
        yield Row("the team with its caseloads and profiles", _timed(vault, lambda c: read_team_board(c, today=TODAY)), 1000)
    yield Row(f"a key in the observation sheet of {_GROUP} people, 95th percentile", _keys(), 16)


def _indicators(connection: Connection) -> None:
    read_indicator_board(connection, _ALL, _QUARTER, as_of=TODAY)
    read_indicator_cases(connection, "correctly_closed", _QUARTER, "all", read_settings(connection))


def _timed(vault: Vault, question: Callable[[Connection], object]) -> float:
    def once() -> float:
        with vault.reading() as connection:
            return milliseconds(lambda: question(connection))

    once()
    return median(once() for _ in range(_ROUNDS))


def _keys() -> float:
    """Return how long a key takes until everything is painted, in the sheet alone."""
    from PySide6.QtTest import QTest  # noqa: PLC0415 - after the processes of the first paint

    from bjc_desktop.ui.observing.group_model import FIRST_FIELD, ObservationGroupModel  # noqa: PLC0415 - the same
    from bjc_desktop.ui.observing.group_table import GroupTable  # noqa: PLC0415 - the same
    from bjc_desktop.ui.shared.theme import install_theme  # noqa: PLC0415 - the same

    qt = application()
    install_theme(qt, "light")
    model = ObservationGroupModel()
    model.show_people([ObservedPerson(str(n), str(n), f"Person {n}", TODAY, dict.fromkeys(DIMENSIONS, 3)) for n in range(_GROUP)])
    table = GroupTable(model)
    table.resize(1100, 600)
    table.show()
    table.setCurrentIndex(model.index(0, FIRST_FIELD))
    qt.processEvents()

    def press() -> None:
        QTest.keyClick(table, "4")
        qt.processEvents()

    times = sorted(milliseconds(press) for _ in range(_GROUP * len(DIMENSIONS)))
    table.close()
    return times[int(len(times) * 0.95)]
