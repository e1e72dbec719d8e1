"""Days in every spelling; what is imprecise is decided by a rule that was chosen, and said."""

from datetime import date

import pytest

from bjc_desktop.services.old_lists import day_reading
from bjc_desktop.services.old_lists.day_reading import read_day

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("05.03.26", "2026-03-05"), ("5.3.2026", "2026-03-05"), ("05. 03. 2026", "2026-03-05"), ("5,3,2026", "2026-03-05"), ("2026-03-05", "2026-03-05"),
        ("2026-03-05 00:00:00", "2026-03-05"), ("2026-03-05T00:00:00", "2026-03-05"), ("05.03.2026 14:30", "2026-03-05"), ("05.03.26, 9:30 Uhr", "2026-03-05"),
        ("5. März 2026", "2026-03-05"), ("5. Mrz. 26", "2026-03-05"), ("5.März 2026", "2026-03-05"), ("Do., 05.03.2026", "2026-03-05"), ("seit 05.03.2020", "2020-03-05"),
        ("am 1.1.24", "2024-01-01"), ("25/03/2026", "2026-03-25"), ("03/25/2026", "2026-03-25"), ("05-05-2026", "2026-05-05"), ("20260315", "2026-03-15"),
        ("05032026", "2026-03-05"), ("29.02.2024", "2024-02-29"), ("05.03.2026.", "2026-03-05"), ("5.3.75", "1975-03-05"), ("1.12.24", "2024-12-01"),
    ],
)  # fmt: skip
def test_that_exact_days_are_read_in_all_spellings(text, day) -> None:
    reading = read_day(text, "refuse", today=TODAY)
    assert (reading.values, reading.problem, reading.remark) == ((day,), "", "")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("März 2024", "2024-03-01"), ("Mrz 24", "2024-03-01"), ("03/2024", "2024-03-01"), ("3.2024", "2024-03-01"), ("2019", "2019-01-01"), ("ca. 2019", "2019-01-01"),
        ("seit 2018", "2018-01-01"), ("Anfang 2020", "2020-01-01"), ("ca. 05.03.2019", "2019-03-05"), ("Q2 2024", "2024-04-01"), ("3. Quartal 2024", "2024-07-01"), ("etwa Mai 2021", "2021-05-01"),
    ],
)  # fmt: skip
def test_that_a_rule_decides_what_is_imprecise(text, first) -> None:
    assert read_day(text, "refuse", today=TODAY).problem == day_reading.IMPRECISE
    taken = read_day(text, "first", today=TODAY)
    assert (taken.values, bool(taken.remark)) == ((first,), True)
    empty = read_day(text, "empty", today=TODAY)
    assert (empty.values, bool(empty.remark), empty.problem) == ((), True, "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("31.02.2024", day_reading.NOT_A_DAY), ("32.1.2024", day_reading.NOT_A_DAY), ("05.13.2026", day_reading.NOT_A_DAY), ("05/03/2026", day_reading.TWO_MEANINGS),
        ("5.3.", day_reading.NO_YEAR), ("irgendwann", day_reading.NOT_A_DAY), ("Ende 2019", day_reading.NOT_A_DAY), ("01.01.1024", day_reading.TOO_EARLY), ("20992099", day_reading.NOT_A_DAY),
        ("13/2024", day_reading.NOT_A_DAY), ("٥.٣.٢٠٢٦x", day_reading.NOT_A_DAY), ("05.03.26; 17.02.26", day_reading.NOT_A_DAY), ("99999999", day_reading.NOT_A_DAY),
    ],
)  # fmt: skip
def test_that_what_has_no_meaning_or_two_is_not_guessed(text, problem) -> None:
    for rule in ("refuse", "first", "empty"):
        assert read_day(text, rule, today=TODAY).problem == problem


def test_that_nobody_in_a_list_was_born_yesterday() -> None:
    assert [read_day(text, "refuse", today=TODAY, born=True).values[0] for text in ("05.03.22", "05.03.14", "5.3.2022")] == [
        "1922-03-05",
        "2014-03-05",
        "2022-03-05",
    ]


def test_that_a_serial_number_is_read_and_said() -> None:
    reading = read_day("45356", "refuse", today=TODAY)
    assert reading.values == ("2024-03-05",)
    assert "05.03.2024" in reading.remark
