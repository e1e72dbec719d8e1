"""The quarterly report as a workbook: every figure a live formula over the sheets of cases, with its correct cached value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.results import Figure
from bjc_desktop.reports.content import ReportContent, StatementText
from bjc_desktop.reports.german import NO_VALUE, quarter, report_name
from bjc_desktop.reports.remarks import SEVERITIES, missing_hours, state, substitute_targets
from bjc_desktop.reports.workbook import Book, Cells, cached, rating_formula

_SCOPE = "Bericht"
"""Stands in the place of a coach's number for the report's own scope."""
_WIDTHS = (48, 10, 10, 10, 10, 12, 20, 24, 12, 12)
_TITLE_CHARACTERS = 105
"""Characters of the title that fit one line."""
_RATING = 6
"""Column of the rating in the overview; to the left of it are numbers."""
_FIRST_ROW = 4
"""Row of the first indicator in the overview (from 0)."""


@dataclass(frozen=True, slots=True)
class _Sheets:
    """The sheets of cases, as formulas see them."""

    exits: Cells
    follow_ups: Cells
    links: Cells
    consultations: Cells
    hours: Cells
    caseload: Cells


def report_xlsx(content: ReportContent) -> bytes:
    """Return the report as XLSX bytes: the same for the same content."""
    figures = content.figures
    title = report_name(figures.period)
    header = f"{figures.scope.name[:90]} · {quarter(figures.period)} · {state(content.version)}"
    book = Book(f"{title}, {figures.scope.name}"[:250], figures.as_of, header)
    overview, by_coach = book.page("Kennzahlen"), book.page("Je Coach")
    _trend(book, content)
    _signals(book, content)
    sheets = _case_sheets(book, content)
    _overview(book, overview, content, sheets)
    _by_coach(book, by_coach, content, sheets)
    _texts(book, content)
    return book.bytes()


# --- the cases ----------------------------------------------------------------------------------------------------------------


def _case_sheets(book: Book, content: ReportContent) -> _Sheets:
    exits = _exit_sheet(book, content)
    _, follow_ups = book.table(
        "Nachbefragung",
        ["Fall", "im Bericht", "Coach", "Austritt", "Stichtag", "befragt", "im Nenner", "zählt", "warum"],
        [
            (c.pseudonym, c.own, c.coach_number, c.exit_on, c.due_on, c.surveyed, c.in_denominator, c.counts, c.label)
            for c in content.follow_ups
        ],
    )
    _, links = book.table(
        "Maßnahmebezug",
        ["Person", "Fall", "für Coach", "Eintritt", "Austritt", "zählt", "warum"],
        [
            (
                c.person,
                c.pseudonym,
                _SCOPE if c.coach_number is None else c.coach_number,
                c.entry_on,
                c.exit_on,
                c.counts,
                c.label,
            )
            for c in content.links
        ],
    )
    _, consultations = book.table(
        "Konsultationen",
        ["Coach", "Datum", "Art", "Form", "Gruppentermin", "zählt", "warum"],
        [(c.coach_number, c.held_on, c.kind, c.channel, c.session or None, c.counted, c.label) for c in content.consultations],
    )
    _, hours = book.table(
        "Arbeitszeit",
        ["Coach", "Monat", "Sollstunden", "Arbeitsstunden", "geförderter Anteil", "gezählte Stunden", "fehlt"],
        [
            (h.coach_number, h.month, h.contract_hours, h.worked_hours, h.funded_share, h.counted_hours, h.missing)
            for h in content.hours
        ],
        formats={"geförderter Anteil": book.share},
    )
    _, caseload = book.table(
        "Betreuung",
        ["Coach", "Fälle im Mittel", "Auslastung"],
        [(coach.number, coach.caseload, coach.load) for coach in content.figures.listed_coaches],
    )
    return _Sheets(exits, follow_ups, links, consultations, hours, caseload)


def _exit_sheet(book: Book, content: ReportContent) -> Cells:
    """Add the exits; whether one is correctly closed is itself a formula over the active items."""
    first = ["Fall", "im Bericht", "Coach", "Eintritt", "Austritt", "A1.1", "A1.1: warum", "A4", "A4: warum"]
    pairs = zip(content.checklist_titles, content.checklist_active, strict=True)
    items = [title if active else f"{title} (zählt nicht mit)" for title, active in pairs]
    rows = [
        (c.pseudonym, c.own, c.coach_number, c.entry_on, c.exit_on, c.a1_1, c.a1_1_label, c.a4, c.a4_label, *c.items)
        for c in content.exits
    ]
    sheet, cells = book.table("Austritte", [*first, *items, "korrekt"], rows)
    letters = [xl_col_to_name(len(first) + index) for index, active in enumerate(content.checklist_active) if active]
    for row, case in enumerate(content.exits, 1):
        passed = ",".join(f"{letter}{row + 1}=1" for letter in letters)
        sheet.write_formula(
            row, len(first) + len(items), f"=IF(AND({passed}),1,0)" if passed else "=1", book.top, int(case.correct)
        )
    for column, head in enumerate([*items, "korrekt"], len(first)):
        sheet.write_string(0, column, head, book.steep_head)
        sheet.set_column(column, column, 6)
    sheet.set_row(0, 110)
    return cells


# --- the formulas -------------------------------------------------------------------------------------------------------------


def _counts(sheets: _Sheets, coach: str | None) -> dict[str, tuple[str, str]]:
    """Return numerator and denominator of each indicator as formulas: of the report, or of the coach in the cell *coach*."""

    def count(cells: Cells, *ones: str) -> str:
        key = f"{cells.column('im Bericht')},1" if coach is None else f"{cells.column('Coach')},{coach}"
        marked = "".join(f",{cells.column(head)},1" for head in ones)
        return f'COUNTIFS({cells.column("Fall")},"?*",{key}{marked})'

    def total(cells: Cells, head: str) -> str:
        if coach is None:
            return f"SUM({cells.column(head)})"
        return f"SUMIFS({cells.column(head)},{cells.column('Coach')},{coach})"

    exits, follow_ups, links = sheets.exits, sheets.follow_ups, sheets.links
    own = f'"{_SCOPE}"'
    persons = f"COUNTIFS({links.column('für Coach')},{coach or own}"
    return {
        "a1_1": (count(exits, "A1.1"), count(exits)),
        "a1_2": (count(follow_ups, "zählt"), count(follow_ups, "im Nenner")),
        "a4": (count(exits, "A4"), count(exits)),
        "consultations_per_hour": (total(sheets.consultations, "zählt"), total(sheets.hours, "gezählte Stunden")),
        "correctly_closed": (count(exits, "korrekt"), count(exits)),
        "measure_link": (f"{persons},{links.column('zählt')},1)", f"{persons})"),
    }


def _value(code: str, top: str, bottom: str, hours: Cells, coach: str | None) -> str:
    """Return the formula of a value; hours that are missing leave the ratio without one."""
    nothing = f"{bottom}=0"
    if code == "consultations_per_hour":
        key = "" if coach is None else f",{hours.column('Coach')},{coach}"
        nothing = f"OR({nothing},COUNTIFS({hours.column('fehlt')},1{key})>0)"
    return f'=IF({nothing},"{NO_VALUE}",{top}/{bottom})'


# --- the figures --------------------------------------------------------------------------------------------------------------


def _overview(book: Book, sheet: Worksheet, content: ReportContent, sheets: _Sheets) -> None:
    figures = content.figures
    title = f"{figures.scope.name}, {report_name(figures.period)}"
    book.note(sheet, 0, title, len(_WIDTHS), sum(_WIDTHS), book.title)
    sheet.set_row(0, 20 * (1 + len(title) // _TITLE_CHARACTERS))
    sheet.write_string(1, 0, f"Datenstand {figures.as_of:%d.%m.%Y}, {state(content.version)}")
    heads = ["Kennzahl", "Zähler", "Nenner", "Wert", "Soll", "Toleranz ab", "Bewertung", "Hinweis", "Fälle von", "Fälle bis"]
    for column, head in enumerate(heads):
        sheet.write_string(_FIRST_ROW - 1, column, head, _head_format(book, column))
        sheet.set_column(column, column, _WIDTHS[column])
    counts = _counts(sheets, None)
    for row, figure in enumerate(figures.figures, _FIRST_ROW):
        _overview_row(book, sheet, row, figure, counts[figure.code], content, sheets)
    row = _FIRST_ROW + len(figures.figures) + 1
    for name, formula, value in _extras(content, sheets):
        sheet.write_string(row, 0, name)
        sheet.write_formula(row, 1, formula, book.hours if name.startswith("Betreuung") else None, value)
        row += 1
    notes = [*missing_hours(figures), *substitute_targets(figures)]
    notes.append(
        "Zähler, Nenner, Wert und Bewertung sind Formeln über die Blätter der Fälle. Fälle, die nicht „im Bericht“ stehen, gehören "
        "zu einem anderen Träger; sie zählen nur bei dem Coach, dem sie zugeordnet waren."
    )
    for line, note in enumerate(notes, row + 1):
        book.note(sheet, line, note, len(_WIDTHS), sum(_WIDTHS))
    sheet.freeze_panes(_FIRST_ROW, 1)


def _head_format(book: Book, column: int) -> Format:
    if column == 0:
        return book.head
    return book.number_head if column < _RATING else book.text_head


def _overview_row(
    book: Book, sheet: Worksheet, row: int, figure: Figure, counts: tuple[str, str], content: ReportContent, sheets: _Sheets
) -> None:
    line = row + 1
    sheet.write_string(row, 0, figure.label, book.long)
    book.let_wrap(sheet, row, [figure.label], _WIDTHS[0])
    sheet.write_formula(row, 1, f"={counts[0]}", book.whole, figure.numerator)
    hours = figure.code == "consultations_per_hour"
    sheet.write_formula(row, 2, f"={counts[1]}", book.hours if hours else book.whole, float(figure.denominator))
    value = _value(figure.code, f"B{line}", f"C{line}", sheets.hours, None)
    sheet.write_formula(row, 3, value, book.value_format(figure.code), cached(figure.value))
    book.targets(sheet, row, 4, figure)
    rating = rating_formula(figure.code, f"D{line}", f"E{line}", f"F{line}", content.rating_places)
    sheet.write_formula(row, _RATING, rating, book.text, figure.rating.label)
    marks = ["vorläufig"] * figure.provisional + ["kleine Fallzahl"] * figure.small_number
    book.put(sheet, row, 7, ", ".join(marks) or None)
    for column, day in enumerate(figure.cohort or (), 8):
        book.put(sheet, row, column, day)


def _extras(content: ReportContent, sheets: _Sheets) -> list[tuple[str, str, Any]]:
    """Return what a reader needs beside the figures: name, formula and cached value."""
    follow_ups, exits, loads = sheets.follow_ups, sheets.exits, content.figures.caseload
    details = {figure.code: figure.details for figure in content.figures.figures}
    link = _FIRST_ROW + [figure.code for figure in content.figures.figures].index("measure_link") + 1
    surveyed = (follow_ups.column("befragt"), follow_ups.column("im Bericht"))
    both = (exits.column("A1.1"), exits.column("A4"), exits.column("im Bericht"))
    rows: list[tuple[str, str, Any]] = [
        (
            "A1.2: befragt",
            f"=COUNTIFS({',1,'.join(surveyed)},1)",
            details["a1_2"]["surveyed"],
        ),
        (
            "A1.1 und A4 zugleich",
            f"=COUNTIFS({',1,'.join(both)},1)",
            details["a4"]["overlap_a1_a4"],
        ),
        (
            "Maßnahmebezug mindestens 51 % (1 = erfüllt)",
            f"=IF(C{link}=0,0,IF(B{link}/C{link}>=0.51,1,0))",
            int(details["measure_link"]["at_least_51_percent"]),
        ),
    ]
    cells = sheets.caseload.column("Fälle im Mittel")
    for name, function, value in (
        ("Minimum", "MIN", loads.minimum),
        ("Maximum", "MAX", loads.maximum),
        ("Median", "MEDIAN", loads.median),
    ):
        rows.append((f"Betreuung: {name}", f'=IF(COUNT({cells})=0,"{NO_VALUE}",{function}({cells}))', cached(value)))
    return rows


def _by_coach(book: Book, sheet: Worksheet, content: ReportContent, sheets: _Sheets) -> None:
    """Write the six indicators of each coach, three columns each, under two heading rows."""
    sheet.merge_range(0, 0, 1, 0, "Coach", book.head)
    for index, figure in enumerate(content.figures.figures):
        column = 1 + 3 * index
        sheet.merge_range(0, column, 0, column + 2, BY_CODE[figure.code].short, book.group_head)
        for offset, head in enumerate(("Zähler", "Nenner", "Wert")):
            sheet.write_string(1, column + offset, head, book.number_head)
    for row, coach in enumerate(content.figures.listed_coaches, 2):
        sheet.write_number(row, 0, coach.number)
        _coach_row(book, sheet, row, coach.figures, sheets)
    if not content.figures.listed_coaches:
        sheet.write_string(2, 0, "Keine JobCoaches im Bericht.")
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 3 * len(content.figures.figures), 9.5)
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(0, 1)


def _coach_row(book: Book, sheet: Worksheet, row: int, figures: Sequence[Figure], sheets: _Sheets) -> None:
    key = f"$A{row + 1}"
    counts = _counts(sheets, key)
    for index, figure in enumerate(figures):
        column = 1 + 3 * index
        top, bottom = f"{xl_col_to_name(column)}{row + 1}", f"{xl_col_to_name(column + 1)}{row + 1}"
        hours = figure.code == "consultations_per_hour"
        sheet.write_formula(row, column, f"={counts[figure.code][0]}", book.whole, figure.numerator)
        base = book.hours if hours else book.whole
        sheet.write_formula(row, column + 1, f"={counts[figure.code][1]}", base, float(figure.denominator))
        value = _value(figure.code, top, bottom, sheets.hours, key)
        sheet.write_formula(row, column + 2, value, book.value_format(figure.code), cached(figure.value))


def _trend(book: Book, content: ReportContent) -> None:
    if not content.trend:
        return
    sheet, _ = book.table("Verlauf", ["Kennzahl", *(quarter(period) for period, _ in content.trend)], [])
    for row, figure in enumerate(content.figures.figures, 1):
        sheet.write_string(row, 0, BY_CODE[figure.code].short)
        for column, (_, figures) in enumerate(content.trend, 1):
            value = figures[row - 1].value
            book.put(sheet, row, column, NO_VALUE if value is None else value, book.value_format(figure.code))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, len(content.trend), 11)


def _signals(book: Book, content: ReportContent) -> None:
    """Write what the quarters show together, and how many persons the year had, as the PDF does."""
    lines = [("Signal", line) for line in content.signals] or [("Signal", "Keines über mehrere Quartale.")]
    lines += [("Begründung", _statement(statement)) for statement in content.statements]
    book.table("Signale", ["Art", "Was die Quartale zeigen"], [*lines, ("Personen", content.persons)])


def _statement(statement: StatementText) -> str:
    parts = [statement.subject, ", ".join(statement.reasons), statement.steps]
    return ": ".join(part for part in parts if part)


# --- the texts ----------------------------------------------------------------------------------------------------------------


def _texts(book: Book, content: ReportContent) -> None:
    quality = [(SEVERITIES[line.severity], line.text, line.count) for line in content.quality]
    book.table("Datenqualität", ["Art", "Was zu tun ist", "Fälle"], quality)
    if content.version is not None and content.version > 1:
        book.table("Änderungen", ["Was", "vorher", "jetzt"], [(c.subject, c.before, c.after) for c in content.changes])
    definitions = [(d.label, d.denominator, d.numerator, d.source) for d in content.definitions]
    book.table("Definitionen", ["Kennzahl", "Nenner", "Zähler", "Quelle"], definitions)
    settings = [(s.title, s.value, "Vorgabe" if s.default else "geändert", s.reason) for s in content.settings]
    book.table("Einstellungen", ["Einstellung", "Wert", "Stand", "Grund"], settings)
