"""One row of the vault as a form: each field is saved when it is left."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.services.case_file import CaseRow
from bjc_desktop.services.history import field_history
from bjc_desktop.services.row_editing import change_row
from bjc_desktop.services.row_titles import entity_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.form import Form
from bjc_desktop.ui.shared.labels import NO_VALUE, Banner, box, button, label, row
from bjc_desktop.ui.shared.last_change import LastChange
from bjc_desktop.ui.shared.page import clear_layout
from bjc_desktop.vault.role_rights import may_write


class RowForm(QWidget):
    """One row of the vault as a form that saves each field when it is left; each field's history is one click away."""

    def __init__(self, desk: Desk, table: str, names: Sequence[str], title: str, *, columns: int = 3) -> None:
        super().__init__()
        self.desk, self.table = desk, table
        self._row: CaseRow | None = None
        frame, inner = box()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(frame)
        self.banner = Banner()
        self.form = Form(table, names, today=desk.today, columns=columns)
        self.form.left.connect(self._save)
        if not may_write(desk.vault.user.roles, table):
            self.form.set_read_only()
        self._last = LastChange(desk, self.form)
        self._history = QVBoxLayout()
        self._history_button = button("Verlauf", self.show_history, rank="plain", symbol="history", name=f"Verlauf: {title}")
        inner.addLayout(row(label(title, "heading"), None, self._history_button))
        inner.addWidget(self.banner)
        inner.addWidget(self.form)
        inner.addWidget(self._last.line)
        inner.addLayout(self._history)

    def show_row(self, shown: CaseRow) -> None:
        """Show *shown*; the field that is being typed in stays."""
        if self._row is None or self._row.id != shown.id:
            clear_layout(self._history)
        self._row = shown
        self._last.row_id = shown.id
        self.form.show_row(shown.values)

    def _save(self, name: str) -> None:
        shown = self._row
        if shown is None:
            return
        try:
            value = self.form.value(name)
            self.desk.write(
                lambda session: change_row(
                    session,
                    entity_of(self.table),
                    shown.id,
                    {name: value},
                    today=self.desk.today(),
                    expected_version=shown.version,
                )
            )
        except InvalidInputError as error:
            others = self.form.refuse(error)
            if others:
                self.banner.tell(" ".join(others), "danger")
        except BjcError as error:
            self.banner.tell(str(error), "danger")
        else:
            self.banner.clear()

    def show_history(self) -> None:
        """Show who changed which field when, or hide it again."""
        if self._history.count():
            clear_layout(self._history)
            return
        if self._row is None:
            return
        changes = field_history(self.desk.vault, entity_of(self.table), self._row.id)
        for change in changes[:30]:
            what = change.title or "Eintrag"
            text = f"{change.at.astimezone():%d.%m.%Y %H:%M}  {change.who}: {what}: {change.before or NO_VALUE} → {change.after or NO_VALUE}"
            self._history.addWidget(label(text, "small", wrap=True))
        if not changes:
            self._history.addWidget(label("Noch nichts geändert.", "small"))
