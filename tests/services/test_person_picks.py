"""A few letters find the person that is meant, one's own first."""

from datetime import date

import pytest

from bjc_desktop.services.person_picks import PersonPick, people_for, pick_people, read_people, with_keys
from tests.samples import TODAY, filled

COACH = "b4c2d1d0-ea4a-4bcd-81ef-f26a940aafcd"


def person(name, *, number="001-00001", own=True, ended=False):
    given, _, family = name.rpartition(" ")
    return with_keys(PersonPick(name, name, given or None, family, number, None, date(2025, 1, 1), None, ended, own))


@pytest.mark.parametrize(
    ("letters", "name", "found"),
    [
        ("müll", "Anna Müller", True),
        ("muell", "Anna Müller", True),
        ("mull", "Anna Müller", True),
        ("müller", "Anna Mueller", True),
        ("yildiz", "Ayşe Yıldız", True),
        ("YILDIZ", "Ayşe Yıldız", True),
        ("Yıl", "Ayşe Yildiz", True),
        ("ayse yil", "Ayşe Yıldız", True),
        ("yil ay", "Ayşe Yıldız", True),
        ("weiss", "Max Weiß", True),
        ("weiß", "Max Weiss", True),
        ("lukasz", "Łukasz Nowak", True),
        ("lud", "Anna Müller-Lüdenscheidt", True),
        ("müllerlüd", "Anna Müller-Lüdenscheidt", True),
        ("obrien", "Pat O'Brien", True),
        ("o", "O", True),
        ("an an", "Anna Berg", False),
        ("nna", "Anna Berg", False),
        ("berg x", "Anna Berg", False),
        ("001-00001", "Anna Berg", True),
        ("001", "Anna Berg", True),
        ("", "Anna Berg", True),
        ("-", "Anna Berg", False),
    ],
)
def test_that_letters_find_a_name_in_any_spelling(letters, name, found):
    assert bool(pick_people([person(name)], letters)) is found


def test_that_ones_own_come_first_and_who_has_left_last():
    people = [
        person("Anna D", own=False),
        person("Anna C", own=False, ended=True),
        person("Anna B", ended=True),
        person("Anna A"),
    ]
    assert [pick.family_name for pick in pick_people(people, "anna")] == ["A", "B", "D", "C"]


def test_that_a_whole_word_comes_before_the_beginning_of_one():
    people = [person("Ina Lindner"), person("Wei Li")]
    assert [pick.name for pick in pick_people(people, "li")] == ["Wei Li", "Ina Lindner"]


def test_that_the_vault_offers_the_coachs_own_first_and_everybody_once(vault):
    filled(vault, "package")
    with vault.reading() as connection:
        people = read_people(connection, staff_id=COACH, today=TODAY)
        offered = people_for(connection, "", staff_id=COACH, today=TODAY, limit=1000)
        few = people_for(connection, "", staff_id=COACH, today=TODAY)
    assert offered == people
    assert few == people[:8]
    tiers = [pick.tier for pick in people]
    assert tiers == sorted(tiers)
    assert {0, 1, 2, 3} == set(tiers)
    assert len({pick.coachee_id for pick in people if pick.ended}) == sum(pick.ended for pick in people)
    running = {pick.coachee_id for pick in people if not pick.ended}
    assert not any(pick.ended and pick.coachee_id in running for pick in people)


def test_that_cancelled_coachings_are_not_offered(vault):
    filled(vault, "edges")
    with vault.reading() as connection:
        rows = connection.exec_driver_sql("SELECT id FROM coachings WHERE cancelled = 1").scalars().all()
        offered = {pick.coaching_id for pick in read_people(connection, staff_id=COACH, today=date(2025, 9, 1))}
    assert rows
    assert offered
    assert not offered & set(rows)
