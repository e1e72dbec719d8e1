"""The run that erases what has been kept long enough: by the rules, not a day early, never against a hold, and no figure changes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert

from bjc_desktop.cli import run
from bjc_desktop.errors import InvalidInputError, PackageError, VaultError
from bjc_desktop.exchange.package_export import export_package
from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.indicators.period import add_months
from bjc_desktop.models import (
    Coachee,
    Coaching,
    Consent,
    FeedbackTalk,
    FollowUp,
    FundingDecision,
    HeldVersion,
    LegalHold,
    Observation,
    Outcome,
    Provider,
    RequirementConfirmation,
    RowStamp,
    Staff,
    StaffQualification,
    User,
    UserStaff,
    WorkingTime,
)
from bjc_desktop.services import retention_run
from bjc_desktop.services.erasing import read_protocols
from bjc_desktop.services.history import field_history
from bjc_desktop.services.past_figures import read_past_figures
from bjc_desktop.services.provider_agenda import read_provider_agenda
from bjc_desktop.services.retention_plan import plan_retention
from bjc_desktop.services.retention_rules import RULES, RuleKey, change_rule, read_rules
from bjc_desktop.services.retention_run import rehearse_retention, run_retention
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import Vault, back_up, open_vault, open_with_key, restore, verify_record
from bjc_desktop.vocabulary import ErasureDepth, Role
from tests.conftest import NOW as CREATED
from tests.conftest import PASSPHRASE, TemplateVault
from tests.samples import NOW, filled
from tests.vault.plain_pages import decrypted, readable_payloads
from tests.vault.test_role_rights import acting

PERSON, FACTS = ErasureDepth.PERSON, ErasureDepth.FACTS


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


class Office:
    """A vault with one provider, and people to be added to it on any day."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        fill_new_vault(vault, now=NOW)
        self.provider = self.add(date(2015, 1, 2), Provider(name="Träger"))
        self.coach = self.add(
            date(2015, 1, 2),
            Staff(provider_id=self.provider, family_name="Coach", role="job_coach", employed_from=date(2015, 1, 1)),
        )

    def add(self, day: date, row) -> str:
        with self.vault.writing(now=at(day)) as session:
            session.add(row)
            session.flush()
            return str(row.id)

    def person(self, day: date, name: str = "Alt") -> str:
        return self.add(day, Coachee(case_number=f"F-{name}-{day}", family_name=name, phone="030 1", birth_date=date(1980, 1, 1)))

    def case(self, entry: date, leave: date | None, decision: str | None = None, person: str | None = None) -> tuple[str, str]:
        person = person or self.person(entry)
        coaching = Coaching(
            coachee_id=person, provider_id=self.provider, entry_on=entry, exit_on=leave, funding_decision_id=decision,
            closing_waived_reason="ein Wort", exit_reason=None,
        )  # fmt: skip
        coaching_id = self.add(entry, coaching)
        seen = Observation(coaching_id=coaching_id, staff_id=self.coach, observed_on=entry, evidence="ein Satz", work_behaviour=3)
        self.add(entry, seen)
        self.add(entry, Outcome(coaching_id=coaching_id, kind="employment_permanent", begin_on=entry, employer="Betrieb"))
        return person, coaching_id

    def due(self, today: date) -> dict[RuleKey, dict[str, ErasureDepth]]:
        with self.vault.reading() as connection:
            plan = plan_retention(connection, today=today)
        return {g.line.rule.key: {p.person_id: p.depth for p in g.people} for g in plan.groups if g.people}

    def run(self, today: date):
        return run_retention(self.vault, now=at(today), today=today)

    def value(self, query: str, *parameters: str):
        with self.vault.reading() as connection:
            return connection.exec_driver_sql(query, parameters).scalar()


@pytest.fixture
def office(vault: Vault) -> Office:
    return Office(vault)


