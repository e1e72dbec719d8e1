"""From the very first start to the first figure, by keys alone: what somebody presses who has an old list."""

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from bjc_desktop.preferences import Settings, load_settings
from bjc_desktop.services import vault_setup
from bjc_desktop.ui import frame as frames
from bjc_desktop.ui.frame import Frame
from bjc_desktop.vault import create_vault
from tests.conftest import CHEAP_KDF
from tests.list_files import xlsx
from tests.ui.conftest import release_keys

STEPS, LETTERS = 26, 51
"""More keys than that, and more letters beside them, and the way to the first figure has grown longer."""
HEAD = ["Name, Vorname", "Geb.-Dat.", "Eintritt", "JobCoach"]
PEOPLE = [["Neumann-Test, Eva", "05.03.80", "1.2.25", "Özil"], ["Yıldız, Ali", "1.1.79", "3.3.25", "Özil"]]


class Typist:
    """Presses keys where the keyboard is, and counts them: steps, and letters of what is typed."""

    def __init__(self, qtbot) -> None:
        self._qtbot = qtbot
        self.steps = self.letters = 0

    def press(self, *keys, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        """Press *keys* one after the other."""
        for key in keys:
            target = QApplication.focusWidget()
            assert target is not None, "nothing has the keyboard"
            self._qtbot.keyClick(target, key, modifier)
            QApplication.processEvents()
            self.steps += 1

    def type(self, *texts: str | None) -> None:
        """Type *texts* into one field after the other; None leaves a field as it is, and the keyboard stays in the last."""
        for at, text in enumerate(texts):
            if at:
                self.press(Qt.Key.Key_Tab)
            if text is not None:
                QApplication.focusWidget().insert(text)
                self.letters += len(text)

    def go_to(self, wanted) -> None:
        """Go on by Tab until *wanted* has the keyboard."""
        for _ in range(30):
            if QApplication.focusWidget() is wanted:
                return
            self.press(Qt.Key.Key_Tab)
        pytest.fail("the Tab key does not lead there")


@pytest.fixture
def frame(look, qtbot, tmp_path, monkeypatch):
    """Yield the window as it is on a computer where nothing is yet."""
    release_keys()
    monkeypatch.setattr(frames, "user_data_path", lambda *_, **__: tmp_path / "data")
    monkeypatch.setattr(vault_setup, "create_vault", partial(create_vault, kdf=CHEAP_KDF))
    made = Frame(tmp_path / "config", Settings())
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    yield made
    made.close()


def test_that_keys_lead_from_the_first_start_over_an_old_list_to_the_first_figure(frame, qtbot, tmp_path, monkeypatch) -> None:
    typist, start = Typist(qtbot), frame.start
    path = xlsx(tmp_path / "Teilnehmende.xlsx", {"Liste": [HEAD, *PEOPLE]})
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))

    # A new vault: the first button has the keyboard, one form asks for all.
    typist.press(Qt.Key.Key_Return)
    typist.type("Träger Nord", "Ana", "Özil", None, "ana", "ein langer Satz", None, "ein langer Satz")
    typist.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: start.code_panel.isVisible() and QApplication.focusWidget() is start.code_panel._done, timeout=60_000)
    typist.press(Qt.Key.Key_Space)
    typist.go_to(start.code_panel._go)
    typist.press(Qt.Key.Key_Return)
    qtbot.waitUntil(start.second_form.isVisible)
    typist.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: frame.workspace is not None, timeout=20_000)

    # The first steps: the old list has the keyboard already.
    workspace = frame.workspace
    assert workspace.shown_page.key == "beginning"
    assert "Rundgang" in workspace.banner.text()
    assert load_settings(tmp_path / "config").toured
    with qtbot.waitActive(frame):
        frame.activateWindow()  # the platform of the tests forgets it where the content of a window is exchanged
    qtbot.waitUntil(lambda: QApplication.focusWidget() is workspace.shown_page.ways[0])
    typist.press(Qt.Key.Key_Return)
    page = workspace.page("lists")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.file.next_button, timeout=20_000)
    for step in (page.file, page.columns, page.values, page.preview):
        typist.go_to(step.next_button)
        typist.press(Qt.Key.Key_Return)
        workspace.desk.background.wait()
        QApplication.processEvents()
    qtbot.waitUntil(page.take_in.import_button.isEnabled, timeout=20_000)
    typist.go_to(page.take_in.import_button)
    typist.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "eingelesen" in page.banner.text(), timeout=20_000)

    # The overview, with a figure that has a value, and what the others still lack.
    typist.press(Qt.Key.Key_1, modifier=Qt.KeyboardModifier.ControlModifier)
    overview = workspace.shown_page
    assert overview.key == "overview"
    shown = partial(figures_of, overview)
    qtbot.waitUntil(lambda: "Maßnahmebezug" in shown(), timeout=20_000)
    assert "0,0" in shown()["Maßnahmebezug"]
    lacking = " ".join(made.text() for made in overview.findChildren(type(overview.title)) if "Noch ohne Wert" in made.text())
    assert "Konsultationen je Std." in lacking
    assert typist.steps <= STEPS, f"{typist.steps} keys beside {typist.letters} letters"
    assert typist.letters <= LETTERS


def figures_of(overview) -> dict[str, str]:
    """Return what the buttons of the figures say, by their short names."""
    return {made.text().replace("&", ""): made.accessibleName() for made in overview._figures_box.findChildren(QPushButton)}
