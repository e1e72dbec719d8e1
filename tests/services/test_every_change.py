"""Every service that writes or hands something out, with every role: what the table says works, anything else is refused in German.

The list of services is made from the code (tests/services/test_every_service.py): a new one fails here until it is tried or says why not.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bjc_desktop.errors import BjcError
from bjc_desktop.models import Acknowledgement, Coaching, DistinctPeople, Goal, Observation, PrivacyRequest, Task, UserStaff
from bjc_desktop.services.taking_back import list_imports, take_import_back
from bjc_desktop.services.undoing import UndoRefusedError
from bjc_desktop.vault import UserIdentity, Vault, create_vault, open_with_key
from bjc_desktop.vocabulary import Role
from tests.conftest import CHEAP_KDF, PASSPHRASE, TemplateVault
from tests.samples import filled
from tests.services.role_trials import COACH, NOW, SESSION_TRIALS, TODAY, TRAINER, VAULT_TRIALS, Place, Trial
from tests.services.test_every_service import reading, services

_FIRST_DAY = "a vault's first day: who makes it has all roles"
_OF_TABLES = "by table: tests/vault/test_role_rights.py"
ELSEWHERE = {
    "case_print.hand_over_sheets": "prints case files, which are read as the role sees them",
    "damage.newer_changes": "the file itself, for whoever unlocked it: names no coachees",
    "damage.read_damage": "the file itself, for whoever unlocked it: names no coachees",
    "damage.salvage_vault": "makes a vault of what is readable, with the same users, roles and keys",
    "erasing.person_pseudonyms": "gives the key of pseudonyms to what is tried here itself",
    "exchange_conflicts.decide": "tests/exchange/test_exchanging.py tries it with the roles",
    "exchange_conflicts.decide_all": "tests/exchange/test_exchanging.py",
    "exchange_conflicts.decide_by_rule": "tests/exchange/test_exchanging.py",
    "leaving_files.write_leaving": "writes what it is given",
    "list_saving.save_list": "writes the list that is shown",
    "old_lists.layout_memory.remember_mapping": "columns of a list, no people; offered where a list is taken in",
    "own_provider.become_one": "a part of taking a package in",
    "pairing.identity_of": "the vault's own keys, with which it pairs and exchanges",
    "pairing.write_card": "public keys",
    "reports.prepare_folder": "a part of writing reports",
    "reports.settle_folder": "a part of writing reports",
    "reports.write_together": "a part of writing reports",
    "row_editing.add_row": _OF_TABLES,
    "row_editing.change_row": _OF_TABLES,
    "row_editing.delete_keys": _OF_TABLES,
    "row_editing.delete_row": _OF_TABLES,
    "row_editing.row_problems": "tells of what was typed, within the change of it",
    "row_editing.structure_problems": "tells of what was typed, within the change of it",
    "sample_story.prepare_day": _FIRST_DAY,
    "targets.fill_new_vault": _FIRST_DAY,
    "undoing.write_back": "a part of taking back",
    "vault_setup.fill_with_sample": _FIRST_DAY,
}
"""What is not tried here, with the reason."""
TRIALS = SESSION_TRIALS | VAULT_TRIALS
_HELD = (
    "SELECT c.id FROM coachings c JOIN coaching_staff a ON a.coaching_id = c.id JOIN consultations u ON u.coaching_id = c.id "
    "JOIN development_plans p ON p.coaching_id = c.id WHERE a.staff_id = ? AND c.cancelled = 0 AND c.exit_on IS NULL "
    "AND a.valid_from <= '2025-12-31' AND coalesce(a.valid_to, '9999') >= '2025-12-31' GROUP BY c.id"
)
_REFUSED = re.compile("Rolle|zugeordnet|nicht sehen|Verwaltung fest")
"""What a refusal names: the role, or that the person is somebody else's."""


class _UndoneError(Exception):
    """Takes back what a trial wrote."""


@dataclass(frozen=True)
class House:
    """A closed vault, who acts in it, and whom the trials are about: somebody of theirs, and somebody of a colleague's."""

    template: TemplateVault
    stranger: TemplateVault
    """A vault of somebody else."""
    staff: dict[Role, str]
    own: dict[str, Any]
    foreign: dict[str, Any]


