"""Any span of days as a period: the last entry of a choice of periods, its days typed below."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Signal

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.indicators.period import Period, quarter_of
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.shared.day_span import DaySpan
from bjc_desktop.ui.shared.entry_fields import ChoiceBox


class FreePeriod(DaySpan):
    """The two days, shown where the last entry is chosen; ``taken`` follows another span, which the entry holds then."""

    taken = Signal()

    def __init__(self, choice: ChoiceBox, today: Callable[[], date]) -> None:
        super().__init__()
        self._choice, self._today, self._at = choice, today, choice.count()
        choice.addItem("Von … bis …", quarter_of(today()))
        choice.activated.connect(self._show)
        self.chosen.connect(self._take)
        self.hide()

    def _show(self) -> None:
        chosen = self._choice.currentIndex() == self._at
        self.setVisible(chosen)
        if chosen:
            period: Period = self._choice.itemData(self._at)
            for name, day in (("first", period.first), ("last", period.last)):
                self.fields[name].show_value(day)

    def _take(self) -> None:
        try:
            first, last = self.days(self._today())
        except InvalidInputError:
            return
        before: Period = self._choice.itemData(self._at)
        if first is None or last is None or (first, last) == (before.first, before.last):
            return
        self._choice.setItemData(self._at, Period(f"{show_date(first)} bis {show_date(last)}", first, last))
        self.taken.emit()
