"""Changing a setting of the indicators, with the reason."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from bjc_desktop.indicators.settings import IndicatorSettings, SettingDefinition
from bjc_desktop.services.typed_values import show_decimal
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import Banner, button, label
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.vocabulary import Vocabulary


class SettingDialog(Dialog):
    """The dialog; ``chosen`` carries the value as JSON gives it, and the reason."""

    chosen = Signal(object, str)

    def __init__(self, definition: SettingDefinition, settings: IndicatorSettings, parent: QWidget | None = None) -> None:
        super().__init__("Einstellung ändern", parent, width=560)
        self._definition = definition
        column = self.column
        column.addWidget(label(definition.title, "title", wrap=True))
        column.addWidget(label(definition.reason, "muted", wrap=True))
        self.banner = Banner()
        column.addWidget(self.banner)
        value = getattr(settings, definition.key)
        self.choice, self.line = ChoiceBox(), QLineEdit()
        self.choice.setAccessibleName("Wert")
        self.line.setAccessibleName("Wert")
        self.members: dict[str, QCheckBox] = {}
        if isinstance(value, tuple):
            for key, text in self._members():
                made = QCheckBox(text)
                made.setChecked(key in value)
                self.members[key] = made
                column.addWidget(made)
        elif definition.values is not None or isinstance(value, bool):
            for key, text in self._entries(value):
                self.choice.addItem(text, key)
            self.choice.setCurrentIndex(self.choice.findData(value if isinstance(value, bool) else value.value))
            column.addWidget(self.choice)
        else:
            self.line.setText(show_decimal(value))
            column.addWidget(self.line)
        self.reason = QLineEdit()
        self.reason_entry = Entry("&Grund der Änderung *", self.reason, "Steht mit der Einstellung in jedem Bericht.")
        column.addWidget(self.reason_entry)
        self.save_button = button("&Ändern", self._accept, rank="primary", shortcut="Ctrl+Return")
        self.put_below(None, button("Abbrechen", self.reject, rank="plain"), self.save_button)

    def _members(self) -> Sequence[tuple[str, str]]:
        values: type[Vocabulary] | None = self._definition.values
        listed = [] if values is None else [(member.value, member.label) for member in values]
        return [entry for entry in listed if not self._definition.allowed or entry[0] in self._definition.allowed]

    def _entries(self, value: Any) -> Sequence[tuple[Any, str]]:
        return [(True, "ja"), (False, "nein")] if isinstance(value, bool) else self._members()

    def _accept(self) -> None:
        self.reason_entry.tell("")
        if not self.reason.text().strip():
            self.reason_entry.tell("Bitte einen Grund angeben.")
            return
        if self.members:
            value: Any = [key for key, made in self.members.items() if made.isChecked()]
        elif self.choice.count():
            value = self.choice.currentData()
        else:
            value = self.line.text().strip().replace(",", ".")
        self.chosen.emit(value, self.reason.text().strip())

    def refuse(self, sentence: str) -> None:
        """Show why the value cannot be."""
        self.banner.tell(sentence, "danger")
