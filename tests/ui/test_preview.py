"""A document before it leaves the vault: read by keyboard alone."""

import io

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from reportlab.pdfgen.canvas import Canvas

from bjc_desktop.ui.printing.preview_dialog import PreviewDialog

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def preview(look, qtbot):
    """Return a preview of four pages, shown."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842))
    for number in range(1, 5):
        canvas.drawString(72, 720, f"Seite {number}")
        canvas.showPage()
    canvas.save()
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    made = PreviewDialog(target.getvalue(), "Probe", lambda: None, window)
    made.open()
    made.activateWindow()
    QTest.qWaitForWindowActive(made)
    yield made
    del window


def press(preview, key, modifier=Qt.KeyboardModifier.NoModifier):
    """Press a key where the keyboard of the dialog is, as a user does."""
    QTest.keyClick(preview.focusWidget(), key, modifier)


def test_that_a_preview_is_read_by_keyboard_from_the_first_page_to_the_last(preview, qtbot) -> None:
    said = preview._place.text
    assert preview.focusWidget() is preview.pages
    assert said().startswith("Seite 1 von 4")
    seen = [said()]
    for _ in range(12):
        press(preview, Qt.Key.Key_PageDown)
        seen.append(said())
    assert [f"Seite {n} von 4" for n in range(1, 5)] == list(dict.fromkeys(text.split(" ·")[0] for text in seen))
    assert preview.pages.accessibleName() == "Seite 4 von 4"
    press(preview, Qt.Key.Key_Home)
    assert said().startswith("Seite 1")
    press(preview, Qt.Key.Key_Down)
    assert preview.pages.verticalScrollBar().value() > 0
    press(preview, Qt.Key.Key_End)
    assert said().startswith("Seite 4")
    press(preview, Qt.Key.Key_PageUp)
    assert preview.pages.verticalScrollBar().value() < preview.pages.verticalScrollBar().maximum()


def test_that_every_page_that_is_seen_is_drawn_and_no_other_kept(preview, qtbot) -> None:
    drawn = lambda: [not holder.pixmap().isNull() for holder in preview.pages._holders]  # noqa: E731
    assert drawn()[0]
    assert not drawn()[3]
    press(preview, Qt.Key.Key_End)
    assert drawn()[3]
    assert not drawn()[0]


def test_that_a_preview_is_enlarged_and_made_smaller_by_keyboard(preview, qtbot) -> None:
    press(preview, Qt.Key.Key_End)
    before = preview.pages._holders[0].width()
    press(preview, Qt.Key.Key_Plus, CTRL)
    assert preview.pages._holders[0].width() > before
    assert "125" in preview._place.text()
    assert preview.pages.current == 4
    for _ in range(3):
        press(preview, Qt.Key.Key_Minus, CTRL)
    assert preview.pages._holders[0].width() < before
    press(preview, Qt.Key.Key_0, CTRL)
    assert preview.pages._holders[0].width() == before
    for _ in range(20):
        press(preview, Qt.Key.Key_Minus, CTRL)
    assert preview.pages.zoom == 50


def test_that_a_preview_is_closed_by_escape_and_by_its_button(preview, qtbot) -> None:
    assert preview.close_button.text().replace("&", "") == "Schließen"
    closed = []
    preview.rejected.connect(lambda: closed.append(True))
    press(preview, Qt.Key.Key_Escape)
    assert closed
