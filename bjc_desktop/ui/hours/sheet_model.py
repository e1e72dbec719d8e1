"""The hours of a quarter as a table to type in: what is typed and not yet whole stays beside what is saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.reports.german import NO_VALUE, figure_value, month, number
from bjc_desktop.services.hours_sheet import HoursCell, HoursEntry, HoursRow, HoursSheet, parse_hours, problem_of_hours
from bjc_desktop.services.typed_values import show_decimal
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.shared.typing_table import REFUSED
from bjc_desktop.vocabulary import Role

FIELDS = ("contract_hours", "worked_hours")
_TITLES = {"contract_hours": "Soll", "worked_hours": "Ist"}
_NAMES = {"contract_hours": "Sollstunden", "worked_hours": "Arbeitsstunden"}
_HUNDREDTH = Decimal("0.01")
_HALF = "Gespeichert wird, sobald Soll und Ist dastehen."
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Place:
    """A cell to type in."""

    staff_id: str
    month: str
    field: str


class HoursSheetModel(QAbstractTableModel):
    """The sheet; ``entered`` follows what was typed or pasted, with the entries that are whole and can be saved."""

    entered = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.sheet: HoursSheet | None = None
        self.typed: dict[Place, str] = {}
        self._rows: dict[str, HoursRow] = {}
        self._since_saved: set[Place] = set()
        self._last_was_saved = False

    # --- shape ------------------------------------------------------------------------------------------------------------

    def show_sheet(self, sheet: HoursSheet) -> None:
        """Show *sheet*; where it has the same rows and months, the chosen cell stays."""
        before, self.sheet = self.sheet, sheet
        self._rows = {row.staff_id: row for row in sheet.rows}
        shape = (sheet.months, [row.staff_id for row in sheet.rows])
        if before is not None and shape == (before.months, [row.staff_id for row in before.rows]):
            self._settle()
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
            return
        self.beginResetModel()
        self._settle()
        self.endResetModel()

    def _settle(self) -> None:
        """Forget what is typed where it is saved by now, or its cell is gone."""
        self.typed = {place: text for place, text in self.typed.items() if self._open(place, text)}

    def _open(self, place: Place, text: str) -> bool:
        cell = self._cell_at(place)
        if cell is None:
            return False
        try:
            return parse_hours(text) != (cell.contract if place.field == "contract_hours" else cell.worked)
        except InvalidInputError:
            return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's
        """Return everybody and the line of sums."""
        return 0 if parent.isValid() or self.sheet is None or not self.sheet.rows else len(self.sheet.rows) + 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's
        """Return the name, two columns for each month, two sums, and the figure with its numerator."""
        return 0 if parent.isValid() or self.sheet is None else 1 + 2 * len(self.sheet.months) + 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's
        """Return the title of a column."""
        if orientation is not Qt.Orientation.Horizontal or self.sheet is None:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == 0 else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        kinds = [f"{_TITLES[field]} {month(key)[:2]}" for key in self.sheet.months for field in FIELDS]
        return ["Wer", *kinds, "Soll", "Ist", "Konsult.", "je Std."][section]

    def place(self, index: Index) -> Place | None:
        """Return the cell to type in at *index*, or None."""
        sheet = self.sheet
        if sheet is None or not index.isValid() or index.row() >= len(sheet.rows):
            return None
        at = index.column() - 1
        if not 0 <= at < 2 * len(sheet.months):
            return None
        row, key = sheet.rows[index.row()], sheet.months[at // 2]
        return Place(row.staff_id, key, FIELDS[at % 2]) if row.cells[key].employed else None

    def first_gap(self) -> tuple[int, int] | None:
        """Return row and column of the first cell that is missing, else of the first to type in."""
        rows = () if self.sheet is None else self.sheet.rows
        cells = [
            (number, 1 + 2 * at, cell)
            for number, row in enumerate(rows)
            for at, cell in enumerate(row.cells.values())
            if cell.employed
        ]
        gaps = [(number, column) for number, column, cell in cells if cell.missing]
        return next(iter(gaps or [(number, column) for number, column, _ in cells]), None)

    def _cell_at(self, place: Place) -> HoursCell | None:
        row = self._rows.get(place.staff_id)
        cell = None if row is None else row.cells.get(place.month)
        return cell if cell is not None and cell.employed else None

    @staticmethod
    def _value(place: Place, cell: HoursCell) -> Decimal | None:
        return cell.contract if place.field == "contract_hours" else cell.worked

    def text_at(self, place: Place) -> str:
        """Return what stands in a cell: what is typed, or what is saved."""
        cell = self._cell_at(place)
        return self.typed.get(place, "" if cell is None else show_decimal(self._value(place, cell)))

    def plain_text(self, index: Index) -> str:
        """Return what other spreadsheets take for the cell at *index*; what is missing is empty."""
        place = self.place(index)
        text = str(self.data(index) or "") if place is None else self.text_at(place)
        return "" if text == NO_VALUE else text

    # --- showing ----------------------------------------------------------------------------------------------------------

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Say which cells can be typed in."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.place(index) is not None else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what the cell at *index* is for *role*."""
        sheet = self.sheet
        if sheet is None or not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if index.column() == 0 else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and index.row() == len(sheet.rows):
            bold = QFont()
            bold.setBold(True)
            return bold
        place = self.place(index)
        if place is not None:
            return self._place_data(place, role)
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._read_only(index)
        return None

    def _place_data(self, place: Place, role: int) -> Any:
        cell = self._cell_at(place)
        text = self.text_at(place)
        missing = cell is not None and cell.missing and not text
        if role == Qt.ItemDataRole.EditRole:
            return text
        if role == Qt.ItemDataRole.DisplayRole:
            return "fehlt" if missing else text if cell is None or place in self.typed else _aligned(self._value(place, cell))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.whose(place)}: {'fehlen' if missing else text or 'leer'}"
        return self._look(place, role, missing=missing)

    def _look(self, place: Place, role: int, *, missing: bool) -> Any:
        wrong = self.problem(place) is not None
        if role == REFUSED:
            return wrong
        if role == Qt.ItemDataRole.BackgroundRole and (missing or wrong or place in self.typed):
            return QColor(theme().colour("danger_ground" if missing or wrong else "warning_ground"))
        if role == Qt.ItemDataRole.ForegroundRole and (missing or wrong):
            return QColor(theme().colour("danger"))
        return None

    def _read_only(self, index: Index) -> str:
        sheet = self.sheet
        if sheet is None:
            return ""
        sums = 1 + 2 * len(sheet.months)
        if index.row() == len(sheet.rows):
            return _line_of_sums(sheet, index.column(), sums)
        row, column = sheet.rows[index.row()], index.column()
        if column == 0:
            return row.name if row.role is Role.JOB_COACH else f"{row.name} (Training)"
        if column < sums:
            return NO_VALUE
        return _hours(_value(sheet, row, column)) if column < sums + 2 else _figure(row, numerator=column == sums + 2)

    # --- typing -----------------------------------------------------------------------------------------------------------

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt's
        """Take what was typed."""
        place = self.place(index)
        if place is None or role != Qt.ItemDataRole.EditRole:
            return False
        self.take({place: str(value)})
        return True

    def take(self, texts: Mapping[Place, str]) -> None:
        """Take what was typed or pasted into several cells, and hand over what is whole by now."""
        for place, text in texts.items():
            self.typed[place] = text.strip()
        months = dict.fromkeys((place.staff_id, place.month) for place in texts)
        for staff_id, key in months:
            self._propose(staff_id, key)
        entries = [entry for staff_id, key in months if (entry := self._entry(staff_id, key)) is not None]
        entries = [entry for entry in entries if self._differs(entry)]
        self._settle()
        self._last_was_saved = bool(entries)
        self._since_saved = {*texts} if self._last_was_saved else {*self._since_saved, *texts}
        self._show_all()
        self.entered.emit(entries)

    def _show_all(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def forget(self, places: Iterable[Place]) -> None:
        """Show again what is saved in *places*."""
        for place in places:
            self.typed.pop(place, None)
        self._show_all()

    def forget_unsaved(self) -> bool:
        """Take back what was typed last where nothing of it was saved; say whether there was such."""
        if self._last_was_saved or not any(place in self.typed for place in self._since_saved):
            return False
        self.forget(self._since_saved)
        return True

    def forget_since_saved(self) -> None:
        """Show what is saved where the last saving, which was taken back, left something typed."""
        self.forget(self._since_saved)

    def _propose(self, staff_id: str, key: str) -> None:
        """Where hours worked are typed and no contract hours are known, take those of the working days."""
        contract, worked = (Place(staff_id, key, field) for field in FIELDS)
        cell = self._cell_at(contract)
        proposed = None if cell is None else cell.proposed
        if proposed is not None and contract not in self.typed and not self.text_at(contract) and self.typed.get(worked):
            self.typed[contract] = show_decimal(proposed)

    def propose_all(self) -> None:
        """Fill in the contract hours of the working days wherever none stand."""
        if self.sheet is None:
            return
        places = [Place(row.staff_id, key, "contract_hours") for row in self.sheet.rows for key in self.sheet.months]
        found = {place: cell.proposed for place in places if (cell := self._cell_at(place)) and not self.text_at(place)}
        self.take({place: show_decimal(proposed) for place, proposed in found.items() if proposed is not None})

    def value(self, place: Place) -> Decimal | None:
        """Return what a cell means.

        Raises
        ------
        InvalidInputError
            where it means nothing.
        """
        value = parse_hours(self.text_at(place))
        problem = problem_of_hours(place.field, value)
        if problem is not None:
            raise InvalidInputError({place.field: problem})
        return value

    def problem(self, place: Place) -> str | None:
        """Return what is wrong with what is typed in a cell, or what it waits for, or None."""
        if place not in self.typed:
            return None
        try:
            self.value(place)
        except InvalidInputError as error:
            return str(error)
        return None

    def unsaved(self) -> str:
        """Return in words how many cells are refused and why, or an empty text."""
        problems = [problem for place in self.typed if (problem := self.problem(place)) is not None]
        if not problems:
            return ""
        count = "1 Zelle" if len(problems) == 1 else f"{len(problems)} Zellen"
        return f"{count} nicht gespeichert: {' '.join(dict.fromkeys(problems))}"

    def whose(self, place: Place) -> str:
        """Return in words whose cell *place* is, and of which month."""
        return f"{self._rows[place.staff_id].name}, {_NAMES[place.field]} {month(place.month)}"

    def hint(self, place: Place) -> str:
        """Return what to say about a cell: its problem, what it waits for, or the proposal."""
        problem = self.problem(place)
        if problem is not None:
            return problem
        if place in self.typed:
            return _HALF
        cell = self._cell_at(place)
        if cell is None or cell.proposed is None:
            return ""
        return f"Soll nach Wochenstunden und Berliner Arbeitstagen: {show_decimal(cell.proposed)}"

    def figure_hint(self, index: Index) -> str:
        """Return what the figure at *index* comes from: its hours are those that are funded."""
        sheet = self.sheet
        if sheet is None or not 0 <= index.row() < len(sheet.rows) or index.column() < 3 + 2 * len(sheet.months):
            return ""
        row = sheet.rows[index.row()]
        if row.figure is None:
            return ""
        return f"{row.name}: {row.figure.numerator} Konsultationen in {number(row.figure.denominator)} geförderten Arbeitsstunden"

    def _entry(self, staff_id: str, key: str) -> HoursEntry | None:
        """Return what is to be saved of a month; beside a refused cell, with what is saved there."""
        values = []
        for place in (Place(staff_id, key, field) for field in FIELDS):
            cell = self._cell_at(place)
            refused = self.problem(place) is not None and cell is not None
            values.append(self._value(place, cell) if refused and cell is not None else self.value(place))
        contract, worked = values
        return HoursEntry(staff_id, key, contract, worked) if (contract is None) is (worked is None) else None

    def _differs(self, entry: HoursEntry) -> bool:
        cell = self._cell_at(Place(entry.staff_id, entry.month, "contract_hours"))
        return cell is None or (entry.contract, entry.worked) != (cell.contract, cell.worked)


def _aligned(value: Decimal | None) -> str:
    """Return hours with two decimals, so that they stand below one another; what has more is shown as it is."""
    whole = value is not None and value == value.quantize(_HUNDREDTH)
    return _hours(value) if whole and value is not None else show_decimal(value)


def _value(sheet: HoursSheet, row: HoursRow, column: int) -> Decimal:
    """Return the hours of a row in a column: of a month, or their sum."""
    at = column - 1
    months = sheet.months if at >= 2 * len(sheet.months) else (sheet.months[at // 2],)
    cells = (row.cells[key] for key in months)
    return sum(((cell.contract if at % 2 == 0 else cell.worked) or Decimal(0) for cell in cells), Decimal(0))


def _line_of_sums(sheet: HoursSheet, column: int, sums: int) -> str:
    if column == 0:
        return "Summe"
    return _hours(sum((_value(sheet, row, column) for row in sheet.rows), Decimal(0))) if column < sums + 2 else ""


def _figure(row: HoursRow, *, numerator: bool) -> str:
    if row.figure is None:
        return ""
    return str(row.figure.numerator) if numerator else figure_value(row.figure, row.figure.value)


def _hours(value: Decimal) -> str:
    return number(Fraction(value), 2)
