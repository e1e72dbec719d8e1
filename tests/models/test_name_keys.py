"""Names are found in any spelling, and sorted as a German list sorts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bjc_desktop.models.name_keys import folded_words, search_key, search_words, sort_key, words_of
from bjc_desktop.sample.letter_names import LETTER_NAMES, UNUSUAL_NAMES
from bjc_desktop.sample.names import ORIGINS
from tests.sample.din_91379 import LATIN_LETTERS, NON_LETTERS

NAMES = sorted({name for origin in ORIGINS for names in (origin.female, origin.male, origin.family) for name in names})
LETTERS = st.lists(st.sampled_from(sorted(LATIN_LETTERS) + list(NON_LETTERS)), min_size=1, max_size=12).map("".join)


@pytest.mark.parametrize(
    "spellings",
    [
        ("Müller", "Mueller", "Muller", "MÜLLER", "mu\u0308ller", "MUELLER"),
        ("Groß", "Gross", "GROẞ"),
        ("Łukasz", "Lukasz"),
        ("Đặng", "Dang", "ĐẶNG"),
        ("Yıldız", "Yildiz", "YILDIZ", "YILDIZ".lower()),
        ("İpek", "Ipek", "ipek"),
        ("Þórðarson", "Thordarson"),
        ("Søren", "Sören", "Soeren", "Soren"),
        ("O'Connor", "O’Connor", "OConnor", "oconnor"),
        ("Ævar", "Aevar", "Avar"),
        ("al-Ǧazāʾirī", "al Gazairi"),
        ("Ķēniņš", "Kenins"),
        ("Olʹha", "Olha"),
        ("ŉ", "N"),
        ("Ẹniọlá", "Eniola"),
        ("Goethe", "Göthe", "Gothe"),
    ],
)
def test_that_the_spellings_of_a_name_find_one_another(spellings: tuple[str, ...]) -> None:
    assert len({folded_words(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), [("Meyer", "Maier"), ("Anna", "Hanna"), ("Nowak", "Novak"), ("Berg", "Burg")])
def test_that_different_names_stay_different(one: str, other: str) -> None:
    assert folded_words(one) != folded_words(other)


def test_that_every_letter_of_din_91379_becomes_letters_that_everybody_can_type() -> None:
    folded = {letter: "".join(folded_words(letter)) for letter in LATIN_LETTERS}
    assert [letter for letter, text in folded.items() if not (text.isascii() and text.isalpha() and text.islower())] == []


def test_that_signs_alone_are_no_word() -> None:
    assert folded_words(NON_LETTERS) == ()
    assert search_words(" - ' ’ ") == ()


def found(key: str, typed: str) -> bool:
    return all(f" {word}" in key for word in search_words(typed))


@given(LETTERS, LETTERS, st.integers(0, 30))
def test_that_a_name_is_found_by_each_of_its_beginnings(family: str, first: str, length: int) -> None:
    key = search_key("F-1", family, first)
    assert found(key, family[:length])
    assert found(key, first[:length])
    assert found(key, f"{first} {family[:length]}")


def test_that_a_name_is_found_while_it_is_typed() -> None:
    names = [*NAMES, *(" ".join(pair) for pair in (*LETTER_NAMES, *UNUSUAL_NAMES))]
    keys = {name: search_key("F-1", name, None) for name in names}
    typed = [(name, name[:length]) for name in names for length in range(len(name) + 1)]
    assert [(name, part) for name, part in typed if not found(keys[name], part)] == []


def test_that_a_name_of_several_words_is_found_by_each_and_by_all_together() -> None:
    key = search_key("F-1", "von der Heide-Groß", "Karl Heinz")
    for typed in ("heide", "Gross", "von der", "vonderh", "heinz karl", "Heide-G", "karlheinz"):
        assert found(key, typed), typed


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("BJC-2024-0017", True),
        ("2024-0017", True),
        ("0017", True),
        ("17", True),
        ("bjc2024", True),
        ("18", False),
        ("bjc", False),
    ],
)
def test_that_a_case_number_is_found_by_what_holds_a_digit(typed: str, *, expected: bool) -> None:
    assert found(search_key("BJC-2024-0017", "Berg", None), typed) is expected


def test_that_markup_and_single_letters_are_names_too() -> None:
    assert found(search_key("1", "<b>&amp;Müller</b>", None), "muell")
    assert found(search_key("1", "O", None), "o")
    assert found(search_key("1", "Ö" * 120, None), "ö" * 120)


def test_that_names_are_sorted_as_din_5007_1_does() -> None:
    people = [
        ("Abel", "Zoë"),
        ("Ängela", "Ute"),
        ("Arndt", None),
        ("Göbel", "Jan"),
        ("Goethe", "Jan"),
        ("Götz", "Jan"),
        ("Łoś", "Jan"),
        ("Müller", None),
        ("Müller", "Änne"),
        ("Muller", "Anton"),
        ("Müller", "Bernd"),
        ("Müller Schulz", "Anna"),
        ("Müller-Schulz", "Berta"),
        ("Mullerei", "Anna"),
        ("O'Brien", "Pat"),
        ("Ofen", "Ina"),
        ("Straße", "Ina"),
        ("Strassenberg", "Ina"),
        ("Zahra", "Amal"),
        ("ʿAbd ar-Raḥmān", "Nūr"),
    ]
    ordered = sorted(people, key=lambda person: sort_key(*person))
    assert ordered == [("ʿAbd ar-Raḥmān", "Nūr"), *people[:-1]]


@pytest.mark.parametrize(
    ("family", "given"), [("Müller-Lüdenscheid", "Karl Heinz"), ("O'Connor", None), ("Łukasz", "Ærøskøbing")]
)
def test_that_a_sort_key_holds_the_words_that_are_searched_for(family: str, given: str | None) -> None:
    assert words_of(sort_key(family, given)) == (folded_words(family), folded_words(given or ""))
