"""Today, as a coach sees it."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from bjc_desktop.services.due_items import DueKind
from bjc_desktop.services.hand_over import hand_over, held_coachings
from bjc_desktop.services.overview import read_caseload
from bjc_desktop.ui.shared.figure_grid import FigureGrid
from tests.ui.conftest import TODAY


@pytest.fixture
def page(workspace, qtbot):
    """Return the overview with its figures."""
    page = workspace.page("overview")
    qtbot.waitUntil(lambda: page._figures.count() > 1, timeout=10_000)
    return page


def texts(widget) -> list[str]:
    """Return what the labels below *widget* say."""
    return [made.text() for made in widget.findChildren(QLabel) if made.isVisibleTo(widget)]


def test_that_the_number_of_due_things_is_the_length_of_the_list(page) -> None:
    items = page.due_table.rows_model.rows
    assert f"({len(items)}, davon {sum(item.overdue for item in items)} überfällig)" in page._due_title.text()


def test_that_a_kind_narrows_the_list_to_its_number(page, qtbot) -> None:
    tasks = next(made for made in page.findChildren(QPushButton) if made.text().startswith("Aufgabe ("))
    number = int(tasks.text().split("(")[1].rstrip(")"))
    qtbot.mouseClick(tasks, Qt.MouseButton.LeftButton)
    rows = page.due_table.rows_model.rows
    assert len(rows) == number
    assert {item.kind for item in rows} == {DueKind.TASK}


def test_that_enter_goes_where_the_thing_is_done(page, qtbot) -> None:
    with qtbot.waitSignal(page.wanted) as asked:
        page.due_table.setFocus()
        qtbot.keyClick(page.due_table, Qt.Key.Key_Return)
    assert asked.args[1]


def test_that_all_six_figures_stand_there_with_target_and_rating(page) -> None:
    shown = texts(page)
    assert sum(text in {"Soll erreicht", "im Toleranzbereich", "unter Toleranz", "ohne Wert"} for text in shown) == 12


def test_that_the_caseload_opens_its_people(page, workspace, qtbot) -> None:
    line = next(made for made in page.findChildren(QPushButton) if "Coachings, davon" in made.text())
    stock = int(line.text().split(": ")[1].split(" ")[0])
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    assert workspace.page("coachees").subtitle.text().startswith(f"{stock} von")


def test_that_both_groups_of_figures_say_what_their_numbers_mean(page, qtbot) -> None:
    qtbot.waitUntil(lambda: len(page.findChildren(FigureGrid)) == 2, timeout=10_000)
    grids = page.findChildren(FigureGrid)
    for grid in grids:
        words = [made.text() for made in grid.findChildren(QLabel) if made.isVisible()]
        assert {"Arbeit nach dem Coaching", "Arbeit nach 6 Monaten", "Qualifizierung"} <= set(words)


def test_that_the_caseload_of_a_deputy_says_for_whom_and_until_when(page, desk, qtbot) -> None:
    loads = desk.read(lambda c: read_caseload(c, None, TODAY))
    deputy = next(load for load in loads if load.staff_id == page._overview.caseload[0].staff_id)
    absent = next(load for load in loads if load is not deputy)
    held = desk.read(lambda c: held_coachings(c, absent.staff_id, today=TODAY))[:3]
    moves = {coaching.coaching_id: deputy.staff_id for coaching in held}
    desk.write(lambda s: hand_over(s, absent.staff_id, moves, first=TODAY, last=date(2026, 1, 31), today=TODAY))
    qtbot.waitUntil(
        lambda: f"davon 3 Fälle in Vertretung für {absent.name} bis 31.01.2026" in texts(page),
        timeout=10_000,
    )
