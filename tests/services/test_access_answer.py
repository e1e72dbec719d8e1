"""Access on request: the PDF and the package hold everything about the person, and nothing about anybody else."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select

from bjc_desktop.cli import run
from bjc_desktop.errors import InvalidInputError, VaultError
from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.models import Coachee, Consultation, PrivacyRequest
from bjc_desktop.models.base import Kind
from bjc_desktop.services.access_answer import write_access_answer
from bjc_desktop.services.privacy_requests import due_day, read_requests
from bjc_desktop.services.row_editing import change_row
from bjc_desktop.services.stored_about import CLOSED_NOTE
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import Vault
from bjc_desktop.vault.changes import concerns_people
from bjc_desktop.vocabulary import RequestKind, Role
from tests.conftest import PASSPHRASE
from tests.hostile.packages import TEXT_FIELDS, full_rows, identifier, write_package
from tests.samples import NOW, TODAY
from tests.vault.test_role_rights import acting

PERSON = identifier("coachees", 0)
OWN = [(table, name) for table, name, info in TEXT_FIELDS if concerns_people(table) and info.kind is not Kind.ID]


def _text(table: str, column: str, number: int) -> str:
    if not concerns_people(table):
        return f"Haus{number}"
    return f"Zwyx{table}{column}" if number == 0 else f"Fremd{table}{column}"


@pytest.fixture
def house(vault: Vault, tmp_path: Path) -> Iterator[Vault]:
    fill_new_vault(vault, now=NOW)
    import_package(vault, write_package(tmp_path / "paket", full_rows(2, _text)), update=False, now=NOW, today=TODAY)
    with vault.writing(now=NOW) as session:
        change_row(session, Coachee, PERSON, {"phone": "030 77777"}, today=TODAY)
    with vault.writing(now=NOW) as session:
        change_row(session, Coachee, PERSON, {"phone": "030 88888"}, today=TODAY)
        session.add(PrivacyRequest(coachee_id=PERSON, kind="access", received_on=date(2026, 2, 20), remark="am Telefon"))
    yield vault


def _words(pdf: Path) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
    return "".join(text.split()).replace("\ufffe", "").replace("\u00ad", "")


def _write(vault: Vault, folder: Path):
    return write_access_answer(vault, PERSON, folder, now=NOW, today=TODAY)


def test_that_everything_about_the_person_is_in_it_and_nothing_about_others(house: Vault, tmp_path: Path) -> None:
    answer = _write(house, tmp_path)
    words = _words(answer.pdf)
    missing = [_text(table, name, 0) for table, name in OWN if _text(table, name, 0) not in words]
    assert missing == []
    assert "Fremd" not in words
    assert "Telefon:03077777→03088888" in words
    with zipfile.ZipFile(answer.package) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    rows = {name: list(csv.DictReader(io.StringIO(text, newline=""))) for name, text in files.items() if name.endswith(".csv")}
    assert {f"{table}.csv" for table, _ in OWN} <= set(rows)
    assert all(rows[f"{table}.csv"][0][name] == _text(table, name, 0) for table, name in OWN if name != "phone")
    assert {len(lines) for lines in rows.values()} == {1}
    assert "Fremd" not in "".join(files.values())
    assert "030 77777" in files["aenderungen.json"]
    assert json.loads(files["weiteres.json"])["privacy_requests"][0]["Bemerkung"] == "am Telefon"
    assert answer.pdf.name.startswith("BJC_Auskunft_P-")


def test_that_the_answer_is_recorded_and_answers_the_open_request(house: Vault, tmp_path: Path) -> None:
    _write(house, tmp_path)
    with house.reading() as connection:
        (request,) = read_requests(connection, today=TODAY)
        query = "SELECT count(*) FROM change_records WHERE action = 'export' AND entity_id = ?"
        assert connection.exec_driver_sql(query, (PERSON,)).scalar() == 1
    assert (request.answered, request.row["answered_on"]) == (True, TODAY)
    _write(house, tmp_path)
    assert "AlsDateiausgegeben:AuskunftnachArt.15DSGVO" in _words(next(tmp_path.glob("*.pdf")))


def test_that_who_lacks_the_key_gives_out_the_answer_without_notes_and_says_so(house: Vault, tmp_path: Path) -> None:
    note = _text("consultations", "note", 0)
    with acting(house, frozenset({Role.COORDINATION})):
        answer = _write(house, tmp_path)
    words = _words(answer.pdf)
    assert answer.closed_notes == 1
    assert note not in words
    assert "verschlüsseltundkonntenhiernichtgelesenwerden" in words
    assert "".join(CLOSED_NOTE.split()) in words


def test_that_a_coach_answers_for_own_people_only(house: Vault, tmp_path: Path) -> None:
    with acting(house, frozenset({Role.JOB_COACH})), pytest.raises(VaultError, match="nicht zugeordnet"):
        _write(house, tmp_path)
    with acting(house, frozenset({Role.ADMINISTRATION})), pytest.raises(VaultError, match="nicht zugeordnet"):
        _write(house, tmp_path)
    with house.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM change_records WHERE action = 'export'").scalar() == 0


def test_that_a_very_long_note_and_a_missing_folder_are_borne(house: Vault, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="Ordner"):
        _write(house, tmp_path / "gibt es nicht")
    with house.writing(now=NOW) as session:
        consultation = session.scalars(select(Consultation).where(Consultation.coaching_id == identifier("coachings", 0))).one()
        consultation.note = house.notes.encrypt(consultation.id, "Wort " * 9000 + "Schlusswort")
    assert "Schlusswort" in _words(_write(house, tmp_path).pdf)


def test_that_an_answer_is_due_within_a_month() -> None:
    assert due_day(date(2026, 1, 31), None) == date(2026, 2, 28)
    assert due_day(date(2026, 1, 31), date(2026, 4, 30)) == date(2026, 4, 30)


def test_that_open_requests_come_first_and_are_overdue_after_their_day(house: Vault) -> None:
    with house.writing(now=NOW) as session:
        session.add(PrivacyRequest(coachee_id=PERSON, kind="erasure", received_on=date(2026, 1, 1), answered_on=date(2026, 1, 9)))
    for today, overdue in ((date(2026, 3, 20), False), (date(2026, 3, 21), True)):
        with house.reading() as connection:
            first, second = read_requests(connection, today=today)
        assert (first.row["kind"], first.due_on, first.overdue) == (RequestKind.ACCESS, date(2026, 3, 20), overdue)
        assert (second.answered, second.overdue) == (True, False)


def test_that_the_command_names_the_two_files(
    house: Vault, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pass").write_text(PASSPHRASE, "utf-8")
    monkeypatch.setenv("BJC_PASSPHRASE_FILE", str(tmp_path / "pass"))
    house.close()
    case = _text("coachees", "case_number", 0)
    assert run(["access", str(house.folder), "--case", case, "--out", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert [Path(line).suffix for line in said.out.split()] == [".pdf", ".zip"]
    assert case not in said.out + said.err
