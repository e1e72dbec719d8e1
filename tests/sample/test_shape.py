"""Shapes, and the helpers of chance and days."""

from datetime import date

import pytest

from bjc_desktop.sample import SampleShape, benchmark
from bjc_desktop.sample.days import group_day, last_of_month, weekday
from bjc_desktop.sample.dice import Dice, Weighted
from bjc_desktop.sample.tables import hours, table_row


def test_a_benchmark_is_of_the_wanted_size() -> None:
    shape = benchmark(coachings=80_000, consultations=2_400_000, years=10)
    assert (shape.first_day, shape.last_day) == (date(2016, 1, 1), date(2025, 12, 31))
    assert (shape.providers, shape.coachings, shape.consultations) == (33, 80_000, 2_400_000)


@pytest.mark.parametrize(
    "arguments",
    [
        {"first_day": date(2025, 1, 1), "last_day": date(2025, 1, 1)},
        {"providers": 0},
        {"coachings": 10, "consultations": 9},
    ],
)
def test_an_impossible_shape_is_refused(arguments: dict[str, int | date]) -> None:
    with pytest.raises(ValueError, match="sample"):
        SampleShape(**arguments)  # type: ignore[arg-type]


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(KeyError):
        table_row("providers", id="1", colour="red")


def test_dice_keep_to_their_bounds() -> None:
    dice = Dice(1, 2)
    assert {dice.between(1, 3) for _ in range(100)} == {1, 2, 3}
    assert dice.between(5, 4) == 5
    assert sorted(dice.several("abc", 5)) == ["a", "b", "c"]
    assert {dice.draw(Weighted({"a": 1.0, "b": 0.0})) for _ in range(100)} == {"a"}


def test_days() -> None:
    assert last_of_month(date(2024, 2, 1)) == date(2024, 2, 29)
    assert last_of_month(date(2025, 12, 31)) == date(2025, 12, 31)
    saturday, sunday = date(2025, 11, 1), date(2025, 11, 2)
    assert weekday(saturday, date(2025, 10, 1), date(2025, 11, 30)) == date(2025, 10, 31)
    assert weekday(sunday, saturday, date(2025, 11, 30)) == date(2025, 11, 3)
    assert weekday(sunday, saturday, sunday) == sunday
    assert group_day(date(2025, 10, 1), 0) == date(2025, 10, 1)
    assert hours(558) == "139.5"
