"""Lists are read as they stand: every cell where it is, whatever program wrote it; what is no list is refused with one sentence."""

import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bjc_desktop.errors import BjcError, ListError
from bjc_desktop.exchange.lists import archive_parts, limits, row_gathering
from bjc_desktop.exchange.lists.list_reading import read_list
from bjc_desktop.exchange.lists.sheets import Area, column_letters
from tests.list_files import ODS_NAMES, SHEET, ods, raw_xlsx, raw_zip, xlsx


def rows_of(path):
    sheets = read_list(path).sheets
    return [list(row) for row in sheets[0].rows]


# --- XLSX ---------------------------------------------------------------------------------------------------------------------


def test_that_a_workbook_gives_what_it_shows(tmp_path) -> None:
    rows = [
        ["Name", "Geb.", "PLZ", "Std.", "ja?", "Monat", "Anteil", "Tel."],
        ["Yıldız, Şükran", date(1980, 3, 5), (1067, "00000"), 28.4, True, (45352, "mmm yyyy"), (0.5, "0%"), 49301234567],
    ]
    path = xlsx(tmp_path / "a.xlsx", {"Liste": rows})
    assert rows_of(path)[1] == ["Yıldız, Şükran", "05.03.1980", "01067", "28,4", "ja", "03.2024", "50 %", "49301234567"]


def test_that_a_number_of_days_counts_from_the_workbooks_own_beginning(tmp_path) -> None:
    rows = [["Tag"], [(1, "dd.mm.yyyy")], [(59, "dd.mm.yyyy")], [(61, "dd.mm.yyyy")], [(45000.5, "dd.mm.yyyy hh:mm")]]
    assert rows_of(xlsx(tmp_path / "a.xlsx", {"L": rows})) == [
        ["Tag"],
        ["01.01.1900"],
        ["28.02.1900"],
        ["01.03.1900"],
        ["15.03.2023 12:00"],
    ]
    old = xlsx(tmp_path / "b.xlsx", {"L": [["Tag"], [(0, "dd.mm.yyyy")], [date(2024, 2, 29)]]}, options={"date_1904": True})
    assert rows_of(old) == [["Tag"], ["01.01.1904"], ["29.02.2024"]]


def test_that_no_formula_is_computed_and_its_last_value_is_read(tmp_path) -> None:
    cells = '<row r="1"><c r="A1" t="str"><f>HYPERLINK("file:///etc/passwd","x")</f><v>x</v></c><c r="B1"><f>1+1</f><v>3</v></c></row>'
    assert rows_of(raw_xlsx(tmp_path / "a.xlsx", cells)) == [["x", "3"]]


def test_that_wrapped_and_guarded_texts_are_unwrapped(tmp_path) -> None:
    rows = [['="0815"', "'=1+1", "'+49 30", "it's", "\ufeffa\u200b\u00a0b "]]
    assert rows_of(xlsx(tmp_path / "a.xlsx", {"L": rows})) == [["0815", "=1+1", "+49 30", "it's", "a b"]]


def test_that_cells_without_places_prefixes_and_rich_texts_are_read(tmp_path) -> None:
    sheet = (
        '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:r><x:t>Eva</x:t></x:r>'
        '<x:r><x:t> Müller</x:t></x:r><x:rPh><x:t>nein</x:t></x:rPh></x:is></x:c><x:c/><x:c t="d"><x:v>2024-03-05T00:00:00</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert rows_of(raw_xlsx(tmp_path / "a.xlsx", "", sheet=sheet)) == [["Eva Müller", "", "05.03.2024"]]


def test_that_sheets_keep_names_numbers_and_merged_cells(tmp_path) -> None:
    path = xlsx(
        tmp_path / "a.xlsx",
        {"Eins": [["a"], [], ["b"]], "Zwei": [["c"]], "Leer": []},
        merged=[(4, 0, 4, 2, "Vermittlung")],
        hidden=["Zwei"],
    )
    one, two, three = read_list(path).sheets
    assert (one.name, list(one.numbers), one.merged) == ("Eins", [1, 3, 5], (Area(5, 0, 5, 2),))
    assert (two.hidden, one.hidden, three.name) == (True, False, "Leer")


def test_that_a_lone_cell_far_away_costs_nothing(tmp_path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"L": [["a", "b"]]})
    sheet = read_list(
        raw_xlsx(
            tmp_path / "b.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
        )
    ).sheets[0]
    assert rows_of(path) == [["a", "b"]]
    assert (list(sheet.rows), sheet.aside) == ([("1",)], 1)


