"""Faulty data packages through the command line: every fault one sentence, nothing taken over, nobody named."""

import csv
import io
import json
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from tests.hostile.packages import full_rows, identifier, write_package
from tests.hostile.program import Home, assert_refused, assert_sound, content
from tests.samples import DATA

CANARY = "Zzyzxkanari"


@pytest.fixture
def package(tmp_path):
    """Return a package with two rows in each table; every text in it is a canary."""
    return write_package(tmp_path / "paket", full_rows(2, lambda *_: CANARY))


def edit(folder: Path, table: str, row: int, column: str, value: str) -> None:
    path = folder / f"{table}.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
    rows[row][rows[0].index(column)] = value
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    path.write_bytes(text.getvalue().encode())


def edited(table, column, value, row=1):
    return lambda folder: edit(folder, table, row, column, value)


def rewritten(table, change):
    def damage(folder):
        path = folder / f"{table}.csv"
        path.write_bytes(change(path.read_bytes()))

    return damage


def descriptor(change):
    def damage(folder):
        path = folder / "datapackage.json"
        path.write_text(json.dumps(change(json.loads(path.read_text("utf-8")))), "utf-8")

    return damage


def without(name):
    return lambda folder: (folder / name).unlink()


def second_assignment(folder):
    rows = full_rows(1, lambda *_: CANARY)["coaching_staff"][0]
    line = ",".join({**rows, "id": identifier("another", 1)}.values())
    path = folder / "coaching_staff.csv"
    path.write_bytes(path.read_bytes() + line.encode() + b"\r\n")


