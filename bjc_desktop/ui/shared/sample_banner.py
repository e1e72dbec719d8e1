"""Above everything in the vault of invented people: that nothing here is real, and at whose desk one sits."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from bjc_desktop.services.sample_story import DESKS, desk_of
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import button, label
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.vocabulary import Role

_WARNING = "Beispieldaten: alle Personen sind erfunden. Bitte hier nichts Echtes eintragen."
_SHORT: dict[Role | None, str] = {Role.EMPLOYMENT_TRAINER: "Training"}


class SampleBanner(QFrame):
    """The banner; *go* is called with the desk that is wanted next, *walk* for the walk around the window."""

    def __init__(self, user: str, go: Callable[[dict[str, Any]], object], walk: Callable[[], object]) -> None:
        super().__init__()
        px = theme().pixels
        self.setObjectName("sample")
        here = desk_of(user)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(12), px(3), px(12), px(3))
        line = FlowRow()
        large = theme().scale >= LARGE_TEXT  # what is said is short then, and stays in one line
        warning = label("Beispieldaten" if large else _WARNING, "question")
        warning.setMinimumHeight(px(30))
        line.add(warning)
        self.buttons: dict[Role | None, QPushButton] = {}
        for role, desk in DESKS.items():
            title = _SHORT.get(role, desk.title)
            made = button(title, partial(go, {"role": role}), rank="section", name=f"Ansehen als: {title}")
            made.setToolTip(f"Ansehen als: {desk.title}. {desk.story}")
            made.setCheckable(True)
            made.setChecked(role is here)
            made.setEnabled(role is not here)
            self.buttons[role] = made
            line.add(made)
        tour = button("" if large else "Rundgang", walk, rank="plain", symbol="flag", name="Rundgang")
        tour.setToolTip("Rundgang")
        line.add(tour)
        column.addWidget(line)
        if not large:
            self.story = label(DESKS[here].story, "small", wrap=True)
            column.addWidget(self.story)
        self.setStyleSheet(f"QFrame#sample {{ background: {theme().colours.warning_ground}; }}")