# --- ODS ----------------------------------------------------------------------------------------------------------------------


def test_that_a_spreadsheet_gives_what_it_shows(tmp_path) -> None:
    repeated = '<table:table-cell table:number-columns-repeated="2"/>'
    noted = '<table:table-cell office:value-type="string"><office:annotation><text:p>Kommentar</text:p></office:annotation><text:p>Text</text:p></table:table-cell>'
    zeros = '<table:table-cell office:value-type="float" office:value="1067"><text:p>01067</text:p></table:table-cell>'
    month = (
        '<table:table-cell office:value-type="date" office:date-value="2024-03-01"><text:p>März 24</text:p></table:table-cell>'
    )
    rows = [
        ["Name", repeated, "Datum"],
        ["zwei\nZeilen", True, 28.5, date(2026, 3, 5), noted, zeros, month],
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
        ["Ende"],
    ]
    sheet = read_list(ods(tmp_path / "a.ods", {"Liste": rows})).sheets[0]
    assert list(sheet.rows) == [
        ("Name", "", "", "Datum"),
        ("zwei\nZeilen", "ja", "28,5", "05.03.2026", "Text", "01067", "03.2024"),
        ("Ende",),
    ]
    assert list(sheet.numbers) == [1, 2, 1048003]


# --- CSV ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_that_encoding_and_separator_are_found_out(tmp_path, encoding, separator) -> None:
    path = tmp_path / "a.csv"
    lines = [["Name", "Straße", "Größe"], ["Müller", "Übergang 5", "1"], ["Özdemir", "", "2"]]
    path.write_bytes("\r\n".join(separator.join(line) for line in lines).encode(encoding))
    assert rows_of(path) == lines


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Müller;ß".encode("cp850"), [["Müller", "ß"]]),
        (b"sep=|\r\na|b;c\r\n", [["a", "b;c"]]),
        (b'Name;Notiz\n"a";"zwei\nZeilen"\n', [["Name", "Notiz"], ["a", "zwei\nZeilen"]]),
        (b'a;5" Rohr\nb;"x"y\n', [["a", '5" Rohr'], ["b", "xy"]]),
        (b'a;="0815";\'-5\n', [["a", "0815", "-5"]]),
        (b"Name, Vorname;Tag\nA, B;1\nC, D;2\n", [["Name, Vorname", "Tag"], ["A, B", "1"], ["C, D", "2"]]),
        (b"nur eine Spalte\nZeile", [["nur eine Spalte"], ["Zeile"]]),
    ],
)
def test_that_habits_of_programs_are_understood(tmp_path, content, expected) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert rows_of(path) == expected


# --- an empty cell ------------------------------------------------------------------------------------------------------------

