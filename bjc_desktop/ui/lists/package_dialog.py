"""A data package: what it would bring, what is wrong with it, and taking it in."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QVBoxLayout, QWidget

from bjc_desktop.errors import ErasedPeopleError, PackageConflictError, PackageError
from bjc_desktop.exchange.package_import import ImportResult, import_package, rehearse_package
from bjc_desktop.services.own_provider import BareProvider, bare_provider, become_one
from bjc_desktop.services.row_titles import TITLES
from bjc_desktop.services.team import list_providers
from bjc_desktop.ui.lists.busy_line import BusyLine
from bjc_desktop.ui.lists.counted_words import grouped
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.labels import NO_VALUE, Banner, button, label
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vault import Vault

_CONFLICT = "Im Tresor steht an {count} anderes als im Paket. Bitte die Liste ansehen und entscheiden, was gilt."
_ERASED = "Das Paket enthält {count}, deren Eintrag hier gelöscht wurde. Sie bleiben gelöscht, oder Sie nehmen sie wieder auf."
_KNOWN = "Der Tresor enthält das alles schon; es gibt nichts zu übernehmen."
_SHOWN_FAULTS = 500


def package_lines(result: ImportResult) -> list[tuple[str, int, int, int]]:
    """Return by kind of entry, under the titles that users know, how many are new, changed, and there already."""
    counts = ((TITLES[table].plural, count) for table, count in result.counts.items())
    return [(title, count.inserted, count.updated, count.unchanged) for title, count in counts]


def _number(count: int) -> str:
    return grouped(count) if count else NO_VALUE


COLUMNS = (
    Column("Was", lambda line: line[0], stretch=True, least=150),
    Column("neu", lambda line: _number(line[1]), number=True, width=90),
    Column("geändert", lambda line: _number(line[2]), number=True, width=100),
    Column("schon da", lambda line: _number(line[3]), number=True, width=100),
)


class PackageDialog(Dialog):
    """The dialog for the package at a path; ``taken`` follows when it is in the vault, with what came in words."""

    taken = Signal(str)

    def __init__(self, desk: Desk, path: Path, parent: QWidget | None = None) -> None:
        super().__init__("Datenpaket einlesen", parent, width=640, height=560)
        self.desk, self.path = desk, path
        self.result_shown: ImportResult | None = None
        self._bare: BareProvider | None = desk.read(bare_provider)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(self.column)
        self.take_button = button("&Einlesen", self.take, rank="primary", symbol="check", shortcut="Ctrl+Return")
        self.drop_button = button("Abbrechen", self.reject, rank="plain")
        self.put_below(None, self.drop_button, self.take_button)
        self.check()

    def _fill(self, column: QVBoxLayout) -> None:
        column.addWidget(label(self.path.name, "title", wrap=True))
        self.banner, self.busy = Banner(), BusyLine()
        self.busy.stop.hide()
        self.words = label("", wrap=True)
        self.table = RowTable(COLUMNS, "Was das Datenpaket bringt")
        self.faults = QPlainTextEdit()
        self.faults.setReadOnly(True)
        self.faults.setTabChangesFocus(True)
        self.faults.setAccessibleName("Was im Datenpaket nicht stimmt")
        self.faults.setMinimumHeight(theme().pixels(150))
        self.update_box = QCheckBox("Die &Werte des Pakets gelten")
        self.back_box = QCheckBox("Die Personen wieder &aufnehmen")
        self.same_box = QCheckBox()
        self.same_box.setChecked(True)
        for tick in (self.update_box, self.back_box):
            tick.toggled.connect(self.check)
        for part in (
            self.banner,
            self.busy,
            self.faults,
            self.update_box,
            self.back_box,
            self.same_box,
            self.table,
            self.words,
        ):
            column.addWidget(part)
        for part in (self.faults, self.update_box, self.back_box, self.table, self.words, self.same_box):
            part.hide()
        column.addStretch(1)

    # --- looking ----------------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Work out behind the window what the package would bring."""
        self.result_shown = None
        self.take_button.setEnabled(False)
        self.busy.begin("Das Datenpaket wird geprüft …")
        vault, path, today = self.desk.vault, self.path, self.desk.today()
        update, back = self.update_box.isChecked(), self.back_box.isChecked()

        def work(progress: Progress) -> ImportResult:
            _ = progress
            return rehearse_package(vault, path, update=update, bring_back=back, today=today)

        self.desk.background.run(self, work, self._show, self._refuse)

    def _show(self, result: ImportResult) -> None:
        self.busy.end()
        self.banner.clear()
        self.faults.hide()
        self.result_shown = result
        self.table.show_rows(package_lines(result))
        self.table.fit_height(14)
        self.table.show()
        aside = [f"Nicht gelesen: {name}" for name in result.ignored_files]
        aside += [f"Unbekannte Spalte: {name}" for name in result.unknown_columns]
        self.words.setText("\n".join([*([] if result.changed else [_KNOWN]), *aside]))
        self.words.setVisible(bool(self.words.text()))
        if self._bare is not None and len(result.new_providers) == 1:
            (name,) = result.new_providers
            own = "" if name == self._bare.name else f", hier „{self._bare.name}“"
            self.same_box.setText(f"„{name}“ im Paket ist unser Träger{own}".replace("&", "&&"))
            self.same_box.show()
        self.take_button.setEnabled(result.changed)
        (self.take_button if result.changed else self.drop_button).setFocus()

    def _refuse(self, error: BaseException) -> None:
        self.busy.end()
        self.table.hide()
        faults = error.faults if isinstance(error, PackageError) else ()
        self._show_faults(faults)
        if isinstance(error, PackageConflictError):
            count = "1 Eintrag" if len(faults) == 1 else f"{grouped(len(faults))} Einträgen"
            self._ask(self.update_box, _CONFLICT.format(count=count))
        elif isinstance(error, ErasedPeopleError):
            count = "1 Person" if len(faults) == 1 else f"{grouped(len(faults))} Personen"
            self._ask(self.back_box, _ERASED.format(count=count))
        else:
            self.banner.tell(sentence_of(error), "danger")
            self.drop_button.setFocus()

    def _ask(self, tick: QCheckBox, sentence: str) -> None:
        self.banner.tell(sentence, "warning")
        tick.show()
        tick.setFocus()

    def _show_faults(self, faults: tuple[str, ...]) -> None:
        more = [f"… und {grouped(len(faults) - _SHOWN_FAULTS)} weitere"] if len(faults) > _SHOWN_FAULTS else []
        self.faults.setPlainText("\n".join([*faults[:_SHOWN_FAULTS], *more]))
        self.faults.setVisible(bool(faults))

    # --- taking in --------------------------------------------------------------------------------------------------------

    def take(self) -> None:
        """Take the package in, behind the window."""
        if self.result_shown is None or not self.take_button.isEnabled():
            return
        for part in (self.take_button, self.drop_button, self.update_box, self.back_box, self.same_box):
            part.setEnabled(False)
        self.busy.begin("Der Tresor wird gesichert, dann wird das Datenpaket eingelesen …")
        path, now, today = self.path, self.desk.now(), self.desk.today()
        update, back = self.update_box.isChecked(), self.back_box.isChecked()
        bare = self._bare if self.same_box.isVisibleTo(self) and self.same_box.isChecked() else None

        def work(vault: Vault) -> ImportResult:
            result = import_package(vault, path, update=update, bring_back=back, now=now, today=today)
            if bare is not None:
                with vault.writing(now=now) as session:
                    become_one(session, bare, user_id=vault.user.id, today=today)
            return result

        self.desk.write_behind(self, work, self._taken, self._not_taken, "Datenpaket eingelesen")

    def _taken(self, result: ImportResult) -> None:
        new = sum(count.inserted for count in result.counts.values())
        changed = sum(count.updated for count in result.counts.values())
        providers = len(self.desk.read(list_providers))
        two = f" Der Tresor hat jetzt {providers} Träger; jeder hat seinen eigenen Bericht." if providers > 1 else ""
        parts = [f"{grouped(count)} {word}" for count, word in ((new, "neu"), (changed, "geändert")) if count]
        self.accept()
        self.taken.emit(f"Datenpaket eingelesen ({', '.join(parts)}).{two}")

    def _not_taken(self, error: BaseException) -> None:
        self.busy.end()
        for part in (self.take_button, self.drop_button, self.update_box, self.back_box, self.same_box):
            part.setEnabled(True)
        self._refuse(error)

    def reject(self) -> None:
        """Close, but not while the package is being taken in."""
        if self.drop_button.isEnabled():
            super().reject()
