"""The exchange with the vaults of colleagues: partners, files out and in, what was changed on both sides, what was taken in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from bjc_desktop.services.exchange_conflicts import Conflict, list_conflicts
from bjc_desktop.services.exchange_dates import LastFiles, read_last_files
from bjc_desktop.services.pairing import PartnerRow, list_partners
from bjc_desktop.services.taking_back import ImportRow, list_imports
from bjc_desktop.ui.exchange.conflicts_view import ConflictsView
from bjc_desktop.ui.exchange.imports_view import ImportsView
from bjc_desktop.ui.exchange.partners_view import PartnersView
from bjc_desktop.ui.exchange.reading_view import ReadingView
from bjc_desktop.ui.exchange.writing_view import WritingView
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.labels import Banner, button
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.ui.shared.sections import Sections
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme

PARTNERS, WRITING, READING, CONFLICTS, IMPORTS = "partners", "writing", "reading", "conflicts", "imports"
_LEAST = 300
"""The height of a section with large text, at 100 %."""


@dataclass(frozen=True, slots=True)
class ExchangeShown:
    """What the page shows."""

    partners: tuple[PartnerRow, ...]
    last: Mapping[str, LastFiles]
    conflicts: tuple[Conflict, ...]
    imports: tuple[ImportRow, ...]


def next_step(shown: ExchangeShown) -> tuple[str, str]:
    """Return what is to be done next, in a sentence, and the section where."""
    partners = [partner for partner in shown.partners if not partner.ended]
    unconfirmed = next((partner for partner in partners if not partner.confirmed), None)
    if shown.conflicts:
        count = len(shown.conflicts)
        return f"{count} {'Abweichung wartet' if count == 1 else 'Abweichungen warten'} auf eine Entscheidung.", CONFLICTS
    if not partners:
        return "Als Erstes verbinden Sie sich einmal mit der anderen Seite.", PARTNERS
    if unconfirmed is not None:
        return f"Als Nächstes den Code mit „{unconfirmed.name}“ am Telefon vergleichen.", PARTNERS
    return "Bereit: Schreiben Sie eine Datei für die andere Seite, oder lesen Sie eine ein, die von dort kam.", ""


class ExchangePage(Page):
    """The page; its place may name a ``section``, or a ``file`` or ``card`` that was dropped on the window."""

    key: ClassVar[str] = "exchange"
    heading: ClassVar[str] = "Austausch"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.partners = PartnersView(desk, self.banner)
        self.writing = WritingView(desk, self.banner)
        self.reading_view = ReadingView(desk, self.banner)
        self.conflicts = ConflictsView(desk, self.banner)
        self.imports = ImportsView(desk, self.banner)
        self.step = Banner()
        self._step = ("", "")
        self.sections = Sections()
        self.sections.asked.connect(self.show_section)
        views: tuple[tuple[str, str, QWidget], ...] = (
            (PARTNERS, "Partner", self.partners),
            (WRITING, "Schreiben", self.writing),
            (READING, "Einlesen", self.reading_view),
            (CONFLICTS, "Abweichungen", self.conflicts),
            (IMPORTS, "Übernahmen", self.imports),
        )
        for key, title, view in views:
            self.sections.add_section(key, title, view)
        for part in (self.step, self.sections.bar):
            self.add(part)
        if theme().scale >= LARGE_TEXT:
            # The page scrolls as a whole: a section is never a slit that scrolls by itself.
            for view in (self.partners, self.writing, self.reading_view, self.imports):
                view.setMinimumHeight(theme().pixels(_LEAST))
        self.add(self.sections, 1)
        self.reading_view.section_wanted.connect(self.show_section)
        self.reading_view.back_wanted.connect(self.imports.ask_for)
        self.conflicts.file_wanted.connect(lambda coaching_id: self.wanted.emit("case_file", {"coaching_id": coaching_id}))
        self._offer_lists()

    def _offer_lists(self) -> None:
        for view in (self.partners.table, self.reading_view.table, self.imports.table, self.imports.details):
            self.offer_list(view, ListOffer())
        self.offer_list(self.conflicts.table, ListOffer(words=lambda: "auf beiden Seiten geändert, noch nicht entschieden"))

    # --- reading ----------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read everything again, behind the window: the codes of the partners take a moment."""
        self._asked_last += 1
        number, now = self._asked_last, self.desk.now()

        def read(progress: Progress) -> ExchangeShown:
            _ = progress
            vault = self.desk.vault
            partners, conflicts, imports = list_partners(vault), list_conflicts(vault), list_imports(vault, now=now)
            with vault.reading() as connection:
                return ExchangeShown(partners, read_last_files(connection), conflicts, imports)

        def arrived(shown: ExchangeShown) -> None:
            if number == self._asked_last and not self.desk.closed:
                self._answered_last = number
                self._show(shown)

        def failed(error: BaseException) -> None:
            self._answered_last = max(self._answered_last, number)
            self.banner.tell(sentence_of(error), "danger")

        self.desk.background.run(self, read, arrived, failed)

    def _show(self, shown: ExchangeShown) -> None:
        self.partners.show_partners(shown.partners, shown.last)
        self.writing.show_partners(shown.partners)
        self.conflicts.show_conflicts(shown.conflicts)
        self.imports.show_imports(shown.imports)
        count, partners = len(shown.conflicts), sum(not partner.ended for partner in shown.partners)
        self.sections.buttons[CONFLICTS].setText(f"Abweichungen ({count})" if count else "Abweichungen")
        waits = "1 Abweichung" if count == 1 else f"{count} Abweichungen"
        self.subtitle.setText(f"{partners} Partner · {waits}")
        self._step = next_step(shown)
        self._tell_step()

    def _tell_step(self) -> None:
        """Say what is next; the way there is offered where it leads elsewhere."""
        text, section = self._step
        elsewhere = section not in {"", self.sections.shown}
        ways = [button("Dorthin", partial(self.show_section, section), rank="plain")] if elsewhere else []
        if text:
            self.step.tell(text, "warning" if section == CONFLICTS else "quiet", *ways)

    # --- the page ---------------------------------------------------------------------------------------------------------

    def show_section(self, section: str) -> None:
        """Show one of the sections."""
        self.banner.settle()
        self.sections.show_section(section)
        self._tell_step()
        target = self.conflicts.table if section == CONFLICTS and self.conflicts.selected() else self.sections.shown_button
        target.setFocus()

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show a section, and what was dropped."""
        if where.get("section") in self.sections.buttons:
            self.show_section(where["section"])
        if where.get("file"):
            self.show_section(READING)
            self.reading_view.open_file(Path(where["file"]))
        if where.get("card"):
            self.show_section(PARTNERS)
            self.partners.open_card(Path(where["card"]))

    def present_place(self) -> Mapping[str, Any]:
        """Return the section: coming back reads no file again."""
        return {"section": self.sections.shown}

    @property
    def shown_part(self) -> str:
        """The section that is shown."""
        return self.sections.shown

    def first_field(self) -> QWidget:
        """Return the list of what is to be decided where that is shown, or the button of the section."""
        if self.sections.shown == CONFLICTS and self.conflicts.selected():
            return self.conflicts.table
        return self.sections.shown_button

    def offers(self) -> Sequence[tuple[str, str, Callable[[], object]]]:
        """Offer each section."""
        titles = {PARTNERS: "Partner", WRITING: "Datei schreiben", READING: "Datei einlesen", CONFLICTS: "Abweichungen"}
        titles[IMPORTS] = "Übernahmen"
        return tuple((f"Austausch: {title}", "", partial(self.show_section, key)) for key, title in titles.items())

    def sample_places(self) -> dict[str, dict[str, Any]]:
        """Return each section of the pictures."""
        return {f"exchange-{key}": {"section": key} for key in self.sections.buttons}
