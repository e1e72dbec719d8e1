"""A sheet becomes a table: headings are found wherever they stand, sums and remarks are no people."""

import pytest

from bjc_desktop.errors import ListError
from bjc_desktop.exchange.lists.cell_looks import Look
from bjc_desktop.exchange.lists.known_words import REASON_HEADING
from bjc_desktop.exchange.lists.list_tables import find_table
from bjc_desktop.exchange.lists.sheets import Area, Sheet


def table_of(rows, merged=(), numbers=None, **named):
    return find_table(Sheet("Liste", [tuple(row) for row in rows], numbers or range(1, len(rows) + 1), tuple(merged)), **named)


PLAIN = ["Nachname", "Vorname", "Eintritt"]
EVA, ALI = ["Müller", "Eva", "05.03.24"], ["Yıldız", "Ali", "ca. 2019"]


@pytest.mark.parametrize(
    ("before", "numbers"),
    [
        ([], None),
        ([["Teilnehmerliste 2024"], ["Stand: 12.03.2024", "", "Träger gGmbH"]], None),
        ([["JobCoaching", "Berlin", "2024"], ["01.01.2024", "31.12.2024"]], [1, 3, 7, 8, 9]),
    ],
)
def test_that_titles_above_the_headings_are_passed_over(before, numbers) -> None:
    table = table_of([*before, PLAIN, EVA, ALI], numbers=numbers)
    assert table.headings == tuple(PLAIN)
    assert [list(row) for row in table.rows] == [EVA, ALI]
    assert list(table.numbers) == list(numbers or range(1, len(before) + 4))[-2:]


def test_that_headings_of_two_lines_are_joined() -> None:
    rows = [["Nachname", "Vermittlung", "", "Geburts-\ndatum"], ["", "Beginn", "Ende", ""], ["Müller", "05.03.24", "", "1.1.80"]]
    merged = [Area(1, 0, 2, 0), Area(1, 1, 1, 2), Area(1, 3, 2, 3)]
    assert table_of(rows, merged).headings == ("Nachname", "Vermittlung Beginn", "Vermittlung Ende", "Geburtsdatum")


def test_that_a_group_line_without_merged_cells_reaches_over_its_columns() -> None:
    rows = [
        ["Person", "", "Maßnahme", "", "Vermittlung", ""],
        ["Nachname", "Vorname", "Beginn", "Ende", "Beginn", "Ende"],
        ["Müller", "Eva", "1.1.24", "2.2.24", "3.3.24", ""],
    ]
    assert table_of(rows).headings[2:] == ("Maßnahme Beginn", "Maßnahme Ende", "Vermittlung Beginn", "Vermittlung Ende")


def test_that_a_title_over_the_whole_width_is_no_group() -> None:
    rows = [["Teilnehmende des Jahres", "", ""], PLAIN, EVA]
    assert table_of(rows, [Area(1, 0, 1, 2)]).headings == tuple(PLAIN)


def test_that_headings_are_unique_and_none_is_missing() -> None:
    rows = [["Nachname", "Telefon", "Telefon", "", ""], ["Müller", "1", "2", "x", ""], ["Ali", "3", "4", "", ""]]
    assert table_of(rows).headings == ("Nachname", "Telefon", "Telefon (2)", "Spalte D", "")


@pytest.mark.parametrize(
    "odd", [["Summe", "", "2"], ["Gesamt: 2 Personen"], PLAIN, ["Stand: 5.3.2024"], ["* neu"], ["insgesamt", "17"]]
)
def test_that_sums_remarks_and_repeated_headings_are_no_people(odd) -> None:
    table = table_of([PLAIN, EVA, odd, ALI])
    assert [list(row) for row in table.rows] == [EVA, ALI]
    assert table.passed_over == (3,)


@pytest.mark.parametrize(
    "person", [["Gesamtli", "Eva", "5.3.24"], ["Summer", "Ali", ""], ["Stand", "Eva", "1.1.20"], ["", "", "5.3.24"], ["Nur-Name"]]
)
def test_that_people_are_not_taken_for_sums(person) -> None:
    assert len(table_of([PLAIN, EVA, person, ALI]).rows) == 3


def test_that_merged_cells_belong_to_each_of_their_rows_and_empty_ones_stay_empty() -> None:
    rows = [["Name", "Datum", "Art"], ["Müller, Eva", "1.1.24", "Tel."], ["", "2.1.24"], ["", "3.1.24"], ["", "4.1.24"]]
    table = table_of(rows, [Area(2, 0, 4, 0)])
    assert [row[0] for row in table.rows] == ["Müller, Eva", "Müller, Eva", "Müller, Eva", ""]


def test_that_looks_are_told_apart() -> None:
    rows = [
        ["Name", "Tag", "Zahl", "ja?", "Mail", "Art", "leer", "frei"],
        *[["Müller, Eva", "05.03.26", "28,5", "x", "a@b.de", "AGH", "-", f"Satz {n}, der frei ist: {n}?"] for n in range(4)],
        ["Yıldız, Ali", "März 2024", "1.200", "", "c@d.de", "BFD", "", "z"],
    ]
    looks = [column.look for column in table_of(rows).columns]
    assert looks == [Look.NAMES, Look.DAY, Look.NUMBER, Look.YES_NO, Look.MAIL, Look.FEW, Look.EMPTY, Look.TEXT]


def test_that_the_layout_is_known_in_any_order_and_with_the_column_of_reasons() -> None:
    one = table_of([PLAIN, EVA])
    other = table_of([["eintritt", "NACHNAME", "Vorname:", REASON_HEADING], ["5.3.24", "Müller", "Eva", "warum"]])
    assert one.fingerprint == other.fingerprint != table_of([["Nachname", "Vorname", "Austritt"], EVA]).fingerprint


def test_that_the_headings_can_be_said() -> None:
    rows = [["a", "b"], ["c", "d"], ["1", "2"]]
    assert table_of(rows, heading_numbers=(2,)).headings == ("c", "d")


@pytest.mark.parametrize("rows", [[["1", "2"], ["3", "4"]], [PLAIN], [["5.3.2024"]]])
def test_that_a_sheet_without_headings_or_rows_is_refused(rows) -> None:
    with pytest.raises(ListError, match=r"Blatt „Liste“"):
        table_of(rows)
