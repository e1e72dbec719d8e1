"""Files and places that somebody chose in the window and that are not what they seem: one sentence, nothing half done, and it goes on."""

import io
import os
import re
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog
from reportlab.pdfgen.canvas import Canvas

from bjc_desktop.preferences import Settings
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.ui import frame as frames
from bjc_desktop.ui.frame import Frame
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.vault import back_up, open_with_key
from tests.conftest import NOW, PASSPHRASE
from tests.ui.test_report import KEPT, release, settle
from tests.ui.typing_keys import type_text
from tests.vault.cases import add_case

SENTENCE = re.compile(r"[A-ZÄÖÜ„].{19,}[.!?]", re.DOTALL)
FOREIGN = re.compile(r"Traceback|Error|Errno|Exception|NoneType|None\b")


def assert_said(text: str) -> None:
    """Assert that *text* is German for a user, and names no error of the program."""
    assert SENTENCE.fullmatch(text), text
    assert not FOREIGN.search(text), text


def tree(folder: Path) -> dict[str, int]:
    """Return every file below *folder* with its size; what a log-in changes by itself is left out."""
    return {
        str(path.relative_to(folder)): path.lstat().st_size if path.is_symlink() or path.is_file() else -1
        for path in sorted(folder.rglob("*"))
        if "config" not in path.parts and "tresor" not in path.relative_to(folder).parts
    }


# --- restoring ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def frame(look, qtbot, tmp_path, vault_folder, template_vault, monkeypatch):
    """Yield the window at the unlocking of a vault of which there is a backup."""
    with open_with_key(vault_folder, template_vault.secrets) as vault:
        fill_new_vault(vault, now=NOW)
        add_case(vault)
        back_up(vault, tmp_path / "gut", NOW)
    monkeypatch.setattr(frames, "user_data_path", lambda *_, **__: tmp_path / "data")
    made = Frame(tmp_path / "config", Settings(vaults=(str(vault_folder),)))
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def goes_on(frame, qtbot, folder: Path) -> None:
    """Unlock the vault in *folder* in the same window."""
    frame.start.offer_vault(folder)
    form = frame.start.unlock_form
    form.passphrase.line.clear()
    type_text(form.passphrase.line, PASSPHRASE)
    qtbot.keyClick(form.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)


def _archive(good: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]], **options) -> bytes:
    with zipfile.ZipFile(good) as archive:
        files = change({name: archive.read(name) for name in archive.namelist()})
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def _link_inside(good: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(made, "w") as copy:
        for name in archive.namelist():
            info = zipfile.ZipInfo(name)
            if name == "slots.json":
                info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            copy.writestr(info, b"/etc/passwd" if name == "slots.json" else archive.read(name))
    return made.getvalue()


def _pdf() -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made)
    canvas.drawString(72, 720, "kein Tresor")
    canvas.save()
    return made.getvalue()


