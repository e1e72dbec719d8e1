"""Who changed a field last, said while the keyboard is in it."""

from bjc_desktop.services.history import field_history
from bjc_desktop.services.row_titles import entity_of, fields_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.form import Form
from bjc_desktop.ui.shared.labels import NO_VALUE, label


class LastChange:
    """The line below a form; *row_id* is the row that the form shows, or None for a new one."""

    def __init__(self, desk: Desk, form: Form) -> None:
        self._desk, self._form = desk, form
        self.row_id: str | None = None
        self.line = label("\u00a0", "small", wrap=True)
        form.entered.connect(self.tell)

    def tell(self, name: str) -> None:
        """Say who changed the field *name* last, when, and what it held before."""
        if self.row_id is None:
            self.line.setText("\u00a0")
            return
        title = fields_of(self._form.table)[name].title
        history = field_history(self._desk.vault, entity_of(self._form.table), self.row_id, name)
        changes = [change for change in history if change.field == name]
        if changes:
            last = changes[0]
            before = "" if last.action == "insert" else f", vorher: {last.before or NO_VALUE}"
            self.line.setText(f"{title}: zuletzt geändert am {last.at.astimezone():%d.%m.%Y um %H:%M} von {last.who}{before}")
        else:
            self.line.setText(f"{title}: seit der Anlage unverändert")
