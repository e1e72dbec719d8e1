"""The quarterly report as a web page for everyone: the content of the PDF with headings, tables and described pictures.

One file without scripts, fonts or addresses of anything else; well-formed as XML too, so that any tool reads it.
"""

from collections.abc import Iterable
from fractions import Fraction
from html import escape

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.results import Figure, Rating
from bjc_desktop.paths import resource
from bjc_desktop.reports.content import ReportContent
from bjc_desktop.reports.german import figure_value, quarter, report_name
from bjc_desktop.reports.remarks import (
    NO_CHANGES,
    NO_COACHES,
    NO_FINDINGS,
    NO_SIGNALS,
    bar_words,
    caseload,
    circumstances,
    coach_note,
    provenance,
    remarks,
    title,
    trend_note,
    trend_words,
    verdict,
)
from bjc_desktop.reports.report_tables import (
    TextTable,
    change_table,
    coach_table,
    figure_table,
    quality_table,
    setting_table,
    trend_table,
)
from bjc_desktop.reports.scales import chart_top, scale_end
from bjc_desktop.reports.style import visible

_TONES = {Rating.REACHED: "good", Rating.TOLERANCE: "warning", Rating.BELOW: "below", Rating.NONE: "muted"}
"""The colour of the style sheet for each rating."""
_BAR = 1000
"""Units of a bar's length."""
_STEP, _CHART = 60, 100
"""Units of a chart's column and height."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report_html(content: ReportContent) -> bytes:
    """Return the report as a web page in UTF-8: the same bytes for the same content."""
    sections = [
        ("Die sechs Kennzahlen", _figures(content)),
        *([("Verlauf über die Quartale", _trend(content))] if content.trend else []),
        ("Signale über mehrere Quartale", _listed(content.signals) or _paragraph(NO_SIGNALS, "note")),
        *([("Gründe und geplante Schritte", _statements(content))] if content.statements else []),
        ("Betreuungsschlüssel und Kennzahlen je Coach", _coaches(content)),
        ("Datenqualität", _quality(content)),
        *_changes(content),
        (f"Definitionen (Stand {content.definitions_version})", _definitions(content)),
        ("Einstellungen", _table(setting_table(content.settings), "Einstellungen, nach denen gezählt wurde", numbers_from=3)),
    ]
    figures = content.figures
    style = resource("report.css").read_text("utf-8")
    draft = '<p class="draft">ENTWURF</p>\n' * (content.version is None)
    page = f"""<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{_text(title(content))}</title>
