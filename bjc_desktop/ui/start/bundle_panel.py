"""A report bundle that somebody passed on: whether it is as its sender made it, and what it holds."""

from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from bjc_desktop.ui.shared.background import Background, sentence_of
from bjc_desktop.ui.shared.labels import Banner, button, label, row
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.start import vault_jobs

_GOOD = "Das Berichtspaket ist unverändert: Prüfsummen und Signatur stimmen, und die Zahlen sind aus den Fällen nachgerechnet."
_KEY_GROUP = 8
"""Characters of the key that stand together: so they can be read out, and broken into lines."""


class BundlePanel(QWidget):
    """Checks one bundle behind the window, shows of whom and when it is, and opens its report; ``back`` leaves it."""

    back = Signal()

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._path = Path()
        self._report = b""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(12))
        self._place = label("", "muted", wrap=True)
        self.banner = Banner()
        self.facts = QWidget()
        self._grid = QGridLayout(self.facts)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme().pixels(16))
        self._grid.setColumnStretch(1, 1)
        self.open_button = button("Bericht an&sehen …", self.open_report, rank="primary", symbol="eye")
        column.addWidget(label("Berichtspaket", "title"))
        column.addWidget(self._place)
        column.addWidget(self.banner)
        column.addWidget(self.facts)
        column.addLayout(row(button("&Zum Tresor", self.back.emit, rank="plain", shortcut="Esc"), None, self.open_button))

    def check(self, path: Path) -> None:
        """Check the bundle at *path* and show what it is."""
        self._path = path
        self._place.setText(str(path))
        self.facts.hide()
        self.open_button.hide()
        self.banner.tell("Wird geprüft …")
        self._background.run(self, lambda _: vault_jobs.check_bundle(path), self._show, self._refuse)

    def _show(self, checked: vault_jobs.CheckedBundle) -> None:
        from bjc_desktop.reports.german import period_name  # noqa: PLC0415 - not before the first paint
        from bjc_desktop.services.typed_values import show_date  # noqa: PLC0415 - the same

        self._report, found = checked.report, checked.verification
        key = found.fingerprint
        facts = {
            "Für": found.scope_name,
            "Zeitraum": period_name(found.period_label),
            "Fassung": "Entwurf" if found.version is None else str(found.version),
            "Datenstand": show_date(date.fromisoformat(found.as_of)),
            "Schlüssel des Absenders": " ".join(key[start : start + _KEY_GROUP] for start in range(0, len(key), _KEY_GROUP)),
        }
        for line, (name, text) in enumerate(facts.items()):
            self._add_fact(line, name, text)
        self.banner.tell(_GOOD, "good")
        self.facts.show()
        self.open_button.show()
        self.open_button.setFocus()

    def _add_fact(self, line: int, name: str, text: str) -> None:
        value = label(text, wrap=True)
        value.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        value.setAccessibleName(f"{name}: {text}")
        self._grid.addWidget(label(name, "muted"), line, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, line, 1)

    def _refuse(self, error: BaseException) -> None:
        self.banner.tell(sentence_of(error), "danger")

    def open_report(self) -> None:
        """Show the report; it belongs to no vault here, so nothing is recorded when it is printed or saved."""
        from bjc_desktop.ui.printing.preview_dialog import PreviewDialog  # noqa: PLC0415 - not before the first paint

        PreviewDialog(self._report, self._path.stem, lambda _: None, self).open()