FAULTS = {
    "a file is missing": (without("staff.csv"), 2),
    "datapackage.json is missing": (without("datapackage.json"), 1),
    "the last line is broken": (rewritten("outcomes", lambda data: data[:-60]), 2),
    "the last line has an open quote": (rewritten("coachees", lambda data: data + b'"abc'), 2),
    "an empty table": (rewritten("staff", lambda _: b""), 2),
    "only zeros": (rewritten("staff", lambda _: bytes(1000)), 2),
    "utf-16": (rewritten("staff", lambda data: data.decode().encode("utf-16")), 2),
    "no known encoding": (rewritten("staff", lambda data: data + b"\x81\x8d\x8f"), 2),
    "a picture": (rewritten("staff", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(range(256))), 2),
    "a column twice": (rewritten("staff", lambda data: data.replace(b"weekly_hours", b"role", 1)), 2),
    "no id": (rewritten("staff", lambda data: data.replace(b"id,", b"x,", 1)), 2),
    "a cell too many": (rewritten("staff", lambda data: data.rstrip() + b",Zzyzxkanari\r\n"), 2),
    "ten thousand columns": (rewritten("staff", lambda data: data.replace(b"\r\n", b",x" * 10_000 + b"\r\n")), 2),
    "an endless cell": (rewritten("staff", lambda data: data.replace(CANARY.encode(), b"a" * 1_500_000, 1)), 2),
    "words for a number": (edited("consultations", "duration_min", CANARY), 2),
    "a negative number": (edited("consultations", "duration_min", "-5"), 2),
    "an endless number": (edited("consultations", "duration_min", "9" * 5000), 2),
    "infinity": (edited("staff", "weekly_hours", "inf"), 2),
    "not a number": (edited("staff", "weekly_hours", "NaN"), 2),
    "a share above one": (edited("staff", "funded_share", "1,5"), 2),
    "a day that does not exist": (edited("coachings", "entry_on", "31.02.2025"), 2),
    "a month that does not exist": (edited("working_time", "month", "2025-13"), 2),
    "a month in other digits": (edited("working_time", "month", "٢٠٢٥-07"), 2),
    "a day before 1850": (edited("coachees", "birth_date", "0001-01-01"), 2),
    "words for a day": (edited("coachings", "entry_on", CANARY), 2),
    "a telephone number for a day": (edited("coachees", "birth_date", "030 1234567"), 2),
    "an unknown key": (edited("coachings", "exit_reason", CANARY), 2),
    "words for true": (edited("coachings", "cancelled", CANARY), 2),
    "words for an id": (edited("coachings", "id", CANARY), 2),
    "a required value is missing": (edited("coachees", "family_name", ""), 2),
    "an id twice": (edited("tasks", "id", identifier("tasks", 1)), 2),
    "an id twice in capitals": (edited("tasks", "id", identifier("tasks", 1).upper()), 2),
    "a dangling reference": (edited("consultations", "staff_id", identifier("nobody", 1)), 2),
    "an overlapping assignment": (second_assignment, 2),
    "an exit before the entry": (edited("coachings", "exit_on", "2025-07-14"), 2),
    "an end before its begin": (edited("measures", "end_on", "2025-07-14"), 2),
    "a second follow-up": (edited("follow_ups", "coaching_id", identifier("coachings", 1)), 2),
    "a month twice": (edited("working_time", "staff_id", identifier("staff", 1)), 2),
    "a held consultation in the future": (edited("consultations", "held_on", "2999-01-01"), 2),
    "a newer format": (descriptor(lambda data: data | {"bjc_format": 2}), 1),
    "a format of thousands of digits": (descriptor(lambda data: data | {"bjc_format": 10**4000}), 1),
    "no format": (descriptor(lambda data: {"resources": data["resources"]}), 1),
    "a list": (descriptor(lambda data: [data]), 1),
    "no list of tables": (descriptor(lambda data: data | {"resources": {"x": 1}}), 1),
    "a table twice": (descriptor(lambda data: data | {"resources": data["resources"] * 2}), 1),
    "a path that climbs out": (descriptor(lambda data: data | {"resources": [{"name": "staff", "path": "../staff.csv"}]}), 1),
    "an absolute path": (descriptor(lambda data: data | {"resources": [{"name": "staff", "path": "/etc/passwd"}]}), 1),
    "an address as path": (descriptor(lambda data: data | {"resources": [{"name": "staff", "path": "http://example.org/staff.csv"}]}), 1),
    "nested brackets": (lambda folder: (folder / "datapackage.json").write_text("[" * 100_000), 1),
    "a descriptor of zeros": (lambda folder: (folder / "datapackage.json").write_bytes(bytes(1000)), 1),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_that_a_faulty_package_is_refused_with_a_line_for_each_fault(home, package, fault):
    before = content(home.vault)
    damage, lines = FAULTS[fault]
    damage(package)
    said = home.run("import", "tresor", package)
    assert_refused(said, lines=lines)
    assert max(map(len, said.lines)) < 500
    assert not [word for word in (CANARY, CANARY.lower(), "1234567", "root:") if word in said.err]
    assert content(home.vault) == before


def test_that_the_package_itself_is_in_order(home, package):
    """What the faults above change is all that is wrong with their packages."""
    assert home.run("import", "tresor", package).status == 0


def test_that_all_faults_are_told_at_once_up_to_fifty_lines(home, package):
    for table, column in (("coachings", "entry_on"), ("staff", "weekly_hours"), ("goals", "status")):
        edit(package, table, 2, column, CANARY)
    assert_refused(home.run("import", "tresor", package), lines=4)
    rows = full_rows(80, lambda *_: CANARY)
    for row in rows["outcomes"]:
        row["begin_on"] = "bald"
    said = home.run("import", "tresor", write_package(package.parent / "viele", rows))
    assert_refused(said, lines=52)
    assert said.lines[-1] == "Insgesamt 80 Stellen; gezeigt sind die ersten 50."


def as_spreadsheet(folder):
    """Write every table as a German spreadsheet does: BOM or windows-1252, semicolons, German dates and decimal commas."""
    for number, path in enumerate(sorted(folder.glob("*.csv"))):
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
        for row in rows[1:]:
            for index, cell in enumerate(row):
                if len(cell) == 10 and cell[4:8:3] == "--":
                    row[index] = f"{cell[8:]}.{cell[5:7]}.{cell[:4]}"
                elif rows[0][index].endswith("hours") or rows[0][index] == "funded_share":
                    row[index] = cell.replace(".", ",")
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";\t"[number % 2], lineterminator="\r\n").writerows([row[::-1] for row in rows])
        path.write_bytes(text.getvalue().encode("utf-8-sig" if number % 2 else "cp1252"))


