"""Lists: columns give way by their rank, and what is cut is told in full."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QStyleOptionViewItem

from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import theme

LONG = "Zaynab Abd ar-Rahman <von und zu>"


@pytest.fixture
def table(look, qtbot):
    """Return a list with two columns of one rank, and one that is less important."""
    made = RowTable(
        (
            Column("Wer", lambda row: row, stretch=True, least=150),
            Column("Soll", str.upper, width=80, rank=1),
            Column("Ist", str.lower, width=80, rank=1),
            Column("Notiz", str.title, width=100, rank=2),
        ),
        "Liste",
    )
    qtbot.addWidget(made)
    made.show_rows([LONG])
    made.show()
    return made


def hidden(table) -> list[int]:
    """Return which columns are left out."""
    return [at for at in range(4) if table.isColumnHidden(at)]


@pytest.mark.parametrize(("width", "left_out"), [(500, []), (400, [3]), (300, [1, 2]), (250, [1, 2, 3])])
def test_that_columns_give_way_by_rank_and_those_of_one_rank_together(table, width, left_out) -> None:
    table.resize(theme().pixels(width), 200)
    assert hidden(table) == left_out


def test_that_a_column_with_nothing_in_it_leaves_its_room_to_the_others(table) -> None:
    table.resize(theme().pixels(400), 200)
    table.leave_out((1,))
    assert hidden(table) == [1]
    table.leave_out(())
    assert hidden(table) == [3]


def test_that_a_cut_cell_is_told_in_full_and_a_whole_one_is_not_repeated(table) -> None:
    index, option = table.rows_model.index(0, 0), QStyleOptionViewItem()
    table.initViewItemOption(option)
    for width, told in ((60, LONG), (900, "")):
        option.rect = QRect(0, 0, theme().pixels(width), 30)
        assert table.itemDelegate().cut_text(option, index) == told
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == LONG
