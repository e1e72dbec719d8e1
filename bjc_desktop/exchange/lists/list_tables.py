"""A sheet as a table: where its headings stand, what they are called, and which rows are people and not sums or remarks."""

import hashlib
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from bjc_desktop.errors import ListError
from bjc_desktop.exchange.lists.cell_looks import Column, look_of, looks_like_data
from bjc_desktop.exchange.lists.known_words import REASON_HEADING, known_headings, normal, without_number
from bjc_desktop.exchange.lists.sheets import Cells, Sheet, column_letters

_SEARCHED = 30
_SUM = re.compile(
    r"(zwischen|gesamt)?summen?\b|gesamt\b|insgesamt\b|total\b|anzahl\b|durchschnitt\b|mittelwert\b|Σ|∑", re.IGNORECASE
)
_REMARK = re.compile(r"(stand|legende|quelle|hinweise?|erstellt|seite|druckdatum|bearbeitet)\b|\*|©", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_SPLIT_WORD = re.compile(r"-\s*\n\s*(?=[a-zäöüß])")
NO_HEADINGS = (
    "Im Blatt „{name}“ ist keine Zeile mit Überschriften zu erkennen. Bitte über jede Spalte eine Überschrift schreiben."
)
NO_ROWS = "Im Blatt „{name}“ stehen unter den Überschriften keine Zeilen. Bitte ein anderes Blatt wählen."


@dataclass(frozen=True, slots=True)
class ListTable:
    """A sheet as a table. Headings are unique; a column with neither heading nor content has an empty one."""

    name: str
    headings: tuple[str, ...]
    heading_numbers: tuple[int, ...]
    """The numbers of the rows in which the headings stand."""
    rows: Sequence[Cells]
    numbers: Sequence[int]
    """The number that each row has in the file."""
    passed_over: tuple[int, ...]
    """The numbers of rows below the headings that are sums, remarks or the headings again."""
    columns: tuple[Column, ...]
    hidden: bool = False

    @property
    def fingerprint(self) -> str:
        """What sheets of the same layout share: their headings, in whatever order."""
        words = sorted(normal(heading) for heading in self.headings if heading and heading != REASON_HEADING)
        return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:32]


def find_table(sheet: Sheet, heading_numbers: tuple[int, ...] = ()) -> ListTable:
    """Return *sheet* as a table; where its headings stand is found out, or said by *heading_numbers*.

    Raises
    ------
    ListError
        where there are no headings, or no rows below them.
    """
    first, last = _said_rows(sheet, heading_numbers) if heading_numbers else _heading_rows(sheet)
    kept, passed_over = _data_rows(sheet, first, last)
    if not kept:
        raise ListError(NO_ROWS.format(name=sheet.name))
    rows = _with_merged(sheet, kept, last)
    width = max(*map(len, rows), *(len(sheet.rows[index]) for index in range(first, last + 1)))
    columns = _columns(rows, width)
    headings = _unique(_joined(sheet, first, last, width), columns)
    numbers = array("l", (sheet.numbers[index] for index in kept))
    of_headings = tuple(sheet.numbers[index] for index in range(first, last + 1))
    return ListTable(sheet.name, headings, of_headings, rows, numbers, passed_over, columns, sheet.hidden)


# --- where the headings stand -------------------------------------------------------------------------------------------------


def _said_rows(sheet: Sheet, numbers: tuple[int, ...]) -> tuple[int, int]:
    found = [index for index, number in enumerate(sheet.numbers) if number in numbers]
    if not found:
        raise ListError(NO_HEADINGS.format(name=sheet.name))
    return found[0], found[-1]


def _heading_rows(sheet: Sheet) -> tuple[int, int]:
    """Return the first and the last row of the headings, as indexes."""
    scores = [_heading_score(sheet, index) for index in range(min(_SEARCHED, len(sheet.rows)))]
    best = max(range(len(scores)), key=lambda index: (scores[index], -index))
    if scores[best] <= 0:
        raise ListError(NO_HEADINGS.format(name=sheet.name))
    if _is_second_line(sheet, best + 1, scores):
        return best, best + 1
    return (best - 1, best) if best and _is_group_line(sheet, best - 1) else (best, best)


def _heading_score(sheet: Sheet, index: int) -> int:
    cells = [cell for cell in sheet.rows[index] if cell]
    hits = sum(_is_known(cell) for cell in cells)
    data = sum(looks_like_data(cell) for cell in cells)
    texts = len(cells) - data
    widest = max(len([cell for cell in row if cell]) for row in islice(sheet.rows, index, index + _SEARCHED))
    lonely = 10 if len(cells) == 1 and widest > 1 and not hits else 0
    return 5 * hits + 2 * len(set(cells)) - len(cells) + texts - 4 * data - lonely


def _is_known(cell: str) -> bool:
    return normal(cell) in known_headings() or normal(without_number(cell)) in known_headings()


def _is_group_line(sheet: Sheet, index: int) -> bool:
    """Say whether the row above the headings joins several of them under a word, and is no title."""
    if sheet.numbers[index] != sheet.numbers[index + 1] - 1:
        return False
    cells = [cell for cell in sheet.rows[index] if cell]
    if any(map(looks_like_data, cells)):
        return False
    width = len(sheet.rows[index + 1])
    joins = any(area.top == sheet.numbers[index] and 1 < area.right - area.left + 1 < width for area in sheet.merged)
    twice = Counter(cell for cell in sheet.rows[index + 1] if cell).most_common(1)[0][1] > 1
    return joins or (not sheet.merged and twice and len(cells) > 1 and not any(map(_DIGIT.search, cells)))


