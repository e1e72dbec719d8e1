"""Step 2 of the report: the figures, the signals, and reasons with planned steps for what is below its target."""

from PySide6.QtCore import Signal

from bjc_desktop.services.report_preflight import Preflight
from bjc_desktop.ui.report.statement_forms import StatementForms
from bjc_desktop.ui.shared.figure_grid import FigureGrid
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import box, button, label
from bjc_desktop.ui.shared.page import Scroller, clear_layout


class SayStep(Scroller):
    """The step; ``figure_opened`` carries a figure whose cases are wanted."""

    figure_opened = Signal(object)
    save_wanted = Signal()
    finished = Signal()

    def __init__(self, statements: StatementForms) -> None:
        super().__init__()
        figures_box, self._figures = box()
        self._signals = label("", "question", wrap=True)
        self._nothing = label("Alle Kennzahlen mit Wert erreichen ihr Soll; es ist nichts zu begründen.", "muted", wrap=True)
        self.names = label("", "question", wrap=True)
        self.save_button = button("&Speichern", self.save_wanted.emit, rank="primary", shortcut="Ctrl+Return")
        ways = FlowRow()
        for made in (
            self.save_button,
            button("Weiter: Ansehen und freigeben", self.finished.emit, symbol="arrow-right"),
        ):
            ways.add(made)
        for part in (figures_box, self._signals, self._nothing):
            self.column.addWidget(part)
        self.column.addLayout(statements.column)
        self.column.addWidget(self.names)
        self.column.addWidget(ways)
        self.column.addStretch(1)

    def show_preflight(self, preflight: Preflight) -> None:
        """Show the figures and what follows from them."""
        clear_layout(self._figures)
        self._figures.addWidget(FigureGrid(preflight.scope.figures, preflight.period, self.figure_opened.emit))
        self._signals.setText("\n".join(preflight.signals))
        self._signals.setVisible(bool(preflight.signals))
        self._nothing.setVisible(not preflight.to_explain)

    def tell_names(self, names: tuple[str, ...]) -> None:
        """Question the *names* that occur in what is said; none takes it back."""
        sentence = (
            f"Im Text kommt vor: {', '.join(names)}. Ist das ein Name? Namen gehören nicht in den Bericht." if names else ""
        )
        self.names.setText(sentence)
