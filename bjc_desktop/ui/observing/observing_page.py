"""The observation sheet for a group: values by one key each, evidence as a short note, everybody saved at once."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.services.observation_sheet import (
    ObservationGroup,
    ObservedPerson,
    Sheet,
    read_observation_group,
    save_observations,
)
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.observing.group_model import FIRST_FIELD, ObservationGroupModel
from bjc_desktop.ui.observing.group_table import GroupTable
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.draft_keeper import RESTORED, DraftKeeper
from bjc_desktop.ui.shared.empty_place import EmptyPlace, Way
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.form import Form
from bjc_desktop.ui.shared.labels import announce, button, give_keyboard, label
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page, Scroller
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme

DRAFT = "observations"
_NARROWED = "observations:whom"
_HEAD = ("observed_on", "method", "workplace", "task", "discussed_on")
_CIRCUMSTANCES = {"workplace", "task", "discussed_on"}
_PLACE, _MEASURE = "Einsatzort", "Maßnahme"
_CIRCUMSTANCES_WANTED, _SHEET_WANTED = "Angaben …", "Zum Bogen"
_HINT_HEIGHT = 42
"""Two lines."""
_LARGE_ROW, _LARGE_SHEET = 25, 180
"""The height of a row with large text, and that of five of them with their titles."""

_SAVE_FIRST = "Hier ist noch etwas nicht gespeichert. Bitte zuerst speichern, dann den anderen Bogen öffnen."
_NOT_IN_SHEET = "Diese Person ist Ihnen heute nicht zugeordnet; ihre Beobachtung bleibt, wie sie ist."

_NOBODY = (
    "Hier bewerten Sie Ihre Gruppe in einem Bogen, fünf Merkmale von 1 bis 5, mit den Werten vom letzten Mal vor Augen. Ihnen ist heute niemand "
    "zugeordnet; zugeordnet wird in der Fallakte unter „Zuständig“."
)
_UNKNOWN = "Hier steht die Gruppe, die Ihnen zugeordnet ist. Bitte zuerst in den Einstellungen angeben, wer Sie im Team sind."


class ObservingPage(Page):
    """The page."""

    key: ClassVar[str] = "observing"
    heading: ClassVar[str] = "Beobachten"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.save_button = button("&Speichern", self.save, rank="primary", shortcut="Ctrl+Return")
        self.whom = ChoiceBox()
        self.whom.setAccessibleName("Wen der Bogen zeigt")
        self.whom.addItem("Alle", None)
        self.whom.activated.connect(self._narrow)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Name (Strg+F)")
        self.search.setAccessibleName("Im Bogen nach Namen suchen")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(self._to_sheet)
        self.search.setFixedWidth(theme().pixels(150))
        self._fold = button(_CIRCUMSTANCES_WANTED, self._unfold, rank="plain", name="Angaben zum Bogen")
        for part in (self._fold, self.whom, self.search, self.save_button):
            self.head.addWidget(part)
        self.form = Form("observations", _HEAD, today=desk.today, required=("observed_on",), columns=5)
        self.group_model = ObservationGroupModel()
        self.table = GroupTable(self.group_model)
        self.table.selectionModel().currentChanged.connect(self._tell_about)
        self.table.said.connect(self._say)
        self.table.person_wanted.connect(lambda coaching_id: self.wanted.emit("following", {"coaching_id": coaching_id}))
        self.form.left.connect(self._change_sheet)
        self._empty = EmptyPlace()
        self._anchors = label("", "muted", wrap=True)
        self._keys = label(
            "1 bis 5 Wert · = wie zuletzt · − nicht beobachtet · Buchstaben: Beobachtung · beim Ziel dessen Nummer · Entf leert · Esc zurück · "
            "Enter nächste Person, auf dem Namen zum Nachhalten · in Klammern der letzte Wert",
            "small",
            wrap=True,
        )
        self.offer_list(
            self.table,
            ListOffer((self.whom, self.search), words=self._circumstances, total=self._people_count, about=self._coachings),
        )
        self._lay_out()
        self._draft = DraftKeeper(desk, DRAFT, self._content)
        self._narrowed = DraftKeeper(desk, _NARROWED, self._chosen_part)
        self._begun = False
        self._asked: Mapping[str, Any] = {}

    def _lay_out(self) -> None:
        parts = (self.form, self.table, self._empty, self._anchors, self._keys)
        if theme().scale < LARGE_TEXT:
            self._fold.hide()
            # The sheet keeps its height whether the line below says much or little of a cell.
            below = QWidget()
            column = QVBoxLayout(below)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(self._anchors, 0, Qt.AlignmentFlag.AlignTop)
            below.setMinimumHeight(theme().pixels(_HINT_HEIGHT))
            for part in (self.form, self.table, self._empty, below, self._keys):
                self.add(part, 1 if part is self.table else 0)
            return
        # With large text the form alone would fill the window: it is folded away, and the sheet keeps five people.
        scroller = Scroller()
        self.table.verticalHeader().setDefaultSectionSize(theme().pixels(_LARGE_ROW))
        self.table.setMinimumHeight(theme().pixels(_LARGE_SHEET))
        self.search.setPlaceholderText("Name")
        self.search.setFixedWidth(theme().pixels(110))
        for part in parts:
            scroller.column.addWidget(part)
        for part in (self.form, self._keys):
            part.hide()
        self.add(scroller, 1)

    def _unfold(self) -> None:
        """Show the circumstances of the sheet instead of the sheet, or the sheet again."""
        folded = self.form.isHidden()
        self.form.setVisible(folded)
        for part in (self.table, self._anchors):
            part.setVisible(not folded)
        self._fold.setText(_SHEET_WANTED if folded else _CIRCUMSTANCES_WANTED)
        if folded:
            self.form.focus_field("observed_on")
        else:
            self.table.setFocus()

    # --- reading ----------------------------------------------------------------------------------------------------------

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show the sheet of a day and a method, at a person."""
        if "observed_on" in where:
            self._asked = dict(where)
            self._stale = True

    def _turn_to_asked(self) -> bool:
        """Turn to the sheet that was asked for, unless something is entered in this one; say whether it was turned."""
        asked, self._asked = self._asked, {}
        if not asked:
            return False
        if any(self.group_model.entries.values()) or _CIRCUMSTANCES & {*self.form.changed()}:
            self.banner.tell(_SAVE_FIRST, "warning", button("Verstanden", self.banner.clear, rank="plain"))
            return False
        self.whom.setCurrentIndex(0)
        self.search.setText(asked.get("name", ""))
        self.form.show_row({"observed_on": asked["observed_on"], "method": asked["method"]}, over_typing=True)
        if "row_id" in asked:
            self.group_model.picked[asked["coaching_id"]] = asked["row_id"]
        self.refresh()
        people = [person.coaching_id for person in self.group_model.people]
        if asked["coaching_id"] in people:
            self.table.setCurrentIndex(self.group_model.index(people.index(asked["coaching_id"]), FIRST_FIELD))
        else:
            self.banner.tell(_NOT_IN_SHEET, "warning", button("Verstanden", self.banner.clear, rank="plain"))
        return True

    def refresh(self) -> None:
        """Read the group again; what is entered stays."""
        staff_id, today = self.desk.staff_id, self.desk.today()
        if staff_id is None:
            self._show_empty(_UNKNOWN, ("Zu den Einstellungen", "settings", lambda: self.wanted.emit("settings", {})))
            return
        group = self.desk.read(partial(read_observation_group, staff_id=staff_id, today=today, sheet=self._sheet()))
        if not group.people:
            self._show_empty(_NOBODY, ("Coachees zeigen", "users", lambda: self.wanted.emit("coachees", {})))
            return
        self._empty.hide()
        self.table.setVisible(theme().scale < LARGE_TEXT or self.form.isHidden())
        if not self._begun:
            before = self._begin(group)
            if self._sheet() != before:
                self.refresh()
                return
        if self._turn_to_asked():
            return
        self._offer_parts(group.people)
        self.group_model.show_people(group.people)
        self._settle()

    def _settle(self) -> None:
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.group_model.index(0, FIRST_FIELD))
        self._tell_count()

    def _sheet(self) -> Sheet | None:
        """Return day and method as they stand in the form; None before it is begun or where the day is none."""
        found = self.form.meaningful() if self._begun else {}
        day = found.get("observed_on")
        return None if day is None else (day, found.get("method"))  # type: ignore[return-value]

    def _change_sheet(self, name: str) -> None:
        if name in {"observed_on", "method"}:
            self.refresh()

    # --- whom it shows ----------------------------------------------------------------------------------------------------

    def _offer_parts(self, people: tuple[ObservedPerson, ...]) -> None:
        """Offer the places and measures that there are, each with how many people; the chosen one stays."""
        chosen = self.whom.currentData()
        parts: dict[tuple[str, str], int] = {}
        for person in people:
            for part in _parts_of(person):
                parts[part] = parts.get(part, 0) + 1
        self.whom.clear()
        self.whom.addItem(f"Alle ({len(people)})", None)
        for (kind, title), count in sorted(parts.items(), key=lambda item: (item[0][0] != _PLACE, item[0])):
            self.whom.addItem(f"{kind}: {title} ({count})", f"{kind}: {title}")
        self.whom.setCurrentIndex(max(self.whom.findData(chosen), 0))
        self._narrow()

    def _narrow(self) -> None:
        chosen, words = self.whom.currentData(), self.search.text().casefold().split()

        def wanted(person: ObservedPerson) -> bool:
            inside = chosen is None or chosen in {": ".join(part) for part in _parts_of(person)}
            return inside and all(word in person.name.casefold() for word in words)

        self.group_model.narrow(wanted)
        self._settle()

    def _circumstances(self) -> str:
        sheet = self._sheet()
        return "" if sheet is None else f"beobachtet am {show_date(sheet[0])}"

    def _coachings(self) -> list[str]:
        return [person.coaching_id for person in self.group_model.people]

    def _people_count(self) -> int:
        return len(self.group_model.everybody)

    def _chosen_part(self) -> str | None:
        chosen: str | None = self.whom.currentData()
        return chosen

    def _to_sheet(self) -> None:
        give_keyboard(self.table)

    def search_here(self) -> None:
        """Narrow the sheet by a name."""
        give_keyboard(self.search)

    def _show_empty(self, sentence: str, way: Way) -> None:
        self._empty.tell(sentence, way)
        self._empty.show()
        self.table.hide()
        self.subtitle.setText("")

    def _begin(self, group: ObservationGroup) -> Sheet | None:
        """Begin a sheet: today, with the circumstances of the last one, or with what was entered and not saved.

        Return which sheet it is as long as nothing was entered.
        """
        self._begun = True
        self.form.show_row({**group.head, "observed_on": self.desk.today()}, over_typing=True)
        before = self._sheet()
        part = self._narrowed.restored()
        if part is not None:
            self.whom.addItem("", part)
            self.whom.setCurrentIndex(self.whom.count() - 1)
        self.group_model.show_entries({})
        if self._draft.restore(self._show_typed):
            self.banner.tell(RESTORED, "quiet", button("Verwerfen", self.discard))
        self.group_model.typed.connect(self._tell_count)
        return before

    def _show_typed(self, draft: Mapping[str, Any]) -> None:
        self.form.show_texts(draft["head"])
        self.group_model.picked = dict(draft.get("picked", {}))
        self.group_model.show_entries(draft["entries"])

    def _tell_count(self) -> None:
        seen = sum(bool(fields) for fields in self.group_model.entries.values())
        hidden = self.group_model.hidden_with_entries()
        people, everybody = len(self.group_model.people), len(self.group_model.everybody)
        whole = f"{everybody} Personen" if people == everybody else f"{people} von {everybody} Personen"
        saved = sum(person.saved is not None for person in self.group_model.everybody)
        words = [whole, *([f"{saved} gespeichert"] if saved else []), f"{seen - hidden if hidden else seen} mit Angaben"]
        self.subtitle.setText(", ".join([*words, *([f"{hidden} weitere mit Angaben"] if hidden else [])]))

    def _tell_about(self, index: QModelIndex, _: QModelIndex | None = None) -> None:
        self._anchors.setText(self.group_model.hint(index))

    def _say(self, sentence: str) -> None:
        self._anchors.setText(sentence)
        announce(self._anchors, sentence)

    # --- saving -----------------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Save what was observed of everybody, in one step."""
        staff_id, today = self.desk.staff_id, self.desk.today()
        if staff_id is None:
            return
        try:
            head, typed_head = self.form.values(), {*self.form.changed()}
            rows = self.group_model.rows()
            if not rows and _CIRCUMSTANCES & typed_head:
                # Where only the circumstances are other ones, they are so for everybody shown who stands in the sheet.
                rows = self.group_model.saved_rows()

            def change(session: Any) -> int:
                saved = save_observations(
                    session, staff_id=staff_id, head=head, rows=rows, today=today, changed_head=_CIRCUMSTANCES & typed_head
                )
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
            self._narrowed.keep()

    def _content(self) -> dict[str, Any] | None:
        entries = {coaching_id: fields for coaching_id, fields in self.group_model.entries.items() if fields}
        head = self.form.changed()
        kept = {"head": self.form.texts(), "entries": entries, "picked": self.group_model.picked}
        return kept if entries or head else None

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


def _parts_of(person: ObservedPerson) -> set[tuple[str, str]]:
    """Return the parts of the group that somebody belongs to: where they were observed last, and their measures."""
    place = set() if person.workplace is None else {(_PLACE, person.workplace)}
    return place | {(_MEASURE, title) for title in person.measures}
