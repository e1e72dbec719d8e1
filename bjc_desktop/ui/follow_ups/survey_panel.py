"""The survey of one coaching: whom to reach and how, the answers with their effect, and what was tried."""

from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from bjc_desktop.reports.german import per_cent
from bjc_desktop.services.case_print import phone_script, provider_of, survey_letter
from bjc_desktop.services.follow_up_desk import Answer, DeskState, FollowUpDesk, SurveyRow
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.form import Form
from bjc_desktop.ui.shared.labels import button, label, row, rule
from bjc_desktop.ui.shared.page import Scroller, clear_layout
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vocabulary import Channel, ConsultationStatus

_DETAILS = ("contacted_on", "same_employer", "evidence_kind")


class SurveyPanel(QFrame):
    """The panel; ``answered`` carries the row and the values to save, ``tried`` the row and the channel."""

    answered = Signal(object, dict)
    tried = Signal(object, str)
    left = Signal()
    wanted = Signal(str, dict)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._row: SurveyRow | None = None
        self.setProperty("box", "card")
        self.setMinimumWidth(theme().pixels(320))
        outer = QVBoxLayout(self)
        scroller = Scroller()
        outer.addWidget(scroller)
        column = scroller.column
        self._name = label("", "heading", wrap=True)
        self._facts = label("", "muted", wrap=True)
        self._consent = label("", "question", wrap=True)
        self.answers = QListWidget()
        self.answers.setAccessibleName("Antwort: Status am Stichtag")
        self.answers.setWordWrap(True)
        self.answers.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.answers.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.answers.installEventFilter(self)
        self.answers.itemDoubleClicked.connect(lambda _: self.save())
        self.details = Form("follow_ups", _DETAILS, today=desk.today, columns=1)
        self._tries = QVBoxLayout()
        self.save_button = button("Antwort &speichern", self.save, rank="primary")
        file = button("Fallakte", self._open_file, rank="plain", symbol="folder-open")
        for part in (self._name, self._facts, self._consent, label("Status am Stichtag", "strong"), self.answers, self.details):
            column.addWidget(part)
        column.addLayout(row(self.save_button, file, None))
        column.addWidget(rule())
        column.addWidget(label("Kontaktversuche", "strong"))
        column.addLayout(self._tries)
        phone = button("Nicht erreicht: &Telefon", lambda: self._try(Channel.PHONE), symbol="phone")
        mail = button("Nicht erreicht: s&chriftlich", lambda: self._try(Channel.WRITTEN), symbol="mail")
        letter = button("&Brief …", partial(self._preview, "letter"), symbol="printer")
        script = button("&Leitfaden für den Anruf …", partial(self._preview, "script"), symbol="printer")
        self._asking = (phone, mail, letter, script)
        for made in self._asking:
            column.addWidget(made)
        column.addStretch(1)

    def show_survey(self, shown: SurveyRow, desk: FollowUpDesk) -> None:
        """Show the survey of *shown*, with what each answer makes of its quarter."""
        self._row = shown
        self._name.setText(shown.name)
        withdrawn = shown.state is DeskState.WITHDRAWN
        no_contact = "Kontaktdaten verdeckt" if withdrawn else "keine Kontaktdaten"
        contact = ", ".join(part for part in (shown.phone, shown.email) if part) or no_contact
        self._facts.setText(
            f"Fallnummer {shown.case_number} · Austritt {show_date(shown.exit_on)} · Stichtag {show_date(shown.due_on)} · "
            f"im Fenster bis {show_date(shown.window_until)}\n{contact}"
        )
        self._consent.setVisible(not shown.consented)
        self._consent.setText(
            "Bitte nicht befragen: Die Einwilligung in die Nachbefragung ist widerrufen."
            if withdrawn
            else "Es liegt keine gültige Einwilligung in die Nachbefragung vor."
        )
        for made in self._asking:
            made.setEnabled(not withdrawn)
        self.answers.clear()
        for answer in desk.answers:
            figure = desk.effect(shown, answer)
            value = "kein Wert" if figure.value is None else per_cent(figure.value)
            counts = "zählt" if answer.counts else "zählt nicht"
            item = QListWidgetItem(f"{answer.label}   ({counts}; A1.2 wird {value})")
            item.setData(Qt.ItemDataRole.UserRole, answer)
            self.answers.addItem(item)
            if (answer.state, answer.status_on_due_date) == (shown.follow_up_state, shown.status_on_due_date):
                self.answers.setCurrentItem(item)
        self.answers.setFixedHeight(theme().pixels(230))
        self.details.show_row(
            {
                "contacted_on": shown.contacted_on or self._desk.today(),
                "same_employer": shown.same_employer,
                "evidence_kind": shown.evidence_kind,
            }
        )
        clear_layout(self._tries)
        for attempt in shown.attempts:
            how = f"{Channel(attempt.channel).label}, {ConsultationStatus(attempt.status).label}"
            self._tries.addWidget(label(f"{show_date(attempt.day)}  {how}", wrap=True))
        if not shown.attempts:
            self._tries.addWidget(label("Noch keiner.", "muted"))

    def start(self) -> None:
        """Take the keyboard to the answers."""
        if self.answers.currentRow() < 0:
            self.answers.setCurrentRow(0)
        self.answers.setFocus()

    def save(self) -> None:
        """Hand the marked answer over."""
        item = self.answers.currentItem()
        if item is None or self._row is None:
            self.start()
            return
        answer: Answer = item.data(Qt.ItemDataRole.UserRole)
        values: dict[str, Any] = {name: self.details.meaningful().get(name) for name in _DETAILS}
        self.answered.emit(self._row, {"state": answer.state, "status_on_due_date": answer.status_on_due_date, **values})

    def _try(self, channel: Channel) -> None:
        if self._row is not None:
            self.tried.emit(self._row, channel.value)

    def _preview(self, what: str) -> None:
        shown, desk = self._row, self._desk
        if shown is None:
            return
        provider = desk.read(partial(provider_of, coaching_id=shown.coaching_id))
        pdf = survey_letter(shown, provider, desk.today()) if what == "letter" else phone_script(shown, provider)
        noted = partial(desk.account_for, what=what, coaching_ids=(shown.coaching_id,))
        PreviewDialog(pdf, "Nachbefragung", noted, self).open()

    def _open_file(self) -> None:
        if self._row is not None:
            self.wanted.emit("case_file", {"coaching_id": self._row.coaching_id, "section": "follow_up"})

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Save by Enter in the list of answers, go back by Escape."""
        if watched is self.answers and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.save()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
        return False
