"""Step 3 of the report: the preview, what leaves the house file by file, and the release."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox, QVBoxLayout

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.reports.german import quarter
from bjc_desktop.services.released_reports import bundle_parts
from bjc_desktop.services.report_preflight import Preflight
from bjc_desktop.services.row_titles import TITLES
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.report.check_step import counted
from bjc_desktop.ui.report.statement_forms import StatementForms
from bjc_desktop.ui.shared.labels import box, button, label, row
from bjc_desktop.ui.shared.page import Scroller, clear_layout

_CONTENTS = {
    "report.pdf": "der Bericht zum Lesen",
    "report.html": "derselbe Bericht für Bildschirm und Sprachausgabe, barrierearm",
    "report.xlsx": "dieselben Zahlen mit Formeln, zum Nachrechnen",
    "indicators.json": "die Kennzahlen für Programme",
    "manifest.json": "Prüfsummen, Einstellungen, Datenstand",
    "manifest.json.sig": "die Signatur",
    "public-key.pem": "der Schlüssel, mit dem sich die Signatur prüfen lässt",
    "datapackage.json": "die Beschreibung der Tabellen",
}


class SendStep(Scroller):
    """The step; ``preview_wanted`` and ``release_wanted`` follow its buttons, the latter after a question."""

    preview_wanted = Signal()
    release_wanted = Signal()

    def __init__(self, statements: StatementForms) -> None:
        super().__init__()
        self._preflight: Preflight | None = None
        frame, column = box()
        self._state = label("", "heading", wrap=True)
        self.open_points = label("", "question", wrap=True)
        self.preview_button = button("&Vorschau …", self.preview_wanted.emit, symbol="eye")
        self.release_button = button("&Freigeben …", self.ask, rank="primary", symbol="shield-check")
        column.addWidget(self._state)
        column.addWidget(self.open_points)
        column.addLayout(row(self.preview_button, self.release_button, None))
        self.column.addLayout(statements.version_column)
        self.column.addWidget(frame)
        parts, inner = box()
        inner.addWidget(label("Was das Haus verlässt", "heading"))
        inner.addWidget(
            label(
                "Keine Namen, keine Kontaktdaten, keine Notizen: Coachees stehen unter Pseudonymen, JobCoaches unter Nummern, vom "
                "Geburtsdatum bleibt das Jahr. Frei geschrieben sind nur Ihre Begründungen.",
                "muted",
                wrap=True,
            )
        )
        self._parts = QVBoxLayout()
        inner.addLayout(self._parts)
        self.column.addWidget(parts)
        self.column.addStretch(1)

    def show_preflight(self, preflight: Preflight) -> None:
        """Show what would be released, and what is open."""
        self._preflight = preflight
        self._state.setText(_title(preflight))
        open_points = _open_points(preflight)
        self.open_points.setText(" ".join(open_points))
        self.open_points.setVisible(bool(open_points))

    def show_bundle(self, bundle: bytes) -> None:
        """Show every file of the draft's *bundle*."""
        clear_layout(self._parts)
        for part in bundle_parts(bundle):
            self._parts.addWidget(label(f"{part.name} ({_size(part.size)}): {_content_of(part.name)}", wrap=True))

    def ask(self) -> None:
        """Ask whether to release: nothing of it can be taken back."""
        preflight = self._preflight
        if preflight is None:
            return
        dialog = QMessageBox(self)
        dialog.setIcon(QMessageBox.Icon.Question)
        dialog.setWindowTitle("Bericht freigeben")
        dialog.setTextFormat(Qt.TextFormat.PlainText)
        dialog.setText(f"{_title(preflight)}?")
        dialog.setInformativeText(
            " ".join([*_open_points(preflight), "Ein freigegebener Bericht ist signiert und bleibt unverändert."])
        )
        release = dialog.addButton("Freigeben", QMessageBox.ButtonRole.AcceptRole)
        dialog.setDefaultButton(dialog.addButton("Abbrechen", QMessageBox.ButtonRole.RejectRole))
        release.clicked.connect(self.release_wanted.emit)
        dialog.open()


def _title(preflight: Preflight) -> str:
    version = preflight.released + 1
    return f"Fassung {version} freigeben: {quarter(preflight.period)}, Datenstand {show_date(preflight.as_of)}"


def _open_points(preflight: Preflight) -> list[str]:
    found = []
    if preflight.errors:
        found.append(f"{counted(preflight.errors, 'Fehler ist', 'Fehler sind')} noch offen.")
    if preflight.unexplained:
        names = ", ".join(BY_CODE[figure.code].short for figure in preflight.unexplained)
        found.append(f"Noch ohne Begründung unter dem Soll: {names.removesuffix('.')}.")
    if preflight.provisional:
        found.append("Vorläufige Werte bleiben im Bericht als vorläufig gekennzeichnet.")
    return found


def _content_of(name: str) -> str:
    if name in _CONTENTS:
        return _CONTENTS[name]
    table = name.rpartition("/")[2].removesuffix(".csv")
    return f"{TITLES[table].plural} der betroffenen Fälle, unter Pseudonym" if table in TITLES else "Beschreibung der Tabellen"


def _size(size: int) -> str:
    return f"{max(size // 1024, 1)} KB"
