"""A page of the window: title, counts, one primary button, and what is below."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from bjc_desktop.errors import VaultDamagedError
from bjc_desktop.ui.shared.background import Progress, sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import Banner, button, label
from bjc_desktop.ui.shared.list_offer import SAVE_KEYS_SHOWN, ListOffer, OfferedView
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme

Answer = TypeVar("Answer")


class Page(QWidget):
    """What all pages have in common.

    A page is made once per unlocked vault, shown by :meth:`open_at`, and reads its rows again in :meth:`refresh` whenever
    something changed while it is shown, or before it is shown next.
    """

    wanted = Signal(str, dict)
    """Another page: its key, and where on it (see each page's ``open_at``)."""
    key: ClassVar[str] = ""
    heading: ClassVar[str] = ""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setAccessibleName(self.heading)
        px = theme().pixels
        self._column = self._main_column()
        side = px(24 if theme().scale < LARGE_TEXT else 16)
        self._column.setContentsMargins(side, px(18), side, px(12))
        self._column.setSpacing(px(10))
        self.title = label(self.heading, "title", wrap=True)
        self.subtitle = label("", "muted")
        self.subtitle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        self.head = Head()
        if self.head.flow is None:
            line = QHBoxLayout()
            line.addLayout(words, 1)
            line.addLayout(self.head.line)
            self._column.addLayout(line)
        else:
            self._column.addLayout(words)
            self._column.addWidget(self.head.flow)
        self.banner = Banner()
        self._column.addWidget(self.banner)
        self._stale = True
        self._asked_last = self._answered_last = 0
        self._save_button: QPushButton | None = None
        self.offered_lists: list[Any] = []
        """The lists of the page, the most important one first."""

    def _main_column(self) -> QVBoxLayout:
        """Return the column of the page; with large text it may need more height than a screen has, and scrolls as a whole."""
        if theme().scale < LARGE_TEXT:
            return QVBoxLayout(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        scroller = Scroller(column=_LeastColumn)
        whole.addWidget(scroller)
        return scroller.column

    def add(self, content: QWidget | QHBoxLayout | QVBoxLayout, stretch: int = 0) -> None:
        """Put *content* below what is there."""
        if isinstance(content, QWidget):
            self._column.addWidget(content, stretch)
        else:
            self._column.addLayout(content, stretch)

    def set_aside(self, widget: QWidget) -> None:
        """Own *widget* without showing it: one that belongs to nobody outlives the window."""
        widget.setParent(self)
        widget.hide()

    def open_at(self, where: Mapping[str, Any]) -> None:
        """Show the page at *where*; without anything, as it was."""
        _ = where

    def present_place(self) -> Mapping[str, Any] | None:
        """Return where on the page the user is, for coming back; None where the place it was opened at says it all."""
        return None

    @property
    def shown_part(self) -> str:
        """The key of the part of the page that is shown; empty where there is one only."""
        return ""

    def refresh(self) -> None:
        """Read the rows again and show them; what the user is typing stays."""

    def ask(self, question: Callable[[Any], Answer], show: Callable[[Answer], object], *, behind: bool) -> None:
        """Ask the vault and *show* the answer: at once, or where it may take a while *behind* the window, only the newest."""
        self._asked_last += 1
        number, vault = self._asked_last, self.desk.vault
        if not behind:
            self._answered_last = number
            show(self.desk.read(question))
            return

        def read(progress: Progress) -> Answer:
            _ = progress
            with vault.reading() as connection:
                return question(connection)

        def arrived(answer: Answer) -> None:
            if number == self._asked_last and not self.desk.closed:
                self._answered_last = number
                show(answer)

        def failed(error: BaseException) -> None:
            self._answered_last = max(self._answered_last, number)
            if isinstance(error, VaultDamagedError):
                self.desk.met_damage(error)
            self.banner.tell(sentence_of(error), "danger")

        self.subtitle.setText("Wird gelesen …")
        self.desk.background.run(self, read, arrived, failed)

    def offer_list(self, view: OfferedView, offer: ListOffer) -> None:
        """Say what *view* tells of itself when it is saved; the page's first list gets a button for it in the head."""
        view.list_offer = offer
        self.offered_lists.append(view)
        # With large text a page's head has no room for it: the keys, the context menu and the search for actions stay.
        if self._save_button is None and theme().scale < LARGE_TEXT:
            self._save_button = button("", lambda: self.wanted.emit("save_list", {}), rank="plain", symbol="download")
            self._save_button.setAccessibleName("Liste speichern")
            self._save_button.setToolTip(f"Liste speichern … ({SAVE_KEYS_SHOWN})")
            self.head.line.insertWidget(0, self._save_button)

    @property
    def reading(self) -> bool:
        """Whether an answer is on its way: until then the page shows what was asked for before."""
        return self._answered_last < self._asked_last

    def keep_drafts(self) -> None:
        """Keep what was typed and not saved yet."""

    def offers(self) -> Sequence[tuple[str, str, Callable[[], object]]]:
        """Return what can be done on this page from the search for actions: title, keys, action."""
        return ()

    def first_field(self) -> QWidget | None:
        """Return what takes the keyboard when the page is opened."""
        return None

    def mark_stale(self) -> None:
        """Something changed: read again now if shown, otherwise before being shown."""
        if self.isVisible():
            self._stale = False
            self.refresh()
        else:
            self._stale = True

    def make_current(self) -> None:
        """Read again what changed in the meantime."""
        if self._stale:
            self._stale = False
            self.refresh()


class Head:
    """What stands at a page's title: beside it, with large text in lines of its own below it."""

    def __init__(self) -> None:
        self.line = QHBoxLayout()
        self.line.setSpacing(theme().pixels(8))
        self.flow = FlowRow() if theme().scale >= LARGE_TEXT else None

    def addWidget(self, widget: QWidget) -> None:  # noqa: N802 - as a layout's
        """Put *widget* at the end."""
        if self.flow is None:
            self.line.addWidget(widget)
        else:
            self.flow.add(widget)


class _LeastColumn(QVBoxLayout):
    """A column that asks for no more height than it needs at least: what scrolls inside the page goes on doing so."""

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's
        """Say no: a scroll area would take the height that is wished for instead."""
        return False


class Scroller(QScrollArea):
    """A column that scrolls when it is too tall; it follows the keyboard."""

    def __init__(self, parent: QWidget | None = None, *, column: type[QVBoxLayout] = QVBoxLayout) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.inner = QWidget()
        self.column = column(self.inner)
        self.column.setContentsMargins(0, 0, theme().pixels(6), 0)
        self.column.setSpacing(theme().pixels(12))
        self.setWidget(self.inner)
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]

    def clear(self) -> None:
        """Take everything out."""
        clear_layout(self.column)

    def _follow(self, _: QWidget | None, focused: QWidget | None) -> None:
        if focused is not None and self.isAncestorOf(focused):
            self.ensureWidgetVisible(focused, 20, 60)


def clear_layout(layout: QVBoxLayout | QHBoxLayout) -> None:
    """Take everything out of *layout* and forget it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear_layout(inner)  # type: ignore[arg-type]
