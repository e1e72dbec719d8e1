"""The first page: which vault, and how it is opened."""

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from bjc_desktop.errors import InvalidInputError, NotFoundError, VaultDamagedError
from bjc_desktop.preferences import Settings
from bjc_desktop.ui.shared.background import Background, sentence_of
from bjc_desktop.ui.shared.icons import pixmap
from bjc_desktop.ui.shared.labels import label
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.start import vault_jobs
from bjc_desktop.ui.start.choice_panel import ChoicePanel
from bjc_desktop.ui.start.unlock_form import UnlockForm

if TYPE_CHECKING:
    from bjc_desktop.ui.start.bundle_panel import BundlePanel
    from bjc_desktop.ui.start.new_vault_form import NewVaultForm, RecoveryCodePanel
    from bjc_desktop.ui.start.restore_form import RestoreForm
    from bjc_desktop.ui.start.sample_panel import SamplePanel
    from bjc_desktop.ui.start.second_place_form import SecondPlaceForm
    from bjc_desktop.vault import Vault
    from bjc_desktop.vocabulary import Role

P = TypeVar("P", bound=QWidget)

_WIDTH = 560


class StartPage(QWidget):
    """The page; ``opened`` carries the open vault, ``settings_wanted`` what was chosen to be remembered on this computer."""

    opened = Signal(object)
    settings_wanted = Signal(dict)
    founded = Signal()
    """The vault that was just opened is new."""
    remarked = Signal(str)
    """What there is to consider about a new vault once it is open."""

    def __init__(self, background: Background, settings: Settings, data: Path) -> None:
        super().__init__()
        self._background, self._data = background, data
        self._folder: Path | None = None
        self._waiting: Vault | None = None
        self.awaited = ""
        """What follows once a vault is open, whichever it is: said wherever one is chosen and unlocked."""
        self._holders: dict[QWidget, QWidget] = {}
        self.settings = settings
        QShortcut(QKeySequence("F1"), self).activated.connect(self.open_help)
        self.stack = QStackedWidget()
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.stack)
        self.begin()

    def open_help(self) -> None:
        """Show the manual where it tells of the first day."""
        from bjc_desktop.ui.help.help_window import open_help  # noqa: PLC0415 - not before it is asked for
        from bjc_desktop.ui.help.places import BEGINNING  # noqa: PLC0415 - the same

        open_help(self, BEGINNING, self._background)

    # Each panel is made when it is first shown: the first paint waits for one of them only.

    @cached_property
    def choice(self) -> ChoicePanel:
        """What can be done without an open vault."""
        ways = [
            ("plus", "&Neuen Tresor anlegen", "Für den ersten Tag: Träger, Name und Passphrase, in zwei Minuten.", self.show_new),
            ("folder-open", "Vorhandenen Tresor &öffnen", "Ein Ordner mit einem Tresor auf diesem Rechner.", self.choose_vault),
            (
                "database-backup",
                "Sicherung &wiederherstellen",
                "Aus einer Sicherungsdatei an einen neuen Ort.",
                self.show_restore,
            ),
            ("sparkles", "Mit &Beispieldaten ausprobieren", "Erfundene Personen in einem eigenen Tresor.", self.show_sample),
        ]
        lately = [(place, partial(self.offer_vault, Path(place))) for place in self.settings.vaults if _is_there(place)]
        return self._held(ChoicePanel(ways, lately))

    @cached_property
    def unlock_form(self) -> UnlockForm:
        """The unlocking of a vault."""
        made = self._held(UnlockForm())
        made.unlock.connect(self._unlock)
        made.other.connect(self.show_choice)
        made.mend.connect(self.show_restore)
        made.salvage.connect(self._salvage)
        return made

    @cached_property
    def new_form(self) -> "NewVaultForm":
        """The form for a new vault."""
        from bjc_desktop.ui.start.new_vault_form import NewVaultForm  # noqa: PLC0415 - not before the first paint

        made = self._held(NewVaultForm(_free(self._data / "Tresor")))
        made.make.connect(self._make)
        made.back.connect(self.show_choice)
        return made

    @cached_property
    def restore_form(self) -> "RestoreForm":
        """The form for a backup."""
        from bjc_desktop.ui.start.restore_form import RestoreForm  # noqa: PLC0415 - not before the first paint

        made = self._held(RestoreForm(self._data / "Tresor-wiederhergestellt"))
        made.restore.connect(self._restore)
        made.back.connect(self.show_choice)
        return made

    @cached_property
    def sample_panel(self) -> "SamplePanel":
        """The choice of a desk in the vault with invented people."""
        from bjc_desktop.ui.start.sample_panel import SamplePanel  # noqa: PLC0415 - not before the first paint

        made = self._held(SamplePanel())
        made.chosen.connect(self.open_sample)
        made.back.connect(self.show_choice)
        return made

    @cached_property
    def code_panel(self) -> "RecoveryCodePanel":
        """The recovery code of a new vault."""
        from bjc_desktop.ui.start.new_vault_form import RecoveryCodePanel  # noqa: PLC0415 - not before the first paint

        made = self._held(RecoveryCodePanel(self._code_leaves))
        made.kept.connect(self._code_kept)
        return made

    @cached_property
    def second_form(self) -> "SecondPlaceForm":
        """The offer of a second place for the backups of a new vault."""
        from bjc_desktop.ui.start.second_place_form import SecondPlaceForm  # noqa: PLC0415 - not before the first paint

        made = self._held(SecondPlaceForm())
        made.chosen.connect(self._ask_second)
        made.later.connect(self._begin)
        return made

    @cached_property
    def bundle_panel(self) -> "BundlePanel":
        """The check of a report bundle."""
        from bjc_desktop.ui.start.bundle_panel import BundlePanel  # noqa: PLC0415 - not before the first paint

        made = self._held(BundlePanel(self._background))
        made.back.connect(self.begin)
        return made

    def _held(self, panel: P) -> P:
        self._holders[panel] = _centred(panel)
        self.stack.addWidget(self._holders[panel])
        return panel

    def _show(self, panel: QWidget, focus: QWidget) -> None:
        self.stack.setCurrentWidget(self._holders[panel])
        focus.setFocus()

    def begin(self) -> None:
        """Show the unlocking of the vault used last, or what can be done without one."""
        newest = next((Path(place) for place in self.settings.vaults if _is_there(place)), None)
        if newest is None:
            self.show_choice()
        else:
            self.offer_vault(newest)

    def show_choice(self) -> None:
        """Show what can be done without an open vault."""
        if self.awaited:
            self.choice.banner.tell(self.awaited)
        else:
            self.choice.banner.clear()
        self._show(self.choice, self.choice.buttons[0])

    def show_new(self) -> None:
        """Show the form for a new vault."""
        self._show(self.new_form, self.new_form.fields["provider"])

    def show_bundle(self, path: Path) -> None:
        """Check the report bundle at *path* and show what it holds."""
        self._show(self.bundle_panel, self.bundle_panel)
        self.bundle_panel.check(path)

    def show_backup(self, path: Path) -> None:
        """Propose to restore the backup at *path*."""
        self.restore_form.offer(path, _free(self._data / "Tresor-wiederhergestellt"))
        self.show_restore()

    def show_restore(self) -> None:
        """Show the form for a backup."""
        self._show(self.restore_form, self.restore_form.source)

    def offer_vault(self, folder: Path, sentence: str = "", *, troubled: bool = False) -> None:
        """Ask for the passphrase of the vault in *folder*; *sentence* says why, as a warning where somebody is *troubled* by it."""
        self._folder = folder
        alone = str(folder.absolute()) in self.settings.alone
        self.unlock_form.offer(folder, sentence or self.awaited, alone=alone, kind="warning" if troubled else "quiet")
        self._show(self.unlock_form, self.unlock_form)

    def wait_at(self, folder: Path, sentence: str) -> None:
        """Show *sentence* while the vault in *folder* is being closed; nothing can be typed meanwhile."""
        self.offer_vault(folder, sentence)
        self.unlock_form.set_busy(busy=True, text="Bitte warten …")

    def choose_vault(self) -> None:
        """Ask for the folder of a vault."""
        chosen = QFileDialog.getExistingDirectory(self, "Ordner des Tresors", str(self._data))
        if chosen:
            self.offer_vault(Path(chosen))

    def show_sample(self) -> None:
        """Ask at whose desk somebody wants to look around."""
        self._show(self.sample_panel, self.sample_panel.buttons[0])

    def open_sample(self, role: "Role | None") -> None:
        """Open the vault with invented people at the desk of *role*, made at its first use."""
        folder, panel = self._data / "Beispiel-Tresor", self.sample_panel
        self._show(panel, panel.buttons[0])
        panel.banner.tell("Die Beispieldaten werden vorbereitet …")
        panel.set_busy(busy=True)
        self._background.run(
            self,
            lambda progress: vault_jobs.open_sample(folder, role, progress),
            self._sample_opened,
            self._sample_failed,
            panel.tell_progress,
        )

    def _sample_opened(self, vault: "Vault") -> None:
        self.sample_panel.set_busy(busy=False)
        self.sample_panel.banner.clear()
        self.opened.emit(vault)

    def _sample_failed(self, error: BaseException) -> None:
        self.sample_panel.set_busy(busy=False)
        self.sample_panel.banner.tell(sentence_of(error), "danger")

    def _unlock(self, user: str, passphrase: str) -> None:
        folder = self._folder
        if folder is None:
            return
        self._background.run(
            self,
            lambda progress: vault_jobs.unlock(folder, user or None, passphrase, progress),
            self._unlocked,
            self._not_unlocked,
            self.unlock_form.tell_update,
        )

    def _unlocked(self, vault: "Vault") -> None:
        self.unlock_form.passphrase.clear()
        self.unlock_form.set_busy(busy=False)
        self.opened.emit(vault)

    def _not_unlocked(self, error: BaseException) -> None:
        folder = self._folder
        lost = folder is not None and isinstance(error, NotFoundError) and not (folder / "vault.db").exists()
        if folder is None or not (lost or isinstance(error, VaultDamagedError)):
            self.unlock_form.refuse(sentence_of(error))
            return
        second = Path(self.settings.backup_folder) if self.settings.backup_folder else None
        self.unlock_form.refuse(f"{sentence_of(error)} Die Sicherungen werden gesucht …", mendable=True)
        self._background.run(
            self,
            lambda _: vault_jobs.find_good_backup(folder, second),
            partial(self._offer_backup, folder, sentence_of(error)),
            lambda _: None,
        )

    def _offer_backup(self, folder: Path, sentence: str, found: vault_jobs.GoodBackup | None) -> None:
        """Say which backup is the newest good one, and propose it where it is restored."""
        if self._folder != folder:
            return
        if found is None:
            words = "Beim Tresor und im zweiten Ziel ist keine unbeschädigte Sicherung."
        else:
            words = f"Die neueste gute Sicherung ist vom {found.moment}."
            self.restore_form.offer(found.path, _free(folder.with_name(f"{folder.name}-wiederhergestellt")))
        self.unlock_form.refuse(f"{sentence} {words}", mendable=True)

    def _salvage(self, user: str, passphrase: str) -> None:
        folder = self._folder
        if folder is None:
            return
        target = _free(folder.with_name(f"{folder.name}-wiederhergestellt"))
        self._background.run(
            self,
            lambda _: vault_jobs.salvage_vault(folder, user or None, passphrase, target),
            lambda words: self.offer_vault(target, f"{words} Dies ist der neue Tresor; bitte entsperren."),
            lambda error: self.unlock_form.refuse(sentence_of(error), mendable=True),
        )

    def _make(self, values: dict[str, str]) -> None:
        self._background.run(self, lambda _: vault_jobs.make(values), self._made, self._not_made)

    def _made(self, result: tuple["Vault", str]) -> None:
        self.new_form.set_busy(busy=False)
        self.new_form.passphrase.clear()
        self.new_form.again.clear()
        self._waiting, code = result
        self.code_panel.show_code(code)
        self._show(self.code_panel, self.code_panel)

    def _not_made(self, error: BaseException) -> None:
        if isinstance(error, InvalidInputError):
            self.new_form.refuse({"user" if name == "name" else name: text for name, text in error.fields.items()})
        else:
            self.new_form.refuse({}, sentence_of(error))

    def _code_leaves(self) -> None:
        if self._waiting is not None:
            vault_jobs.note_printed_code(self._waiting)

    def _code_kept(self) -> None:
        self.code_panel.forget()
        if self.settings.backup_folder:
            # The second place belongs to the computer: an earlier vault has chosen one.
            self._begin()
        else:
            self._show(self.second_form, self.second_form)

    def _ask_second(self, place: str) -> None:
        vault = self._waiting
        if vault is not None:
            job = partial(vault_jobs.choose_second_place, vault.folder, Path(place))
            self._background.run(self, lambda _: job(), partial(self._use_second, vault, place), self._refuse_second)

    def _use_second(self, vault: "Vault", place: str, remark: str) -> None:
        if self._waiting is not vault:
            # Somebody went on without it meanwhile.
            return
        self.settings_wanted.emit({"backup_folder": place})
        self._begin(remark)

    def _refuse_second(self, error: BaseException) -> None:
        if self._waiting is not None:
            self.second_form.refuse(sentence_of(error))

    def _begin(self, remark: str = "") -> None:
        """Open the new vault; *remark* is what there is to consider about its second place."""
        vault, self._waiting = self._waiting, None
        if vault is not None:
            self.opened.emit(vault)
            self.founded.emit()
            if remark:
                self.remarked.emit(remark)

    def _restore(self, source: Path, folder: Path) -> None:
        self._background.run(
            self,
            lambda _: vault_jobs.restore_backup(source, folder),
            lambda said: self._restored(folder, said),
            lambda error: self.restore_form.refuse(sentence_of(error)),
        )

    def _restored(self, folder: Path, said: str) -> None:
        self.restore_form.set_busy(busy=False)
        done = "Die Sicherung ist wiederhergestellt. Bitte mit der Passphrase von damals entsperren."
        self.offer_vault(folder, f"{done} {said}".strip())

    def drop(self) -> None:
        """Close a new vault whose recovery code was never confirmed."""
        if self._waiting is not None:
            self._waiting.close()
            self._waiting = None


