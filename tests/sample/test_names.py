"""The demo's names hold every letter of the norm and the forms that trouble programs."""

from bjc_desktop.sample import SampleTable
from bjc_desktop.sample.names import ORIGINS
from tests.sample.din_91379 import LATIN_LETTERS, NON_LETTERS
from tests.sample.figures import Record, records

_LONGEST_LETTER = max(map(len, LATIN_LETTERS))
_LETTERS_OF_THE_NORM = 649
_LONG_NAME = 120


def letters(name: str) -> set[str]:
    """Return the letters of *name*, sequences as one letter; a sign that the norm does not allow is an error."""
    found = set()
    while name:
        letter = next(
            (name[:length] for length in range(_LONGEST_LETTER, 0, -1) if name[:length] in LATIN_LETTERS),
            "",
        )
        assert letter or name[0] in NON_LETTERS, ascii(name)
        found.add(letter)
        name = name[len(letter) or 1 :]
    return found - {""}


def _coachees(demo: dict[str, SampleTable]) -> list[Record]:
    return records(demo["coachees"])


def test_the_list_of_letters_is_complete() -> None:
    assert len(LATIN_LETTERS) == _LETTERS_OF_THE_NORM


def test_every_letter_of_the_norm_appears(demo: dict[str, SampleTable]) -> None:
    found = set().union(*(letters(row["given_name"]) | letters(row["family_name"]) for row in _coachees(demo)))
    assert found >= LATIN_LETTERS


def test_all_names_keep_to_the_norm() -> None:
    for origin in ORIGINS:
        for name in (*origin.female, *origin.male, *origin.family):
            assert letters(name)


def test_unusual_forms_appear(demo: dict[str, SampleTable]) -> None:
    coachees = _coachees(demo)
    families = [row["family_name"] for row in coachees]
    assert any(not row["given_name"] for row in coachees)
    assert any(len(name) == 1 for name in families)
    assert max(map(len, families)) == _LONG_NAME
    for sign in " -'’":
        assert any(sign in name for name in families)


def test_most_names_are_ordinary_and_varied(demo: dict[str, SampleTable]) -> None:
    coachees = _coachees(demo)
    ordinary = {name for origin in ORIGINS for name in origin.family}
    assert sum(row["family_name"] in ordinary for row in coachees) > 0.7 * len(coachees)
    assert len({(row["given_name"], row["family_name"]) for row in coachees}) > 0.8 * len(coachees)


def test_contact_data_reaches_nobody(demo: dict[str, SampleTable]) -> None:
    """Telephone numbers are those kept free for fiction, mail addresses those of example.org."""
    for row in _coachees(demo):
        assert row["phone"] == "" or row["phone"].startswith(("030 23125 ", "0176 04069 0"))
        assert row["email"] == "" or row["email"].endswith("@example.org")