CONTENTS: dict[str, Callable[[Path], bytes]] = {
    "empty": lambda _: b"",
    "noise": lambda _: bytes(range(256)) * 400,
    "a PDF": lambda _: _pdf(),
    "half of it": lambda good: good.read_bytes()[: good.stat().st_size // 2],
    "without its end": lambda good: good.read_bytes()[:-30],
    "one bit": lambda good: (lambda data: data[:9000] + bytes([data[9000] ^ 1]) + data[9001:])(good.read_bytes()),
    "another archive": lambda _: _archive_of({"bericht.pdf": _pdf()}),
    "a way out": lambda good: _archive(good, lambda files: {**files, "../../flucht": b"x"}),
    "a log with it": lambda good: _archive(good, lambda files: {**files, "vault.db-wal": b"x" * 5000}),
    "compressed": lambda good: _archive(good, dict, compression=zipfile.ZIP_DEFLATED),
    "a bomb": lambda good: _archive(
        good, lambda files: {**files, "slots.json": bytes(64_000_000)}, compression=zipfile.ZIP_DEFLATED
    ),
    "a link": _link_inside,
    "deep brackets": lambda good: _archive(good, lambda files: {**files, "backup.json": b"[" * 200_000}),
    "no description": lambda good: _archive(good, lambda files: {**files, "backup.json": b"null"}),
    "another database": lambda good: _archive(good, lambda files: {**files, "vault.db": b"SQLite format 3\0" + bytes(8176)}),
}


def _archive_of(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def refused_restore(frame, qtbot, source: str, target: str) -> str:
    """Ask the window to restore *source*, and return what it says."""
    frame.start.show_restore()
    form = frame.start.restore_form
    form.source.setText(source)
    form.folder.setText(target)
    qtbot.mouseClick(form.restore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: form.banner.text() != "" and form.restore_button.isEnabled(), timeout=20_000)
    return form.banner.text()


@pytest.mark.parametrize("how", CONTENTS)
@pytest.mark.parametrize("by_folder", [False, True])
def test_that_a_hostile_backup_is_refused_in_the_window_and_leaves_nothing(
    frame, qtbot, tmp_path, vault_folder, how, by_folder
) -> None:
    (good,) = (tmp_path / "gut").glob("*.bjcbackup")
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / good.name).write_bytes(CONTENTS[how](good))
    before = tree(tmp_path)
    assert_said(refused_restore(frame, qtbot, str(stick if by_folder else stick / good.name), str(tmp_path / "neu" / "Tresor")))
    assert tree(tmp_path) == before | ({"neu": -1} if (tmp_path / "neu").exists() else {})
    assert not list(tmp_path.rglob("*flucht*"))
    goes_on(frame, qtbot, vault_folder)


def _fifo(place: Path) -> str:
    os.mkfifo(place / "rohr.bjcbackup")
    return str(place / "rohr.bjcbackup")


def _loop(place: Path) -> str:
    (place / "kreis.bjcbackup").symlink_to(place / "kreis.bjcbackup")
    return str(place / "kreis.bjcbackup")


def _folder_of_that_name(place: Path) -> str:
    (place / "BJC.bjcbackup").mkdir()
    return str(place)


PLACES: dict[str, Callable[[Path], str]] = {
    "gone": lambda place: str(place / "abgezogen" / "BJC.bjcbackup"),
    "too long": lambda place: str(place / ("x" * 5000)),
    "a NUL": lambda place: str(place / "a\0b"),
    "below a file": lambda _: str(Path(__file__) / "BJC.bjcbackup"),
    "half a letter": lambda place: str(place) + "/\udcff",
    "a folder of that name": _folder_of_that_name,
    "a pipe": _fifo,
    "a loop": _loop,
    "a device": lambda _: "/dev/zero",
}


@pytest.mark.skipif(os.name == "nt", reason="pipes, links and devices of Unix")
@pytest.mark.parametrize("how", PLACES)
def test_that_a_source_that_is_no_file_is_refused_in_the_window(frame, qtbot, tmp_path, vault_folder, how) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    source = PLACES[how](stick)
    before = tree(tmp_path)
    assert_said(refused_restore(frame, qtbot, source, str(tmp_path / "neu")))
    assert tree(tmp_path) == before
    goes_on(frame, qtbot, vault_folder)


TARGETS: dict[str, Callable[[Path], str]] = {
    "there already": lambda place: str(place / "gut"),
    "below a file": lambda place: str(place / "datei" / "neu"),
    "too long": lambda place: str(place / ("x" * 5000)),
    "a NUL": lambda place: str(place / "a\0b"),
    "a system's": lambda _: "/proc/neu",
}


@pytest.mark.skipif(os.name == "nt", reason="places of Unix")
@pytest.mark.parametrize("how", TARGETS)
def test_that_a_place_that_cannot_be_written_is_refused_in_the_window(frame, qtbot, tmp_path, vault_folder, how) -> None:
    (good,) = (tmp_path / "gut").glob("*.bjcbackup")
    (tmp_path / "datei").write_text("x", "utf-8")
    before = tree(tmp_path)
    assert_said(refused_restore(frame, qtbot, str(good), TARGETS[how](tmp_path)))
    assert tree(tmp_path) == before
    goes_on(frame, qtbot, vault_folder)


def _vault_with(name: str, content: bytes) -> Callable[[Path, Path], Path]:
    def make(vault: Path, place: Path) -> Path:
        made = Path(shutil.copytree(vault, place / "fremd"))
        (made / name).write_bytes(content)
        if name == "slots.json":
            for mirror in made.glob("slots*"):
                mirror.write_bytes(content)
        return made

    return make


FOLDERS: dict[str, Callable[[Path, Path], Path]] = {
    "gone": lambda _, place: place / "abgezogen",
    "a file": lambda _, place: next((place / "gut").glob("*.bjcbackup")),
    "empty": lambda _, place: _made(place / "leer"),
    "an empty database": _vault_with("vault.db", b""),
    "a database of noise": _vault_with("vault.db", b"\x01\x02" * 8192),
    "a plain database": _vault_with("vault.db", b"SQLite format 3\0" + bytes(8176)),
    "slots of noise": _vault_with("slots.json", b"\xff" * 100),
    "slots of brackets": _vault_with("slots.json", b"[" * 200_000),
    "a log of noise": _vault_with("restored", b"[" * 200_000),
}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.mark.parametrize("how", FOLDERS)
def test_that_a_folder_that_is_no_whole_vault_is_refused_in_the_window(
    frame, qtbot, tmp_path, vault_folder, how, monkeypatch
) -> None:
    folder = FOLDERS[how](vault_folder, tmp_path)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    frame.start.choose_vault()
    form = frame.start.unlock_form
    type_text(form.passphrase.line, PASSPHRASE)
    qtbot.keyClick(form.passphrase.line, Qt.Key.Key_Return)
    if how == "a log of noise":
        qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)
        return
    qtbot.waitUntil(lambda: form.banner.text() != "" and "gesucht" not in form.banner.text(), timeout=20_000)
    assert_said(form.banner.text())
    goes_on(frame, qtbot, vault_folder)