def _is_there(place: str) -> bool:
    """Say whether a vault used before is there; a share that is gone or a folder of somebody else is none, and no error."""
    try:
        return Path(place).is_dir()
    except OSError:
        return False


def _centred(panel: QWidget) -> QWidget:
    """Return *panel* on a card in the middle, scrolling where it is too tall."""
    px = theme().pixels
    card = QFrame()
    card.setProperty("box", "card")
    inner = QVBoxLayout(card)
    inner.setContentsMargins(px(32), px(28), px(32), px(28))
    picture = label()
    picture.setPixmap(pixmap("app", size=44))
    inner.addWidget(picture)
    inner.addSpacing(px(6))
    inner.addWidget(panel)
    card.setMaximumWidth(px(_WIDTH))
    card.setMinimumWidth(min(px(_WIDTH), 760))
    holder = QWidget()
    line = QVBoxLayout(holder)
    line.addStretch(1)
    line.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
    line.addStretch(2)
    scroller = QScrollArea()
    scroller.setFrameShape(QFrame.Shape.NoFrame)
    scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroller.setWidgetResizable(True)
    scroller.setWidget(holder)
    return scroller


def _free(place: Path) -> Path:
    """Return *place*, or the first of ``Tresor 2``, ``Tresor 3`` … that is not there yet."""
    places = (place, *(place.with_name(f"{place.name} {number}") for number in range(2, 100)))
    return next((free for free in places if not free.exists()), place)