def _is_second_line(sheet: Sheet, index: int, scores: list[int]) -> bool:
    """Say whether the row below the best one goes on with the headings: words where the column below holds days and numbers."""
    if index + 1 >= len(sheet.rows) or sheet.numbers[index] != sheet.numbers[index - 1] + 1:
        return False
    row = sheet.rows[index]
    if any(looks_like_data(cell) for cell in row if cell) or not any(row):
        return False
    above = sheet.rows[index - 1]
    gaps = sum(1 for column, cell in enumerate(row) if cell and (column >= len(above) or not above[column]))
    known = index < len(scores) and any(_is_known(cell) for cell in row if cell)
    spans = any(area.top == sheet.numbers[index - 1] and area.right > area.left for area in sheet.merged)
    if not (gaps or spans) or not (known or spans):
        return False
    below = sheet.rows[index + 1]
    return any(cell and column < len(below) and looks_like_data(below[column]) for column, cell in enumerate(row))


# --- what they are called -----------------------------------------------------------------------------------------------------


def _joined(sheet: Sheet, first: int, last: int, width: int) -> list[str]:
    """Return the headings, those of two lines in one: „Vermittlung Beginn“."""
    lines = [
        _filled(sheet, index, width) if last > first and index == first else _padded(sheet.rows[index], width)
        for index in range(first, last + 1)
    ]
    return [" ".join(dict.fromkeys(part for part in map(_one_line, parts) if part)) for parts in zip(*lines, strict=True)]


def _padded(row: Cells, width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))][:width]


def _filled(sheet: Sheet, index: int, width: int) -> list[str]:
    """Return the upper line with each word over all columns that it stands for."""
    row = _padded(sheet.rows[index], width)
    for area in sheet.merged:
        if area.top == sheet.numbers[index]:
            for column in range(area.left, min(area.right + 1, width)):
                row[column] = row[area.left]
    if any(area.top == sheet.numbers[index] for area in sheet.merged):
        return row
    below = _padded(sheet.rows[index + 1], width)
    twice = {cell for cell, count in Counter(below).items() if cell and count > 1}
    for column in range(1, width):
        if not row[column] and row[column - 1] and below[column] and (below[column] in twice or below[column - 1] in twice):
            row[column] = row[column - 1]
    return row


def _one_line(text: str) -> str:
    return " ".join(_SPLIT_WORD.sub("", text).split())


def _unique(headings: list[str], columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Return the headings, each once; a column without one is called by its letter where anything stands in it."""
    seen: Counter[str] = Counter()
    made = []
    for index, heading in enumerate(headings):
        name = heading or (f"Spalte {column_letters(index)}" if columns[index].filled else "")
        seen[name] += 1
        made.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return tuple(made)


# --- the rows below -----------------------------------------------------------------------------------------------------------


def _data_rows(sheet: Sheet, first: int, last: int) -> tuple[list[int], tuple[int, ...]]:
    heads = {sheet.rows[index] for index in range(first, last + 1)}
    kept: list[int] = []
    passed_over: list[int] = []
    for index in range(last + 1, len(sheet.rows)):
        (passed_over if _is_no_person(sheet.rows[index], heads) else kept).append(index)
    return kept, tuple(sheet.numbers[index] for index in passed_over)


def _is_no_person(row: Cells, heads: set[Cells]) -> bool:
    if row in heads:
        return True
    begin = next(cell for cell in row if cell)
    if len(begin) > 1 and _SUM.match(begin):
        return sum(1 for cell in row if cell) <= 1 + sum(looks_like_data(cell) for cell in row if cell)
    return _REMARK.match(begin) is not None and sum(1 for cell in row if cell) == 1


def _with_merged(sheet: Sheet, kept: list[int], last: int) -> Sequence[Cells]:
    """Return the rows; what is merged over several rows belongs to each of them, and nothing else is ever carried down."""
    filled: dict[int, dict[int, str]] = defaultdict(dict)
    texts = {number: index for index, number in enumerate(sheet.numbers)} if sheet.merged else {}
    for area in sheet.merged:
        if area.bottom > area.top > sheet.numbers[last] and area.top in texts:
            row = sheet.rows[texts[area.top]]
            for number in range(area.top + 1, min(area.bottom, sheet.numbers[-1]) + 1):
                filled[number].update((column, row[column]) for column in range(area.left, min(area.right + 1, len(row))))
    return [_overlaid(sheet.rows[index], filled.get(sheet.numbers[index])) for index in kept]


def _overlaid(row: Cells, more: dict[int, str] | None) -> Cells:
    if not more:
        return row
    cells = _padded(row, max(len(row), max(more) + 1))
    for column, text in more.items():
        cells[column] = cells[column] or text
    return tuple(cells)


def _columns(rows: Sequence[Cells], width: int) -> tuple[Column, ...]:
    made = []
    for column in range(width):
        texts = Counter(row[column] for row in rows if len(row) > column)
        del texts[""]
        made.append(Column(texts, texts.total(), look_of(texts)))
    return tuple(made)
