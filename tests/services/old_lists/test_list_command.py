"""The command line takes lists in: certain ones at once, others by a mapping; what stays out comes back as a file and goes in mended."""

import csv
import json
import zipfile
from datetime import date

import pytest

from bjc_desktop.cli import run
from bjc_desktop.exchange.lists.known_words import REASON_HEADING
from bjc_desktop.exchange.lists.list_reading import read_list
from bjc_desktop.models import Provider, Staff
from bjc_desktop.services.row_editing import add_row
from bjc_desktop.vault import open_with_key
from bjc_desktop.vocabulary import Role
from tests.conftest import NOW, PASSPHRASE
from tests.exchange.lists.test_list_reading import hostile
from tests.list_files import xlsx

HEAD = ["Fallnummer", "Name, Vorname", "Geb.-Dat.", "m/w", "Eintritt"]
GOOD = ["F-1", "Müller, Eva", "05.03.80", "w", "1.2.25"]
BAD = ["F-2", "Yıldız, Ali", "31.02.80", "m", "ca. 2019"]
FORMULA = ["F-3", "=cmd|'/c calc'!A1", "1.1.80", "w", "morgen"]


@pytest.fixture
def home(vault_folder, template_vault, tmp_path, monkeypatch):
    """Return a folder with a vault that has a provider and a coach."""
    (tmp_path / "pass").write_text(PASSPHRASE, "utf-8")
    monkeypatch.setenv("BJC_PASSPHRASE_FILE", str(tmp_path / "pass"))
    monkeypatch.chdir(tmp_path)
    with open_with_key(vault_folder, template_vault.secrets) as vault, vault.writing(now=NOW) as session:
        provider = add_row(session, Provider, {"name": "Lernwerk"}, today=NOW.date())
        member = {
            "provider_id": provider,
            "given_name": "Anna",
            "family_name": "Meier",
            "role": Role.JOB_COACH.value,
            "employed_from": date(2020, 1, 1),
        }
        add_row(session, Staff, member, today=NOW.date())
    return tmp_path


def count(home, template_vault, table="coachees"):
    with open_with_key(home / "tresor", template_vault.secrets) as vault, vault.reading() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()


