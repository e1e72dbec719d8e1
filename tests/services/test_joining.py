"""Two files of one person are joined by a person's decision: nothing is lost, figures are explained, and it can be taken back."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bjc_desktop.errors import InvalidInputError, VaultError
from bjc_desktop.exchange.cells import is_uuid
from bjc_desktop.models import (
    Base,
    Coachee,
    Coaching,
    CoachingStaff,
    Consent,
    DistinctPeople,
    JoinedPerson,
    LegalHold,
    PrivacyRequest,
    Provider,
    Staff,
    UserStaff,
)
from bjc_desktop.services.audit_trail import AuditFilter, read_audit
from bjc_desktop.services.erasing import erase_person
from bjc_desktop.services.history import field_history, recent_changes
from bjc_desktop.services.joining import compare_files, join_people, joined_files, preview_join
from bjc_desktop.services.possible_duplicates import pair_id, possible_duplicates, reconsider_pair, refuse_pair, refused_pairs
from bjc_desktop.services.row_editing import change_row
from bjc_desktop.services.stored_about import read_stored_about
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.services.undoing import DAYS, TOO_OLD, UndoRefusedError, undo
from bjc_desktop.vault import Vault, back_up, open_vault, restore, verify_record
from bjc_desktop.vocabulary import DistinctReason, ErasureDepth, Role
from tests.conftest import NOW, PASSPHRASE
from tests.vault.test_role_rights import acting

TODAY = NOW.date()
BORN = date(1985, 3, 12)
KEEP, GIVE_UP, OTHER = (
    "11111111-0000-4000-8000-000000000001",
    "22222222-0000-4000-8000-000000000002",
    "33333333-0000-4000-8000-000000000003",
)
PEOPLES = (
    "coachees",
    "coachings",
    "consents",
    "legal_holds",
    "privacy_requests",
    "coaching_staff",
    "joined_people",
    "distinct_people",
)


@pytest.fixture
def house(vault: Vault) -> Vault:
    """Return a vault with one person from two laptops, and one more."""
    fill_new_vault(vault, now=NOW)
    with vault.writing(now=NOW) as session:
        provider = Provider(id="p" * 36, name="Träger")
        coach = Staff(id="s" * 36, provider_id="p" * 36, family_name="Coach", role="job_coach", employed_from=date(2020, 1, 1))
        session.add_all([provider, coach])
        people = (
            (KEEP, "A-1", "Ewa", "Müller", "030 1"),
            (GIVE_UP, "B-7", "Eva", "Mueller", None),
            (OTHER, "A-2", "Ewa", "Nowak", None),
        )
        for row_id, number, given, family, phone in people:
            session.add(
                Coachee(id=row_id, case_number=number, given_name=given, family_name=family, birth_date=BORN, phone=phone)
            )
            session.add(Consent(coachee_id=row_id, purpose="participation", given_on=date(2025, 1, 2)))
        session.add(Coaching(id="a" * 36, coachee_id=KEEP, provider_id=provider.id, entry_on=date(2025, 1, 2)))
        session.add(
            Coaching(id="c" * 36, coachee_id=KEEP, provider_id=provider.id, entry_on=date(2024, 1, 2), exit_on=date(2024, 6, 1))
        )
        session.add(Coaching(id="b" * 36, coachee_id=GIVE_UP, provider_id=provider.id, entry_on=date(2025, 5, 5)))
        for coaching in "abc":
            session.add(CoachingStaff(coaching_id=coaching * 36, staff_id=coach.id, valid_from=date(2024, 1, 2)))
        session.add(LegalHold(coachee_id=GIVE_UP, held_from=date(2020, 1, 1), held_until=date(2020, 2, 1), reason="Verfahren"))
        session.add(PrivacyRequest(coachee_id=GIVE_UP, kind="access", received_on=date(2025, 9, 1)))
    with vault.writing(now=NOW) as session:
        session.get(Coachee, GIVE_UP).email = "ewa@example.org"
    return vault


def join(vault: Vault, choices: dict[str, str] | None = None, *, now=NOW) -> int:
    with vault.writing(now=now) as session:
        join_people(session, KEEP, GIVE_UP, choices or {}, now=now)
        return session.info["transaction_id"]


def everything(vault: Vault) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of people, without what counts their changes."""
    found = {}
    with vault.reading() as connection:
        for name in PEOPLES:
            table = Base.metadata.tables[name]
            columns = [column for column in table.columns if column.name not in {"row_version", "change_id"}]
            found[name] = sorted(map(tuple, connection.execute(select(*columns))), key=repr)
    return found


