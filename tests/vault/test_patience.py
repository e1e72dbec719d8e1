"""A place that does not answer holds nobody: not the list, not a copy, not a restore, not the end of the program."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

import pytest

from bjc_desktop.errors import InvalidInputError, SilentPlaceError, StoppedError
from bjc_desktop.services.erasing import erase_person
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import Vault, back_up, backup_shelf, open_vault
from bjc_desktop.vault.backup_files import BackupReason
from bjc_desktop.vault.backup_notes import read_notes
from bjc_desktop.vault.backup_shelf import (
    Place,
    SecondState,
    choose_second,
    copy_to_second,
    newest_good,
    own_folder,
    shelve,
    shelved,
    state_of_second,
    verify,
)
from bjc_desktop.vault.erasure_registry import read_registry, state_folder
from bjc_desktop.vault.patience import answer_of, wait_no_longer
from bjc_desktop.vault.restoring import restore_patiently
from tests.conftest import NOW, PASSPHRASE
from tests.vault.cases import add_case, start
from tests.vault.hanging import be_impatient, hanging_backup, hanging_marker, hanging_registry, let_go

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
T = TypeVar("T")
AUTO = BackupReason.AUTOMATIC


@pytest.fixture
def second(vault: Vault, tmp_path: Path) -> Path:
    """Return a second place that was chosen for the vault, which holds one case."""
    add_case(vault)
    folder = tmp_path / "stick"
    folder.mkdir()
    choose_second(vault.folder, folder)
    return folder


@pytest.fixture
def gate() -> Iterator[Event]:
    """Yield what a hanging question waits for; at the end it is let go."""
    made = Event()
    yield made
    made.set()


def _soon(answered: object) -> None:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if answered():  # type: ignore[operator]
            return
        time.sleep(0.01)
    pytest.fail("too late")


def test_that_an_answer_and_an_error_arrive_as_they_are(tmp_path: Path) -> None:
    assert answer_of(tmp_path, lambda _: 7, seconds=5) == 7
    with pytest.raises(FileNotFoundError):
        answer_of(tmp_path, lambda _: (tmp_path / "fehlt").stat(), seconds=5)


def test_that_a_place_that_hangs_is_named_and_not_asked_again_until_it_answers(tmp_path: Path, gate: Event) -> None:
    with pytest.raises(SilentPlaceError, match="antwortet nicht"):
        answer_of(tmp_path, lambda _: gate.wait(30), seconds=0.2)
    asked: list[int] = []
    began = time.monotonic()
    for _ in range(20):
        with pytest.raises(SilentPlaceError):
            answer_of(tmp_path, lambda _: asked.append(1), seconds=5)
    assert time.monotonic() - began < 0.5
    assert asked == []
    assert answer_of(tmp_path / "anderswo", lambda _: 1, seconds=5) == 1
    gate.set()
    _soon(lambda: _answers(tmp_path))


def _answers(place: Path) -> bool:
    try:
        return answer_of(place, lambda _: True, seconds=5)
    except SilentPlaceError:
        return False


def test_that_who_gives_signs_of_life_may_take_long(tmp_path: Path) -> None:
    def slow(alive: object) -> str:
        for _ in range(8):
            time.sleep(0.1)
            alive()  # type: ignore[operator]
        return "fertig"

    assert answer_of(tmp_path, slow, seconds=0.4) == "fertig"


def test_that_who_should_stop_stops_although_the_place_hangs(tmp_path: Path, gate: Event) -> None:
    stop = Event()
    Thread(target=lambda: (time.sleep(0.2), stop.set())).start()
    began = time.monotonic()
    with pytest.raises(StoppedError):
        answer_of(tmp_path, lambda _: gate.wait(30), seconds=20, stopped=stop.is_set)
    assert time.monotonic() - began < 3


def test_that_nobody_waits_any_longer_once_the_window_closes(tmp_path: Path, gate: Event) -> None:
    Thread(target=lambda: (time.sleep(0.2), wait_no_longer())).start()
    began = time.monotonic()
    with pytest.raises(StoppedError):
        answer_of(tmp_path, lambda _: gate.wait(30), seconds=20)
    assert time.monotonic() - began < 3
    assert answer_of(tmp_path / "anderswo", lambda _: 1, seconds=5) == 1


def test_that_the_program_ends_although_a_place_hangs(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "haengt")
    code = """