<style>
{style}</style>
</head>
<body>
<header>
{draft}<p class="eyebrow">Berliner JobCoaching</p>
<h1>{_text(report_name(figures.period))}</h1>
<p class="owner">{_text(figures.scope.name)}</p>
<p class="note">{_text(circumstances(content))}</p>
</header>
<nav aria-label="Inhalt">
<ol>
{_contents(sections)}</ol>
</nav>
<main>
<p class="lead">{_text(verdict(figures))}</p>
{"".join(_section(number, heading, inner) for number, (heading, inner) in enumerate(sections, 1))}</main>
<footer>
<p>{_text(figures.scope.name)} · {_text(provenance(content))}</p>
</footer>
</body>
</html>
"""
    return page.encode()


def _text(words: str) -> str:
    """Return *words* as markup that shows them as typed: the one way in which data get into the page."""
    return escape(visible(words))


def _paragraph(words: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f"<p{named}>{_text(words)}</p>\n"


def _listed(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{_text(line)}</li>\n" for line in lines)
    return f"<ul>\n{items}</ul>\n" if items else ""


def _contents(sections: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<li><a href="#teil-{n}">{_text(heading)}</a></li>\n' for n, (heading, _) in enumerate(sections, 1))


def _section(number: int, heading: str, inner: str) -> str:
    name = f"teil-{number}"
    return (
        f'<section id="{name}" aria-labelledby="{name}-titel">\n<h2 id="{name}-titel">{_text(heading)}</h2>\n{inner}</section>\n'
    )


def _table(table: TextTable, caption: str, *, numbers_from: int = 1, named_by: int = 0) -> str:
    """Return *table*; the cells of the column *named_by* head their rows.

    It stands in a frame that the keyboard reaches, for a screen on which it is too wide.
    """
    kinds = ["" if column < numbers_from else ' class="number"' for column in range(len(table.heads))]
    heads = "".join(
        f'<th scope="col"{kind}>{_text(" ".join(head.split()))}</th>' for head, kind in zip(table.heads, kinds, strict=True)
    )
    rows = []
    for number, cells in enumerate(table.rows, 1):
        made = []
        for column, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
            first, *notes = cell.split("\n")
            inner = _text(first) + "".join(f"<br/><small>{_text(note)}</small>" for note in notes)
            if (column, number) in table.marked:
                unseen = "" if Rating.BELOW.label in cell else f'<span class="unseen"> {Rating.BELOW.label}</span>'
                inner = f"<strong>{inner}{unseen}</strong>"
            made.append(f'<th scope="row"{kind}>{inner}</th>' if column == named_by else f"<td{kind}>{inner}</td>")
        rows.append(f"<tr>{''.join(made)}</tr>\n")
    return (
        f'<div class="frame" role="region" tabindex="0" aria-label="{_text(caption)}">\n<table>\n<caption>{_text(caption)}</caption>\n'
        f"<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>\n</div>\n"
    )


# --- the figures --------------------------------------------------------------------------------------------------------------


def _figures(content: ReportContent) -> str:
    figures = content.figures.figures
    bars = "".join(_bar(figure) for figure in figures)
    legend = (
        '<p class="legend" aria-hidden="true"><span class="value"></span>Wert <span class="band"></span>Toleranzbereich '
        '<span class="target"></span>Soll</p>\n'
    )
    table = _table(figure_table(figures), "Die sechs Kennzahlen mit Fällen, Sollwerten und Bewertung")
    return f'<ul class="bars">\n{bars}</ul>\n{legend}{table}{"".join(map(_paragraph, remarks(content)))}'


def _bar(figure: Figure) -> str:
    """Return an indicator's name, bar, value and rating: for the eye side by side, for the ear as the picture's description."""
    end, tone = scale_end(figure), _TONES[figure.rating]

    def place(value: Fraction) -> int:
        return round(value / end * _BAR)

    low, target = place(Fraction(figure.target.tolerance_low)), place(Fraction(figure.target.target))
    drawn = f'<rect class="band" x="{low}" y="4" width="{max(target - low, 2)}" height="32"/>'
    if figure.value is not None:
        drawn += f'<rect class="{tone}" x="0" y="11" width="{max(place(figure.value), 2)}" height="18"/>'
    drawn += f'<rect class="ground" x="0" y="4" width="{_BAR}" height="32"/>'
    drawn += f'<rect class="target" x="{target - 3}" y="0" width="6" height="40"/>'
    picture = _picture(f"balken-{figure.code}", f"0 0 {_BAR} 40", BY_CODE[figure.code].short, bar_words(figure), drawn, "none")
    return (
        f'<li><span class="name" aria-hidden="true">{_text(figure.label)}</span>{picture}'
        f'<span class="shown" aria-hidden="true">{_text(figure_value(figure, figure.value))}</span>'
        f'<span class="{tone}" aria-hidden="true">{_text(figure.rating.label)}</span></li>\n'
    )


def _picture(name: str, box: str, heading: str, words: str, drawn: str, fit: str) -> str:
    """Return a drawing that is read as its *heading* and *words*; *fit* says how it fills its place."""
    return (
        f'<svg role="img" aria-labelledby="{name}-titel {name}-text" viewBox="{box}" preserveAspectRatio="{fit}">'
        f'<title id="{name}-titel">{_text(heading)}</title><desc id="{name}-text">{_text(words)}</desc>{drawn}</svg>'
    )


def _trend(content: ReportContent) -> str:
    lines = [[(period, figures[index]) for period, figures in content.trend] for index in range(len(content.figures.figures))]
    charts = "".join(_chart(line) for line in lines)
    table = _table(trend_table(content), "Werte der Kennzahlen von Quartal zu Quartal")
    return f'<div class="charts">\n{charts}</div>\n{table}{_paragraph(trend_note(content), "note")}'


def _chart(line: list[tuple[Period, Figure]]) -> str:
    figures = [figure for _, figure in line]
    top = chart_top(figures)
    drawn, before = "", None

    def height(value: Fraction) -> int:
        return _CHART - round(value / top * _CHART)

    for index, figure in enumerate(figures):
        low, target = height(Fraction(figure.target.tolerance_low)), height(Fraction(figure.target.target))
        left = index * _STEP
        drawn += f'<rect class="band" x="{left}" y="{target}" width="{_STEP}" height="{max(low - target, 1)}"/>'
        drawn += f'<rect class="low" x="{left}" y="{low}" width="{_STEP}" height="1"/>'
        drawn += f'<rect class="target" x="{left}" y="{target - 1}" width="{_STEP}" height="2"/>'
    dots = ""
    for index, figure in enumerate(figures):
        point = None if figure.value is None else (index * _STEP + _STEP // 2, height(figure.value))
        if point and before:
            drawn += f'<path class="line" d="M{before[0]} {before[1]}L{point[0]} {point[1]}"/>'
        if point:
            dots += f'<circle class="{_TONES[figure.rating]}" cx="{point[0]}" cy="{point[1]}" r="5"/>'
        before = point
    last, code = figures[-1], figures[-1].code
    drawn += f'{dots}<path class="axis" d="M0 {_CHART}H{_STEP * len(figures)}"/>'
    box = f"0 -6 {_STEP * len(figures)} {_CHART + 8}"
    picture = _picture(f"verlauf-{code}", box, f"Verlauf {BY_CODE[code].short}", trend_words(line), drawn, "xMidYMid")
    ends = f"<span>{_text(quarter(line[0][0]))}</span><span>{_text(quarter(line[-1][0]))}</span>"
    return (
        f'<figure>\n<figcaption aria-hidden="true"><span>{_text(BY_CODE[code].short)}</span>'
        f"<span>{_text(figure_value(last, last.value))}</span></figcaption>\n{picture}\n"
        f'<p class="ends" aria-hidden="true">{ends}</p>\n</figure>\n'
    )


def _statements(content: ReportContent) -> str:
    made = ""
    for statement in content.statements:
        reasons = ", ".join(statement.reasons)
        made += f"<h3>{_text(f'{statement.subject}: {reasons}' if reasons else statement.subject)}</h3>\n"
        made += "".join(_paragraph(line) for line in statement.steps.splitlines() if line.strip())
    return made


def _coaches(content: ReportContent) -> str:
    figures = content.figures
    made = _paragraph(caseload(figures))
    if not figures.listed_coaches:
        return made + _paragraph(NO_COACHES)
    return (
        made + _table(coach_table(figures), "Kennzahlen, Fälle und Auslastung je Coach") + _paragraph(coach_note(figures), "note")
    )


# --- the data and the rules ---------------------------------------------------------------------------------------------------


def _quality(content: ReportContent) -> str:
    if not content.quality:
        return _paragraph(NO_FINDINGS)
    table = quality_table(content.quality)
    return _table(table, "Auffälligkeiten nach Art, mit der Zahl der betroffenen Fälle", numbers_from=2, named_by=1)


def _changes(content: ReportContent) -> list[tuple[str, str]]:
    if content.version is None or content.version == 1:
        return []
    heading = f"Änderungen gegenüber Fassung {content.version - 1}"
    if not content.changes:
        return [(heading, _paragraph(NO_CHANGES))]
    return [(heading, _table(change_table(content.changes), "Was sich geändert hat", numbers_from=3))]


def _definitions(content: ReportContent) -> str:
    made = ""
    for definition in content.definitions:
        made += f"<h3>{_text(definition.label)}</h3>\n{_paragraph(f'Nenner: {definition.denominator}')}"
        made += _paragraph(f"Zähler: {definition.numerator}") + _paragraph(f"Quelle: {definition.source}", "note")
    return made
