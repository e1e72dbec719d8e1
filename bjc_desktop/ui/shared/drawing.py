"""What is drawn by hand: a picture for the eye, and for a screen reader a picture with a name."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel


class Drawing(QLabel):
    """A widget that paints itself; Qt calls a label a picture where it holds one, and anything else a mere frame."""

    def __init__(self) -> None:
        super().__init__()
        unseen = QPixmap(1, 1)
        unseen.fill(Qt.GlobalColor.transparent)
        self.setPixmap(unseen)
