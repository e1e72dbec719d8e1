"""Step 1 of the report: what is missing or contradictory, by coach, with the way to each field."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.services.findings import SEVERITIES
from bjc_desktop.services.report_preflight import Preflight, PreflightFinding
from bjc_desktop.ui.shared.labels import button, label, row
from bjc_desktop.ui.shared.row_table import Column, RowTable

_SEVERITY_COLOURS = {"error": "danger", "warning": "warning"}
_LEADS = "Enter führt zum Feld."

COLUMNS = (
    Column(
        "Schwere",
        lambda found: SEVERITIES[found.finding.severity],
        colour=lambda found: _SEVERITY_COLOURS.get(found.finding.severity, ""),
        width=90,
    ),
    Column("JobCoach", lambda found: found.coach, width=182, rank=2),
    Column("Wer", lambda found: found.finding.name, width=200, rank=1),
    Column("Was zu tun ist", lambda found: found.finding.text, stretch=True, least=330),
)


class CheckStep(QWidget):
    """The step; ``opened`` carries a finding whose field is wanted."""

    opened = Signal(object)
    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.summary = label("", "heading", wrap=True)
        self._provisional = label("", wrap=True)
        self.findings = RowTable(COLUMNS, "Was noch fehlt")
        self.findings.opened.connect(lambda found: self.opened.emit(found.finding))
        self._whole = label("Nichts fehlt und nichts widerspricht sich.", "muted", wrap=True)
        for part in (self.summary, self._provisional, self._whole):
            column.addWidget(part)
        column.addWidget(self.findings, 1)
        go_on = button("Weiter: Begründen", self.finished.emit, symbol="arrow-right")
        self._chosen = label(_LEADS, "small", wrap=True)
        self.findings.chosen.connect(self._tell_finding)
        column.addLayout(row(self._chosen, go_on))

    def show_preflight(self, preflight: Preflight) -> None:
        """Show what was found."""
        others = len(preflight.findings) - preflight.errors
        words = f"{counted(preflight.errors, 'Fehler', 'Fehler')}, {counted(others, 'Warnung oder Hinweis', 'Warnungen und Hinweise')}"
        if preflight.nothing_to_report:
            words = "In diesem Zeitraum gibt es nichts zu berichten; auch das wird als Bericht mit Datum freigegeben."
        elif not _exits(preflight):
            words = f"In diesem Zeitraum gab es keinen Austritt. {words}"
        self.summary.setText(words)
        names = ", ".join(BY_CODE[figure.code].short for figure in preflight.provisional)
        self._provisional.setText(f"Vorläufig, weil spätere Angaben sie noch ändern können: {names}." if names else "")
        self._provisional.setVisible(bool(names))
        self.findings.show_rows(preflight.findings, key=lambda found: found)
        self.findings.setVisible(bool(preflight.findings))
        self._whole.setVisible(not preflight.findings)

    def _tell_finding(self, found: PreflightFinding | None) -> None:
        """Say the chosen finding in full: its columns may be left out or cut."""
        if found is None:
            self._chosen.setText("")
            return
        coach = f" (JobCoach {found.coach})" if found.coach and found.coach != found.finding.name else ""
        self._chosen.setText(f"{found.finding.name}{coach}: {found.finding.text} · {_LEADS}")


def counted(count: int, one: str, many: str) -> str:
    """Return *count* with the word for one or for many."""
    return f"{count} {one if count == 1 else many}"


def _exits(preflight: Preflight) -> int:
    return next(int(figure.denominator) for figure in preflight.scope.figures if figure.code == "a1_1")