def test_that_what_a_german_spreadsheet_makes_of_a_package_is_the_same(empty_home, package):
    assert empty_home.run("import", "tresor", package).status == 0
    as_spreadsheet(package)
    said = empty_home.run("import", "tresor", package)
    assert (said.status, said.lines[-1]) == (0, "Der Tresor enthält das alles schon; nichts wurde geändert.")


# --- archives -----------------------------------------------------------------------------------------------------------------


def zipped(folder: Path, target: Path, *, base: str = "", **more: bytes) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, base + path.name)
        for name, data in more.items():
            archive.writestr(name, data)
    return target


def a_bomb(folder, target):
    zipped(folder, target)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("nullen.csv", bytes(200 * 1024**2))


def truncated(folder, target):
    zipped(folder, target)
    target.write_bytes(target.read_bytes()[:-300])


def flipped_inside(folder, target):
    zipped(folder, target)
    data = bytearray(target.read_bytes())
    data[data.find(b"coachees.csv") + 40] ^= 0xFF
    target.write_bytes(data)


def twice_the_same(folder, target):
    zipped(folder, target)
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("staff.csv", b"id\r\n")


def locked(folder, target):
    zipped(folder, target)
    data = bytearray(target.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := data.find(mark, start + 1)) >= 0:
            data[start + offset] |= 1
    target.write_bytes(data)


def a_linked_table(folder, target):
    (folder / "staff.csv").unlink()
    zipped(folder, target)
    info = zipfile.ZipInfo("staff.csv")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(info, "/etc/passwd")


def nothing(folder, target):
    target.write_bytes(b"")


def no_archive(folder, target):
    target.write_text(CANARY)


ARCHIVES = [a_bomb, truncated, flipped_inside, twice_the_same, locked, a_linked_table, nothing, no_archive]


@pytest.mark.parametrize("damage", ARCHIVES)
def test_that_a_hostile_archive_is_refused(home, package, damage):
    before = content(home.vault)
    target = home.folder / "paket.zip"
    damage(package, target)
    said = home.run("import", "tresor", target)
    assert_refused(said, lines=2 if damage is a_linked_table else 1)
    assert CANARY not in said.err
    assert "root:" not in said.err
    assert content(home.vault) == before
    assert_sound(home.vault)


def test_that_files_beside_the_tables_are_never_unpacked(home, package):
    climbing = {"../flucht.csv": b"x", "/flucht.csv": b"x", "C:\\flucht.csv": b"x", "\x1b[2Jflucht.csv": b"x"}
    target = zipped(package, home.folder / "paket.zip", base="ordner/", **climbing)
    said = home.run("import", "tresor", target)
    assert said.status == 0
    assert all(line.isprintable() for line in said.lines)
    assert not list(home.folder.parent.rglob("*flucht*"))


def test_that_a_link_in_a_folder_leads_nowhere(home, package, tmp_path):
    (tmp_path / "geheim").write_text("root:x:0:0\n" * 3, "utf-8")
    (package / "staff.csv").unlink()
    (package / "staff.csv").symlink_to(tmp_path / "geheim")
    said = home.run("import", "tresor", package)
    assert_refused(said, lines=2)
    assert "root:" not in said.err


def test_that_importing_twice_and_updating_do_what_they_say(home: Home, tmp_path):
    package = Path(shutil.copytree(DATA / "worked", tmp_path / "worked"))
    before = content(home.vault)
    assert home.run("import", "tresor", package).status == 0
    assert content(home.vault) == before
    edit(package, "coachings", 1, "exit_reason", "moved")
    edit(package, "coachees", 2, "family_name", CANARY)
    said = home.run("import", "tresor", package)
    assert_refused(said, lines=3)
    assert CANARY not in said.err
    assert content(home.vault) == before
    said = home.run("import", "tresor", package, "--update")
    assert said.status == 0
    assert [line.split(": ")[1][:18] for line in said.lines if line.startswith("coach") and " neu" in line] == [
        "0 neu, 1 geändert,"
    ] * 2
    after = content(home.vault)
    changed = {table for table in before if before[table] != after[table]}
    assert {name for name in changed if not name.startswith("coachee_")} == {"coachings", "coachees", "person_keys"}
    assert sum(row != other for row, other in zip(before["coachees"], after["coachees"], strict=True)) == 1
