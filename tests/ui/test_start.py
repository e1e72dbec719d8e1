"""The first page and the lock, as a user meets them."""

import time
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from bjc_desktop.preferences import Settings, load_settings
from bjc_desktop.services.audit_trail import AuditFilter, read_audit
from bjc_desktop.services.drafts import draft_of
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.ui import frame as frames
from bjc_desktop.ui.consultation.consultation_dialog import DRAFT
from bjc_desktop.ui.frame import Frame
from bjc_desktop.ui.start import vault_jobs
from bjc_desktop.vault import open_vault, open_with_key
from tests.conftest import CHEAP_KDF, NOW, PASSPHRASE, USER
from tests.ui.typing_keys import type_text
from tests.vault.test_schema import newer_scripts, older_than


@pytest.fixture
def config(tmp_path):
    """Return an empty folder for settings."""
    return tmp_path / "config"


@pytest.fixture
def frame(look, qtbot, tmp_path, config, vault_folder, template_vault, monkeypatch):
    """Yield the window at the unlocking of a vault."""
    with open_with_key(vault_folder, template_vault.secrets) as vault:
        fill_new_vault(vault, now=NOW)
    monkeypatch.setattr(frames, "user_data_path", lambda *_, **__: tmp_path / "data")
    made = Frame(config, Settings(vaults=(str(vault_folder),)))
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def test_that_a_place_that_cannot_even_be_asked_for_keeps_nobody_out(look, qtbot, config, vault_folder, monkeypatch) -> None:
    work = Path.is_dir

    def gone(self: Path) -> bool:
        if self.name == "weg":
            raise OSError(116, "Stale file handle")
        return work(self)

    monkeypatch.setattr(Path, "is_dir", gone)
    made = Frame(config, Settings(vaults=("/mnt/weg", "/" + "x" * 300, str(vault_folder))))
    qtbot.addWidget(made)
    assert str(vault_folder) in made.start.unlock_form._place.text()
    assert made.start.choice is not None


def unlocked(frame, qtbot, passphrase=PASSPHRASE):
    """Type the passphrase and press Enter."""
    form = frame.start.unlock_form
    form.passphrase.line.clear()
    type_text(form.passphrase.line, passphrase)
    qtbot.keyClick(form.passphrase.line, Qt.Key.Key_Return)


def test_that_the_vault_used_last_is_offered_and_opens_by_its_passphrase(frame, qtbot, config, vault_folder) -> None:
    assert str(vault_folder) in frame.start.unlock_form._place.text()
    unlocked(frame, qtbot)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)
    assert frame.stack.currentWidget() is frame.workspace
    assert load_settings(config).vaults[0] == str(vault_folder)


def test_that_the_update_of_an_older_vault_shows_how_far_it_is(frame, qtbot, tmp_path, monkeypatch) -> None:
    older_than(monkeypatch, newer_scripts(tmp_path))
    shown = []
    frame.start.unlock_form.progress.valueChanged.connect(
        lambda done: shown.append((done, frame.start.unlock_form.banner.text()))
    )
    unlocked(frame, qtbot)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)
    assert [done for done, _ in shown][-3:] == [1, 2, 3]
    assert "früheren Version" in shown[-1][1]
    assert not frame.start.unlock_form.progress.isVisible()


def test_that_a_wrong_passphrase_is_said_at_the_form_and_nothing_opens(frame, qtbot) -> None:
    unlocked(frame, qtbot, "falsch falsch")
    qtbot.waitUntil(lambda: frame.start.unlock_form.open_button.isEnabled(), timeout=20_000)
    assert "Passphrase" in frame.start.unlock_form.banner.text()
    assert frame.workspace is None
    assert frame.start.unlock_form.open_button.isEnabled()


def test_that_a_vault_in_use_is_said_with_what_to_do(frame, qtbot, vault_folder, template_vault) -> None:
    with open_with_key(vault_folder, template_vault.secrets):
        unlocked(frame, qtbot)
        qtbot.waitUntil(lambda: frame.start.unlock_form.open_button.isEnabled(), timeout=20_000)
    assert "geöffnet" in frame.start.unlock_form.banner.text()


