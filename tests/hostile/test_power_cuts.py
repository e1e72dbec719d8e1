"""The power fails, or the process is killed, at any moment of anything that writes: what was acknowledged is there, nothing is half done.

The program runs once in a process whose every write is recorded (see ``disk.py``); then what a kill or a cut after any of them
would have left is laid out and opened, as often as there is time for.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bjc_desktop.errors import NotFoundError, WrongPassphraseError
from bjc_desktop.vault import ballast, checkup, is_damaged, look_over, open_vault, restore
from tests import tally
from tests.conftest import NOW, PASSPHRASE, USER, TemplateVault
from tests.hostile.arrivals import WORK, lay_ready
from tests.hostile.disk import Act, Disk, built_recorder, lay_out, read_acts, recording
from tests.hostile.program import ROOT, Home
from tests.samples import DATA
from tests.vault.test_schema import newer_scripts, older_than

BEGIN = """
import contextlib, io, json, os, sys
from datetime import UTC, datetime
from pathlib import Path
from bjc_desktop.cli import run
from bjc_desktop.models import Coachee
from bjc_desktop.vault import *
from bjc_desktop.vault import ballast, keys
from bjc_desktop.vault.rotation import rotate_data_key
from bjc_desktop.vocabulary import Role
ballast.BALLAST_BYTES = 4096
CHEAP = KdfParameters(1, 64 * 1024, 1)
NOW = datetime(2025, 10, 7, 9, 30, tzinfo=UTC)
home, acknowledged = Path.cwd(), os.open(os.environ["DISK_ACK"], os.O_WRONLY | os.O_CREAT)
os.environ["BJC_PASSPHRASE_FILE"] = str(home / "pass")
def ack(**facts):
    os.write(acknowledged, json.dumps(facts).encode())
def command(*words):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert run([str(word) for word in words]) == 0
    return out.getvalue().splitlines()
def opened(passphrase="%(passphrase)s", user="%(user)s"):
    return open_vault(home / "tresor", passphrase, user=user, now=NOW)
def written(vault):
    with vault.reading() as connection:
        ack(changes=connection.exec_driver_sql("SELECT max(id) FROM change_records").scalar())
"""
SCENARIOS = {
    "write": """
with opened() as vault:
    for number in range(12):
        with vault.writing() as session:
            session.add_all(Coachee(case_number=f"{number} {one}", family_name="x" * 300) for one in range(5))
        written(vault)
""",
    "import": """
command("import", "tresor", "worked")
with opened() as vault:
    written(vault)
""",
    "release": """
for version in (1, 2):
    [bundle] = command("report", "tresor", "--quarter", "2025-Q3", "--as-of", "2026-03-01", "--provider", "all", "--out", "aus", "--release")
    ack(file=bundle)
""",
    "report": """
[bundle] = command("report", "tresor", "--quarter", "2025-Q3", "--as-of", "2026-03-01", "--provider", "all", "--out", "aus")
ack(file=bundle)
ack(file=command("export", "tresor", "aus/alles.zip")[0])
""",
    "backup": """
for number in range(3):
    ack(file=command("backup", "tresor", "aus")[0])
""",
    "restore": """
command("restore", "quelle", "aus/neu")
ack(vault="aus/neu")
""",
    "init": """
create_vault(home / "aus/neu", "%(user)s", "%(passphrase)s", now=NOW, kdf=CHEAP)[0].close()
ack(vault="aus/neu")
""",
    "rekey": """
with opened() as vault:
    for number in range(3):
        rotate_data_key(vault, {vault.secrets.owner})
        written(vault)
""",
    "passphrase": """
with opened() as vault:
    for passphrase in ("ein anderer Satz", "noch ein Satz", "%(passphrase)s"):
        ack(may=["%(user)s", passphrase])
        set_passphrase(vault, passphrase, NOW, kdf=CHEAP)
        ack(opens=["%(user)s", passphrase])
""",
    "users": """
