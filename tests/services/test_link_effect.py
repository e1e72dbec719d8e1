"""One more person, with or without a measure: the share of the worked quarter and both readings of its target."""

from datetime import date
from fractions import Fraction

import pytest

from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.indicators.results import Rating
from bjc_desktop.indicators.settings import IndicatorSettings
from bjc_desktop.services.link_effect import LinkEffect, link_effect, room_for
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import Vault
from tests.conftest import NOW
from tests.samples import filled


def _effect(vault: Vault, *, with_measure: bool, scope_id: str = "all") -> LinkEffect:
    with vault.reading() as connection:
        return link_effect(
            connection,
            settings=IndicatorSettings(),
            period=parse_quarter("2025-Q3"),
            today=date(2025, 11, 15),
            with_measure=with_measure,
            scope_id=scope_id,
        )


def test_that_a_measure_lifts_the_share_of_the_worked_quarter(vault: Vault) -> None:
    effect = _effect(filled(vault, "worked"), with_measure=True)
    assert (effect.before.linked, effect.before.persons, effect.before.rating) == (4, 8, Rating.TOLERANCE)
    assert effect.after.value == Fraction(5, 9)
    assert (effect.after.rating, effect.after.at_least_51) == (Rating.REACHED, True)
    assert not effect.harmful
    assert (effect.room, effect.room_at_least_51) == (0, 0)


def test_that_without_a_measure_it_falls_below_the_tolerance(vault: Vault) -> None:
    effect = _effect(filled(vault, "worked"), with_measure=False)
    assert effect.after.value == Fraction(4, 9)
    assert effect.after.rating is Rating.BELOW
    assert effect.harmful


def test_that_the_first_person_of_an_empty_vault_makes_the_share(vault: Vault) -> None:
    fill_new_vault(vault, now=NOW)
    assert _effect(vault, with_measure=True).before.value is None
    assert _effect(vault, with_measure=True).after.value == 1
    assert _effect(vault, with_measure=False).after.value == 0


@pytest.mark.parametrize(
    ("linked", "persons", "room", "room_51"), [(5, 8, 1, 1), (4, 8, 0, 0), (9, 9, 8, 8), (0, 0, 0, 0), (51, 90, 11, 10)]
)
def test_that_room_is_how_many_more_fit(linked: int, persons: int, room: int, room_51: int) -> None:
    assert room_for(linked, persons) == (room, room_51)
    assert (
        not persons
        or linked * 2 <= persons
        or Fraction(linked, persons + room) > Fraction(1, 2) >= Fraction(linked, persons + room + 1)
    )


def test_that_a_scope_without_people_has_no_share(vault: Vault) -> None:
    effect = _effect(filled(vault, "worked"), with_measure=False, scope_id="nobody")
    assert (effect.before.value, effect.room) == (None, 0)
