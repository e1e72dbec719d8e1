"""A spreadsheet of a year of the whole programme into a vault, in a fresh process: from the file to the last row."""

import json
import pickle
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from xlsxwriter import Workbook

from benchmarks.measuring import Row
from benchmarks.sample_vaults import NOW, ONE_YEAR, TODAY, Workshop
from bjc_desktop.models import Provider, Staff
from bjc_desktop.sample import Sample, SampleTable
from bjc_desktop.services.row_editing import add_row
from bjc_desktop.vault import Secrets, Vault, open_with_key
from bjc_desktop.vocabulary import Channel, ConsultationKind, ConsultationStatus, ExitReason, Gender

_ROUNDS = 3
_COACHES = 80
_SECONDS = 60


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield time and memory of reading, planning and taking in 8,000 people and 240,000 consultations from one XLSX."""
    path = workshop.new_path("list").with_suffix(".xlsx")
    write_list(path, Sample(ONE_YEAR).tables())
    runs = [_run(workshop, path) for _ in range(_ROUNDS)]
    yield Row("old list (XLSX) of 8,000 coachings, 240,000 consultations", median(run[0] for run in runs), _SECONDS * 1000)
    yield Row("its memory, peak of the process", median(run[1] for run in runs), 500, "MB")


def write_list(path: Path, tables: dict[str, SampleTable]) -> None:
    """Write the people, coachings and consultations of the sample as a provider would: two sheets, German words, days as days."""
    people = {row["id"]: row for row in _rows(tables["coachees"])}
    numbers = {row["id"]: people[row["coachee_id"]]["case_number"] for row in _rows(tables["coachings"])}
    with Workbook(str(path), {"constant_memory": True}) as book:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        heads = (
            "Fallnummer",
            "Nachname",
            "Vorname",
            "Geb.-Datum",
            "Geschlecht",
            "Eintritt",
            "Austritt",
            "Abgangsgrund",
            "JobCoach",
        )
        sheet = book.add_worksheet("Teilnehmende")
        sheet.write_row(0, 0, heads)
        for number, row in enumerate(_rows(tables["coachings"]), 1):
            person = people[row["coachee_id"]]
            names = [person[name] for name in ("case_number", "family_name", "given_name")]
            gender, reason = _label(Gender, person["gender"]), _label(ExitReason, row["exit_reason"])
            cells = [*names, _day(person["birth_date"]), gender, _day(row["entry_on"]), _day(row["exit_on"]), reason]
            _write(sheet, number, [*cells, f"Coach{number % _COACHES}, Anna"], day)
        sheet = book.add_worksheet("Konsultationen")
        sheet.write_row(0, 0, ("Fallnummer", "Datum", "Dauer", "Form", "Art", "Stand"))
        for number, row in enumerate(_rows(tables["consultations"]), 1):
            labels = [
                _label(Channel, row["channel"]),
                _label(ConsultationKind, row["kind"]),
                _label(ConsultationStatus, row["status"]),
            ]
            _write(sheet, number, [numbers[row["coaching_id"]], _day(row["held_on"]), row["duration_min"], *labels], day)


def _rows(table: SampleTable) -> Iterator[dict[str, str]]:
    for row in table.rows:
        yield dict(zip(table.columns, row, strict=True))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _label(values: type, key: str) -> str:
    return values(key).label if key else ""


def _write(sheet: object, number: int, cells: list[object], day: object) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, date):
            sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001 - a day
        elif cell not in {None, ""}:
            sheet.write(number, column, cell)


def _run(workshop: Workshop, path: Path) -> tuple[float, float]:
    with workshop.new_vault() as vault:
        _add_team(vault)
        keys = pickle.dumps((vault.folder, vault.secrets))
    command = [sys.executable, "-m", __name__, str(path)]
    milliseconds, megabytes = json.loads(subprocess.run(command, input=keys, check=True, stdout=subprocess.PIPE).stdout)
    return milliseconds, megabytes


def _add_team(vault: Vault) -> None:
    with vault.writing(now=NOW) as session:
        provider = add_row(session, Provider, {"name": "Messwerk"}, today=TODAY)
        for number in range(_COACHES):
            member = {"provider_id": provider, "given_name": "Anna", "family_name": f"Coach{number}", "role": "job_coach"}
            add_row(session, Staff, {**member, "employed_from": date(2015, 1, 1)}, today=TODAY)


def _take_in(folder: Path, secrets: Secrets, path: Path) -> tuple[float, float]:
    """Return the milliseconds from the file to the last row, and the process's peak in MB."""
    from bjc_desktop.services.old_lists.list_importing import import_list  # noqa: PLC0415 - as the program does
    from bjc_desktop.services.old_lists.list_opening import begin_work, open_list  # noqa: PLC0415 - as the program does

    with open_with_key(folder, secrets) as vault:
        began = perf_counter()
        opened = open_list(path)
        with vault.reading() as connection:
            work = begin_work(connection, opened)
        result = import_list(vault, work, now=NOW, today=TODAY)
        milliseconds = (perf_counter() - began) * 1000
    said = {name: count.new for name, count in result.counts.items()}
    print(said, len(result.plan.problems), "problems,", len(result.plan.doubts), "doubts", file=sys.stderr)
    return milliseconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    vault_folder, vault_secrets = pickle.load(sys.stdin.buffer)
    print(json.dumps(_take_in(vault_folder, vault_secrets, Path(sys.argv[1]))))