with opened() as vault:
    ack(may=["Coach", "zweite Passphrase"])
    add_user(vault, "Coach", "zweite Passphrase", [Role.JOB_COACH], NOW, kdf=CHEAP)
    ack(opens=["Coach", "zweite Passphrase"])
    ack(may=["Coach", "dritte Passphrase"])
    set_passphrase(vault, "dritte Passphrase", NOW, name="Coach", kdf=CHEAP)
    ack(opens=["Coach", "dritte Passphrase"])
    ack(leaving="Coach")
    remove_user(vault, "Coach", NOW)
    ack(gone="Coach")
    written(vault)
""",
    "recovery": """
with opened() as vault:
    for _ in range(2):
        code = keys.new_recovery_code()
        ack(may=["", code])
        renew_recovery_code(vault, code, NOW, kdf=CHEAP)
        ack(opens=["", code])
""",
    "migrate": """
from _pytest.monkeypatch import MonkeyPatch
from tests.vault.test_schema import older_than
older_than(MonkeyPatch(), home / "scripts")
with opened() as vault:
    written(vault)
""",
    **{
        work: f"HERE = home\n{WORK[work]}\nwith opened() as vault:\n    written(vault)\n"
        for work in ("take in", "take back", "list")
    },
}
"""What is done, and what it says it has done: how many changes, which files and vaults are there, which passphrases open."""
SHORT, LONG = 4, int(os.environ.get("BJC_CUTS", "150"))


@dataclass
class Said:
    """What the program had acknowledged by a moment."""

    changes: int = 0
    files: list[str] = field(default_factory=list)
    vaults: list[str] = field(default_factory=list)
    opening: dict[str, list[str]] = field(default_factory=lambda: {USER: [PASSPHRASE]})
    """By user the passphrases of which one must open; a user who is being added or removed has the additional one ``""``."""
    gone: set[str] = field(default_factory=set)

    def hear(self, text: str) -> None:
        """Take one more acknowledgement in."""
        for what, value in json.loads(text).items():
            if what == "changes":
                self.changes = value
            elif what in {"file", "vault"}:
                getattr(self, f"{what}s").append(value)
            elif what == "may":
                self.opening.setdefault(value[0], [""]).append(value[1])
            elif what == "opens":
                self.opening[value[0]] = [value[1]]
            elif what == "leaving":
                self.opening[value].append("")
            else:
                self.gone.add(value)


@dataclass(frozen=True)
class Record:
    """A home before a scenario, and everything that was done to it."""

    root: Path
    start: dict[str, bytes | None]
    acts: list[Act]
    code: str


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_recorder(tmp_path_factory.mktemp("recorder"))


@pytest.fixture(scope="module")
def records(
    recorder, empty_template: Home, filled_template: Home, template_vault: TemplateVault, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Record]:
    """Return what makes the record of a scenario, once each."""
    made: dict[str, Record] = {}

    def record(name: str) -> Record:
        if name not in made:
            made[name] = _record(name, recorder, tmp_path_factory.mktemp("record"))
        return made[name]

    def _record(name: str, library: Path, place: Path) -> Record:
        home = (empty_template if name == "import" else filled_template).copy_to(place / "home")
        code = ""
        if name == "recovery":
            shutil.rmtree(home.vault)
            template_vault.copy_to(home.vault)
            code = template_vault.recovery_code
        _prepare(name, home)
        (home.vault / ballast.BALLAST).write_bytes(b"x" * 4096)
        start = {str(path): path.read_bytes() if path.is_file() else None for path in home.folder.rglob("*")}
        words = {"passphrase": PASSPHRASE, "user": USER}
        environment = recording(library, home.folder, place / "log", place / "said") | {"PYTHONPATH": str(ROOT)}
        program = [sys.executable, "-c", (BEGIN + SCENARIOS[name]) % words]
        done = subprocess.run(program, cwd=home.folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return Record(home.folder, start, read_acts(place / "log"), code)

    return record


def _prepare(name: str, home: Home) -> None:
    (home.folder / "aus").mkdir(exist_ok=True)
    if name == "import":
        shutil.copytree(DATA / "worked", home.folder / "worked")
    if name == "restore":
        assert home.run("backup", "tresor", "quelle").status == 0
    if name == "migrate":
        newer_scripts(home.folder)
    if name in WORK:
        lay_ready(home, name)


def _vault_holds(folder: Path, said: Said) -> None:
    """Assert that the vault in *folder* opens for everyone who may, with the notes, is whole, and holds what was acknowledged."""
    for user, passphrases in said.opening.items():
        if user in said.gone:
            assert not _opens(folder, user, passphrases)
        elif "" not in passphrases:
            reads = _opens(folder, user, passphrases, look=lambda vault: (vault.notes is not None,))
            assert reads, f"nobody opens it as {user!r}"
            # Whose new passphrase was not acknowledged is given the notes once more.
            assert reads[0] or (user == "Coach" and len(passphrases) > 1)
    findings, changes = _opens(folder, USER, said.opening[USER], look=lambda vault: (look_over(vault), _last_change(vault)))
    assert not is_damaged(findings), findings
    assert changes >= said.changes


def _last_change(vault) -> int:
    with vault.reading() as connection:
        return connection.exec_driver_sql("SELECT max(id) FROM change_records").scalar()


def _opens(folder: Path, user: str, passphrases, look=lambda _: True):
    """Return what *look* sees in the vault in *folder* with the last of *passphrases* that opens it; None where none does."""
    for passphrase in reversed([passphrase for passphrase in passphrases if passphrase]):
        with suppress(WrongPassphraseError, NotFoundError), open_vault(folder, passphrase, user=user or None, now=NOW) as vault:
            return look(vault)
    return None


def _holds(home: Path, said: Said) -> None:
    """Assert that after a kill or a cut everything in *home* is whole and nothing acknowledged is missing."""
    _vault_holds(home / "tresor", said)
    for name in said.files:
        assert (home / name).exists(), name
    for path in [path for path in home.rglob("*.zip") if not path.name.startswith(".")]:
        assert zipfile.ZipFile(path).testzip() is None
    for number, path in enumerate(home.rglob("*.bjcbackup")):
        restore(path, home / f"zurück{number}")
    for name in said.vaults:
        assert (home / name).exists(), name
    if (home / "aus/neu").exists():
        assert _opens(home / "aus/neu", USER, [PASSPHRASE], look=lambda vault: not is_damaged(look_over(vault)))


def replay(record: Record, seed: str, count: int, place: Path) -> int:
    """Lay out and open what a kill or a cut at *count* moments of *record* leaves; return how many there were."""
    dice = random.Random(seed)
    moments = sorted(dice.choices(range(1, len(record.acts) + 1), k=count))
    disk, said, done = Disk.of_files(record.start), Said(), 0
    if record.code:
        said.opening[""] = [record.code]
    for number, moment in enumerate(moments):
        for act in record.acts[done:moment]:
            disk.do(act)
        done = moment
        for text in disk.acknowledged:
            said.hear(text)
        disk.acknowledged.clear()
        kind = ("cut", "kill")[number % 4 == 3]
        home = place / f"{kind}-{number}"
        lay_out(disk.after_kill() if kind == "kill" else disk.after_cut(dice), record.root, home)
        try:
            _holds(home, said)
        except Exception as error:
            error.add_note(
                f"{kind} after act {moment} of {len(record.acts)}, seed {seed!r}: {record.acts[moment - 1].kind} {record.acts[moment - 1].path}"
            )
            raise
        shutil.rmtree(home)
        tally.count({"cut": "power cuts", "kill": "kills between two writes"}[kind])
    return len(moments)


def tried(name: str, records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, seed: str) -> int:
    monkeypatch.setattr(ballast, "BALLAST_BYTES", 4096)
    record = records(name)
    if name == "migrate":
        older_than(monkeypatch, record.root / "scripts")
        monkeypatch.setattr(checkup, "HEAD", "9999")
    return replay(record, seed, count, tmp_path / "laid-out")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_that_a_power_cut_or_a_kill_loses_nothing_acknowledged(scenario, records, tmp_path, monkeypatch) -> None:
    assert tried(scenario, records, tmp_path, monkeypatch, SHORT, f"short {scenario}") == SHORT


@pytest.mark.stress
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_that_no_power_cut_of_many_loses_anything_acknowledged(scenario, records, tmp_path, monkeypatch) -> None:
    assert tried(scenario, records, tmp_path, monkeypatch, LONG, f"long {scenario}") == LONG