def test_that_a_damaged_vault_offers_the_way_to_a_backup(frame, qtbot, vault_folder) -> None:
    (vault_folder / "vault.db").write_bytes(b"kaputt" * 1000)
    unlocked(frame, qtbot)
    qtbot.waitUntil(lambda: frame.start.unlock_form.open_button.isEnabled(), timeout=20_000)
    frame.start.unlock_form.mend.emit()
    assert frame.start.restore_form.isVisible()


def test_that_the_passphrase_can_be_seen_and_hides_again(frame, qtbot) -> None:
    field = frame.start.unlock_form.passphrase
    qtbot.mouseClick(field.reveal, Qt.MouseButton.LeftButton)
    assert field.line.echoMode() is QLineEdit.EchoMode.Normal
    field.clear()
    assert field.line.echoMode() is QLineEdit.EchoMode.Password


@pytest.fixture
def open_frame(frame, qtbot):
    """Return the window with the vault unlocked."""
    unlocked(frame, qtbot)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)
    return frame


def test_that_locking_closes_the_vault_and_asks_again(open_frame, vault_folder, template_vault) -> None:
    open_frame.lock()
    assert open_frame.workspace is None
    assert open_frame.windowTitle() == frames.TITLE
    open_with_key(vault_folder, template_vault.secrets).close()


def test_that_idle_minutes_lock_with_a_warning_before(open_frame) -> None:
    limit = open_frame.settings.idle_minutes * 60
    open_frame._last_input = time.monotonic() - limit + 30
    open_frame.tick()
    assert not open_frame.workspace._lock_warning.isHidden()
    open_frame._last_input = time.monotonic() - limit
    open_frame.tick()
    assert open_frame.workspace is None


def test_that_a_window_left_alone_gives_memory_back_and_again_later(open_frame, monkeypatch) -> None:
    rested = []
    monkeypatch.setattr(open_frame.workspace.desk.vault, "rest", lambda: rested.append(time.monotonic()))
    open_frame.background.wait()
    open_frame.tick()
    assert open_frame.background.quiet
    open_frame._last_input -= 30
    for _ in range(2):
        open_frame.tick()
        open_frame.background.wait()
    assert len(rested) == 1
    open_frame._rested -= 30
    open_frame.tick()
    open_frame.background.wait()
    assert len(rested) == 2


def test_that_a_key_takes_the_warning_back(open_frame, qtbot) -> None:
    open_frame._last_input = time.monotonic() - open_frame.settings.idle_minutes * 60 + 30
    open_frame.tick()
    qtbot.keyClick(open_frame.workspace, Qt.Key.Key_Shift)
    assert open_frame.workspace._lock_warning.isHidden()


def test_that_the_window_locks_when_the_system_has_slept(open_frame) -> None:
    open_frame._last_tick = time.time() - 600
    open_frame.tick()
    assert open_frame.workspace is None
    assert "geschlafen" in open_frame.start.unlock_form.banner.text()


def test_that_a_new_vault_is_made_from_the_form_and_shows_its_recovery_code_once(frame, qtbot, tmp_path, monkeypatch) -> None:
    frame.start.show_new()
    form = frame.start.new_form
    for name, text in {"provider": "Träger <b>Nord</b>", "given_name": "Ana", "family_name": "Ö", "user": "ana"}.items():
        type_text(form.fields[name], text)
    form.fields["folder"].setText(str(tmp_path / "neu"))
    form.passphrase.line.setText("ein langer Satz")
    form.again.line.setText("ein anderer Satz")
    qtbot.mouseClick(form.make_button, Qt.MouseButton.LeftButton)
    assert not (tmp_path / "neu").exists()
    form.again.line.setText("ein langer Satz")
    qtbot.mouseClick(form.make_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: frame.start.code_panel.isVisible(), timeout=30_000)
    code = frame.start.code_panel._code.text()
    qtbot.waitUntil(lambda: frame.focusWidget() is frame.start.code_panel._done)
    assert frame.start.code_panel._done.sizeHint().width() <= frame.start.code_panel._done.width()
    frame.start.code_panel._done.setChecked(True)
    qtbot.mouseClick(frame.start.code_panel._go, Qt.MouseButton.LeftButton)
    qtbot.keyClick(frame.start.second_form.folder, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)
    assert frame.start.code_panel._code.text() == ""
    frame.lock()
    open_vault(tmp_path / "neu", code, now=vault_jobs._now()).close()


