"""Every page for everyone: names for the screen reader, keyboard order, contrast, large text, German, plain text."""

import sys

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QMainWindow, QScrollArea, QWidget

from bjc_desktop.ui.page_list import PAGES
from bjc_desktop.ui.shared.labels import button, label
from bjc_desktop.ui.shared.theme import COLOURS, contrast, theme
from bjc_desktop.ui.workspace import Workspace

KEYS = [entry.key for entry in PAGES]
TEXT, GRAPHICS = 4.5, 3.0
_CELLS = 12


def places_of(page, key):
    """Return where on the page the tests look, as the pictures do."""
    return page.sample_places() if hasattr(page, "sample_places") else {key: {}}


@pytest.fixture(params=KEYS)
def shown(request, workspace, qtbot):
    """Yield each page in turn, shown at each of its places."""
    page = workspace.page(request.param)
    for where in places_of(page, request.param).values():
        workspace.open_page(request.param, where)
        workspace.desk.background.wait()
        QCoreApplication.processEvents()
    return workspace


def focusable(root: QWidget) -> list[QWidget]:
    """Return the visible widgets that the Tab key reaches."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]


def test_that_every_widget_of_the_keyboard_has_a_name(shown) -> None:
    unnamed = [
        repr(widget) for widget in focusable(shown) if not (widget.accessibleName() or getattr(widget, "text", lambda: "")())
    ]
    assert unnamed == []


def test_that_tab_reaches_everything_once_and_comes_round(shown, qtbot) -> None:
    with qtbot.waitActive(shown):
        shown.activateWindow()
    wanted = focusable(shown)
    wanted[0].setFocus()
    reached: list[QWidget] = []
    while QApplication.focusWidget() not in reached:
        current = QApplication.focusWidget()
        reached.append(current)
        for _ in range(_CELLS):  # a sheet is left by Tab at the end of its row
            qtbot.keyClick(current, Qt.Key.Key_Tab)
            if QApplication.focusWidget() is not current:
                break
    assert [repr(widget) for widget in wanted if widget not in reached] == []


def test_that_no_label_guesses_markup(shown) -> None:
    rich = [
        made.text()
        for made in shown.findChildren(QLabel)
        if made.textFormat() is not Qt.TextFormat.PlainText and "<" in made.text()
    ]
    assert rich == []


@pytest.mark.parametrize("scale", [100, 150, 200])
@pytest.mark.parametrize("key", KEYS)
def test_that_no_page_scrolls_sideways_or_makes_the_window_grow_at_any_size(key, scale, desk, qtbot) -> None:
    before = theme().scale
    theme().apply("light", scale)
    try:
        made = Workspace(desk)
        qtbot.addWidget(made)
        made.resize(1366, 768)
        made.show()
        made.begin()
        page = made.page(key)
        wide = []
        for name, where in places_of(page, key).items():
            made.open_page(key, where)
            desk.background.wait()
            for _ in range(3):
                QCoreApplication.processEvents()
            for area in made.stack.findChildren(QScrollArea):
                if area.isVisible() and area.widget() is not None and area.horizontalScrollBar().maximum() > 0:
                    wide.append((name, area.widget().minimumSizeHint().width(), area.viewport().width()))
        assert wide == []
        assert made.width() <= 1366
        assert made.height() <= 768
        assert made.minimumSizeHint().height() <= 768
    finally:
        theme().apply("light", before)


@pytest.mark.parametrize("scheme", COLOURS)
def test_that_text_and_lines_have_contrast_in_every_scheme(scheme) -> None:
    colours = COLOURS[scheme]
    grounds = (colours.window, colours.surface, colours.selection)
    for ground in grounds:
        for ink in (colours.text, colours.muted, colours.accent):
            assert contrast(ink, ground) >= TEXT, (ink, ground)
    for ink in (colours.danger, colours.warning, colours.good):
        for ground in (colours.surface, colours.selection):  # a chosen row keeps the colour of its verdict
            assert contrast(ink, ground) >= TEXT, (ink, ground)
    for kind in ("danger", "warning", "good", "quiet"):
        assert contrast(getattr(colours, kind), getattr(colours, f"{kind}_ground")) >= TEXT, kind
    assert contrast(colours.on_accent, colours.accent) >= TEXT
    assert contrast(colours.edge, colours.surface) >= GRAPHICS
    assert contrast(colours.edge, colours.window) >= GRAPHICS


def test_that_the_palette_uses_the_same_colours(look) -> None:
    assert QApplication.palette().highlight().color() == QColor(theme().colours.selection)


def test_that_qt_speaks_german(qapp) -> None:
    from PySide6.QtCore import QLibraryInfo, QTranslator

    translator = QTranslator()
    assert translator.load("qtbase_de", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    qapp.installTranslator(translator)
    try:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        assert box.button(QDialogButtonBox.StandardButton.Cancel).text() == "Abbrechen"
    finally:
        qapp.removeTranslator(translator)


@pytest.mark.parametrize("name", ["<b>&amp;Müller</b>", "X", "Ł" * 120, '<img src="//server/x">'])
def test_that_a_label_shows_a_name_as_it_was_typed(name, qtbot) -> None:
    made = label(name)
    qtbot.addWidget(made)
    assert made.textFormat() is Qt.TextFormat.PlainText
    assert made.text() == name


def test_that_calls_into_qt_keep_the_references_to_none(qapp) -> None:
    widget = QWidget()
    before = sys.getrefcount(None)
    for _ in range(1000):
        widget.setEnabled(True)
    assert before - sys.getrefcount(None) < 100


@pytest.mark.parametrize("rank", ["", "primary", "plain", "section"])
def test_that_enter_presses_the_button_that_has_the_keyboard(look, qtbot, rank) -> None:
    pressed = []
    window = QMainWindow()
    qtbot.addWidget(window)
    made = button("Tu etwas", lambda: pressed.append(rank), rank=rank)
    window.setCentralWidget(made)
    window.show()
    made.setFocus()
    qtbot.keyClick(made, Qt.Key.Key_Return)
    qtbot.keyClick(made, Qt.Key.Key_Space)
    assert pressed == [rank, rank]


def test_that_no_part_of_a_page_flashes_as_a_window_of_its_own(desk, look, qtbot) -> None:
    made = Workspace(desk)
    qtbot.addWidget(made)
    shown = []

    class Watch(QObject):
        def eventFilter(self, watched, event):  # noqa: N802 - Qt's
            if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow() and watched is not made:
                shown.append(f"{watched!r} {getattr(watched, 'text', str)()}")
            return False

    watch = Watch()
    QApplication.instance().installEventFilter(watch)
    try:
        made.show()
        made.begin()
        for key in KEYS:
            page = made.page(key)
            for where in places_of(page, key).values():
                made.open_page(key, where)
                desk.background.wait()
                QCoreApplication.processEvents()
    finally:
        QApplication.instance().removeEventFilter(watch)
    assert shown == []
