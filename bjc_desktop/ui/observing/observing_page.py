"""The observation sheet for a group: values by one key each, evidence as a short note, everybody saved at once."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.services.case_file import DIMENSIONS
from bjc_desktop.services.observation_sheet import ObservationGroup, read_observation_group, save_observations
from bjc_desktop.ui.observing.group_model import FIELDS, FIRST_FIELD, GOAL, TEXTS, ObservationGroupModel
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.draft_keeper import RESTORED, DraftKeeper
from bjc_desktop.ui.shared.form import Form
from bjc_desktop.ui.shared.labels import button, label
from bjc_desktop.ui.shared.page import Page, Scroller
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.ui.shared.typing_table import TypingTable

DRAFT = "observations"
_HEAD = ("observed_on", "method", "workplace", "task", "discussed_on")


class GroupTable(TypingTable):
    """The sheet: 1 to 5 is a value, = the last one, − not observed; Enter goes to the next person."""

    def __init__(self, group_model: ObservationGroupModel) -> None:
        super().__init__(group_model, "Beobachtungen der Gruppe")
        self.group_model = group_model
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(theme().pixels(56))
        widths = {"derived_action": 160, GOAL: 76, "evidence": 160}
        for column in range(group_model.columnCount()):
            name = group_model.field(column)
            stretch = name == "evidence"
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch if stretch else QHeaderView.ResizeMode.Fixed)
            width = widths.get(name, 86) if name is not None else 160 if column == 0 else 96
            self.setColumnWidth(column, theme().pixels(width))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Take a value by one key and go on to the next cell."""
        at, model = self.currentIndex(), self.group_model
        value = model.field(at.column()) in DIMENSIONS
        key = event.text()
        goal = model.field(at.column()) == GOAL
        if goal and key.isdecimal():
            model.take_goal(at, int(key))
            self._go_on()
        elif goal and key in {"-", "n"}:
            model.forget(at)
            self._go_on()
        elif value and key in set("12345"):
            model.take_value(at, int(key))
            self._go_on()
        elif value and key in {"=", "u"}:
            model.take_last(at)
            self._go_on()
        elif value and key in {"-", "0", "n"}:
            model.take_value(at, None)
            self._go_on()
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            model.forget(at)
        else:
            super().keyPressEvent(event)

    def _go_on(self) -> None:
        at, last = self.currentIndex(), FIRST_FIELD + len(FIELDS) - 1
        values_end = FIRST_FIELD + len(DIMENSIONS) - 1
        if at.column() == values_end or at.column() == last:
            self.go_down()
        else:
            self.choose(at.row(), at.column() + 1)

    def go_down(self) -> None:
        """Choose the next person: from a value at the first one, from a text at the same."""
        at = self.currentIndex()
        aside = self.group_model.field(at.column()) in {*TEXTS, GOAL}
        self.choose(at.row() + 1, at.column() if aside else FIRST_FIELD)


