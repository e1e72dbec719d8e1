"""What was taken in so far: when, by whom, from whom, how much; and taking one of them back as a whole."""

from functools import partial

from PySide6.QtWidgets import QWidget

from bjc_desktop.services.taking_back import EXCHANGE, LIST, PACKAGE, ImportRow, take_import_back
from bjc_desktop.services.typed_values import show_moment
from bjc_desktop.services.undoing import DAYS
from bjc_desktop.ui.exchange.question import ask_first
from bjc_desktop.ui.exchange.reading_view import EFFECT_COLUMNS, counted_in_words, effect_lines
from bjc_desktop.ui.shared.background import sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import NO_VALUE, Banner, button, label
from bjc_desktop.ui.shared.page import Scroller
from bjc_desktop.ui.shared.row_table import Column, RowTable

_NOTHING = (
    "Hier steht, was aus Austauschdateien, alten Listen und Datenpaketen übernommen wurde. Jede Übernahme lässt sich als Ganzes zurücknehmen, "
    f"{DAYS} Tage lang und solange nichts davon geändert wurde."
)
_MEANS = (
    "Was dabei neu war, geht wieder; was geändert oder gelöscht wurde, steht wieder da wie zuvor. Vorher wird gesichert. "
    "Dieselbe Datei kann später noch einmal eingelesen werden."
)


def fate_of(row: ImportRow) -> str:
    """Return whether an import can be taken back, in a few words."""
    if row.taken_back:
        return "zurückgenommen"
    return f"älter als {DAYS} Tage" if row.too_old else "übernommen"


_WHAT = {EXCHANGE: "Austausch", LIST: "alte Liste", PACKAGE: "Datenpaket"}
COLUMNS = (
    Column("Am", lambda row: show_moment(row.at), width=150),
    Column("Was", lambda row: _WHAT[row.kind], width=110),
    Column("Von", lambda row: row.partner or NO_VALUE, stretch=True, least=130),
    Column("Einträge", lambda row: counted_in_words(row.counts.values()), width=270, rank=2),
    Column("Wer", lambda row: row.who or NO_VALUE, width=110, rank=3),
    Column("Stand", fate_of, width=150, rank=1, colour=lambda row: "muted" if row.taken_back or row.too_old else ""),
)


class ImportsView(Scroller):
    """The section; what it has to say is told in the page's *banner*."""

    def __init__(self, desk: Desk, banner: Banner) -> None:
        super().__init__()
        self.desk, self.banner = desk, banner
        self._busy = False
        self.empty = label(_NOTHING, wrap=True)
        self.table = RowTable(COLUMNS, "Übernahmen")
        self.table.chosen.connect(self._show)
        self.back_button = button("&Zurücknehmen …", self.ask, symbol="undo-2")
        ways = FlowRow()
        ways.add(self.back_button)
        self.title = label("", "strong", wrap=True)
        self.details = RowTable(EFFECT_COLUMNS, "Einträge der Übernahme")
        parts: tuple[QWidget, ...] = (self.empty, ways, self.table, self.title, self.details)
        for part in parts:
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.show_imports(())

    def show_imports(self, rows: tuple[ImportRow, ...]) -> None:
        """Show *rows*, the newest first."""
        before = self.table.rows_model.rows
        self.table.setVisible(bool(rows))
        self.table.show_rows(rows, key=lambda row: row.event)
        self.table.fit_height(7)
        if rows and (not before or before[0].event != rows[0].event):
            self.table.selectRow(0)  # what was just taken in is what would be taken back
        self._show(self.table.current())  # the same row may have another fate now

    def _show(self, row: ImportRow | None) -> None:
        self.back_button.setVisible(row is not None)
        self.back_button.setEnabled(row is not None and not (self._busy or row.taken_back or row.too_old))
        lines = () if row is None else effect_lines(row.counts)
        self.title.setVisible(row is not None)
        self.title.setText("" if row is None else f"{show_moment(row.at)}: {counted_in_words(row.counts.values())}")
        self.details.setVisible(bool(lines))
        self.details.show_rows(lines)
        self.details.fit_height(8)

    def ask(self) -> None:
        """Ask whether the chosen import is to be taken back, and say what that means."""
        row: ImportRow | None = self.table.current()
        if row is not None and self.back_button.isEnabled():
            self.ask_for(row.event, f"Die Übernahme vom {show_moment(row.at)} ganz zurücknehmen? {_MEANS}")

    def ask_for(self, event: int, text: str = f"Diese Übernahme ganz zurücknehmen? {_MEANS}") -> None:
        """Ask by *text* whether the import with this event is to be taken back."""
        ask_first(self.window(), "Übernahme zurücknehmen", text, "Zurücknehmen", partial(self.take_back, event))

    def take_back(self, event: int) -> None:
        """Take the import with this event back, behind the window."""
        self._set_busy(busy=True)
        now = self.desk.now()
        self.banner.tell("Der Tresor wird gesichert, dann wird die Übernahme zurückgenommen …")
        self.desk.write_behind(
            self, lambda vault: take_import_back(vault, event, now=now), self._done, self._failed, "Übernahme zurückgenommen"
        )

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self._show(self.table.current())

    def _done(self, count: int) -> None:
        self._set_busy(busy=False)
        entries = "1 Eintrag steht" if count == 1 else f"{count} Einträge stehen"
        self.banner.tell(f"Zurückgenommen: {entries} wieder wie zuvor.", "good")

    def _failed(self, error: BaseException) -> None:
        self._set_busy(busy=False)
        self.banner.tell(sentence_of(error), "danger")
