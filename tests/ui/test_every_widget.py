"""What everybody needs of each widget of each page: its label in its name, room to hit it, the keyboard's place in sight, no surprise."""

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QAccessibilityHints, QAccessible, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QProgressBar

from bjc_desktop.ui.shared import theme as themes
from bjc_desktop.ui.shared.labels import button
from tests.ui.test_everyone import KEYS, focusable, places_of

ROOT = Path(__file__).resolve().parents[2]
TARGET = 24
"""Pixels in each direction (WCAG 2.2, 2.5.8)."""
_CHARACTER = re.compile(r"(Shift\+)?.")
_GRABS = {"grabKeyboard", "grabMouse", "grabShortcut", "installNativeEventFilter", "setOverrideCursor"}
"""What would take from the system what its aids need."""


@pytest.fixture(params=KEYS)
def page(request, workspace):
    """Yield each page in turn, shown at the first of its places."""
    made = workspace.page(request.param)
    workspace.open_page(request.param, next(iter(places_of(made, request.param).values())))
    for _ in range(3):
        workspace.desk.background.wait()
        QCoreApplication.processEvents()
    return made


def words(text: str) -> str:
    """Return what is read of the label *text*."""
    return re.sub(r"&(?!&)|…", "", text).strip().casefold()


def test_that_label_size_and_focus_of_each_widget_are_as_everybody_needs_them(page, workspace, qtbot) -> None:
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    faults = []
    for widget in focusable(workspace):
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if words(text) and words(text) not in words(widget.accessibleName() or text):
            faults.append(f"„{text}“ is not in „{widget.accessibleName()}“")
        if isinstance(widget, QAbstractButton | QComboBox | QLineEdit) and min(widget.width(), widget.height()) < TARGET:
            faults.append(f"{widget.size().toTuple()}: {widget!r} {text}")
        QApplication.focusWidget().clearFocus()
        before = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if widget.grab().toImage() == before:
            faults.append(f"does not show the keyboard: {widget!r} {widget.accessibleName()}")
        if workspace.shown_page is not page or QApplication.activeModalWidget() is not None:
            faults.append(f"leads away when it gets the keyboard: {widget!r}")
    assert faults == []


def test_that_a_press_is_taken_back_by_moving_away(look, qtbot) -> None:
    pressed = []
    made = button("Tu etwas", lambda: pressed.append(1))
    qtbot.addWidget(made)
    made.show()
    qtbot.mousePress(made, Qt.MouseButton.LeftButton)
    qtbot.mouseMove(made, QPoint(-50, -50))
    qtbot.mouseRelease(made, Qt.MouseButton.LeftButton, pos=QPoint(-50, -50))
    assert pressed == []


def calls() -> list[ast.Call]:
    """Return every call in the window's code."""
    trees = (ast.parse(path.read_text("utf-8")) for path in (ROOT / "bjc_desktop" / "ui").rglob("*.py"))
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_that_a_character_alone_is_a_key_only_where_the_keyboard_is(workspace) -> None:
    for key in KEYS:
        workspace.page(key)
    keys = workspace.findChildren(QShortcut)
    alone = [made for made in keys if _CHARACTER.fullmatch(made.key().toString())]
    assert len(keys) > len(alone) > 0
    inner = {Qt.ShortcutContext.WidgetShortcut, Qt.ShortcutContext.WidgetWithChildrenShortcut}
    assert [made.key().toString() for made in alone if made.context() not in inner] == []


def test_that_nothing_is_taken_from_the_aids_of_the_system() -> None:
    assert {getattr(call.func, "attr", "") for call in calls()} & _GRABS == set()


def test_that_no_symbol_is_made_of_letters() -> None:
    symbols = list((ROOT / "resources" / "icons").glob("*.svg"))
    assert symbols
    assert [path.name for path in symbols if "<text" in path.read_text("utf-8")] == []


def test_that_a_bar_tells_its_value_and_its_ends(look, qtbot) -> None:
    bar = QProgressBar()
    qtbot.addWidget(bar)
    bar.setRange(0, 40)
    bar.setValue(10)
    told = QAccessible.queryAccessibleInterface(bar).valueInterface()
    assert (told.minimumValue(), told.currentValue(), told.maximumValue()) == (0, 10, 40)


def test_that_the_systems_wish_for_contrast_is_followed(look, monkeypatch) -> None:
    before = look.scheme, look.scale
    try:
        look.apply("system", 100)
        assert look.colours is themes.LIGHT
        monkeypatch.setattr(QAccessibilityHints, "contrastPreference", lambda _: Qt.ContrastPreference.HighContrast)
        look.apply("system", 100)
        assert look.colours is themes.CONTRAST
        look.apply("light", 100)
        assert look.colours is themes.LIGHT
    finally:
        look.apply(*before)
