"""A new coachee with the first coaching, or another coaching of someone who is there."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.indicators.counting import LINKING_MEASURES
from bjc_desktop.indicators.period import quarter_of
from bjc_desktop.reports.german import per_cent
from bjc_desktop.services.coachee_preview import coachee_preview
from bjc_desktop.services.link_effect import LinkEffect, LinkShare, link_effect
from bjc_desktop.services.new_coachee import add_coachee, add_coaching, next_case_number
from bjc_desktop.services.similar_coachees import SimilarCoachee, similar_coachees
from bjc_desktop.services.targets import read_settings
from bjc_desktop.services.team import list_staff
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.dialog import Dialog
from bjc_desktop.ui.shared.draft_keeper import RESTORED, DraftKeeper
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.form import Form
from bjc_desktop.ui.shared.labels import Banner, box, button, label, row
from bjc_desktop.ui.shared.page import clear_layout
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.vocabulary import MeasureKind, Role

_PERSON = ("family_name", "given_name", "birth_date", "case_number", "gender", "german_level", "phone", "email", "postcode")
_COACHING = (
    "entry_on",
    "planned_end_on",
    "target_group",
    "legal_circle",
    "unemployed_since",
    "access_route",
    "initial_interview_on",
)
_PAUSE = 200
"""Milliseconds without typing before similar people are looked for."""
ELSEWHERE = "Ist es dieselbe Person, bitte keine zweite Akte anlegen, sondern die Koordination um die Übergabe bitten."


class NewCoacheeDialog(Dialog):
    """The form; *coachee_id* names a person who is there and gets another coaching."""

    wanted = Signal(str, dict)

    def __init__(self, desk: Desk, coachee_id: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__("Neue*r Coachee" if coachee_id is None else "Weiteres Coaching", parent, width=860, height=700)
        self.desk, self._coachee_id = desk, coachee_id
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.banner, self.effect = Banner(), Banner()
        self.person = Form("coachees", _PERSON, today=desk.today, required=("family_name", "case_number"), columns=3)
        self.coaching = Form("coachings", _COACHING, today=desk.today, required=("entry_on",), columns=3)
        self.coach, self.measure = ChoiceBox(), ChoiceBox()
        self._fill_choices()
        self._similar = QVBoxLayout()
        self.save_button = button("&Anlegen", self.save, rank="primary")
        self._lay_out()
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.save)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._look_for_similar)
        self.person.typed.connect(self._timer.start)
        self.measure.activated.connect(self._show_effect)
        self.coaching.show_row(dict.fromkeys(_COACHING) | {"entry_on": desk.today()})
        self.person.show_row(dict.fromkeys(_PERSON) | {"case_number": desk.read(partial(next_case_number, today=desk.today()))})
        self._show_effect()
        self._finished = False
        self._draft = DraftKeeper(desk, "new_coachee" if coachee_id is None else f"new_coaching:{coachee_id}", self._content)
        self._restore()
        (self.person if coachee_id is None else self.coaching).focus_field("family_name")

    def _lay_out(self) -> None:
        column = self.column
        column.addWidget(label(self.windowTitle(), "title"))
        column.addWidget(self.banner)
        if self._coachee_id is None:
            column.addWidget(label("Person", "heading"))
            column.addWidget(self.person)
            column.addLayout(self._similar)
        else:
            preview = self.desk.read(partial(coachee_preview, coachee_id=self._coachee_id, today=self.desk.today()))
            column.addWidget(label(f"{preview.row.name}, Fallnummer {preview.row.case_number}", "heading"))
        column.addWidget(label("Coaching", "heading"))
        column.addWidget(self.coaching)
        column.addWidget(Entry("zuständige*r &JobCoach *", self.coach))
        column.addWidget(Entry("&Maßnahme seit dem Eintritt", self.measure))
        column.addStretch(1)
        # What taking this person on does to the share is to be seen without scrolling; large text needs the room for the fields.
        if theme().scale < LARGE_TEXT:
            self.put_below(self.effect)
        else:
            column.addWidget(self.effect)
        cancel = button("Abbrechen", self.reject, rank="plain")
        self.put_below(label("Strg+Enter legt an", "small"), None, cancel, self.save_button)

    def _fill_choices(self) -> None:
        self.measure.addItem("keine", None)
        for kind in MeasureKind:
            self.measure.addItem(kind.label, kind.value)
        for member in self.desk.read(partial(list_staff, today=self.desk.today())):
            if member.role is Role.JOB_COACH and member.employed:
                self.coach.addItem(member.name, member.id)
        self.coach.setCurrentIndex(self.coach.findData(self.desk.staff_id))

    # --- drafts -----------------------------------------------------------------------------------------------------------

    def keep_drafts(self) -> None:
        """Keep what is typed until it is saved or discarded."""
        if not self._finished:
            self._draft.keep()

    def _content(self) -> dict[str, Any] | None:
        typed = {"person": self.person.changed(), "coaching": self.coaching.changed()}
        if not any(typed.values()):
            return None
        return {**typed, "coach": self.coach.currentData(), "measure": self.measure.currentData()}

    def _restore(self) -> None:
        if self._draft.restore(self._show_typed):
            self.banner.tell(RESTORED, "quiet", button("Verwerfen", self.discard))

    def _show_typed(self, typed: dict[str, Any]) -> None:
        self.person.show_texts(typed["person"])
        self.coaching.show_texts(typed["coaching"])
        self.coach.setCurrentIndex(self.coach.findData(typed["coach"]))
        self.measure.setCurrentIndex(max(self.measure.findData(typed.get("measure")), 0))

    def discard(self) -> None:
        """Forget what is typed."""
        self._finished = True
        self._draft.discard()
        self.reject()

    def done(self, result: int) -> None:
        """Close in any way: what was typed and not saved is kept as a draft."""
        self._timer.stop()
        self.keep_drafts()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's
        """Keep the draft when the dialog is closed by its frame."""
        self.keep_drafts()
        super().closeEvent(event)

    # --- the same person? -------------------------------------------------------------------------------------------------

    def _look_for_similar(self) -> None:
        if not self.isVisible():
            return
        typed = self.person.meaningful()
        found = self.desk.read(
            lambda connection: similar_coachees(
                connection,
                typed.get("given_name"),  # type: ignore[arg-type]
                str(typed.get("family_name") or ""),
                typed.get("birth_date"),  # type: ignore[arg-type]
                today=self.desk.today(),
            )
        )
        clear_layout(self._similar)
        if not found:
            return
        frame, column = box("warning")
        column.addWidget(label("Vielleicht gibt es diese Person schon:", "strong"))
        for similar in found:
            same = (self._same(similar),) if similar.seen else ()
            column.addLayout(row(label(_described(similar), wrap=True), None, *same))
        self._similar.addWidget(frame)

    def _same(self, similar: SimilarCoachee) -> QWidget:
        return button("Das ist dieselbe Person", partial(self._go_to, similar), name=f"{similar.row.name} ist dieselbe Person")

    def _go_to(self, similar: SimilarCoachee) -> None:
        self.discard()
        if similar.row.coaching_id is None:
            self.wanted.emit("coachees", {"coachee_ids": (similar.row.coachee_id,), "why": "Diese Person gibt es schon."})
        else:
            self.wanted.emit("case_file", {"coaching_id": similar.row.coaching_id})

    # --- the measure link -------------------------------------------------------------------------------------------------

    def _show_effect(self) -> None:
        today = self.desk.today()
        effect = self.desk.read(
            lambda connection: link_effect(
                connection,
                settings=read_settings(connection),
                period=quarter_of(today),
                today=today,
                with_measure=self.measure.currentData() in LINKING_MEASURES,
            )
        )
        self.effect.tell(effect_in_words(effect), "warning" if effect.harmful else "quiet")

    # --- saving -----------------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Add what is shown and open its case file."""
        try:
            coaching = self.coaching.values()
            person = self.person.values() if self._coachee_id is None else {}
            coaching_id = self.desk.write(lambda session: self._add(session, person, coaching), "Angelegt")
        except InvalidInputError as error:
            self.person.refuse(error)
            self.coaching.refuse(error)
            known = {*self.person.fields, *self.coaching.fields}
            others = [text for name, text in error.fields.items() if name not in known]
            if others:
                self.banner.tell(" ".join(others), "danger")
        except BjcError as error:
            self.banner.tell(str(error), "danger")
        else:
            self._finished = True
            self.accept()
            self.wanted.emit("case_file", {"coaching_id": coaching_id})

    def _add(self, session: Any, person: dict[str, Any], coaching: dict[str, Any]) -> str:
        coach_id, today, measure_kind = self.coach.currentData(), self.desk.today(), self.measure.currentData()
        self._draft.drop(session)
        if self._coachee_id is not None:
            return add_coaching(session, self._coachee_id, coaching, coach_id, today=today, measure_kind=measure_kind)
        return add_coachee(session, person, coaching, coach_id, today=today, measure_kind=measure_kind)[1]


def _described(similar: SimilarCoachee) -> str:
    born = f", geb. {show_date(similar.row.birth_date)}" if similar.row.birth_date else ""
    if not similar.seen:
        coach = similar.row.coach_name or "niemand"
        return f"{similar.row.name}{born}, {similar.row.status.label}, zuständig: {coach} ({similar.reason}). {ELSEWHERE}"
    return f"{similar.row.name}{born}, {similar.row.case_number}, {similar.row.status.label} ({similar.reason})"


def effect_in_words(effect: LinkEffect) -> str:
    """Return what one more person does to the share with measure link, in both readings of the target."""
    return (
        f"Anteil mit Maßnahmebezug im Quartal: heute {_share(effect.before)}, danach {_share(effect.after)}. "
        f"„Über 50 %“: {effect.after.rating.label}; „mindestens 51 %“: {'erfüllt' if effect.after.at_least_51 else 'nicht erfüllt'}. "
        f"Ohne Maßnahme ist noch Platz für {effect.room} Personen (zweite Lesart: {effect.room_at_least_51})."
    )


def _share(share: LinkShare) -> str:
    value = "kein Wert" if share.value is None else per_cent(share.value)
    return f"{value} ({share.linked} von {share.persons})"
