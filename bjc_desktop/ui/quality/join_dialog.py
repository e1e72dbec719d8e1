"""Joining two files: whose value stands in each field that differs, and what follows from it. Nothing is done without a person's word."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.services.joining import FieldPair, JoinPreview, join_people, preview_join
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import Banner, box, button, label
from bjc_desktop.ui.shared.theme import theme

_NAME_LENGTH = 30
"""Letters of a value that a choice shows; a longer one is read in its list."""
_UNDONE = "Es ist eine einzige Änderung und lässt sich 30 Tage lang zurücknehmen."


class JoinDialog(Dialog):
    """The dialog; ``joined`` carries the name of the person."""

    joined = Signal(str)

    def __init__(self, desk: Desk, first_id: str, second_id: str, parent: QWidget) -> None:
        super().__init__("Zusammenführen", parent, width=680, height=640)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.desk, self._ids = desk, (first_id, second_id)
        self.preview: JoinPreview | None = None
        self.choices: dict[str, ChoiceBox] = {}
        self.title = label("Zwei Akten zusammenführen", "title", wrap=True)
        self.banner = Banner()
        self.words = label("Wird berechnet …", wrap=True)
        for part in (self.title, self.banner, self.words):
            self.column.addWidget(part)
        self.fields = QGridLayout()
        self.fields.setColumnStretch(1, 1)
        self.fields.setHorizontalSpacing(theme().pixels(12))
        self.column.addLayout(self.fields)
        frame, inner = box("quiet")
        self.frame = frame
        self.consequences = label("", wrap=True)
        inner.addWidget(label("Was daraus folgt", "strong"))
        inner.addWidget(self.consequences)
        frame.hide()
        self.column.addWidget(frame)
        self.column.addStretch(1)
        self.cancel_button = button("&Abbrechen", self.reject)
        self.join_button = button("Zusammen&führen", self.save, shortcut="Ctrl+Return")
        self.join_button.setEnabled(False)
        # Enter leaves everything as it is: who joins does so on purpose.
        self.cancel_button.setDefault(True)
        self.put_below(label("Strg+Enter führt zusammen", "small"), None, self.join_button, self.cancel_button)
        self.cancel_button.setFocus()
        self.look()

    def look(self) -> None:
        """Work out behind the window what differs and what would follow."""
        first, second = self._ids
        vault, now, today = self.desk.vault, self.desk.now(), self.desk.today()

        def work(progress: Progress) -> JoinPreview:
            _ = progress
            return preview_join(vault, first, second, now=now, today=today)

        self.desk.background.run(self, work, self._show, self._refuse)

    def _show(self, preview: JoinPreview) -> None:
        self.preview = preview
        self.title.setText(f"{preview.keep.name} und {preview.give_up.name} zusammenführen")
        kept, given_up = preview.keep.case_number, preview.give_up.case_number
        self.words.setText(f"Die Akte {kept} bleibt, die Akte {given_up} geht in ihr auf. {_UNDONE}")
        differing = [pair for pair in preview.fields if pair.differs]
        if differing:
            self.fields.addWidget(label("Welche Angabe gilt", "strong"), 0, 0, 1, 2)
        for number, pair in enumerate(differing, 1):
            self._add(number, pair, preview)
        self.consequences.setText("\n".join(preview.consequences))
        self.frame.show()
        self.join_button.setEnabled(True)

    def _add(self, number: int, pair: FieldPair, preview: JoinPreview) -> None:
        choice = ChoiceBox()
        choice.setMinimumContentsLength(_NAME_LENGTH)
        for text, person in ((pair.kept, preview.keep), (pair.given_up, preview.give_up)):
            choice.addItem(f"{text or 'leer'} (Akte {person.case_number})", person.id)
        choice.setCurrentIndex(choice.findData(pair.proposed))
        choice.setAccessibleName(f"{pair.title}: welche Angabe gilt")
        self.choices[pair.name] = choice
        self.fields.addWidget(label(pair.title), number, 0)
        self.fields.addWidget(choice, number, 1)

    def _refuse(self, error: BaseException) -> None:
        self.words.setText("")
        self.banner.tell(sentence_of(error), "danger")

    def save(self) -> None:
        """Join in one step, as chosen."""
        preview = self.preview
        if preview is None:
            return
        chosen = {name: choice.currentData() for name, choice in self.choices.items()}
        join: Any = partial(
            join_people, keep_id=preview.keep.id, give_up_id=preview.give_up.id, choices=chosen, now=self.desk.now()
        )
        try:
            self.desk.write(join, "Zwei Akten zusammengeführt")
        except BjcError as error:
            self.banner.tell(str(error), "danger")
        else:
            self.accept()
            self.joined.emit(preview.keep.name)