# --- writing to a place that is gone ------------------------------------------------------------------------------------------


def _gone(place: Path) -> Path:
    return place / "abgezogen"


def _file_there(place: Path) -> Path:
    (place / "datei").write_text("x", "utf-8")
    return place / "datei"


def _too_long(place: Path) -> Path:
    return place / ("x" * 300)


def _no_medium(_: Path) -> Path:
    return Path("/proc/stick")


def _with_nul(place: Path) -> Path:
    return place / "a\0b"


WRITING = [_gone, _file_there, _too_long, _no_medium, _with_nul]


def outside(folder: Path) -> dict[str, int]:
    """Return what lies beside the vault."""
    return tree(folder)


@pytest.mark.parametrize("where", WRITING)
@pytest.mark.parametrize("password", ["", "Ein langes Kennwort"])
def test_that_a_bundle_is_not_half_saved(workspace, qtbot, tmp_path, where, password) -> None:
    workspace.open_page("report", {"period": "2025-Q3"})
    page = workspace.page("report")
    settle(page, qtbot)
    release(page, qtbot)
    folder = where(tmp_path)
    before = outside(tmp_path)
    page.kept.save_to(page.kept.table.current(), folder, password)
    assert page.steps.shown == KEPT
    assert_said(page.banner.text())
    assert outside(tmp_path) == before
    page.kept.save_to(page.kept.table.current(), _made(tmp_path / "heil"), password)
    assert "Gespeichert" in page.banner.text()


@pytest.mark.parametrize("where", WRITING)
def test_that_a_statistic_is_not_half_saved(workspace, qtbot, tmp_path, where) -> None:
    workspace.open_page("statistic")
    page = workspace.page("statistic")
    folder = where(tmp_path)
    before = outside(tmp_path)
    page.save_to(folder)
    qtbot.waitUntil(lambda: page.banner.text() != "", timeout=20_000)
    if "Gespeichert" not in page.banner.text():
        assert_said(page.banner.text())
        assert outside(tmp_path) == before
    page.banner.clear()
    page.save_to(_made(tmp_path / "heil"))
    qtbot.waitUntil(lambda: "Gespeichert" in page.banner.text(), timeout=20_000)


