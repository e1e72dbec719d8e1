"""The rows that did not go in, in the list's own layout with the reason beside each: mended, the file is taken in again as it is."""

from collections import defaultdict
from pathlib import Path

from bjc_desktop.errors import ListError
from bjc_desktop.exchange.lists.known_words import REASON_HEADING
from bjc_desktop.reports.rest_file import RestSheet, rest_csv, rest_xlsx
from bjc_desktop.services.old_lists.list_people import LEFT_OUT
from bjc_desktop.services.old_lists.list_plan import ListPlan, ListWork, RowPlace
from bjc_desktop.vault.durable import write_file

REMARKS = "Hinweise"
ONE_SHEET = "Die Zeilen stammen aus mehreren Blättern. Bitte die Datei mit der Endung .xlsx angeben."
WRONG_SUFFIX = "Die Datei für die übrigen Zeilen endet bitte auf .xlsx oder .csv."


def write_rest(path: Path, work: ListWork, plan: ListPlan) -> int:
    """Write the rows that stay out to *path* (XLSX or CSV) and return how many they are; without any, no file is written.

    Raises
    ------
    ListError
        where the name ends otherwise, or a CSV would need several sheets.
    """
    assert_writable_as(path)
    sheets = rest_sheets(work, plan)
    count = sum(len(sheet.rows) for sheet in sheets)
    if count:
        write_file(path, _content(path, sheets, plan))
    return count


def assert_writable_as(path: Path) -> None:
    """Refuse a name that says neither XLSX nor CSV.

    Raises
    ------
    ListError
        where it does not.
    """
    if path.suffix.lower() not in {".xlsx", ".csv"}:
        raise ListError(WRONG_SUFFIX)


def _content(path: Path, sheets: list[RestSheet], plan: ListPlan) -> bytes:
    if path.suffix.lower() == ".csv":
        if len(sheets) > 1:
            raise ListError(ONE_SHEET)
        return rest_csv(sheets[0])
    return rest_xlsx([*sheets, *_remarks(plan)])


def rest_sheets(work: ListWork, plan: ListPlan) -> list[RestSheet]:
    """Return the rows that stay out, sheet by sheet, as they stand in the list with what was mended in them."""
    reasons = _reasons(plan)
    sheets = []
    for name in work.mappings:
        table = work.tables[name]
        width, rows = len(table.headings), []
        for cells, number in zip(table.rows, table.numbers, strict=True):
            if (name, number) in plan.out:
                whole = work.cells(name, number, cells)
                rows.append((*whole, *[""] * (width - len(whole)), " ".join(reasons.get((name, number), [LEFT_OUT]))))
        if rows:
            sheets.append(RestSheet(name, (*_plain(table.headings), REASON_HEADING), tuple(rows)))
    return sheets


def _plain(headings: tuple[str, ...]) -> tuple[str, ...]:
    # A column of reasons that the list brought from an earlier round is not written twice.
    return tuple("" if heading == REASON_HEADING else heading for heading in headings)


def _reasons(plan: ListPlan) -> dict[RowPlace, list[str]]:
    found: dict[RowPlace, list[str]] = defaultdict(list)
    for note in plan.problems:
        sentence = f"{note.heading}: {note.text}" if note.heading else note.text
        if sentence not in found[note.place]:
            found[note.place].append(sentence)
    return found


def _remarks(plan: ListPlan) -> list[RestSheet]:
    rows = tuple((note.sheet, str(note.number), note.heading, note.text) for note in plan.remarks)
    return [RestSheet(REMARKS, ("Blatt", "Zeile", "Spalte", "Was angenommen wurde"), rows)] if rows else []
