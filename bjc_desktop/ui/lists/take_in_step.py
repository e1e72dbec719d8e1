"""Step 5: taking the list in, what came of it, and the file of the rows that stayed out."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog

from bjc_desktop.services.old_lists.list_plan import ListPlan
from bjc_desktop.services.row_titles import TITLES
from bjc_desktop.ui.lists.counted_words import grouped, rows_of
from bjc_desktop.ui.lists.preview_step import summary_of
from bjc_desktop.ui.shared.labels import box, button, label, row
from bjc_desktop.ui.shared.page import Scroller

_FILTER = "Excel (*.xlsx);;CSV (*.csv)"


class TakeInStep(Scroller):
    """The step; ``import_wanted`` and ``again_wanted`` follow its buttons, ``rest_wanted`` carries the path for the rest."""

    import_wanted = Signal()
    rest_wanted = Signal(Path)
    again_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        frame, column = box()
        self.summary = label("", "heading", wrap=True)
        self.counts = label("", wrap=True)
        self.note = label(
            "Vorher wird der Tresor gesichert. Entweder kommt alles davon herein oder nichts; abbrechen können Sie bis zum Schluss.",
            "muted",
            wrap=True,
        )
        self.import_button = button("&Einlesen", self.import_wanted.emit, rank="primary", symbol="check")
        for part in (self.summary, self.counts, self.note):
            column.addWidget(part)
        column.addLayout(row(self.import_button, None))
        self.column.addWidget(frame)
        self.rest_frame, inner = box()
        self.rest_words = label("", wrap=True)
        self.rest_button = button("&Übrige Zeilen speichern …", self.ask_rest, symbol="file-text")
        inner.addWidget(label("Was draußen bleibt", "heading"))
        inner.addWidget(self.rest_words)
        inner.addLayout(row(self.rest_button, None))
        self.column.addWidget(self.rest_frame)
        self.again_button = button("&Weitere Liste einlesen", self.again_wanted.emit)
        self.column.addLayout(row(self.again_button, None))
        self.column.addStretch(1)
        self.name = ""

    def show_plan(self, plan: ListPlan) -> None:
        """Show what taking the list in would do."""
        self.summary.setText(summary_of(plan))
        self.counts.setText(counts_of(plan))
        self._show(plan, done=False)

    def show_result(self, plan: ListPlan) -> None:
        """Show what came in."""
        self.summary.setText(f"Eingelesen: {rows_of(plan.rows_in)}.")
        self.counts.setText(counts_of(plan))
        self._show(plan, done=True)

    def _show(self, plan: ListPlan, *, done: bool) -> None:
        self.import_button.setVisible(not done)
        self.import_button.setEnabled(plan.new_rows > 0)
        self.note.setVisible(not done)
        self.again_button.setVisible(done)
        self.rest_frame.setVisible(bool(plan.out))
        count = len(plan.out)
        words = "1 Zeile bleibt" if count == 1 else f"{grouped(count)} Zeilen bleiben"
        self.rest_words.setText(
            f"{words} draußen. Gespeichert stehen sie mit dem Grund in derselben Form; verbessert lesen Sie die Datei wieder ein."
        )

    def ask_rest(self) -> None:
        """Ask where the rows that stay out are saved."""
        found, _ = QFileDialog.getSaveFileName(self, "Übrige Zeilen speichern", f"{self.name} - übrige Zeilen.xlsx", _FILTER)
        if found:
            path = Path(found)
            self.rest_wanted.emit(path if path.suffix else path.with_suffix(".xlsx"))


def counts_of(plan: ListPlan) -> str:
    """Return how many of what are new, in words."""
    new = []
    for table, count in plan.counts.items():
        title = "Person" if table == "coachees" else TITLES[table].singular
        titles = "Personen" if table == "coachees" else TITLES[table].plural
        if count.new:
            new.append(f"{grouped(count.new)} {title if count.new == 1 else titles}")
    return "Neu: " + ", ".join(new) + "." if new else "Nichts Neues."
