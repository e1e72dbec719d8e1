"""Exchange files that were cut, bent, forged, or written by a partner who means harm: one sentence, and nothing is changed."""

import csv
import io
import json
import random
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bjc_desktop.errors import BjcError, PackageError, VaultError
from bjc_desktop.exchange.envelope import Identity, parse_letter, write_letter
from bjc_desktop.exchange.outgoing import package_for
from bjc_desktop.exchange.selection import Recipient, Selection
from bjc_desktop.exchange.stamping import keep_up
from bjc_desktop.models import Coachee, FollowUp
from bjc_desktop.services.exchanging import preview_exchange
from bjc_desktop.services.pairing import identity_of
from bjc_desktop.vault.keys import public_key_of
from bjc_desktop.vocabulary import PartnerKind
from tests.exchange.conftest import laptops, team
from tests.exchange.laptops import ANNA, OF_ANNA, TODAY, Team, day
from tests.tally import count

__all__ = ["laptops", "team"]
NAMES = ("Zwyx", "Anna", "Kaminski", "0151", "a@example.org")
Files = dict[str, bytes]
Edit = Callable[[Files], object]


@pytest.fixture
def ready(team: Team) -> Team:
    """Return a team whose coach has her cases and has changed something."""
    team.send("amt", "kim")
    team.add("amt", FollowUp(coaching_id=OF_ANNA, state="surveyed", contacted_on=day(2025, 7)))
    team.change("kim", Coachee, ANNA, phone="0151 99")
    return team