def test_that_an_enquiry_goes_after_three_months_and_not_a_day_earlier(office: Office) -> None:
    person = office.person(date(2025, 1, 10))
    office.add(date(2025, 1, 10), Consent(coachee_id=person, purpose="participation", given_on=date(2025, 2, 1)))
    assert office.due(date(2025, 5, 1)) == {}
    assert office.due(date(2025, 5, 2)) == {RuleKey.ENQUIRY: {person: PERSON}}
    office.case(date(2025, 3, 1), None, person=person)
    assert office.due(date(2025, 5, 2)) == {}


def test_that_texts_and_contact_go_a_year_after_the_follow_up_of_the_last_coaching(office: Office) -> None:
    person, first = office.case(date(2020, 1, 1), date(2020, 6, 30))
    assert office.due(date(2021, 12, 30)) == {}
    assert office.due(date(2021, 12, 31)) == {
        RuleKey.TEXTS: {person: ErasureDepth.TEXTS},
        RuleKey.CONTACT: {person: ErasureDepth.CONTACT},
    }
    follow_up = FollowUp(coaching_id=first, state="surveyed", contacted_on=date(2021, 2, 1), status_on_due_date="unknown")
    office.add(date(2021, 2, 1), follow_up)
    assert office.due(date(2022, 2, 1)) == {}
    assert set(office.due(date(2022, 2, 2))) == {RuleKey.TEXTS, RuleKey.CONTACT}
    office.case(date(2021, 5, 1), None, person=person)
    assert office.due(date(2022, 2, 2)) == {}


def test_that_the_run_takes_the_texts_and_keeps_what_is_counted(office: Office) -> None:
    person, coaching = office.case(date(2020, 1, 1), date(2020, 6, 30))
    today = date(2022, 3, 1)
    before = office.value("SELECT count(*) FROM change_records")
    office.run(today)
    assert office.value("SELECT phone FROM coachees WHERE id = ?", person) is None
    assert office.value("SELECT family_name FROM coachees WHERE id = ?", person) == "Alt"
    assert office.value("SELECT evidence FROM observations WHERE coaching_id = ?", coaching) == "(gelöscht)"
    assert office.value("SELECT work_behaviour FROM observations WHERE coaching_id = ?", coaching) == 3
    assert office.value("SELECT closing_waived_reason FROM coachings WHERE id = ?", coaching) == "(gelöscht)"
    assert {change.after for change in field_history(office.vault, Coachee, person)} == {"(nicht mehr lesbar)"}
    assert office.value("SELECT count(*) FROM change_records") > before
    with pytest.raises(VaultError, match="nichts zu löschen"):
        office.run(today)
    with office.vault.writing(now=at(today)) as session:
        session.get(Coachee, person).phone = "030 2"
    assert field_history(office.vault, Coachee, person)[0].after == "030 2"


def test_that_a_record_goes_five_years_after_its_decision_and_stays_counted_without_a_report(office: Office) -> None:
    ends = FundingDecision(provider_id=office.provider, reference="1", valid_from=date(2016, 1, 1), valid_to=date(2017, 12, 31))
    decision = office.add(date(2016, 1, 1), ends)
    person, coaching = office.case(date(2016, 2, 1), date(2016, 8, 31), decision)
    other, _ = office.case(date(2016, 2, 2), date(2017, 1, 31))
    assert set(office.due(date(2022, 2, 1))[RuleKey.RECORD]) == {other}
    assert office.due(date(2023, 1, 1))[RuleKey.RECORD] == {person: FACTS, other: FACTS}
    with office.vault.writing(now=NOW) as session:
        session.get(FundingDecision, decision).proof_of_use_on = date(2017, 6, 30)
    assert set(office.due(date(2022, 6, 30))[RuleKey.RECORD]) == {other}
    assert set(office.due(date(2022, 7, 1))[RuleKey.RECORD]) == {person, other}
    result = office.run(date(2023, 1, 1))
    assert (result.effects, result.compared > 300) == ((), True)
    assert office.value("SELECT family_name FROM coachees WHERE id = ?", person) == "(gelöscht)"
    assert office.value("SELECT case_number FROM coachees WHERE id = ?", person).startswith("P-")
    assert office.value("SELECT employer FROM outcomes WHERE coaching_id = ?", coaching) is None
    assert office.value("SELECT exit_on FROM coachings WHERE id = ?", coaching) == "2016-08-31"
    assert office.due(date(2024, 1, 1)) == {}
    for year in (2016, 2017):
        for number in range(1, 5):
            office.freeze(f"{year}-Q{number}")
    assert office.due(date(2024, 1, 1))[RuleKey.RECORD] == {person: PERSON, other: PERSON}
    office.run(date(2024, 1, 1))
    assert office.value("SELECT count(*) FROM coachees") == 0


