"""The change record: who, in which role, when, what, before and after."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bjc_desktop.errors import VaultDamagedError, VaultError
from bjc_desktop.models import (
    Base,
    ChangeRecord,
    Coachee,
    Coaching,
    Consent,
    Consultation,
    DevelopmentPlan,
    Goal,
    Outcome,
    Provider,
    ReleasedReport,
    Staff,
    StaffQualification,
    Task,
)
from bjc_desktop.vault import Anchor, RowChange, Vault, read_payload, record_event, record_row_changes
from bjc_desktop.vault.chain_check import KeptAnchor, verify_chain
from bjc_desktop.vault.change_chain import canonical, tail_of
from bjc_desktop.vocabulary import Role
from tests.conftest import NOW
from tests.vault.cases import CANARY, NOTE, add_case
from tests.vault.test_role_rights import acting


def _records(vault: Vault) -> list[dict[str, Any]]:
    with vault.reading() as connection:
        rows = connection.execute(select(ChangeRecord.__table__).order_by(ChangeRecord.id)).mappings().all()
        return [{**row, "content": read_payload(connection, row)} for row in rows]


def _verify(vault: Vault, anchor: Anchor | None = None) -> None:
    with vault.reading() as connection:
        verify_chain(connection, vault.fact("chain_key"), [KeptAnchor("die Probe", anchor or tail_of(connection))])


def _report() -> ReleasedReport:
    return ReleasedReport(
        scope="all", period_label="2025-Q3", period_from=date(2025, 7, 1), period_to=date(2025, 9, 30), version=1,
        as_of=date(2025, 10, 7), released_at=datetime(2025, 10, 7, 9, 30), released_by="x",  # noqa: DTZ001 - the column has no zone
        settings="{}", figures="{}", cases="{}", changes="[]", bundle=b"PK" * 5000,
    )  # fmt: skip


def test_that_a_change_says_who_in_which_role_when_and_what_before_and_after(vault: Vault) -> None:
    coachee_id, _ = add_case(vault)
    now = datetime(2025, 10, 8, 12, 0, 0, 123456, tzinfo=UTC)
    with vault.writing(Role.COORDINATION, now=now) as session:
        session.get_one(Coachee, coachee_id).birth_date = date(1990, 5, 1)
    last = _records(vault)[-1]
    assert (last["user_id"], last["role"], last["at"]) == (vault.user.id, "coordination", "2025-10-08T12:00:00.123+00:00")
    assert (last["action"], last["entity"], last["entity_id"], last["entity_version"]) == ("update", "coachees", coachee_id, 2)
    assert last["content"] == {"fields": {"birth_date": [None, "1990-05-01"]}}
    with vault.writing() as session:
        coachee = session.get_one(Coachee, coachee_id)
        assert (coachee.row_version, coachee.change_id) == (2, last["id"])


def test_that_an_attribute_that_was_never_read_has_its_former_value_recorded(vault: Vault) -> None:
    coachee_id, _ = add_case(vault)
    with vault.writing() as session:
        coachee = session.get_one(Coachee, coachee_id)
        session.expire(coachee)
        coachee.family_name = "Neu"
    assert _records(vault)[-1]["content"] == {"fields": {"family_name": [CANARY, "Neu"]}}


def test_that_setting_the_same_value_is_no_change(vault: Vault) -> None:
    coachee_id, _ = add_case(vault)
    before = len(_records(vault))
    with vault.writing() as session:
        session.get_one(Coachee, coachee_id).family_name = "x"
        session.get_one(Coachee, coachee_id).family_name = CANARY
    assert len(_records(vault)) == before


def test_that_a_deletion_keeps_the_former_values(vault: Vault) -> None:
    _, consultation_id = add_case(vault)
    with vault.writing() as session:
        session.delete(session.get_one(Consultation, consultation_id))
    last = _records(vault)[-1]
    assert (last["action"], last["entity_version"]) == ("delete", 2 + 1)
    assert last["content"]["fields"]["held_on"] == ["2025-02-03", None]


def test_that_the_records_of_one_transaction_belong_together(vault: Vault) -> None:
    add_case(vault)
    records = _records(vault)[1:]
    assert len(records) == 6
    assert {record["transaction_id"] for record in records} == {records[0]["id"]}


def test_that_nothing_is_recorded_of_what_was_rolled_back(vault: Vault) -> None:
    before = _records(vault)
    with pytest.raises(IntegrityError), vault.writing() as session:
        session.add(Coaching(coachee_id="nobody", provider_id="none", entry_on=date(2025, 1, 1)))
    assert _records(vault) == before


def test_that_related_rows_may_be_written_in_any_order(vault: Vault) -> None:
    with vault.writing() as session:
        session.add(Consent(coachee_id="c", purpose="participation", given_on=date(2025, 1, 1)))
        session.add(Coachee(id="c", case_number="1", family_name="x"))
    assert {record["person_id"] for record in _records(vault)[1:]} == {"c"}


def test_that_everything_below_a_coaching_belongs_to_the_person(vault: Vault) -> None:
    coachee_id, consultation_id = add_case(vault)
    with vault.writing() as session:
        coaching_id = session.get_one(Consultation, consultation_id).coaching_id
        session.add(DevelopmentPlan(id="plan", coaching_id=coaching_id, version=1, agreed_on=date(2025, 2, 1)))
        session.add(Goal(id="goal", plan_id="plan", description="Arbeit", status="open"))
        session.add(Task(id="task", goal_id="goal", description="Bewerbung"))
        session.add(
            Outcome(id="o", coaching_id=coaching_id, kind="minijob", begin_on=date(2025, 3, 1), weekly_hours=Decimal("10.50"))
        )
    with vault.writing() as session:
        session.get_one(Task, "task").description = "Lebenslauf"
    assert {record["person_id"] for record in _records(vault)[-5:]} == {coachee_id}
    outcome = next(record for record in _records(vault) if record["entity"] == "outcomes")
    assert outcome["content"]["fields"]["weekly_hours"] == [None, "10.5"]
    assert all(b"Bewerbung" not in record["payload"] for record in _records(vault))


def test_that_a_providers_change_is_encrypted_with_the_key_of_the_house(vault: Vault) -> None:
    add_case(vault)
    provider = next(record for record in _records(vault) if record["entity"] == "providers")
    assert provider["person_id"] is None
    assert "Träger".encode() not in provider["payload"]
    assert provider["content"] == {"fields": {"name": [None, "Träger Nord"]}}
    with vault.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM person_keys WHERE coachee_id = 'house'")
    _verify(vault)
    assert next(record for record in _records(vault) if record["entity"] == "providers")["content"] is None


def test_that_what_is_recorded_of_one_of_the_staff_has_a_key_of_its_own(vault: Vault) -> None:
    add_case(vault)
    with vault.writing() as session:
        session.add(Staff(id="a", provider_id="p" * 36, family_name="Ahorn", role="job_coach", employed_from=date(2025, 1, 1)))
        session.add(Staff(id="b", provider_id="p" * 36, family_name="Birke", role="job_coach", employed_from=date(2025, 1, 1)))
        session.add(StaffQualification(staff_id="a", kind="job_broker", title="Ahorns Kurs"))
        session.flush()
        rows = [RowChange("staff_qualifications", row.id, "update", 2, {"title": ("Ahorns Kurs", "Ahorns Buch")})
                for row in session.scalars(select(StaffQualification))]  # fmt: skip
        record_row_changes(session.connection(), vault.actor(), rows, now=NOW)
    whole = json.dumps([record["content"] for record in _records(vault)])
    assert ("Ahorns Buch" in whole, "Birke" in whole) == (True, True)
    with vault.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM person_keys WHERE coachee_id = 'staff:a'")
    _verify(vault)
    said = json.dumps([record["content"] for record in _records(vault)])
    assert ("Ahorn" in said, "Birke" in said) == (False, True)
    assert not [record for record in _records(vault) if b"Ahorn" in record["payload"]]


def test_that_every_role_reads_what_belongs_to_no_coachee(vault: Vault) -> None:
    add_case(vault)
    for role in Role:
        with acting(vault, frozenset({role})):
            provider = next(record for record in _records(vault) if record["entity"] == "providers")
            assert provider["content"] is not None


def test_that_a_note_stands_in_the_record_as_ciphertext_only(vault: Vault) -> None:
    add_case(vault)
    with vault.reading() as connection:
        for row in connection.execute(select(ChangeRecord.__table__)).mappings():
            assert NOTE.encode() not in canonical(read_payload(connection, row) or {})


def test_that_erasing_a_persons_key_erases_the_values_and_leaves_the_chain_whole(vault: Vault) -> None:
    coachee_id, _ = add_case(vault)
    add_case(vault, "Andere")
    with vault.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM person_keys WHERE coachee_id = ?", (coachee_id,))
    _verify(vault)
    assert {record["content"] is None for record in _records(vault) if record["person_id"] == coachee_id} == {True}
    assert all(record["content"] is not None for record in _records(vault) if record["person_id"] != coachee_id)


@pytest.mark.parametrize("table", ["change_records", "released_reports"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_that_records_and_released_reports_are_never_changed(vault: Vault, table: str, statement: str) -> None:
    with vault.writing() as session:
        session.add(_report())
    with pytest.raises(IntegrityError, match="append-only"), vault.writing() as session:
        session.connection().exec_driver_sql(statement.format(table))


def test_that_a_large_value_is_recorded_by_its_hash(vault: Vault) -> None:
    with vault.writing() as session:
        session.add(_report())
    assert set(_records(vault)[-1]["content"]["fields"]["bundle"][1]) == {"sha256"}


_TAMPERING = (
    "UPDATE change_records SET role = 'administration' WHERE id = 3",
    "UPDATE change_records SET at = '2020-01-01T00:00:00.000+00:00' WHERE id = 3",
    "UPDATE change_records SET payload = x'7b7d' WHERE id = 3",
    "UPDATE change_records SET person_id = NULL WHERE id = 3",
    "DELETE FROM change_records WHERE id = 3",
    "DELETE FROM change_records WHERE id >= 5",
    "DELETE FROM change_records",
    "UPDATE change_records SET mac = x'00' WHERE id = 7",
)


@pytest.mark.parametrize("statement", _TAMPERING)
def test_that_tampering_with_the_chain_is_noticed(vault: Vault, statement: str) -> None:
    add_case(vault)
    vault.anchor_changes()
    _verify(vault, vault.slots.anchor)
    with vault.engine.begin() as connection:
        for action in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER change_records_no_{action}")
        connection.exec_driver_sql(statement)
    with pytest.raises(VaultDamagedError, match="Änderungsnachweis"):
        _verify(vault, vault.slots.anchor)


def test_that_a_chain_that_went_on_still_fits_its_anchor(vault: Vault) -> None:
    add_case(vault)
    vault.anchor_changes()
    add_case(vault, "Andere")
    _verify(vault, vault.slots.anchor)
    with pytest.raises(VaultDamagedError):
        _verify(vault, replace(vault.slots.anchor, head=bytes(32)))


@pytest.mark.parametrize(
    "statement",
    [update(Coachee).values(family_name="x"), delete(Coachee), update(Base.metadata.tables["coachees"]).values(phone="1")],
)
def test_that_a_bulk_statement_on_recorded_entities_is_refused(vault: Vault, statement: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match="change record"), vault.writing() as session:
        session.execute(statement)


def test_that_the_importer_may_write_in_bulk(vault: Vault) -> None:
    with vault.writing() as session:
        session.execute(insert(Provider), [{"id": "a", "name": "A"}], execution_options={"importing": True})
        with pytest.raises(TypeError):
            session.bulk_insert_mappings(Provider, [{"id": "b", "name": "B"}])


def test_that_an_event_joins_the_transaction_of_its_session(vault: Vault) -> None:
    with vault.writing() as session:
        session.add(Provider(name="A"))
        record_id = record_event(session, vault.actor(), "import", {"rows": 1}, now=NOW)
    records = _records(vault)
    assert records[-1]["id"] == record_id
    assert records[-1]["transaction_id"] == records[-2]["id"]
    assert records[-1]["content"] == {"rows": 1}
    _verify(vault)


def test_that_rows_written_without_a_session_are_recorded_with_their_person(vault: Vault) -> None:
    coachee_id, consultation_id = add_case(vault)
    with vault.writing() as session:
        event = record_event(session, vault.actor(), "import", {}, now=NOW)
        changes = [
            RowChange("consultations", consultation_id, "update", 2, {"held_on": (date(2025, 2, 3), date(2025, 2, 4))}),
            RowChange("providers", "p" * 36, "update", 2, {"name": ("Träger Nord", "Träger Süd")}),
        ]
        ids = record_row_changes(session.connection(), vault.actor(), changes, now=NOW, transaction_id=event)
    first, second = _records(vault)[-2:]
    assert [first["id"], second["id"]] == list(ids)
    assert (first["person_id"], second["person_id"]) == (coachee_id, None)
    assert {first["transaction_id"], second["transaction_id"]} == {event}
    assert first["content"] == {"fields": {"held_on": ["2025-02-03", "2025-02-04"]}}
    _verify(vault)


def test_that_a_role_one_does_not_have_is_refused(vault: Vault) -> None:
    vault.user = replace(vault.user, roles=frozenset({Role.JOB_COACH}))
    with pytest.raises(VaultError, match="Verwaltung"), vault.writing(Role.ADMINISTRATION):
        pass
