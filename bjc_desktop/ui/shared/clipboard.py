"""The clipboard: what comes from this window does not stay on it, and what somebody copied elsewhere is left alone."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

SECONDS = 120
"""So long there is time to paste."""


class ClipboardGuard(QObject):
    """Clears the clipboard a while after something of this window was put on it, and when it is asked to.

    Whether what is on it comes from this window is asked of the system, so that a copy by the keys of a text field counts as well;
    where the system does not say, what :func:`put` put there is recognised.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SECONDS * 1000)
        self._timer.timeout.connect(self.clear)
        QApplication.clipboard().dataChanged.connect(self._changed)

    def _changed(self) -> None:
        if _is_ours():
            self._timer.start()
        else:
            self._timer.stop()

    def clear(self) -> None:
        """Clear the clipboard where it holds what comes from this window."""
        self._timer.stop()
        if _is_ours():
            QApplication.clipboard().clear()
        QApplication.instance().setProperty(_PUT, None)  # type: ignore[union-attr]


_PUT = "bjc_clipboard"


def put(text: str) -> None:
    """Put *text* on the clipboard."""
    QApplication.instance().setProperty(_PUT, text)  # type: ignore[union-attr]
    QApplication.clipboard().setText(text)


def _is_ours() -> bool:
    board, ours = QApplication.clipboard(), QApplication.instance().property(_PUT)  # type: ignore[union-attr]
    return board.ownsClipboard() or (bool(ours) and board.text() == ours)