def _freeze(self: Office, label: str) -> None:
    from bjc_desktop.indicators.period import parse_quarter
    from bjc_desktop.models import ReleasedReport

    period = parse_quarter(label)
    report = ReleasedReport(
        scope=self.provider, period_label=label, period_from=period.first, period_to=period.last, version=1, as_of=period.last,
        released_at=datetime(2018, 5, 1, 9), released_by="", settings="{}", figures="{}", cases="{}", changes="[]", bundle=b"",  # noqa: DTZ001
    )  # fmt: skip
    self.add(date(2018, 5, 1), report)


Office.freeze = _freeze


def test_that_a_hold_keeps_a_person_until_its_last_day(office: Office) -> None:
    person = office.person(date(2025, 1, 1))
    office.add(
        date(2025, 1, 1), LegalHold(coachee_id=person, held_from=date(2025, 1, 1), held_until=date(2025, 12, 31), reason="Klage")
    )
    with office.vault.reading() as connection:
        plan = plan_retention(connection, today=date(2025, 12, 31))
    assert not any(group.people for group in plan.groups)
    assert [(held.person_id, held.held) for held in plan.held] == [(person, date(2025, 12, 31))]
    # The hold itself is the last thing that was said about the person.
    assert office.due(date(2026, 1, 1)) == {RuleKey.ENQUIRY: {person: PERSON}}


def test_that_old_values_of_the_change_record_go_while_the_chain_and_newer_values_stay(office: Office) -> None:
    person, _ = office.case(date(2021, 1, 1), None)
    for day, number in ((date(2021, 6, 1), "1"), (date(2022, 3, 1), "2"), (date(2025, 6, 1), "3")):
        with office.vault.writing(now=at(day)) as session:
            session.get(Coachee, person).phone = number
    assert [change.after for change in field_history(office.vault, Coachee, person, "phone")][:3] == ["3", "2", "1"]
    office.run(date(2025, 7, 1))
    shown = [change.after for change in field_history(office.vault, Coachee, person, "phone")]
    assert shown[:3] == ["3", "(nicht mehr lesbar)", "(nicht mehr lesbar)"]
    verify_record(office.vault)
    assert office.value("SELECT phone FROM coachees") == "3"


def test_that_a_changed_period_holds_and_needs_a_reason(office: Office) -> None:
    person = office.person(date(2025, 1, 10))
    for months, reason in ((0, "kurz"), (None, "leer"), (12, " ")):
        with pytest.raises(InvalidInputError), office.vault.writing(now=NOW) as session:
            change_rule(session, RuleKey.ENQUIRY, months, reason)
    for months in (12, 6):
        with office.vault.writing(now=NOW) as session:
            change_rule(session, RuleKey.ENQUIRY, months, "Beschluss")
    assert office.due(date(2025, 7, 10)) == {}
    assert office.due(date(2025, 7, 11)) == {RuleKey.ENQUIRY: {person: PERSON}}
    with office.vault.reading() as connection:
        lines = read_rules(connection)
    assert [(line.rule.key, line.months) for line in lines if not line.default] == [(RuleKey.ENQUIRY, 6)]
    assert [rule.key for rule in RULES] == list(RuleKey)