@pytest.mark.parametrize("where", WRITING)
def test_that_an_access_answer_is_not_half_written(workspace, qtbot, tmp_path, where) -> None:
    workspace.open_page("privacy")
    page = workspace.page("privacy")
    finder = page.finders["requests"]
    name = workspace.desk.read(lambda c: c.exec_driver_sql("SELECT family_name FROM coachees ORDER BY id").scalar())
    type_text(finder.line, name)
    finder.table.selectRow(0)
    assert page.person is not None
    folder = where(tmp_path)
    before = outside(tmp_path)
    page.write_answer(folder)
    qtbot.waitUntil(lambda: page.banner.text() != "" and page.access_button.isEnabled(), timeout=20_000)
    if "Geschrieben" not in page.banner.text():
        assert_said(page.banner.text())
        assert outside(tmp_path) == before
    page.banner.clear()
    page.write_answer(_made(tmp_path / "heil"))
    qtbot.waitUntil(lambda: "Geschrieben" in page.banner.text(), timeout=20_000)


@pytest.mark.parametrize("where", WRITING)
def test_that_a_second_place_and_a_restored_vault_need_a_real_folder(workspace, qtbot, tmp_path, where) -> None:
    workspace.open_page("backups")
    page = workspace.page("backups")
    page.back_up()
    qtbot.waitUntil(lambda: not workspace.desk.backups.busy and bool(page.table.rows_model.rows), timeout=30_000)
    folder = where(tmp_path)
    before = outside(tmp_path)
    page.use_second(folder)
    qtbot.waitUntil(lambda: page.banner.text() not in {"", "Der Ordner wird geprüft …"}, timeout=20_000)
    assert_said(page.banner.text())
    page.table.selectRow(0)
    page.banner.clear()
    page.restore(page.table.current(), folder / "neu")
    qtbot.waitUntil(lambda: page.banner.text() not in {"", "Die Sicherung wird geprüft und ausgepackt …"}, timeout=20_000)
    if "Zurückgeholt" not in page.banner.text():
        assert_said(page.banner.text())
        assert outside(tmp_path) == before


@pytest.fixture
def preview(look, qtbot):
    """Return the preview of a page."""
    made = PreviewDialog(_pdf(), "Probe", lambda _: None)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("where", WRITING)
def test_that_a_document_is_not_half_saved(preview, tmp_path, where) -> None:
    folder = where(tmp_path)
    before = outside(tmp_path)
    preview.save(folder / "Probe.pdf")
    assert_said(preview.banner.text())
    assert outside(tmp_path) == before
    preview.save(tmp_path / "Probe.pdf")
    assert "Gespeichert" in preview.banner.text()
    assert stat.S_IMODE((tmp_path / "Probe.pdf").stat().st_mode) == 0o600 or os.name == "nt"


def test_that_an_older_document_outlives_a_medium_that_is_full(preview, tmp_path, monkeypatch) -> None:
    (tmp_path / "Probe.pdf").write_bytes(b"von gestern")

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        preview.save(tmp_path / "Probe.pdf")
    assert_said(preview.banner.text())
    assert (tmp_path / "Probe.pdf").read_bytes() == b"von gestern"
    assert [path.name for path in tmp_path.iterdir()] == ["Probe.pdf"]


# That the printer cannot begin is what Qt itself says of it.
@pytest.mark.qt_log_ignore("Returned false", extend=True)
@pytest.mark.parametrize("where", [_gone, _no_medium])
def test_that_a_print_into_a_file_that_cannot_be_written_is_not_called_printed(preview, tmp_path, where, monkeypatch) -> None:
    def chosen(self: QPrintDialog) -> int:
        self.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        self.printer().setOutputFileName(str(where(tmp_path) / "druck.pdf"))
        return 1

    monkeypatch.setattr(QPrintDialog, "exec", chosen)
    before = outside(tmp_path)
    preview._print()
    assert "Gedruckt" not in preview.banner.text()
    assert_said(preview.banner.text())
    assert outside(tmp_path) == before