import pathlib, sys
from bjc_desktop.errors import SilentPlaceError
from bjc_desktop.vault.erasure_registry import read_registry, state_folder
from bjc_desktop.vault.patience import answer_of
place = pathlib.Path(sys.argv[1])
try:
    answer_of(place, lambda _: (place / "haengt").read_bytes(), seconds=0.2)
except SilentPlaceError as error:
    print(error)
"""
    process = start(code, tmp_path)
    said, complaints = process.communicate(timeout=30)
    assert "antwortet nicht" in said
    assert (process.returncode, complaints) == (0, "")


# --- backups --------------------------------------------------------------------------------------------------------------


def test_that_a_second_place_that_hangs_leaves_the_list_of_ones_own_backups(
    vault: Vault, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_impatient(monkeypatch)
    path = shelve(vault, AUTO, NOW)
    copy_to_second(vault, path, second, NOW)
    with hanging_backup(second, vault.id) as pipe:
        began = time.monotonic()
        assert [backup.place for backup in shelved(vault.folder, vault.id, second)] == [Place.OWN]
        assert state_of_second(second) is SecondState.SILENT
        assert newest_good(vault.folder, second, vault.id).path == path  # type: ignore[union-attr]
        assert verify(vault.folder, [path, second / path.name], NOW) == {path: True}
        assert time.monotonic() - began < 3
        let_go(pipe)
        _soon(lambda: state_of_second(second) is SecondState.THERE)
    assert [backup.place for backup in shelved(vault.folder, vault.id, second)] == [Place.OWN, Place.SECOND]


def test_that_a_place_whose_marker_hangs_is_silent_and_one_without_it_away(
    vault: Vault, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_impatient(monkeypatch)
    with hanging_marker(monkeypatch):
        assert state_of_second(second) is SecondState.SILENT
    assert state_of_second(second.with_name("fehlt")) is SecondState.AWAY
    assert state_of_second(None) is SecondState.NONE


def test_that_a_copy_that_hangs_is_given_up_and_leaves_nothing_once_the_place_answers(
    vault: Vault, second: Path, monkeypatch: pytest.MonkeyPatch, gate: Event
) -> None:
    be_impatient(monkeypatch)
    path, honest = shelve(vault, AUTO, NOW), backup_shelf._copy

    def hang(*arguments: object) -> None:
        honest(*arguments)  # type: ignore[arg-type]
        gate.wait(30)

    monkeypatch.setattr(backup_shelf, "_copy", hang)
    notes = read_notes(own_folder(vault.folder))
    began = time.monotonic()
    with pytest.raises(SilentPlaceError):
        copy_to_second(vault, path, second, NOW)
    assert time.monotonic() - began < 3
    gate.set()
    _soon(lambda: state_of_second(second) is SecondState.THERE)
    assert sorted(entry.name for entry in second.iterdir()) == [backup_shelf.MARKER]
    assert read_notes(own_folder(vault.folder)) == notes
    monkeypatch.undo()
    assert copy_to_second(vault, path, second, NOW).read_bytes() == path.read_bytes()


def test_that_a_copy_that_was_given_up_gets_no_name_later(
    vault: Vault, second: Path, monkeypatch: pytest.MonkeyPatch, gate: Event
) -> None:
    be_impatient(monkeypatch)
    path, honest = shelve(vault, AUTO, NOW), backup_shelf.check_backup

    def late(part: Path, stopped: object) -> None:
        honest(part, stopped)  # type: ignore[arg-type]
        gate.wait(30)

    monkeypatch.setattr(backup_shelf, "check_backup", late)
    with pytest.raises(SilentPlaceError):
        copy_to_second(vault, path, second, NOW)
    gate.set()
    _soon(lambda: state_of_second(second) is SecondState.THERE)
    assert sorted(entry.name for entry in second.iterdir()) == [backup_shelf.MARKER]


def test_that_a_copy_stands_although_what_is_old_cannot_be_forgotten_there(
    vault: Vault, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_impatient(monkeypatch)
    path = shelve(vault, AUTO, NOW)
    with hanging_backup(second, vault.id):
        assert copy_to_second(vault, path, second, NOW).read_bytes() == path.read_bytes()
    assert read_notes(own_folder(vault.folder)).copied is not None


def test_that_a_folder_that_hangs_is_not_chosen(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_impatient(monkeypatch)
    place = tmp_path / "haengt"
    place.mkdir()
    os.mkfifo(place / backup_shelf.MARKER)
    with pytest.raises(InvalidInputError, match="antwortet nicht"):
        choose_second(vault.folder, place)
    descriptor = os.open(place / backup_shelf.MARKER, os.O_RDONLY | os.O_NONBLOCK)
    _soon(lambda: state_of_second(place) is not SecondState.SILENT)
    os.close(descriptor)


def test_that_restoring_from_a_place_that_hangs_is_given_up_and_leaves_nothing(
    vault: Vault, second: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_impatient(monkeypatch)
    path = shelve(vault, AUTO, NOW)
    copy = copy_to_second(vault, path, second, NOW)
    before = sorted(entry.name for entry in tmp_path.iterdir())
    with hanging_backup(second, vault.id) as pipe:
        with pytest.raises(SilentPlaceError):
            restore_patiently(copy, tmp_path / "neu")
        let_go(pipe)
        _soon(lambda: state_of_second(second) is SecondState.THERE)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before
    assert restore_patiently(copy, tmp_path / "neu") == copy


def test_that_backups_of_a_place_taken_away_are_not_called_damaged(vault: Vault, second: Path) -> None:
    path = shelve(vault, AUTO, NOW)
    copy = copy_to_second(vault, path, second, NOW)
    second.rename(second.with_name("abgezogen"))
    assert verify(vault.folder, [path, copy], NOW) == {path: True}
    second.with_name("abgezogen").rename(second)
    copy.unlink()
    assert verify(vault.folder, [path, copy], NOW) == {path: True, copy: False}


# --- erasures -------------------------------------------------------------------------------------------------------------


def _within(seconds: float, work: Callable[[], T]) -> T:
    """Do *work* in a thread of its own, and fail where it takes longer."""
    done: list[T] = []
    thread = Thread(target=lambda: done.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    assert done, "it hangs, or failed"
    return done[0]


@pytest.fixture
def places(vault: Vault, tmp_path: Path) -> list[Path]:
    """Return two folders with a backup of the vault, which holds one case: what is erased is to be known in both."""
    fill_new_vault(vault, now=NOW)
    add_case(vault)
    found = [tmp_path / "eins", tmp_path / "zwei"]
    for place in found:
        back_up(vault, place, NOW)
    return found


def test_that_an_erasure_is_not_held_by_a_place_that_hangs_and_is_known_there_later(
    vault: Vault, places: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    be_impatient(monkeypatch)
    with vault.reading() as connection:
        person = connection.exec_driver_sql("SELECT id FROM coachees").scalar_one()
    with hanging_registry(places[0], vault.id):
        _within(5, lambda: erase_person(vault, person, reason="Antrag", now=NOW, today=NOW.date()))
        known = [read_registry(place, vault.id).stones for place in (state_folder(), places[1])]
        assert [len(stones) for stones in known] == [1, 1]
        vault.close()
        with _within(5, lambda: open_vault(vault.folder, PASSPHRASE, now=NOW)):
            pass
    _soon(lambda: _answers(places[0]))
    with open_vault(vault.folder, PASSPHRASE, now=NOW):
        assert read_registry(places[0], vault.id).stones == known[0]


def test_that_a_backup_and_its_copy_are_not_held_by_another_place_that_hangs(
    vault: Vault, places: list[Path], second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_impatient(monkeypatch)
    with hanging_registry(places[0], vault.id):
        path = _within(5, lambda: shelve(vault, AUTO, NOW))
        _within(5, lambda: copy_to_second(vault, path, second, NOW))
    assert read_registry(second, vault.id).known_until == NOW
