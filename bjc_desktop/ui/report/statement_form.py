"""Reasons and planned steps for one indicator below its target."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QVBoxLayout, QWidget

from bjc_desktop.services.report_statements import Statement
from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import box, label
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vocabulary import ShortfallReason

_HINT = "Erläuterung und geplante Schritte; bitte keine Namen"


class StatementForm(QWidget):
    """The form for the code it is made for; ``typed`` follows each change."""

    typed = Signal()

    def __init__(self, code: str, title: str, words: str, *, hint: str = _HINT, with_reasons: bool = True) -> None:
        super().__init__()
        self.code = code
        frame, column = box()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        column.addWidget(label(title, "strong", wrap=True))
        self.words = label(words, "muted", wrap=True)
        column.addWidget(self.words)
        self.reasons: dict[ShortfallReason, QCheckBox] = {}
        choices = FlowRow()
        for reason in ShortfallReason if with_reasons else ():
            made = QCheckBox(reason.label)
            made.toggled.connect(self.typed)
            self.reasons[reason] = made
            choices.add(made)
        if with_reasons:
            column.addWidget(choices)
        self.steps = QPlainTextEdit()
        self.steps.setTabChangesFocus(True)
        self.steps.setAccessibleName(f"{title}: {hint.partition(';')[0]}")
        self.steps.setPlaceholderText(hint)
        self.steps.setFixedHeight(self.steps.fontMetrics().lineSpacing() * 3 + theme().pixels(20))
        self.steps.textChanged.connect(self.typed)
        column.addWidget(self.steps)

    def show_statement(self, statement: Statement) -> None:
        """Show what was said."""
        for reason, made in self.reasons.items():
            made.setChecked(reason in statement.reasons)
        self.steps.setPlainText(statement.steps)

    def statement(self) -> Statement:
        """Return what is said."""
        return Statement(
            self.code,
            tuple(reason for reason, made in self.reasons.items() if made.isChecked()),
            self.steps.toPlainText().strip(),
        )
