"""From the clone to the signed report, by the command line alone, in real processes."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest

from bjc_desktop.vault import create_vault
from tests.conftest import CHEAP_KDF, NOW, PASSPHRASE
from tests.libreoffice import recalculated
from tests.samples import DATA, expected

CODES = ["a1_1", "a1_2", "a4", "consultations_per_hour", "correctly_closed", "measure_link"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return a vault with the sample package, filled by the command line."""
    home = tmp_path_factory.mktemp("cli")
    (home / "pass").write_text(PASSPHRASE + "\n", "utf-8")
    vault, _ = create_vault(home / "tresor", "pruefung", PASSPHRASE, now=NOW, kdf=CHEAP_KDF)
    from bjc_desktop.services.targets import fill_new_vault

    with vault:
        fill_new_vault(vault, now=NOW)
    assert call(home, "import", "tresor", str(DATA / "package")).returncode == 0
    return home


def call(home, *arguments, **environment):
    command = [sys.executable, "-m", "bjc_desktop", *arguments]
    return subprocess.run(
        command,
        cwd=home,
        env={**os.environ, "BJC_PASSPHRASE_FILE": str(home / "pass"), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def report(home, out, *arguments, quarter="2025-Q3", **environment):
    result = call(
        home, "report", "tresor", "--quarter", quarter, "--as-of", "2026-03-01", "--out", out, *arguments, **environment
    )
    assert result.returncode == 0, result.stderr
    return [home / line for line in result.stdout.splitlines()]


@pytest.mark.parametrize("quarter", ["2024-Q2", "2024-Q4", "2025-Q1", "2025-Q3"])
def test_that_each_bundle_says_the_expected_figures_and_verifies(home, quarter):
    wanted = expected(f"expected-{quarter}.json")
    paths = [*report(home, quarter, quarter=quarter), *report(home, quarter, "--provider", "all", quarter=quarter)]
    assert len(paths) == 3
    for path in paths:
        stated = json.loads(zipfile.ZipFile(path).read("indicators.json"))
        scope = wanted[stated["scope"]["id"]]
        assert [row["code"] for row in stated["indicators"]] == CODES
        for row in stated["indicators"]:
            figure = scope["indicators"][row["code"]]
            assert Fraction(row["numerator"]) == figure["numerator"]
            assert Fraction(row["denominator"]) == Fraction(str(figure["denominator"]))
            assert row["value"] == (None if figure["value"] is None else f"{figure['value']:.6f}")
            assert row["rating"] == figure["rating"]
        assert stated["caseload"] == {key: f"{value:.6f}" for key, value in scope["caseload"].items()}
        assert call(home, "verify", str(path)).returncode == 0


def test_that_two_processes_make_the_same_bytes(home):
    one = report(home, "one", PYTHONHASHSEED="1", TZ="Asia/Tokyo")
    two = report(home, "two", PYTHONHASHSEED="2", TZ="America/New_York")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_that_openssl_alone_verifies_the_signature(home, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    with zipfile.ZipFile(report(home, "openssl")[0]) as bundle:
        for name in ("manifest.json", "manifest.json.sig", "public-key.pem"):
            (tmp_path / name).write_bytes(bundle.read(name))
    command = "openssl pkeyutl -verify -rawin -pubin -inkey public-key.pem -in manifest.json -sigfile manifest.json.sig"
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_that_libreoffice_recalculates_the_workbook_to_the_same_figures(home, tmp_path):
    with zipfile.ZipFile(report(home, "calc", "--provider", "all")[0]) as bundle:
        (tmp_path / "report.xlsx").write_bytes(bundle.read("report.xlsx"))
        stated = json.loads(bundle.read("indicators.json"))
    rows = recalculated(tmp_path / "report.xlsx", tmp_path)
    by_label = {row[0]: row for row in rows if row}
    ratings = {"reached": "Soll erreicht", "tolerance": "im Toleranzbereich", "below": "unter Toleranz", "none": "ohne Wert"}
    for figure in stated["indicators"]:
        row = by_label[figure["label"]]
        assert float(row[1]) == float(figure["numerator"])
        assert float(row[2]) == pytest.approx(float(figure["denominator"]), abs=1e-9)
        assert float(row[3]) == pytest.approx(float(figure["value"]), abs=1e-6)
        assert row[6] == ratings[figure["rating"]]
    assert float(by_label["Betreuung: Median"][1]) == pytest.approx(float(stated["caseload"]["median"]), abs=1e-6)


def test_that_no_file_of_a_bundle_names_a_person(home):
    vault_names = set()
    for table in ("coachees", "staff"):
        for line in (DATA / "package" / f"{table}.csv").read_text("utf-8").splitlines()[1:]:
            vault_names |= {name for name in line.split(",")[2:4] if len(name) > 3}
    with zipfile.ZipFile(report(home, "names")[0]) as bundle:
        for name in bundle.namelist():
            if name.endswith((".csv", ".json")):
                text = bundle.read(name).decode()
                assert not [found for found in vault_names if f",{found}," in text or f'"{found}"' in text]


def test_that_a_release_is_numbered_and_the_next_says_what_changed(home, tmp_path):
    folder = shutil.copytree(home / "tresor", tmp_path / "tresor")
    shutil.copy(home / "pass", tmp_path / "pass")
    first = report(tmp_path, "r", "--release", quarter="2025-Q1")
    second = report(tmp_path, "r", "--release", quarter="2025-Q1")
    assert folder.is_dir()
    assert [path.name.rsplit("_", 1)[1] for path in (*first, *second)] == ["v1.zip"] * 2 + ["v2.zip"] * 2
    for path in second:
        assert call(tmp_path, "verify", str(path)).returncode == 0


def test_that_an_altered_bundle_does_not_verify(home, tmp_path):
    source = report(home, "altered")[0]
    target = tmp_path / "falsch.zip"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'"numerator": "', b'"numerator": "1', 1))
    result = call(home, "verify", str(target))
    assert (result.returncode, len(result.stderr.strip().splitlines())) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["report", "tresor", "--quarter", "2025-Q5", "--out", "x"], 1),
        (["report", "tresor", "--quarter", "2025-Q1", "--as-of", "2999-01-01", "--out", "x"], 1),
        (["report", "tresor", "--quarter", "2025-Q1", "--provider", "niemand", "--out", "x"], 1),
        (["import", "tresor", "gibt-es-nicht"], 1),
        (["verify", "gibt-es-nicht.zip"], 1),
        (["check", "kein-tresor"], 1),
        (["unsinn"], 2),
        (["report", "tresor"], 2),
    ],
)
def test_that_what_cannot_be_done_is_refused_in_german(home, arguments, status):
    result = call(home, *arguments)
    assert result.returncode == status
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert "bitte" in result.stderr.lower()


