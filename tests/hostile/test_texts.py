"""Hostile texts in every text field: they come out as they went in, and nowhere do they become anything but text."""

import csv
import io
import re
import zipfile
from pathlib import Path

import pypdfium2
import pytest

from bjc_desktop.models.base import Exposure
from bjc_desktop.reports.german_csv import harmless
from tests.hostile.packages import TEXT_FIELDS, full_rows, read_rows, write_package
from tests.hostile.program import Home, assert_refused, content
from tests.reports.web_pages import page_of

CORPUS = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", "'=1", "{=1}", "<img src=file:///etc/passwd>",
    "<para>", "</para>", "<b", "&amp;&#0;", "<font size=900>", "]]>", "${7*7}", "%s%n%d", "\u202eabc\u202c", "\u200fabc", "\x01\x1b[31m\x7f",
    'so "ein" Name,;\t\n', "a" * 3000, "😀 ﷽ 𝔘", "http://example.org/", "internal:'Austritte'!A1", "../../../x", "CON", "\\", "\ufeffx", "&L&P", "\u2028x",
]  # fmt: skip


def text(table, column, number):
    return f"{CORPUS[number]} {table}.{column}"


@pytest.fixture(scope="module")
def hostile(empty_template: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home whose vault holds the corpus in every text field."""
    home = empty_template.copy_to(tmp_path_factory.mktemp("hostile") / "home")
    write_package(home.folder / "paket", full_rows(len(CORPUS), text))
    said = home.run("import", "tresor", "paket")
    assert said.status == 0, said
    return home


@pytest.fixture(scope="module")
def bundles(hostile: Home) -> list[Path]:
    """Return a bundle per provider, and one over all."""
    said = hostile.run("report", "tresor", "--quarter", "2025-Q3", "--as-of", "2026-03-01", "--out", "aus")
    assert said.status == 0, said
    everything = hostile.run(*hostile.report("aus"))
    return [hostile.folder / line for line in [*said.out.splitlines(), *everything.out.splitlines()]]


def test_that_every_text_comes_out_as_it_went_in(hostile, empty_home):
    assert hostile.run("export", "tresor", "eins.zip").status == 0
    wanted = {table: sorted(rows, key=lambda row: row["id"]) for table, rows in full_rows(len(CORPUS), text).items()}
    assert read_rows(hostile.folder / "eins.zip") == wanted
    assert empty_home.run("import", "tresor", hostile.folder / "eins.zip").status == 0
    assert empty_home.run("export", "tresor", "zwei.zip").status == 0
    assert (empty_home.folder / "zwei.zip").read_bytes() == (hostile.folder / "eins.zip").read_bytes()


def test_that_every_bundle_verifies_and_is_named_plainly(hostile, bundles):
    assert len(set(bundles)) == len(CORPUS) + 1
    for path in bundles:
        assert re.fullmatch(r"BJC_[A-Za-z0-9-]+_2025-Q3_Entwurf\.zip", path.name)
        assert path.parent == hostile.folder / "aus"
    for path in bundles[::5]:
        said = hostile.run("verify", path)
        assert (said.status, len(said.out.splitlines())) == (0, 1), said


def test_that_no_bundle_holds_a_text_about_a_person(bundles):
    hidden = [f"{table}.{column}" for table, column, info in TEXT_FIELDS if info.exposure is not Exposure.OPEN]
    assert len(hidden) > 15
    for path in bundles:
        with zipfile.ZipFile(path) as bundle:
            for name in bundle.namelist():
                assert not [field for field in hidden if field.encode() in unpacked(bundle.read(name), name)], name


def unpacked(data: bytes, name: str) -> bytes:
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as workbook:
            return b"".join(map(workbook.read, workbook.namelist()))
    return pdf_text(data).encode() if name.endswith(".pdf") else data


def pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def assert_only_text(workbook: bytes) -> None:
    """Assert that no text of the corpus is a formula, a link or anything else that acts."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        assert not [name for name in archive.namelist() if "externalLink" in name or "vba" in name]
        for name in archive.namelist():
            xml = archive.read(name).decode()
            assert "<hyperlink " not in xml
            for formula in re.findall(r"<f[ >](.*?)</f>", xml, re.DOTALL):
                assert "cmd" not in formula
                assert "providers.name" not in formula


def test_that_a_text_is_a_string_in_every_workbook(bundles):
    for path in bundles:
        with zipfile.ZipFile(path) as bundle:
            assert_only_text(bundle.read("report.xlsx"))


def test_that_a_name_is_read_in_the_pdf_as_it_was_typed(bundles):
    seen = 0
    for path in bundles[:-1]:
        with zipfile.ZipFile(path) as bundle:
            data = bundle.read("report.pdf")
            typed = next(csv.DictReader(io.StringIO(bundle.read("package/providers.csv").decode(), newline="")))["name"]
        assert b"/URI" not in data
        assert b"passwd" not in data or "passwd" in typed
        if typed.isascii() and typed.isprintable() and len(typed) < 60:
            assert "".join(typed.split()) in "".join(pdf_text(data).split()), typed
            seen += 1
    assert seen > 15


def test_that_a_name_is_text_on_the_web_page(bundles):
    for path in bundles[:-1]:
        with zipfile.ZipFile(path) as bundle:
            page = page_of(bundle.read("report.html"))
            typed = next(csv.DictReader(io.StringIO(bundle.read("package/providers.csv").decode(), newline="")))["name"]
        assert not {"script", "img", "b", "para", "font"} & {element.tag for element in page.iter()}
        [owner] = [element for element in page.iter("p") if element.get("class") == "owner"]
        if typed.isprintable():
            assert owner.text == typed


def test_that_the_statistic_takes_a_text_for_nothing_else(hostile):
    said = hostile.run("statistic", "tresor", "--quarter", "2025-Q3", "--out", "statistik")
    assert said.status == 0, said
    pdf, workbook, table = (hostile.folder / line for line in said.out.splitlines())
    assert_only_text(workbook.read_bytes())
    assert "je Coach" in pdf_text(pdf.read_bytes()) or "Je Coach" in pdf_text(pdf.read_bytes())
    for row in csv.reader(io.StringIO(table.read_text("utf-8-sig"), newline=""), delimiter=";"):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_that_a_text_in_a_list_for_people_never_begins_a_formula(start):
    assert harmless(start + "1") == "'" + start + "1"


def test_that_a_text_stays_a_name_in_the_statistic_of_one_provider(empty_home):
    rows = {table: lines[:1] for table, lines in full_rows(1, text).items()}
    write_package(empty_home.folder / "paket", rows)
    assert empty_home.run("import", "tresor", "paket").status == 0
    said = empty_home.run("statistic", "tresor", "--quarter", "2025-Q3", "--out", "statistik")
    pdf, workbook, _ = (empty_home.folder / line for line in said.out.splitlines())
    assert "=cmd|'/Ccalc'!A0" in "".join(pdf_text(pdf.read_bytes()).split())
    assert_only_text(workbook.read_bytes())


def test_that_check_shows_no_text_that_steers_the_terminal(hostile):
    said = hostile.run("check", "tresor", "--quarter", "2025-Q3")
    assert said.status == 0
    assert all(line.isprintable() for line in said.out.split("\n"))


def test_that_a_nul_is_refused_in_every_text_field(empty_home):
    before = content(empty_home.vault)
    write_package(empty_home.folder / "paket", full_rows(1, lambda *_: "Zzyzx\x00kanari"))
    said = empty_home.run("import", "tresor", "paket")
    assert_refused(said, lines=1 + len(TEXT_FIELDS))
    assert "kanari" not in said.err
    for table, column, _ in TEXT_FIELDS:
        assert f"{table}.csv, Zeile 2, Spalte {column}: Der Wert enthält ein NUL-Zeichen" in said.err
    assert content(empty_home.vault) == before
