"""What comes back is what was there: restored vaults, judged packages, and second versions that say what changed."""

import contextlib
import csv
import io
import json
import zipfile
from pathlib import Path

import pypdfium2
import pytest

from tests.hostile.packages import full_rows, write_package
from tests.hostile.program import Home, assert_sound, content
from tests.samples import DATA


@pytest.fixture
def everything(empty_home: Home) -> Home:
    """Return a home whose vault has something in every column of every table."""
    write_package(empty_home.folder / "paket", full_rows(3, lambda *place: f"Text {place}"))
    assert empty_home.run("import", "tresor", "paket").status == 0
    return empty_home


def test_that_a_restored_vault_equals_the_original_in_every_table(everything):
    everything.run("report", "tresor", "--quarter", "2025-Q3", "--as-of", "2026-03-01", "--out", "aus", "--release")
    before = content(everything.vault)
    assert sum(map(bool, before.values())) > 20
    backup = everything.run("backup", "tresor", "sicherungen").out.strip()
    for number, source in enumerate((backup, "sicherungen")):
        assert everything.run("restore", source, f"neu{number}").status == 0
        assert content(everything.folder / f"neu{number}") == before
        assert_sound(everything.folder / f"neu{number}")


def judged(folder: Path) -> None:
    """Let Frictionless judge the data package in *folder*, from outside."""
    frictionless = pytest.importorskip("frictionless")
    with contextlib.chdir(folder):
        report = frictionless.validate("datapackage.json")
    assert report.valid, report.flatten(["type", "note", "fieldName", "rowNumber"])[:5]
    assert report.stats["tasks"] > 5


@pytest.mark.filterwarnings("ignore")
def test_that_frictionless_finds_no_fault_in_an_export(everything):
    assert everything.run("export", "tresor", "aus.zip").status == 0
    with zipfile.ZipFile(everything.folder / "aus.zip") as archive:
        archive.extractall(everything.folder / "entpackt")
    judged(everything.folder / "entpackt")


@pytest.mark.filterwarnings("ignore")
def test_that_frictionless_finds_no_fault_in_the_package_of_a_bundle(everything):
    path = everything.run(*everything.report("aus")).out.strip()
    with zipfile.ZipFile(everything.folder / path) as bundle:
        bundle.extractall(everything.folder / "entpackt")
    judged(everything.folder / "entpackt" / "package")


def test_that_a_second_version_says_which_figures_and_which_cases_changed(home, tmp_path):
    assert home.run(*home.report("aus", "--release")).status == 0
    text = (DATA / "worked" / "coachings.csv").read_text("utf-8")
    rows = [{**row, "target_group": ""} for row in csv.DictReader(io.StringIO(text, newline=""))]
    package = write_package(tmp_path / "paket", {"coachings": rows})
    assert home.run("import", "tresor", package, "--update").status == 0
    second = home.run(*home.report("aus", "--release")).out.strip()
    assert second.endswith("_v2.zip")
    assert home.run("verify", second).status == 0
    found = {}
    for version in (1, 2):
        with zipfile.ZipFile(home.folder / second.replace("_v2", f"_v{version}")) as bundle:
            figures = json.loads(bundle.read("indicators.json"))["indicators"]
            found[version] = {figure["code"]: (figure["numerator"], figure["denominator"]) for figure in figures}
            pdf = bundle.read("report.pdf")
    assert {code for code in found[1] if found[1][code] != found[2][code]} == {"correctly_closed"}
    changes = [
        json.loads(value) for row in content(home.vault)["released_reports"] for value in row if str(value).startswith("[[")
    ]
    assert len(changes) == 1
    subjects = [subject for subject, _, _ in changes[0]]
    assert [subject.endswith("(Zähler / Nenner)") for subject in subjects] == [True] + [False] * (len(subjects) - 1)
    cases = {subject.split(", ")[1] for subject in subjects if ", F-" in subject}
    assert cases
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert all(case in text for case in cases)


def test_that_a_second_version_without_a_change_says_so(home):
    for _ in range(2):
        said = home.run(*home.report("aus", "--release"))
    assert said.out.strip().endswith("_v2.zip")
    assert not [value for row in content(home.vault)["released_reports"] for value in row if str(value).startswith("[[")]