@pytest.fixture
def code_panel(frame, qtbot, tmp_path, monkeypatch):
    """Return the panel with the recovery code of a vault that was just made; whatever is printed is kept in ``printed``."""
    from PySide6.QtGui import QTextDocument
    from PySide6.QtPrintSupport import QPrintDialog

    from bjc_desktop.vault import create_vault

    vault, code = create_vault(tmp_path / "neu", "ana", "ein langer Satz", now=NOW, kdf=CHEAP_KDF)
    monkeypatch.setattr(QPrintDialog, "exec", lambda _: True)
    frame.start._made((vault, code))
    panel = frame.start.code_panel
    panel.printed = []
    monkeypatch.setattr(
        QTextDocument, "print_", lambda document, _: panel.printed.append((document.toPlainText(), prints_in(vault)))
    )
    yield panel
    if frame.start._waiting is not None:
        frame.start.drop()


def prints_in(vault) -> list[str]:
    """Return the records of prints, in words."""
    with vault.reading() as connection:
        return [row.text for row in read_audit(connection, AuditFilter(kind="left"), today=NOW.date()).rows]


def test_that_a_recovery_code_stands_in_the_record_before_it_is_printed(code_panel, frame) -> None:
    code_panel.print_code()
    ((paper, recorded),) = code_panel.printed
    assert code_panel._code.text() in paper
    assert recorded == ["Gedruckt: Wiederherstellungscode"]
    with frame.start._waiting.reading() as connection:
        payloads = connection.exec_driver_sql("SELECT payload FROM change_records").scalars().all()
    assert not [payload for payload in payloads if code_panel._code.text().encode() in payload]


def test_that_a_recovery_code_that_cannot_be_recorded_is_not_printed(code_panel, frame, monkeypatch) -> None:
    from bjc_desktop.errors import DiskFullError

    def refuse(*_: object, **__: object) -> None:
        raise DiskFullError("Der Datenträger ist voll.")

    monkeypatch.setattr(frame.start._waiting, "writing", refuse)
    code_panel.print_code()
    assert code_panel.printed == []
    assert "nicht gedruckt" in code_panel.banner.text()
    assert "aufschreiben" in code_panel.banner.text()
    monkeypatch.undo()


@pytest.fixture
def second_form(code_panel, frame, qtbot):
    """Return the offer of a second place for the backups of a vault that was just made."""
    code_panel._done.setChecked(True)
    qtbot.keyClick(code_panel._go, Qt.Key.Key_Return)
    form = frame.start.second_form
    qtbot.waitUntil(lambda: frame.focusWidget() is form.folder)
    return form


def test_that_a_new_vault_is_offered_a_second_place_which_is_typed_by_keys(second_form, frame, qtbot, config, tmp_path) -> None:
    assert second_form.isVisible()
    qtbot.keyClick(second_form.folder, Qt.Key.Key_Return)
    assert "Bitte einen Ordner wählen" in second_form.entry._message.text()
    type_text(second_form.folder, str(tmp_path / "fehlt"))
    qtbot.keyClick(second_form.folder, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "nicht schreiben" in second_form.entry._message.text(), timeout=10_000)
    assert second_form.folder.text() == str(tmp_path / "fehlt")
    (tmp_path / "fehlt").mkdir()
    qtbot.keyClick(second_form.folder, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)
    assert load_settings(config).backup_folder == str(tmp_path / "fehlt")
    assert frame.workspace.desk.backups.second == tmp_path / "fehlt"
    assert "demselben Datenträger" in frame.workspace.banner.text()
    frame.workspace.desk.backups.back_up(lambda _: None, lambda _: None)
    qtbot.waitUntil(lambda: len(list((tmp_path / "fehlt").glob("*.bjcbackup"))) == 1, timeout=20_000)
    qtbot.waitUntil(lambda: not frame.workspace.desk.backups.busy, timeout=20_000)


