"""The workbooks: LibreOffice recalculates what the program computed, and text stays text."""

import html
import io
import re
import shutil
import zipfile
from dataclasses import replace

import pytest

from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.indicators.settings import IndicatorSettings, RatingRule
from bjc_desktop.reports.statistic import statistic_xlsx
from bjc_desktop.reports.workbook import rating_formula
from bjc_desktop.reports.xlsx import report_xlsx
from bjc_desktop.services.report_content import rating_places
from bjc_desktop.services.targets import fill_new_vault
from tests.libreoffice import cells, recalculated_sheets
from tests.reports.contents import HOSTILE, changed_often, content_of, named, scopes, stated, statistic_of
from tests.samples import DATA, NOW, TODAY, filled

RATINGS = {"reached": "Soll erreicht", "tolerance": "im Toleranzbereich", "below": "unter Toleranz", "none": "ohne Wert"}


@pytest.fixture
def lent_coaches(vault, tmp_path):
    """Return the sample package with one coach of each provider working on the other's coachings."""
    package = shutil.copytree(DATA / "package", tmp_path / "package")
    staff = [line.split(",") for line in (package / "staff.csv").read_text("utf-8").splitlines()[1:]]
    ours, theirs = {row[1]: row[0] for row in staff if row[4] == "job_coach"}.values()
    table = package / "coaching_staff.csv"
    table.write_text(table.read_text("utf-8").replace(ours, "?").replace(theirs, ours).replace("?", theirs), "utf-8")
    fill_new_vault(vault, now=NOW)
    import_package(vault, package, update=False, now=NOW, today=TODAY)
    return vault


def written(path, data):
    path.write_bytes(data)
    return path


def differences(workbook, folder):
    """Return the cells that differ between the program's cached values and LibreOffice's own."""
    ours, theirs = cells(workbook), recalculated_sheets(workbook, folder)
    assert list(ours) == list(theirs)
    return [
        (sheet, place, value, theirs[sheet].get(place))
        for sheet, values in ours.items()
        for place, value in values.items()
        if not same(value, theirs[sheet].get(place))
    ]


def same(ours, theirs):
    try:
        return float(ours) == pytest.approx(float(theirs), abs=1e-9)
    except (TypeError, ValueError):
        return ours == theirs


def assert_figures(sheets, wanted, numbers):
    """Compare the sheets "Kennzahlen" and "Je Coach" with ``indicators.json``."""
    overview, by_coach = sheets["Kennzahlen"], sheets["Je Coach"]
    for row, figure in enumerate(wanted["indicators"], 5):
        assert_figure([overview[row, column] for column in "BCD"], figure)
        assert overview[row, "G"] == RATINGS[figure["rating"]]
    columns = ["BCD", "EFG", "HIJ", "KLM", "NOP", "QRS"]
    for coach in wanted["coaches"]:
        row = 2 + numbers[coach["id"]]
        assert by_coach[row, "A"] == str(numbers[coach["id"]])
        for figure, letters in zip(coach["indicators"], columns, strict=True):
            assert_figure([by_coach[row, letter] for letter in letters], figure)
        if coach["caseload"] is not None:
            assert float(sheets["Betreuung"][row - 1, "B"]) == pytest.approx(float(coach["caseload"]), abs=1e-6)


def assert_figure(found, figure):
    assert float(found[0]) == float(figure["numerator"])
    assert float(found[1]) == pytest.approx(float(figure["denominator"]), abs=1e-9)
    if figure["value"] is None:
        assert found[2] == "–"
    else:
        assert float(found[2]) == pytest.approx(float(figure["value"]), abs=1e-6)


@pytest.mark.libreoffice
def test_that_every_sheet_of_every_scope_recalculates_where_coaches_work_for_another_provider(lent_coaches, tmp_path):
    foreign = 0
    for scope in scopes(lent_coaches):
        folder = tmp_path / scope[:8]
        folder.mkdir()
        content = content_of(lent_coaches, scope)
        foreign += sum(not case.own for case in (*content.exits, *content.follow_ups))
        workbook = written(folder / "report.xlsx", report_xlsx(content))
        assert differences(workbook, folder) == []
        numbers = {coach.id: coach.number for coach in content.figures.coaches}
        assert_figures(cells(folder / "out" / "spoiled.xlsx"), stated(content), numbers)
    assert foreign > 0


@pytest.mark.libreoffice
@pytest.mark.parametrize(("package", "quarter"), [("edges", "2025-Q3"), ("edges", "2025-Q1"), ("worked", "2023-Q1")])
def test_that_edge_cases_and_empty_sheets_recalculate(vault, tmp_path, package, quarter):
    content = content_of(filled(vault, package), quarter=quarter)
    assert differences(written(tmp_path / "report.xlsx", report_xlsx(content)), tmp_path) == []