@pytest.fixture(scope="module")
def house(template_vault: TemplateVault, stranger: TemplateVault, tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = template_vault.copy_to(tmp_path_factory.mktemp("house") / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        filled(vault, "package")
        with vault.reading() as connection:
            staff, own, foreign = _people(connection)
        for person in (own, foreign):
            _prepare(vault, person, staff[TRAINER])
    return House(TemplateVault(folder, template_vault.secrets, ""), stranger, staff, own, foreign)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> TemplateVault:
    """Return a closed vault of somebody else."""
    folder = tmp_path_factory.mktemp("stranger") / "tresor"
    with create_vault(folder, "fremd", PASSPHRASE, now=NOW, kdf=CHEAP_KDF)[0] as vault:
        return TemplateVault(folder, vault.secrets, "")


def _people(connection: Connection) -> tuple[dict[Role, str], dict[str, Any], dict[str, Any]]:
    """Choose a coach and a trainer with somebody in common, and somebody of another coach whom the trainer does not know."""

    def ids(query: str, *values: str) -> list[str]:
        return list(connection.exec_driver_sql(query, values).scalars())

    def held(staff_id: str) -> list[str]:
        return ids(_HELD, staff_id)

    coaches = sorted(ids("SELECT id FROM staff WHERE role = 'job_coach'"), key=lambda one: -len(held(one)))
    coach, colleague = coaches[:2]
    trainer = max(
        ids("SELECT id FROM staff WHERE role = 'employment_trainer'"),
        key=lambda one: len({*held(one)} & {*held(coach)}),
    )
    trained = {*held(trainer)}
    persons = []
    for holder, taker, shared in ((coach, colleague, True), (colleague, coach, False)):
        mine = [key for key in held(holder) if (key in trained) is shared]
        coachee, other = (ids("SELECT coachee_id FROM coachings WHERE id = ?", key)[0] for key in mine[:2])
        talk = ids("SELECT id FROM consultations WHERE coaching_id = ? ORDER BY held_on, id", mine[0])[0]
        ended = [key for key in held(holder) if key not in trained][-1]
        leaver = ids("SELECT coachee_id FROM coachings WHERE id = ?", ended)[0]
        persons.append(
            {"trainer": trainer, "leaver": leaver,"holder": holder, "colleague": taker, "coaching": mine[0], "coachee": coachee, "other": other, "consultation": talk,
             "ended": ended, "provider_id": ids("SELECT provider_id FROM staff WHERE id = ?", holder)[0]}
        )  # fmt: skip
    return {COACH: coach, TRAINER: trainer}, *persons


def _prepare(vault: Vault, person: dict[str, Any], trainer: str) -> None:
    """Give the person a goal with a task, an observation, something acknowledged, and somebody told apart."""
    with vault.writing(now=NOW) as session:
        plan = session.connection().exec_driver_sql(
            "SELECT id FROM development_plans WHERE coaching_id = ? ORDER BY version DESC", (person["coaching"],)
        )
        goal = Goal(plan_id=plan.scalars().first(), description="Ziel", status="open")
        session.add(goal)
        session.flush()
        ended = session.get_one(Coaching, person["ended"])
        ended.exit_on, ended.exit_reason = TODAY - timedelta(days=9), "other"
        rows = {
            "task": Task(goal_id=goal.id, description="Aufgabe"),
            "observation": Observation(coaching_id=person["coaching"], staff_id=trainer, observed_on=TODAY, resilience=3),
            "pair": DistinctPeople(
                first_id=min(person["coachee"], person["other"]), second_id=max(person["coachee"], person["other"])
            ),
            "known": Acknowledgement(coaching_id=person["coaching"], rule="consent", state="", reason="geprüft"),
        }
        session.add(PrivacyRequest(coachee_id=person["coachee"], kind="access", received_on=TODAY))
        session.add_all(rows.values())
        session.flush()
        person.update({name: row.id for name, row in rows.items() if name != "known"})


@contextmanager
def opened(house: House, folder: Path) -> Iterator[Vault]:
    """Open a copy of the house's vault."""
    with open_with_key(house.template.copy_to(folder / "tresor"), house.template.secrets) as vault:
        vault.clock = lambda: NOW
        yield vault


@contextmanager
def acting(vault: Vault, house: House, role: Role) -> Iterator[None]:
    """Let the vault be open for somebody who has this role alone, and is who they are in the team."""
    user, notes = vault.user, vault.notes
    with vault.writing(now=NOW) as session:
        session.connection().exec_driver_sql("DELETE FROM user_staff")
        if role in house.staff:
            session.add(UserStaff(user_id=user.id, staff_id=house.staff[role]))
    vault.user = UserIdentity(user.id, user.name, frozenset({role}))
    vault.notes = notes if role is COACH else None
    try:
        yield
    finally:
        vault.user, vault.notes = user, notes


def state_of(vault: Vault, folder: Path) -> tuple[str, list[str]]:
    """Return what the vault holds, as a hash, and which files there are."""
    user, vault.user = vault.user, replace(vault.user, roles=frozenset(Role))
    digest = hashlib.sha256()
    with vault.reading() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").scalars().all()
        for table in tables:
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'):
                digest.update(repr(tuple(row)).encode())
    vault.user = user
    files = sorted(str(path) for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm")))
    return digest.hexdigest(), files


def refusal_of(work: Any) -> str:
    """Return with which sentence *work* is refused; empty where it is not."""
    try:
        work()
    except _UndoneError:
        return ""
    except BjcError as error:
        assert _REFUSED.search(str(error)), f"refused for another reason: {error}"
        return str(error)
    return ""


def place(house: House, vault: Vault, folder: Path, role: Role, *, own: bool = True) -> Place:
    """Return what the services are given: of the acting coach's or trainer's person, or of a colleague's."""
    person = house.own if own else house.foreign
    return Place(
        vault=vault, folder=folder, staff_id=house.staff.get(role, house.staff[COACH]), stranger=house.stranger, **person
    )


def test_that_every_service_is_tried_or_has_its_reason() -> None:
    assert {*services()} - {*reading()} - TRIALS.keys() == ELSEWHERE.keys()
    assert not {*reading(), *ELSEWHERE} & TRIALS.keys()
    assert {*TRIALS} <= {*services()}


@pytest.fixture(scope="module")
def vault(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """Yield a vault in which nothing stays of what is tried."""
    with opened(house, tmp_path_factory.mktemp("shared")) as made:
        yield made


def tried(trial: Trial, at: Place) -> str:
    """Return with which sentence the change is refused within a transaction that is taken back; empty where it is not."""

    def work() -> None:
        with at.vault.writing(now=NOW) as session:
            trial.call(session, at)
            session.flush()
            raise _UndoneError

    return refusal_of(work)


@pytest.mark.parametrize("name", SESSION_TRIALS)
def test_that_a_change_is_made_by_those_who_may_and_refused_to_others(house: House, vault: Vault, tmp_path, name) -> None:
    trial = SESSION_TRIALS[name]
    for role in Role:
        with acting(vault, house, role):
            assert (tried(trial, place(house, vault, tmp_path, role)) == "") is (role in trial.may), role
            if trial.of_person and role in {COACH, TRAINER}:
                assert tried(trial, place(house, vault, tmp_path, role, own=False)), f"{role} with a colleague's"


@pytest.mark.parametrize("name", VAULT_TRIALS)
def test_that_what_a_whole_vault_does_is_done_for_those_who_may_and_refused_to_others(house: House, tmp_path, name) -> None:
    trial = VAULT_TRIALS[name]
    refusing = [(role, True) for role in Role if role not in trial.may]
    if trial.of_person:
        refusing += [(role, False) for role in (COACH, TRAINER)]
    for own in {own for _, own in refusing}:
        with ready(house, tmp_path / f"refusing-{own}", trial, COACH, own=own) as at:
            for role in (role for role, whose in refusing if whose is own):
                with acting(at.vault, house, role):
                    before = state_of(at.vault, at.folder.parent)
                    assert refusal_of(lambda at=at: trial.call(at.vault, at)), (role, own)
                    assert state_of(at.vault, at.folder.parent) == before, (role, own)
    for role in () if trial.only_refusals else trial.may:
        with ready(house, tmp_path / role.value, trial, role, own=True) as at, acting(at.vault, house, role):
            assert refusal_of(lambda at=at: trial.call(at.vault, at)) == "", role


@contextmanager
def ready(house: House, folder: Path, trial: Trial, role: Role, *, own: bool) -> Iterator[Place]:
    """Open a copy of the house's vault in *folder* with what the trial needs before."""
    (out := folder / "out").mkdir(parents=True)
    with opened(house, folder) as vault:
        at = place(house, vault, out, role, own=own)
        yield replace(at, ready=trial.before(at))


def test_that_a_package_with_people_is_taken_back_by_nobody_but_the_coordination(house: House, tmp_path) -> None:
    with opened(house, tmp_path) as vault:
        event = list_imports(vault, now=NOW)[0].event
        for role in Role:
            with acting(vault, house, role):
                before = state_of(vault, tmp_path)
                if role is Role.COORDINATION:
                    with pytest.raises(UndoRefusedError, match="noch einmal geändert"):
                        take_import_back(vault, event, now=NOW)
                else:
                    assert "„Koordination“" in refusal_of(lambda: take_import_back(vault, event, now=NOW))
                    assert state_of(vault, tmp_path) == before
