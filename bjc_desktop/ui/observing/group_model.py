"""A group's observations as a table to type in: one key for each value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from textwrap import shorten
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from bjc_desktop.services.case_file import DIMENSIONS
from bjc_desktop.services.observation_anchors import anchor
from bjc_desktop.services.observation_sheet import TEXTS, ObservedPerson, ObservedRow, SavedObservation
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.shared.theme import theme

Index = QModelIndex | QPersistentModelIndex
GOAL = "goal_id"
FIELDS = (*DIMENSIONS, *TEXTS, GOAL)
SHORT = {
    "work_behaviour": "Arbeit",
    "social_behaviour": "Sozial",
    "resilience": "Belastung",
    "concentration": "Konzentr.",
    "motor_skills": "Motorik",
    "evidence": "Beobachtung",
    "derived_action": "Unterstützung",
    GOAL: "Ziel",
}
NOT_OBSERVED = "–"
_SHORTEST = 40
"""Letters of an evidence by which one observation is told from another."""
FIRST_FIELD = 1


class ObservationGroupModel(QAbstractTableModel):
    """People by dimensions; ``typed`` follows each entry."""

    typed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.people: Sequence[ObservedPerson] = ()
        """Who is shown."""
        self.everybody: Sequence[ObservedPerson] = ()
        self._wanted: Callable[[ObservedPerson], bool] = lambda _: True
        self.entries: dict[str, dict[str, Any]] = {}
        """By coaching: the fields that something was entered in; a dimension is None where it was not observed."""
        self.picked: dict[str, str] = {}
        """By coaching: which of several observations of the day is shown and corrected; the newest where nothing stands."""
        self._titles = fields_of("observations")

    def show_people(self, everybody: Sequence[ObservedPerson]) -> None:
        """Show those of the group who are wanted; what is entered stays, of everybody."""
        self.everybody = [self._as_picked(person) for person in everybody]
        people = [person for person in self.everybody if self._wanted(person)]
        if [person.coaching_id for person in people] == [person.coaching_id for person in self.people]:
            self.people = people
            self._changed()
            return
        self.beginResetModel()
        self.people = people
        self.endResetModel()

    def _as_picked(self, person: ObservedPerson) -> ObservedPerson:
        wanted = self.picked.get(person.coaching_id)
        return next((replace(person, saved=sheet) for sheet in person.sheets if sheet.row_id == wanted), person)

    def pick(self, index: Index, number: int) -> bool:
        """Show and correct the observation *number* of several of the day, counted from 1; not while something is entered."""
        person = self.people[index.row()]
        if not 1 <= number <= len(person.sheets) or self.entries.get(person.coaching_id):
            return False
        self.picked[person.coaching_id] = person.sheets[number - 1].row_id
        self.show_people(self.everybody)
        return True

    def narrow(self, wanted: Callable[[ObservedPerson], bool]) -> None:
        """Show only who is *wanted*."""
        self._wanted = wanted
        self.show_people(self.everybody)

    def hidden_with_entries(self) -> int:
        """Return of how many people who are not shown something is entered."""
        shown = {person.coaching_id for person in self.people}
        return sum(bool(fields) and key not in shown for key, fields in self.entries.items())

    def show_entries(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        """Show what was entered before."""
        self.entries = {coaching_id: dict(fields) for coaching_id, fields in entries.items()}
        self._changed()

    def _changed(self) -> None:
        if self.people:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.people) - 1, self.columnCount() - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's
        """Return how many people there are."""
        return 0 if parent.isValid() else len(self.people)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's
        """Return the name, the fields, and the day of the last observation."""
        return 0 if parent.isValid() else len(FIELDS) + 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's
        """Return the title of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return ["Wer", *(SHORT[name] for name in FIELDS), "zuletzt"][section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignHCenter if self.field(section) in DIMENSIONS else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    @staticmethod
    def field(column: int) -> str | None:
        """Return the field of a column, or None."""
        return FIELDS[column - FIRST_FIELD] if FIRST_FIELD <= column < FIRST_FIELD + len(FIELDS) else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Say that texts are edited in place; values take a key."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.field(index.column()) in TEXTS else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what the cell at *index* is for *role*."""
        if not index.isValid():
            return None
        person, name = self.people[index.row()], self.field(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignHCenter if name in DIMENSIONS else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        entered = self.entries.get(person.coaching_id, {})
        known = name in entered or (name is not None and _saved(person, name) is not None)
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.AccessibleTextRole}:
            said = role == Qt.ItemDataRole.AccessibleTextRole and name is not None
            title = f"{self._titles[name].title}, {person.name}: " if said and name else ""
            return title + (self._shown(person, name, index.column()) or ("leer" if said else ""))
        colours = {
            Qt.ItemDataRole.ForegroundRole: "muted" if name in {*DIMENSIONS, GOAL} and not known else "",
            Qt.ItemDataRole.BackgroundRole: "good_ground" if name in entered else "",
        }
        colour = colours.get(Qt.ItemDataRole(role))
        return QColor(theme().colour(colour)) if colour else None

    def _shown(self, person: ObservedPerson, name: str | None, column: int) -> str:
        if name is None:
            return _named(person) if column == 0 else show_date(person.last_on)
        entered = self.entries.get(person.coaching_id, {})
        value = entered.get(name, _saved(person, name))
        if name in TEXTS:
            return str(value or "")
        if name == GOAL:
            return self._shown_goal(person, value)
        if value is not None:
            return _with_change(value, person.last[name])
        if name in entered or person.saved is not None:
            return NOT_OBSERVED
        last = person.last[name]
        return "" if last is None else f"({last})"

    @staticmethod
    def _shown_goal(person: ObservedPerson, goal_id: str | None) -> str:
        if goal_id is None:
            return {0: "", 1: "(1)"}.get(len(person.goals), f"(1–{len(person.goals)})")
        return next((description for known, description in person.goals if known == goal_id), "")

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt's
        """Take a text."""
        name = self.field(index.column())
        if name not in TEXTS or role != Qt.ItemDataRole.EditRole:
            return False
        self._enter(index, name, str(value))
        return True

    def take_value(self, index: Index, value: int | None) -> bool:
        """Take a value from 1 to 5 for a dimension, or None for „not observed“."""
        name = self.field(index.column())
        if name not in DIMENSIONS or not index.isValid():
            return False
        self._enter(index, name, value)
        return True

    def take_last(self, index: Index) -> bool:
        """Take the value of the last observation again."""
        name = self.field(index.column())
        if name not in DIMENSIONS or not index.isValid() or self.people[index.row()].last[name] is None:
            return False
        self._enter(index, name, self.people[index.row()].last[name])
        return True

    def take_goal(self, index: Index, number: int) -> bool:
        """Link the observation to the person's open goal *number*, counted from 1."""
        goals = self.people[index.row()].goals if index.isValid() else ()
        if self.field(index.column()) != GOAL or not 1 <= number <= len(goals):
            return False
        self._enter(index, GOAL, goals[number - 1][0])
        return True

    def forget(self, index: Index) -> None:
        """Empty a cell: forget what was entered, and let what is saved stand empty."""
        name = self.field(index.column())
        if name is not None and index.isValid() and _saved(self.people[index.row()], name) is not None:
            self._enter(index, name, None)
        else:
            self.bring_back(index)

    def bring_back(self, index: Index) -> None:
        """Show in a cell what is saved."""
        name = self.field(index.column())
        if name is not None and index.isValid():
            self.entries.get(self.people[index.row()].coaching_id, {}).pop(name, None)
            self.dataChanged.emit(index, index)
            self.typed.emit()

    def _enter(self, index: Index, name: str, value: Any) -> None:
        self.entries.setdefault(self.people[index.row()].coaching_id, {})[name] = value
        self.dataChanged.emit(index, index)
        self.typed.emit()

    def hint(self, index: Index) -> str:
        """Return whose cell it is and what the values of its dimension stand for, or which goal has which number."""
        if not index.isValid():
            return ""
        person, name = self.people[index.row()], self.field(index.column())
        whose = person.name if name is None else f"{person.name}, {self._titles[name].title}"
        said = "   ".join(filter(None, (self._meaning(index), _several(person, at_name=index.column() == 0))))
        return f"{whose}:   {said}" if said else whose

    def _meaning(self, index: Index) -> str:
        name = self.field(index.column())
        if name == GOAL:
            goals = self.people[index.row()].goals
            listed = "   ".join(f"{number}: {description}" for number, (_, description) in enumerate(goals, 1))
            return listed or "Zu dieser Person ist kein Ziel offen."
        if name not in DIMENSIONS:
            return ""
        return "   ".join(f"{value}: {anchor(name, value)}" for value in range(1, 6))

    def rows(self) -> list[ObservedRow]:
        """Return what is entered, person by person."""
        return [
            self._row(person, {**(person.saved.values if person.saved else {}), **entered})
            for person in self.everybody
            if (entered := self.entries.get(person.coaching_id))
        ]

    def saved_rows(self) -> list[ObservedRow]:
        """Return those of the people shown who stand in the sheet already, as they are saved."""
        return [self._row(person, person.saved.values) for person in self.people if person.saved is not None]

    def _row(self, person: ObservedPerson, values: Mapping[str, Any]) -> ObservedRow:
        return ObservedRow(
            person.coaching_id,
            {name: values.get(name) for name in DIMENSIONS},
            str(values.get("evidence") or ""),
            str(values.get("derived_action") or ""),
            self._known_goal(person, values.get(GOAL)),
            person.saved,
        )

    def values_whole(self, row: int) -> bool:
        """Say whether each dimension of a person was judged, be it as not observed."""
        person = self.people[row]
        entered = self.entries.get(person.coaching_id, {})
        return person.saved is not None or all(name in entered for name in DIMENSIONS)

    @staticmethod
    def _known_goal(person: ObservedPerson, goal_id: str | None) -> str | None:
        # A draft may name a goal that was closed meanwhile.
        kept = None if person.saved is None else person.saved.values[GOAL]
        return goal_id if goal_id in {kept, *(known for known, _ in person.goals)} else None


def _number(person: ObservedPerson) -> int:
    return 1 + next(at for at, sheet in enumerate(person.sheets) if sheet == person.saved)


def _named(person: ObservedPerson) -> str:
    several = len(person.sheets) > 1
    return f"({_number(person)} von {len(person.sheets)}) {person.name}" if several else person.name


def _several(person: ObservedPerson, *, at_name: bool) -> str:
    """Return that there are several observations of the day; at the name, what stands in each and how one is chosen."""
    count = len(person.sheets)
    if count < 2:  # noqa: PLR2004 - several
        return ""
    if not at_name:
        return f"({count} Beobachtungen an diesem Tag, hier die {_number(person)}.; auf dem Namen mit 1 bis {count} wählen)"
    each = "   ".join(f"{number}: {_in_short(sheet)}" for number, sheet in enumerate(person.sheets, 1))
    return f"{count} Beobachtungen an diesem Tag, die Ziffer wählt, welche berichtigt wird:   {each}"


def _in_short(sheet: SavedObservation) -> str:
    values = " ".join(str(sheet.values[name] or NOT_OBSERVED) for name in DIMENSIONS)
    evidence = str(sheet.values["evidence"] or "")
    return values + (f" „{shorten(evidence, _SHORTEST, placeholder=' …')}“" if evidence else "")


def _saved(person: ObservedPerson, name: str) -> Any:
    return None if person.saved is None else person.saved.values[name]


def _with_change(value: int, last: int | None) -> str:
    if last is None or last == value:
        return str(value)
    return f"{value} ▲" if value > last else f"{value} ▼"
