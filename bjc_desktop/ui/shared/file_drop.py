"""Files of the exchange that are dropped on the window lead to its page."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

_PLACES = {".bjcx": "file", ".bjccard": "card"}


def place_of(data: QMimeData) -> dict[str, Any]:
    """Return where on the page of the exchange the one file in *data* belongs; nothing where it belongs to none."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if len(paths) != 1 or paths[0].suffix.lower() not in _PLACES:
        return {}
    return {_PLACES[paths[0].suffix.lower()]: str(paths[0])}


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
        place = place_of(event.mimeData())
        if not place:
            event.ignore()
            return True
        event.acceptProposedAction()
        if event.type() is QEvent.Type.Drop:
            self.dropped.emit(place)
        return True
