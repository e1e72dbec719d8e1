"""The sheets that are wider than the window with large text: one sees whose row it is, and the cell one is in."""

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt
from PySide6.QtTest import QTest

from bjc_desktop.services.team import list_staff
from bjc_desktop.ui.shared.frozen_column import FrozenColumn
from bjc_desktop.ui.shared.theme import contrast, theme
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vocabulary import Role
from tests.ui.conftest import TODAY

SHEETS = ("hours", "observing")
WIDTH, HEIGHT = 1366, 768


@pytest.fixture(params=[150, 200])
def opened(request, desk, qtbot):
    """Return what opens a sheet with large text, read and with the keyboard in it."""
    before = theme().scale
    theme().apply("light", request.param)

    def open_sheet(key):
        staff = desk.read(lambda connection: list_staff(connection, today=TODAY))
        desk.staff_id = next(member.id for member in staff if member.role is Role.EMPLOYMENT_TRAINER and member.employed)
        made = Workspace(desk)
        qtbot.addWidget(made)
        made.resize(WIDTH, HEIGHT)
        with qtbot.waitActive(made):
            made.show()
            made.activateWindow()
        made.begin()
        made.open_page(key)
        desk.background.wait()
        qtbot.waitUntil(lambda: made.page(key).table.model().rowCount() > 1, timeout=10_000)
        made.page(key).table.setFocus()
        QCoreApplication.processEvents()
        return made.page(key).table

    yield open_sheet
    desk.background.wait()
    theme().apply("light", before)


def in_sight(widget, rect: QRect) -> bool:
    """Say whether a part of *widget* lies within everything that clips it."""
    inside = widget
    while inside is not None:
        if not inside.rect().contains(QRect(widget.mapTo(inside, rect.topLeft()), rect.size())):
            return False
        inside = inside.parentWidget() if not inside.isWindow() else None
    return True


def name_in_sight(table) -> bool:
    """Say whether the name of the current row is seen."""
    names = table.findChild(FrozenColumn)
    view = names if names.isVisible() else table
    rect = view.visualRect(table.model().index(table.currentIndex().row(), 0))
    return not rect.isEmpty() and in_sight(view.viewport(), rect)


def covered_by_names(table, rect: QRect) -> bool:
    """Say whether the names lie over a cell."""
    names = table.findChild(FrozenColumn)
    over = QRect(table.viewport().mapFrom(table, names.pos()), names.size() - names.size() * 0) if names.isVisible() else QRect()
    return over.adjusted(0, 0, -theme().pixels(2), 0).intersects(rect)


@pytest.mark.parametrize("key", SHEETS)
def test_that_name_and_cell_are_in_sight_wherever_the_keys_lead(opened, qtbot, key) -> None:
    table = opened(key)
    model = table.model()
    table.choose(0, 0)
    for row in range(min(model.rowCount(), 7)):
        to_the_right = row % 2 == 0
        for _ in range(model.columnCount() - 1):
            qtbot.keyClick(table, Qt.Key.Key_Right if to_the_right else Qt.Key.Key_Left)
            at = table.currentIndex()
            rect = table.visualRect(at)
            where = (at.row(), at.column())
            assert name_in_sight(table), where
            if at.column():
                assert in_sight(table.viewport(), rect), (where, rect, table.viewport().rect())
                assert not covered_by_names(table, rect), where
        assert table.currentIndex().column() == (model.columnCount() - 1 if to_the_right else 0)
        qtbot.keyClick(table, Qt.Key.Key_Down)


@pytest.mark.parametrize("key", SHEETS)
def test_that_a_click_on_a_name_that_stays_chooses_it(opened, qtbot, key) -> None:
    table = opened(key)
    table.choose(1, table.model().columnCount() - 1)
    names, bar = table.findChild(FrozenColumn), table.horizontalScrollBar()
    assert bar.value() > 0
    before = bar.value()
    qtbot.mouseClick(names.viewport(), Qt.MouseButton.LeftButton, pos=names.visualRect(table.model().index(0, 0)).center())
    assert (table.currentIndex().row(), table.currentIndex().column()) == (0, 0)
    assert table.hasFocus()
    assert bar.value() == before
    bar.setValue(0)
    assert not names.isVisible()


def test_that_no_title_and_no_number_of_the_hours_is_cut_at_any_size(opened) -> None:
    table = opened("hours")
    header, model = table.horizontalHeader(), table.model()
    for column in range(1, model.columnCount()):
        assert header.sectionSize(column) >= header.sectionSizeHint(column), model.headerData(column, Qt.Orientation.Horizontal)
        assert header.sectionSize(column) > table.sizeHintForIndex(model.index(model.rowCount() - 1, column)).width()


def test_that_a_note_has_room_to_be_typed(opened) -> None:
    table = opened("observing")
    wide = {table.group_model.field(column): table.columnWidth(column) for column in range(table.model().columnCount())}
    assert min(wide["evidence"], wide["derived_action"]) >= theme().pixels(160)
    header = table.horizontalHeader()
    assert all(header.sectionSize(column) >= header.sectionSizeHint(column) for column in range(1, header.count()))


@pytest.mark.parametrize("key", SHEETS)
def test_that_the_cell_one_is_in_is_framed_in_a_colour_that_is_seen(opened, qtbot, key) -> None:
    table = opened(key)
    table.choose(1, 2)
    QTest.qWait(20)
    rect = table.visualRect(table.currentIndex())
    edge = table.viewport().grab().toImage().pixelColor(rect.topLeft() + QPoint(1, rect.height() // 2))
    colours = theme().colours
    assert contrast(edge.name(), colours.surface) >= 3
    assert contrast(edge.name(), colours.selection) >= 3
