"""Reading a file that came: what it would change, a question where much would go, taking it in, and taking it back at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QVBoxLayout, QWidget

from bjc_desktop.exchange.envelope import ENDING
from bjc_desktop.services.exchanging import Effect, preview_exchange, take_in
from bjc_desktop.services.row_titles import TITLES
from bjc_desktop.services.typed_values import show_moment
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import NO_VALUE, Banner, box, button, label
from bjc_desktop.ui.shared.page import Scroller
from bjc_desktop.ui.shared.row_table import Column, RowTable

_HOW = (
    f"Eine Datei mit der Endung {ENDING} wählen oder sie auf das Fenster ziehen. Zuerst wird gezeigt, was sie ändern würde; "
    "übernommen wird erst auf Ihren Knopf hin, mit einer Sicherung davor."
)
_FILES = f"Austauschdateien (*{ENDING})"
_KNOWN = "An den Einträgen ändert sich nichts. Übernommen wird nur, was dort über Fassungen und Entscheidungen bekannt ist."
_MANY = (
    "Mit dieser Datei würde ungewöhnlich viel gelöscht{people}. Bitte die Liste prüfen und im Zweifel die andere Seite anrufen."
)


@dataclass(frozen=True, slots=True)
class EffectLine:
    """One kind of entry in the list of what a file does: how many are new, changed, gone."""

    title: str
    new: int
    changed: int
    gone: int


def effect_lines(counts: Mapping[str, Iterable[int]]) -> tuple[EffectLine, ...]:
    """Return *counts* (by table: new, changed, gone) under the titles that users know."""
    return tuple(EffectLine(TITLES[table].plural, *numbers) for table, numbers in counts.items())


def whole(count: int) -> str:
    """Return *count* with points between the thousands."""
    return f"{count:,}".replace(",", ".")


def _number(count: int) -> str:
    return whole(count) if count else NO_VALUE


EFFECT_COLUMNS = (
    Column("Was", lambda line: line.title, stretch=True, least=150),
    Column("neu", lambda line: _number(line.new), number=True, width=90),
    Column("geändert", lambda line: _number(line.changed), number=True, width=100),
    Column(
        "gelöscht", lambda line: _number(line.gone), number=True, width=100, colour=lambda line: "danger" if line.gone else ""
    ),
)


def remarks(effect: Effect) -> list[str]:
    """Return in plain sentences what a file leaves aside."""
    found = [
        _said(
            effect.conflicts, "Eintrag wurde", "Einträge wurden", "auf beiden Seiten geändert; darüber entscheiden Sie danach."
        ),
        _said(effect.put_back, "Eintrag wartet", "Einträge warten", "noch, weil etwas dazu fehlt; eine spätere Datei bringt es."),
        _said(effect.erased, "Eintrag bleibt", "Einträge bleiben", "draußen, weil die Person hier gelöscht wurde."),
        _said(
            effect.kept,
            "Eintrag bleibt",
            "Einträge bleiben",
            "trotz Löschung auf der anderen Seite, weil hier noch etwas darauf aufbaut.",
        ),
        _said(effect.unchanged, "Eintrag ist", "Einträge sind", "hier schon bekannt."),
    ]
    return ([] if effect.changes else [_KNOWN]) + [sentence for sentence in found if sentence]


def _said(count: int, one: str, many: str, rest: str) -> str:
    return f"{whole(count)} {one if count == 1 else many} {rest}" if count else ""


def made_at(effect: Effect) -> str:
    """Return when the file was written, by the clock over there."""
    try:
        return show_moment(datetime.fromisoformat(effect.made_at))
    except ValueError:
        return "zu unbekannter Zeit"


class ReadingView(Scroller):
    """The section; what it has to say is told in the page's *banner*."""

    section_wanted = Signal(str)
    back_wanted = Signal(int)
    """The event of the import that is to be taken back."""

    def __init__(self, desk: Desk, banner: Banner) -> None:
        super().__init__()
        self.desk, self.banner = desk, banner
        self.path: Path | None = None
        self.effect: Effect | None = None
        self.choose_button = button("Datei &wählen …", self._choose_file, symbol="folder-open")
        ways = FlowRow()
        ways.add(self.choose_button)
        self.column.addWidget(label(_HOW, wrap=True))
        self.column.addWidget(ways)
        self.shown = self._preview()
        self.column.addWidget(self.shown)
        self.column.addStretch(1)

    def _preview(self) -> QWidget:
        frame, column = box()
        self.title, self.words = label("", "heading", wrap=True), label("", wrap=True)
        self.table = RowTable(EFFECT_COLUMNS, "Was die Datei ändert")
        self.many = Banner()
        self.checked = QCheckBox("Ich habe das &geprüft")
        self.checked.toggled.connect(self._offer)
        self.take_button = button("Über&nehmen", self.take, rank="primary", symbol="check", shortcut="Ctrl+Return")
        self.drop_button = button("Nicht übernehmen", self.drop, rank="plain")
        ways = FlowRow()
        for made in (self.take_button, self.drop_button):
            ways.add(made)
        self._add_all(column, self.title, self.many, self.table, self.words, self.checked, ways)
        frame.hide()
        return frame

    @staticmethod
    def _add_all(column: QVBoxLayout, *parts: QWidget) -> None:
        for part in parts:
            column.addWidget(part)

    # --- looking ----------------------------------------------------------------------------------------------------------

    def _choose_file(self) -> None:
        place = Path.home() if self.path is None else self.path.parent
        chosen, _ = QFileDialog.getOpenFileName(self, "Austauschdatei einlesen", str(place), f"{_FILES};;Alle Dateien (*)")
        if chosen:
            self.open_file(Path(chosen))

    def open_file(self, path: Path) -> None:
        """Work out behind the window what the file at *path* would change."""
        self.drop()
        self.path = path
        self.choose_button.setEnabled(False)
        self.banner.tell(f"{path.name} wird gelesen …")

        def work(progress: Progress) -> Effect:
            _ = progress
            self.desk.wait_until_checked()
            return preview_exchange(self.desk.vault, path)

        self.desk.background.run(self, work, partial(self._show, path), self._failed)

    def _show(self, path: Path, effect: Effect) -> None:
        if path != self.path:
            return
        self.banner.clear()
        self.choose_button.setEnabled(True)
        self.effect = effect
        self.title.setText(f"Von „{effect.partner_name}“, geschrieben am {made_at(effect)}")
        counts = {table: (each.new, each.changed, each.gone) for table, each in effect.tables.items()}
        lines = effect_lines(counts)
        self.table.show_rows(lines)
        self.table.setVisible(bool(lines))
        self.table.fit_height(12)
        self.words.setText("\n".join(remarks(effect)))
        self.words.setVisible(bool(self.words.text()))
        self._warn(effect)
        self.shown.show()
        self._offer()
        target = self.take_button if self.take_button.isEnabled() else self.checked
        target.setFocus()

    def _warn(self, effect: Effect) -> None:
        self.many.clear()
        self.checked.setChecked(False)
        self.checked.setVisible(effect.many_gone)
        if effect.many_gone:
            people = {0: "", 1: ", auch 1 Person"}.get(effect.people_gone, f", auch {effect.people_gone} Personen")
            self.many.tell(_MANY.format(people=people), "danger")

    def _offer(self) -> None:
        self.take_button.setEnabled(self.effect is not None and (self.checked.isChecked() or not self.effect.many_gone))

    def drop(self) -> None:
        """Leave the file aside."""
        self.path = self.effect = None
        self.shown.hide()
        self.choose_button.setEnabled(True)
        self.banner.settle()

    # --- taking in --------------------------------------------------------------------------------------------------------

    def take(self) -> None:
        """Take the file in that is shown."""
        path, effect = self.path, self.effect
        if path is None or effect is None or not self.take_button.isEnabled():
            return
        self.take_button.setEnabled(False)
        now, even = self.desk.now(), effect.many_gone and self.checked.isChecked()
        self.banner.tell("Der Tresor wird gesichert, dann wird die Datei übernommen …")
        self.desk.write_behind(
            self,
            lambda vault: take_in(vault, path, even_if_many_go=even, now=now),
            self._taken,
            self._not_taken,
            "Austauschdatei übernommen",
        )

    def _taken(self, effect: Effect) -> None:
        self.drop()
        self.choose_button.setFocus()
        if effect.event is None:
            self.banner.tell("In der Datei war nichts Neues; es wurde nichts verändert.", "quiet")
            return
        event = effect.event
        ways = [button("Zurücknehmen …", lambda: self.back_wanted.emit(event), rank="plain", symbol="undo-2")]
        waits = ""
        if effect.conflicts:
            waits = f" {effect.conflicts} {'Abweichung wartet' if effect.conflicts == 1 else 'Abweichungen warten'} auf Ihre Entscheidung."
            ways.insert(0, button("Zu den Abweichungen", partial(self.section_wanted.emit, "conflicts")))
        self.banner.tell(f"Übernommen von „{effect.partner_name}“: {in_words(effect)}.{waits}", "good", *ways)

    def _not_taken(self, error: BaseException) -> None:
        self._offer()
        self.banner.tell(sentence_of(error), "danger")

    def _failed(self, error: BaseException) -> None:
        self.drop()
        self.banner.tell(sentence_of(error), "danger")


def in_words(effect: Effect) -> str:
    """Return how many entries are new, changed, gone."""
    return counted_in_words([(each.new, each.changed, each.gone) for each in effect.tables.values()])


def counted_in_words(counts: Iterable[tuple[int, int, int]]) -> str:
    """Return the sums of *counts* in words."""
    new, changed, gone = (sum(column) for column in zip(*(*counts, (0, 0, 0)), strict=True))
    parts = [f"{whole(count)} {word}" for count, word in ((new, "neu"), (changed, "geändert"), (gone, "gelöscht")) if count]
    return ", ".join(parts) or "nur Bekanntes"
