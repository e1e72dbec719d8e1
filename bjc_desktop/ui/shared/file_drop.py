"""Files of the exchange that are dropped on the window lead to its page."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

_PLACES = {".bjcx": "file", ".bjccard": "card"}


def place_of(path: Path) -> dict[str, Any]:
    """Return where on the page of the exchange the file at *path* belongs; nothing where it belongs to none."""
    kind = _PLACES.get(path.suffix.lower())
    return {} if kind is None else {kind: str(path)}


def _place_in(data: QMimeData) -> dict[str, Any]:
    """Return the place of the one file in *data*."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return place_of(paths[0]) if len(paths) == 1 else {}


class FileDrop(QObject):
    """Watches *target*; ``dropped`` carries the place on the page of the exchange."""

    dropped = Signal(dict)

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Take what belongs to the exchange, and nothing else."""
        kinds = {QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop}
        if event.type() not in kinds or not isinstance(event, QDropEvent):
            return super().eventFilter(watched, event)
        place = _place_in(event.mimeData())
        if not place:
            event.ignore()
            return True
        event.acceptProposedAction()
        if event.type() is QEvent.Type.Drop:
            self.dropped.emit(place)
        return True
