"""The typed line: whom a consultation is about and everything else that fits in one line, with the people it may mean below."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from bjc_desktop.services.person_picks import PersonPick
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.shared.entry_fields import TypedLine
from bjc_desktop.ui.shared.labels import label
from bjc_desktop.ui.shared.theme import theme

_ROW = 32


class PersonLine(QWidget):
    """A line and its list; arrows move in the list, Enter takes the marked person.

    ``changed`` follows each change of the text, ``picked`` carries the person that was taken, ``finished`` follows Enter where
    nobody is in question.
    """

    changed = Signal()
    picked = Signal(object)
    finished = Signal()

    def __init__(self, title: str, hint: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(4))
        self.line = TypedLine()
        self.line.setAccessibleName(title)
        self.line.setPlaceholderText(hint)
        self.line.setClearButtonEnabled(True)
        self.line.typed.connect(self.changed)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Gemeinte Person")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrows of the line move in it
        self.list.itemClicked.connect(self._take)
        self.list.hide()
        name = label(title)
        name.setBuddy(self.line)
        for widget in (name, self.line, self.list):
            column.addWidget(widget)
        self.setFocusProxy(self.line)

    def offer(self, people: tuple[PersonPick, ...]) -> None:
        """Show whom the line may mean; the first is marked."""
        self.list.clear()
        for person in people:
            item = QListWidgetItem(f"{person.name}   {described(person)}")
            item.setData(Qt.ItemDataRole.UserRole, person)
            self.list.addItem(item)
        self.list.setVisible(bool(people))
        if people:
            self.list.setCurrentRow(0)
            height = self.list.sizeHintForRow(0) if self.list.sizeHintForRow(0) > 0 else theme().pixels(_ROW)
            self.list.setFixedHeight(height * len(people) + theme().pixels(8))
            self.line.setAccessibleDescription(f"{len(people)} Personen möglich, die erste ist {people[0].name}")
        else:
            self.line.setAccessibleDescription("")

    def _take(self, item: QListWidgetItem) -> None:
        self.picked.emit(item.data(Qt.ItemDataRole.UserRole))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Let the line's arrows and Enter work in the list."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            offered = not self.list.isHidden()
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up} and offered:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
            if (
                event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
                and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            ):
                item = self.list.currentItem()
                if offered and item is not None:
                    self._take(item)
                else:
                    self.finished.emit()
                return True
        return False


def described(person: PersonPick) -> str:
    """Return what tells *person* from others of the same name."""
    born = f", geb. {show_date(person.birth_date)}" if person.birth_date else ""
    ended = ", beendet" if person.ended else ""
    return f"{person.case_number}{born}{ended}"
