"""The unlocked window: pages at the left, the page in the middle, what was saved at the bottom."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QTableView, QVBoxLayout, QWidget

from bjc_desktop.errors import VaultDamagedError
from bjc_desktop.services.team import staff_of_user
from bjc_desktop.ui.foot_line import FootLine
from bjc_desktop.ui.page_list import CASES, FIRST, PAGES, TRAINERS, PageEntry
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.file_drop import FileDrop
from bjc_desktop.ui.shared.labels import Banner, button, give_keyboard
from bjc_desktop.ui.shared.list_offer import SAVE_KEYS, SAVE_KEYS_SHOWN
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.ui.shared.reading_order import follow_layout
from bjc_desktop.ui.shared.sample_banner import SampleBanner
from bjc_desktop.ui.sidebar import DIGITS, Sidebar
from bjc_desktop.ui.tour.tour_steps import RECORD, SEARCH, TourStep, steps_for
from bjc_desktop.vault.role_rights import NOT_ASSIGNED, keeps_cases, sees_coaching
from bjc_desktop.vault.vault import READ_ONLY

_DRAFT_SECONDS = 2
_NOT_OPEN = "Diese Seite gehört zu einer anderen Rolle."


class Workspace(QWidget):
    """The window's content while a vault is open."""

    lock_wanted = Signal()
    look_wanted = Signal(str, int)
    vault_wanted = Signal(Path)
    """Another vault, to go on in that one."""
    sample_wanted = Signal(dict)
    """The vault with invented people, at the desk of a ``role`` where one is named."""
    settings_wanted = Signal(dict)
    """Settings to keep, by name."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        desk.staff_id = desk.read(partial(staff_of_user, user_id=desk.vault.user.id))
        self._pages: dict[str, Page] = {}
        self._places: list[tuple[str, dict[str, Any]]] = []
        self._offered = False
        """Whether the banner offers the walk around the window: until another page is opened."""
        self.stack = QStackedWidget()
        self.banner = Banner()
        self._lock_warning = Banner()
        self._sidebar = Sidebar(self.shown_pages(), self._actions(), self.open_page)
        self._foot = FootLine(desk.vault.user, self.undo)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        if desk.sample:
            outer.addWidget(SampleBanner(desk.vault.user.name, self.sample_wanted.emit, self.begin_tour))
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._sidebar)
        right = QVBoxLayout()
        right.setSpacing(0)
        for banner in (self._lock_warning, self.banner):
            right.addWidget(banner)
        right.addWidget(self.stack, 1)
        middle.addLayout(right, 1)
        outer.addLayout(middle, 1)
        outer.addWidget(self._foot)
        self._shortcuts()
        FileDrop(self).dropped.connect(partial(self.open_page, "exchange"))
        desk.changed.connect(self._refresh)
        desk.troubled.connect(self._tell_trouble)
        desk.damage_found.connect(self._tell_damage)
        desk.backups.troubled.connect(self.tell_remark)
        desk.saved.connect(self._tell_saved)
        self._drafts = self.startTimer(_DRAFT_SECONDS * 1000)
        for sentence in desk.vault.warnings:
            self.banner.tell(sentence, "warning", button("Verstanden", self.banner.clear, rank="plain"))

    # --- building ---------------------------------------------------------------------------------------------------------

    def shown_pages(self) -> list[PageEntry]:
        """Return the pages that the user's roles show in the sidebar."""
        roles = self.desk.vault.user.roles
        return [entry for entry in PAGES if entry.in_sidebar and entry.open_to(roles)]

    @property
    def records(self) -> bool:
        """Whether the user's roles record consultations."""
        return bool(self.desk.vault.user.roles & (CASES | TRAINERS))

    def _actions(self) -> dict[str, tuple[str, Callable[[], object], str, str]]:
        """Return what can be done from everywhere, by name: caption, act, symbol, keys."""
        actions: dict[str, tuple[str, Callable[[], object], str, str]] = {
            SEARCH: ("Suchen …", self.open_palette, "search", "Ctrl+K"),
            RECORD: ("Konsultation", self.record, "message-square-plus", "Ctrl+Shift+K"),
            "help": ("Handbuch", self.open_help, "circle-help", "F1"),
            "lock": ("Sperren", self.lock_wanted.emit, "lock", "Ctrl+L"),
        }
        return actions if self.records else {name: action for name, action in actions.items() if name != RECORD}

    def _shortcuts(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Alt+Left": self.go_back,
            "Ctrl+F": self._search,
            "Ctrl+N": lambda: self.open_page("coachees", {"new": True}),
            "F5": self._refresh,
            SAVE_KEYS: self.save_list,
        }
        for number, entry in enumerate(self.shown_pages()[:DIGITS], 1):
            keys[f"Ctrl+{number}"] = partial(self.open_page, entry.key)
        for sequence, action in keys.items():
            QShortcut(QKeySequence(sequence), self).activated.connect(action)

    # --- going somewhere --------------------------------------------------------------------------------------------------

    def begin(self, place: tuple[str, dict[str, Any]] | None = None) -> None:
        """Show the first page, or the one at *place*."""
        roles = self.desk.vault.user.roles
        own = next((key for role, key in FIRST.items() if role in roles), "settings")
        key, where = place or (own, {})
        self.open_page(key, where)

    def begin_anew(self, key: str, said: str = "") -> None:
        """Show the page *key* after a change of who the user is in the team: what every page offers follows from that."""
        self.desk.staff_id = self.desk.read(partial(staff_of_user, user_id=self.desk.vault.user.id))
        for page in self._pages.values():
            self.stack.removeWidget(page)
            page.hide()
            page.deleteLater()
        self._pages.clear()
        self._places.clear()
        self.open_page(key)
        if said and self.shown_page is not None:
            self.shown_page.banner.tell(said, "good")

    def place(self) -> tuple[str, dict[str, Any]]:
        """Return where the user is."""
        return self._places[-1]

    def page(self, key: str) -> Page:
        """Return the page *key*, made at its first use."""
        if key not in self._pages:
            made = next(entry for entry in PAGES if entry.key == key).make(self.desk)
            made.wanted.connect(self.open_page)
            self._pages[key] = made
            self.stack.addWidget(made)
        return self._pages[key]

    @property
    def shown_page(self) -> Page | None:
        """The page that is shown; None before the first."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    def open_page(self, key: str, where: Mapping[str, Any] | None = None) -> None:
        """Show the page *key* at *where*."""
        place = (key, dict(where or {}))
        if key in self._commands:
            self._commands[key](place[1])
            return
        if not self._opens(key):
            self.banner.tell(_NOT_OPEN, "warning", button("Verstanden", self.banner.clear, rank="plain"))
            return
        coaching_id = place[1].get("coaching_id")
        if coaching_id and not self.desk.read(partial(sees_coaching, coaching_id=coaching_id)):
            self.banner.tell(NOT_ASSIGNED, "warning", button("Verstanden", self.banner.clear, rank="plain"))
            return
        if self._offered:
            self.banner.clear()
            self._offered = False
        self._remember_place()
        if not self._places or self._places[-1] != place:
            self._places.append(place)
        self._show(*place)

    @property
    def _commands(self) -> Mapping[str, Callable[[dict[str, Any]], object]]:
        """What pages ask for in the way of another page, and is none."""
        return {
            "back": lambda _: self.go_back(),
            "undo": lambda _: self.undo(),
            "look": lambda where: self.look_wanted.emit(where["scheme"], where["scale"]),
            "keep_settings": self.settings_wanted.emit,
            "vault": lambda where: self.vault_wanted.emit(Path(where["folder"])),
            "save_list": lambda _: self.save_list(),
            "calendar": lambda _: self.save_calendar(),
            "consultation": lambda where: self.record(where.get("coaching_id")),
            "tour": lambda _: self.begin_tour(),
            "sample": self.sample_wanted.emit,
            "anew": lambda where: self.begin_anew(where["page"], where.get("said", "")),
        }

    def _remember_place(self) -> None:
        """Note where on the page the user is now: coming back leads there, not to where the page was opened at."""
        shown = self.shown_page
        if self._places and shown is not None and shown.key == self._places[-1][0]:
            now = shown.present_place()
            if now is not None:
                self._places[-1] = (shown.key, dict(now))

    def _show(self, key: str, where: dict[str, Any]) -> None:
        page, shown = self.page(key), self.shown_page
        if shown is not None:
            self.keep_drafts()
        if shown is not None and shown is not page:
            shown.banner.settle()
        self._sidebar.show_chosen(key)
        try:
            page.open_at(where)
            page.make_current()
        except VaultDamagedError as error:
            # What else can be read stays within reach.
            self.desk.met_damage(error)
        self.stack.setCurrentWidget(page)
        self._take_keyboard()

    def go_back(self) -> None:
        """Show where the user was before."""
        if len(self._places) > 1:
            self._places.pop()
            self._show(*self._places[-1])

    def _search(self) -> None:
        page = self.shown_page
        find = getattr(page, "search_here", None)
        if find is not None:
            find()
        else:
            self.open_page("coachees", {"search": True})

    def open_palette(self) -> None:
        """Find any action and any person."""
        from bjc_desktop.ui.palette import Palette  # noqa: PLC0415 - not needed to show the first page

        actions: list[tuple[str, str, Callable[[], object]]] = list(self._pages[self.place()[0]].offers())
        actions += [
            (entry.title, f"Strg+{number}" if number <= DIGITS else "", partial(self.open_page, entry.key))
            for number, entry in enumerate(self.shown_pages(), 1)
        ]
        if self._opens("beginning"):
            actions.append(("Erste Schritte", "", partial(self.open_page, "beginning")))
        actions += [
            ("Konsultation erfassen", "Strg+Umschalt+K", self.record),
            ("Handbuch zu dieser Seite", "F1", self.open_help),
            ("Rundgang", "", self.begin_tour),
            ("Sperren", "Strg+L", self.lock_wanted.emit),
        ]
        actions += [
            (f"Liste speichern: {view.offered().title}", keys, partial(self.save_list, view)) for view, keys in self._lists()
        ]
        if self._sees_due:
            actions.append(("Termine als Kalenderdatei", "", self.save_calendar))
        if keeps_cases(self.desk.vault.user.roles):
            actions.append(("Neue*r Coachee", "Strg+N", lambda: self.open_page("coachees", {"new": True})))
        Palette(self.desk, actions, self.open_page, self).open()

    def open_help(self) -> None:
        """Show the manual where it tells of the page that is shown."""
        from bjc_desktop.ui.help.help_window import open_help  # noqa: PLC0415 - not needed to show the first page
        from bjc_desktop.ui.help.places import place_of_page  # noqa: PLC0415 - the same

        page = self.shown_page
        place = place_of_page("" if page is None else page.key, "" if page is None else page.shown_part)
        open_help(self, place, self.desk.background)

    def record(self, coaching_id: str | None = None) -> None:
        """Record a consultation, with the coaching that is shown."""
        from bjc_desktop.ui.consultation.consultation_dialog import ConsultationDialog  # noqa: PLC0415 - as above

        if not self.records:
            return
        if coaching_id is None:
            coaching_id = getattr(self.shown_page, "coaching_id", None)
        ConsultationDialog(self.desk, coaching_id, self).open()

    # --- the walk around the window -------------------------------------------------------------------------------------

    def offer_tour(self) -> None:
        """Offer the walk around the window, once on this computer; nobody has to go."""
        if self.desk.settings.toured:
            return
        self.settings_wanted.emit({"toured": True})
        self._offered = True
        count = len(steps_for(self.desk.vault.user.roles))
        self.banner.tell(
            f"Neu hier? Ein Rundgang zeigt in {count} Schritten, wo was ist.",
            "quiet",
            button("&Rundgang", self.begin_tour),
            button("Nicht jetzt", self.banner.clear, rank="plain"),
        )

    def begin_tour(self) -> None:
        """Walk around the window."""
        from bjc_desktop.ui.tour.tour import Tour  # noqa: PLC0415 - needed once in a user's life

        if any(made.isVisible() for made in self.findChildren(Tour)):
            return
        self.banner.clear()
        tour = Tour(self, steps_for(self.desk.vault.user.roles), self._tour_place)
        tour.finished.connect(self._take_keyboard)
        tour.begin()

    def _take_keyboard(self) -> None:
        """Give the keyboard to the page that is shown."""
        page = self.shown_page
        target = None if page is None else page.first_field()
        if page is not None and target is not None and not target.isVisibleTo(page):
            target = _first_of(page)
        if target is not None:
            give_keyboard(target)

    def _tour_place(self, step: TourStep) -> QWidget | None:
        """Show the page of *step* and return what it points at: a part of the page where that is to be seen, else a button of the sidebar."""
        from bjc_desktop.ui.tour.tour import seen  # noqa: PLC0415 - as above

        if any(entry.key == step.place for entry in self.shown_pages()):
            self.open_page(step.place)
        # What was just shown has its place only when it is laid out.
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        part = getattr(self._pages.get(step.place), step.part, None) if step.part else None
        if isinstance(part, QWidget) and part.isVisible() and 2 * seen(part, self).height() > part.height():
            return part
        return self._sidebar.mark_of(step.place)

    # --- lists ------------------------------------------------------------------------------------------------------------

    def _lists(self) -> list[tuple[Any, str]]:
        """Return the lists that are shown and the keys that save each; first comes the one that has the keyboard, then the page's own order."""
        page = self.shown_page
        views = [] if page is None else [view for view in page.findChildren(QTableView) if hasattr(view, "list_offer")]
        shown = [view for view in views if view.isVisible() and view.model().rowCount()]
        first = [] if page is None else page.offered_lists
        shown.sort(key=lambda view: (not view.hasFocus(), first.index(view) if view in first else len(first)))
        return [(view, SAVE_KEYS_SHOWN if number == 0 else "") for number, view in enumerate(shown)]

    def save_list(self, view: Any = None) -> None:
        """Ask, and save what *view* shows, or what the list shows that has the keyboard or comes first on the page."""
        from bjc_desktop.ui.shared.save_list_dialog import SaveListDialog  # noqa: PLC0415 - not needed to show the first page

        page, shown = self.shown_page, self._lists()
        if page is not None and page.reading:
            page.banner.tell("Die Liste wird noch gelesen. Bitte gleich noch einmal versuchen.", "quiet")
            return
        if view is None and not shown:
            if page is not None:
                page.banner.tell("Hier ist keine Liste zu sehen, die sich speichern lässt.", "quiet")
            return
        chosen = shown[0][0] if view is None else view
        dialog = SaveListDialog(self.desk, chosen.offered(), chosen.window())
        banner = self.banner if page is None else page.banner
        dialog.saved.connect(lambda said: banner.tell(said, "good"))
        dialog.open()

    def _opens(self, key: str) -> bool:
        """Say whether the user's roles open the page *key*."""
        return next(entry for entry in PAGES if entry.key == key).open_to(self.desk.vault.user.roles)

    @property
    def _sees_due(self) -> bool:
        """Whether the user's roles show what is due."""
        return any(entry.key == "overview" for entry in self.shown_pages())

    def save_calendar(self) -> None:
        """Ask what of the appointments goes into a calendar file, and save it."""
        from bjc_desktop.ui.overview.calendar_dialog import CalendarDialog  # noqa: PLC0415 - not needed to show the first page

        dialog = CalendarDialog(self.desk, self)
        page = self.shown_page
        banner = self.banner if page is None else page.banner
        dialog.saved.connect(lambda said: banner.tell(said, "good"))
        dialog.open()

    # --- what happens -----------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        for page in self._pages.values():
            page.mark_stale()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001, N802 - Qt's
        """Go on by Tab as one reads: what was built anew stands last in Qt's own order."""
        follow_layout(self)
        return super().focusNextPrevChild(next)

    def keep_drafts(self) -> None:
        """Keep what was typed everywhere and not saved yet."""
        for keeper in (*self._pages.values(), *self.findChildren(QObject)):
            keep = getattr(keeper, "keep_drafts", None)
            if keep is not None and keeper is not self:
                keep()

    def timerEvent(self, event: QEvent) -> None:  # type: ignore[override]  # noqa: N802 - Qt's
        """Keep drafts every few seconds."""
        _ = event
        self.keep_drafts()

    def _tell_saved(self, said: str) -> None:
        self._foot.tell_saved(said, undoable=self.desk.last_transaction is not None)

    def _tell_trouble(self, sentence: str) -> None:
        self.banner.tell(sentence, "danger")

    def _tell_damage(self) -> None:
        ways = button("Was jetzt?", partial(self.open_page, "backups"), rank="plain")
        self.banner.tell(READ_ONLY, "danger", ways)

    def tell_remark(self, sentence: str) -> None:
        """Say what somebody should consider, until they have read it."""
        self.banner.tell(sentence, "warning", button("Verstanden", self.banner.clear, rank="plain"))

    def undo(self) -> None:
        """Take back what was saved last."""
        from bjc_desktop.errors import BjcError  # noqa: PLC0415 - not needed to show the first page

        transaction = self.desk.last_transaction
        if transaction is None:
            return
        try:
            self.desk.take_back(transaction)
        except BjcError as error:
            self.banner.tell(str(error), "warning", button("Verstanden", self.banner.clear, rank="plain"))
            return
        if self.shown_page is not None:
            self.shown_page.banner.settle()  # the good news there is no longer true

    def warn_of_lock(self, seconds: int) -> None:
        """Say that the window will lock."""
        sentence = f"Der Tresor wird in etwa {max(seconds, 1)} Sekunden gesperrt, weil niemand arbeitet. Eine Taste genügt, um weiterzuarbeiten."
        self._lock_warning.tell(sentence, "warning")

    def take_back_warning(self) -> None:
        """Somebody works: the warning is no longer true."""
        if not self._lock_warning.isHidden():
            self._lock_warning.clear()


def _first_of(page: Page) -> QWidget | None:
    """Return the first widget of *page* that the keyboard reaches: where a page begins that has nothing to list."""
    widget = page.nextInFocusChain()
    while widget is not None and widget is not page:
        reached = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled()
        if reached and page.isAncestorOf(widget) and widget.isVisibleTo(page):
            return widget
        widget = widget.nextInFocusChain()
    return None
