"""The whole change record in words: filtered, paged, masked, verified."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import bjc_desktop
from bjc_desktop.errors import InvalidInputError, VaultDamagedError
from bjc_desktop.models import Coachee, Coaching
from bjc_desktop.services.audit_trail import (
    EVENTS,
    KINDS,
    AuditFilter,
    AuditRow,
    list_actors,
    read_audit,
    read_record_state,
    read_span,
    verify_audit,
)
from bjc_desktop.services.history import record_fields
from bjc_desktop.services.undoing import ROW_ACTIONS
from bjc_desktop.vault import Leaving, Opened, Vault, account_for, open_vault, record_openings
from bjc_desktop.vault.role_rights import HIDDEN
from bjc_desktop.vocabulary import Role
from tests.conftest import NOW, PASSPHRASE, USER
from tests.vault.cases import CANARY, add_case
from tests.vault.test_chain_check import _tamper
from tests.vault.test_role_rights import acting

TODAY = NOW.date()


@pytest.fixture
def coaching_id(vault: Vault) -> str:
    """Add a case, open its file, print it, change the person; return its coaching."""
    coachee_id, _ = add_case(vault)
    with vault.reading() as connection:
        found = connection.execute(select(Coaching.id).where(Coaching.coachee_id == coachee_id)).scalar_one()
    record_openings(vault, [Opened(found, NOW)])
    account_for(vault, Leaving.PRINT, "file", coaching_ids=[found], now=NOW)
    with vault.writing(Role.COORDINATION, now=NOW + timedelta(days=40)) as session:
        session.get_one(Coachee, coachee_id).phone = "030 1"
    return found


def _rows(vault: Vault, **wanted: object) -> list[AuditRow]:
    with vault.reading() as connection:
        return list(read_audit(connection, AuditFilter(**wanted), today=TODAY).rows)


def test_that_every_record_is_a_sentence_with_who_and_whose(vault: Vault, coaching_id: str) -> None:
    rows = _rows(vault)
    assert [row.text for row in rows[:3]] == [
        f"Stammdaten „F-{CANARY}“ geändert: Telefon",
        "Gedruckt: Fallakte",
        "Fallakte geöffnet",
    ]
    assert {row.person for row in rows[:3]} == {CANARY}
    assert (rows[0].who, rows[0].role, rows[-1].text) == (USER, "Koordination", "Tresor angelegt")
    assert [row.number for row in rows] == list(range(len(rows), 0, -1))
    assert [(field.title, field.before, field.after) for field in record_fields(vault, rows[0].number)] == [
        ("Telefon", "", "030 1")
    ]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"kind": "opened"}, 1),
        ({"kind": "left"}, 1),
        ({"kind": "left", "text": "FALLAKTE"}, 1),
        ({"text": "telefon"}, 1),
        ({"text": "gibt es nicht"}, 0),
        ({"person": CANARY[:5], "kind": "opened"}, 1),
        ({"person": "Niemand"}, 0),
        ({"first": TODAY + timedelta(days=40)}, 1),
        ({"last": TODAY - timedelta(days=1)}, 0),
        ({"first": TODAY, "last": TODAY, "kind": "opened"}, 1),
        ({"user_id": "niemand"}, 0),
    ],
)
def test_that_the_filters_show_what_they_say(vault: Vault, coaching_id: str, wanted: dict[str, object], count: int) -> None:
    assert len(_rows(vault, **wanted)) == count


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("1.10.", "heute", (date(2025, 10, 1), TODAY)),
        ("", "", (None, None)),
        ("7.10.2025", "", (TODAY, None)),
        ("7.10.2025", "07102025", (TODAY, TODAY)),
    ],
)
def test_that_a_span_of_days_is_typed_as_everywhere(first: str, last: str, days: tuple[date | None, date | None]) -> None:
    assert read_span(first, last, today=TODAY) == days


@pytest.mark.parametrize(
    ("first", "last", "where", "said"),
    [
        ("8.10.2025", "7.10.2025", {"first", "last"}, "endet am 07.10.2025, bevor er am 08.10.2025 beginnt"),
        ("31.2.2025", "7.10.2025", {"first"}, "Datum"),
        ("gestern früh", "morgens", {"first", "last"}, "Datum"),
        ("+99999999999", "", {"first"}, "Datum"),
    ],
)
def test_that_days_that_make_no_span_are_refused_at_their_field(first: str, last: str, where: set[str], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said) as caught:
        read_span(first, last, today=TODAY)
    assert set(caught.value.fields) == where


@pytest.mark.parametrize(("first", "last"), [("0001-01-01", "9999-12-31"), ("", "9999-12-31"), ("0001-01-01", "")])
def test_that_days_at_the_ends_of_the_calendar_are_no_error(vault: Vault, coaching_id: str, first: str, last: str) -> None:
    begin, end = read_span(first, last, today=TODAY)
    assert _rows(vault, first=begin, last=end)


def test_that_both_days_of_a_span_belong_to_it(vault: Vault, coaching_id: str) -> None:
    day = (NOW + timedelta(days=40)).date()
    assert [row.at.date() for row in _rows(vault, first=day, last=day)] == [day]
    assert all(row.at.date() < day for row in _rows(vault, last=day - timedelta(days=1)))
    assert _rows(vault, first=day + timedelta(days=1)) == []


def test_that_pages_follow_each_other_without_a_gap(vault: Vault, coaching_id: str) -> None:
    seen: list[int] = []
    before = None
    with vault.reading() as connection:
        while True:
            part = read_audit(connection, AuditFilter(), before=before, limit=3, today=TODAY)
            seen += [row.number for row in part.rows]
            before = part.before
            if before is None:
                break
        assert seen == list(range(part.total, 0, -1))
        assert list_actors(connection) == ((vault.user.id, USER),)


def test_that_the_administration_sees_that_something_happened_and_not_with_whom(vault: Vault, coaching_id: str) -> None:
    with acting(vault, frozenset({Role.ADMINISTRATION})):
        rows = _rows(vault)
        assert rows[0].text == "Stammdaten geändert"
        assert {row.person for row in rows} == {"", HIDDEN}
        assert not [row for row in rows if CANARY in row.text + row.person]
        assert record_fields(vault, rows[0].number) == ()
        assert _rows(vault, person=CANARY) == []


def test_that_the_values_of_somebody_erased_are_gone_and_the_record_stays_whole(vault: Vault, coaching_id: str) -> None:
    with vault.writing() as session:
        connection = session.connection()
        person = connection.exec_driver_sql("SELECT coachee_id FROM coachings").scalar_one()
        connection.exec_driver_sql("DELETE FROM person_keys WHERE coachee_id = ?", (person,))
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in ("consultations", "coachings"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql("DELETE FROM coachees")
    rows = _rows(vault)
    assert {row.person for row in rows if row.person} == {"gelöscht"}
    assert not [row for row in rows if CANARY in row.text]
    assert [record_fields(vault, row.number) for row in rows if row.text == "Stammdaten geändert"] == [()]
    assert verify_audit(vault, now=NOW).count == len(rows)


def test_that_how_far_the_record_was_verified_is_kept(vault: Vault, coaching_id: str) -> None:
    with vault.reading() as connection:
        assert read_record_state(connection) is None
    state = verify_audit(vault, now=NOW)
    with vault.reading() as connection:
        assert read_record_state(connection) == state
    _tamper(vault, "DELETE FROM change_records WHERE id = 4")
    with pytest.raises(VaultDamagedError, match="fehlt der Eintrag 4"):
        verify_audit(vault, now=NOW)


def _recorded_events() -> set[str]:
    """Return the actions that the program records: what stands third in each call."""
    calls = (
        node
        for path in Path(bjc_desktop.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"record_event", "_append"} and len(node.args) > 2
    )
    return {call.args[2].value for call in calls if isinstance(call.args[2], ast.Constant)} | set(Leaving)


def test_that_every_kind_of_event_has_its_words(vault_folder: Path) -> None:
    assert {"unlock", "open", "print", "change_roles"} <= _recorded_events() <= set(EVENTS)
    assert {action for _, actions in KINDS.values() for action in actions} == {*EVENTS, *ROW_ACTIONS}
    with open_vault(vault_folder, PASSPHRASE, now=NOW) as vault:
        assert _rows(vault, kind="access")[0].text == "Entsperrt"
