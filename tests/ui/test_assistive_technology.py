"""What a screen reader, dictation or voice control does to the parts of a form has the effect of mouse and keys."""

from fractions import Fraction

import pytest
from PySide6.QtGui import QAccessible, QAccessibleActionInterface
from PySide6.QtWidgets import QWidget

from bjc_desktop.models.base import FieldInfo, Kind
from bjc_desktop.ui.case_book.change_chart import ChangeChart, ChangeLine
from bjc_desktop.ui.figures.trend_chart import TrendChart
from bjc_desktop.ui.shared.entry_fields import ChoiceBox, LineField
from bjc_desktop.ui.shared.indicator_bar import BarValues, IndicatorBar
from bjc_desktop.ui.shared.labels import button


@pytest.fixture
def place(look, qtbot):
    """Return an empty window."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


def do(widget) -> None:
    """Do the first action that *widget* offers to assistive technology."""
    actions = QAccessible.queryAccessibleInterface(widget).actionInterface()
    actions.doAction(actions.actionNames()[0])


def test_that_a_button_that_can_be_chosen_does_its_work(place) -> None:
    pressed = []
    made = button("Übersicht", lambda: pressed.append("Übersicht"))
    made.setParent(place)
    made.setCheckable(True)
    assert (
        QAccessible.queryAccessibleInterface(made).actionInterface().actionNames()[0] == QAccessibleActionInterface.toggleAction()
    )
    do(made)
    assert pressed == ["Übersicht"]
    made.click()
    assert pressed == ["Übersicht"] * 2
    made.setChecked(True)
    made.setChecked(False)
    assert pressed == ["Übersicht"] * 2


def test_that_of_several_only_the_chosen_one_does_its_work(place) -> None:
    pressed = []
    made = [button(name, lambda name=name: pressed.append(name)) for name in ("eins", "zwei")]
    for each in made:
        each.setParent(place)
        each.setCheckable(True)
        each.setAutoExclusive(True)
    made[0].setChecked(True)
    do(made[1])
    assert pressed == ["zwei"]
    assert [each.isChecked() for each in made] == [False, True]


def test_that_dictated_text_counts_as_typed(look, qtbot) -> None:
    typed = []
    field = LineField(FieldInfo("Telefon", Kind.TEXT))
    qtbot.addWidget(field)
    field.typed.connect(lambda: typed.append(field.text()))
    field.show_value("030 1")
    assert typed == []
    spoken = QAccessible.queryAccessibleInterface(field.line).editableTextInterface()
    spoken.replaceText(0, 5, "030 2")
    assert typed == ["030 2"]
    qtbot.keyClicks(field.line, "3")
    assert typed[-1].count("3") == 2


def test_that_a_list_to_choose_from_says_what_it_is_for(place) -> None:
    box = ChoiceBox()
    box.addItem("Alle")
    box.setAccessibleName("Müller & Söhne")
    box.setParent(place)
    labels = QAccessible.queryAccessibleInterface(box).relations()
    assert [interface.text(QAccessible.Text.Name) for interface, _ in labels] == ["Müller & Söhne"]
    assert not any(
        child.isVisibleTo(place) and child is not box for child in place.findChildren(QWidget) if child.parent() is place
    )


def test_that_what_is_drawn_is_a_picture_with_words(look, qtbot) -> None:
    chart = TrendChart()
    chart.show_columns((), "Verlauf")
    values = BarValues(Fraction(1, 3), Fraction(1, 5), Fraction(1, 6), "good", "A4: 33,3 %")
    drawn = {
        IndicatorBar(values): "A4: 33,3 %",
        chart: "Verlauf",
        ChangeChart((ChangeLine("Motorik", (1, 2), 0, 3, "von 1 auf 2"),), "Kompetenzen"): "Kompetenzen",
    }
    for widget, name in drawn.items():
        qtbot.addWidget(widget)
        told = QAccessible.queryAccessibleInterface(widget)
        assert told.role() == QAccessible.Role.Graphic
        assert told.text(QAccessible.Text.Name) == name
