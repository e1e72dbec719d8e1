"""What the withdrawal of a consent switches off, purpose by purpose; no figure changes by any of them."""

import csv
import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.models import Barrier, Base, Coachee, Coaching, Consent, Outcome
from bjc_desktop.services.case_file import read_case_file
from bjc_desktop.services.case_print import hand_over_sheet, plan_sheet, whole_file
from bjc_desktop.services.consent_effects import (
    NO_AUTHORITY,
    NO_COACHING,
    NO_EMPLOYER,
    NO_HEALTH,
    read_switched_off,
)
from bjc_desktop.services.consultation_recording import ConsultationForm, record_consultation, warnings
from bjc_desktop.services.due_items import Cases, DueKind, read_due
from bjc_desktop.services.erasing import erase_person, preview_erasure
from bjc_desktop.services.past_figures import read_past_figures
from bjc_desktop.services.reports import make_reports
from bjc_desktop.services.row_editing import add_row, change_row, delete_row
from bjc_desktop.services.verification import verify_bundle
from bjc_desktop.vault import Vault, read_payload, verify_record
from bjc_desktop.vocabulary import ConsentPurpose, ErasureDepth
from tests.samples import NOW, TODAY, filled

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def office(vault: Vault) -> Vault:
    return filled(vault, "package")


def _running(vault: Vault) -> tuple[str, str, str]:
    """Return a coaching that runs, with its coachee and coach."""
    query = (
        "SELECT c.id, c.coachee_id, a.staff_id FROM coachings c JOIN coaching_staff a ON a.coaching_id = c.id "
        "JOIN development_plans p ON p.coaching_id = c.id WHERE c.exit_on IS NULL AND c.cancelled = 0 AND a.valid_to IS NULL "
        "AND c.coachee_id NOT IN (SELECT coachee_id FROM consents WHERE withdrawn_on IS NOT NULL) ORDER BY c.id LIMIT 1"
    )
    with vault.reading() as connection:
        row = connection.exec_driver_sql(query).one()
    return row[0], row[1], row[2]


def _withdraw(vault: Vault, coachee_id: str, *purposes: ConsentPurpose, day: date = YESTERDAY) -> None:
    with vault.writing(now=NOW) as session:
        for purpose in purposes or tuple(ConsentPurpose):
            given = select(Consent).where(Consent.coachee_id == coachee_id, Consent.purpose == purpose.value)
            for consent in session.scalars(given).all():
                session.delete(consent)
            session.add(Consent(coachee_id=coachee_id, purpose=purpose.value, given_on=date(2020, 1, 1), withdrawn_on=day))


def _asked(vault: Vault, form: ConsultationForm) -> dict[str, str]:
    with vault.reading() as connection:
        return warnings(connection, form, today=TODAY)


def test_that_every_purpose_says_what_the_program_does_about_it(office: Vault) -> None:
    _, coachee, _ = _running(office)
    _withdraw(office, coachee)
    with office.reading() as connection:
        found = read_switched_off(connection, [coachee], today=TODAY)[coachee]
    assert [off.purpose for off in found] == list(ConsentPurpose)


def test_that_a_withdrawn_participation_is_due_until_an_exit_is_entered_and_asked_before_a_consultation(office: Vault) -> None:
    coaching, coachee, staff = _running(office)
    form = ConsultationForm(staff, (coaching,), TODAY)

    def due() -> list[tuple[date, str]]:
        with office.reading() as connection:
            items = read_due(connection, Cases(coachee_ids=[coachee]), today=TODAY)
        return [(item.day, item.text) for item in items if item.kind is DueKind.WITHDRAWAL]

    assert (due(), _asked(office, form).get("coaching_ids")) == ([], None)
    _withdraw(office, coachee, ConsentPurpose.PARTICIPATION)
    assert due() == [(YESTERDAY, "Teilnahme widerrufen: Austritt klären")]
    assert _asked(office, form)["coaching_ids"] == NO_COACHING
    with office.writing(now=NOW) as session:
        record_consultation(session, office, form, today=TODAY)
        session.get_one(Coaching, coaching).exit_on = TODAY
    assert due() == []
    _withdraw(office, coachee, ConsentPurpose.PARTICIPATION, day=TODAY + timedelta(days=1))
    with office.writing(now=NOW) as session:
        session.get_one(Coaching, coaching).exit_on = None
    assert due() == []


@pytest.mark.parametrize(
    ("purpose", "setting", "question", "word"),
    [
        (ConsentPurpose.JOBCENTER_CONTACT, "authority", NO_AUTHORITY, "das Jobcenter"),
        (ConsentPurpose.EMPLOYER_CONTACT, "employer", NO_EMPLOYER, "Arbeitgebende"),
    ],
)
def test_that_a_withdrawn_contact_is_asked_about_and_stands_on_paper(
    office: Vault, purpose: ConsentPurpose, setting: str, question: str, word: str
) -> None:
    coaching, coachee, staff = _running(office)
    form = ConsultationForm(staff, (coaching,), TODAY, setting=setting)
    assert "setting" not in _asked(office, form)
    _withdraw(office, coachee, purpose)
    assert _asked(office, form)["setting"] == question
    for other in ("single", "authority", "employer"):
        if other != setting:
            assert "setting" not in _asked(office, ConsultationForm(staff, (coaching,), TODAY, setting=other))
    case = read_case_file(office, coaching, today=TODAY)
    for pdf in (whole_file(case), hand_over_sheet(case), plan_sheet(case, case.plans[0])):
        with pypdfium2.PdfDocument(pdf) as document:
            said = " ".join(document[0].get_textpage().get_text_bounded().split())
        assert f"Nicht an {word} weitergeben" in said


