"""Hard times: a clock set back, a place that vanishes, a vault that another program holds, a disk that is full while keys change."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bjc_desktop.cli import moment
from bjc_desktop.models import Coachee
from bjc_desktop.services.drafts import draft_of, keep_draft
from bjc_desktop.services.undoing import undo
from bjc_desktop.vault import back_up, durable, open_vault, restore
from tests.conftest import NOW, PASSPHRASE, USER
from tests.hostile.program import ROOT, assert_refused, assert_sound, content
from tests.hostile.test_full_disk import FULL, small_disk  # noqa: F401 - a fixture
from tests.samples import DATA
from tests.vault.test_schema import newer_scripts

# --- the clock ----------------------------------------------------------------------------------------------------------------

BACK = NOW - timedelta(days=400)


def test_that_a_clock_set_back_changes_neither_the_order_of_changes_nor_what_is_undone(vault_folder) -> None:
    for at, number in ((NOW, "1"), (BACK, "2")):
        with open_vault(vault_folder, PASSPHRASE, now=at) as vault, vault.writing(now=at) as session:
            session.add(Coachee(case_number=number, family_name="x"))
            keep_draft(session, vault.user.id, "key", number, now=at)
    with open_vault(vault_folder, PASSPHRASE, now=BACK) as vault:
        with vault.reading() as connection:
            assert draft_of(connection, vault.user.id, "key") == "2"
            query = "SELECT transaction_id FROM change_records WHERE entity = 'coachees' ORDER BY id DESC LIMIT 1"
            last = connection.exec_driver_sql(query).scalar()
        undo(vault, last, now=BACK)
        with vault.reading() as connection:
            assert connection.exec_driver_sql("SELECT case_number FROM coachees").scalars().all() == ["1"]
        back_up(vault, vault_folder.parent / "sicherungen", BACK)
    assert_sound(vault_folder)
    restore(vault_folder.parent / "sicherungen", vault_folder.parent / "neu", PASSPHRASE)


@pytest.mark.parametrize("day", [date(1970, 1, 1), date(9999, 12, 31)])
def test_that_every_command_works_or_is_refused_on_any_day(home, monkeypatch, day) -> None:
    monkeypatch.setattr(moment, "today", lambda: day)
    monkeypatch.setattr(moment, "now", lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    for arguments in (
        ["check", "tresor", "--quarter", "2025-Q3"], ["report", "tresor", "--quarter", "2025-Q3", "--provider", "all", "--out", "aus", "--release"],
        ["statistic", "tresor", "--quarter", "2025-Q3", "--out", "aus"], ["backup", "tresor", "aus"], ["export", "tresor", "aus.zip"],
        ["import", "tresor", DATA / "worked"], ["doctor", "tresor"],
    ):  # fmt: skip
        said = home.run(*arguments)
        assert "unerwartet" not in said.err, said
        if said.status:
            assert said.out == "" and said.err.rstrip().endswith("."), said
    monkeypatch.undo()
    assert_sound(home.vault)


# --- who else is there --------------------------------------------------------------------------------------------------------


def test_that_a_vault_in_a_killed_window_is_held_until_then_and_free_at_once(home, template_vault, tmp_path) -> None:
    folder = template_vault.copy_to(tmp_path / "tresor")
    secrets = template_vault.secrets
    keys = [key.hex() for key in (secrets.private_key, secrets.data_key, secrets.cipher_salt)]
    command = [sys.executable, "-m", "tests.journeys.typist", str(folder), secrets.owner, *keys]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as window:
        assert window.stdout.readline()
        said = home.run("check", folder)
        window.send_signal(signal.SIGKILL)
        window.wait()
    assert_refused(said)
    assert f"Prozess {window.pid}" in said.err
    assert home.run("check", folder).status == 0


def test_that_a_vault_in_a_synchronised_folder_is_opened_with_a_warning(home) -> None:
    (home.folder / "Nextcloud").mkdir()
    shutil.move(home.vault, home.folder / "Nextcloud" / "tresor")
    said = home.run("check", "Nextcloud/tresor")
    assert said.status == 0
    assert "synchronisierten Ordner" in said.err


# --- a place that vanishes ----------------------------------------------------------------------------------------------------

TARGETS = {
    "backup": ["backup", "tresor", "stick/aus"],
    "report": ["report", "tresor", "--quarter", "2025-Q3", "--as-of", "2026-03-01", "--provider", "all", "--out", "stick/aus"],
    "statistic": ["statistic", "tresor", "--quarter", "2025-Q3", "--out", "stick/aus"],
    "export": ["export", "tresor", "stick/alles.zip"],
    "restore": ["restore", "quelle", "stick/neu"],
}


@pytest.mark.parametrize("command", TARGETS)
@pytest.mark.parametrize("left", ["nothing", "an empty folder", "an error"])
def test_that_a_stick_pulled_out_in_the_middle_is_said_and_changes_nothing(home, monkeypatch, command, left) -> None:
    stick = home.folder / "stick"
    stick.mkdir()
    if command == "restore":
        assert home.run("backup", "tresor", "quelle").status == 0
    before, work = content(home.vault), durable.finish

    def pulled(part: Path, target: Path) -> None:
        if target.is_relative_to(stick) or not target.is_absolute():
            if left == "an error":
                raise OSError(5, "Input/output error")
            shutil.rmtree(stick)
            if left == "an empty folder":
                stick.mkdir()
        work(part, target)

    for module in [
        module for name, module in sys.modules.items() if name.startswith("bjc_desktop.") and hasattr(module, "finish")
    ]:
        if module.finish is work:
            monkeypatch.setattr(module, "finish", pulled)
    said = home.run(*TARGETS[command])
    monkeypatch.undo()
    assert_refused(said)
    assert "unerwartet" not in said.err
    assert not [path for path in stick.rglob("*") if path.is_file()]
    assert content(home.vault) == before
    assert_sound(home.vault)


def test_that_a_disk_taken_away_under_a_backup_is_said(home, small_disk) -> None:  # noqa: F811
    process = home.start("backup", "tresor", small_disk)
    deadline = time.monotonic() + 20
    while not list(small_disk.glob(".*")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGSTOP)
    subprocess.run(["umount", "-l", str(small_disk)], check=True)
    os.kill(process.pid, signal.SIGCONT)
    out, err = process.communicate(timeout=60)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(small_disk)], check=True)
    if process.returncode:
        assert (out, err.count("\n"), "unerwartet" in err) == ("", 1, False), err
    assert_sound(home.vault)


# --- a full disk while keys change --------------------------------------------------------------------------------------------

KEYS = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from bjc_desktop.errors import DiskFullError
from bjc_desktop.vault import *
from bjc_desktop.vault import keys
from bjc_desktop.vault.rotation import rotate_data_key
from bjc_desktop.vocabulary import Role
folder, limit, passphrase = Path("tresor"), int(sys.argv[1]), sys.argv[2]
CHEAP, NOW = KdfParameters(1, 64 * 1024, 1), datetime(2025, 10, 7, 9, 30, tzinfo=UTC)
def opened():
    return open_vault(folder, passphrase, user="pruefung", now=NOW)
def full():
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
try:
    %s
except DiskFullError as error:
    print(error)
"""
CHANGES = {
    "rekey": "vault = opened(); full(); rotate_data_key(vault, {vault.secrets.owner})",
    "passphrase": "vault = opened(); full(); set_passphrase(vault, 'ein anderer Satz', NOW, kdf=CHEAP)",
    "user": "vault = opened(); full(); add_user(vault, 'Coach', 'zweite Passphrase', [Role.JOB_COACH], NOW, kdf=CHEAP)",
    "removal": "vault = opened(); add_user(vault, 'Coach', 'zweite Passphrase', [Role.JOB_COACH], NOW, kdf=CHEAP); full(); "
    "remove_user(vault, 'Coach', NOW)",
    "recovery": "vault = opened(); full(); renew_recovery_code(vault, keys.new_recovery_code(), NOW, kdf=CHEAP)",
    "migration": "from _pytest.monkeypatch import MonkeyPatch; from tests.vault.test_schema import older_than; "
    "older_than(MonkeyPatch(), Path('scripts')); full(); opened()",
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("limit", [1_000, pytest.param(200_000, marks=pytest.mark.stress)])
def test_that_a_full_disk_while_keys_or_schema_change_keeps_the_former_ones(home, change, limit) -> None:
    before = content(home.vault)
    newer_scripts(home.folder)
    done = subprocess.run([sys.executable, "-c", KEYS % CHANGES[change], str(limit), PASSPHRASE], cwd=home.folder,
                          env=home.environment(), capture_output=True, text=True)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done
    assert FULL in done.stdout or (limit > 1_000 and change not in {"rekey", "migration"}), done
    passphrase = PASSPHRASE if FULL in done.stdout or change != "passphrase" else "ein anderer Satz"
    with open_vault(home.vault, passphrase, user=USER, now=NOW) as vault, vault.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM coachees").scalar() == len(before["coachees"])
        assert vault.notes is not None
    slots = json.loads((home.vault / "slots.json").read_text("utf-8"))["slots"]
    assert all(slot["next_data_key"] is None for slot in slots)