def test_that_everything_of_the_file_that_is_given_up_goes_on_under_the_other(house: Vault) -> None:
    join(house, {"given_name": GIVE_UP})
    with house.reading() as connection:
        assert connection.execute(select(Coachee.id).order_by(Coachee.id)).scalars().all() == [KEEP, OTHER]
        row = connection.execute(select(Coachee.__table__).where(Coachee.id == KEEP)).one()
        assert (row.given_name, row.family_name, row.phone, row.email, row.case_number) == (
            "Eva",
            "Müller",
            "030 1",
            "ewa@example.org",
            "A-1",
        )
        assert set(connection.execute(select(Coaching.id).where(Coaching.coachee_id == KEEP)).scalars()) == {
            "a" * 36,
            "b" * 36,
            "c" * 36,
        }
        for table in (Consent, LegalHold, PrivacyRequest):
            assert GIVE_UP not in connection.execute(select(table.coachee_id)).scalars().all()
        assert connection.execute(select(JoinedPerson.id, JoinedPerson.kept_id)).all() == [(GIVE_UP, KEEP)]
        keys = connection.exec_driver_sql("SELECT coachee_id FROM coachee_keys ORDER BY 1").scalars().all()
        assert keys == [KEEP, OTHER]
    verify_record(house)


def test_that_it_is_one_change_and_taking_it_back_leaves_nothing_of_it(house: Vault) -> None:
    before = everything(house)
    transaction = join(house, {"given_name": GIVE_UP})
    (newest, *_) = recent_changes(house, now=NOW)
    assert (newest.transaction_id, newest.text, newest.person_id) == (transaction, "Zwei Akten zusammengeführt", KEEP)
    with house.reading() as connection:
        (joined,) = joined_files(connection, now=NOW)
        said = [row.text for row in read_audit(connection, AuditFilter(), limit=50, today=TODAY).rows]
    assert (joined.given_up_name, joined.given_up_number, joined.kept.name, joined.undoable) == (
        "Eva Mueller",
        "B-7",
        "Eva Müller",
        True,
    )
    assert "Zwei Akten zusammengeführt" in said
    undo(house, transaction, now=NOW + timedelta(days=DAYS - 1))
    assert everything(house) == before
    with house.reading() as connection:
        assert joined_files(connection, now=NOW) == ()
    (again, *_) = recent_changes(house, now=NOW + timedelta(days=DAYS - 1))
    assert again.text == "Zurückgenommen: Zwei Akten zusammengeführt"
    undo(house, again.transaction_id, now=NOW + timedelta(days=DAYS))
    with house.reading() as connection:
        assert connection.execute(select(JoinedPerson.id)).scalars().all() == [GIVE_UP]
    verify_record(house)


def test_that_it_cannot_be_taken_back_after_thirty_days(house: Vault) -> None:
    transaction = join(house)
    late = NOW + timedelta(days=DAYS, minutes=1)
    with pytest.raises(UndoRefusedError, match=TOO_OLD[:20]):
        undo(house, transaction, now=late)
    with house.reading() as connection:
        assert [joined.undoable for joined in joined_files(connection, now=late)] == [False]


def test_that_what_else_was_changed_meanwhile_stays_when_it_is_taken_back(house: Vault) -> None:
    transaction = join(house)
    with house.writing(now=NOW) as session:
        change_row(session, Coaching, "b" * 36, {"exit_on": date(2025, 9, 9)}, today=TODAY)
        session.add(Consent(coachee_id=KEEP, purpose="reporting", given_on=date(2025, 10, 1)))
    undo(house, transaction, now=NOW)
    with house.reading() as connection:
        row = connection.execute(select(Coaching.__table__).where(Coaching.id == "b" * 36)).one()
    assert (row.coachee_id, row.exit_on) == (GIVE_UP, date(2025, 9, 9))