def test_that_a_run_that_would_change_a_figure_is_rolled_back(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.person(date(2025, 1, 1))
    monkeypatch.setattr(retention_run, "changed_figures", lambda *_: ("anders",))
    with pytest.raises(VaultError, match="Kennzahlen"):
        office.run(date(2026, 1, 1))
    assert office.value("SELECT count(*) FROM coachees") == 1
    assert office.value("SELECT count(*) FROM erasures") == 0


def test_that_only_who_sees_all_cases_runs_it(office: Office) -> None:
    for role in (Role.JOB_COACH, Role.ADMINISTRATION):
        with acting(office.vault, frozenset({role})), pytest.raises(VaultError, match="Koordination"):
            office.run(date(2026, 1, 1))


def test_that_the_backup_before_the_run_goes_after_a_month(office: Office) -> None:
    office.case(date(2020, 1, 1), date(2020, 6, 30))
    office.run(date(2022, 3, 1))
    folder = office.vault.folder
    (guard,) = (folder / "backups").glob("*_erasure.bjcbackup")
    office.vault.close()
    for days, there in ((30, True), (31, False)):
        open_vault(folder, PASSPHRASE, now=at(date(2022, 3, 1)) + timedelta(days=days, seconds=-there)).close()
        assert guard.exists() == there


@pytest.fixture(scope="module")
def sample(template_vault: TemplateVault, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    with open_with_key(template_vault.copy_to(tmp_path_factory.mktemp("retention") / "tresor"), template_vault.secrets) as vault:
        yield filled(vault, "package")


def test_that_the_rehearsal_changes_nothing_and_the_run_no_figure_of_any_quarter(sample: Vault) -> None:
    today = add_months(NOW.date(), 84)
    with sample.reading() as connection:
        before = read_past_figures(connection, today=today)
        rows = connection.exec_driver_sql("SELECT count(*) FROM erasures").scalar()
    rehearsed = rehearse_retention(sample, now=at(today), today=today)
    with sample.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM erasures").scalar() == rows
    done = run_retention(sample, now=at(today), today=today)
    assert (done.counts, done.effects) == (rehearsed.counts, ())
    people = [person for group in done.plan.groups for person in group.people]
    assert {person.depth for person in people} >= {FACTS}
    with sample.reading() as connection:
        assert read_past_figures(connection, today=today) == before
        assert len(read_protocols(connection)) == len(people)


def test_that_the_command_shows_first_and_runs_only_when_told(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.person(date(2025, 1, 1), "Geheimname")
    (tmp_path / "pass").write_text(PASSPHRASE, "utf-8")
    monkeypatch.setenv("BJC_PASSPHRASE_FILE", str(tmp_path / "pass"))
    office.vault.close()
    command = ["retention", str(office.vault.folder)]
    for more, status, words in (
        ([], 0, "Nichts wurde geändert"),
        (["--confirm"], 0, "fertig"),
        (["--confirm"], 1, "nichts zu löschen"),
    ):
        assert run([*command, *more]) == status
        said = capsys.readouterr()
        assert words in said.err
        assert "Geheimname" not in said.out + said.err


def test_that_the_yearly_run_is_named_a_year_after_the_last_one(office: Office) -> None:
    def named(today: date) -> bool:
        with office.vault.reading() as connection:
            return any("Löschlauf" in item.text for item in read_provider_agenda(connection, today=today))

    made = CREATED.date()
    assert (named(add_months(made, 12) - timedelta(days=1)), named(add_months(made, 12))) == (False, True)
    office.person(date(2026, 1, 1))
    office.run(date(2026, 12, 1))
    assert (named(date(2027, 11, 30)), named(date(2027, 12, 1))) == (False, True)


def _left(office: Office, name: str, until: date, provider: str | None = None) -> str:
    """Add one of the staff with a qualification, a confirmation and a former access."""
    began = until - timedelta(days=400)
    staff = Staff(
        provider_id=provider or office.provider, given_name="Gwendolin", family_name=name, role="job_coach",
        employed_from=began, employed_to=until,
    )  # fmt: skip
    staff_id = office.add(began, staff)
    office.add(began, StaffQualification(staff_id=staff_id, kind="job_broker", title=f"Kurs {name}", hours=20))
    office.add(began, RequirementConfirmation(staff_id=staff_id, item="degree", reason=f"gesehen bei {name}"))
    office.add(began, WorkingTime(staff_id=staff_id, month="2018-01", contract_hours=Decimal(100), worked_hours=Decimal(90)))
    with office.vault.writing(now=at(until)) as session:
        session.get(Staff, staff_id).family_name = f"{name} neu"
        session.add(User(id=f"u-{staff_id[:30]}", name=name, roles="job_coach", created_at=NOW, removed_at=NOW))
        session.add(UserStaff(user_id=f"u-{staff_id[:30]}", staff_id=staff_id))
        session.add(RowStamp(entity="staff", entity_id=staff_id, stamps="{}", deleted=False, changed_by=name, changed_at=""))
        held = {
            "id": f"h-{staff_id[:30]}",
            "entity": "staff",
            "entity_id": staff_id,
            "field_group": "",
            "vector": "",
            "change_id": 1,
        }
        session.connection().execute(insert(HeldVersion.__table__).values(**held, row_version=1, changed_by=name, changed_at=""))
    return staff_id


def test_that_staff_who_left_go_five_years_after_the_proof_of_use_and_stay_counted(office: Office) -> None:
    left = date(2018, 6, 30)
    staff = _left(office, "Zwyxahorn", left)
    other = _left(office, "Bleibtbirke", date(2019, 6, 30))
    assert office.due(date(2023, 6, 30)) == {}
    assert office.due(date(2023, 7, 1)) == {RuleKey.STAFF: {staff: ErasureDepth.STAFF}}
    funded = FundingDecision(
        provider_id=office.provider, reference="1", valid_from=date(2018, 1, 1), valid_to=date(2018, 12, 31),
        proof_of_use_on=date(2019, 3, 31),
    )  # fmt: skip
    decision = office.add(date(2018, 1, 1), funded)
    assert office.due(date(2024, 3, 31)) == {}
    assert office.due(date(2024, 4, 1)) == {RuleKey.STAFF: {staff: ErasureDepth.STAFF}}
    with office.vault.writing(now=NOW) as session:
        session.get(FundingDecision, decision).proof_of_use_on = date(2018, 12, 31)
    hours = office.value("SELECT sum(worked_hours) FROM working_time")
    result = office.run(date(2024, 4, 1))
    assert result.effects == ()
    assert result.counts[RuleKey.STAFF].keys() == {
        "staff",
        "staff_qualifications",
        "requirement_confirmations",
        "users",
        "person_keys",
    }
    vault = office.vault
    pages = decrypted(vault.database, vault.secrets.data_key)
    assert (b"Zwyxahorn" in pages, b"Bleibtbirke" in pages) == (False, True)
    assert "Zwyxahorn" not in readable_payloads(vault)
    assert office.value("SELECT family_name FROM staff WHERE id = ?", staff).startswith("(gelöscht) P-")
    assert office.value("SELECT family_name FROM staff WHERE id = ?", other) == "Bleibtbirke neu"
    assert office.value("SELECT sum(worked_hours) FROM working_time") == hours
    assert office.value("SELECT count(*) FROM staff_qualifications WHERE staff_id = ?", staff) == 1
    verify_record(vault)
    assert RuleKey.STAFF not in office.due(date(2024, 4, 2))
    with vault.reading() as connection:
        assert {protocol.depth for protocol in read_protocols(connection)} == {ErasureDepth.STAFF}


def test_that_the_name_of_a_former_access_of_nobody_goes_once_the_record_is_old_enough(office: Office) -> None:
    with office.vault.writing(now=NOW) as session:
        for key, name, removed in (("1", "Zwyxahorn", at(date(2021, 3, 1))), ("2", "Bleibtbirke", None)):
            session.add(User(id=f"{key}-zugang", name=name, roles="coordination", created_at=NOW, removed_at=removed))
        session.add(RowStamp(entity="staff", entity_id="x", stamps="{}", deleted=False, changed_by="Zwyxahorn", changed_at=""))

    def due(today: date) -> int:
        with office.vault.reading() as connection:
            return next(g.accesses for g in plan_retention(connection, today=today).groups if g.line.rule.key is RuleKey.AUDIT)

    assert (due(date(2023, 3, 1)), due(date(2023, 3, 2))) == (0, 1)
    assert office.run(date(2023, 3, 2)).counts[RuleKey.AUDIT]["users"] == 1
    pages = decrypted(office.vault.database, office.vault.secrets.data_key)
    assert (b"Zwyxahorn" in pages, b"Bleibtbirke" in pages) == (False, True)
    assert office.value("SELECT name FROM users WHERE id = '1-zugang'") == "(gelöscht) 1-zugang"
    assert due(date(2023, 3, 3)) == 0
    verify_record(office.vault)


def test_that_staff_come_back_neither_by_a_backup_nor_by_a_package(office: Office, tmp_path: Path) -> None:
    staff, vault = _left(office, "Zwyxahorn", date(2018, 6, 30)), office.vault
    backup = back_up(vault, tmp_path / "sicherungen", at(date(2024, 1, 1)))
    package = tmp_path / "paket.zip"
    export_package(vault, package)
    office.run(date(2024, 4, 1))
    with pytest.raises(PackageError, match="gelöscht wurde"):
        import_package(vault, package, update=True, now=at(date(2024, 4, 2)), today=date(2024, 4, 2))
    restore(backup, tmp_path / "zurück")
    vault.close()
    with open_vault(tmp_path / "zurück", PASSPHRASE, now=at(date(2024, 4, 3))) as again:
        with again.reading() as connection:
            name = connection.exec_driver_sql("SELECT family_name FROM staff WHERE id = ?", (staff,)).scalar()
        assert str(name).startswith("(gelöscht)")
        assert "Zwyxahorn" not in readable_payloads(again)
        verify_record(again)


def test_that_a_package_changes_who_lost_only_texts_and_contact(office: Office, tmp_path: Path) -> None:
    person, _ = office.case(date(2020, 1, 1), date(2020, 6, 30))
    package = tmp_path / "paket.zip"
    export_package(office.vault, package)
    office.run(date(2022, 3, 1))
    with office.vault.writing(now=at(date(2022, 3, 2))) as session:
        session.get(Coachee, person).family_name = "Anders"
    import_package(office.vault, package, update=True, now=at(date(2022, 3, 3)), today=date(2022, 3, 3))
    assert office.value("SELECT family_name FROM coachees WHERE id = ?", person) == "Alt"


def test_that_values_of_the_house_go_after_their_period_and_newer_ones_stay(vault: Vault) -> None:
    fill_new_vault(vault, now=at(date(2020, 1, 1)))
    for day, word in ((date(2020, 1, 2), "Zwyxalt"), (date(2021, 1, 4), "Zwyxneu")):
        with vault.writing(now=at(day)) as session:
            session.add(Provider(id=word, name=word))
            session.add(FeedbackTalk(provider_id=word, held_on=day, participants=word))
    assert "Zwyxalt" in readable_payloads(vault)
    with vault.reading() as connection:
        plain = connection.exec_driver_sql("SELECT count(*) FROM change_records WHERE instr(payload, CAST('Zwyx' AS BLOB))")
        assert plain.scalar() == 0
        assert [group.keys for group in plan_retention(connection, today=date(2023, 1, 4)).groups if group.keys] == []
    run_retention(vault, now=at(date(2023, 1, 5)), today=date(2023, 1, 5))
    said = readable_payloads(vault)
    assert ("Zwyxalt" in said, "Zwyxneu" in said) == (False, True)
    verify_record(vault)
