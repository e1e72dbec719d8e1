"""Recording a consultation in seconds: a few letters, the offered values, one note, Strg+Enter."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.services.consultation_recording import (
    ConsultationForm,
    prepare_consultation,
    read_people,
    record_consultation,
    warnings,
)
from bjc_desktop.services.person_picks import PersonPick, pick_people
from bjc_desktop.services.quick_line import QuickLine, parse_quick_line
from bjc_desktop.ui.consultation.person_line import PersonLine, described
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.draft_keeper import RESTORED, DraftKeeper
from bjc_desktop.ui.shared.form import Form
from bjc_desktop.ui.shared.labels import Banner, button, label
from bjc_desktop.ui.shared.page import clear_layout

DRAFT = "consultation"
_FIELDS = ("held_on", "duration_min", "channel", "kind", "setting", "status")
_NOTE = "Notiz (verschlüsselt, nur für JobCoaches lesbar)"
_NO_NOTE = "Notizen schreibt und liest nur, wer als JobCoach den Notizzugang hat."
_HINT = "Name, Tag, Dauer, Form, Art – Notiz (zum Beispiel: Yıldız gestern 45 telefon Bewerbung)"
NO_STAFF = "Bitte zuerst in den Einstellungen angeben, wer Sie im Team sind."


class ConsultationDialog(Dialog):
    """The dialog; *coaching_id* names the person where a case file is open."""

    def __init__(self, desk: Desk, coaching_id: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__("Konsultation erfassen", parent, width=760, height=640)
        self.desk = desk
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._staff_id = desk.staff_id or ""
        self._known = desk.read(partial(read_people, staff_id=self._staff_id, today=desk.today()))
        self.people: list[PersonPick] = [person for person in self._known if person.coaching_id == coaching_id]
        self._said = QuickLine()
        self._edited: set[str] = set()
        self._saved = False
        self._writes_notes = desk.vault.notes is not None
        self._offer = self._prepare()
        self._build()
        self._show_people()
        self._draft = self._keeper(coaching_id)
        self._restore_draft()
        (self._last_field.setFocus if self.people else self.line.setFocus)()
        if not self._staff_id:
            self.banner.tell(NO_STAFF, "warning")

    # --- building ---------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        column = self.column
        self.banner = Banner()
        self.line = PersonLine("Wer und was", _HINT if self._writes_notes else _HINT.replace(" – Notiz", ""))
        self.line.changed.connect(self._read_line)
        self.line.picked.connect(self.take)
        self.line.finished.connect(self._line_finished)
        self._understood = label("", "small", wrap=True)
        self._chips = QHBoxLayout()
        self.form = Form(
            "consultations",
            _FIELDS,
            today=self.desk.today,
            required=("held_on", "channel", "kind", "status"),
            warn=self._ask,
            columns=3,
        )
        self.form.show_row(self._offer)
        for name, field in self.form.fields.items():
            field.typed.connect(partial(self._edited.add, name))
        self.own_notes = QCheckBox("Für jede Person eine eigene Notiz")
        self.own_notes.toggled.connect(self._show_notes)
        self._notes_column = QVBoxLayout()
        self.note = _note_field("Notiz")
        self._person_notes: dict[str, QPlainTextEdit] = {}
        for part in (label("Konsultation erfassen", "title"), self.banner, self.line, self._understood):
            column.addWidget(part)
        column.addLayout(self._chips)
        column.addWidget(self.form)
        column.addWidget(self.own_notes)
        column.addLayout(self._notes_column)
        self._notes_column.addWidget(
            label(_NOTE if self._writes_notes else _NO_NOTE, "" if self._writes_notes else "muted", wrap=True)
        )
        self._notes_column.addWidget(self.note)
        self.note.setVisible(self._writes_notes)
        column.addStretch(1)
        self.save_button = button("&Speichern", self.save, rank="primary")
        self.save_button.setToolTip("Speichern (Strg+Enter)")
        self._last_field = self.note if self._writes_notes else self.save_button
        cancel = button("Abbrechen", self.discard, rank="plain")
        self.put_below(label("Strg+Enter speichert", "small"), None, cancel, self.save_button)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.save)

    # --- the line ---------------------------------------------------------------------------------------------------------

    def _read_line(self) -> None:
        text = self.line.line.text()
        self._said = parse_quick_line(text, self._known, today=self.desk.today(), person_known=not self._known)
        open_names = [match for match in self._said.people if match.chosen is None]
        candidates = open_names[0].candidates if open_names else ()
        if not candidates and text.strip() and not self.people and not self._said.people:
            candidates = pick_people(self._known, text.strip())
        self.line.offer(candidates)
        self._understood.setText("   ".join(f"{token.text} → {token.label}" for token in self._said.tokens))
        self._show_people()
        self._show_values()

    def _show_values(self) -> None:
        filled = self._said.filled(self._offer, today=self.desk.today())
        for name in _FIELDS:
            if name not in self._edited:
                self.form.fields[name].show_value(getattr(filled, name))
        if self._said.note and not self.note.toPlainText():
            self._understood.setText(self._understood.text() + f"   Notiz: {self._said.note}")
        self.form.show_warnings()

    def take(self, person: PersonPick) -> None:
        """Take *person*; what the line said of the name is done with, the rest of it stays."""
        match = next((match for match in self._said.people if match.chosen is None), None)
        typed = match.text if match is not None else self.line.line.text()
        rest = self.line.line.text().replace(typed, "", 1).strip()
        self.line.line.setText(rest)
        if person.coaching_id not in {taken.coaching_id for taken in self._everybody()}:
            self.people.append(person)
        self._offer = self._prepare()
        self._read_line()
        if self.line.list.isHidden():
            self._last_field.setFocus()

    def _line_finished(self) -> None:
        if self._said.note and not self.note.toPlainText():
            self.note.setPlainText(self._said.note)
            begin = self.line.line.text().rfind(self._said.note)
            if begin >= 0:
                self.line.line.setText(self.line.line.text()[:begin].rstrip(" –-:"))
                self._read_line()
        if self._everybody():
            self._last_field.setFocus()

    def _everybody(self) -> list[PersonPick]:
        by_id = {person.coaching_id: person for person in self.people}
        for match in self._said.people:
            if match.chosen is not None:
                by_id.setdefault(match.chosen.coaching_id, match.chosen)
        return list(by_id.values())

    def _show_people(self) -> None:
        clear_layout(self._chips)
        everybody = self._everybody()
        for person in everybody:
            self._chips.addWidget(label(f"{person.name}  ({described(person)})", "strong"))
            if person in self.people:
                made = button(
                    "Entfernen", partial(self._remove, person), rank="plain", symbol="x", name=f"{person.name} entfernen"
                )
                self._chips.addWidget(made)
        self._chips.addStretch(1)
        several = len(everybody) > 1
        self.own_notes.setVisible(several and self._writes_notes)
        if not several and self.own_notes.isChecked():
            self.own_notes.setChecked(False)

    def _remove(self, person: PersonPick) -> None:
        self.people.remove(person)
        self._show_people()
        self.line.setFocus()

    def _show_notes(self) -> None:
        for edit in self._person_notes.values():
            edit.hide()
        self._person_notes = {}
        own = self.own_notes.isChecked()
        for person in self._everybody() if own else ():
            edit = _note_field(f"Notiz zu {person.name}")
            edit.setPlaceholderText(f"Notiz zu {person.name}")
            self._person_notes[person.coaching_id] = edit
            self._notes_column.addWidget(edit)
        self.note.setVisible(not own)

    # --- saving -----------------------------------------------------------------------------------------------------------

    def _prepare(self) -> ConsultationForm:
        coaching_id = self.people[0].coaching_id if self.people else None
        return self.desk.read(
            partial(prepare_consultation, staff_id=self._staff_id, coaching_id=coaching_id, today=self.desk.today())
        )

    def _ask(self, values: Any) -> dict[str, str]:
        ids = tuple(person.coaching_id for person in self._everybody())
        if not ids or values.get("held_on") is None:
            self._tell_about("")
            return {}
        known = {name: value for name, value in values.items() if value is not None}
        form = replace(self._offer, coaching_ids=ids, **known)
        asked = self.desk.read(partial(warnings, form=form, today=self.desk.today()))
        self._tell_about(asked.pop("coaching_ids", ""))
        return asked

    def _tell_about(self, sentence: str) -> None:
        if sentence:
            self.banner.tell(sentence, "warning")
        elif self._staff_id:
            self.banner.clear()

    def save(self) -> None:
        """Save what is shown; where something is missing, say so at its field and stay."""
        try:
            values = self.form.values()
            form = replace(self._offer, coaching_ids=tuple(person.coaching_id for person in self._everybody()), **values)  # type: ignore[arg-type]
            self._save(form)
        except InvalidInputError as error:
            others = self.form.refuse(error)
            if others:
                self.banner.tell(" ".join(others), "danger")
                if "coaching_ids" in error.fields:
                    self.line.setFocus()
        except BjcError as error:
            self.banner.tell(str(error), "danger")
        else:
            self._saved = True
            self.accept()

    def _save(self, form: ConsultationForm) -> None:
        if not self._staff_id:
            raise InvalidInputError({"staff_id": NO_STAFF})

        def change(session: Any) -> None:
            record_consultation(session, self.desk.vault, form, self._notes(), today=self.desk.today())
            self._draft.drop(session)

        self.desk.write(change, "Konsultation gespeichert")

    def _notes(self) -> str | dict[str, str] | None:
        if self._person_notes:
            return {key: text for key, edit in self._person_notes.items() if (text := edit.toPlainText().strip())}
        return self.note.toPlainText().strip() or self._said.note or None

    # --- drafts -----------------------------------------------------------------------------------------------------------

    def keep_drafts(self) -> None:
        """Keep what is typed until it is saved or discarded."""
        if not self._saved and self.isVisible():
            self._draft.keep()

    def _content(self) -> dict[str, Any] | None:
        notes = [edit.toPlainText() for edit in self._person_notes.values() if edit.toPlainText()]
        line, note = self.line.line.text(), "\n\n".join([self.note.toPlainText(), *notes]).strip()
        if not line and not note:
            return None
        return {
            "line": line,
            "note": note,
            "people": [person.coaching_id for person in self.people],
            "fields": {name: self.form.fields[name].text() for name in sorted(self._edited)},
        }

    def _keeper(self, coaching_id: str | None) -> DraftKeeper:
        """Return the keeper of what is typed about this coaching, or from anywhere: neither takes the other's place."""
        anywhere = DraftKeeper(self.desk, DRAFT, self._content)
        if coaching_id is None:
            return anywhere
        own = DraftKeeper(self.desk, f"{DRAFT}:{coaching_id}", self._content)
        draft = anywhere.restored()
        people = draft.get("people") if isinstance(draft, dict) else None
        about_this = isinstance(people, list) and coaching_id in people
        return anywhere if about_this and own.restored() is None else own

    def _restore_draft(self) -> None:
        if self._draft.restore(self._show_typed):
            self.banner.tell(RESTORED, "quiet", button("Verwerfen", self.discard))

    def _show_typed(self, draft: Mapping[str, Any]) -> None:
        people = [person for person in self._known if person.coaching_id in draft["people"]]
        self.people = people or self.people
        self._offer = self._prepare()
        self.note.setPlainText(draft["note"])
        self.line.line.setText(draft["line"])
        self._edited = set(draft["fields"])
        self._read_line()
        self.form.show_texts(draft["fields"])

    def discard(self) -> None:
        """Forget what is typed."""
        self._saved = True
        self._draft.discard()
        self.reject()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's
        """Keep the draft when the dialog is closed in another way than by saving."""
        self.keep_drafts()
        super().closeEvent(event)

    def reject(self) -> None:
        """Close by Escape: what was typed is kept as a draft."""
        self.keep_drafts()
        super().reject()


def _note_field(name: str) -> QPlainTextEdit:
    edit = QPlainTextEdit()
    edit.setTabChangesFocus(True)
    edit.setAccessibleName(name)
    edit.setMinimumHeight(edit.fontMetrics().lineSpacing() * 5)
    return edit
