"""The foot of the unlocked window: what was saved last, the way to take it back, and who works."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QFrame, QHBoxLayout

from bjc_desktop.ui.shared.labels import announce_at_last, button, label
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vault import UserIdentity
from bjc_desktop.vocabulary import Role


class FootLine(QFrame):
    """The line for *user*; *undo* takes back what was saved last."""

    def __init__(self, user: UserIdentity, undo: Callable[[], object]) -> None:
        super().__init__()
        px = theme().pixels
        self.setObjectName("foot")
        line = QHBoxLayout(self)
        line.setContentsMargins(px(12), px(3), px(12), px(3))
        self._status = label("", "muted")
        line.addWidget(self._status, 1)
        self._undo = button("Rückgängig", undo, rank="plain", symbol="undo-2", shortcut="Ctrl+Shift+Z")
        # The line keeps its height when there is nothing to take back: what is above it stays where it is.
        policy = self._undo.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._undo.setSizePolicy(policy)
        self._undo.hide()
        line.addWidget(self._undo)
        roles = ", ".join(role.label for role in Role if role in user.roles)
        line.addWidget(label(user.name if len(user.roles) > 1 else f"{user.name} ({roles})", "muted"))

    def tell_saved(self, said: str, *, undoable: bool) -> None:
        """Say what was saved, and offer to take it back."""
        self._status.setText(f"✓ {said or 'Alle Änderungen gespeichert'}, {datetime.now():%H:%M} Uhr")  # noqa: DTZ005 - wall clock
        self._undo.setVisible(undoable)
        announce_at_last(self._status, said or "Gespeichert")
