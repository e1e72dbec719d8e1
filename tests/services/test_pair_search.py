"""Pairs of files are found among many: measured on invented people with known second files."""

from collections import Counter
from datetime import date

import pytest

from bjc_desktop.models.name_keys import folded_words
from bjc_desktop.services.likeness import NamedPerson
from bjc_desktop.services.pair_search import FiledPerson, find_pairs
from tests.services.doubles import CAUSES, invented

BORN = date(1985, 3, 12)


def person(row_id: str, given: str, family: str, born: date | None = BORN, **more: str) -> FiledPerson:
    return FiledPerson(row_id, NamedPerson(folded_words(given), folded_words(family), born), **more)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_that_nearly_all_second_files_are_found_and_few_others(seed: int) -> None:
    people, true = invented(seed, 2000, 400)
    found = {frozenset({pair.first.id, pair.second.id}) for pair in find_pairs(people)}
    hits = found & set(true)
    assert len(hits) / len(true) >= 0.98
    assert len(hits) / len(found) >= 0.93
    by_cause = Counter(true[pair] for pair in hits)
    assert {cause for cause in CAUSES if by_cause[cause] < 0.9 * 400 / len(CAUSES)} == set()


def test_that_those_above_are_the_most_alike() -> None:
    people, true = invented(4, 2000, 400)
    first = find_pairs(people)[:300]
    assert sum(frozenset({pair.first.id, pair.second.id}) in true for pair in first) >= 294


def test_that_the_same_people_in_another_order_give_the_same_pairs() -> None:
    people, _ = invented(5, 300, 60)
    pairs = {frozenset({pair.first.id, pair.second.id}) for pair in find_pairs(people)}
    assert pairs == {frozenset({pair.first.id, pair.second.id}) for pair in find_pairs(people[::-1])}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ewa", "Müller"), ("Ewa", "Mueller")),
        (("Ewa", "Müller"), ("Müller", "Ewa")),
        (("Ewa Maria", "Müller"), ("Ewa", "Müller")),
        (("Ewa", "Schmidt-Müller"), ("Ewa", "Müller")),
        (("Oksana", "Shevchenko"), ("Oksana", "Schewtschenko")),
        (("Yusuf", "Yılmaz"), ("Jussuf", "Yilmaz")),
        (("", "Sukarno"), ("", "Soekarno")),
    ],
)
def test_that_another_spelling_is_the_same_person(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert len(find_pairs([person("a", *one), person("b", *other)])) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("a", "Ewa", "Müller"), person("b", "Otto", "Nowak")),
        (person("a", "Ewa", "Müller"), person("b", "Ewa", "Nowak", date(1985, 3, 13))),
        (person("a", "Ewa", "Müller"), person("b", "Otto", "Nowak", phone="3023125001")),
    ],
)
def test_that_others_are_left_in_peace(one: FiledPerson, other: FiledPerson) -> None:
    assert find_pairs([one, other]) == []


def test_that_a_common_name_says_less_than_a_rare_one() -> None:
    crowd = [person(f"c{n}", "Peter", "Schmidt", date(1950 + n % 60, 1 + n % 12, 1 + n % 28)) for n in range(300)]
    crowd += [person(f"d{n}", "Anna", f"Berg{n}", date(1950 + n % 60, 1 + n % 12, 1 + n % 28)) for n in range(300)]
    rare = [person("r1", "Łukasz", "Wiśniewski"), person("r2", "Łukasz", "Wiśniewski", date(1985, 3, 21))]
    (best, *_) = find_pairs(crowd + rare)
    assert {best.first.id, best.second.id} == {"r1", "r2"}


def test_that_another_gender_speaks_against_and_the_same_number_for_it() -> None:
    def odds(**more: str) -> float:
        other = {name: value for name, value in more.items() if name != "gender"}
        return find_pairs([person("a", "Ewa", "Müller", gender="female", **other), person("b", "Ewa", "Müller", **more)])[0].odds

    assert odds(gender="male") < odds(gender="female") < odds(gender="female", phone="3023125001")


def test_that_it_says_how_far_it_is() -> None:
    steps: list[tuple[int, int]] = []
    find_pairs([person("a", "Ewa", "Müller")], lambda *far: steps.append(far))
    assert steps[0][0] == 0
    assert steps[-1][0] == steps[-1][1]