CELLS = st.sampled_from(["", "a", "5", "x;y", 'q"q', "zwei\nZeilen"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=3, max_size=6), min_size=1, max_size=6))
def test_that_an_empty_cell_shifts_nothing(tmp_path, rows) -> None:
    rows = [["Anfang", *row, "Ende"] for row in rows]
    csv_file = tmp_path / "a.csv"
    csv_file.write_text("\n".join(";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows), "utf-8")
    for path in (xlsx(tmp_path / "a.xlsx", {"L": rows}), ods(tmp_path / "a.ods", {"L": rows}), csv_file):
        assert rows_of(path) == rows


# --- what is refused ----------------------------------------------------------------------------------------------------------

DTD = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


def hostile(folder):
    """Yield files that are no lists, or are made to hurt, each with a word of the sentence that refuses it."""

    def made(name, content):
        path = folder / name
        path.write_bytes(content)
        return path

    cell = '<row r="1"><c r="A1"><v>1</v></c></row>'
    yield (
        raw_xlsx(folder / "entities.xlsx", "", sheet=DTD + SHEET.format('<row r="1"><c r="A1" t="str"><v>&b;</v></c></row>', "")),
        "DTD",
    )
    yield raw_zip(folder / "entities.ods", {"content.xml": f"{DTD}<office:document-content {ODS_NAMES}/>"}), "DTD"
    yield raw_xlsx(folder / "bomb.xlsx", cell, **{"xl/media/a.bin": b"\0" * 60_000_000}), "zu groß"
    yield raw_xlsx(folder / "column.xlsx", '<row r="1"><c r="ZZZZ1"><v>1</v></c></row>'), "beschädigt"
    yield raw_xlsx(folder / "row.xlsx", '<row r="99999999999"><c><v>1</v></c></row>'), "Zeilen"
    yield raw_xlsx(folder / "negative.xlsx", '<row r="-5"><c><v>1</v></c></row>'), "Zeilen"
    yield raw_xlsx(folder / "string.xlsx", '<row r="1"><c t="s"><v>x</v></c></row>'), "beschädigt"
    yield raw_xlsx(folder / "cut.xlsx", "<row", sheet="<worksheet><sheetData><row"), "beschädigt"
    yield raw_xlsx(folder / "outside.xlsx", cell, relations="<Relationships/>"), "beschädigt"
    yield raw_xlsx(folder / "long.xlsx", f'<row r="1"><c r="A1" t="str"><v>{"a" * 40_000}</v></c></row>'), "A1"
    yield raw_zip(folder / "other.xlsx", {"bild.png": b"x"}), "beschädigt"
    yield raw_zip(folder / "binary.xlsb", {"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"x"}), "xlsb"
    yield (
        raw_zip(folder / "locked.ods", {"content.xml": b"\x01\x02", "META-INF/manifest.xml": "<m:encryption-data/>"}),
        "Kennwort",
    )
    rows = (
        '<table:table-row table:number-rows-repeated="1000000">'
        + '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="300"/>' * 1
        + "</table:table-row>"
    )
    yield ods(folder / "repeated.ods", {"L": [rows]}), "zu viele Zellen"
    yield made("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100), ".xls"
    yield made("secret.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")), "Kennwort"
    yield made("picture.csv", bytes(range(256)) * 40), "keine Tabelle"
    yield made("quote.csv", b'a;b\n"c;d\ne;f\n'), "Anführungszeichen"
    yield made("empty.csv", b""), "keine Zeilen"
    yield made("blank.csv", b";;;\n;;\n"), "keine Zeilen"
    yield made("cut.zip.xlsx", raw_xlsx(folder / "whole.xlsx", cell).read_bytes()[:200]), "beschädigt"


def test_that_what_is_no_list_is_refused_with_one_sentence(tmp_path) -> None:
    for path, word in hostile(tmp_path):
        with pytest.raises(ListError) as refused:
            read_list(path)
        assert word in str(refused.value), path.name
        assert str(refused.value).endswith("."), path.name


def test_that_an_encrypted_part_is_refused(tmp_path) -> None:
    path = raw_xlsx(tmp_path / "a.xlsx", "")
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    path.write_bytes(content)
    with pytest.raises(ListError, match="Kennwort"):
        read_list(path)


def test_that_limits_hold(tmp_path, monkeypatch) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"L": [["a"], ["b"], ["c"]]})
    for module, name, value in (
        (row_gathering, "MAXIMUM_ROWS", 2),
        (row_gathering, "MAXIMUM_CELLS", 2),
        (archive_parts, "MAXIMUM_UNPACKED", 100),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, value)
            with pytest.raises(ListError):
                read_list(path)


def test_that_reading_can_be_stopped(tmp_path) -> None:
    class Stop(Exception):
        pass

    def stop(done, total):
        raise Stop

    with pytest.raises(Stop):
        read_list(xlsx(tmp_path / "a.xlsx", {"L": [["a"]]}), stop)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_that_damaged_files_end_in_a_sentence_or_in_rows(tmp_path, data) -> None:
    source = data.draw(st.sampled_from(["xlsx", "ods"]))
    make = {"xlsx": xlsx, "ods": ods}[source]
    path = make(tmp_path / f"a.{source}", {"L": [["Name", "Tag"], ["a", date(2024, 1, 1)]]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: bytearray(archive.read(name)) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(name for name, content in parts.items() if content)))
    for _ in range(data.draw(st.integers(1, 4))):
        parts[name][data.draw(st.integers(0, len(parts[name]) - 1))] = data.draw(st.integers(0, 255))
    raw_zip(path, {key: bytes(content) for key, content in parts.items()})
    try:
        assert read_list(path).sheets
    except BjcError as error:
        assert str(error).endswith(".")


def test_that_columns_are_called_as_in_a_spreadsheet() -> None:
    assert [column_letters(number) for number in (0, 25, 26, 701, 702, limits.MAXIMUM_COLUMNS)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "KO",
    ]