def test_that_withdrawn_health_data_take_nothing_new_and_the_old_ones_can_be_erased(office: Vault) -> None:
    coaching, coachee, _ = _running(office)
    values = {"coaching_id": coaching, "area": "addiction", "recorded_on": TODAY, "severity_at_entry": 3}
    with office.writing(now=NOW) as session:
        old = add_row(session, Barrier, values, today=TODAY)
        other = add_row(session, Barrier, {**values, "area": "debt"}, today=TODAY)
        somebody = session.scalars(select(Coaching.id).where(Coaching.coachee_id != coachee)).first()
        others = add_row(session, Barrier, {**values, "coaching_id": somebody}, today=TODAY)
    _withdraw(office, coachee, ConsentPurpose.HEALTH_DATA)
    for area in ("health", "mental_health", "addiction"):
        with pytest.raises(InvalidInputError) as refused, office.writing(now=NOW) as session:
            add_row(session, Barrier, {**values, "area": area}, today=TODAY)
        assert refused.value.fields == {"area": NO_HEALTH}
    with pytest.raises(InvalidInputError, match="widerrufen"), office.writing(now=NOW) as session:
        change_row(session, Barrier, old, {"severity_now": 2}, today=TODAY)
    with office.writing(now=NOW) as session:
        change_row(session, Barrier, other, {"severity_now": 2}, today=TODAY)
    preview = preview_erasure(office, coachee, depth=ErasureDepth.HEALTH, now=NOW, today=TODAY)
    assert (preview.effects, preview.counts["barriers"] >= 1) == ((), True)
    with office.reading() as connection:
        before = read_past_figures(connection, today=TODAY)
    erase_person(office, coachee, depth=ErasureDepth.HEALTH, reason="Widerruf", now=NOW, today=TODAY)
    with office.reading() as connection:
        assert read_past_figures(connection, today=TODAY) == before
        areas = connection.exec_driver_sql(
            "SELECT b.area FROM barriers b JOIN coachings c ON c.id = b.coaching_id WHERE c.coachee_id = ?", (coachee,)
        ).scalars()
        assert not set(areas) & {"health", "mental_health", "addiction"}
        kept = connection.exec_driver_sql("SELECT count(*) FROM barriers WHERE id IN (?, ?)", (other, others)).scalar()
        assert kept == 2
    assert '"addiction"' not in readable_payloads_of(office, coachee)
    verify_record(office)
    with office.writing(now=NOW) as session:
        delete_row(session, Barrier, other)


def readable_payloads_of(vault: Vault, coachee_id: str) -> str:
    records = Base.metadata.tables["change_records"]
    with vault.reading() as connection:
        rows = connection.execute(select(records).where(records.c.person_id == coachee_id)).mappings().all()
        return json.dumps([read_payload(connection, row) for row in rows])


def _bundle(vault: Vault, folder: Path) -> Path:
    (path,) = make_reports(
        vault, parse_quarter("2025-Q3"), folder, provider="all", as_of=date(2025, 12, 1), release=False, now=NOW, today=TODAY
    )
    return path


def _table(bundle: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(bundle) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(f"package/{name}.csv").decode("utf-8-sig"))))


def _figures(bundle: Path) -> bytes:
    with zipfile.ZipFile(bundle) as archive:
        return archive.read("indicators.json")


def test_that_withdrawn_reporting_leaves_only_what_a_figure_needs_and_changes_no_figure(office: Vault, tmp_path: Path) -> None:
    with office.reading() as connection:
        query = "SELECT DISTINCT coachee_id FROM coachings WHERE cancelled = 0 AND exit_on BETWEEN '2025-01-01' AND '2025-09-30'"
        people = connection.exec_driver_sql(query).scalars().all()
    with office.writing(now=NOW) as session:
        for person in people:
            coachee = session.get_one(Coachee, person)
            coachee.birth_date, coachee.gender = date(1911, 1, 1), "diverse"
            for outcome in session.scalars(select(Outcome).join(Coaching).where(Coaching.coachee_id == person)):
                outcome.gross_pay = 7777
    before = _bundle(office, tmp_path / "vorher")
    assert "1911" in {row["birth_year"] for row in _table(before, "coachees")}
    for person in people:
        _withdraw(office, person, ConsentPurpose.REPORTING, day=date(2025, 11, 30))
    after = _bundle(office, tmp_path / "nachher")
    assert _figures(after) == _figures(before)
    verify_bundle(after)
    assert "1911" not in {row["birth_year"] for row in _table(after, "coachees")}
    assert "7777" not in {row["gross_pay"] for row in _table(after, "outcomes")}
    for name in ("coachees", "outcomes", "coachings"):
        assert len(_table(after, name)) == len(_table(before, name))
    others = [row for row in _table(after, "coachees") if row["birth_year"]]
    assert others == [row for row in _table(before, "coachees") if row["birth_year"] not in {"", "1911"}]
