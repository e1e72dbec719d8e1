"""A list of rows with an editor below: one shape for every list of the case file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.models.base import Recorded
from bjc_desktop.services.case_file import CaseRow
from bjc_desktop.services.row_editing import add_row, change_row, delete_row
from bjc_desktop.services.row_titles import TITLES, entity_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.draft_keeper import RESTORED, DraftKeeper
from bjc_desktop.ui.shared.form import Form, Warn
from bjc_desktop.ui.shared.labels import Banner, box, button, label, row, set_tone
from bjc_desktop.ui.shared.last_change import LastChange
from bjc_desktop.ui.shared.row_table import Column, RowTable
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vault.role_rights import may_write


@dataclass(frozen=True, slots=True)
class ListShape:
    """What a list shows and asks: its table, its columns, the fields of its editor, and what a new row begins with."""

    table: str
    columns: tuple[Column, ...]
    fields: tuple[str, ...]
    required: tuple[str, ...]
    empty: str
    add: str
    """The words of the button for a new row."""
    choices: Mapping[str, Sequence[tuple[str, object]]] = field(default_factory=dict)
    editor_columns: int = 3
    tick: tuple[str, Callable[[CaseRow, date], Mapping[str, Any]]] | None = None
    """The words of what the space bar does with a row, and the values that it changes on a day."""


class RowList(QWidget):
    """The list; *owner* are the fields that a new row refers to, *begin* what its editor shows first."""

    def __init__(
        self,
        desk: Desk,
        shape: ListShape,
        owner: Mapping[str, Any],
        begin: Callable[[], Mapping[str, Any]],
        warn: Warn | None = None,
    ) -> None:
        super().__init__()
        self.desk, self.shape, self.owner, self._begin = desk, shape, dict(owner), begin
        self.writable = may_write(desk.vault.user.roles, shape.table)
        self._editing: CaseRow | None = None
        self._new = False
        self._dirty = False
        self._shown: str | None = None
        self._draft: DraftKeeper | None = None
        self._saved_id: str | None = None
        """The row that was saved and is not shown yet, where the page reads behind the window."""
        self._values_of: Callable[[Any], Mapping[str, Any]] = lambda shown: shown.values
        self._row_of: Callable[[Any], CaseRow] = lambda shown: shown
        px = theme().pixels
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        self.add_button = button(shape.add, self.begin_new, symbol="plus")
        self.add_button.setToolTip("Einfg in der Liste")
        self.delete_button = button("Löschen", self.delete, symbol="trash-2", name=f"{TITLES[shape.table].singular} löschen")
        self.tick_button = button("" if shape.tick is None else shape.tick[0], self.tick, symbol="check")
        self.tick_button.setToolTip("Leertaste in der Liste")
        if shape.tick is None:
            self.tick_button.hide()
        self.table = RowTable(shape.columns, TITLES[shape.table].plural)
        self.table.chosen.connect(self._choose)
        self.table.opened.connect(self._edit)
        self.table.delete_wanted.connect(lambda _: self.delete())
        self.empty = label(shape.empty, "muted", wrap=True)
        self.banner = Banner()
        self._editor, inner = box("card")
        self.title = label("", "strong")
        self.form = Form(
            shape.table,
            shape.fields,
            today=desk.today,
            required=shape.required,
            columns=shape.editor_columns,
            choices=shape.choices,
            warn=warn,
        )
        self.form.typed.connect(self._typed)
        self._last = LastChange(desk, self.form)
        self.save_button = button("Speichern", self.save, rank="primary")
        self.save_button.setToolTip("Speichern (Strg+Enter)")
        self.drop_button = button("Verwerfen", self.drop, rank="plain")
        inner.addWidget(self.title)
        inner.addWidget(self.banner)
        inner.addWidget(self.form)
        inner.addWidget(self._last.line)
        inner.addLayout(row(None, self.drop_button, self.save_button))
        column.addLayout(row(self.add_button, self.tick_button, self.delete_button, None))
        if not self.writable:
            self._only_read()
        for part in (self.table, self.empty, self._editor):
            column.addWidget(part)
        self._shortcuts()

    def _shortcuts(self) -> None:
        shortcut = QShortcut(QKeySequence("Ctrl+Return"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.save)
        insert = QShortcut(QKeySequence("Ins"), self)
        insert.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        insert.activated.connect(self.begin_new)
        if self.shape.tick is not None:
            space = QShortcut(QKeySequence("Space"), self.table)
            space.setContext(Qt.ShortcutContext.WidgetShortcut)
            space.activated.connect(self.tick)

    def _only_read(self) -> None:
        for made in (self.add_button, self.tick_button, self.delete_button, self.save_button, self.drop_button):
            made.hide()
        self.form.set_read_only()

    def _edit(self, shown: Any) -> None:
        _ = shown
        self.form.focus_field(self.shape.fields[0])

    def adapt(self, row_of: Callable[[Any], CaseRow], values_of: Callable[[Any], Mapping[str, Any]]) -> None:
        """Say how a shown row leads to its row of the vault and to the values of the editor, where it is not one itself."""
        self._row_of, self._values_of = row_of, values_of

    def show_of(self, whose: str, rows: Sequence[Any], owner: Mapping[str, Any] | None = None) -> None:
        """Show the *rows* that belong to *whose*, an id; what is typed about another waits as a draft until that one is shown again."""
        if whose == self._shown:
            self.show_rows(rows)
            return
        self.keep_drafts()
        self.drop()
        self._shown, self.owner = whose, dict(self.owner if owner is None else owner)
        self.show_rows(rows)
        self._draft = DraftKeeper(self.desk, f"{self.shape.table}:{whose}", self.texts)
        self._draft.restore(self.show_draft)

    def keep_drafts(self) -> None:
        """Keep what is typed and not saved, where the list keeps its own drafts."""
        if self._draft is not None:
            self._draft.keep()

    def show_rows(self, rows: Sequence[Any], at: str | None = None) -> None:
        """Show *rows*, the one with the id *at* chosen; what is being typed stays."""
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.delete_button.setEnabled(bool(rows))
        self.tick_button.setEnabled(bool(rows))
        typing = self._dirty
        self.table.show_rows(rows, key=lambda shown: self._row_of(shown).id)
        self.table.fit_height(8)
        wanted = self._saved_id if at is None else at
        if wanted is not None and not typing:
            self._go_to(wanted)
        self._editor.setVisible(bool(rows) or self._new)

    def _choose(self, shown: Any) -> None:
        if shown is None or self._dirty:
            return
        self._new = False
        self._editing = self._row_of(shown)
        self._last.row_id = self._editing.id
        name = TITLES[self.shape.table].singular
        self.title.setText(f"{name} bearbeiten" if self.writable else name)
        self.form.show_row(self._values_of(shown))
        self._mark(dirty=False)

    def _typed(self) -> None:
        self._mark(dirty=True)

    def _mark(self, *, dirty: bool) -> None:
        self._dirty = dirty
        for made in (self.save_button, self.drop_button):
            made.setEnabled(dirty or self._new)
        set_tone(self.title, "tone", "question" if dirty else "strong")

    @property
    def typing(self) -> bool:
        """Whether something is typed and not saved."""
        return self._dirty

    def begin_new(self) -> None:
        """Offer an editor for a new row."""
        self.begin_with({})

    def begin_with(self, values: Mapping[str, Any]) -> None:
        """Offer an editor for a new row, with *values* beside what every one begins with."""
        if self.writable:
            self._offer_new(values)
            self.form.focus_field(self.shape.fields[0])

    def _offer_new(self, values: Mapping[str, Any]) -> None:
        self._new, self._editing, self._last.row_id = True, None, None
        self._editor.show()
        self.title.setText(f"{TITLES[self.shape.table].singular}: neu")
        self.form.show_row(dict.fromkeys(self.shape.fields) | dict(self._begin()) | dict(values))
        self._mark(dirty=False)

    def drop(self) -> None:
        """Forget what is typed."""
        self._new = False
        self._mark(dirty=False)
        self.banner.clear()
        self._choose(self.table.current())
        self._editor.setVisible(self.table.current() is not None)

    def save(self) -> None:
        """Save the editor's row; where that is not possible, say why at the field and lose nothing."""
        if not (self._dirty or self._new):
            return
        name = TITLES[self.shape.table].singular
        try:
            values = self.form.values()
            editing, self._dirty = self._editing, False
            was_new, self._new = self._new, False
            change = partial(self._write, values=values, editing=None if was_new else editing)
            saved = self.desk.write(change, f"{name} gespeichert")
            if not self._go_to(saved):
                self._saved_id = saved
        except InvalidInputError as error:
            self._restore(error)
            others = self.form.refuse(error)
            if others:
                self.banner.tell(" ".join(others), "danger")
        except BjcError as error:
            self._restore(error)
            self.banner.tell(str(error), "danger")
        else:
            self.banner.clear()
            self._mark(dirty=False)
            self.table.setFocus()

    def _restore(self, error: BjcError) -> None:
        _ = error
        self._new = self._editing is None
        self._mark(dirty=True)

    def _go_to(self, row_id: str) -> bool:
        """Choose a row, if it is shown; say whether it is."""
        rows = self.table.rows_model.rows
        place = next((number for number, shown in enumerate(rows) if self._row_of(shown).id == row_id), None)
        if place is None:
            return False
        self._saved_id = None
        self.table.selectRow(place)
        return True

    def _write(self, session: Any, *, values: Mapping[str, Any], editing: CaseRow | None) -> str:
        entity: type[Recorded] = entity_of(self.shape.table)
        today, notes = self.desk.today(), self.desk.vault.notes
        if editing is None:
            return add_row(session, entity, {**self.owner, **values}, today=today, notes=notes)
        change_row(session, entity, editing.id, values, today=today, expected_version=editing.version, notes=notes)
        return editing.id

    def tick(self) -> None:
        """Do with the current row what its list is ticked for: a task is done today, or open again."""
        shown = self.table.current()
        if shown is None or self.shape.tick is None or not self.writable:
            return
        row_of = self._row_of(shown)
        values = self.shape.tick[1](row_of, self.desk.today())
        try:
            self.desk.write(
                partial(self._write, values=values, editing=row_of), f"{TITLES[self.shape.table].singular} gespeichert"
            )
        except BjcError as error:
            self.banner.tell(str(error), "danger")

    def delete(self) -> None:
        """Delete the current row at once; it can be taken back."""
        shown = self.table.current()
        if shown is None or not self.writable:
            return
        name = TITLES[self.shape.table].singular
        self._mark(dirty=False)
        self._new = False
        try:
            self.desk.write(
                lambda session: delete_row(session, entity_of(self.shape.table), self._row_of(shown).id),
                f"{name} gelöscht; „Rückgängig“ bringt sie zurück",
            )
        except BjcError as error:
            self.banner.tell(str(error), "danger")

    def texts(self) -> dict[str, Any] | None:
        """Return what is typed and not saved, for a draft."""
        if not self._dirty:
            return None
        return {"id": None if self._editing is None else self._editing.id, "texts": self.form.texts()}

    def show_draft(self, draft: Mapping[str, Any]) -> None:
        """Show what was typed before; the keyboard stays where it is."""
        if draft["id"] is None:
            self._offer_new({})
        else:
            rows = self.table.rows_model.rows
            at = next((number for number, shown in enumerate(rows) if self._row_of(shown).id == draft["id"]), None)
            if at is None:
                return
            self.table.selectRow(at)
        self.form.show_texts(draft["texts"])
        self._mark(dirty=True)
        self.banner.tell(RESTORED)