def state(team: Team, name: str) -> object:
    """Return everything in a vault."""
    with team[name].reading() as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        tables = connection.exec_driver_sql(query).scalars().all()
        return {table: connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1").all() for table in tables}


def assert_refused(team: Team, file: Path, name: str = "amt") -> str:
    """Assert that a file is refused with one sentence that names nobody, and leaves nothing."""
    with team[name].writing(now=team.now()) as session:
        keep_up(team[name], session.connection())
    before, files = state(team, name), files_of(team, name)
    for act in (lambda: preview_exchange(team[name], file), lambda: team.read(name, file)):
        with pytest.raises((PackageError, VaultError)) as caught:
            act()
        said = str(caught.value)
        assert said.endswith(".")
        assert "\n" not in said
        for text in (said, *map(str, getattr(caught.value, "details", ()))):
            assert not [word for word in NAMES if word in text], text
    assert state(team, name) == before
    assert not {path for path in files_of(team, name) - files if "backups" not in path.parts}
    count("hostile exchange files")
    return said


def files_of(team: Team, name: str) -> set[Path]:
    return {path for place in (team[name].folder, team.folder) for path in place.rglob("*") if path.suffix != ".bjcx"}


def forged(team: Team, edit: Edit, sender: str = "kim", receiver: str = "amt") -> Path:
    """Return a validly signed file of *sender* whose content was edited."""
    vault = team[sender]
    with vault.writing(now=team.now()) as session:
        keep_up(vault, session.connection())
        selection = Selection(vault, Recipient(PartnerKind.OFFICE, None, reads_notes=True), TODAY)
        content, _ = package_for(session.connection(), selection, vault.notes)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    edit(files)
    return signed(team, packed(files), sender, receiver)


def packed(files: Files) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def signed(team: Team, content: bytes, sender: str = "kim", receiver: str = "amt") -> Path:
    keys = identity_of(team[receiver])
    letter = write_letter(
        content, identity_of(team[sender]), team[receiver].id, public_key_of(keys.sealing_key), team.now().isoformat()
    )
    path = team.folder / f"{uuid.uuid4()}.bjcx"
    path.write_bytes(letter)
    return path


def edited(name: str, change: Callable[[list[dict[str, str]]], None]) -> Edit:
    """Return an edit of the rows of one table."""

    def edit(files: Files) -> None:
        reader = csv.DictReader(io.StringIO(files[name].decode(), newline=""))
        rows = list(reader)
        change(rows)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, reader.fieldnames or (), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        files[name] = text.getvalue().encode()

    return edit


def stamped(table: str, stamp: Callable[[dict[str, object]], object]) -> Edit:
    """Return an edit of the stamps of one table."""

    def change(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if row["table"] == table:
                found = stamp(json.loads(row["stamp"]))
                row["stamp"] = found if isinstance(found, str) else json.dumps(found)

    return edited("versions.csv", change)


def held(table: str, key: str, group: str, content: object, vector: str = "abcdef:7", **more: str) -> Edit:
    """Return an edit that adds a version beside the one of a row."""
    text = content if isinstance(content, str) else json.dumps(content)
    row = {"table": table, "id": key, "group": group, "vector": vector, "content": text, "by": "", "at": "", **more}
    return edited("held.csv", lambda rows: rows.append(row))


def cell(name: str, column: str, value: str) -> Edit:
    """Return an edit that writes *value* into a column of all rows of a table."""
    return edited(f"{name}.csv", lambda rows: [row.update({column: value}) for row in rows])


def version_cell(column: str, value: str) -> Edit:
    return edited("versions.csv", lambda rows: rows[0].update({column: value}))


BOMB = io.BytesIO()
with zipfile.ZipFile(BOMB, "w", zipfile.ZIP_DEFLATED) as _archive:
    _archive.writestr("datapackage.json", bytes(100 * 1024**2))
REFUSED: dict[str, Edit] = {
    "no descriptor": lambda files: files.pop("datapackage.json"),
    "no versions": lambda files: files.pop("versions.csv"),
    "empty versions": lambda files: files.update({"versions.csv": b""}),
    "versions in no encoding": lambda files: files.update({"versions.csv": b"\xff\xfe\x00"}),
    "other columns": lambda files: files.update({"versions.csv": files["versions.csv"].replace(b"stamp", b"stomp", 1)}),
    "a row of too many cells": lambda files: files.update({"versions.csv": files["versions.csv"] + b"a,b,c,d,e,f\r\n"}),
    "an unknown table": version_cell("table", "users"),
    "an id that is none": version_cell("id", "' OR 1=1 --"),
    "a stamp of another row": version_cell("id", str(uuid.uuid4())),
    "a name with a NUL": version_cell("by", "a\x00b"),
    "a name without end": version_cell("by", "a" * 100_000),
    "a name of two lines": version_cell("by", "a\nb"),
    "a time that is none": version_cell("at", "gestern"),
    "a stamp that is none": stamped("coachees", lambda _: "x"),
    "a stamp that is a list": stamped("coachees", lambda _: []),
    "an empty stamp": stamped("coachees", lambda _: {}),
    "a stamp without depth": stamped("coachees", lambda _: "[" * 100_000 + "]" * 100_000),
    "an unknown group": stamped("coachees", lambda _: {"passwort": "abcdef:1"}),
    "a clock without end": stamped("coachees", lambda _: {"*": f"abcdef:{10**30}"}),
    "a clock of 10**5000": stamped("coachees", lambda _: {"*": "abcdef:1" + "0" * 5000}),
    "a clock below nothing": stamped("coachees", lambda _: {"*": "abcdef:-1"}),
    "a clock of nothing": stamped("coachees", lambda _: {"*": "abcdef:0"}),
    "a clock in other digits": stamped("coachees", lambda _: {"*": "abcdef:٣"}),
    "an origin that is none": stamped("coachees", lambda _: {"*": "ABC:1"}),
    "an origin without end": stamped("coachees", lambda _: {"*": f"{'a' * 1000}:1"}),
    "an origin twice": stamped("coachees", lambda _: {"*": "abcdef:1 abcdef:2"}),
    "ten thousand origins": stamped("coachees", lambda _: {"*": " ".join(f"{n:06x}:1" for n in range(10_000))}),
    "a vector that is a number": stamped("coachees", lambda _: {"*": 7}),
    "a deletion that is a number": stamped("coachees", lambda stamp: {**stamp, "": 7}),
    "a deletion of nothing": stamped("coachees", lambda stamp: {**stamp, "": ["?abcdef:1"]}),
    "a held text where values belong": held("coachees", ANNA, "contact", '"abc"'),
    "a held dictionary": held("coachees", ANNA, "contact", [{"a": 1}, None, None]),
    "a held list": held("coachees", ANNA, "contact", [["a"], None, None]),
    "a held fraction": held("coachees", ANNA, "contact", [0.5, None, None]),
    "a held truth": held("coachees", ANNA, "contact", [True, None, None]),
    "a held number for a text": held("coachees", ANNA, "contact", [7, None, None]),
    "a held NUL": held("coachees", ANNA, "contact", ["a\x00b", None, None]),
    "held values too few": held("coachees", ANNA, "contact", ["a"]),
    "held depth": held("coachees", ANNA, "contact", "[" * 200_000 + "]" * 200_000),
    "an unknown held group": held("coachees", ANNA, "passwort", [None]),
    "a held version of nobody": held("coachees", str(uuid.uuid4()), "contact", [None, None, None]),
    "a held version of no table": held("users", ANNA, "contact", [None, None, None]),
    "a held vector that is none": held("coachees", ANNA, "contact", [None, None, None], vector=""),
    "a held version by a line": held("coachees", ANNA, "contact", [None, None, None], by="a\r\nb"),
    "a held name missing": held("coachees", ANNA, "number", [None]),
    "a day that is none": cell("coachings", "entry_on", "2025-02-30"),
    "a value of no list": cell("coaching_staff", "staff_id", "nobody"),
    "no name": cell("coachees", "family_name", ""),
    "a NUL in a name": cell("coachees", "family_name", "Zwyx\x00feld"),
    "an id of a table that is none": cell("coachees", "id", "7"),
    "a column twice": lambda files: files.update(
        {"coachees.csv": files["coachees.csv"].replace(b"given_name", b"family_name", 1)}
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_that_what_a_partner_must_not_write_is_refused(ready, what):
    assert_refused(ready, forged(ready, REFUSED[what]))


def test_that_what_the_rules_of_a_table_refuse_is_refused_as_a_whole(ready):
    def edit(files: Files) -> None:
        cell("coachings", "exit_on", "1999-01-01")(files)
        stamped("coachings", lambda _: {"*": "abcdef:9999"})(files)

    file, before = forged(ready, edit), ready.value("amt", Coachee, ANNA, "phone")
    with pytest.raises(PackageError, match="nicht übernommen"):
        ready.read("amt", file)
    assert ready.value("amt", Coachee, ANNA, "phone") == before


def test_that_a_row_under_a_key_that_is_not_its_own_is_refused(ready):
    ready.add("kim", FollowUp(coaching_id=OF_ANNA, state="surveyed", contacted_on=day(2025, 8)))
    other = str(uuid.uuid4())

    def edit(files: Files) -> None:
        for name in ("follow_ups.csv", "versions.csv"):

            def change(rows: list[dict[str, str]], name: str = name) -> None:
                for row in rows:
                    if name == "follow_ups.csv" or row["table"] == "follow_ups":
                        row["id"] = other

            edited(name, change)(files)

    assert_refused(ready, forged(ready, edit))


@pytest.mark.parametrize(
    "content", [b"", b"PK", BOMB.getvalue(), b"PK\x05\x06" + bytes(18)], ids=["nothing", "a stump", "a bomb", "an empty archive"]
)
def test_that_a_signed_file_without_a_package_is_refused(ready, content):
    assert_refused(ready, signed(ready, content))


def test_that_a_claim_to_know_more_of_us_than_there_is_takes_no_later_change_from_us(ready):
    with ready["amt"].reading() as connection:
        own = connection.exec_driver_sql("SELECT value FROM vault_facts WHERE key = 'exchange_origin'").scalar().hex()
    file = forged(ready, stamped("coachees", lambda _: {"*": f"{own}:{10**14} abcdef:9"}))
    ready.read("amt", file)
    ready.change("amt", Coachee, ANNA, phone="0151 77")
    ready.send("amt", "kim")
    assert ready.value("kim", Coachee, ANNA, "phone") in {"0151 77", "0151 99"}
    ready.send("kim", "amt")
    versions = {ready.value(name, Coachee, ANNA, "phone") for name in ("amt", "kim")}
    held = [row for name in ("amt", "kim") for row in state(ready, name)["held_versions"]]
    assert "0151 77" in str(versions) + str(held)
    with ready["amt"].reading() as connection:
        assert connection.exec_driver_sql("SELECT value FROM vault_facts WHERE key = 'exchange_origin'").scalar().hex() != own


def test_that_a_coach_brings_nothing_of_the_organisation_and_refers_to_nobody_who_is_not_there(ready):
    stranger = str(uuid.uuid4())
    effect = ready.read("amt", forged(ready, cell("coachings", "coachee_id", stranger)))
    assert set(effect.tables) <= {"coachees"}


def test_that_a_file_that_was_cut_is_refused(ready):
    data = ready.write("kim", "amt").read_bytes()
    path = ready.folder / "gekürzt.bjcx"
    dice = random.Random(7)
    places = [0, 1, 13, 14, 15, 100, 200, len(data) - 65, len(data) - 64, len(data) - 1]
    for place in (*places, *(dice.randrange(len(data)) for _ in range(60))):
        path.write_bytes(data[:place])
        assert_not_opened(ready, path)
    path.write_bytes(data + b"\x00")
    assert_not_opened(ready, path)


def assert_not_opened(team: Team, path: Path) -> None:
    with pytest.raises(BjcError) as caught:
        preview_exchange(team["amt"], path)
    assert str(caught.value).endswith(".")
    count("hostile exchange files")


def test_that_a_bit_that_flipped_anywhere_is_noticed(ready):
    before = state(ready, "amt")
    data = ready.write("kim", "amt").read_bytes()
    path = ready.folder / "gekippt.bjcx"
    dice = random.Random(11)
    head = data.index(b"\n", 14)
    places = [*range(0, head * 8, 5), *(dice.randrange(len(data) * 8) for _ in range(300))]
    for place in places:
        bent = bytearray(data)
        bent[place // 8] ^= 1 << place % 8
        path.write_bytes(bent)
        assert_not_opened(ready, path)
    assert state(ready, "amt") == before


def test_that_a_file_for_somebody_else_is_refused(ready):
    assert "für einen anderen Tresor" in assert_refused(ready, ready.write("kim", "amt"), "lee")


def test_that_a_file_of_a_stranger_is_refused(ready):
    with ready["amt"].writing(now=ready.now()) as session:
        session.connection().exec_driver_sql("DELETE FROM exchange_partners WHERE id = ?", (ready["kim"].id,))
    assert "nicht verbunden" in assert_refused(ready, ready.write("kim", "amt"))


@pytest.mark.parametrize("change", ["from", "to", "made_at"])
def test_that_a_file_under_another_name_is_refused(ready, change):
    data = ready.write("kim", "amt").read_bytes()
    head = parse_letter(data).header
    other = {
        "from": (head.sender, ready["lee"].id),
        "to": (head.receiver, ready["lee"].id),
        "made_at": (head.made_at[:4], "2031"),
    }
    old, new = other[change]
    path = ready.folder / "umbenannt.bjcx"
    path.write_bytes(data.replace(old.encode(), new.encode(), 1))
    assert_refused(ready, path)


def test_that_a_file_signed_by_a_stranger_in_a_partners_name_is_refused(ready):
    stranger = identity_of(ready["lee"])
    false = Identity(ready["kim"].id, stranger.signing_key, stranger.sealing_key)
    key = public_key_of(identity_of(ready["amt"]).sealing_key)
    path = ready.folder / "fremd.bjcx"
    path.write_bytes(write_letter(b"PK", false, ready["amt"].id, key, ready.now().isoformat()))
    assert_refused(ready, path)


def test_that_no_file_or_card_names_anybody(ready):
    file = ready.write("kim", "amt")
    data = file.read_bytes() + file.name.encode()
    for name in (*NAMES, "F-1", "Kim", "Träger"):
        assert name.encode() not in data
        assert name.encode("utf-16-le") not in data
