"""A figure is the same on every page and in every document: the whole sample, quarter by quarter, for each provider and for all."""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import quarter
from bjc_desktop.indicators.rating import RATIO_CODES, decimal_text
from bjc_desktop.indicators.results import ScopeKind
from bjc_desktop.reports.german import figure_value, number
from bjc_desktop.services.hours_sheet import read_hours_sheet
from bjc_desktop.services.hours_statistic import read_statistic
from bjc_desktop.services.indicator_board import offered_scopes, read_indicator_board
from bjc_desktop.services.indicator_cases import read_indicator_cases
from bjc_desktop.services.overview import read_live_figures
from bjc_desktop.services.released_reports import bundle_part
from bjc_desktop.services.report_preflight import read_preflight
from bjc_desktop.services.reports import preview_report
from bjc_desktop.services.targets import read_settings
from bjc_desktop.vault import Vault, open_with_key
from bjc_desktop.vocabulary import Role
from tests.conftest import TemplateVault
from tests.libreoffice import cells
from tests.reports.web_pages import page_of, table_of
from tests.samples import filled

QUARTERS = [quarter(year, number) for year in (2024, 2025) for number in range(1, 5)]


@pytest.fixture(scope="module")
def sample(template_vault: TemplateVault, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    folder = template_vault.copy_to(tmp_path_factory.mktemp("figure") / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        yield filled(vault, "package")


def words_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


@pytest.mark.parametrize("period", QUARTERS, ids=lambda period: period.label)
def test_that_every_page_and_every_document_says_the_same(sample: Vault, period, tmp_path) -> None:
    as_of = period.last
    with sample.reading() as connection:
        settings = read_settings(connection)
        whole = compute(connection, period, settings, as_of=as_of)
        scopes = [scope for scope in offered_scopes(connection, staff_id=None) if scope.kind is not ScopeKind.COACH]
        for scope in scopes:
            figures = whole.figures_of(scope.id)
            assert read_indicator_board(connection, scope, period, as_of=as_of).figures == figures
            assert read_preflight(connection, period, scope.id, as_of=as_of).scope.figures == figures
            for figure in figures:
                cases = read_indicator_cases(connection, figure.code, period, scope.id, settings)
                assert sum(case.counts for case in cases) == figure.numerator
        for member in whole.staff.values():
            if member.role == Role.JOB_COACH.value:
                assert read_live_figures(connection, staff_id=member.id, today=as_of).own == whole.figures_of(member.id)
        sheet = read_hours_sheet(connection, period, as_of=as_of)
        assert [figure for _, figure in sheet.totals] == [whole.figures_of(key)[3] for key in whole.providers]
        for row in sheet.rows:
            assert row.figure is None or row.figure == whole.figures_of(row.staff_id)[3]
        statistic = read_statistic(connection, period, as_of=as_of).content
        assert statistic.figure == whole.figures_of(statistic.figures.scope.id)[3]
    for scope in scopes:
        _documents(sample, period, scope.id, whole.figures_of(scope.id), as_of, tmp_path)


def _documents(vault: Vault, period, scope_id: str, figures, as_of: date, folder: Path) -> None:
    bundle = preview_report(vault, period, scope_id, as_of=as_of, today=as_of).bundle
    with zipfile.ZipFile(BytesIO(bundle)) as archive:
        stated = json.loads(archive.read("indicators.json"))["indicators"]
    words = words_of(bundle_part(bundle, "report.pdf"))
    page = page_of(bundle_part(bundle, "report.html"))
    lines = table_of(page, "Die sechs Kennzahlen mit Fällen, Sollwerten und Bewertung")[1:]
    table = {short: row[1:] for row in lines for short in [entry.short for entry in BY_CODE.values()] if row[0].startswith(short)}
    (folder / "report.xlsx").write_bytes(bundle_part(bundle, "report.xlsx"))
    overview = next(iter(cells(folder / "report.xlsx").values()))
    rows = {value: row for (row, column), value in overview.items() if column == "A"}
    for figure, said in zip(figures, stated, strict=True):
        assert (said["code"], said["rating"]) == (figure.code, figure.rating.value)
        assert Fraction(said["numerator"]) == figure.numerator
        assert said["value"] == (None if figure.value is None else decimal_text(figure.value, 6))
        assert figure_value(figure, figure.value).replace("\u00a0", " ") in words.replace("\u00a0", " ")
        denominator = number(figure.denominator) if figure.code in RATIO_CODES else str(figure.denominator)
        told = [str(figure.numerator), denominator, figure_value(figure, figure.value).replace("\u00a0", " ")]
        assert table[BY_CODE[figure.code].short][:3] == told
        assert table[BY_CODE[figure.code].short][-1].endswith(figure.rating.label)
        line = [value for (row, _), value in overview.items() if row == rows[figure.label]]
        numbers = [float(value) for value in line if re.fullmatch(r"-?[\d.]+(E-?\d+)?", str(value))]
        wanted = [float(figure.numerator), float(figure.denominator)]
        for stated_number in [*wanted, float(figure.value)] if figure.value is not None else wanted:
            assert any(abs(stated_number - found) < 1e-9 for found in numbers)
