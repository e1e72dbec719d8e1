"""What the program is started with by a double click: each kind of file leads to where it is of use."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.preferences import Settings
from bjc_desktop.services.released_reports import under_password
from bjc_desktop.services.reports import make_reports
from bjc_desktop.ui import frame as frames
from bjc_desktop.ui.frame import Frame
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.vault import back_up, open_with_key
from tests.conftest import PASSPHRASE
from tests.ui.conftest import NOW, TODAY
from tests.ui.exchanging_sides import change_phone, connect, other_side, people_of, send, written
from tests.ui.typing_keys import type_text

ROOT = Path(__file__).parents[2]
PROBE = """
import sys
from bjc_desktop import app, cli, __main__
app.run_window = lambda arguments, given=None: print("window", given, end="")
cli.run = lambda arguments: print("command line", end="")
sys.argv = ["bjc-desktop", *{arguments!r}]
__main__.main()
"""


def started(*arguments: str) -> str:
    """Return which way the program goes with *arguments*."""
    environment = {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", PROBE.format(arguments=arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout


def test_that_a_file_or_a_vault_alone_opens_the_window_and_anything_else_the_command_line(tmp_path, vault_folder) -> None:
    file = tmp_path / "Ein Päckchen.zip"
    file.touch()
    assert started(str(file)) == f"window {file}"
    assert started(str(vault_folder)) == f"window {vault_folder}"
    assert started("verify", str(file)) == "command line"
    assert started(str(tmp_path)) == "command line"
    assert started(str(tmp_path / "weg.bjcx")) == "command line"
    assert started("x" * 300) == "command line"


@pytest.fixture
def other_vault(tmp_path_factory, template_vault):
    """Return the folder of a vault that was never open in the window."""
    return template_vault.copy_to(tmp_path_factory.mktemp("anderswo") / "tresor")


@pytest.fixture
def folder(sample_template, tmp_path):
    """Return the folder of the vault that was used last, full of invented people."""
    return sample_template.copy_to(tmp_path / "tresor")


@pytest.fixture
def frame(look, qtbot, tmp_path, folder, monkeypatch):
    """Yield the window at the unlocking of that vault."""
    monkeypatch.setattr(frames, "user_data_path", lambda *_, **__: tmp_path / "data")
    made = Frame(tmp_path / "config", Settings(vaults=(str(folder),)))
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def unlock(frame, qtbot) -> None:
    """Type the passphrase and press Enter."""
    form = frame.start.unlock_form
    type_text(form.passphrase.line, PASSPHRASE)
    qtbot.keyClick(form.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)


@pytest.mark.parametrize("inside", ["", "vault.db"])
def test_that_a_vault_leads_to_its_unlocking(frame, other_vault, inside) -> None:
    frame.show_given(other_vault / inside)
    assert frame.start.unlock_form.isVisible()
    assert frame.start.unlock_form._place.text() == str(other_vault)
    assert frame.start.unlock_form.banner.text() == ""


def test_that_a_backup_leads_to_its_restoring(frame, qtbot, folder, sample_template, tmp_path) -> None:
    with open_with_key(folder, sample_template.secrets) as vault:
        backup = back_up(vault, tmp_path / "stick", NOW)
    frame.show_given(backup)
    form = frame.start.restore_form
    assert form.isVisible()
    qtbot.mouseClick(form.restore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(frame.start.unlock_form.isVisible, timeout=20_000)
    assert Path(frame.start.unlock_form._place.text(), "vault.db").is_file()


# --- files of the exchange ----------------------------------------------------------------------------------------------------


@pytest.fixture
def exchange_file(folder, sample_template, tmp_path):
    """Return a file that a coach wrote for that vault: one telephone number is another."""
    with open_with_key(folder, sample_template.secrets) as office, other_side(office, tmp_path) as other:
        connect(office, other)
        send(office, other.vault, tmp_path / "stick")
        change_phone(other.vault, people_of(other.vault, 1)[0], "030 777")
        return written(other.vault, office, tmp_path / "stick")


def test_that_a_file_of_the_exchange_waits_for_the_unlocking_and_is_then_shown_and_not_taken_in(
    frame, qtbot, exchange_file
) -> None:
    frame.show_given(exchange_file)
    assert frame.start.unlock_form.isVisible()
    assert exchange_file.name in frame.start.unlock_form.banner.text()
    unlock(frame, qtbot)
    page = frame.workspace.shown_page
    assert page.key == "exchange"
    qtbot.waitUntil(lambda: page.reading_view.effect is not None, timeout=20_000)
    assert page.sections.shown == "reading"
    assert page.reading_view.take_button.isEnabled()
    assert page.reading_view.path == exchange_file
    frame.lock()
    assert exchange_file.name not in frame.start.unlock_form.banner.text()
    unlock(frame, qtbot)
    assert frame.workspace.shown_page.key == "overview"


def test_that_a_card_leads_to_the_partners(frame, qtbot, tmp_path) -> None:
    card = tmp_path / "Karte.bjccard"
    card.write_bytes(b"keine")
    frame.show_given(card)
    unlock(frame, qtbot)
    page = frame.workspace.shown_page
    assert (page.key, page.sections.shown) == ("exchange", "partners")
    qtbot.waitUntil(lambda: "keine Karte" in page.banner.text(), timeout=20_000)


def test_that_a_file_of_the_exchange_is_named_also_where_no_vault_was_ever_open(look, qtbot, tmp_path, folder) -> None:
    made = Frame(tmp_path / "config", Settings())
    qtbot.addWidget(made)
    made.show()
    made.show_given(tmp_path / "Büro.bjcx")
    assert "Büro.bjcx" in made.start.choice.banner.text()
    made.start.offer_vault(folder)
    assert "Büro.bjcx" in made.start.unlock_form.banner.text()
    made.close()


# --- bundles ------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundle(sample_template, tmp_path_factory):
    """Return a report bundle over everybody."""
    place = tmp_path_factory.mktemp("bundle")
    with open_with_key(sample_template.copy_to(place / "tresor"), sample_template.secrets) as vault:
        quarter = parse_quarter("2025-Q3")
        [path] = make_reports(vault, quarter, place, provider="all", as_of=TODAY, release=False, now=NOW, today=TODAY)
    return path


def said(frame, qtbot):
    """Return what is said of the bundle, once it is checked."""
    banner = frame.start.bundle_panel.banner
    qtbot.waitUntil(lambda: banner.text() not in {"", "Wird geprüft …"}, timeout=30_000)
    return banner.text()


def test_that_a_bundle_is_checked_without_a_vault_and_shows_whose_it_is_and_its_report(frame, qtbot, bundle) -> None:
    frame.show_given(bundle)
    assert "nachgerechnet" in said(frame, qtbot)
    panel = frame.start.bundle_panel
    texts = [made.text() for made in panel.facts.findChildren(QLabel)]
    assert "Q3 2025" in texts
    assert "10.12.2025" in texts
    assert "Entwurf" in texts
    assert frame.focusWidget() is panel.open_button
    qtbot.keyClick(panel.open_button, Qt.Key.Key_Space)
    [preview] = panel.findChildren(PreviewDialog)
    assert preview.pages.count > 1
    preview.close()
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert frame.start.unlock_form.isVisible()


def test_that_an_altered_bundle_is_refused_and_nothing_of_it_is_shown(frame, qtbot, bundle, tmp_path) -> None:
    altered = tmp_path / bundle.name
    with zipfile.ZipFile(bundle) as before, zipfile.ZipFile(altered, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name) + (b" " if name == "report.pdf" else b""))
    frame.show_given(altered)
    assert "verändert" in said(frame, qtbot)
    assert not frame.start.bundle_panel.facts.isVisible()
    assert not frame.start.bundle_panel.open_button.isVisible()


def test_that_a_bundle_under_a_password_says_to_unpack_it_first(frame, qtbot, bundle, tmp_path) -> None:
    locked = tmp_path / "BJC_alle_2025-Q3_v1_verschluesselt.zip"
    locked.write_bytes(under_password(bundle.read_bytes(), bundle.name, "Ein langes Passwort"))
    frame.show_given(locked)
    assert "Passwort" in said(frame, qtbot)


def test_that_a_file_that_is_nothing_of_the_program_is_refused_with_a_sentence(frame, qtbot, tmp_path) -> None:
    strange = tmp_path / "Brief.txt"
    strange.write_text("Guten Tag")
    frame.show_given(strange)
    assert "kein lesbares Berichtspaket" in said(frame, qtbot)
