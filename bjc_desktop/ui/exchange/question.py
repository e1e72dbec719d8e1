"""A question before something that is not done by one key: what it means, and that it may be left."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def ask_first(parent: QWidget, title: str, text: str, yes: str, action: Callable[[], object]) -> QMessageBox:
    """Ask *text* and do *action* where the answer is *yes*; what Enter presses first leaves everything as it is."""
    dialog = QMessageBox(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setIcon(QMessageBox.Icon.Question)
    dialog.setWindowTitle(title)
    dialog.setTextFormat(Qt.TextFormat.PlainText)
    dialog.setText(text)
    agree = dialog.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    dialog.setDefaultButton(dialog.addButton("Abbrechen", QMessageBox.ButtonRole.RejectRole))
    agree.clicked.connect(lambda _checked=False: action())
    dialog.open()
    return dialog
