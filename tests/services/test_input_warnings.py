"""What is asked about while typing: one table of unlikely values."""

from datetime import date

import pytest
from sqlalchemy import select

from bjc_desktop.models import Barrier, Coachee, Coaching, Consent, Consultation, FollowUp, Goal, Measure, Outcome
from bjc_desktop.services.input_warnings import EntryContext, read_entry_context, warnings_for
from bjc_desktop.vault import Vault
from tests.vault.cases import add_case

CONTEXT = EntryContext(date(2026, 3, 5), date(2026, 1, 5), date(2026, 3, 31))
HELD = {"kind": "coaching", "status": "held"}


@pytest.mark.parametrize(("entity", "values", "field", "sentence"), [
    (Consultation, {**HELD, "held_on": date(2026, 3, 5), "duration_min": 241}, "duration_min", "vier Stunden"),
    (Consultation, {**HELD, "held_on": date(2026, 3, 5), "duration_min": 0}, "duration_min", "null"),
    (Consultation, {**HELD, "held_on": date(2026, 2, 28)}, "held_on", "Samstag"),
    (Consultation, {**HELD, "held_on": date(2026, 1, 2)}, "held_on", "vor dem Eintritt am 05.01.2026"),
    (Consultation, {**HELD, "held_on": date(2026, 4, 1), "status": "planned"}, "held_on", "nach dem Austritt"),
    (Consultation, {**HELD, "held_on": date(2026, 3, 4), "status": "planned"}, "status", "stattgefunden"),
    (Consent, {"given_on": date(2026, 3, 6)}, "given_on", "Zukunft"),
    (Coachee, {"birth_date": date(2020, 1, 1)}, "birth_date", "6 Jahren"),
    (Coachee, {"postcode": "1234"}, "postcode", "fünf Ziffern"),
    (Coachee, {"email": "a@b"}, "email", "E-Mail"),
    (Coachee, {"phone": "Mutter"}, "phone", "Telefon"),
    (Coaching, {"entry_on": date(2026, 1, 5), "planned_end_on": date(2026, 1, 4)}, "planned_end_on", "vor dem Eintritt"),
    (Coaching, {"entry_on": date(2026, 1, 5), "unemployed_since": date(2026, 1, 6)}, "unemployed_since", "nach dem Eintritt"),
    (Coaching, {"entry_on": date(2026, 1, 5), "exit_reason": "moved"}, "exit_reason", "Austritts fehlt"),
    (FollowUp, {"state": "surveyed", "contacted_on": date(2026, 3, 1)}, "contacted_on", "vor dem Austritt"),
    (FollowUp, {"state": "surveyed"}, "status_on_due_date", "fehlt"),
    (Goal, {"status": "achieved"}, "closed_on", "Seit wann"),
    (Goal, {"status": "open", "closed_on": date(2026, 3, 1)}, "status", "offen"),
    (Barrier, {"severity_now": 1}, "assessed_on", "eintragen"),
    (Outcome, {"begin_on": date(2026, 1, 1)}, "begin_on", "vor dem Eintritt"),
    (Outcome, {"evidence_seen_on": date(2026, 3, 1)}, "evidence_kind", "Nachweis"),
])  # fmt: skip
def test_that_an_unlikely_value_is_asked_about(entity: type, values: dict, field: str, sentence: str) -> None:
    found = warnings_for(entity, values, CONTEXT)
    assert list(found) == [field]
    assert sentence in found[field]


@pytest.mark.parametrize(("entity", "values"), [
    (Consultation, {**HELD, "held_on": date(2026, 3, 5), "duration_min": 240}),
    (Consultation, {"held_on": date(2026, 4, 1), "kind": "aftercare", "status": "planned"}),
    (Consultation, {"held_on": date(2026, 1, 2), "kind": "initial_interview", "status": "held"}),
    (Coachee, {"birth_date": date(1990, 1, 1), "postcode": "10115", "email": "a@b.de", "phone": "+49 (30) 1234-5"}),
    (Goal, {"status": "open"}),
    (Measure, {"begin_on": date(2027, 1, 1), "name": None}),
    (Coaching, {}),
])  # fmt: skip
def test_that_a_likely_value_is_not(entity: type, values: dict) -> None:
    assert warnings_for(entity, values, CONTEXT) == {}


def test_that_a_follow_up_without_an_exit_is_asked_about() -> None:
    assert list(warnings_for(FollowUp, {"state": "surveyed"}, EntryContext(date(2026, 3, 5)))) == ["state"]


def test_that_the_context_is_the_coachings(vault: Vault) -> None:
    add_case(vault)
    with vault.reading() as connection:
        coaching = connection.execute(select(Coaching.id)).scalar_one()
        assert read_entry_context(connection, coaching, today=CONTEXT.today) == EntryContext(CONTEXT.today, date(2025, 1, 15))
        assert read_entry_context(connection, None, today=CONTEXT.today) == EntryContext(CONTEXT.today)
