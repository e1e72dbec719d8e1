"""A log laid by hand beside a database: of another vault, of an earlier or a later day, broken; nothing of it is ever written."""

import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bjc_desktop.errors import VaultDamagedError
from bjc_desktop.models import Coachee
from bjc_desktop.vault import Vault, create_vault, doctor, is_damaged, open_vault, salvage
from bjc_desktop.vault.log_check import FOREIGN_LOG
from bjc_desktop.vault.slots import MIRROR, SLOTS
from tests.conftest import CHEAP_KDF, NOW, PASSPHRASE, USER

NAMES = ("vault.db", "vault.db-wal")


@dataclass(frozen=True)
class Days:
    """A vault as it was closed, and database and log as they were found in the middle of three days, and of another vault."""

    folder: Path
    parts: Path

    def lay(self, log: str, *, database: str | None = None) -> bytes:
        """Lay the *log* of one day beside the database (of another day); return what the database was."""
        shutil.copy(self.parts / log / "vault.db-wal", self.folder / "vault.db-wal")
        if database is not None:
            shutil.copy(self.parts / database / "vault.db", self.folder / "vault.db")
        return (self.folder / "vault.db").read_bytes()


def _keep(vault: Vault, place: Path, names: list[str]) -> None:
    """Write *names*, and copy database and log as a kill would leave them."""
    for name in names:
        with vault.writing(now=NOW) as session:
            session.add(Coachee(case_number=name, family_name=name))
    place.mkdir(parents=True)
    for name in (*NAMES, SLOTS, MIRROR):
        shutil.copy(vault.folder / name, place)


@pytest.fixture
def days(vault_folder: Path, tmp_path: Path) -> Days:
    parts = tmp_path / "teile"
    for day in ("montag", "dienstag", "mittwoch"):
        with open_vault(vault_folder, PASSPHRASE, now=NOW) as vault:
            _keep(vault, parts / day, [f"{day}{number}" for number in range(40)])
    other, _ = create_vault(tmp_path / "anderer", USER, PASSPHRASE, now=NOW, kdf=CHEAP_KDF)
    with other:
        _keep(other, parts / "fremd", ["fremd"])
    return Days(vault_folder, parts)


def _names(folder: Path) -> int:
    with open_vault(folder, PASSPHRASE, now=NOW) as vault, vault.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM coachees").scalar() or 0)


def _refused(days: Days, before: bytes) -> None:
    log = (days.folder / "vault.db-wal").read_bytes()
    for check in (True, False):
        with pytest.raises(VaultDamagedError) as refused:
            open_vault(days.folder, PASSPHRASE, now=NOW, check=check)
        assert str(refused.value) == FOREIGN_LOG
    assert (days.folder / "vault.db").read_bytes() == before
    assert (days.folder / "vault.db-wal").read_bytes() == log


@pytest.mark.parametrize("log", ["fremd", "montag", "dienstag"])
def test_that_a_log_of_another_vault_or_an_earlier_day_is_named_and_nothing_written(days: Days, log: str) -> None:
    _refused(days, days.lay(log))
    findings = doctor(days.folder, PASSPHRASE, now=NOW)
    assert is_damaged(findings)
    assert FOREIGN_LOG in " ".join(finding.text for finding in findings)
    (days.folder / "vault.db-wal").unlink()
    assert _names(days.folder) == 120


def test_that_a_log_of_a_later_day_over_a_database_of_an_earlier_one_is_named(days: Days) -> None:
    _refused(days, days.lay("mittwoch", database="montag"))


@pytest.mark.parametrize("day", ["montag", "mittwoch"])
def test_that_the_own_log_after_a_kill_is_taken(days: Days, day: str) -> None:
    for name in NAMES:
        shutil.copy(days.parts / day / name, days.folder / name)
    if day == "montag":
        # The slot file of a later day knows more of the record: that is said as before.
        with pytest.raises(VaultDamagedError, match="gekürzt"):
            _names(days.folder)
    else:
        assert _names(days.folder) == 120


def _torn(log: bytes) -> bytes:
    return log[:-1000]


def _without_the_last_code(log: bytes) -> bytes:
    return log[:-10] + bytes(10)


def _without_a_head(log: bytes) -> bytes:
    return bytes(32) + log[32:]


@pytest.mark.parametrize("broken", [_torn, _without_the_last_code, _without_a_head])
def test_that_what_sqlite_passes_over_at_the_end_of_the_own_log_refuses_nobody(
    days: Days, broken: Callable[[bytes], bytes]
) -> None:
    for name in (*NAMES, SLOTS, MIRROR):
        shutil.copy(days.parts / "mittwoch" / name, days.folder / name)
    log = days.folder / "vault.db-wal"
    log.write_bytes(broken(log.read_bytes()))
    assert 80 <= _names(days.folder) <= 120


def test_that_one_page_of_another_vault_in_the_middle_is_enough(days: Days) -> None:
    """The first page may be the own one: only the codes of all pages tell."""
    before = days.lay("mittwoch", database="mittwoch")
    for name in (SLOTS, MIRROR):
        shutil.copy(days.parts / "mittwoch" / name, days.folder / name)
    own = (days.folder / "vault.db-wal").read_bytes()
    foreign = (days.parts / "fremd" / "vault.db-wal").read_bytes()[32 + 24 :][:4096]
    last = max(start for start in _starts(own) if own[start : start + 4] != (1).to_bytes(4, "big"))
    (days.folder / "vault.db-wal").write_bytes(_checked(own[: last + 24] + foreign + own[last + 24 + 4096 :]))
    _refused(days, before)


def _starts(log: bytes) -> range:
    return range(32, len(log) - 24 - 4096 + 1, 24 + 4096)


def _checked(log: bytes) -> bytes:
    """Return *log* with the checksums that SQLite asks for."""
    found, (first, second) = bytearray(log), struct.unpack(">II", log[24:32])
    order = ">" if log[3] & 1 else "<"
    for start in _starts(log):
        data = bytes(found[start : start + 8] + found[start + 24 : start + 24 + 4096])
        words = struct.unpack(f"{order}{len(data) // 4}I", data)
        for even, odd in zip(words[::2], words[1::2], strict=True):
            first = (first + even + second) & 0xFFFFFFFF
            second = (second + odd + first) & 0xFFFFFFFF
        found[start + 16 : start + 24] = struct.pack(">II", first, second)
    return bytes(found)


def test_that_salvaging_leaves_a_foreign_log_out(days: Days, tmp_path: Path) -> None:
    days.lay("fremd")
    salvage(days.folder, tmp_path / "gerettet", PASSPHRASE, now=NOW)
    assert _names(tmp_path / "gerettet") == 120
