"""The program tries itself on invented people: what an installed copy must be able to do, one line each; nothing of it stays.

For whoever installs it (`bjc-desktop --selftest`) and for the builds under ``packaging/``.
"""

import logging
import os
import pkgutil
import platform
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from zipfile import ZipFile

import pypdfium2
from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFontDatabase, QFontInfo, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QDialogButtonBox

import bjc_desktop
from bjc_desktop.app import make_application
from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.paths import resource
from bjc_desktop.preferences import Settings
from bjc_desktop.sample import DEMO, sample_tables
from bjc_desktop.services.demo import sample_package
from bjc_desktop.services.hours_sheet import working_days
from bjc_desktop.services.reports import make_reports
from bjc_desktop.services.targets import fill_new_vault, read_settings
from bjc_desktop.services.verification import verify_bundle
from bjc_desktop.ui.frame import Frame
from bjc_desktop.ui.page_list import PAGES
from bjc_desktop.ui.printing.pdf_pages import picture_of
from bjc_desktop.ui.shared.theme import FAMILY, install_theme
from bjc_desktop.vault import Secrets, Vault, create_vault, open_vault, open_with_key

_NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
_QUARTER = "2025-Q3"
_PASSPHRASE = "Ein langer Satz zum Prüfen"  # noqa: S105 - it protects invented people, and the vault is removed
KNOWN_FIGURES = {
    "a1_1": ("7", "39"),
    "a1_2": ("9", "31"),
    "a4": ("6", "39"),
    "consultations_per_hour": ("558", "14289/10"),
    "correctly_closed": ("37", "39"),
    "measure_link": ("106", "166"),
}
"""Numerator and denominator of each figure of the sample data in 2025-Q3, over everybody."""
_WORKING_DAYS = ("2026-05", 18)
"""A month and its working days in Berlin: 21 from Monday to Friday less Labour Day, Ascension and Whit Monday."""
_SIDE, _COLOURS = 64, 16
"""A picture shrunk to so many pixels a side has at least so many colours where anything is drawn on it."""


class TrialError(Exception):
    """Something came out otherwise than it must; the sentence says what."""


@dataclass(slots=True)
class Trial:
    """The place in which everything is tried, and the application."""

    folder: Path
    application: QApplication
    secrets: Secrets | None = None
    bundle: Path | None = None

    def open(self) -> Vault:
        """Open the vault of invented people that an earlier check made."""
        if self.secrets is None:
            raise TrialError("ohne Tresor nicht zu prüfen")
        return open_with_key(self.folder / "tresor", self.secrets)


def run_selftest() -> int:
    """Try everything, print one line for each, and return 0, or 1 where something failed."""
    failed = 0
    with _own_place() as folder, _without_known_remarks():
        application = QApplication.instance()
        trial = Trial(folder, application if isinstance(application, QApplication) else make_application(sys.argv[:1]))
        for title, check in CHECKS:
            try:
                state, text = "gut", check(trial)
            except Exception as error:  # noqa: BLE001 - every check is tried, whatever happens in another
                failed += 1
                state, text = "FEHLER", str(error) if isinstance(error, TrialError) else f"{type(error).__name__}: {error}"
                if not isinstance(error, TrialError):
                    traceback.print_exc()
            print(f"{state:6}  {title}: {text}", flush=True)
    print(f"Alle {len(CHECKS)} Prüfungen bestanden." if not failed else f"{failed} von {len(CHECKS)} Prüfungen fehlgeschlagen.")
    return 1 if failed else 0


