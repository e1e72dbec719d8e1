"""The window: settings → log → application → first paint → everything heavy behind it."""

import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from platformdirs import user_config_path, user_log_path
from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTimer, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from bjc_desktop import __version__
from bjc_desktop.errors import VaultDamagedError
from bjc_desktop.paths import resource
from bjc_desktop.preferences import load_settings
from bjc_desktop.ui.shared.theme import install_theme

if TYPE_CHECKING:
    from bjc_desktop.ui.frame import Frame

NAME = "BJC Desktop"
FOLDER = "bjc-desktop"
HEAVY = (
    "bjc_desktop.vault",
    "bjc_desktop.ui.workspace",
    "bjc_desktop.ui.overview.overview_page",
    "bjc_desktop.ui.coachees.coachees_page",
    "bjc_desktop.ui.consultation.consultation_dialog",
    "bjc_desktop.ui.case_book.case_page",
    "bjc_desktop.ui.closing.closing_page",
    "bjc_desktop.ui.figures.figures_page",
    "bjc_desktop.ui.hours.hours_page",
    "bjc_desktop.ui.hours.statistic_page",
    "bjc_desktop.ui.observing.observing_page",
    "bjc_desktop.ui.observing.following_page",
    "bjc_desktop.ui.access.access_page",
    "bjc_desktop.ui.foundations.foundations_page",
    "bjc_desktop.ui.report.report_page",
    "bjc_desktop.ui.team.team_page",
    "bjc_desktop.ui.follow_ups.follow_ups_page",
    "bjc_desktop.ui.quality.quality_page",
    "bjc_desktop.ui.history.history_page",
    "bjc_desktop.ui.audit.audit_page",
    "bjc_desktop.ui.privacy.privacy_page",
    "bjc_desktop.ui.backups.backups_page",
    "bjc_desktop.ui.options.options_page",
    "bjc_desktop.ui.coachees.new_coachee_dialog",
    "bjc_desktop.ui.beginning.beginning_page",
    "bjc_desktop.ui.palette",
)
"""What is imported behind the first paint, while the person types the passphrase: what is needed first comes first."""

_log = logging.getLogger(__name__)


def make_application(arguments: Sequence[str]) -> QApplication:
    """Return the application, German to the last button."""
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication(list(arguments))
    application.setApplicationName(FOLDER)
    application.setApplicationDisplayName(NAME)
    application.setApplicationVersion(__version__)
    application.setDesktopFileName(FOLDER)
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    translator = QTranslator(application)
    if translator.load("qtbase_de", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
    application.setWindowIcon(QIcon(str(resource("icons/app.svg"))))
    return application


def run_window(arguments: Sequence[str], given: Path | None = None) -> int:
    """Open the window, at the vault or file that is *given*, and return the exit status."""
    config = Path(os.environ.get("BJC_CONFIG_DIR") or user_config_path(FOLDER, appauthor=False))
    settings = load_settings(config)
    application = make_application(arguments)
    install_theme(application, settings.scheme, settings.scale)
    from bjc_desktop.ui.frame import Frame  # noqa: PLC0415 - after the application, which its icons need

    frame = Frame(config, settings)
    _catch_the_unexpected(frame)
    if given is not None:
        frame.show_given(given)
    frame.show()
    QTimer.singleShot(0, lambda: _after_first_paint(frame, config))
    return application.exec()


def _after_first_paint(frame: "Frame", config: Path) -> None:
    from bjc_desktop.log import set_up_log  # noqa: PLC0415 - not before the first paint

    set_up_log(config / "log" if "BJC_CONFIG_DIR" in os.environ else user_log_path(FOLDER, appauthor=False))
    frame.background.run(frame, lambda _: [import_module(name) for name in HEAVY], _nothing, _nothing)


def _nothing(_: object) -> None:
    """Wait for nothing: what is imported here is imported again, at once, where it is used."""


def _catch_the_unexpected(frame: "Frame") -> None:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            frame.close()
            return
        if isinstance(error, VaultDamagedError) and frame.workspace is not None:
            frame.workspace.desk.met_damage(error)
            return
        _log.error("unexpected", exc_info=(kind, error, trace))
        frame.tell_unexpected(kind, trace)

    sys.excepthook = hook