@pytest.mark.parametrize("how", ["key", "button"])
def test_that_the_second_place_can_wait_until_later(second_form, frame, qtbot, config, how) -> None:
    if how == "key":
        qtbot.keyClick(second_form.folder, Qt.Key.Key_Escape)
    else:
        qtbot.mouseClick(second_form.later_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)
    assert load_settings(config).backup_folder == ""


def test_that_who_goes_on_while_a_place_does_not_answer_has_none_chosen(second_form, frame, qtbot, config, monkeypatch) -> None:
    gate = Event()
    monkeypatch.setattr(vault_jobs, "choose_second_place", lambda *_: str(gate.wait(10)))
    type_text(second_form.folder, "/mnt/weg")
    qtbot.keyClick(second_form.folder, Qt.Key.Key_Return)
    assert not second_form.take_button.isEnabled()
    qtbot.keyClick(second_form.folder, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)
    gate.set()
    frame.background.wait()
    qtbot.wait(50)
    assert load_settings(config).backup_folder == ""


def test_that_who_has_a_second_place_on_this_computer_is_not_asked_again(code_panel, frame, qtbot, tmp_path) -> None:
    frame.remember(Settings(backup_folder=str(tmp_path / "stick")))
    code_panel._done.setChecked(True)
    code_panel._go.click()
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)


def test_that_a_window_closed_at_the_offer_closes_the_vault(second_form, frame, qtbot, tmp_path) -> None:
    frame.close()
    open_vault(tmp_path / "neu", "ein langer Satz", now=NOW).close()


def test_that_what_is_missing_is_said_at_its_field(frame, qtbot, tmp_path) -> None:
    frame.start.show_new()
    form = frame.start.new_form
    form.fields["folder"].setText(str(tmp_path / "neu"))
    for field in (form.passphrase, form.again):
        field.line.setText("ein langer Satz")
    qtbot.mouseClick(form.make_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Träger" in form.entries["provider"]._message.text(), timeout=10_000)
    assert not Path(tmp_path / "neu").exists()


def test_that_an_unexpected_error_names_no_data_in_its_report(open_frame, qtbot) -> None:
    try:
        raise ValueError("Kanarienvogel Meier")
    except ValueError as error:
        open_frame.tell_unexpected(type(error), error.__traceback__)
    from PySide6.QtWidgets import QMessageBox

    dialog = open_frame.findChild(QMessageBox)
    shown = dialog.text() + dialog.informativeText() + dialog.detailedText()
    assert "ValueError" in shown
    assert "Kanarienvogel" not in shown
    dialog.close()


def test_that_the_user_named_is_the_one_who_unlocks(frame, qtbot) -> None:
    type_text(frame.start.unlock_form.user, USER)
    unlocked(frame, qtbot)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)
    assert frame.workspace.desk.vault.user.name == USER


def test_that_only_the_passphrase_is_asked_of_somebody_alone(frame, qtbot, tmp_path, config) -> None:
    unlocked(frame, qtbot)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)
    frame.lock()
    qtbot.waitUntil(lambda: frame.focusWidget() is frame.start.unlock_form.passphrase.line)
    again = Frame(config, load_settings(config))
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: again.focusWidget() is again.start.unlock_form.passphrase.line)


def test_that_the_keyboard_presses_buttons_by_enter_and_closes_the_window(frame, qtbot) -> None:
    form = frame.start.unlock_form
    qtbot.keyClick(form.open_button, Qt.Key.Key_Return)
    assert "Bitte die Passphrase" in form.banner.text()
    qtbot.keyClick(frame, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not frame.isVisible())


def test_that_the_window_locks_by_key_in_front_of_a_dialog_too_and_keeps_what_was_typed(frame, qtbot, vault_folder) -> None:
    unlocked(frame, qtbot)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)
    frame.workspace.record()
    note = QApplication.activeModalWidget().note
    type_text(note, "Nur halb")
    qtbot.keyClick(note, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: frame.workspace is None, timeout=5000)
    assert QApplication.activeModalWidget() is None
    with open_vault(vault_folder, PASSPHRASE, user=USER, now=NOW) as vault, vault.reading() as connection:
        assert draft_of(connection, vault.user.id, DRAFT)["note"] == "Nur halb"
