"""The consultations-per-hour statistic of a quarter: by coach and month, with its trend, and as files."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QFileDialog, QWidget

from bjc_desktop.errors import BjcError
from bjc_desktop.indicators.period import previous_quarter, quarter_of, quarters_up_to
from bjc_desktop.indicators.results import Rating
from bjc_desktop.reports.content import StatisticPerson
from bjc_desktop.reports.german import NO_VALUE, figure_value, month, number, quarter
from bjc_desktop.services.hours_statistic import NamedStatistic, read_statistic, write_statistic
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.figures.trend_chart import TrendChart, TrendColumn
from bjc_desktop.ui.shared.background import sentence_of
from bjc_desktop.ui.shared.desk import Desk
from bjc_desktop.ui.shared.entry_fields import ChoiceBox
from bjc_desktop.ui.shared.facts import Fact, FactRow, named
from bjc_desktop.ui.shared.figure_grid import RATING_COLOURS, figure_words
from bjc_desktop.ui.shared.labels import box, button, label
from bjc_desktop.ui.shared.list_offer import ListOffer
from bjc_desktop.ui.shared.page import Page, Scroller
from bjc_desktop.ui.shared.row_table import Column, RowTable

_QUARTERS = 8
_TONES = {Rating.REACHED: "good", Rating.TOLERANCE: "question", Rating.BELOW: "error", Rating.NONE: "strong"}
Line = tuple[str, StatisticPerson]


class StatisticPage(Page):
    """The page."""

    key: ClassVar[str] = "statistic"
    heading: ClassVar[str] = "Konsultationen je Stunde"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.statistic: NamedStatistic | None = None
        self.period = ChoiceBox()
        self.period.setAccessibleName("Quartal")
        self.period.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        running = quarter_of(desk.today())
        for period in reversed(quarters_up_to(running, _QUARTERS)):
            self.period.addItem(quarter(period), period)
            if period == previous_quarter(running):
                self.period.setCurrentIndex(self.period.count() - 1)
        self.period.activated.connect(self.refresh)
        self.head.addWidget(self.period)
        self.save_button = button("&Speichern …", self._choose_place, rank="primary", symbol="file-text")
        self.head.addWidget(self.save_button)
        scroller = Scroller()
        self.add(scroller, 1)
        self._facts = FactRow()
        scroller.column.addWidget(self._facts)
        people_box, people = box()
        self.table = RowTable(self._columns(()), "Je JobCoach und Monat")
        self.offer_list(self.table, ListOffer((self.period,), title=lambda: "Konsultationen je JobCoach und Monat"))
        people.addWidget(self.table)
        scroller.column.addWidget(people_box)
        trend_box, trend = box()
        trend.addWidget(label("Verlauf", "heading"))
        self.trend = TrendChart()
        trend.addWidget(self.trend)
        scroller.column.addWidget(trend_box)
        scroller.column.addStretch(1)

    def _columns(self, months: tuple[str, ...]) -> tuple[Column, ...]:
        def of(at: int, read: Callable[[Any], str]) -> Callable[[Line], str]:
            return lambda line: read(line[1].months[at]) if at < len(line[1].months) else NO_VALUE

        columns = [Column("JobCoach", lambda line: line[0], stretch=True, least=150)]
        for at in range(3):
            title = month(months[at])[:2] if at < len(months) else ""
            columns.append(Column(f"Kons. {title}", of(at, lambda shown: str(shown.counted)), number=True, width=84, rank=2))
            columns.append(Column("je Std.", of(at, lambda shown: _ratio(shown.ratio)), number=True, width=74, rank=2))
        columns += [
            Column("Quartal", lambda line: str(line[1].counted), number=True, width=80, rank=1),
            Column("Std.", lambda line: number(Fraction(line[1].hours), 2), number=True, width=92, rank=1),
            Column("je Std.", lambda line: _ratio(line[1].ratio), number=True, width=74),
            Column("Bewertung", _rating, width=156, colour=lambda line: RATING_COLOURS[line[1].rating]),
        ]
        return tuple(columns)

    def refresh(self) -> None:
        """Read the statistic again, behind the window."""
        question = partial(read_statistic, period=self.period.currentData(), as_of=self.desk.today())
        self.ask(question, self._show, behind=True)

    def _show(self, statistic: NamedStatistic) -> None:
        self.statistic, content = statistic, statistic.content
        period = content.figures.period
        self.subtitle.setText(f"{content.figures.scope.name}, {quarter(period)}, Stand {show_date(content.figures.as_of)}")
        self._facts.show_facts(_facts(statistic))
        self.table.set_columns(self._columns(tuple(period.months())))
        lines: list[Line] = [(statistic.coaches[person.number], person) for person in content.coaches]
        self.table.show_rows(sorted(lines, key=lambda line: line[0]), key=lambda line: line[1].number)
        self.table.fit_height(12)
        columns = [
            TrendColumn(
                f"Q{quarter_period.label[-1]} {quarter_period.label[2:4]}",
                figure.value,
                Fraction(figure.target.target),
                figure_value(figure, figure.value),
                RATING_COLOURS[figure.rating],
                f"{quarter(quarter_period)}: {figure_words(figure)}",
            )
            for quarter_period, figure in content.trend
        ]
        self.trend.show_columns(columns, "Verlauf der Konsultationen je Arbeitsstunde")

    # --- files ------------------------------------------------------------------------------------------------------------

    def _choose_place(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Ordner für die Statistik")
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, folder: Path) -> None:
        """Write the statistic into *folder* as PDF, workbook and CSV, behind the window."""
        vault, period, today = self.desk.vault, self.period.currentData(), self.desk.today()

        def failed(error: BaseException) -> None:
            sentence = sentence_of(error) if isinstance(error, BjcError) else "Die Statistik konnte nicht geschrieben werden."
            self.banner.tell(sentence, "danger")

        def done(paths: list[Path]) -> None:
            endings = ", ".join(path.suffix[1:].upper() for path in paths)
            self.banner.tell(f"Gespeichert in {folder}: {endings}", "good")

        self.desk.background.run(self, lambda _: write_statistic(vault, period, folder, as_of=today), done, failed)

    def first_field(self) -> QWidget:
        """Return the table."""
        return self.table


def _facts(statistic: NamedStatistic) -> list[Fact]:
    """Return the figure, what it comes from and is held against, who is below the target or has no hours, and the trainers apart."""
    content, figure = statistic.content, statistic.content.figure
    rating = f"{figure.rating.label}, vorläufig" if figure.provisional else figure.rating.label
    target, low = (figure_value(figure, bound) for bound in (figure.target.target, figure.target.tolerance_low))
    of_year = f" (von {figure.target.year})" if figure.target.substitute else ""
    below, without = [], []
    for person in content.coaches:
        name = statistic.coaches[person.number]
        if person.missing_months:
            without.append(f"{name} ({', '.join(month(key)[:2] for key in person.missing_months)})")
        elif person.rating in {Rating.TOLERANCE, Rating.BELOW}:
            below.append(f"{name} {_ratio(person.ratio)}")
    trainers = [f"{statistic.trainers[person.number]} {person.counted}" for person in content.trainers]
    lists = (
        Fact("Unter dem Soll", named(below)),
        Fact("Stunden fehlen", named(without), "question"),
        Fact("Training, zählt nicht mit", named(trainers), "muted"),
    )
    return [
        Fact("Konsultationen je Stunde", f"{figure_value(figure, figure.value)}, {rating}", _TONES[figure.rating]),
        Fact("Konsultationen", str(figure.numerator)),
        Fact("Stunden", number(figure.denominator, 0)),
        Fact("Soll, Toleranz ab", f"{target}, {low}{of_year}"),
        *(fact for fact in lists if fact.text),
    ]


def _ratio(value: Fraction | None) -> str:
    return NO_VALUE if value is None else number(value)


def _rating(line: Line) -> str:
    person = line[1]
    if person.missing_months:
        return f"Stunden fehlen: {', '.join(month(key)[:2] for key in person.missing_months)}"
    return NO_VALUE if person.rating is Rating.NONE else person.rating.label
