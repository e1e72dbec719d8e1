"""Files that somebody altered or invented beside and instead of the vault's own: backups, databases, slots, locks, notes, settings, names."""

import contextlib
import io
import json
import os
import shutil
import sqlite3
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from bjc_desktop.errors import VaultError
from bjc_desktop.preferences import FILE, Settings, load_settings, save_settings
from bjc_desktop.vault import create_vault, open_vault, restore
from bjc_desktop.vault.lock import HOLDER, VaultLock
from tests.conftest import CHEAP_KDF, NOW, PASSPHRASE, USER
from tests.hostile.program import Home, assert_refused, assert_sound, content, files_in

NAMES = ("backup.json", "slots.json", "vault.db")
DEEP = "[" * 100_000
JSON = ["", "null", "[]", "{", "1", '"x"', DEEP, "9" * 10_000, "\ufeff{}", "{}", '{"format": 1}', '{"files": []}', "NaN", "1e999"]
"""What stands in a file of JSON that somebody broke."""


@pytest.fixture(scope="module")
def backup(filled_template: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of a backup."""
    home = filled_template.copy_to(tmp_path_factory.mktemp("backup") / "home")
    with zipfile.ZipFile(home.folder / home.run("backup", "tresor", "aus").out.strip()) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files, **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def refused(place: Path, content: bytes) -> None:
    """Let the program restore the backup *content*, alone and from its folder: it refuses and leaves nothing behind."""
    source = place / "sicherungen"
    source.mkdir(exist_ok=True)
    (source / "BJC.bjcbackup").write_bytes(content)
    home = Home(place)
    for path in (source / "BJC.bjcbackup", source):
        before = sorted(files_in(place.parent))
        assert_refused(home.run("restore", path, "neu"))
        assert sorted(files_in(place.parent)) == before
        assert [name.name for name in place.iterdir()] == ["sicherungen"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def described(files, /, **changes) -> dict[str, bytes]:
    return files | {"backup.json": json.dumps(json.loads(files["backup.json"]) | changes).encode()}


def test_that_a_backup_packed_anew_is_restored(backup, place) -> None:
    """What the refusals below change is all that is wrong with their backups."""
    (place / "BJC.bjcbackup").write_bytes(packed(backup))
    assert Home(place).run("restore", "BJC.bjcbackup", "neu").status == 0


@pytest.mark.parametrize(
    "name", ["../flucht", "/flucht", "C:\\flucht", "vault.db-wal", "ordner/", "vault.lock", "VAULT.DB", "x" * 5000]
)
def test_that_a_file_too_many_in_a_backup_is_refused_wherever_it_wants_to_go(backup, place, name) -> None:
    refused(place, packed({**backup, name: b"x"}))
    assert not list(place.parent.rglob("*flucht*"))


@pytest.mark.parametrize("name", NAMES)
def test_that_each_file_of_a_backup_is_needed_and_protected(backup, place, name) -> None:
    altered = bytearray(backup[name])
    altered[len(altered) // 2] ^= 1
    for files in (
        {other: data for other, data in backup.items() if other != name},
        {**backup, name: b""},
        {**backup, name: bytes(altered)} if name != "backup.json" else {**backup, name: bytes(altered[:-9])},
        {**backup, name: backup[name] + b"x"} if name != "backup.json" else {**backup, name: b"x" + backup[name]},
    ):
        refused(place, packed(files))


@pytest.mark.parametrize("name", NAMES)
def test_that_a_link_and_a_name_that_occurs_twice_in_a_backup_are_refused(backup, place, name) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for other, data in backup.items():
            info = zipfile.ZipInfo(other)
            if other == name:
                info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, "/etc/passwd" if other == name else data)
    refused(place, buffer.getvalue())
    twice = io.BytesIO(packed(backup))
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(name, backup[name])
    refused(place, twice.getvalue())


def test_that_a_bomb_in_a_backup_is_refused_unread(backup, place) -> None:
    for name in NAMES:
        refused(place, packed({**backup, name: bytes(60 * 1024**2)}, compression=zipfile.ZIP_DEFLATED))
    refused(place, packed({**backup, "backup.json": backup["backup.json"] + b" " * 40 * 1024**2}))


def test_that_a_description_of_any_kind_is_refused(backup, place) -> None:
    good = json.loads(backup["backup.json"])["files"]
    sizes = [None, -1, 10**300, float("inf"), "x", [], True]
    for text in JSON:
        refused(place, packed({**backup, "backup.json": text.encode()}))
    for changes in (
        {"format": 2}, {"format": None}, {"files": []}, {"files": {}}, {"files": {**good, "vault.db": None}},
        *({"files": {**good, "vault.db": {**good["vault.db"], "size": size}}} for size in sizes),
        *({"files": {**good, "slots.json": {**good["slots.json"], "sha256": digest}}} for digest in (None, "", "0" * 64, [], 5)),
    ):  # fmt: skip
        refused(place, packed(described(backup, **changes)))


@pytest.mark.parametrize(
    "kdf",
    [{"memory_kib": 2**40}, {"memory_kib": 8}, {"iterations": 10**9}, {"iterations": 0}, {"lanes": 10**6}, {"memory_kib": -1},
     {"memory_kib": 65536.0}, {"iterations": True}, {"memory_kib": "65536"}],
)  # fmt: skip
def test_that_slots_that_would_weaken_a_passphrase_or_exhaust_the_machine_are_refused_unread(home, kdf) -> None:
    for name in ("slots.json", "slots.json.bak"):
        slots = json.loads((home.vault / name).read_text("utf-8"))
        for slot in slots["slots"]:
            slot["kdf"] |= kdf
        (home.vault / name).write_text(json.dumps(slots), "utf-8")
    assert_refused(home.run("check", "tresor"))


def test_that_slots_of_any_kind_are_refused(home) -> None:
    good = json.loads((home.vault / "slots.json").read_text("utf-8"))
    broken = [json.dumps(good | {key: value}) for key in good for value in (None, [], {}, "x", -1, 1.5, [None], {"x": 1})]
    broken += [json.dumps({other: good[other] for other in good if other != key}) for key in good]
    broken += [json.dumps(good | {"slots": good["slots"] * 400}), json.dumps(good | {"slots": []}), "x" * 2 * 1024**2, *JSON]
    for text in broken:
        for name in ("slots.json", "slots.json.bak"):
            (home.vault / name).write_text(text, "utf-8")
        with pytest.raises(VaultError) as refusal:
            open_vault(home.vault, PASSPHRASE, now=NOW).close()
        assert str(refusal.value).endswith(".")


def foreign(kind: str, path: Path, other: Path) -> bytes:
    """Return a database of another *kind*."""
    if kind == "plain":
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.close()
        return path.read_bytes()
    return {"another vault's": (other / "vault.db").read_bytes(), "text": b"SQLite format 3\x00" + b"x" * 9000}[kind]


@pytest.mark.parametrize("kind", ["plain", "another vault's", "text"])
def test_that_a_foreign_database_is_not_opened(home, kind, tmp_path) -> None:
    create_vault(tmp_path / "anderer", USER, PASSPHRASE, now=NOW, kdf=CHEAP_KDF)[0].close()
    content = foreign(kind, tmp_path / "fremd.db", tmp_path / "anderer")
    (home.vault / "vault.db").write_bytes(content)
    assert_refused(home.run("check", "tresor"))
    assert (home.vault / "vault.db").read_bytes() == content


@pytest.mark.parametrize("log", [b"", b"x", b"x" * 5000, bytes(5000)], ids=len)
def test_that_a_log_that_is_none_beside_the_database_changes_nothing(home, log) -> None:
    before = content(home.vault)
    (home.vault / "vault.db-wal").write_bytes(log)
    assert content(home.vault) == before
    assert_sound(home.vault)


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs rights there")
def test_that_a_vault_behind_a_link_is_one_vault(home) -> None:
    (home.folder / "verweis").symlink_to(home.vault, target_is_directory=True)
    with open_vault(home.vault, PASSPHRASE, now=NOW):
        assert_refused(home.run("check", "verweis"))
    assert home.run("check", "verweis").status == 0
    assert_refused(home.run("restore", "verweis", "verweis"))


@pytest.mark.parametrize("text", [*JSON, '{"host": "' + "x" * 100_000 + '", "pid": 5}', '{"host": "\\u001b[2J<b>\\u0000", "pid": 5}',
                                  '{"host": [], "pid": 1e999}', '{"host": "a", "pid": null}', '{"pid": 1}'])  # fmt: skip
def test_that_any_note_of_who_holds_the_lock_ends_in_one_short_sentence(home, text) -> None:
    with open_vault(home.vault, PASSPHRASE, now=NOW):
        (home.vault / HOLDER).write_text(text, "utf-8")
        said = home.run("check", "tresor")
    assert_refused(said)
    assert len(said.err) < 250
    assert said.err.rstrip("\n").isprintable()


def test_that_a_lock_that_a_dead_process_left_is_taken(home) -> None:
    (home.vault / "vault.lock").write_text("", "utf-8")
    (home.vault / HOLDER).write_text(json.dumps({"host": "anderswo", "pid": 1}), "utf-8")
    assert home.run("check", "tresor").status == 0
    assert not (home.vault / HOLDER).exists()


def test_that_a_lock_is_given_up_once(home) -> None:
    first, second = VaultLock(home.vault), VaultLock(home.vault)
    first.acquire()
    second.release()
    with pytest.raises(VaultError):
        second.acquire()
    first.release()
    second.acquire()
    second.release()


@pytest.mark.parametrize("name", ["restored", "unlock_failures", "backup_failures"])
@pytest.mark.parametrize(
    "text", [*JSON, '{"backup": [], "created": {}}', "x" * 100_000, "\x1b \x7f", '{"backup": "\\u0000", "created": ""}']
)
def test_that_any_note_beside_the_vault_lets_it_open(home, name, text) -> None:
    (home.vault / name).write_text(text, "utf-8")
    open_vault(home.vault, PASSPHRASE, now=NOW).close()
    assert not (home.vault / name).exists()
    assert_sound(home.vault)


SETTINGS = [*JSON, json.dumps({"vaults": ["\x00", "\ud800", "x" * 100_000, 5, None], "alone": "x", "backup_folder": "\x00"}),
            json.dumps({"width": -(10**30), "height": 10**30, "scale": 100.0, "scheme": "<b>", "idle_minutes": -5}),
            json.dumps({"width": True, "height": None, "vaults": {"a": 1}})]  # fmt: skip


@pytest.mark.parametrize("text", SETTINGS)
def test_that_any_file_of_settings_means_settings(tmp_path, text) -> None:
    (tmp_path / FILE).write_text(text, "utf-8", "surrogatepass")
    found = load_settings(tmp_path)
    assert isinstance(found, Settings)
    assert 0 < found.width <= 100_000 and 0 < found.height <= 100_000
    for place in (*found.vaults, found.backup_folder):
        with contextlib.suppress(OSError):
            Path(place).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="names of folders are text there")
def test_that_a_folder_whose_name_is_no_text_is_remembered(tmp_path) -> None:
    folder = Path(os.fsdecode(b"/tmp/\xff\xfe"))
    save_settings(tmp_path, Settings().with_vault(folder, users=1))
    assert load_settings(tmp_path).vaults == (str(folder),)


@pytest.mark.parametrize("arguments", [
    ["check", "tresor", "--user", "\udcff"], ["check", "tresor", "--quarter", "2025-Q٣"], ["check", "\udcff"], ["check", "x" * 5000],
    ["report", "tresor", "--quarter", "2025-Q3", "--provider", "\udcff", "--out", "aus"],
    ["report", "tresor", "--quarter", "2025-Q3", "--provider", "' OR 1=1 --", "--out", "aus"],
    ["report", "tresor", "--quarter", "2025-Q3", "--as-of", "٢٠٢٥-٠٧-٠١", "--out", "aus"],
    ["report", "tresor", "--quarter", "9" * 5000, "--out", "aus"],
    ["verify", "\udcff"], ["restore", "tresor", "\udcff"], ["import", "tresor", "\udcff"], ["import", "tresor", "/dev/null"],
    ["backup", "tresor", "/dev/null"], ["restore", "/dev/null", "neu"], ["doctor", "/proc"], ["import", "tresor", "/proc/self/mem"],
], ids=str)  # fmt: skip
def test_that_any_argument_is_refused_in_a_sentence(home, arguments) -> None:
    said = home.run(*arguments)
    assert_refused(said)
    assert "unerwartet" not in said.err


@pytest.mark.parametrize(
    "passphrase", [b"", b"\x00", b"\xff\xfe", b"x" * 50_000, PASSPHRASE.encode()[:-1], PASSPHRASE.encode("utf-16")]
)
def test_that_any_file_of_a_passphrase_is_refused_in_a_sentence(home, passphrase) -> None:
    (home.folder / "pass").write_bytes(passphrase)
    said = home.run("check", "tresor")
    assert_refused(said)
    assert "unerwartet" not in said.err


def test_that_a_folder_is_no_file_of_a_passphrase(home) -> None:
    (home.folder / "pass").unlink()
    (home.folder / "pass").mkdir()
    assert_refused(home.run("check", "tresor"))


def test_that_a_backup_folder_full_of_other_things_gives_the_newest_that_is_whole(place, backup) -> None:
    good = place / "sicherungen"
    good.mkdir()
    (good / "a.bjcbackup").write_bytes(packed(described(backup, created="2025-01-01T00:00:00.000+00:00")))
    (good / "b.bjcbackup").write_bytes(packed(described(backup, created="9999", files=[])))
    (good / "c.bjcbackup").mkdir()
    (good / "d.bjcbackup").write_bytes(b"PK\x03\x04")
    if os.name != "nt":
        (good / "e.bjcbackup").symlink_to("/dev/null")
    assert restore(good, place / "neu").name == "a.bjcbackup"
    shutil.rmtree(place / "neu")
