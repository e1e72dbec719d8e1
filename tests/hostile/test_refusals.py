"""A wrong passphrase, a damaged, newer or occupied vault, for every command: one sentence, status 1, nothing changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bjc_desktop.cli import running
from bjc_desktop.vault import open_vault
from tests.conftest import NOW, PASSPHRASE
from tests.hostile.program import Home, assert_refused, assert_sound, content, files_in
from tests.samples import DATA

COMMANDS = {
    "import": ["import", "tresor", DATA / "worked"],
    "export": ["export", "tresor", "aus.zip"],
    "report": ["report", "tresor", "--quarter", "2025-Q3", "--out", "berichte"],
    "release": ["report", "tresor", "--quarter", "2025-Q3", "--out", "berichte", "--release"],
    "statistic": ["statistic", "tresor", "--quarter", "2025-Q3", "--out", "statistik"],
    "check": ["check", "tresor", "--quarter", "2025-Q3"],
    "backup": ["backup", "tresor", "sicherungen"],
    "doctor": ["doctor", "tresor"],
}
"""Every command that opens a vault."""
every_command = pytest.mark.parametrize("command", COMMANDS)
MADE = ("aus.zip", "berichte", "statistik", "sicherungen")


def made(home: Home) -> list[str]:
    return [name for name in MADE if (home.folder / name).exists()]


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in files_in(folder) if "lock" not in path.name}


@every_command
def test_that_a_wrong_passphrase_is_refused_by_every_command(home, command):
    before = (home.vault / "vault.db").read_bytes()
    (home.folder / "pass").write_text(PASSPHRASE + "!\n", "utf-8")
    assert_refused(home.run(*COMMANDS[command]))
    assert (home.vault / "vault.db").read_bytes() == before
    assert made(home) == []


@every_command
def test_that_an_occupied_vault_is_refused_by_every_command(home, command):
    with open_vault(home.vault, PASSPHRASE, now=NOW):
        said = home.run(*COMMANDS[command])
    assert_refused(said)
    assert f"Prozess {os.getpid()}" in said.err
    assert made(home) == []


@every_command
def test_that_a_newer_vault_is_refused_by_every_command(home, command):
    with open_vault(home.vault, PASSPHRASE, now=NOW) as vault, vault.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = bytes_of(home.vault)
    said = home.run(*COMMANDS[command])
    assert_refused(said)
    assert "neueren Version" in said.err
    assert bytes_of(home.vault) == before
    assert made(home) == []


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) * 2 // 3] ^= 4
    path.write_bytes(damaged)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@every_command
@pytest.mark.parametrize("damage", [truncated, flipped, emptied])
def test_that_a_damaged_vault_is_refused_by_every_command_and_left_as_it_is(home, command, damage):
    damage(home.vault / "vault.db")
    before = bytes_of(home.vault)
    said = home.run(*COMMANDS[command])
    if command == "doctor":
        assert said.status == 1
        assert "beschädigt" in said.out
        assert said.err == ""
    else:
        assert_refused(said)
        assert "restore" in said.err
    assert bytes_of(home.vault) == before
    assert made(home) == []


@pytest.mark.parametrize("damage", [truncated, flipped, emptied])
def test_that_a_damaged_slot_file_is_refused(home, damage):
    for name in ("slots.json", "slots.json.bak"):
        damage(home.vault / name)
    assert_refused(home.run("check", "tresor"))


@pytest.mark.parametrize("damage", [truncated, flipped, emptied])
def test_that_a_damaged_backup_restores_nothing(home, damage):
    backup = Path(home.run("backup", "tresor", "sicherungen").out.strip())
    damage(home.folder / backup)
    assert_refused(home.run("restore", backup, "neu"))
    assert not [path for path in home.folder.iterdir() if "neu" in path.name]


@pytest.mark.parametrize("where", ["as_file", "without_rights", "below_a_file"])
@pytest.mark.parametrize("command", ["report", "statistic", "backup", "export", "restore"])
def test_that_a_place_that_cannot_be_written_is_refused(home, command, where):
    if where == "without_rights" and (os.name == "nt" or os.geteuid() == 0):
        pytest.skip("who may do everything cannot be refused")
    source = home.run("backup", "tresor", "gut").out.strip()
    blocked = home.folder / "ziel"
    if where == "without_rights":
        blocked.mkdir(mode=0o500)
        target = blocked / "darin"
    else:
        blocked.write_text("eine Datei", "utf-8")
        target = blocked if where == "as_file" else blocked / "darin"
    arguments = {**{name: [*words[:-1], target] for name, words in COMMANDS.items()}, "restore": ["restore", source, target]}
    assert_refused(home.run(*arguments[command]))
    assert where == "without_rights" or blocked.read_text("utf-8") == "eine Datei"


def test_that_an_unexpected_error_ends_in_one_sentence_without_its_text(home, monkeypatch):
    def stumble(_options):
        raise LookupError("Zzyzxkanari")

    monkeypatch.setitem(running._COMMANDS, "check", stumble)
    said = home.run("check", "tresor")
    assert (said.status, said.out, len(said.lines)) == (1, "", 1)
    assert "LookupError in test_refusals.py" in said.err
    assert "Zzyzxkanari" not in said.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("command", ["check", "backup", "doctor"])
def test_that_an_output_that_takes_nothing_is_named_as_such(home, command):
    environment = home.environment(PYTHONUNBUFFERED="")
    line = [sys.executable, "-m", "bjc_desktop", *COMMANDS[command]]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(line, cwd=home.folder, env=environment, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.stderr.endswith("Die Ausgabe ließ sich nicht schreiben; bitte das Ziel der Ausgabe prüfen.\n")
    assert (done.returncode, "Exception" in done.stderr) == (1, False)


def test_that_what_the_vault_holds_cannot_steer_the_terminal(home, tmp_path):
    package = Path(shutil.copytree(DATA / "worked", tmp_path / "package"))
    path = package / "coachees.csv"
    path.write_text(path.read_text("utf-8").replace(",C5,", ",\x1b]0;fort\x07\u202eC5,", 1), "utf-8")
    assert home.run("import", "tresor", package, "--update").status == 0
    said = home.run("check", "tresor", "--quarter", "2025-Q3")
    assert (said.status, "\ufffdC5" in said.out) == (0, True)
    assert not [character for character in said.out if character != "\n" and not character.isprintable()]


def test_that_refusing_leaves_the_vault_sound(home):
    before = content(home.vault)
    (home.folder / "pass").write_text("falsch\n", "utf-8")
    for arguments in COMMANDS.values():
        home.run(*arguments)
    (home.folder / "pass").write_text(PASSPHRASE + "\n", "utf-8")
    assert content(home.vault) == before
    assert_sound(home.vault)
