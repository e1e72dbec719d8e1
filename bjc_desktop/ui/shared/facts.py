"""Facts in a row: a small title over each, and what it is below, so that nobody has to read a sentence for a number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import label, plain_tip
from bjc_desktop.ui.shared.theme import theme

_NAMED = 3
"""How many people a fact names."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A title, what it is, and the tone of it (see labels)."""

    title: str
    text: str
    tone: str = "strong"


class FactRow(FlowRow):
    """The facts; those for which there is no room go on in the next line."""

    def show_facts(self, facts: Iterable[Fact]) -> None:
        """Show *facts* instead of what was shown."""
        self.clear()
        for fact in facts:
            self.add(_shown(fact))

    def words(self) -> str:
        """Return everything that is shown."""
        items = (self.flow.itemAt(at) for at in range(self.flow.count()))
        widgets = (item.widget() for item in items if item is not None)
        return "; ".join(widget.accessibleName() for widget in widgets if widget is not None)


def _shown(fact: Fact) -> QWidget:
    made = QWidget()
    words = f"{fact.title}: {fact.text}"
    made.setAccessibleName(words)
    made.setToolTip(plain_tip(words))
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, theme().pixels(18), 0)
    column.setSpacing(0)
    for text, tone in ((fact.title, "small"), (fact.text, fact.tone)):
        line = label(text, tone)
        line.setMinimumWidth(1)  # however long a name is, the window does not grow by it
        column.addWidget(line)
    return made


def named(people: Sequence[str]) -> str:
    """Return the first of *people*, and how many more there are."""
    more = len(people) - _NAMED
    return ", ".join(people[:_NAMED]) + (f" und {more} weitere" if more > 0 else "")
