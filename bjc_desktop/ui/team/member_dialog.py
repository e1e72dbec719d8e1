"""A new person in the team."""

from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.services.team import list_providers
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.form import Form
from bjc_desktop.ui.shared.labels import button, label

_FIELDS = ("family_name", "given_name", "role", "provider_id", "weekly_hours", "funded_share", "employed_from", "employed_to")
_REQUIRED = ("family_name", "role", "provider_id", "employed_from")


class MemberDialog(Dialog):
    """The form; ``chosen`` carries its values."""

    chosen = Signal(dict)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("Neue Person im Team", parent, width=660)
        self.column.addWidget(label("Neue Person im Team", "title"))
        providers = desk.read(partial(list_providers))
        self.form = Form("staff", _FIELDS, today=desk.today, required=_REQUIRED, columns=2, choices={"provider_id": [*providers]})
        only: dict[str, Any] = {"provider_id": providers[0][1]} if len(providers) == 1 else {}
        self.form.show_row(dict.fromkeys(_FIELDS) | only | {"employed_from": desk.today()})
        self.column.addWidget(self.form)
        self.save_button = button("&Anlegen", self._accept, rank="primary", shortcut="Ctrl+Return")
        self.put_below(None, button("Abbrechen", self.reject, rank="plain"), self.save_button)
        self.form.focus_field("family_name")

    def _accept(self) -> None:
        try:
            values = self.form.values()
        except InvalidInputError:
            return
        missing = {name: "Bitte angeben." for name in _REQUIRED if values[name] in {None, ""}}
        if missing:
            self.form.refuse(InvalidInputError(missing))
            return
        self.accept()
        self.chosen.emit(values)