def test_that_the_same_field_changed_since_is_in_the_way(house: Vault) -> None:
    transaction = join(house, {"given_name": GIVE_UP})
    with house.writing(now=NOW) as session:
        change_row(session, Coachee, KEEP, {"given_name": "Eva-Maria"}, today=TODAY)
    with pytest.raises(UndoRefusedError, match="seither"):
        undo(house, transaction, now=NOW)


def test_that_a_second_joining_goes_on_and_is_taken_back_first(house: Vault) -> None:
    first = join(house)
    with house.writing(now=NOW) as session:
        join_people(session, OTHER, KEEP, {}, now=NOW)
        second = session.info["transaction_id"]
    with house.reading() as connection:
        assert dict(connection.execute(select(JoinedPerson.id, JoinedPerson.kept_id)).all()) == {GIVE_UP: OTHER, KEEP: OTHER}
    with pytest.raises(UndoRefusedError, match="zuerst"):
        undo(house, first, now=NOW)
    undo(house, second, now=NOW)
    undo(house, first, now=NOW)


def test_that_the_changes_of_before_stay_readable(house: Vault) -> None:
    join(house)
    history = field_history(house, Coachee, GIVE_UP, "email")
    assert [change.after for change in history if change.field == "email"] == ["ewa@example.org"]
    assert any(change.title == "Eintritt" for change in field_history(house, Coaching, "b" * 36))
    stored = read_stored_about(house, KEEP)
    texts = [trace.text for trace in stored.changes]
    assert any("ewa@example.org" in text and "Stammdaten geändert" in text for text in texts)
    assert any("Zwei Akten zusammengeführt" in trace.text for trace in stored.given_out)
    assert "joined_people" in stored.tables


def test_that_the_preview_names_differences_overlaps_and_figures_and_changes_nothing(house: Vault) -> None:
    before = everything(house)
    preview = preview_join(house, GIVE_UP, KEEP, now=NOW, today=TODAY)
    assert everything(house) == before
    assert (preview.keep.id, preview.give_up.id) == (KEEP, GIVE_UP)
    differing = {pair.name: (pair.kept, pair.given_up, pair.proposed) for pair in preview.fields if pair.differs}
    assert differing == {
        "case_number": ("A-1", "B-7", KEEP),
        "given_name": ("Ewa", "Eva", KEEP),
        "family_name": ("Müller", "Mueller", KEEP),
        "phone": ("030 1", "", KEEP),
        "email": ("", "ewa@example.org", GIVE_UP),
    }
    said = " ".join(preview.consequences)
    assert "1 Coaching" in said
    assert "1 Einwilligung" in said
    assert "Zwei Coachings laufen beide: ab 02.01.2025, läuft, Träger; ab 05.05.2025, läuft, Träger" in said
    # Of the six figures the measure link counts persons: two active people become one.
    assert [(effect.quarter, effect.before, effect.after) for effect in preview.effects if "Maßnahmebezug" in effect.label] == [
        ("2025-Q4", "0/2", "0/1"), ("2025-Q3", "0/2", "0/1"), ("2025-Q2", "0/2", "0/1"),
    ]  # fmt: skip
    assert all("Maßnahmebezug" in effect.label for effect in preview.effects)


def test_that_a_refused_pair_is_remembered_moved_and_reconsidered(house: Vault) -> None:
    with house.reading() as connection:
        named = {pair.key for pair in possible_duplicates(connection, today=TODAY).pairs}
    assert pair_id(KEEP, GIVE_UP) in named
    with house.writing(now=NOW) as session:
        key = refuse_pair(session, GIVE_UP, KEEP, DistinctReason.SIBLINGS)
        refuse_pair(session, GIVE_UP, OTHER)
    with house.reading() as connection:
        assert key not in {pair.key for pair in possible_duplicates(connection, today=TODAY).pairs}
        assert {pair.reason for pair in refused_pairs(connection)} == {DistinctReason.SIBLINGS, None}
    transaction = join(house)
    with house.reading() as connection:
        assert connection.execute(select(DistinctPeople.id)).scalars().all() == [pair_id(KEEP, OTHER)]
    undo(house, transaction, now=NOW)
    with house.writing(now=NOW) as session:
        reconsider_pair(session, key)
    with house.reading() as connection:
        assert key in {pair.key for pair in possible_duplicates(connection, today=TODAY).pairs}


