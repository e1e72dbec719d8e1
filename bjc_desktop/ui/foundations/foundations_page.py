"""Funding decisions, targets per year with their source, the settings of the indicators with their reasons, feedback talks."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.indicators.settings import DEFINITIONS
from bjc_desktop.reports.german import NO_VALUE
from bjc_desktop.services.case_file import CaseRow
from bjc_desktop.services.foundations import Foundations, SettingLine, TargetLine, read_foundations, save_target
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.targets import change_setting, read_settings
from bjc_desktop.services.team import list_providers
from bjc_desktop.services.typed_values import parse_decimal, show_decimal
from bjc_desktop.ui.foundations.setting_dialog import SettingDialog
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.draft_keeper import DraftKeeper
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import Banner, Chip, box, button, give_keyboard, label, row
from bjc_desktop.ui.shared.page import Page, Scroller, clear_layout
from bjc_desktop.ui.shared.row_list import ListShape, RowList
from bjc_desktop.ui.shared.row_table import Column
from bjc_desktop.ui.shared.sections import Sections
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.vocabulary import Role

DECISIONS, TARGETS, SETTINGS, TALKS = "decisions", "targets", "settings", "talks"
_HALF = "Bitte zu jedem Soll auch den Beginn der Toleranz angeben."
_SECTIONS = (
    (DECISIONS, "Zuwendungsbescheide"),
    (TARGETS, "Sollwerte"),
    (SETTINGS, "Zählweise"),
    (TALKS, "Rückmeldegespräche"),
)


def _column(table: str, name: str, *, width: int = 0, rank: int = 0) -> Column:
    title = fields_of(table)[name].title
    return Column(title, lambda shown: shown.text(name) or NO_VALUE, stretch=not width, width=width, rank=rank, least=130)


class FoundationsPage(Page):
    """The page; its place may name a ``section``, and what a ``new`` talk begins with."""

    key: ClassVar[str] = "foundations"
    heading: ClassVar[str] = "Grundlagen"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.foundations: Foundations | None = None
        self._draft: DraftKeeper | None = None
        self._saved_texts: dict[str, list[str]] = {}
        self._changed: str | None = None
        """The setting that was changed last, to which the keyboard comes back."""
        makers = {DECISIONS: self._decisions, TARGETS: self._targets, SETTINGS: self._settings, TALKS: self._talks}
        self.sections = Sections()
        self.sections.asked.connect(self.show_section)
        for key, text in _SECTIONS:
            # Talks are about results: they are the coordination's.
            if key != TALKS or Role.COORDINATION in desk.vault.user.roles:
                self.sections.add_section(key, text, makers[key]())
        self.add(self.sections.bar)
        self.add(self.sections, 1)

    # --- lists ------------------------------------------------------------------------------------------------------------

    def _owner(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what a new row of the only provider belongs to, or the choice among several."""
        providers = self.desk.read(list_providers)
        if len(providers) == 1:
            return {"provider_id": providers[0][1]}, {}
        return {}, {"provider_id": [*providers]}

    def _list(
        self, table: str, columns: tuple[Column, ...], fields: tuple[str, ...], required: tuple[str, ...], words: str
    ) -> RowList:
        owner, choices = self._owner()
        names = (*choices, *fields)
        shape = ListShape(table, columns, names, (*choices, *required), words, "Eintrag", choices)
        return RowList(self.desk, shape, owner, dict)

    def _decisions(self) -> QWidget:
        table = "funding_decisions"
        columns = (
            _column(table, "reference"),
            *(_column(table, name, width=120) for name in ("valid_from", "valid_to")),
            *_positions(),
            Column("Nachweis am", lambda shown: shown.text("proof_of_use_on") or NO_VALUE, width=120, rank=2),
        )
        fields = ("reference", "valid_from", "valid_to", "coach_positions", "trainer_positions", "proof_of_use_on")
        self.decisions = self._list(
            table, columns, fields, fields[:3], "Hier stehen die Bescheide mit Zeitraum und geförderten Stellen."
        )
        self.decisions.table.chosen.connect(self._show_changes)
        table = "funding_changes"
        columns = (
            _column(table, "valid_from", width=120),
            _column(table, "reference", width=180, rank=2),
            _column(table, "reason"),
        )
        shape = ListShape(
            table,
            (*columns, *_positions()),
            ("valid_from", "reference", "coach_positions", "trainer_positions", "reason"),
            ("valid_from",),
            "Ändert ein Bescheid die Stellen, gelten sie ab seinem Tag; was leer bleibt, gilt weiter.",
            "Änderung",
        )
        self.changes = RowList(self.desk, shape, {}, dict)
        self._changes_title = label("Änderungen", "heading")
        return _scrolled(self.decisions, self._changes_title, self.changes)

    def _show_changes(self, decision: CaseRow | None) -> None:
        """Show the changes of the chosen decision."""
        for part in (self._changes_title, self.changes):
            part.setVisible(decision is not None)
        if decision is None or self.foundations is None:
            return
        self._changes_title.setText(f"Änderungen zu {decision['reference']}")
        rows = [row for row in self.foundations.changes if row["funding_decision_id"] == decision.id]
        self.changes.show_of(decision.id, rows, {"funding_decision_id": decision.id})

    def _talks(self) -> QWidget:
        table = "feedback_talks"
        columns = (
            _column(table, "held_on", width=110),
            _column(table, "participants", width=180),
            _column(table, "code", width=150),
            _column(table, "agreed"),
            _column(table, "agreed_until", width=110),
        )
        fields = ("held_on", "participants", "code", "reason", "reasons", "agreed", "agreed_until")
        words = "Gespräche über Ergebnisse unter der Toleranz: mit wem, warum, was vereinbart wurde und bis wann."
        self.talks = self._list(table, columns, fields, ("held_on",), words)
        return _scrolled(self.talks)

    # --- targets ----------------------------------------------------------------------------------------------------------

    def _targets(self) -> QWidget:
        scroller = Scroller()
        frame, column = box()
        self.year = ChoiceBox()
        self.year.setAccessibleName("Jahr")
        this_year = self.desk.today().year
        for year in range(this_year + 1, this_year - 6, -1):
            self.year.addItem(str(year), year)
        self.year.setCurrentIndex(1)
        self.year.activated.connect(self._change_year)
        self._year_words = label("", "muted", wrap=True)
        self._target_banner = Banner()
        self.lines: dict[str, tuple[QLineEdit, QLineEdit]] = {}
        self._grid = QVBoxLayout()
        self.source = QLineEdit()
        self.source_entry = Entry(
            "&Quelle *", self.source, "Woher die Sollwerte stammen, zum Beispiel der Bescheid oder ein Rundschreiben."
        )
        self.save_button = button("&Speichern", self.save_targets, rank="primary")
        column.addLayout(row(label("Jahr", "strong"), self.year, None))
        for part in (self._year_words, self._target_banner):
            column.addWidget(part)
        column.addLayout(self._grid)
        column.addWidget(self.source_entry)
        column.addLayout(row(None, self.save_button))
        scroller.column.addWidget(frame)
        scroller.column.addStretch(1)
        return scroller

    def _show_targets(self, foundations: Foundations) -> None:
        if self._draft is not None and self._content() is not None:
            return  # what is typed stays
        clear_layout(self._grid)
        self.lines = {}
        grid_holder = QWidget()
        grid = QGridLayout(grid_holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(0, 1)
        for number, line in enumerate(foundations.targets):
            self._add_target(grid, number, line)
        self._grid.addWidget(grid_holder)
        own = self.year.currentData() in foundations.years
        years = ", ".join(str(year) for year in foundations.years) or "keine"
        self._year_words.setText(
            f"Eigene Sollwerte haben: {years}."
            + ("" if own else " Ohne eigene gelten die des letzten Jahres davor, sonst die nächsten danach.")
        )
        self.source.setText(next((line.source for line in foundations.targets if line.source), ""))
        self._saved_texts = self._texts()
        if self._draft is None:
            self._draft = DraftKeeper(self.desk, f"targets:{self.year.currentData()}", self._content)
            self._draft.restore(self._show_typed)

    def _show_typed(self, draft: Mapping[str, Sequence[str]]) -> None:
        for name, texts in draft.items():
            for field, text in zip(self.lines.get(name, (self.source,)), texts, strict=False):
                field.setText(text)

    def _add_target(self, grid: QGridLayout, number: int, line: TargetLine) -> None:
        unit = " (Prozent)" if line.per_cent else ""
        target, low = QLineEdit(_shown(line.target)), QLineEdit(_shown(line.tolerance_low))
        target.setAccessibleName(f"{line.title}: Soll{unit}")
        low.setAccessibleName(f"{line.title}: Toleranz ab{unit}")
        self.lines[line.code] = (target, low)
        large = theme().scale >= LARGE_TEXT
        title = label(f"{line.title}{unit}", wrap=True)
        grid.addWidget(title, 2 * number, 0, 1, 4 if large else 1)
        for at, (words, field) in enumerate((("Soll", target), ("Toleranz ab", low))):
            field.setMaximumWidth(theme().pixels(110))
            grid.addWidget(label(words, "muted"), 2 * number + large, 1 + 2 * at - large)
            grid.addWidget(field, 2 * number + large, 2 + 2 * at - large)

    def _typed_targets(self) -> dict[str, tuple[Decimal, Decimal]]:
        values: dict[str, tuple[Decimal, Decimal]] = {}
        for code, (target, low) in self.lines.items():
            numbers = [parse_decimal(field.text()) for field in (target, low)]
            if numbers[0] is not None and numbers[1] is not None:
                values[code] = (numbers[0], numbers[1])
            elif numbers != [None, None]:
                raise InvalidInputError({"target": _HALF})
        return values

    def save_targets(self) -> None:
        """Save the targets of the year, all in one step."""
        year, source = self.year.currentData(), self.source.text()
        self.source_entry.tell("")

        def change(session: Any) -> None:
            for code, (target, low) in values.items():
                save_target(session, year, code, target=target, tolerance_low=low, source=source)
            if self._draft is not None:
                self._draft.drop(session)

        before = self._saved_texts
        try:
            values = self._typed_targets()
            self._saved_texts = self._texts()  # what follows the change reads the page again
            self.desk.write(change, f"Sollwerte {year} gespeichert")
        except InvalidInputError as error:
            self._saved_texts = before
            self.source_entry.tell(error.fields.get("source", ""))
            others = [text for name, text in error.fields.items() if name != "source"]
            if others:
                self._target_banner.tell(" ".join(others), "danger")
            else:
                self._target_banner.clear()
        except BjcError as error:
            self._saved_texts = before
            self._target_banner.tell(str(error), "danger")
        else:
            self._target_banner.clear()

    def _texts(self) -> dict[str, list[str]]:
        texts = {code: [field.text() for field in fields] for code, fields in self.lines.items()}
        return {**texts, "source": [self.source.text()]} if texts else {}

    def _content(self) -> dict[str, list[str]] | None:
        texts = self._texts()
        return texts if texts != self._saved_texts else None

    def keep_drafts(self) -> None:
        """Keep the targets that are typed and not saved."""
        if self._draft is not None:
            self._draft.keep()

    def _change_year(self) -> None:
        self.keep_drafts()
        self._draft, self._saved_texts, self.lines = None, {}, {}
        self.refresh()

    # --- settings ---------------------------------------------------------------------------------------------------------

    def _settings(self) -> QWidget:
        scroller = Scroller()
        self._setting_column = QVBoxLayout()
        scroller.column.addLayout(self._setting_column)
        scroller.column.addStretch(1)
        return scroller

    def _show_settings(self, foundations: Foundations) -> None:
        clear_layout(self._setting_column)
        changed, self._changed = self._changed, None
        for line in foundations.settings:
            frame, column = box()
            chip = Chip("Vorgabe" if line.default else "geändert", "quiet" if line.default else "warning")
            change = button("Ändern …", partial(self.change, line), rank="plain", name=f"{line.title}: ändern")
            column.addLayout(row(label(line.title, "strong", wrap=True), chip, change))
            column.addWidget(label(line.value, wrap=True))
            column.addWidget(label(line.reason, "small", wrap=True))
            self._setting_column.addWidget(frame)
            if line.key == changed:
                change.show()  # what is not laid out yet takes no keyboard
                give_keyboard(change)

    def change(self, line: SettingLine) -> None:
        """Ask for another value of a setting, with the reason."""
        definition = next(definition for definition in DEFINITIONS if definition.key == line.key)
        dialog = SettingDialog(definition, self.desk.read(read_settings), self)
        dialog.chosen.connect(partial(self._change, dialog, line.key))
        dialog.open()

    def _change(self, dialog: SettingDialog, key: str, value: Any, reason: str) -> None:
        self._changed = key
        try:
            self.desk.write(partial(change_setting, key=key, value=value, reason=reason), "Einstellung gespeichert")
        except BjcError as error:
            dialog.refuse(str(error))
        else:
            dialog.accept()

    # --- the page ---------------------------------------------------------------------------------------------------------

    def show_section(self, section: str) -> None:
        """Show one of the sections."""
        self.banner.settle()
        self.sections.show_section(section)

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show a section; with ``new``, what a new feedback talk begins with."""
        if where.get("section") in self.sections.buttons:
            self.show_section(where["section"])
        if where.get("new") is not None and self.sections.shown == TALKS and not self.talks.typing:
            self.make_current()
            self.talks.begin_with({"held_on": self.desk.today(), **where["new"]})

    def refresh(self) -> None:
        """Read everything again; what is typed stays."""
        self.foundations = self.desk.read(partial(read_foundations, year=self.year.currentData()))
        self.decisions.show_of("all", self.foundations.decisions)
        self._show_changes(self.decisions.table.current())
        if TALKS in self.sections.buttons:
            self.talks.show_of("all", self.foundations.talks)
        self._show_targets(self.foundations)
        self._show_settings(self.foundations)
        changed = sum(not line.default for line in self.foundations.settings)
        self.subtitle.setText(
            f"{len(self.foundations.decisions)} Bescheide, {changed} von {len(self.foundations.settings)} Einstellungen geändert"
        )

    def first_field(self) -> QWidget | None:
        """Return the button of the section, unless a new row is begun."""
        focused = self.focusWidget()
        if (
            focused is not None
            and focused.hasFocus()
            and self.sections.shown == TALKS
            and focused not in self.sections.buttons.values()
        ):
            return None
        return self.sections.shown_button

    @property
    def shown_part(self) -> str:
        """The section that is shown."""
        return self.sections.shown

    def sample_places(self) -> dict[str, dict[str, Any]]:
        """Return each section of the pictures."""
        return {f"foundations-{key}": {"section": key} for key in self.sections.buttons}


def _positions() -> tuple[Column, ...]:
    return (
        Column("JobCoaches", lambda shown: shown.text("coach_positions") or NO_VALUE, number=True, width=120, rank=1),
        Column("Trainer*innen", lambda shown: shown.text("trainer_positions") or NO_VALUE, number=True, width=130, rank=1),
    )


def _scrolled(*contents: QWidget) -> QWidget:
    scroller = Scroller()
    for content in contents:
        scroller.column.addWidget(content)
    scroller.column.addStretch(1)
    return scroller


def _shown(value: Decimal | None) -> str:
    return "" if value is None else show_decimal(value.normalize() if value == value.to_integral() else value)
