"""Lists as files: typed cells, filter and counts above them, nothing that a spreadsheet would run."""

import csv
import io
import re
import shutil
import subprocess
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest

from bjc_desktop.reports.list_files import list_csv, list_xlsx
from bjc_desktop.reports.shown_list import ShownList
from tests.libreoffice import cells

HOSTILE = (
    "=1+1",
    "+49 30 1",
    "-2",
    '@SUM(A1);"x"',
    "\tx",
    "\rx",
    '=HYPERLINK("http://x","y")',
    "Zeile 1\nZeile 2",
    "steuer\x00\x07\x1bzeichen",
    "\u202eabc\u202c rückwärts שלום",
    "_x0041_",
    "halb \ud800",
    "ß" * 40_000,
)
AS_OF = datetime(2025, 12, 10, 9, 30)


def listing(rows, headings=("Wer", "Tag", "Anzahl", "Stunden", "ja?", "Wann")):
    """Return a list of *rows*."""
    return ShownList("Coachees", "Status: aktiv; Suchen: „mü“", headings, tuple(rows), 1512, AS_OF, "pruefung")


ROWS = (
    ("Müller, Ada", date(2025, 3, 5), 1234, Decimal("1234.5"), True, datetime(2025, 3, 5, 14, 7)),
    ("Öz, Ben", None, -3, Decimal("-0.25"), False, None),
)


def read_csv(content):
    """Return the lines of a CSV as a German spreadsheet reads them."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_that_the_csv_is_german_and_says_what_was_filtered() -> None:
    content = list_csv(listing(ROWS))
    assert content.startswith(b"\xef\xbb\xbf")
    lines = read_csv(content)
    assert lines[:6] == [
        ["Coachees"],
        ["Filter: Status: aktiv; Suchen: „mü“"],
        ["2 von 1.512 Einträgen"],
        ["Stand 10.12.2025 09:30 Uhr, gespeichert von pruefung"],
        [],
        ["Wer", "Tag", "Anzahl", "Stunden", "ja?", "Wann"],
    ]
    assert lines[6:] == [
        ["Müller, Ada", "05.03.2025", "1234", "1234,5", "ja", "05.03.2025 14:07"],
        ["Öz, Ben", "", "-3", "-0,25", "nein", ""],
    ]


def test_that_the_workbook_has_real_dates_and_numbers_below_filter_and_counts(tmp_path) -> None:
    path = tmp_path / "liste.xlsx"
    path.write_bytes(list_xlsx(listing(ROWS)))
    found = cells(path)["Liste"]
    assert [found[row, "A"] for row in range(1, 5)] == [
        "Coachees",
        "Filter: Status: aktiv; Suchen: „mü“",
        "2 von 1.512 Einträgen",
        "Stand 10.12.2025 09:30 Uhr, gespeichert von pruefung",
    ]
    assert [found[6, letter] for letter in "ABCDEF"] == ["Wer", "Tag", "Anzahl", "Stunden", "ja?", "Wann"]
    assert found[7, "A"] == "Müller, Ada"
    assert [float(found[7, letter]) for letter in "BCD"] == [45721.0, 1234.0, 1234.5]
    assert found[7, "E"] == "ja"
    assert float(found[7, "F"]) == pytest.approx(45721 + (14 * 60 + 7) / 1440)
    assert (8, "B") not in found
    assert float(found[8, "C"]) == -3.0
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert '<autoFilter ref="A6:F8"/>' in sheet
    assert re.search(r'<pane xSplit="1" ySplit="6" [^>]*state="frozen"', sheet)
    assert "dd.mm.yyyy" in styles


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(1900, 1, 1), 1),
        (date(1900, 2, 28), 59),
        (date(1900, 3, 1), 61),
        (date(2000, 2, 29), 36585),
        (date(9999, 12, 31), 2958465),
    ],
)
def test_that_a_day_is_the_number_that_excel_gives_it(day, number, tmp_path) -> None:
    path = tmp_path / "liste.xlsx"
    path.write_bytes(list_xlsx(listing([(day,)], ("Tag",))))
    assert float(cells(path)["Liste"][7, "A"]) == number


def test_that_the_same_list_is_the_same_bytes() -> None:
    assert list_xlsx(listing(ROWS)) == list_xlsx(listing(ROWS))
    assert list_csv(listing(ROWS)) == list_csv(listing(ROWS))


@pytest.mark.parametrize("text", HOSTILE)
def test_that_hostile_texts_stay_texts(text, tmp_path) -> None:
    shown = listing([(text,)], headings=(text,))
    for line in read_csv(list_csv(shown))[5:]:
        assert not line[0].startswith(("=", "+", "-", "@", "\t", "\r"))
    path = tmp_path / "liste.xlsx"
    path.write_bytes(list_xlsx(shown))
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    found = re.sub("_x([0-9A-F]{4})_", lambda code: chr(int(code[1], 16)), cells(path)["Liste"][7, "A"])
    whole = text.replace("\ud800", "?")
    assert found == whole or (found.endswith("… (gekürzt)") and len(found) <= 32_767 < len(whole))


def test_that_an_empty_list_is_a_file_too(tmp_path) -> None:
    path = tmp_path / "leer.xlsx"
    path.write_bytes(list_xlsx(listing(())))
    assert cells(path)["Liste"][3, "A"] == "0 von 1.512 Einträgen"
    assert read_csv(list_csv(listing(())))[-1][0] == "Wer"


@pytest.mark.libreoffice
def test_that_libreoffice_opens_the_workbook_as_it_was_meant(tmp_path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    path = tmp_path / "liste.xlsx"
    path.write_bytes(list_xlsx(listing([*ROWS, *((text, None, None, None, None, None) for text in HOSTILE)])))
    command = [office, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to"]
    command += ["csv:Text - txt - csv (StarCalc):59,34,76,1,,1031,false,true", "--outdir", str(tmp_path / "out"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    lines = read_csv((tmp_path / "out" / "liste.csv").read_bytes())
    assert lines[:3] == [
        [line, *[""] * 5] for line in ("Coachees", "Filter: Status: aktiv; Suchen: „mü“", "15 von 1.512 Einträgen")
    ]
    assert lines[6] == ["Müller, Ada", "05.03.2025", "1234", "1,234.50", "ja", "05.03.2025 14:07"]
    assert [line[0] for line in lines[8:12]] == list(HOSTILE[:4])
