"""Who may be the same person is named while typing, and nobody else."""

from datetime import date

import pytest

from bjc_desktop.models import Coachee
from bjc_desktop.services.similar_coachees import similar_coachees
from bjc_desktop.vault import Vault
from tests.conftest import NOW

TODAY = NOW.date()
BORN = date(1985, 3, 12)


@pytest.fixture
def known(vault: Vault) -> Vault:
    people = (
        ("Ewa", "Müller", BORN),
        ("Sabine", "Meyer", None),
        ("Łukasz", "Wiśniewski", date(1990, 11, 2)),
        ("Nguyễn Thị", "Hồng", date(1970, 1, 1)),
        (None, "Sukarno", date(1960, 6, 6)),
        ("Ewa", "Krüger", date(1999, 9, 9)),
    )
    with vault.writing(now=NOW) as session:
        for number, (given, family, born) in enumerate(people):
            session.add(Coachee(case_number=f"F-{number}", given_name=given, family_name=family, birth_date=born))
    return vault


@pytest.mark.parametrize(
    ("given", "family", "born", "found", "reason"),
    [
        ("Ewa", "Mueller", BORN, "Müller", "gleicher Name, gleiches Geburtsdatum"),
        ("Eva", "Müller", BORN, "Müller", "ähnlicher Name, gleiches Geburtsdatum"),
        ("Ewa", "Müler", BORN, "Müller", "ähnlicher Name, gleiches Geburtsdatum"),
        ("Müller", "Ewa", BORN, "Müller", "gleicher Name, gleiches Geburtsdatum"),
        ("Ewa", "Müller", date(1985, 12, 3), "Müller", "gleicher Name, ähnliches Geburtsdatum"),
        ("Ewa", "Müller", date(1985, 3, 21), "Müller", "gleicher Name, ähnliches Geburtsdatum"),
        ("Ewa", "Müller", date(1958, 3, 12), "Müller", "gleicher Name, ähnliches Geburtsdatum"),
        ("Ewa", "Müller", None, "Müller", "gleicher Name, Geburtsdatum nicht bekannt"),
        ("Ewa", "Müller", date(1955, 7, 7), "Müller", "gleicher Name, anderes Geburtsdatum"),
        ("Ewa", "Schmidt-Müller", BORN, "Müller", "ähnlicher Name, gleiches Geburtsdatum"),
        ("Ewa", "Nowak", BORN, "Müller", "gleicher Vorname, gleiches Geburtsdatum"),
        ("Sabine", "Maier", date(1977, 7, 7), "Meyer", "ähnlicher Name, Geburtsdatum nicht bekannt"),
        ("Lukasz", "Wisniewsky", date(1990, 11, 2), "Wiśniewski", "ähnlicher Name, gleiches Geburtsdatum"),
        ("", "Sukarno", date(1960, 6, 6), "Sukarno", "gleicher Name, gleiches Geburtsdatum"),
    ],
)
def test_that_a_person_is_recognised(known: Vault, given: str, family: str, born: date | None, found: str, reason: str) -> None:
    with known.reading() as connection:
        people = similar_coachees(connection, given, family, born, today=TODAY)
    assert (people[0].row.family_name, people[0].reason) == (found, reason)
    assert people[0].certain is (reason == "gleicher Name, gleiches Geburtsdatum")


@pytest.mark.parametrize(
    ("given", "family", "born"),
    [
        ("Ewa", "Nowak", date(1985, 3, 13)),
        ("Anna", "Berg", date(2000, 2, 2)),
        ("Anna", "Sukarno", date(1960, 6, 7)),
        ("", "Müller", None),
        ("", "", BORN),
        ("Ewa", "'", BORN),
    ],
)
def test_that_others_are_left_in_peace(known: Vault, given: str, family: str, born: date | None) -> None:
    with known.reading() as connection:
        assert similar_coachees(connection, given, family, born, today=TODAY) == ()
