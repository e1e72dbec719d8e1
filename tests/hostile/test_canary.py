"""A canary in the vault and some thirty provoked failures: no file and no sentence of the program holds it."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from bjc_desktop.log import LOG
from bjc_desktop.vault import create_vault, open_vault
from tests.conftest import CHEAP_KDF, NOW, PASSPHRASE, USER
from tests.hostile.packages import TEXT_FIELDS, full_rows, write_package
from tests.hostile.program import Home, files_in
from tests.list_files import xlsx

CANARY = "Zzyzxkanari"
PARTS = [CANARY, CANARY.lower(), CANARY.upper(), "kanari", PASSPHRASE]
NEEDLES = [part.encode(encoding) for part in PARTS for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")]
OPEN_TABLES = {"providers", "funding_decisions"}


def text(table, column, number):
    """Return a canary, but for the names of providers: those stand in their reports."""
    return f"Träger {number}" if table in OPEN_TABLES else f"{CANARY} {number}"


def text_but_for_case_numbers(table, column, number):
    """Return a canary where :func:`text` does, but for the case numbers that stand in a calendar."""
    return f"F-{number}" if column == "case_number" else text(table, column, number)


def failures(home: Home, package: Path, bundle: str, backup: str) -> list[list[object]]:
    """Return commands that all fail, and prepare what they fail at."""
    rows = full_rows(2, text)
    for number, column in enumerate(("entry_on", "cancelled", "exit_reason", "provider_id")):
        changed = {**rows, "coachings": [{**row, column: CANARY} for row in rows["coachings"]]}
        write_package(package / f"falsch{number}", changed)
    conflicting = {**rows, "coachees": [{**row, "family_name": f"{CANARY} anders"} for row in rows["coachees"]]}
    write_package(package / "widerspruch", conflicting)
    write_package(package / "nul", full_rows(2, lambda *_: f"{CANARY}\x00"))
    damaged = Path(shutil.copytree(home.vault, home.folder / "beschädigt")) / "vault.db"
    damaged.write_bytes(damaged.read_bytes()[:-4096])
    (package / "bündel.zip").write_bytes((home.folder / bundle).read_bytes()[:-100])
    (package / "sicherung.bjcbackup").write_bytes((home.folder / backup).read_bytes()[:-100])
    (home.folder / "datei").write_text("x", "utf-8")
    quarter = ["--quarter", "2025-Q3", "--out"]
    return [
        *[["import", "tresor", package / f"falsch{number}"] for number in range(4)],
        ["import", "tresor", package / "widerspruch"],
        ["import", "tresor", package / "nul"],
        ["import", "tresor", package / CANARY],
        ["import", "tresor", home.folder / "pass"],
        ["import", "beschädigt", package / "widerspruch"],
        ["export", "tresor", "datei"],
        ["export", "tresor", f"{CANARY}/aus.zip"],
        ["export", "beschädigt", "aus.zip"],
        ["report", "tresor", *quarter, "datei"],
        ["report", "tresor", *quarter, "aus", "--provider", CANARY],
        ["report", "tresor", *quarter, "aus", "--as-of", CANARY],
        ["report", "tresor", *quarter, "aus", "--as-of", "2999-01-01"],
        ["report", "tresor", "--quarter", CANARY, "--out", "aus"],
        ["report", "beschädigt", *quarter, "aus", "--release"],
        ["report", CANARY, *quarter, "aus"],
        ["statistic", "tresor", *quarter, "datei"],
        ["statistic", "beschädigt", *quarter, "aus"],
        ["check", "beschädigt"],
        ["check", "tresor", "--quarter", CANARY],
        ["check", "tresor", "--user", CANARY],
        ["check", "tresor", CANARY],
        ["verify", package / "bündel.zip"],
        ["verify", CANARY],
        ["backup", "tresor", "datei"],
        ["backup", "beschädigt", "neue"],
        ["restore", package / "sicherung.bjcbackup", "zurück"],
        ["restore", CANARY, "zurück"],
        ["restore", backup, "tresor"],
        ["doctor", "beschädigt"],
        ["doctor", CANARY],
        ["init", "tresor"],
        [CANARY],
    ]


def unpacked(path: Path) -> bytes:
    """Return the bytes of a file, and of what is packed in it."""
    data = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                inner = archive.read(name)
                data += name.encode() + inner
                if name.endswith(".xlsx"):
                    beside = path.with_name("workbook")
                    beside.write_bytes(inner)
                    data += unpacked(beside)
                    beside.unlink()
    return data


def assert_no_canary(folder: Path) -> None:
    for path in files_in(folder):
        if path.name != "pass":
            data = unpacked(path) + str(path.relative_to(folder)).encode()
            assert not [needle for needle in NEEDLES if needle in data], path


def test_that_no_canary_leaves_the_vault(empty_home, tmp_path):
    home, package = empty_home, tmp_path / "pakete"
    package.mkdir()
    assert len(TEXT_FIELDS) > 20
    said = [home.call("import", "tresor", write_package(package / "gut", full_rows(2, text)))]
    said.append(home.call("report", "tresor", "--quarter", "2025-Q3", "--as-of", "2026-03-01", "--out", "aus", "--release"))
    said.append(home.call("statistic", "tresor", "--quarter", "2025-Q3", "--out", "aus"))
    said.append(home.call("backup", "tresor", "sicherungen"))
    assert [done.status for done in said] == [0, 0, 0, 0], said
    commands = failures(home, package, said[1].out.split()[0], said[3].out.strip())
    assert len(commands) >= 30
    for number, arguments in enumerate(commands):
        done = home.call(*arguments) if number % 8 == 0 else home.run(*arguments)
        assert done.status in {1, 2}, (arguments, done)
        assert "Traceback" not in done.err
        said.append(done)
    for number, done in enumerate(said):
        assert not [part for part in PARTS if part in done.out + done.err], (number, done)
    with open_vault(home.vault, PASSPHRASE, now=NOW) as vault, vault.writing() as session:
        names = session.connection().exec_driver_sql("SELECT family_name FROM coachees").scalars().all()
        assert CANARY in names[0]
        session.connection().exec_driver_sql("UPDATE coachees SET given_name = given_name || 'x'")
        session.flush()
        assert_no_canary(home.folder)
    (home.folder / "export").mkdir()
    assert home.run("export", "tresor", "export/alles.zip").status == 0
    with zipfile.ZipFile(home.folder / "export" / "alles.zip") as archive:
        assert CANARY in archive.read("coachees.csv").decode()
    shutil.rmtree(home.folder / "export")
    assert_no_canary(home.folder)
    assert list((home.folder / "tmpdir").iterdir()) == []


def walk_the_window(home: Home, vault: Path, *files: Path) -> None:
    """Use the window over *vault* in a process of its own, with failures, and look at all that it says."""
    environment = home.environment(QT_QPA_PLATFORM="offscreen")
    command = [sys.executable, str(Path(__file__).with_name("window_walk.py")), str(vault), CANARY, *map(str, files)]
    done = subprocess.run(command, cwd=home.folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, "\n".join(
        [done.stdout, *(line for line in done.stderr.splitlines() if "propagateSizeHints" not in line)]
    )
    failed, reported, told = done.stdout.split()[-3:]
    assert (int(failed) >= 30, int(reported) > 1000, told) == (True, True, "False")
    assert not [part for part in PARTS if part in done.stdout + done.stderr], done.stderr


def test_that_no_canary_leaves_the_window(empty_home, tmp_path):
    home = empty_home
    assert home.run("import", "tresor", write_package(tmp_path / "gut", full_rows(2, text))).status == 0
    walk_the_window(home, home.vault)
    written = {path.name for path in files_in(home.folder)}
    assert {"settings.json", LOG} <= written
    assert "ValueError" in next(path for path in files_in(home.folder) if path.name == LOG).read_text("utf-8")
    assert_no_canary(home.folder)
    assert list((home.folder / "tmpdir").iterdir()) == []


def said_in(home: Home, *arguments: object) -> str:
    """Return what a command that ends well says on standard output; nothing of the canary."""
    done = home.run(*arguments)
    assert done.status == 0, (arguments, done)
    assert not [part for part in PARTS if part in done.out + done.err], done
    return done.out.strip()


def pair_both(home: Home) -> None:
    """Pair the vaults of *home* by their cards."""
    sides = {"tresor": "andere", "andere": "tresor"}
    for name in sides:
        said_in(home, "exchange", "pair", name, "--own-card", f"{name}.bjccard")
    pair = {
        name: ["exchange", "pair", name, f"{other}.bjccard", "--name", "Gegenüber", "--notes"] for name, other in sides.items()
    }
    codes = {name: said_in(home, *arguments) for name, arguments in pair.items()}
    for name, code in codes.items():
        said_in(home, *pair[name], *(["--confirmed"] if code else ["--code", codes[sides[name]]]))


def test_that_no_canary_leaves_by_what_is_exchanged(empty_home, tmp_path):
    home, away = empty_home, tmp_path / "pakete"
    away.mkdir()
    create_vault(home.folder / "andere", USER, PASSPHRASE, now=NOW, kdf=CHEAP_KDF)[0].close()
    assert home.run("import", "tresor", write_package(away / "gut", full_rows(2, text))).status == 0
    pair_both(home)
    (home.folder / "austausch").mkdir()
    file = home.folder / said_in(home, "exchange", "write", "tresor", "--partner", "Gegenüber", "--out", "austausch")
    said_in(home, "exchange", "read", "andere", file, "--dry-run")
    said_in(home, "exchange", "read", "andere", file)
    (away / "kaputt.bjcx").write_bytes(file.read_bytes()[:-40])
    (away / f"{CANARY}.bjccard").write_text(f'{{"bjc_card": 1, "vault": "{CANARY}"}}', "utf-8")
    for arguments in (["read", "tresor", file], ["read", "andere", away / "kaputt.bjcx"], ["read", "andere", away / CANARY],
                      ["pair", "tresor", away / f"{CANARY}.bjccard", "--name", CANARY],
                      ["write", "tresor", "--partner", CANARY, "--out", "austausch"],
                      ["write", "tresor", "--partner", "Gegenüber", "--out", CANARY]):  # fmt: skip
        done = home.run("exchange", *arguments)
        assert done.status == 1 and not [part for part in PARTS if part in done.out + done.err], (arguments, done)
    with open_vault(home.folder / "andere", PASSPHRASE, now=NOW) as vault, vault.reading() as connection:
        assert CANARY in connection.exec_driver_sql("SELECT family_name FROM coachees").scalars().first()
        assert_no_canary(home.folder)
    assert_no_canary(home.folder)


def test_that_no_canary_leaves_by_the_page_of_exchange(empty_home, tmp_path):
    home, away = empty_home, tmp_path / "pakete"
    away.mkdir()
    create_vault(home.folder / "andere", USER, PASSPHRASE, now=NOW, kdf=CHEAP_KDF)[0].close()
    assert home.run("import", "tresor", write_package(away / "gut", full_rows(2, text))).status == 0
    pair_both(home)
    file = away / "eingang.bjcx"
    Path(home.folder / said_in(home, "exchange", "write", "tresor", "--partner", "Gegenüber", "--out", ".")).rename(file)
    (away / "kaputt.bjcx").write_bytes(file.read_bytes()[:-40])
    walk_the_window(home, home.folder / "andere", away / "kaputt.bjcx", file, away / f"{CANARY}.bjcx")
    with open_vault(home.folder / "andere", PASSPHRASE, now=NOW) as vault, vault.reading() as connection:
        assert CANARY in connection.exec_driver_sql("SELECT family_name FROM coachees").scalars().first()
        assert_no_canary(home.folder)
    assert_no_canary(home.folder)
    assert list((home.folder / "tmpdir").iterdir()) == []


def test_that_no_canary_leaves_by_an_old_list_and_a_calendar(empty_home, tmp_path):
    home, away = empty_home, tmp_path / "listen"
    away.mkdir()
    assert home.run("import", "tresor", write_package(away / "gut", full_rows(2, text_but_for_case_numbers))).status == 0
    head = ["Fallnummer", "Name, Vorname", "Geb.-Dat.", "m/w", "Träger"]
    people = [["L-1", f"{CANARY}, Eva", "05.03.80", "w", "Träger 0"], ["L-2", f"{CANARY}, Ali", "31.02.80", "m", "Träger 0"]]
    path = xlsx(away / "liste.xlsx", {"TN": [head, *people]})
    said_in(home, "import-list", "tresor", path, "--dry-run")
    said_in(home, "import-list", "tresor", path, "--rest", away / "rest.xlsx")
    assert CANARY.encode() in unpacked(away / "rest.xlsx")
    for arguments in (["import-list", "tresor", away / CANARY], ["import-list", "tresor", path, "--sheet", CANARY * 2],
                      ["import-list", "tresor", path, "--mapping", path], ["import-list", "tresor", path, "--rest", f"{CANARY}.txt"],
                      ["calendar", "tresor", f"{CANARY}/a.ics"], ["calendar", "tresor", "a.ics", "--from", CANARY]):  # fmt: skip
        done = home.run(*arguments)
        assert done.status == 1 and not [part for part in PARTS if part in done.out + done.err], (arguments, done)
    said_in(home, "calendar", "tresor", "termine.ics", "--from", "2025-01-01", "--to", "2027-12-31")
    assert b"BEGIN:VEVENT" in (home.folder / "termine.ics").read_bytes()
    said_in(home, "calendar", "tresor", away / "namen.ics", "--from", "2025-01-01", "--to", "2027-12-31", "--names")
    assert CANARY.encode() in (away / "namen.ics").read_bytes()
    with open_vault(home.vault, PASSPHRASE, now=NOW) as vault, vault.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM coachees WHERE case_number = 'L-1'").scalar() == 1
        remembered = " ".join(connection.exec_driver_sql("SELECT mapping FROM list_layouts").scalars())
        assert "case_number" in remembered
        assert not [part for part in PARTS if part in remembered]
        assert_no_canary(home.folder)
    assert_no_canary(home.folder)