def test_that_a_wrong_passphrase_is_refused_in_one_sentence(home, tmp_path):
    (tmp_path / "wrong").write_text("falsche Passphrase", "utf-8")
    result = call(home, "check", "tresor", BJC_PASSPHRASE_FILE=str(tmp_path / "wrong"))
    assert (result.returncode, len(result.stderr.strip().splitlines())) == (1, 1)


def test_that_backup_restore_and_doctor_work_together(home, tmp_path):
    backup = call(home, "backup", "tresor", str(tmp_path / "sicherung"))
    assert Path(backup.stdout.strip()).is_file(), backup.stderr
    assert call(home, "restore", backup.stdout.strip(), str(tmp_path / "neu")).returncode == 0
    assert call(home, "doctor", str(tmp_path / "neu")).returncode == 0


def test_that_check_and_statistic_end_well(home):
    assert call(home, "check", "tresor", "--quarter", "2025-Q3").returncode == 0
    result = call(home, "statistic", "tresor", "--quarter", "2025-Q3", "--out", "statistik")
    assert [Path(line).suffix for line in result.stdout.splitlines()] == [".pdf", ".xlsx", ".csv"], result.stderr


@pytest.mark.parametrize("name", ["coachees", "due", "findings", "follow-ups"])
def test_that_a_main_list_is_written_as_workbook_and_csv(home, name):
    for ending, begin in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        result = call(home, "list", "tresor", name, f"{name}.{ending}")
        assert result.returncode == 0, result.stderr
        assert result.stdout.strip() == f"{name}.{ending}"
        assert " von " in result.stderr
        assert (home / f"{name}.{ending}").read_bytes().startswith(begin)
    refused = call(home, "list", "tresor", name, f"{name}.txt")
    assert refused.returncode == 1
    assert "auf .xlsx oder .csv endet" in refused.stderr


def test_that_appointments_are_written_as_a_calendar_without_names(home):
    result = call(home, "calendar", "tresor", "t.ics", "--from", "2025-01-01", "--to", "2027-12-31")
    assert result.returncode == 0, result.stderr
    content = (home / "t.ics").read_bytes()
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert content.count(b"BEGIN:VEVENT") == int(result.stderr.split()[0])
    again = call(home, "calendar", "tresor", "u.ics", "--from", "2025-01-01", "--to", "2027-12-31")
    assert again.returncode == 0, again.stderr
    assert (home / "u.ics").read_bytes() == content
    wrong = call(home, "calendar", "tresor", "t.ics", "--from", "morgen früh")
    assert wrong.returncode == 1
    assert wrong.stderr.strip() == "Der erste Tag ist kein Datum; bitte JJJJ-MM-TT angeben."
