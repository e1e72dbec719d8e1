"""What a person without an open vault can do."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from bjc_desktop.ui.shared.labels import Banner, button, label
from bjc_desktop.ui.shared.theme import theme


class ChoicePanel(QWidget):
    """What a person without a vault can do, each as one button."""

    def __init__(
        self, ways: list[tuple[str, str, str, Callable[[], None]]], vaults: Sequence[tuple[str, Callable[[], None]]]
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(8))
        self.banner = Banner()
        column.addWidget(label("Willkommen", "title"))
        column.addWidget(self.banner)
        column.addWidget(
            label(
                "Fallakte und Quartalsbericht des Berliner JobCoachings. Ihre Daten liegen verschlüsselt auf diesem Rechner.",
                "muted",
                wrap=True,
            )
        )
        self.buttons: list[QPushButton] = []
        for symbol, title, hint, action in ways:
            made = button(
                title, action, rank="primary" if not self.buttons else "", symbol=symbol, name=f"{title}. {hint}".replace("&", "")
            )
            self.buttons.append(made)
            column.addSpacing(theme().pixels(6))
            column.addWidget(made)
            column.addWidget(label(hint, "small", wrap=True))
        if vaults:
            column.addSpacing(theme().pixels(12))
            column.addWidget(label("Zuletzt benutzt", "heading"))
            for place, action in vaults:
                made = button(place, action, rank="plain", symbol="folder-open", name=f"Tresor {place} entsperren")
                column.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