@pytest.mark.parametrize("depth", [ErasureDepth.PERSON, ErasureDepth.FACTS])
def test_that_erasing_who_was_kept_erases_who_was_given_up(house: Vault, depth: ErasureDepth, tmp_path: Path) -> None:
    with house.writing(now=NOW) as session:
        refuse_pair(session, OTHER, KEEP)
    backup = back_up(house, tmp_path / "sicherungen", NOW)
    transaction = join(house)
    erase_person(house, KEEP, depth=depth, reason="Antrag", now=NOW, today=TODAY)
    with house.reading() as connection:
        owners = set(connection.exec_driver_sql("SELECT DISTINCT coachee_id FROM person_keys").scalars())
        assert {owner for owner in owners if is_uuid(owner)} == {OTHER}
        if depth is ErasureDepth.PERSON:
            assert not connection.execute(select(JoinedPerson.id)).all()
            assert not connection.execute(select(DistinctPeople.id)).all()
    assert all(change.after != "ewa@example.org" for change in field_history(house, Coachee, GIVE_UP, "email"))
    with pytest.raises(UndoRefusedError):
        undo(house, transaction, now=NOW)
    verify_record(house)
    (tmp_path / "sicherungen" / "erased.json").write_bytes((house.folder / "erased.json").read_bytes())
    restore(backup, tmp_path / "zurück", PASSPHRASE)
    with open_vault(tmp_path / "zurück", PASSPHRASE, now=NOW) as restored, restored.reading() as connection:
        names = set(connection.execute(select(Coachee.family_name)).scalars())
    assert not names & {"Müller", "Mueller"}


def test_that_a_coach_joins_whom_they_see_and_nobody_else(house: Vault) -> None:
    with house.writing(now=NOW) as session:
        session.merge(UserStaff(user_id=house.user.id, staff_id="s" * 36))
    house.clock = lambda: NOW
    with acting(house, frozenset({Role.JOB_COACH})):
        with house.reading() as connection:
            pairs = possible_duplicates(connection, today=TODAY).pairs
            assert {pair.key for pair in pairs} == {pair_id(KEEP, GIVE_UP)}
            with pytest.raises(VaultError, match="nicht zugeordnet"):
                compare_files(connection, KEEP, OTHER, today=TODAY)
        with pytest.raises(VaultError, match="nicht zugeordnet"), house.writing(now=NOW) as session:
            join_people(session, KEEP, OTHER, {}, now=NOW)
        with pytest.raises(VaultError, match="nicht zugeordnet"), house.writing(now=NOW) as session:
            refuse_pair(session, KEEP, OTHER)
        # A hold is the coordination's, and stays where they put it.
        with pytest.raises(VaultError, match="Rolle erlaubt"):
            join(house)
    with house.writing(now=NOW) as session:
        session.delete(session.scalars(select(LegalHold)).one())
    with acting(house, frozenset({Role.JOB_COACH})):
        transaction = join(house)
        with house.reading() as connection:
            assert [joined.given_up_name for joined in joined_files(connection, now=NOW)] == ["Eva Mueller"]
        assert "Zwei Akten zusammengeführt" in [change.text for change in recent_changes(house, now=NOW)]
        undo(house, transaction, now=NOW)


@pytest.mark.parametrize("role", [Role.EMPLOYMENT_TRAINER, Role.ADMINISTRATION])
def test_that_others_join_nobody(house: Vault, role: Role) -> None:
    with acting(house, frozenset({role})), pytest.raises(VaultError):
        join(house)


def test_that_a_file_is_not_joined_to_itself_or_to_nobody(house: Vault) -> None:
    for keep, give_up in ((KEEP, KEEP), (KEEP, "x" * 36)):
        with pytest.raises(InvalidInputError), house.writing(now=NOW) as session:
            join_people(session, keep, give_up, {}, now=NOW)
        with pytest.raises(InvalidInputError), house.writing(now=NOW) as session:
            refuse_pair(session, keep, give_up)