@contextmanager
def _own_place() -> Iterator[Path]:
    """Yield a temporary folder that takes the place of every folder of the user, so that nothing of theirs is read or written."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="bjc-selftest-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        os.environ |= {"BJC_CONFIG_DIR": str(folder / "config"), "BJC_STATE_DIR": str(folder / "state")}
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        try:
            yield folder
        finally:
            os.environ.clear()
            os.environ.update(before)


@contextmanager
def _without_known_remarks() -> Iterator[None]:
    """Let Qt say everything but what the platform without a screen says of each window."""

    def say(_: QtMsgType, __: QMessageLogContext, text: str) -> None:
        if "propagateSizeHints" not in text:
            sys.stderr.write(f"{text}\n")

    before = qInstallMessageHandler(say)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _expect(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise TrialError(f"{what}: {found} statt {wanted}")


def _not_blank(picture: QImage, what: str) -> None:
    small = picture.scaled(_SIDE, _SIDE, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    if len({small.pixel(x, y) for x in range(_SIDE) for y in range(_SIDE)}) < _COLOURS:
        raise TrialError(f"{what} ist leer.")


def _version(_: Trial) -> str:
    kind = "eigenständiges Programm" if getattr(sys, "frozen", False) else "mit Python"
    return f"BJC Desktop {bjc_desktop.__version__}, {kind} {platform.python_version()}, {platform.system()} {platform.machine()}"


def _modules(_: Trial) -> str:
    names = [found.name for found in pkgutil.walk_packages(bjc_desktop.__path__, "bjc_desktop.") if "__main__" not in found.name]
    for name in names:
        import_module(name)
    if len(names) < len(PAGES):
        raise TrialError(f"nur {len(names)} gefunden")
    return f"{len(names)} geladen"


def _fonts(trial: Trial) -> str:
    for name in ("Regular", "Bold"):
        number = QFontDatabase.addApplicationFont(str(resource(f"fonts/NotoSans-{name}.ttf")))
        _expect(QFontDatabase.applicationFontFamilies(number), [FAMILY], f"NotoSans-{name}.ttf")
        QFontDatabase.removeApplicationFont(number)
    install_theme(trial.application, "light")
    _expect(QFontInfo(trial.application.font()).family(), FAMILY, "Schrift des Fensters")
    return FAMILY


def _icons(_: Trial) -> str:
    paths = sorted(resource("icons").glob("*.svg"))
    missing = {entry.symbol for entry in PAGES} - {path.stem for path in paths}
    broken = [path.name for path in paths if not QSvgRenderer(str(path)).isValid()]
    if missing or broken:
        raise TrialError(f"fehlen: {', '.join(sorted(missing)) or 'keine'}; nicht lesbar: {', '.join(broken) or 'keine'}")
    return f"{len(paths)} Symbole"


def _german(_: Trial) -> str:
    buttons = QDialogButtonBox.StandardButton
    box = QDialogButtonBox(buttons.Cancel | buttons.Save)
    texts = [box.button(kind).text().replace("&", "") for kind in (buttons.Save, buttons.Cancel)]
    _expect(texts, ["Speichern", "Abbrechen"], "Beschriftung")
    return " und ".join(f"„{text}“" for text in texts)


def _round_trip(trial: Trial) -> str:
    place = trial.folder / "tresor"
    vault, code = create_vault(place, "selbsttest", _PASSPHRASE, now=_NOW)
    with vault:
        fill_new_vault(vault, now=_NOW)
        package = trial.folder / "musterdaten.zip"
        package.write_bytes(sample_package(sample_tables(DEMO)))
        import_package(vault, package, update=False, now=_NOW, today=_NOW.date())
        trial.secrets = vault.secrets
    if vault.database.read_bytes()[:6] == b"SQLite":
        raise TrialError("Der Tresor ist nicht verschlüsselt.")
    for secret in (_PASSPHRASE, code):
        with open_vault(place, secret, now=_NOW) as again, again.reading() as connection:
            count = connection.exec_driver_sql("SELECT count(*) FROM coachings").scalar()
        _expect(count, DEMO.coachings, "Coachings nach dem erneuten Öffnen")
    return f"angelegt, geschrieben, geschlossen, mit Passphrase und Wiederherstellungscode geöffnet, {count} Coachings"


def _figures(trial: Trial) -> str:
    with trial.open() as vault, vault.reading() as connection:
        scopes = compute(connection, parse_quarter(_QUARTER), read_settings(connection), as_of=_NOW.date())
    found = {figure.code: (str(figure.numerator), str(figure.denominator)) for figure in scopes.scope("all").figures}
    _expect(found, KNOWN_FIGURES, "Kennzahlen")
    return f"{len(found)} Kennzahlen des Quartals {_QUARTER} stimmen"


def _bundle(trial: Trial) -> str:
    with trial.open() as vault:
        period, as_of = parse_quarter(_QUARTER), _NOW.date()
        [trial.bundle] = make_reports(
            vault, period, trial.folder / "berichte", provider="all", as_of=as_of, release=False, now=_NOW, today=as_of
        )
    verified = verify_bundle(trial.bundle)
    _expect((verified.period_label, verified.as_of), (_QUARTER, str(as_of)), "Angaben im Paket")
    return "geschrieben; Prüfsummen, Signatur und nachgerechnete Zahlen stimmen"


def _pdf(trial: Trial) -> str:
    if trial.bundle is None:
        raise TrialError("ohne Berichtspaket nicht zu prüfen")
    with ZipFile(trial.bundle) as archive:
        content = archive.read("report.pdf")
    with pypdfium2.PdfDocument(content) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
        _not_blank(picture_of(document[0], 0.5), "Die erste Seite des Berichts")
    words = re.findall(r"\w+", " ".join(texts))
    missing = [wanted for wanted in ("Quartalsbericht", "Beschäftigung", "Träger") if not any(wanted in word for word in words)]
    if missing:
        raise TrialError(f"im Text fehlt {', '.join(missing)}")
    return f"{len(texts)} Seiten, {len(words)} Wörter gelesen"


def _holidays(_: Trial) -> str:
    month, wanted = _WORKING_DAYS
    days = working_days(month)
    _expect(len(days), wanted, f"Arbeitstage {month}")
    return f"{len(days)} Arbeitstage im Mai {date.fromisoformat(f'{month}-01').year} in Berlin"


def _window(trial: Trial) -> str:
    vault = trial.open()
    troubles = _Troubles(logging.ERROR)
    logging.getLogger().addHandler(troubles)
    try:
        return _walk(trial, vault)
    finally:
        logging.getLogger().removeHandler(troubles)
        if troubles.first:
            raise TrialError(troubles.first)


class _Troubles(logging.Handler):
    """Remembers the first error that is logged: what fails behind the window shows nowhere else."""

    first = ""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.first = self.first or f"{record.getMessage()}: {type(error).__name__}: {error}"


def _walk(trial: Trial, vault: Vault) -> str:
    frame = Frame(trial.folder / "config", Settings(idle_minutes=0))
    frame.show()
    trial.application.processEvents()
    frame.start.opened.emit(vault)
    workspace = frame.workspace
    if workspace is None:
        raise TrialError("Der entsperrte Tresor wird nicht gezeigt.")
    shown = [entry for entry in PAGES if entry.in_sidebar and entry.open_to(workspace.desk.vault.user.roles)]
    for entry in shown:
        workspace.open_page(entry.key, {})
        trial.application.processEvents()
        frame.background.wait()
        trial.application.processEvents()
        _not_blank(frame.grab().toImage(), f"Die Seite „{entry.title}“")
    frame.close()
    return f"{len(shown)} Seiten gezeigt, gesichert und geschlossen"


CHECKS: tuple[tuple[str, Callable[[Trial], str]], ...] = (
    ("Version", _version),
    ("Programmteile", _modules),
    ("Schriften", _fonts),
    ("Symbole", _icons),
    ("Deutsche Schaltflächen", _german),
    ("Tresor", _round_trip),
    ("Kennzahlen", _figures),
    ("Berichtspaket", _bundle),
    ("PDF", _pdf),
    ("Feiertage", _holidays),
    ("Fenster", _window),
)
"""What is tried, in this order: a later check may use what an earlier one made."""
