"""The settings page: who one is in the team, how the window looks, when it locks, the passphrase, the way to the backups, the keys."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QGridLayout, QWidget

from bjc_desktop import __version__
from bjc_desktop.errors import BjcError
from bjc_desktop.indicators.catalogue import DEFINITIONS_VERSION
from bjc_desktop.preferences import SCALES, Settings
from bjc_desktop.services.program_parts import list_parts
from bjc_desktop.services.team import FIXED, list_staff, may_choose_staff, set_staff_of_user
from bjc_desktop.ui.shared.background import sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.labels import box, button, label, row
from bjc_desktop.ui.shared.page import Page, Scroller
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.ui.start.passphrase_field import PassphraseField
from bjc_desktop.vault import set_passphrase

_SCHEMES = {"system": "wie das System", "light": "hell", "dark": "dunkel", "contrast": "hoher Kontrast"}
_IDLE = {0: "nie", 5: "5 Minuten", 10: "10 Minuten", 15: "15 Minuten", 30: "30 Minuten"}
_KEYS = (
    ("Strg+K", "Jede Aktion und jede Person finden"),
    ("Strg+Umschalt+K", "Konsultation erfassen"),
    ("Strg+Enter", "Speichern im Fenster der Konsultation"),
    ("Strg+1 … 9", "Seiten in der Reihenfolge links"),
    ("Strg+F", "Auf der Seite suchen"),
    ("Strg+N", "Neue*r Coachee"),
    ("Alt+←", "Zurück"),
    ("Strg+Umschalt+Z", "Letzte Speicherung zurücknehmen"),
    ("Strg+L", "Sperren"),
    ("F1", "Handbuch zu dieser Stelle"),
    ("F5", "Neu lesen"),
)


class OptionsPage(Page):
    """The page."""

    key: ClassVar[str] = "settings"
    heading: ClassVar[str] = "Einstellungen"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        scroller = Scroller()
        self.add(scroller, 1)
        self.subtitle.setText(f"BJC Desktop {__version__}, Definitionen {DEFINITIONS_VERSION}")
        self.staff = ChoiceBox()
        self.scheme, self.scale, self.idle = ChoiceBox(), ChoiceBox(), ChoiceBox()
        self.new, self.again = PassphraseField("Neue Passphrase"), PassphraseField("Neue Passphrase wiederholen")
        self._new_entries = {"passphrase": Entry("Neue Passphrase", self.new), "again": Entry("Wiederholen", self.again)}
        for part in (self._person(), self._look(), self._passphrase(), self._backup(), self._keys(), self._about()):
            scroller.column.addWidget(part)
        scroller.column.addStretch(1)
        self.staff.activated.connect(self._offer_staff)
        for choice in (self.scheme, self.scale):
            choice.activated.connect(self._choose_look)
        self.idle.activated.connect(lambda: self.wanted.emit("keep_settings", {"idle_minutes": self.idle.currentData()}))

    def _person(self) -> QWidget:
        frame, column = box()
        column.addWidget(label("Wer Sie im Team sind", "heading"))
        hint = "Danach richten sich „meine Fälle“, und Konsultationen werden in Ihrem Namen gespeichert."
        self.staff_button = button("Person &übernehmen", self._take_staff)
        if not may_choose_staff(self.desk.vault.user.roles):
            self.staff.setEnabled(False)
            hint = FIXED
        column.addWidget(Entry("&Person im Personal", self.staff, hint))
        column.addLayout(row(self.staff_button, None))
        return frame

    def _look(self) -> QWidget:
        frame, column = box()
        for key, text in _SCHEMES.items():
            self.scheme.addItem(text, key)
        for scale in SCALES:
            self.scale.addItem(f"{scale} %", scale)
        for minutes, text in _IDLE.items():
            self.idle.addItem(text, minutes)
        column.addWidget(label("Fenster", "heading"))
        grid = QGridLayout()
        for at, (name, choice) in enumerate(
            (("&Farben", self.scheme), ("&Textgröße", self.scale), ("&Sperren ohne Eingabe nach", self.idle))
        ):
            grid.addWidget(Entry(name, choice), *((0, at) if theme().scale < LARGE_TEXT else (at, 0)))
        column.addLayout(grid)
        return frame

    def _passphrase(self) -> QWidget:
        frame, column = box()
        column.addWidget(label("Passphrase ändern", "heading"))
        for entry in self._new_entries.values():
            column.addWidget(entry)
        column.addLayout(row(button("Passphrase &ändern", self._change_passphrase, symbol="key-round"), None))
        return frame

    def _backup(self) -> QWidget:
        frame, column = box()
        column.addWidget(label("Sicherungen", "heading"))
        column.addWidget(label("Wann, wohin und wie geprüft gesichert wird, steht auf einer eigenen Seite.", "muted", wrap=True))
        open_page = button("Zu den &Sicherungen", lambda: self.wanted.emit("backups", {}), symbol="database-backup")
        column.addLayout(row(open_page, None))
        return frame

    def _keys(self) -> QWidget:
        frame, column = box()
        column.addWidget(label("Tasten", "heading"))
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(theme().pixels(24))
        for at, (keys, meaning) in enumerate(_KEYS):
            grid.addWidget(label(keys, "strong"), at, 0)
            grid.addWidget(label(meaning), at, 1)
        column.addLayout(grid)
        return frame

    def _about(self) -> QWidget:
        frame, column = box()
        column.addWidget(label("Über das Programm", "heading"))
        column.addWidget(
            label(
                f"BJC Desktop {__version__}, Definitionen {DEFINITIONS_VERSION}, Lizenz Apache-2.0. Es wird nichts verschickt. "
                "Enthalten sind:",
                "muted",
                wrap=True,
            )
        )
        grid = QGridLayout()
        grid.setColumnStretch(2 if theme().scale < LARGE_TEXT else 1, 1)
        grid.setHorizontalSpacing(theme().pixels(24))
        for at, part in enumerate(list_parts()):
            licence = label(part.licence, wrap=theme().scale >= LARGE_TEXT)
            for place, cell in enumerate((label(part.title, "strong"), licence, label(part.purpose, "muted", wrap=True))):
                if place < 2 or theme().scale < LARGE_TEXT:  # noqa: PLR2004 - what for: where there is room
                    grid.addWidget(cell, at, place)
        column.addLayout(grid)
        return frame

    def first_field(self) -> QWidget:
        """Return the choice of the person, or of the colours where that is not open."""
        return self.staff if self.staff.isEnabled() else self.scheme

    def refresh(self) -> None:
        """Show what is chosen."""
        self.staff.clear()
        self.staff.addItem("– niemand –", None)
        for member in self.desk.read(partial(list_staff, today=self.desk.today())):
            self.staff.addItem(f"{member.name} ({member.role.label})", member.id)
        self.staff.setCurrentIndex(max(self.staff.findData(self.desk.staff_id), 0))
        self._offer_staff()
        self._show_settings(self.desk.settings)

    def _show_settings(self, settings: Settings) -> None:
        self.scheme.setCurrentIndex(self.scheme.findData(settings.scheme))
        self.scale.setCurrentIndex(self.scale.findData(settings.scale))
        at = self.idle.findData(settings.idle_minutes)
        if at < 0:
            self.idle.addItem(f"{settings.idle_minutes} Minuten", settings.idle_minutes)
            at = self.idle.count() - 1
        self.idle.setCurrentIndex(at)

    def _offer_staff(self) -> None:
        # An arrow key in the list only looks: who one is changes by the button.
        self.staff_button.setEnabled(self.staff.isEnabled() and self.staff.currentData() != self.desk.staff_id)

    def _take_staff(self) -> None:
        before, user_id = self.desk.staff_id, self.desk.vault.user.id
        self.desk.staff_id = staff_id = self.staff.currentData()
        try:
            self.desk.write(partial(set_staff_of_user, user_id=user_id, staff_id=staff_id), "Person gespeichert")
        except BjcError as error:
            self.desk.staff_id = before
            self.banner.tell(str(error), "warning")
        else:
            self._choose_look()  # the window is built anew: pages that are open offer somebody else's cases

    def _choose_look(self) -> None:
        self.wanted.emit("look", {"scheme": self.scheme.currentData(), "scale": self.scale.currentData()})

    def _change_passphrase(self) -> None:
        for entry in self._new_entries.values():
            entry.tell("")
        if self.new.text() != self.again.text():
            self._new_entries["again"].tell("Die beiden Eingaben sind verschieden; bitte noch einmal eingeben.")
            return
        vault, passphrase = self.desk.vault, self.new.text()

        def failed(error: BaseException) -> None:
            self._new_entries["passphrase"].tell(sentence_of(error))

        def done(_: Any) -> None:
            self.new.clear()
            self.again.clear()
            self.banner.tell("Die Passphrase ist geändert.", "good", button("Verstanden", self.banner.clear, rank="plain"))

        now = self.desk.now()
        self.desk.background.run(self, lambda _: set_passphrase(vault, passphrase, now), done, failed)

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show the page; it has no places."""
        _ = where
