"""Several people at one vault."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bjc_desktop.errors import (
    DiskFullError,
    InvalidInputError,
    MissingNoteKeyError,
    NotFoundError,
    VaultError,
    WrongPassphraseError,
)
from bjc_desktop.models import CoachingStaff, Consultation
from bjc_desktop.vault import (
    Vault,
    add_user,
    back_up,
    change_roles,
    doctor,
    grant_notes,
    is_damaged,
    list_users,
    new_recovery_code,
    open_vault,
    remove_user,
    renew_recovery_code,
    restore,
    set_passphrase,
)
from bjc_desktop.vocabulary import Role
from tests.conftest import CHEAP_KDF, NOW, PASSPHRASE, USER, TemplateVault
from tests.vault.cases import CANARY, NOTE, add_case, names_in

COACH, OFFICE = "Coach Öney", "Büro"
THEIRS = "zweite Passphrase"


def _open(folder: Path, user: str | None = USER, passphrase: str = PASSPHRASE) -> Vault:
    return open_vault(folder, passphrase, user=user, now=NOW)


def _add(vault: Vault, name: str, *roles: Role) -> None:
    add_user(vault, name, THEIRS, roles, NOW, kdf=CHEAP_KDF)


def _own_case(vault: Vault) -> str:
    """Add a case that the only member of staff is responsible for; return the id of its consultation."""
    _, consultation_id = add_case(vault)
    with vault.writing(now=NOW) as session:
        talk = session.get_one(Consultation, consultation_id)
        session.add(CoachingStaff(coaching_id=talk.coaching_id, staff_id=talk.staff_id, valid_from=talk.held_on))
    return consultation_id


def _note(vault: Vault, consultation_id: str) -> str:
    assert vault.notes is not None
    with vault.reading() as connection:
        query = "SELECT note FROM consultations WHERE id = ?"
        return vault.notes.decrypt(consultation_id, connection.exec_driver_sql(query, (consultation_id,)).scalar_one())


def test_that_a_new_user_opens_the_vault_with_their_own_name_and_passphrase(vault: Vault) -> None:
    consultation_id = _own_case(vault)
    _add(vault, COACH, Role.JOB_COACH)
    vault.close()
    with _open(vault.folder, COACH.casefold(), THEIRS) as theirs:
        assert (theirs.user.name, theirs.user.roles) == (COACH, frozenset({Role.JOB_COACH}))
        assert _note(theirs, consultation_id) == NOTE
        assert [user.name for user in list_users(theirs)] == [COACH, USER]
    with pytest.raises(NotFoundError, match="--user NAME"):
        _open(vault.folder, None)
    with pytest.raises(WrongPassphraseError):
        _open(vault.folder, COACH, PASSPHRASE)


def test_that_no_name_stands_in_the_slot_file(vault: Vault) -> None:
    _add(vault, COACH, Role.JOB_COACH)
    content = (vault.folder / "slots.json").read_bytes()
    assert not [name for name in (COACH, USER, "Coach", "job_coach") if name.encode() in content]


def test_that_a_name_is_given_once(vault: Vault) -> None:
    before = (vault.folder / "slots.json").read_bytes()
    with pytest.raises(InvalidInputError, match="gibt es schon"):
        _add(vault, USER.upper(), Role.JOB_COACH)
    assert (vault.folder / "slots.json").read_bytes() == before


def test_that_only_administration_adds_and_removes_users(vault: Vault) -> None:
    _add(vault, OFFICE, Role.COORDINATION)
    vault.close()
    with _open(vault.folder, OFFICE, THEIRS) as theirs:
        with pytest.raises(VaultError, match="Verwaltung"):
            _add(theirs, COACH, Role.JOB_COACH)
        with pytest.raises(VaultError, match="Verwaltung"):
            remove_user(theirs, USER, NOW)
    assert not is_damaged(doctor(vault.folder, THEIRS, user=OFFICE, now=NOW))


def test_that_the_office_does_not_read_notes_and_a_coach_confirmed_by_the_office_neither_until_granted(vault: Vault) -> None:
    consultation_id = _own_case(vault)
    _add(vault, OFFICE, Role.ADMINISTRATION)
    vault.close()
    with _open(vault.folder, OFFICE, THEIRS) as office:
        assert office.notes is None
        _add(office, COACH, Role.JOB_COACH)
        with pytest.raises(MissingNoteKeyError):
            grant_notes(office, COACH, NOW)
    with _open(vault.folder, COACH, THEIRS) as coach:
        assert coach.notes is None
    with _open(vault.folder) as first:
        grant_notes(first, COACH, NOW)
        with pytest.raises(VaultError, match="JobCoach"):
            grant_notes(first, OFFICE, NOW)
    with _open(vault.folder, COACH, THEIRS) as coach:
        assert _note(coach, consultation_id) == NOTE


def test_that_a_removed_coach_stays_out_and_both_keys_change(vault: Vault, template_vault: TemplateVault) -> None:
    consultation_id = _own_case(vault)
    _add(vault, COACH, Role.JOB_COACH)
    before = vault.secrets.data_key
    remove_user(vault, COACH, NOW)
    assert vault.secrets.data_key != before
    assert vault.notes is not None
    assert vault.notes.keys.newest == 2
    assert _note(vault, consultation_id) == NOTE
    vault.close()
    with pytest.raises(WrongPassphraseError):
        _open(vault.folder, COACH, THEIRS)
    for passphrase in (PASSPHRASE, template_vault.recovery_code):
        with _open(vault.folder, None, passphrase) as again:
            assert _note(again, consultation_id) == NOTE
            with again.reading() as connection:
                assert connection.exec_driver_sql("SELECT substr(note, 1, 1) FROM consultations").scalar() == b"\x02"
    assert not is_damaged(doctor(vault.folder, PASSPHRASE, now=NOW))


def test_that_the_notes_key_changes_later_where_the_office_removed_the_coach(vault: Vault) -> None:
    consultation_id = _own_case(vault)
    _add(vault, OFFICE, Role.ADMINISTRATION)
    _add(vault, COACH, Role.JOB_COACH)
    vault.close()
    with _open(vault.folder, OFFICE, THEIRS) as office:
        remove_user(office, COACH, NOW)
    with _open(vault.folder) as first:
        assert first.notes is not None
        assert first.notes.keys.newest == 2
        assert _note(first, consultation_id) == NOTE


def test_that_nobody_removes_their_own_access_or_someone_unknown(vault: Vault) -> None:
    with pytest.raises(VaultError, match="eigene Zugang"):
        remove_user(vault, USER, NOW)
    with pytest.raises(NotFoundError):
        remove_user(vault, "niemand", NOW)


def test_that_who_was_removed_can_come_back(vault: Vault) -> None:
    _add(vault, COACH, Role.JOB_COACH)
    remove_user(vault, COACH, NOW)
    _add(vault, COACH, Role.EMPLOYMENT_TRAINER)
    vault.close()
    with _open(vault.folder, COACH, THEIRS) as theirs:
        assert theirs.user.roles == frozenset({Role.EMPLOYMENT_TRAINER})
        assert theirs.notes is None


def test_that_a_new_passphrase_replaces_the_old_one_everywhere_in_the_folder(vault: Vault) -> None:
    set_passphrase(vault, THEIRS, NOW, kdf=CHEAP_KDF)
    vault.close()
    (vault.folder / "slots.json").unlink()
    with pytest.raises(WrongPassphraseError):
        _open(vault.folder)
    with _open(vault.folder, None, THEIRS) as again:
        assert again.notes is not None


def test_that_the_recovery_code_sets_a_new_passphrase(vault_folder: Path, template_vault: TemplateVault) -> None:
    with _open(vault_folder, None, template_vault.recovery_code) as recovered:
        set_passphrase(recovered, THEIRS, NOW, kdf=CHEAP_KDF)
        with pytest.raises(VaultError, match="in Gebrauch"):
            renew_recovery_code(recovered, new_recovery_code(), NOW, kdf=CHEAP_KDF)
    with _open(vault_folder, None, THEIRS) as again:
        assert (again.user.name, again.notes is not None) == (USER, True)


def test_that_a_new_recovery_code_voids_the_old_one(vault: Vault, template_vault: TemplateVault) -> None:
    code = new_recovery_code()
    renew_recovery_code(vault, code, NOW, kdf=CHEAP_KDF)
    vault.close()
    with pytest.raises(WrongPassphraseError):
        _open(vault.folder, None, template_vault.recovery_code)
    with _open(vault.folder, None, code) as recovered:
        assert recovered.notes is not None


def test_that_what_was_backed_up_before_a_removal_opens_as_it_was(vault: Vault, tmp_path: Path) -> None:
    _own_case(vault)
    _add(vault, COACH, Role.JOB_COACH)
    backup = back_up(vault, tmp_path / "sicherungen", NOW)
    remove_user(vault, COACH, NOW)
    restore(backup, tmp_path / "alt")
    with _open(tmp_path / "alt", COACH, THEIRS) as old:
        assert names_in(old) == [CANARY]


def test_that_roles_are_changed_and_the_notes_go_with_the_role(vault: Vault) -> None:
    consultation_id = _own_case(vault)
    _add(vault, COACH, Role.JOB_COACH)
    change_roles(vault, COACH, {Role.EMPLOYMENT_TRAINER}, NOW)
    assert vault.notes is not None
    assert vault.notes.keys.newest == 2
    assert _note(vault, consultation_id) == NOTE
    vault.close()
    with _open(vault.folder, COACH, THEIRS) as theirs:
        assert theirs.user.roles == {Role.EMPLOYMENT_TRAINER}
        assert theirs.notes is None
    with _open(vault.folder) as first:
        change_roles(first, COACH, {Role.JOB_COACH, Role.COORDINATION}, NOW)
    with _open(vault.folder, COACH, THEIRS) as theirs:
        assert theirs.user.roles == {Role.JOB_COACH, Role.COORDINATION}
        assert _note(theirs, consultation_id) == NOTE


def test_that_who_takes_the_notes_without_holding_them_has_them_changed_by_the_next_who_does(vault: Vault) -> None:
    consultation_id = _own_case(vault)
    _add(vault, OFFICE, Role.ADMINISTRATION)
    _add(vault, COACH, Role.JOB_COACH)
    vault.close()
    with _open(vault.folder, OFFICE, THEIRS) as office:
        change_roles(office, COACH, {Role.COORDINATION}, NOW)
    with _open(vault.folder) as first:
        assert first.notes is not None
        assert first.notes.keys.newest == 2
        assert _note(first, consultation_id) == NOTE


def test_that_nobody_gives_up_their_own_administration_and_only_it_changes_roles(vault: Vault) -> None:
    _add(vault, OFFICE, Role.COORDINATION)
    with pytest.raises(VaultError, match="Verwaltung"):
        change_roles(vault, USER, {Role.JOB_COACH}, NOW)
    with pytest.raises(InvalidInputError, match="mindestens eine Rolle"):
        change_roles(vault, OFFICE, set(), NOW)
    with pytest.raises(NotFoundError):
        change_roles(vault, "niemand", {Role.JOB_COACH}, NOW)
    vault.close()
    with _open(vault.folder, OFFICE, THEIRS) as theirs, pytest.raises(VaultError, match="Verwaltung"):
        change_roles(theirs, OFFICE, {Role.ADMINISTRATION}, NOW)


def _interrupt(vault: Vault, monkeypatch: pytest.MonkeyPatch, method: str, *, after: bool) -> None:
    """Let *method* of the vault stop the program, before or after it did its work."""
    work = getattr(Vault, method)

    def stop(self: Vault, *arguments: object) -> None:
        if after:
            work(self, *arguments)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(Vault, method, stop)


@pytest.mark.parametrize("after", [False, True])
def test_that_an_interrupted_new_recovery_code_leaves_one_that_opens_the_notes(
    vault: Vault, template_vault: TemplateVault, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    code = new_recovery_code()
    _interrupt(vault, monkeypatch, "save_slots", after=after)
    with pytest.raises(KeyboardInterrupt):
        renew_recovery_code(vault, code, NOW, kdf=CHEAP_KDF)
    vault.abandon()
    for _ in range(2):  # the first opening settles what was interrupted
        with _open(vault.folder, None, code if after else template_vault.recovery_code) as recovered:
            assert recovered.notes is not None
    with pytest.raises(WrongPassphraseError):
        _open(vault.folder, None, template_vault.recovery_code if after else code)


def test_that_a_passphrase_set_for_a_coach_and_interrupted_keeps_nobody_out(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation_id = _own_case(vault)
    _add(vault, COACH, Role.JOB_COACH)
    before = vault.slots
    with monkeypatch.context() as context:
        context.setattr("bjc_desktop.vault.users._put_back", lambda *_: None)
        context.setattr("bjc_desktop.vault.users.record_event", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            set_passphrase(vault, "dritte Passphrase", NOW, name=COACH, kdf=CHEAP_KDF)
    assert vault.slots != before
    vault.close()
    with _open(vault.folder, COACH, "dritte Passphrase") as theirs:
        assert theirs.notes is None
    with _open(vault.folder) as first:
        grant_notes(first, COACH, NOW)
    with _open(vault.folder, COACH, "dritte Passphrase") as theirs:
        assert _note(theirs, consultation_id) == NOTE


def test_that_a_passphrase_that_cannot_be_kept_is_not_changed(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_session: Session) -> None:
        raise DiskFullError("voll")

    with monkeypatch.context() as context:
        context.setattr(Session, "commit", full)
        with pytest.raises(DiskFullError):
            set_passphrase(vault, THEIRS, NOW, kdf=CHEAP_KDF)
    vault.close()
    _open(vault.folder).close()
    with pytest.raises(WrongPassphraseError):
        _open(vault.folder, USER, THEIRS)
