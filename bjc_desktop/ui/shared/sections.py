"""The sections of a page, of which one is shown at a time, each behind its button."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import button


class Sections(QStackedWidget):
    """The sections; ``bar`` holds their buttons and belongs above, ``asked`` says which one the user wants."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.bar = FlowRow()
        self.buttons: dict[str, QPushButton] = {}
        self.views: dict[str, QWidget] = {}
        self.shown = ""

    def add_section(self, key: str, title: str, view: QWidget) -> None:
        """Add a section; the first one is shown until another is."""
        made = button(title, partial(self.asked.emit, key), rank="section")
        made.setCheckable(True)
        self.buttons[key], self.views[key] = made, view
        self.bar.add(made)
        self.addWidget(view)
        self.show_section(self.shown or key)

    def show_section(self, key: str) -> None:
        """Show the section *key*."""
        self.shown = key
        for name, made in self.buttons.items():
            made.setChecked(name == key)
        self.setCurrentWidget(self.views[key])

    @property
    def shown_button(self) -> QPushButton:
        """The button of the section that is shown."""
        return self.buttons[self.shown]
