"""The partners: cards out and in, the code that is compared over the telephone, and the end of an exchange."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from bjc_desktop.services.exchange_dates import LastFiles
from bjc_desktop.services.pairing import (
    CARD_ENDING,
    Card,
    PartnerRow,
    confirm,
    end_pairing,
    pair,
    read_card,
    write_card,
)
from bjc_desktop.services.typed_values import show_moment
from bjc_desktop.ui.exchange.card_dialog import CardDialog, Owner
from bjc_desktop.ui.exchange.question import ask_first
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import NO_VALUE, Banner, box, button, label, row
from bjc_desktop.ui.shared.page import Scroller
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.start.entry import Entry

_STEPS = (
    "1. „Eigene Karte speichern …“ und die Datei der anderen Seite geben: auf einem Stick, im Netz oder per E-Mail. Geheim ist sie nicht.\n"
    "2. „Karte einlesen …“ mit der Karte, die Sie von der anderen Seite bekommen.\n"
    "3. Miteinander telefonieren und den Code vergleichen. Danach werden Dateien geschrieben und eingelesen."
)
_CALL = "Bitte unter einer Nummer anrufen, die Sie schon kennen."
_READ_OUT = (
    f"{_CALL} Lesen Sie diesen Code vor; die andere Seite tippt ihn ein. Erst wenn sie ihn bestätigt, bestätigen auch Sie."
)
_TYPE_IN = f"{_CALL} Die andere Seite sieht einen Code aus 20 Ziffern und liest ihn vor."
_END = (
    "Danach werden keine Dateien von dort mehr übernommen und keine mehr dorthin geschrieben. Was schon übernommen wurde, bleibt."
)
_CARDS = f"Karten (*{CARD_ENDING})"


def state_of(partner: PartnerRow) -> str:
    """Return how far the exchange with *partner* is, in a word or two."""
    if partner.ended:
        return "beendet"
    return "verbunden" if partner.confirmed else "Code vergleichen"


def _colour(partner: PartnerRow) -> str:
    if partner.ended:
        return "muted"
    return "" if partner.confirmed else "warning"


class PartnersView(Scroller):
    """The section; what it has to say is told in the page's *banner*."""

    def __init__(self, desk: Desk, banner: Banner) -> None:
        super().__init__()
        self.desk, self.banner = desk, banner
        self._last: Mapping[str, LastFiles] = {}
        self._compared = ""
        """Whose code is being typed in: that stays when the list is read again."""
        self.write_button = button("Eigene &Karte speichern …", self._choose_place, symbol="download")
        self.read_button = button("Karte &einlesen …", self._choose_card, symbol="folder-open")
        self.end_button = button("Austausch &beenden …", self.ask_to_end, symbol="x")
        ways = FlowRow()
        for made in (self.write_button, self.read_button, self.end_button):
            ways.add(made)
        self.steps = label(_STEPS, wrap=True)
        self.table = RowTable(self._columns(), "Austauschpartner")
        self.table.chosen.connect(self._show)
        self.code_box = self._code()
        for part in (self.steps, ways, self.table, self.code_box):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.show_partners((), {})

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("Name", lambda partner: partner.name, stretch=True, least=160),
            Column("Stand", state_of, width=150, colour=_colour),
            Column("Wer", lambda partner: partner.kind.label, width=200, rank=1),
            Column("Person", lambda partner: partner.staff_name or NO_VALUE, width=150, rank=4),
            Column("Notizen", lambda partner: "ja" if partner.reads_notes else "nein", width=80, rank=2),
            Column("Zuletzt eingelesen", lambda partner: self._moment(partner, "taken_in"), width=155, rank=3),
            Column("Zuletzt geschrieben", lambda partner: self._moment(partner, "written"), width=155, rank=3),
        )

    def _moment(self, partner: PartnerRow, which: str) -> str:
        last = self._last.get(partner.id)
        moment = None if last is None else getattr(last, which)
        return NO_VALUE if moment is None else show_moment(moment)

    def _code(self) -> QWidget:
        frame, column = box()
        self.code_title, self.code_words = label("", "heading", wrap=True), label("", wrap=True)
        self.code = label("", "figure", wrap=True)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.typed = QLineEdit()
        self.typed.setPlaceholderText("1234 5678 9012 3456 7890")
        self.typed.returnPressed.connect(self.compare)
        self.typed_entry = Entry("&Vorgelesener Code", self.typed)
        self.agree_button = button("Die andere Seite hat be&stätigt", self.agree, rank="primary", symbol="check")
        self.compare_button = button("Ver&gleichen", self.compare, rank="primary", symbol="check")
        for part in (self.code_title, self.code_words, self.code, self.typed_entry):
            column.addWidget(part)
        column.addLayout(row(self.agree_button, self.compare_button, None))
        return frame

    # --- showing ----------------------------------------------------------------------------------------------------------

    def show_partners(self, partners: tuple[PartnerRow, ...], last: Mapping[str, LastFiles]) -> None:
        """Show *partners*, and when files were last exchanged with each; without any, how it begins."""
        self._last = last
        self.steps.setVisible(not any(not partner.ended for partner in partners))
        self.table.setVisible(bool(partners))
        self.table.show_rows(partners, key=lambda partner: partner.id)
        self.table.fit_height(8)
        self._show(self.table.current())  # the same partner may be confirmed by now

    def go_to(self, partner_id: str) -> None:
        """Choose a partner."""
        ids = [partner.id for partner in self.table.rows_model.rows]
        if partner_id in ids:
            self.table.selectRow(ids.index(partner_id))

    def _show(self, partner: PartnerRow | None) -> None:
        self.end_button.setEnabled(partner is not None and not partner.ended)
        waits = partner is not None and not partner.ended and not partner.confirmed
        self.code_box.setVisible(waits)
        if partner is None or not waits:
            return
        if self._compared != partner.id:
            self.typed.clear()
            self.typed_entry.tell("")
            self._compared = partner.id
        self.code_title.setText(f"Code mit „{partner.name}“ vergleichen")
        self.code_words.setText(_READ_OUT if partner.reads_out else _TYPE_IN)
        self.code.setText(partner.code)
        self.code.setAccessibleName(f"Code: {partner.code}")
        self.code.setVisible(partner.reads_out)
        self.agree_button.setVisible(partner.reads_out)
        self.typed_entry.setVisible(not partner.reads_out)
        self.compare_button.setVisible(not partner.reads_out)

    # --- cards ------------------------------------------------------------------------------------------------------------

    def _choose_place(self) -> None:
        place = str(Path.home() / f"BJC-Karte{CARD_ENDING}")
        chosen, _ = QFileDialog.getSaveFileName(self, "Eigene Karte speichern", place, _CARDS)
        if chosen:
            self.save_card(Path(chosen))

    def save_card(self, path: Path) -> None:
        """Write the vault's own card to *path*."""

        def work(progress: Progress) -> Path:
            _ = progress
            self.desk.wait_until_checked()
            return write_card(self.desk.vault, path)

        self.desk.background.run(self, work, self._card_saved, self._failed)

    def _card_saved(self, path: Path) -> None:
        self.banner.tell(f"Gespeichert: {path}. Geben Sie die Karte der anderen Seite, und lesen Sie deren Karte ein.", "good")

    def _choose_card(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Karte der anderen Seite", str(Path.home()), f"{_CARDS};;Alle Dateien (*)")
        if chosen:
            self.open_card(Path(chosen))

    def open_card(self, path: Path) -> None:
        """Read the card at *path* and ask whose it is."""
        self.desk.background.run(self, lambda _: read_card(path), self._ask_whose, self._failed)

    def _ask_whose(self, card: Card) -> None:
        self.banner.clear()
        dialog = CardDialog(self.desk, self)
        dialog.chosen.connect(partial(self._pair, dialog, card))
        dialog.open()

    def _pair(self, dialog: CardDialog, card: Card, owner: Owner) -> None:
        now = self.desk.now()
        self.desk.write_behind(
            dialog,
            lambda vault: pair(vault, card, **asdict(owner), now=now),
            partial(self._paired, dialog),
            dialog.refuse,
            "Karte eingelesen",
        )

    def _paired(self, dialog: CardDialog, partner: PartnerRow) -> None:
        dialog.accept()
        self.table.show_rows([*(old for old in self.table.rows_model.rows if old.id != partner.id), partner])
        self.go_to(partner.id)

    # --- the code ---------------------------------------------------------------------------------------------------------

    def agree(self) -> None:
        """Note that the other side found the code right that was read out."""
        self._confirm(None)

    def compare(self) -> None:
        """Compare what was typed."""
        self._confirm(self.typed.text())

    def _confirm(self, code: str | None) -> None:
        partner: PartnerRow | None = self.table.current()
        if partner is None:
            return
        now = self.desk.now()
        self.desk.write_behind(
            self,
            lambda vault: confirm(vault, partner.id, code, now=now),
            lambda _: self._confirmed(partner),
            self._not_confirmed,
            "Code verglichen",
        )

    def _confirmed(self, partner: PartnerRow) -> None:
        self.banner.tell(f"„{partner.name}“ ist verbunden. Dateien können geschrieben und eingelesen werden.", "good")
        self.table.setFocus()

    def _not_confirmed(self, error: BaseException) -> None:
        if self.typed_entry.isVisibleTo(self):
            self.typed_entry.tell(sentence_of(error))
            self.typed.setFocus()
        else:
            self._failed(error)

    # --- the end ----------------------------------------------------------------------------------------------------------

    def ask_to_end(self) -> None:
        """Ask whether the exchange with the chosen partner is to end."""
        partner: PartnerRow | None = self.table.current()
        if partner is not None and not partner.ended:
            text = f"Den Austausch mit „{partner.name}“ beenden? {_END}"
            ask_first(self, "Austausch beenden", text, "Beenden", partial(self.end, partner))

    def end(self, partner: PartnerRow) -> None:
        """End the exchange with *partner*."""
        now = self.desk.now()
        self.desk.write_behind(
            self,
            lambda vault: end_pairing(vault, partner.id, now=now),
            lambda _: self.banner.tell(f"Der Austausch mit „{partner.name}“ ist beendet.", "good"),
            self._failed,
            "Austausch beendet",
        )

    def _failed(self, error: BaseException) -> None:
        self.banner.tell(sentence_of(error), "danger")
