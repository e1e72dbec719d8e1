"""The lists of the command line are those of the window."""

from datetime import UTC, date, datetime

import pytest

from bjc_desktop.services.main_lists import MAIN_LISTS, read_main_list, whose_cases
from bjc_desktop.services.team import list_staff
from bjc_desktop.ui.coachees.coachees_page import COLUMNS as COACHEES
from bjc_desktop.ui.follow_ups.follow_ups_page import COLUMNS as FOLLOW_UPS
from bjc_desktop.ui.overview.overview_page import DUE_COLUMNS as DUE
from bjc_desktop.ui.quality.quality_page import COLUMNS as FINDINGS
from bjc_desktop.vault import UserIdentity
from bjc_desktop.vocabulary import Role
from tests.services.test_calendar_entries import sample, template  # noqa: F401 - fixtures

TODAY = date(2025, 12, 10)
NOW = datetime(2025, 12, 10, 9, 30, tzinfo=UTC)
COLUMNS = {"coachees": COACHEES, "due": DUE, "findings": FINDINGS, "follow-ups": FOLLOW_UPS}


@pytest.mark.parametrize("name", MAIN_LISTS)
def test_that_headings_and_cells_are_those_of_the_window(name, sample) -> None:  # noqa: F811 - the fixture
    shown, _ = read_main_list(sample, name, today=TODAY, now=NOW)
    assert shown.headings == tuple(column.title for column in COLUMNS[name])
    _, _, read, cells = MAIN_LISTS[name]
    with sample.reading() as connection:
        rows, total, _ = read(connection, sample, whose_cases(sample), TODAY)
    assert rows
    assert shown.total == total >= shown.shown == len(rows)
    for row in rows:
        wanted = [column.cell(row) for column in COLUMNS[name]]
        assert [None if cell == "" else cell for cell in cells(row)] == wanted


def test_that_a_coach_lists_only_the_own_cases(sample) -> None:  # noqa: F811 - the fixture
    everybody, _ = read_main_list(sample, "coachees", today=TODAY, now=NOW)
    user = sample.user
    with sample.reading() as connection:
        coach = next(m.id for m in list_staff(connection, today=TODAY) if m.role is Role.JOB_COACH and m.employed)
    with sample.writing(now=NOW) as session:
        session.connection().exec_driver_sql("INSERT OR REPLACE INTO user_staff VALUES (?, ?)", (user.id, coach))
    sample.user = UserIdentity(user.id, user.name, frozenset({Role.JOB_COACH}))
    own, coachings = read_main_list(sample, "coachees", today=TODAY, now=NOW)
    assert 0 < own.shown < everybody.shown
    assert own.total < everybody.total
    assert len(coachings) == own.shown
    sample.user = user
