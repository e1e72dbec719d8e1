"""Names and roles of those who work at the provider, one after the other; on the very first day the provider too."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.services.first_steps import NO_NAME, Beginning, found_provider
from bjc_desktop.services.team import add_member, list_providers
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.draft_keeper import DraftKeeper
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import Banner, button, label
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.vocabulary import Role

_NAMES = ("provider", "given_name", "family_name")
_HINT = "Namen, die in Ihrer Liste stehen, werden wiedererkannt. Stunden und Anforderungsprofil kommen später auf der Seite „Team“ dazu."


class PeopleForm(QWidget):
    """The line of fields; what was typed and not added is kept."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.asks_for_provider = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.banner = Banner()
        self.fields = {name: QLineEdit() for name in _NAMES}
        self.role = ChoiceBox()
        for role in Role:
            self.role.addItem(role.label, role.value)
        self.entries = {
            "provider": Entry("&Träger", self.fields["provider"]),
            "given_name": Entry("&Vorname", self.fields["given_name"]),
            "family_name": Entry("Nach&name", self.fields["family_name"]),
            "role": Entry("&Funktion", self.role),
        }
        self.add_button = button("&Hinzufügen", self.add, symbol="user-plus")
        line = FlowRow()
        for entry in self.entries.values():
            entry.setFixedWidth(theme().pixels(200))
            line.add(entry)
        column.addWidget(self.banner)
        column.addWidget(line)
        below = FlowRow()
        below.add(self.add_button)
        column.addWidget(below)
        column.addWidget(label(_HINT, "small", wrap=True))
        for field in self.fields.values():
            field.returnPressed.connect(self.add)
        self._draft = DraftKeeper(desk, "first_people", self._content)
        self._draft.restore(self._restore)

    def show_beginning(self, beginning: Beginning) -> None:
        """Ask for the provider only where there is none, and who the user is only together with it."""
        self.asks_for_provider = not beginning.providers
        self.entries["provider"].setVisible(self.asks_for_provider)
        self.add_button.setText(" &Übernehmen" if self.asks_for_provider else " &Hinzufügen")
        self.add_button.setAccessibleName("Träger und sich selbst eintragen" if self.asks_for_provider else "Person hinzufügen")

    # --- drafts -----------------------------------------------------------------------------------------------------------

    def _content(self) -> dict[str, str] | None:
        typed = {name: field.text() for name, field in self.fields.items()}
        return {**typed, "role": str(self.role.currentData())} if any(typed.values()) else None

    def _restore(self, draft: dict[str, str]) -> None:
        for name, field in self.fields.items():
            field.setText(draft[name])
        self.role.setCurrentIndex(max(self.role.findData(draft["role"]), 0))

    def keep_drafts(self) -> None:
        """Keep the name that is being typed."""
        self._draft.keep()

    # --- adding -----------------------------------------------------------------------------------------------------------

    def add(self) -> None:
        """Add the person, and the provider where there is none; then the next name can be typed."""
        self.banner.clear()
        for entry in self.entries.values():
            entry.tell("")
        try:
            self._desk.write(self._change(), "Person gespeichert")
        except InvalidInputError as error:
            self._refuse(error)
            return
        except BjcError as error:
            self.banner.tell(str(error), "danger")
            return
        for field in self.fields.values():
            field.clear()
        self.fields["given_name"].setFocus()

    def _change(self) -> Callable[[Any], object]:
        """Return what adds the person, and the provider where there is none."""
        typed, role = {name: field.text() for name, field in self.fields.items()}, Role(self.role.currentData())
        today, user_id, founds = self._desk.today(), self._desk.vault.user.id, self.asks_for_provider
        if not founds and not typed["family_name"].strip():
            raise InvalidInputError({"family_name": NO_NAME})
        values = {
            "family_name": typed["family_name"].strip(),
            "given_name": typed["given_name"].strip() or None,
            "role": role.value,
            "provider_id": "" if founds else self._desk.read(list_providers)[0][1],
            "employed_from": today,
        }

        def change(session: Any) -> None:
            self._draft.drop(session)
            if founds:
                self._desk.staff_id = found_provider(session, user_id=user_id, **typed, role=role, today=today)
            else:
                add_member(session, values=values, today=today)

        return change

    def _refuse(self, error: InvalidInputError) -> None:
        for name, sentence in error.fields.items():
            if name in self.entries:
                self.entries[name].tell(sentence)
            else:
                self.banner.tell(sentence, "danger")
        first = next((name for name in self.fields if name in error.fields), "family_name")
        self.fields[first].setFocus()
