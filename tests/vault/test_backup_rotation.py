"""Which backups stay: a pure rule, tried on any history."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bjc_desktop.vault.backup_rotation import DAILY, MONTHLY, OLDEST_DAYS, WEEKLY, Dated, kept

NOW = datetime(2025, 12, 10, 9, 30, tzinfo=UTC)
_HISTORIES = st.lists(st.integers(0, 400 * 24 * 60), min_size=1, max_size=120, unique=True)


def _dated(minutes: list[int]) -> list[Dated]:
    return [Dated(Path(str(number)), NOW - timedelta(minutes=ago)) for number, ago in enumerate(minutes)]


@given(_HISTORIES, st.data())
def test_that_the_newest_stays_and_each_that_stays_is_the_newest_of_its_day_week_or_month(
    minutes: list[int], data: st.DataObject
) -> None:
    backups = _dated(minutes)
    written = data.draw(st.sampled_from(backups))
    staying = kept(backups, written.path, NOW)
    assert written.path in staying
    assert len(staying) <= DAILY + WEEKLY + MONTHLY
    for backup in backups:
        if backup.path in staying and backup != written:
            own = backup.created.astimezone()
            rivals = [other.created.astimezone() for other in backups if other.created > backup.created]
            day = any(other.date() == own.date() for other in rivals)
            week = any(other.isocalendar()[:2] == own.isocalendar()[:2] for other in rivals)
            month = any((other.year, other.month) == (own.year, own.month) for other in rivals)
            assert not (day and week and month)


def test_that_a_backup_each_hour_of_a_year_leaves_days_weeks_and_months_up_to_half_a_year() -> None:
    backups = [Dated(Path(str(hours)), NOW - timedelta(hours=hours)) for hours in range(365 * 24)]
    staying = kept(backups, Path("0"), NOW)
    ages = sorted((NOW - backup.created).days for backup in backups if backup.path in staying)
    assert ages[:12] == list(range(12)) or ages[1:12] == list(range(11))
    assert max(ages) <= OLDEST_DAYS
    assert 18 <= len(staying) <= 26


def test_that_a_clock_set_back_by_years_deletes_no_good_backup() -> None:
    backups = [Dated(Path(str(days)), NOW - timedelta(days=days)) for days in range(10)]
    back = datetime(2001, 1, 1, tzinfo=UTC)
    assert kept([*backups, Dated(Path("new"), back)], Path("new"), back) == {*(backup.path for backup in backups), Path("new")}


def test_that_a_clock_set_forward_for_once_deletes_no_good_backup() -> None:
    backups = [Dated(Path(str(days)), NOW - timedelta(days=days)) for days in range(10)]
    forward = datetime(2099, 1, 1, tzinfo=UTC)
    staying = kept([*backups, Dated(Path("new"), forward)], Path("new"), forward)
    assert staying == {*(backup.path for backup in backups), Path("new")}


def test_that_what_is_older_than_half_a_year_goes_and_the_limit_is_one_number() -> None:
    backups = _dated([0, 24 * 60, 2 * 24 * 60, 200 * 24 * 60])
    assert kept(backups, Path("0"), NOW) == {Path("0"), Path("1"), Path("2")}
    assert len(kept(backups, Path("0"), NOW, oldest_days=365)) == 4
