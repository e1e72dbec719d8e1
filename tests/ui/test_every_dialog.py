"""Every dialog at every size of text on a small screen: nothing is cut off, and its buttons are in sight."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDialog, QLabel, QLineEdit, QPushButton, QScrollArea, QWidget

from bjc_desktop.ui.shared.form import Form
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.ui.workspace import Workspace
from tests.ui.every_dialog import OPENERS, dialogs_of_the_program, open_dialog, settle

SCREEN = QRect(0, 0, 1366, 768)
_TITLE_BAR = 28
_LONG = "Der letzte Tag darf nicht vor dem ersten liegen; bitte einen Tag nach dem 01.12.2025 angeben."


def areas_around(widget: QWidget) -> Iterator[QScrollArea]:
    """Yield the scrollers that *widget* is in."""
    while (widget := widget.parentWidget()) is not None:
        if isinstance(widget, QScrollArea):
            yield widget


def lost(dialog: QDialog) -> list[str]:
    """Return what of *dialog* cannot be read or reached on the screen."""
    found = []
    if dialog.width() > SCREEN.width() or dialog.height() > SCREEN.height() - _TITLE_BAR:
        found.append(f"larger than the screen: {dialog.size()}")
    for area in dialog.findChildren(QScrollArea):
        if area.isVisible() and area.horizontalScrollBar().maximum() > 0:
            found.append(f"scrolls sideways: {area}")
    for kind in (QLabel, QPushButton, QCheckBox, QComboBox, QLineEdit):
        for made in dialog.findChildren(kind):
            if made.isVisible() and (isinstance(made, QComboBox) or made.text()):
                found += [f"{reason}: {made!r} {words_of(made)}" for reason in faults_of(made, dialog)]
    return found


def words_of(made: QWidget) -> str:
    """Return what stands in *made*."""
    return made.currentText() if isinstance(made, QComboBox) else made.text()


def faults_of(made: QWidget, dialog: QDialog) -> Iterator[str]:
    """Yield why *made* is not seen whole."""
    wraps = isinstance(made, QLabel) and made.wordWrap()
    if not wraps and made.width() < made.minimumSizeHint().width():
        yield f"too narrow by {made.minimumSizeHint().width() - made.width()}"
    if isinstance(made, QComboBox | QLineEdit):
        needed = made.fontMetrics().height() + 4  # its frame may be two pixels thick
    else:
        needed = made.heightForWidth(made.width()) if wraps else made.minimumSizeHint().height()
    if made.height() < needed:
        yield f"too low by {needed - made.height()}"
    if isinstance(made, QPushButton) and not list(areas_around(made)):
        place = QRect(made.mapTo(dialog, QPoint(0, 0)), made.size())
        if not dialog.rect().contains(place):
            yield f"outside: {place}"


@pytest.fixture
def window(request, desk, qtbot, monkeypatch) -> Iterator[Workspace]:
    """Yield the window with text of a size, on a screen as small as any that is supported."""
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _: SCREEN)
    before = theme().scale
    theme().apply("light", request.param)
    made = Workspace(desk)
    qtbot.addWidget(made)
    made.resize(SCREEN.size())
    made.show()
    made.begin()
    yield made
    theme().apply("light", before)


def say_everything(dialog: QDialog) -> None:
    """Show a sentence at each field."""
    for entry in dialog.findChildren(Entry):
        entry.tell(_LONG)
    for form in dialog.findChildren(Form):
        for field in form.fields:
            form.tell(field, _LONG)


def test_that_every_dialog_is_known() -> None:
    assert set(dialogs_of_the_program()) == set(OPENERS)


@pytest.mark.parametrize("window", [100, 150, 200], indirect=True)
def test_that_nothing_of_a_dialog_is_lost_and_escape_leaves_it(window, tmp_path, qtbot) -> None:
    faults = {}
    for name in OPENERS:
        dialog = open_dialog(name, window, tmp_path)
        faults[name] = lost(dialog)
        say_everything(dialog)
        settle(window)
        faults[f"{name}, with sentences"] = lost(dialog)
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        settle(window)
        assert [made for made in QApplication.topLevelWidgets() if isinstance(made, QDialog) and made.isVisible()] == [], name
    assert {name: found for name, found in faults.items() if found} == {}
