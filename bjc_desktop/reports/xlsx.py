"""The quarterly report as a workbook: every figure a live formula over the sheets of cases, with its correct cached value."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from bjc_desktop.indicators.rating import RATIO_CODES, STRICT_CODES
from bjc_desktop.indicators.results import Figure
from bjc_desktop.reports.content import ReportContent
from bjc_desktop.reports.german import NO_VALUE, quarter

EXITS, FOLLOW_UPS, LINKS, CONSULTATIONS, HOURS, CASELOAD = (
    "Austritte",
    "Nachbefragung",
    "Maßnahmebezug",
    "Konsultationen",
    "Arbeitszeit",
    "Betreuung",
)
_FIRST_ITEM = 8
"""Column of the first checklist item in the sheet of exits (from 0)."""


class Book:
    """A workbook in memory whose bytes follow from its content alone; text never becomes a formula."""

    def __init__(self, as_of: date) -> None:
        self._buffer = BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.workbook: Workbook = xlsxwriter.Workbook(self._buffer, options)
        created = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC).replace(tzinfo=None)
        self.workbook.set_properties({"created": created, "title": "Berliner JobCoaching", "author": "BJC Desktop"})
        self.head = self.workbook.add_format(
            {"bold": True, "bg_color": "#EEF3F8", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.day = self.workbook.add_format({"num_format": "dd.mm.yyyy", "align": "left"})
        self.share = self.workbook.add_format({"num_format": "0.0%"})
        self.ratio = self.workbook.add_format({"num_format": "0.00"})
        self.wrap = self.workbook.add_format({"text_wrap": True, "valign": "top"})

    def sheet(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[float] = ()) -> Worksheet:
        """Add a sheet with a frozen heading row and *rows*; True and False are written as 1 and 0, None stays empty."""
        sheet = self.workbook.add_worksheet(name)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self.head)
        last = 0
        for last, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                self.put(sheet, last, column, value)
        for column in range(len(heads)):
            sheet.set_column(column, column, widths[column] if column < len(widths) else 13)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(last, 1), len(heads) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&A&RSeite &P von &N")
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: Any) -> None:
        """Write one cell by the kind of its value."""
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(row, column, value)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self.day)  # noqa: DTZ001 - a day
        else:
            sheet.write_number(row, column, float(value))

    def bytes(self) -> bytes:
        """Close the workbook and return its bytes."""
        self.workbook.close()
        return self._buffer.getvalue()


def report_xlsx(content: ReportContent) -> bytes:
    """Return the report as XLSX bytes: the same for the same content."""
    book = Book(content.figures.as_of)
    overview = book.workbook.add_worksheet("Kennzahlen")
    by_coach = book.workbook.add_worksheet("Je Coach")
    _case_sheets(book, content)
    _overview(book, overview, content)
    _by_coach(book, by_coach, content)
    _texts(book, content)
    return book.bytes()


def _case_sheets(book: Book, content: ReportContent) -> None:
    heads = [
        "Fall",
        "Coach",
        "Eintritt",
        "Austritt",
        "A1.1",
        "A1.1: warum",
        "A4",
        "A4: warum",
        *content.checklist_titles,
        "korrekt",
    ]
    sheet = book.sheet(EXITS, heads, (), [14, 8, 12, 12, 7, 38, 7, 38])
    active = [index for index, on in enumerate(content.checklist_active) if on]
    for row, case in enumerate(content.exits, 1):
        flags = [case.a1_1, case.a1_1_label, case.a4, case.a4_label, *case.items]
        for column, value in enumerate([case.pseudonym, case.coach_number, case.entry_on, case.exit_on, *flags]):
            book.put(sheet, row, column, value)
        cells = [f"{xl_col_to_name(_FIRST_ITEM + index)}{row + 1}" for index in active]
        formula = f"=IF(AND({','.join(f'{cell}=1' for cell in cells)}),1,0)" if cells else "=1"
        sheet.write_formula(row, len(heads) - 1, formula, None, int(case.correct))
    book.sheet(
        FOLLOW_UPS,
        ["Fall", "Coach", "Austritt", "Stichtag", "befragt", "im Nenner", "zählt", "warum"],
        (
            (c.pseudonym, c.coach_number, c.exit_on, c.due_on, c.surveyed, c.in_denominator, c.counts, c.label)
            for c in content.follow_ups
        ),
        [14, 8, 12, 12, 9, 10, 8, 50],
    )
    book.sheet(
        LINKS,
        ["Person", "Fall", "Coach (leer: Bericht)", "Eintritt", "Austritt", "zählt", "warum"],
        ((c.person, c.pseudonym, c.coach_number, c.entry_on, c.exit_on, c.counts, c.label) for c in content.links),
        [14, 14, 12, 12, 12, 8, 50],
    )
    book.sheet(
        CONSULTATIONS,
        ["Coach", "Datum", "Art", "Form", "Gruppentermin", "zählt", "warum"],
        ((c.coach_number, c.held_on, c.kind, c.channel, c.session or None, c.counted, c.label) for c in content.consultations),
        [8, 12, 20, 14, 14, 8, 50],
    )
    book.sheet(
        HOURS,
        ["Coach", "Monat", "Sollstunden", "Arbeitsstunden", "geförderter Anteil", "gezählte Stunden", "fehlt"],
        (
            (h.coach_number, h.month, h.contract_hours, h.worked_hours, h.funded_share, h.counted_hours, h.missing)
            for h in content.hours
        ),
    )
    book.sheet(
        CASELOAD,
        ["Coach", "Fälle im Mittel", "Auslastung"],
        ((c.number, c.caseload, c.load) for c in content.figures.coaches),
    )


def _column(content: ReportContent, sheet: str, column: str) -> str:
    """Return the range of one column of a sheet of cases; an empty sheet has one empty row."""
    lengths = {
        EXITS: len(content.exits),
        FOLLOW_UPS: len(content.follow_ups),
        LINKS: len(content.links),
        CONSULTATIONS: len(content.consultations),
        HOURS: len(content.hours),
        CASELOAD: len(content.figures.coaches),
    }
    return f"{sheet}!${column}$2:${column}${max(lengths[sheet], 1) + 1}"


def _sums(content: ReportContent, coach: str | None) -> dict[str, tuple[str, str]]:
    """Return numerator and denominator of each indicator as formulas: of the report, or of the coach in the cell *coach*."""
    correct = xl_col_to_name(_FIRST_ITEM + len(content.checklist_titles))

    def ones(sheet: str, column: str, by: str) -> str:
        key = "" if coach is None else f",{_column(content, sheet, by)},{coach}"
        return f"COUNTIFS({_column(content, sheet, column)},1{key})"

    def rows(sheet: str, column: str, by: str) -> str:
        key = "" if coach is None else f",{_column(content, sheet, by)},{coach}"
        return f'COUNTIFS({_column(content, sheet, column)},"?*"{key})'

    def total(sheet: str, column: str) -> str:
        if coach is None:
            return f"SUM({_column(content, sheet, column)})"
        return f"SUMIFS({_column(content, sheet, column)},{_column(content, sheet, 'A')},{coach})"

    own = '""' if coach is None else coach
    by_scope = f"{_column(content, LINKS, 'C')},{own}"
    return {
        "a1_1": (ones(EXITS, "E", "B"), rows(EXITS, "A", "B")),
        "a1_2": (ones(FOLLOW_UPS, "G", "B"), ones(FOLLOW_UPS, "F", "B")),
        "a4": (ones(EXITS, "G", "B"), rows(EXITS, "A", "B")),
        "consultations_per_hour": (total(CONSULTATIONS, "F").replace("$A", "$A"), total(HOURS, "F")),
        "correctly_closed": (ones(EXITS, correct, "B"), rows(EXITS, "A", "B")),
        "measure_link": (
            f"COUNTIFS({_column(content, LINKS, 'F')},1,{by_scope})",
            f'COUNTIFS({_column(content, LINKS, "A")},"?*",{by_scope})',
        ),
    }


def _value(code: str, top: str, bottom: str, content: ReportContent, coach: str | None) -> str:
    if code != "consultations_per_hour":
        return f'=IF({bottom}=0,"{NO_VALUE}",{top}/{bottom})'
    key = "" if coach is None else f",{_column(content, HOURS, 'A')},{coach}"
    missing = f"COUNTIFS({_column(content, HOURS, 'G')},1{key})"
    return f'=IF(OR({missing}>0,{bottom}=0),"{NO_VALUE}",{top}/{bottom})'


def _cached(value: Fraction | None) -> float | str:
    return NO_VALUE if value is None else float(value)


def _overview(book: Book, sheet: Worksheet, content: ReportContent) -> None:
    figures = content.figures
    sheet.write_string(
        0, 0, f"{figures.scope.name}, {quarter(figures.period)}", book.workbook.add_format({"bold": True, "font_size": 14})
    )
    state = "ENTWURF" if content.version is None else f"Fassung {content.version}"
    sheet.write_string(1, 0, f"Datenstand {figures.as_of:%d.%m.%Y}, {state}")
    for column, head in enumerate(["Kennzahl", "Zähler", "Nenner", "Wert", "Soll", "Toleranz ab", "Bewertung", "Hinweis"]):
        sheet.write_string(3, column, head, book.head)
    sums = _sums(content, None)
    for row, figure in enumerate(figures.figures, 4):
        _overview_row(book, sheet, row, figure, sums[figure.code], content)
    surveyed = f"=COUNTIFS({_column(content, FOLLOW_UPS, 'E')},1)"
    both = f"=COUNTIFS({_column(content, EXITS, 'E')},1,{_column(content, EXITS, 'G')},1)"
    details = {figure.code: figure.details for figure in figures.figures}
    extra = [
        ("A1.2: befragt", surveyed, details["a1_2"]["surveyed"]),
        ("A1.1 und A4 zugleich", both, details["a4"]["overlap_a1_a4"]),
        (
            "Maßnahmebezug mindestens 51 % (1 = erfüllt)",
            "=IF(C10=0,0,IF(B10/C10>=0.51,1,0))",
            int(details["measure_link"]["at_least_51_percent"]),
        ),
    ]
    loads = figures.caseload
    for name, function, value in (
        ("Minimum", "MIN", loads.minimum),
        ("Maximum", "MAX", loads.maximum),
        ("Median", "MEDIAN", loads.median),
    ):
        cells = _column(content, CASELOAD, "B")
        extra.append((f"Betreuung: {name}", f'=IF(COUNT({cells})=0,"{NO_VALUE}",{function}({cells}))', _cached(value)))
    for row, (name, formula, value) in enumerate(extra, 11):
        sheet.write_string(row, 0, name)
        sheet.write_formula(row, 1, formula, None, value)
    sheet.set_column(0, 0, 62, book.wrap)
    sheet.set_column(1, 6, 14)
    sheet.set_column(7, 7, 30)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _overview_row(book: Book, sheet: Worksheet, row: int, figure: Figure, sums: tuple[str, str], content: ReportContent) -> None:
    style = book.ratio if figure.code in RATIO_CODES else book.share
    line = row + 1
    sheet.write_string(row, 0, figure.label)
    sheet.write_formula(row, 1, f"={sums[0]}", None, figure.numerator)
    sheet.write_formula(row, 2, f"={sums[1]}", None, float(figure.denominator))
    sheet.write_formula(row, 3, _value(figure.code, f"B{line}", f"C{line}", content, None), style, _cached(figure.value))
    sheet.write_number(row, 4, float(figure.target.target), style)
    sheet.write_number(row, 5, float(figure.target.tolerance_low), style)
    reached = ">" if figure.code in STRICT_CODES else ">="
    rating = f'=IF(ISNUMBER(D{line}),IF(D{line}{reached}E{line},"Soll erreicht",IF(D{line}>=F{line},"im Toleranzbereich","unter Toleranz")),"ohne Wert")'
    sheet.write_formula(row, 6, rating, None, figure.rating.label)
    marks = ["vorläufig"] * figure.provisional + ["kleine Fallzahl"] * figure.small_number
    sheet.write_string(row, 7, ", ".join(marks))


def _by_coach(book: Book, sheet: Worksheet, content: ReportContent) -> None:
    heads = ["Coach"]
    for figure in content.figures.figures:
        heads += [f"{figure.label}: Zähler", "Nenner", "Wert"]
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, book.head)
    for row, coach in enumerate(content.figures.coaches, 1):
        sheet.write_number(row, 0, coach.number)
        key = f"$A{row + 1}"
        sums = _sums(content, key)
        for index, figure in enumerate(coach.figures):
            column = 1 + 3 * index
            top, bottom = f"{xl_col_to_name(column)}{row + 1}", f"{xl_col_to_name(column + 1)}{row + 1}"
            style = book.ratio if figure.code in RATIO_CODES else book.share
            sheet.write_formula(row, column, f"={sums[figure.code][0]}", None, figure.numerator)
            sheet.write_formula(row, column + 1, f"={sums[figure.code][1]}", None, float(figure.denominator))
            sheet.write_formula(row, column + 2, _value(figure.code, top, bottom, content, key), style, _cached(figure.value))
    sheet.set_column(0, len(heads) - 1, 12)
    sheet.freeze_panes(1, 1)


def _texts(book: Book, content: ReportContent) -> None:
    book.sheet(
        "Definitionen",
        ["Kennzahl", "Nenner", "Zähler", "Quelle"],
        ((d.label, d.denominator, d.numerator, d.source) for d in content.definitions),
        [40, 60, 60, 40],
    )
    rows = ((s.title, s.value, "Vorgabe" if s.default else "geändert", s.reason) for s in content.settings)
    book.sheet("Einstellungen", ["Einstellung", "Wert", "Stand", "Grund"], rows, [40, 30, 12, 70])
    names = {"error": "Fehler", "warning": "Warnung", "hint": "Hinweis"}
    quality = ((names[line.severity], line.text, line.count) for line in content.quality)
    book.sheet("Datenqualität", ["Art", "Was zu tun ist", "Fälle"], quality, [12, 80, 10])
