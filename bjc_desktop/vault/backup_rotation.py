"""Which of the rotating backups stay: the newest of each of the last days, weeks and months."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

DAILY, WEEKLY, MONTHLY = 12, 8, 6
"""How many days, weeks and months the newest backup of each is kept for."""
OLDEST_DAYS = 184
"""No rotating backup is kept for longer, in days (six months): what was erased lives on in backups until then."""
_DAYS_FOR_SURE = 3


@dataclass(frozen=True, slots=True)
class Dated:
    """A backup and when it was made, with a time zone."""

    path: Path
    created: datetime


def _day(backup: Dated) -> Hashable:
    return backup.created.astimezone().date()


def _week(backup: Dated) -> Hashable:
    return backup.created.astimezone().isocalendar()[:2]


def _month(backup: Dated) -> Hashable:
    created = backup.created.astimezone()
    return created.year, created.month


_PERIODS: tuple[tuple[Callable[[Dated], Hashable], int], ...] = ((_day, DAILY), (_week, WEEKLY), (_month, MONTHLY))


def kept(backups: Iterable[Dated], newest: Path, now: datetime, *, oldest_days: int = OLDEST_DAYS) -> set[Path]:
    """Return which of *backups* stay: *newest*, which was just written, and the newest of each day, week and month.

    *newest* is told and not found by its date, so that a clock that was set back deletes nothing that is needed. What is older
    than *oldest_days* goes only where backups of three younger days stay: a clock that is set forward for once deletes nothing.
    """
    order = sorted(backups, key=lambda backup: (backup.path == newest, backup.created, backup.path.name), reverse=True)
    staying: set[Dated] = set()
    for period, most in _PERIODS:
        staying.update(_newest_of_each(order, period, most))
    limit = now - timedelta(days=oldest_days)
    young = {backup for backup in staying if backup.created >= limit or backup.path == newest}
    if len({_day(backup) for backup in young}) >= _DAYS_FOR_SURE:
        staying = young
    return {backup.path for backup in staying}


def _newest_of_each(order: list[Dated], period: Callable[[Dated], Hashable], most: int) -> Iterable[Dated]:
    first: dict[Hashable, Dated] = {}
    for backup in order:
        first.setdefault(period(backup), backup)
    return list(first.values())[:most]
