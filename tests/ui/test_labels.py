"""Labels of several lines: as tall as their text, whatever stood in them or however narrow they were before."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.ui.shared.labels import label


def test_that_a_label_is_as_tall_as_its_text_also_after_it_was_narrower(look, qtbot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    made = label("Nach dem Erstgespräch wird der Plan überprüft. " * 4, wrap=True)
    column = QVBoxLayout(holder)
    column.addWidget(made)
    column.addStretch(1)
    holder.resize(240, 600)
    holder.show()
    qtbot.waitUntil(lambda: made.height() > 5 * made.fontMetrics().height(), timeout=2000)
    holder.resize(1400, 600)
    qtbot.waitUntil(lambda: made.height() < 2 * made.fontMetrics().height(), timeout=2000)
    made.setText("Kurz")
    holder.resize(300, 600)
    qtbot.waitUntil(lambda: made.height() < 2 * made.fontMetrics().height(), timeout=2000)