class ObservingPage(Page):
    """The page."""

    key: ClassVar[str] = "observing"
    heading: ClassVar[str] = "Beobachten"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.save_button = button("&Speichern", self.save, rank="primary", shortcut="Ctrl+Return")
        self.head.addWidget(self.save_button)
        self.form = Form("observations", _HEAD, today=desk.today, required=("observed_on",), columns=5)
        self.group_model = ObservationGroupModel()
        self.table = GroupTable(self.group_model)
        self.table.selectionModel().currentChanged.connect(self._tell_about)
        self.table.setMinimumHeight(theme().pixels(150))
        self._empty = label("", "muted", wrap=True)
        self._anchors = label("", "muted", wrap=True)
        self._keys = label(
            "1 bis 5 Wert · = wie zuletzt · − nicht beobachtet · beim Ziel dessen Nummer · Entf zurück · Enter nächste Person · in Klammern der "
            "letzte Wert",
            "small",
            wrap=True,
        )
        self._lay_out()
        self._draft = DraftKeeper(desk, DRAFT, self._content)
        self._begun = False

    def _lay_out(self) -> None:
        parts = (self.form, self.table, self._empty, self._anchors, self._keys)
        if theme().scale < LARGE_TEXT:
            for part in parts:
                self.add(part, 1 if part is self.table else 0)
            return
        # With large text the form alone fills the window: everything scrolls, and the sheet keeps its height.
        scroller = Scroller()
        self.table.setMinimumHeight(theme().pixels(220))
        for part in parts:
            scroller.column.addWidget(part)
        self._keys.hide()
        self.add(scroller, 1)

    # --- reading ----------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the group again; what is entered stays."""
        staff_id, today = self.desk.staff_id, self.desk.today()
        if staff_id is None:
            self._show_empty("Bitte zuerst in den Einstellungen angeben, wer Sie im Team sind.")
            return
        group = self.desk.read(partial(read_observation_group, staff_id=staff_id, today=today))
        if not group.people:
            self._show_empty("Ihnen ist heute niemand zugeordnet. Zugeordnet wird in der Fallakte unter „Zuständig“.")
            return
        self._empty.hide()
        self.table.show()
        if not self._begun:
            self._begin(group)
        self.group_model.show_people(group.people)
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.group_model.index(0, FIRST_FIELD))
        self._tell_count()

    def _show_empty(self, sentence: str) -> None:
        self._empty.setText(sentence)
        self._empty.show()
        self.table.hide()
        self.subtitle.setText("")

    def _begin(self, group: ObservationGroup) -> None:
        """Begin a sheet: today, with the circumstances of the last one, or with what was entered and not saved."""
        self._begun = True
        self.form.show_row({**group.head, "observed_on": self.desk.today(), "discussed_on": None}, over_typing=True)
        self.group_model.show_entries({})
        if self._draft.restore(self._show_typed):
            self.banner.tell(RESTORED, "quiet", button("Verwerfen", self.discard))
        self.group_model.typed.connect(self._tell_count)

    def _show_typed(self, draft: Mapping[str, Any]) -> None:
        self.form.show_texts(draft["head"])
        self.group_model.show_entries(draft["entries"])

    def _tell_count(self) -> None:
        seen = sum(not row.empty for row in self.group_model.rows())
        self.subtitle.setText(f"{len(self.group_model.people)} Personen, {seen} mit Angaben")

    def _tell_about(self, index: QModelIndex, _: QModelIndex | None = None) -> None:
        self._anchors.setText(self.group_model.hint(index))

    # --- saving -----------------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Save what was observed of everybody, in one step."""
        staff_id, today = self.desk.staff_id, self.desk.today()
        if staff_id is None:
            return
        try:
            head, rows = self.form.values(), self.group_model.rows()

            def change(session: Any) -> int:
                saved = save_observations(session, staff_id=staff_id, head=head, rows=rows, today=today)
                self._draft.drop(session)
                return saved

            count = self.desk.write(change, "Beobachtungen gespeichert")
        except InvalidInputError as error:
            others = self.form.refuse(error)
            if others:
                self.banner.tell(" ".join(others), "danger")
        except BjcError as error:
            self.banner.tell(str(error), "danger")
        else:
            self.group_model.show_entries({})
            self.banner.tell(f"Beobachtungen von {count} {'Person' if count == 1 else 'Personen'} gespeichert.", "good")
            self.refresh()

    # --- drafts -----------------------------------------------------------------------------------------------------------

    def keep_drafts(self) -> None:
        """Keep what is entered until it is saved or discarded."""
        if self._begun:
            self._draft.keep()

    def _content(self) -> dict[str, Any] | None:
        entries = {coaching_id: fields for coaching_id, fields in self.group_model.entries.items() if fields}
        head = self.form.changed()
        return {"head": self.form.texts(), "entries": entries} if entries or head else None

    def discard(self) -> None:
        """Forget what is entered."""
        self._draft.discard()
        self.banner.clear()
        self._begun = False
        self.group_model.typed.disconnect(self._tell_count)
        self.refresh()

    def first_field(self) -> QWidget:
        """Return the sheet."""
        return self.table
