"""Two names may be one: by sound, by slips, in other spellings, shortened; and most names are not."""

import pytest

from bjc_desktop.models.name_keys import folded_words
from bjc_desktop.services.name_likeness import Degree, cologne_code, degree_of, one_slip_apart


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("muller", "657"),
        ("schmidt", "862"),
        ("meyer", "67"),
        ("maier", "67"),
        ("wikipedia", "3412"),
        ("philipp", "351"),
        ("xaver", "4837"),
    ],
)
def test_that_the_phonetic_code_is_postels(word: str, code: str) -> None:
    assert cologne_code(word) == code


def test_that_a_slip_is_one_letter_or_two_neighbours() -> None:
    assert all(one_slip_apart("kruger", other) for other in ("kruge", "krugers", "krager", "kurger", "ruger", "krugre"))
    assert not any(one_slip_apart("kruger", other) for other in ("kruger", "krag", "kregur", "grukers"))


@pytest.mark.parametrize(
    ("one", "other", "degree"),
    [
        ("Müller", "Mueller", Degree.EQUAL),
        ("Weiß", "Weiss", Degree.EQUAL),
        ("Schmidt Müller", "Müller-Schmidt", Degree.EQUAL),
        ("Karl Heinz", "Karlheinz", Degree.EQUAL),
        ("Christian Jens", "Christian", Degree.SHARED),
        ("Schmidt-Müller", "Müller", Degree.SHARED),
        ("Meyer", "Maier", Degree.ALIKE),
        ("Shevchenko", "Schewtschenko", Degree.ALIKE),
        ("Černyšenko", "Chernyshenko", Degree.ALIKE),
        ("Szewczenko", "Shevchenko", Degree.ALIKE),
        ("Mohammed", "Muhammad", Degree.ALIKE),
        ("Yusuf", "Jussuf", Degree.ALIKE),
        ("Hoffmann", "Hoffmsnn", Degree.ALIKE),
        ("Jan", "Jxn", Degree.FAINT),
        ("Schumacher", "Schumatcherx", Degree.FAINT),
        ("Ivanova", "Petrova", Degree.DIFFERENT),
        ("Anna", "Otto", Degree.DIFFERENT),
        ("Li", "Wu", Degree.DIFFERENT),
        ("", "Li", Degree.DIFFERENT),
    ],
)
def test_that_names_are_as_alike_as_they_are(one: str, other: str, degree: Degree) -> None:
    assert degree_of(folded_words(one), folded_words(other)) is degree
    assert degree_of(folded_words(other), folded_words(one)) is degree
