"""Data packages come in whole or not at all, and go out as they came."""

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from bjc_desktop.errors import PackageError
from bjc_desktop.exchange.package_export import export_package
from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.services.joining import join_people
from bjc_desktop.vault import open_with_key
from tests.samples import DATA, NOW, TODAY, filled

CANARY = "Zzyzxkanari"


def read_in(vault, path, *, update=False):
    return import_package(vault, path, update=update, now=NOW, today=TODAY)


@pytest.fixture
def worked(tmp_path):
    return Path(shutil.copytree(DATA / "worked", tmp_path / "package"))


def counts(vault):
    with vault.reading() as connection:
        tables = ("coachings", "consultations", "staff", "goals")
        return [connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() for table in tables]


def change_cell(folder, table, row, column, value):
    path = folder / f"{table}.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
    rows[row][rows[0].index(column)] = value
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), "utf-8")


def test_that_export_and_import_give_an_equal_vault(template_vault, vault, tmp_path):
    filled(vault, "package")
    export_package(vault, tmp_path / "one.zip")
    other_folder = template_vault.copy_to(tmp_path / "anderer")
    with open_with_key(other_folder, template_vault.secrets) as other:
        read_in(other, tmp_path / "one.zip")
        export_package(other, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_that_importing_twice_changes_nothing(vault, worked):
    assert read_in(vault, worked).changed
    assert not read_in(vault, worked).changed


def test_that_a_package_that_knows_two_files_does_not_part_what_was_joined(vault, worked):
    read_in(vault, worked)
    with vault.reading() as connection:
        query = "SELECT coachee_id FROM coachings ORDER BY coachee_id"
        keep, give_up = list(dict.fromkeys(connection.exec_driver_sql(query).scalars()))[:2]
    with vault.writing(now=NOW) as session:
        join_people(session, keep, give_up, {}, now=NOW)
    before = counts(vault)
    assert not read_in(vault, worked).changed
    assert counts(vault) == before
    change_cell(worked, "coachees", 1, "phone", "030 23125 111")
    read_in(vault, worked, update=True)
    with vault.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM coachees WHERE id = ?", (give_up,)).scalar() == 0


def test_that_another_value_is_a_conflict_until_update_is_given(vault, worked):
    read_in(vault, worked)
    change_cell(worked, "coachings", 1, "exit_reason", "moved")
    with pytest.raises(PackageError, match="widerspricht") as refused:
        read_in(vault, worked)
    assert refused.value.faults == ("coachings.csv, Zeile 2, Spalte exit_reason: Der Tresor hat hier einen anderen Wert.",)
    assert read_in(vault, worked, update=True).counts["coachings"].updated == 1
    with vault.reading() as connection:
        row = connection.exec_driver_sql("SELECT count(*), max(row_version) FROM coachings WHERE exit_reason = 'moved'").one()
    assert tuple(row) == (1, 2)


def test_that_notes_are_kept_as_ciphertext_and_come_out_as_typed(vault, worked, tmp_path):
    change_cell(worked, "consultations", 1, "note", CANARY)
    read_in(vault, worked)
    with vault.reading() as connection:
        note = connection.exec_driver_sql("SELECT note FROM consultations WHERE note IS NOT NULL").scalar()
    assert CANARY.encode() not in note
    export_package(vault, tmp_path / "out.zip")
    assert CANARY in zipfile.ZipFile(tmp_path / "out.zip").read("consultations.csv").decode()
    assert not read_in(vault, worked).changed


def as_cp1252_with_semicolons(folder):
    for path in folder.glob("*.csv"):
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows(rows)
        path.write_bytes(text.getvalue().encode("cp1252"))


def with_german_dates_and_a_bom(folder):
    path = folder / "coachings.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
    for row in rows[1:]:
        for index, cell in enumerate(row):
            if len(cell) == 10 and cell[4] == cell[7] == "-":
                row[index] = f"{int(cell[8:])}.{int(cell[5:7])}.{cell[:4]}"
    rows[0][rows[0].index("exit_on")] = "Austritt"
    text = io.StringIO()
    csv.writer(text).writerows([row[::-1] for row in rows])
    path.write_text(text.getvalue(), "utf-8-sig")


@pytest.mark.parametrize("change", [as_cp1252_with_semicolons, with_german_dates_and_a_bom])
def test_that_what_a_spreadsheet_writes_is_read_alike(vault, worked, change):
    read_in(vault, worked)
    change(worked)
    assert not read_in(vault, worked).changed


def drop_file(folder):
    (folder / "coachings.csv").unlink()


def break_last_line(folder):
    path = folder / "consultations.csv"
    path.write_text(path.read_text("utf-8")[:-40], "utf-8")


def wrong_type(folder):
    change_cell(folder, "consultations", 1, "duration_min", "viel")


def unknown_key(folder):
    change_cell(folder, "consultations", 1, "kind", "plausch")


def duplicate_id(folder):
    path = folder / "goals.csv"
    path.write_text(path.read_text("utf-8") + path.read_text("utf-8").splitlines()[-1] + "\n", "utf-8")


def dangling(folder):
    change_cell(folder, "coachings", 1, "coachee_id", "00000000-0000-4000-8000-000000000000")


def overlap(folder):
    path = folder / "coaching_staff.csv"
    cells = path.read_text("utf-8").splitlines()[-1].split(",")
    cells[0] = "00000000-0000-4000-8000-000000000001"
    path.write_text(path.read_text("utf-8") + ",".join(cells) + "\n", "utf-8")


def exit_before_entry(folder):
    change_cell(folder, "coachings", 1, "exit_on", "2020-01-01")


def ten_thousand_columns(folder):
    path = folder / "staff.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0] + ",x" * 10_000, *(line + "," * 10_000 for line in lines[1:])]), "utf-8")


def nul(folder):
    change_cell(folder, "coachees", 1, "family_name", "a\x00b")


def held_tomorrow(folder):
    change_cell(folder, "consultations", 1, "held_on", "2026-03-03")


def newer_format(folder):
    path = folder / "datapackage.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"bjc_format": 2}), "utf-8")


def no_json(folder):
    (folder / "datapackage.json").write_text("{", "utf-8")


@pytest.mark.parametrize(
    "damage",
    [
        drop_file,
        break_last_line,
        wrong_type,
        unknown_key,
        duplicate_id,
        dangling,
        overlap,
        exit_before_entry,
        ten_thousand_columns,
        nul,
        held_tomorrow,
        newer_format,
        no_json,
    ],
)
def test_that_a_faulty_package_is_refused_whole_and_without_a_name(vault, worked, damage):
    change_cell(worked, "coachees", 2, "family_name", CANARY)
    before = counts(vault)
    damage(worked)
    with pytest.raises(PackageError) as refused:
        read_in(vault, worked)
    assert counts(vault) == before
    assert str(refused.value).endswith(".")
    assert CANARY not in str(refused.value) + "".join(refused.value.faults)


def test_that_a_gigabyte_of_zeros_in_a_small_zip_is_refused_unread(vault, worked, tmp_path):
    bomb = tmp_path / "bombe.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in worked.iterdir():
            archive.write(path, path.name)
        with archive.open("nullen.csv", "w", force_zip64=True) as file:
            for _ in range(200):
                file.write(bytes(5 * 1024**2))
    with pytest.raises(PackageError, match="zu groß"):
        read_in(vault, bomb)


NASTY = ["=cmd|' /C calc'!A0", "<img src=/etc/passwd>", "<para>", "\u202eabc\u202c", "a" * 5000, 'so "ein" Name,;\t\n', "'", "\\"]


@pytest.mark.parametrize("text", NASTY)
def test_that_a_nasty_text_comes_out_as_it_went_in(vault, worked, tmp_path, text):
    change_cell(worked, "coachees", 1, "family_name", text)
    change_cell(worked, "consultations", 1, "note", text)
    read_in(vault, worked)
    export_package(vault, tmp_path / "out.zip")
    archive = zipfile.ZipFile(tmp_path / "out.zip")
    for table in ("coachees", "consultations"):
        rows = csv.reader(io.StringIO(archive.read(f"{table}.csv").decode(), newline=""))
        assert any(text in row for row in rows)
