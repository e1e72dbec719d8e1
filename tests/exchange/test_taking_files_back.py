"""Taking an exchange file back: rows and versions are as before, the same file can come again, and a decision since is not lost."""

import zlib

import pytest

from bjc_desktop.models import Coachee
from bjc_desktop.services.erasing import erase_person
from bjc_desktop.services.exchange_conflicts import decide, list_conflicts
from bjc_desktop.services.taking_back import list_imports, take_import_back
from bjc_desktop.services.undoing import NOT_POSSIBLE, UndoRefusedError, undo
from tests.exchange.laptops import TODAY, outward
from tests.exchange.test_merging import PERSON, all_send, assert_all_same, three

__all__ = ["three"]


def stamps(team, name):
    with team[name].reading() as connection:
        return connection.exec_driver_sql("SELECT entity, entity_id, stamps, deleted FROM row_stamps ORDER BY 1, 2").all()


def test_that_a_file_is_taken_back_and_taken_in_again(three):
    three.change("kim", Coachee, PERSON, phone="0171 1")
    before, known = outward(three["amt"]), stamps(three, "amt")
    file = three.write("kim", "amt")
    effect = three.read("amt", file)
    after = outward(three["amt"])
    assert after != before
    take_import_back(three["amt"], effect.event, now=three.now())
    assert outward(three["amt"]) == before
    assert stamps(three, "amt") == known
    assert list_imports(three["amt"], now=three.now())[0].taken_back
    three.read("amt", file)
    assert outward(three["amt"]) == after
    all_send(three)
    assert_all_same(three)


def test_that_a_file_whose_conflict_was_decided_is_not_taken_back(three):
    three.change("kim", Coachee, PERSON, phone="0171 1")
    three.change("amt", Coachee, PERSON, phone="0171 2")
    for name in ("kim", "amt"):
        three.change(name, Coachee, PERSON, phone=f"0171 {name}")
    effects = [three.send("kim", "amt"), three.send("amt", "kim")]
    for name, effect in zip(("amt", "kim"), effects, strict=True):
        (conflict,) = list_conflicts(three[name])
        decide(three[name], conflict, conflict.others[0].held_id, now=three.now())
        with pytest.raises(UndoRefusedError):
            take_import_back(three[name], effect.event, now=three.now())
    all_send(three)
    assert_all_same(three)


def test_that_a_file_whose_conflict_was_settled_by_hand_is_not_taken_back(three):
    three.change("amt", Coachee, PERSON, phone="0171 2")
    three.change("amt", Coachee, PERSON, phone="0171 3")
    three.change("kim", Coachee, PERSON, phone="0171 1")
    effects = {"amt": three.send("kim", "amt"), "kim": three.send("amt", "kim")}
    for name, effect in effects.items():
        three.change(name, Coachee, PERSON, phone=f"0172 {name}")
        with pytest.raises(UndoRefusedError):
            take_import_back(three[name], effect.event, now=three.now())


def test_that_an_undone_change_travels_as_the_change_that_it_is(three):
    three.change("kim", Coachee, PERSON, phone="0171 1")
    three.send("kim", "amt")
    with three["kim"].reading() as connection:
        last = connection.exec_driver_sql("SELECT max(transaction_id) FROM change_records WHERE entity = 'coachees'").scalar()
    undo(three["kim"], last, now=three.now())
    three.send("kim", "amt")
    assert three.value("amt", Coachee, PERSON, "phone") == "0151"


def test_that_an_exchange_is_no_change_that_could_be_undone(three):
    three.change("kim", Coachee, PERSON, phone="0171 1")
    effect = three.send("kim", "amt")
    with pytest.raises(UndoRefusedError):
        undo(three["amt"], effect.event, now=three.now())


def test_that_nothing_of_who_was_erased_is_kept_for_taking_back(three):
    three.change("amt", Coachee, PERSON, phone="0171 2")
    for phone in ("0171 1", "0171 3"):
        three.change("kim", Coachee, PERSON, phone=phone)
        effect = three.send("kim", "amt")
    amt = three["amt"]

    def kept():
        with amt.reading() as connection:
            found = connection.exec_driver_sql("SELECT before FROM exchange_files").scalars().all()
        return " ".join(zlib.decompress(before).decode() for before in found if before is not None)

    assert "0171 1" in kept()
    erase_person(amt, PERSON, reason="Antrag", now=three.now(), today=TODAY)
    assert kept() == ""
    with pytest.raises(UndoRefusedError, match=NOT_POSSIBLE):
        take_import_back(amt, effect.event, now=three.now())