@pytest.mark.libreoffice
def test_that_a_provider_without_coaches_recalculates(vault, tmp_path):
    filled(vault, "edges")
    for scope in scopes(vault)[:-1]:
        content = content_of(vault, scope)
        if not content.figures.coaches:
            workbook = written(tmp_path / "report.xlsx", report_xlsx(content))
            assert differences(workbook, tmp_path) == []
            return
    pytest.fail("the package has a provider without coaches")


@pytest.mark.libreoffice
@pytest.mark.parametrize(("package", "quarter"), [("package", "2025-Q3"), ("edges", "2025-Q1")])
def test_that_the_statistic_recalculates_to_the_same_figures(vault, tmp_path, package, quarter):
    content = statistic_of(filled(vault, package), quarter=quarter)
    workbook = written(tmp_path / "statistic.xlsx", statistic_xlsx(content))
    assert differences(workbook, tmp_path) == []
    sheet = cells(tmp_path / "out" / "spoiled.xlsx")["Kennzahl"]
    rows = [(content.figure.numerator, content.figure.denominator, content.figure.value, content.figure.rating)]
    rows += [(person.counted, person.hours, person.ratio, person.rating) for person in content.coaches]
    for row, (numerator, denominator, value, rating) in enumerate(rows, 5):
        assert float(sheet[row, "B"]) == numerator
        assert float(sheet[row, "C"]) == pytest.approx(float(denominator), abs=1e-9)
        assert sheet[row, "D"] == "–" if value is None else float(sheet[row, "D"]) == pytest.approx(float(value), abs=1e-9)
        assert sheet[row, "G"] == rating.label


def test_that_text_is_never_a_formula(content, statistic):
    content = changed_often(named(content, "=cmd|' /C calc'!A0"), 40)
    content = replace(content, exits=tuple(replace(case, a1_1_label="=1+1", pseudonym="@x") for case in content.exits))
    for data in (report_xlsx(content), statistic_xlsx(named(statistic, HOSTILE))):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sheets = "".join(archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/"))
        formulas = re.findall(r"<f>([^<]*)</f>", sheets)
        assert formulas
        assert not [formula for formula in formulas if "cmd" in formula or formula == "1+1"]
        assert "<hyperlink" not in sheets


def test_that_an_ampersand_in_a_name_is_no_code_of_the_header(content, statistic):
    for data in (report_xlsx(named(content, "Rat & Tat &D")), statistic_xlsx(named(statistic, "Rat & Tat &D"))):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sheets = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        headers = [html.unescape(found) for sheet in sheets for found in re.findall(r"<oddHeader>([^<]*)</oddHeader>", sheet)]
        assert headers
        assert all("Rat && Tat &&D" in header for header in headers)


def test_that_each_sheet_is_ready_to_be_printed(content, statistic):
    for data in (report_xlsx(content), statistic_xlsx(statistic)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
            for name in names:
                sheet = archive.read(name).decode()
                assert re.search(r'<pageSetup paperSize="9"[^>]* orientation="landscape"', sheet), name
                assert 'fitToHeight="0"' in sheet
                assert 'state="frozen"' in sheet
                assert "Seite &amp;P von &amp;N" in sheet
                assert "<oddHeader>" in sheet


def test_that_a_draft_says_so_on_every_printed_sheet(content):
    data = report_xlsx(replace(content, version=None))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert all("Entwurf</oddHeader>" in sheet for sheet in sheets)


def test_that_the_same_content_makes_the_same_bytes(content):
    assert report_xlsx(content) == report_xlsx(content)


def test_that_a_rounding_setting_reaches_the_formula():
    assert rating_places(IndicatorSettings()) is None
    assert rating_places(replace(IndicatorSettings(), rating=RatingRule.ROUNDED)) == 2
    assert "ROUND(D5,2)>=E5" in rating_formula("a1_1", "D5", "E5", "F5", 2)
    assert "ROUND(D5,12)>E5" in rating_formula("measure_link", "D5", "E5", "F5", None)


@pytest.mark.libreoffice
def test_that_the_signals_and_the_persons_of_the_year_stand_in_the_workbook(content, tmp_path):
    content = replace(content, signals=("=1+1 ist kein Signal", "A4 lag in 2 Quartalen unter der Toleranz."))
    sheet = cells(written(tmp_path / "report.xlsx", report_xlsx(content)))["Signale"]
    told = [value for (row, column), value in sorted(sheet.items()) if column == "B"]
    assert [text for text in told if text in {*content.signals, content.persons}] == [*content.signals, content.persons]
    sheet = cells(written(tmp_path / "none.xlsx", report_xlsx(replace(content, signals=()))))["Signale"]
    assert any("Keines" in value for value in sheet.values())