def test_that_a_certain_list_comes_in_and_the_rest_goes_in_mended(home, template_vault, capsys) -> None:
    path = xlsx(home / "liste.xlsx", {"TN": [["Liste 2025"], HEAD, GOOD, BAD, FORMULA]})
    assert run(["import-list", "tresor", str(path), "--rest", "rest.xlsx"]) == 0
    said = capsys.readouterr()
    assert "coachees: 1 neu, 0 schon da" in said.out and "Zeilen: 1 neu, 0 schon da, 2 draußen" in said.out
    assert "Zeile 4, Spalte „Geb.-Dat.“" in said.err and "Yıldız" not in said.err + said.out
    (sheet,) = read_list(home / "rest.xlsx").sheets
    assert [list(row) for row in sheet.rows] == [
        [*HEAD, REASON_HEADING],
        [
            *BAD,
            "Geb.-Dat.: Das ist kein Datum. Bitte zum Beispiel 05.03.2026 eintragen. Eintritt: Das Datum ist ungenau. Bitte den Tag eintragen oder unter „Werte“ wählen, was für ungenaue Daten gilt.",
        ],
        [*FORMULA, "Eintritt: Das ist kein Datum. Bitte zum Beispiel 05.03.2026 eintragen."],
    ]
    with zipfile.ZipFile(home / "rest.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    mended = [list(row) for row in sheet.rows]
    mended[1][2], mended[1][4] = "28.02.80", "01.07.2019"
    xlsx(home / "mended.xlsx", {"TN": mended})
    assert run(["import-list", "tresor", "mended.xlsx", "--rest", "noch.xlsx"]) == 0
    assert count(home, template_vault) == 2
    assert len(read_list(home / "noch.xlsx").sheets[0].rows) == 2
    assert run(["import-list", "tresor", str(path)]) == 1
    assert "Es kam nichts in den Tresor" in capsys.readouterr().err


def test_that_a_csv_of_the_rest_is_guarded_and_goes_in_again(home, capsys) -> None:
    path = xlsx(home / "liste.xlsx", {"TN": [HEAD, GOOD, ["F-5", "Zander, Udo", "1.1.70", "m", "3.2.25"], FORMULA]})
    assert run(["import-list", "tresor", str(path), "--rest", "rest.csv"]) == 0
    with (home / "rest.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[1][1] == "'" + FORMULA[1]
    assert read_list(home / "rest.csv").sheets[0].rows[1][1] == FORMULA[1]


def test_that_what_is_not_certain_needs_a_mapping(home, template_vault, capsys) -> None:
    path = xlsx(
        home / "liste.xlsx",
        {"TN": [[*HEAD, "Wieso", "Bemerkung"], [*GOOD, "XY", "frei"], [*BAD[:2], "5.5.85", "divers?", "1.1.25", "XY", "auch"]]},
    )
    assert run(["import-list", "tresor", str(path)]) == 1
    said = capsys.readouterr().err
    assert "Spalte „Wieso“" in said and "coachees.gender" in said and "--write-mapping" in said
    assert run(["import-list", "tresor", str(path), "--write-mapping", "m.json"]) == 0
    mapping = json.loads((home / "m.json").read_text("utf-8"))
    sheet = mapping["sheets"][0]
    sheet["columns"]["Wieso"] = "coachings.exit_reason"
    sheet["values"] = {"coachings.exit_reason": {"xy": "moved"}, "coachees.gender": {"divers?": "diverse"}}
    (home / "m.json").write_text(json.dumps(mapping), "utf-8")
    assert run(["import-list", "tresor", str(path), "--mapping", "m.json", "--dry-run"]) == 0
    assert count(home, template_vault) == 0
    assert run(["import-list", "tresor", str(path), "--mapping", "m.json"]) == 0
    assert count(home, template_vault) == 2
    again = xlsx(
        home / "zwei.xlsx", {"Neu": [[*HEAD, "Wieso", "Bemerkung"], ["F-9", "Neu, Nina", "1.1.90", "w", "1.1.25", "XY", "z"]]}
    )
    assert run(["import-list", "tresor", str(again)]) == 0  # the layout is known now
    assert count(home, template_vault) == 3


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["fehlt.xlsx"], "keine Datei"), (["liste.xlsx", "--sheet", "Nein"], "„TN“"), (["liste.xlsx", "--mapping", "kaputt.json"], "nicht lesbar"), (["liste.xlsx", "--mapping", "fremd.json"], "keinem Blatt"),
        (["liste.xlsx", "--rest", "rest.doc"], ".xlsx oder .csv"), (["leer.xlsx"], "Überschriften"), (["liste.xlsx", "--mapping", "nirgends.json"], "fehlt"),
    ],
)  # fmt: skip
def test_that_what_cannot_be_done_is_said_in_one_sentence(home, capsys, template_vault, arguments, word) -> None:
    xlsx(home / "liste.xlsx", {"TN": [HEAD, GOOD]})
    xlsx(home / "leer.xlsx", {"TN": [["1", "2"]]})
    (home / "kaputt.json").write_text("{", "utf-8")
    (home / "fremd.json").write_text('{"bjc_list_mapping": 1, "sheets": [{"sheet": "Anders"}]}', "utf-8")
    assert run(["import-list", "tresor", *arguments]) == 1
    said = capsys.readouterr()
    assert word in said.err and "Traceback" not in said.err
    assert (said.out, count(home, template_vault)) == ("", 0)


@pytest.mark.parametrize("content", ["[]", '{"bjc_list_mapping": 1, "sheets": 5}', '{"bjc_list_mapping": 1, "sheets": [{"sheet": "TN", "columns": [1]}]}',
                                     '{"bjc_list_mapping": 1, "sheets": [{"sheet": "TN", "columns": {"a": 5}}]}', "[" * 100_000])  # fmt: skip
def test_that_a_hostile_mapping_is_refused(home, capsys, content) -> None:
    xlsx(home / "liste.xlsx", {"TN": [HEAD, GOOD]})
    (home / "m.json").write_text(content, "utf-8")
    assert run(["import-list", "tresor", "liste.xlsx", "--mapping", "m.json"]) == 1
    assert "nicht lesbar" in capsys.readouterr().err


def test_that_hostile_lists_are_refused(home, capsys, template_vault) -> None:
    folder = home / "böse"
    folder.mkdir()
    for path, word in hostile(folder):
        assert run(["import-list", "tresor", str(path)]) == 1
        said = capsys.readouterr().err
        assert word in said and len(said.splitlines()) == 1, path.name
    assert count(home, template_vault) == 0
