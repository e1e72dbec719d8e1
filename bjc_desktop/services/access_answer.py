"""The answer to a request for access (Art. 15 GDPR): a readable PDF and a machine-readable package, written side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.exchange.cells import written
from bjc_desktop.exchange.package_export import archive, as_json, table_csv
from bjc_desktop.exchange.table_schema import datapackage, tables
from bjc_desktop.models.base import FieldInfo, Kind, packaged_columns
from bjc_desktop.reports.case_content import CaseDocument, Part
from bjc_desktop.services.case_print import set_document
from bjc_desktop.services.erasing import person_pseudonyms
from bjc_desktop.services.privacy_requests import answer_requests
from bjc_desktop.services.retention_rules import RuleLine, months_in_words, read_rules
from bjc_desktop.services.row_titles import TITLES, title_of
from bjc_desktop.services.stored_about import StoredAbout, StoredRow, Trace, read_stored_about, traces_as_json
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.vault import Vault
from bjc_desktop.vault.accounting import Leaving
from bjc_desktop.vault.change_chain import NewRecord, append_records
from bjc_desktop.vault.durable import write_file
from bjc_desktop.vocabulary import RequestKind

WHAT = "access"
_PIECE = 1500
"""So many letters of a cell fit well on a page."""
NO_FOLDER = "Den Ordner gibt es nicht oder er ist nicht beschreibbar. Bitte einen anderen Ordner wählen."
_ABOUT = (
    "Zwecke: Durchführung, Dokumentation und Nachweis des JobCoachings sowie die Kennzahlen für die Steuerung des Programms.",
    (
        "Empfänger: Der Bericht an die Steuerungsstelle enthält Zahlen und pseudonymisierte Fälle, keine Namen. Was darüber hinaus gedruckt "
        "oder ausgegeben wurde, steht unten."
    ),
    "Herkunft: Ihre eigenen Angaben und die Aufzeichnungen der Mitarbeitenden des Trägers, bei der Zuweisung auch Angaben des Jobcenters.",
    "Automatisierte Entscheidungen und Profilbildung finden nicht statt.",
    (
        "Ihre Rechte: Berichtigung, Löschung, Einschränkung, Widerspruch, Übertragbarkeit; eine Einwilligung können Sie jederzeit widerrufen. "
        "Beschweren können Sie sich bei der Berliner Beauftragten für Datenschutz und Informationsfreiheit."
    ),
)
"""What Art. 15 (1) a to h asks for beside the data themselves."""


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """What was written, and how many notes could not be read for lack of their key."""

    pdf: Path
    package: Path
    closed_notes: int


def write_access_answer(vault: Vault, coachee_id: str, folder: Path, *, now: datetime, today: date) -> AccessAnswer:
    """Write everything about a person into *folder* as PDF and as package; note it, and answer the open requests for access.

    Raises
    ------
    InvalidInputError
        where *folder* cannot be written to.
    NotFoundError, VaultError
        where there is no such person, or the user does not keep this person's case.
    """
    stored = read_stored_about(vault, coachee_id)
    with vault.reading() as connection:
        rules = read_rules(connection)
    if not folder.is_dir():
        raise InvalidInputError({"folder": NO_FOLDER})
    _account_for(vault, coachee_id, now)
    stem = f"BJC_Auskunft_{person_pseudonyms(vault).person(coachee_id)}_{today.isoformat()}"
    paths = folder / f"{stem}.pdf", folder / f"{stem}.zip"
    try:
        for path, content in zip(paths, (access_pdf(stored, rules, today=today), access_package(stored)), strict=True):
            write_file(path, content, part=path.with_name(f".bjc-export.{vault.id[:8]}.part"))
    except OSError:
        raise InvalidInputError({"folder": NO_FOLDER}) from None
    if not vault.read_only:
        with vault.writing(now=now) as session:
            answer_requests(session, coachee_id, RequestKind.ACCESS, today=today)
    return AccessAnswer(*paths, stored.closed_notes)


def _account_for(vault: Vault, coachee_id: str, now: datetime) -> None:
    """Record the answer before it is written; in a damaged vault nothing can be recorded."""
    if not vault.read_only:
        record = NewRecord(Leaving.EXPORT.value, {"what": WHAT}, "coachees", coachee_id, person_id=coachee_id)
        with vault.writing(now=now) as session:
            append_records(session.connection(), vault.actor(), [record], now)


# --- for people -----------------------------------------------------------------------------------------------------------------


def access_pdf(stored: StoredAbout, rules: Sequence[RuleLine], *, today: date) -> bytes:
    """Return everything about the person as a readable document."""
    number = stored.person["case_number"]
    parts = [Part("Worum es geht", _ABOUT), Part("Wie lange etwas bleibt", tuple(_periods(rules)))]
    parts += [_table(name, rows) for name, rows in stored.tables.items()]
    parts += [
        _traces("Geöffnet, gedruckt, ausgegeben, gelöscht", stored.given_out, "Bisher wurde nichts geöffnet oder ausgegeben."),
        _traces("Wer wann was geändert hat", stored.changes, "Es gibt keine aufgezeichneten Änderungen."),
        Part("Berichte", stored.reports or ("In keinem freigegebenen Bericht ist ein Coaching dieser Person gezählt.",)),
    ]
    hints = list(_hints(stored))
    if hints:
        parts.append(Part("Hinweise", tuple(hints)))
    footer = f"Auskunft nach Art. 15 DSGVO · Fallnummer {number} · Stand {show_date(today)}"
    about = f"{stored.name}, Fallnummer {number}"
    return set_document(CaseDocument("Auskunft nach Art. 15 DSGVO", "Ihre gespeicherten Daten", about, footer, tuple(parts)))


def _periods(rules: Sequence[RuleLine]) -> Iterable[str]:
    for line in rules:
        yield f"{line.rule.title}: {months_in_words(line.months)} ab {line.rule.counts_from}."


def _hints(stored: StoredAbout) -> Iterable[str]:
    if stored.closed_notes:
        yield (
            f"{stored.closed_notes} Notizen sind verschlüsselt und konnten hier nicht gelesen werden; "
            "wer den Zugang zu den Notizen hat, kann sie in dieselbe Auskunft aufnehmen."
        )
    if stored.drafts:
        yield f"{stored.drafts} angefangene Eingaben sind noch nicht gespeichert; sie werden nach dem Speichern Teil der Akte."


def _table(name: str, rows: Sequence[StoredRow]) -> Part:
    cells = [
        (title_of(name, row.row.values), " · ".join(f"{title}: {words}" for title, words in row.fields) or "nur Verweise")
        for row in rows
    ]
    return Part(TITLES[name].plural, (), ("Eintrag", "Angaben"), tuple(_pieces(cells)), (0.3, 0.7))


def _pieces(rows: Iterable[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    """Yield *rows*, those with a long last cell in several, for a row of a table does not run over two pages."""
    for *first, last in rows:
        parts = [last[start : start + _PIECE] for start in range(0, len(last), _PIECE)] or [""]
        yield (*first, parts[0])
        yield from ((*("",) * len(first), part) for part in parts[1:])


def _traces(heading: str, traces: Sequence[Trace], nothing: str) -> Part:
    if not traces:
        return Part(heading, (nothing,))
    cells = [(f"{trace.at.astimezone():%d.%m.%Y %H:%M}", f"{trace.who} ({trace.role})", trace.text) for trace in traces]
    return Part(heading, (), ("Wann", "Wer", "Was"), tuple(_pieces(cells)), (0.16, 0.24, 0.6))


# --- for programs ---------------------------------------------------------------------------------------------------------------


def access_package(stored: StoredAbout) -> bytes:
    """Return the person's rows as the tables of a data package, with the change record in words beside them."""
    files: dict[str, bytes] = {}
    columns: dict[str, list[str]] = {}
    for table in tables():
        rows = stored.tables.get(table.name)
        if rows is None:
            continue
        fields = [(column.name, info) for column, info in packaged_columns(table)]
        columns[table.name] = [name for name, _ in fields]
        files[f"{table.name}.csv"], _ = table_csv(fields, [_cells(row, fields) for row in rows])
    files["datapackage.json"] = as_json(datapackage("bjc-auskunft", columns))
    files["aenderungen.json"] = traces_as_json(stored.changes).encode()
    files["ausgaben.json"] = traces_as_json(stored.given_out).encode()
    others = {name: [dict(row.fields) for row in rows] for name, rows in stored.tables.items() if f"{name}.csv" not in files}
    files["weiteres.json"] = as_json({**others, "berichte": list(stored.reports)})
    return archive(files)


def _cells(row: StoredRow, fields: Sequence[tuple[str, FieldInfo]]) -> list[Any]:
    return [row.note if info.kind is Kind.NOTE else _cell(info, row.raw[name]) for name, info in fields]


def _cell(info: FieldInfo, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if info.kind is Kind.BOOLEAN or value is None else written(info, value)
