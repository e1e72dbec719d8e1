"""Report bundles that somebody altered or invented: verify says so in one sentence and writes nothing."""

import io
import json
import os
import random
import stat
import zipfile
import zlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bjc_desktop.reports.manifest import MANIFEST, PUBLIC_KEY, SIGNATURE, hashes, sign
from tests.hostile.program import Home, assert_refused, files_in

UNSIGNED = {MANIFEST, SIGNATURE, PUBLIC_KEY}


@pytest.fixture(scope="module")
def genuine(filled_template: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of a bundle as the program makes it."""
    home = filled_template.copy_to(tmp_path_factory.mktemp("genuine") / "home")
    path = home.run(*home.report("b")).out.strip()
    with zipfile.ZipFile(home.folder / path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


@pytest.fixture
def place(tmp_path):
    (tmp_path / "home").mkdir()
    return Home(tmp_path / "home")


def packed(files, **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def signed_anew(files, /, **manifest) -> dict[str, bytes]:
    """Return *files* under a manifest and a signature that are in order: a sender may sign whatever they like."""
    signed = {name: data for name, data in files.items() if name not in UNSIGNED}
    text = json.dumps({**json.loads(files[MANIFEST]), "files": hashes(signed)} | manifest).encode()
    signature, key = sign(text, Ed25519PrivateKey.from_private_bytes(b"k" * 32).private_bytes_raw())
    return {**signed, MANIFEST: text, SIGNATURE: signature, PUBLIC_KEY: key}


def stating(files, /, **stated) -> dict[str, bytes]:
    """Return *files* with other figures, properly signed."""
    return signed_anew({**files, "indicators.json": json.dumps({**json.loads(files["indicators.json"]), **stated}).encode()})


def judged(home: Home, content: bytes) -> str:
    """Let the program verify the bundle *content*; return the sentence in which it refuses."""
    path = home.folder / "bundle.zip"
    path.write_bytes(content)
    before = sorted(files_in(home.folder.parent))
    said = home.run("verify", path)
    assert_refused(said)
    assert sorted(files_in(home.folder.parent)) == before
    return said.err


def test_that_a_bundle_signed_anew_is_another_senders_and_verifies(genuine, place):
    """What the refusals below change is all that is wrong with their bundles."""
    (place.folder / "bundle.zip").write_bytes(packed(signed_anew(genuine)))
    said = place.run("verify", "bundle.zip")
    assert said.status == 0, said


def test_that_a_bundle_of_an_earlier_version_without_a_web_page_verifies(genuine, place):
    earlier = {name: data for name, data in genuine.items() if name != "report.html"}
    (place.folder / "bundle.zip").write_bytes(packed(signed_anew(earlier)))
    said = place.run("verify", "bundle.zip")
    assert said.status == 0, said


@pytest.mark.parametrize(
    "name",
    ["report.pdf", "report.html", "report.xlsx", "indicators.json", "package/coachings.csv", MANIFEST, SIGNATURE, PUBLIC_KEY],
)
def test_that_each_file_of_a_bundle_is_protected(genuine, place, name):
    altered = bytearray(genuine[name])
    altered[len(altered) // 2] ^= 1
    judged(place, packed({**genuine, name: bytes(altered)}))
    judged(place, packed({other: data for other, data in genuine.items() if other != name}))
    judged(place, packed({**genuine, name: b""}))


@pytest.mark.parametrize(
    "name",
    [
        "mehr.txt",
        "../flucht.txt",
        "/flucht.txt",
        "..\\flucht.txt",
        "package/../../flucht.txt",
        "C:\\flucht.txt",
        "package/",
        "package/fremd.csv",
        "REPORT.PDF",
    ],
)
def test_that_a_file_too_many_is_refused_wherever_it_wants_to_go(genuine, place, name):
    judged(place, packed({**genuine, name: b"x"}))
    assert not list(place.folder.parent.rglob("*flucht*"))


def as_link(genuine, name, target):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for other, data in genuine.items():
            info = zipfile.ZipInfo(other)
            if other == name:
                info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, target if other == name and target is not None else data)
    return buffer.getvalue()


@pytest.mark.parametrize("target", ["/etc/passwd", None])
def test_that_a_link_in_a_bundle_is_refused_even_where_it_is_signed(genuine, place, target):
    judged(place, as_link(genuine, "report.pdf", target))


def test_that_a_name_that_occurs_twice_is_refused(genuine, place):
    buffer = io.BytesIO(packed(genuine))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("report.pdf", b"another")
    judged(place, buffer.getvalue())


def test_that_a_bomb_is_refused_unread(genuine, place):
    for name in ("report.pdf", MANIFEST):
        judged(place, packed({**genuine, name: bytes(200 * 1024**2)}, compression=zipfile.ZIP_DEFLATED))


def test_that_a_bomb_that_lies_about_its_size_is_not_unpacked(genuine, place):
    content = bytearray(packed({**genuine, "report.pdf": bytes(50 * 1024**2)}, compression=zipfile.ZIP_DEFLATED))
    size = (50 * 1024**2).to_bytes(4, "little")
    while (found := content.find(size)) >= 0:
        content[found : found + 4] = (1000).to_bytes(4, "little")
    judged(place, bytes(content))


@pytest.mark.parametrize("name", ["indicators.json", MANIFEST])
@pytest.mark.parametrize(
    "text",
    [b"", b"null", b"[]", b"{", b"1", b'"x"', b"[" * 200_000, b"9" * 10_000, b"\xff\xfe\x00", b"{}", b'{"scope": 1e999}', b'{"scope":{"name":[]},"period":[],"version":{},"as_of":null}'],
)  # fmt: skip
def test_that_json_of_any_kind_is_refused_even_where_it_is_signed(genuine, place, name, text):
    if name == MANIFEST:
        signature, key = sign(text, b"k" * 32)
        judged(place, packed({**genuine, MANIFEST: text, SIGNATURE: signature, PUBLIC_KEY: key}))
    else:
        judged(place, packed(signed_anew({**genuine, name: text})))


_KEYS = ("settings", "targets", "period", "scope", "as_of", "files", "version")
_VALUES = (None, [], "x", {"x": []}, -1, {"a1_1": 10**400}, "2999-01-01", True)


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key in _KEYS for value in _VALUES if (key, value) != ("version", None)]
)
def test_that_a_manifest_of_any_kind_is_refused_even_where_it_is_signed(genuine, place, key, value):
    judged(place, packed(signed_anew(genuine, **{key: value})))


@pytest.mark.parametrize("key", ["scope", "period", "as_of", "coaches", "indicators", "caseload", "definitions", "bjc_format"])
@pytest.mark.parametrize("value", [None, [], ["x"], {}, "2999-01-01", {"label": "x", "from": "0001-01-01", "to": "9999-12-31"}, [{"code": "a1_1", "target": "NaN", "tolerance_low": "x"}]])  # fmt: skip
def test_that_stated_figures_of_any_kind_are_refused_even_where_they_are_signed(genuine, place, key, value):
    judged(place, packed(stating(genuine, **{key: value})))


def test_that_an_altered_figure_is_found_even_where_it_is_signed(genuine, place):
    figures = json.loads(genuine["indicators.json"])["indicators"]
    for index, figure in enumerate(figures):
        for key, value in (
            ("numerator", "7"),
            ("denominator", "9"),
            ("value", "0.999999"),
            ("rating", "reached" if figure["rating"] != "reached" else "below"),
        ):
            changed = [dict(other) for other in figures]
            changed[index][key] = value
            assert "stimmen nicht mit seinen Fällen überein" in judged(place, packed(stating(genuine, indicators=changed)))


def test_that_a_manifest_that_says_another_scope_or_period_is_refused(genuine, place):
    manifest = json.loads(genuine[MANIFEST])
    for changes in (
        {"scope": {**manifest["scope"], "name": "Ein anderer Träger"}},
        {"period": {**manifest["period"], "label": "2025-Q4"}},
        {"as_of": "2026-02-27"},
    ):
        judged(place, packed(signed_anew(genuine, **changes)))


def test_that_a_senders_name_cannot_steer_the_terminal(genuine, place):
    name = "Träger\nIn Ordnung: alles\x1b[2J\u202egut"
    scope = {**json.loads(genuine["indicators.json"])["scope"], "name": name}
    files = stating(genuine, scope=scope)
    (place.folder / "bundle.zip").write_bytes(packed(signed_anew(files, scope=scope)))
    said = place.run("verify", "bundle.zip")
    assert (said.status, len(said.out.splitlines())) == (0, 1)
    assert said.out.rstrip("\n").isprintable()


@pytest.mark.parametrize("damage", ["empty", "text", "truncated", "folder", "encrypted", "garbage"])
def test_that_what_is_no_bundle_is_refused(genuine, place, damage):
    content = packed(genuine, compression=zipfile.ZIP_DEFLATED)
    if damage == "folder":
        (place.folder / "ordner").mkdir()
        assert_refused(place.run("verify", "ordner"))
        return
    locked = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := locked.find(mark, start + 1)) >= 0:
            locked[start + offset] |= 1
    hostile = {
        "empty": b"",
        "text": b"kein Archiv",
        "truncated": content[: len(content) // 2],
        "encrypted": bytes(locked),
        "garbage": zlib.compress(os.urandom(2000)),
    }
    judged(place, hostile[damage])


def test_that_a_bundle_with_any_bit_flipped_never_ends_in_a_trace(genuine, place):
    content, dice = packed(genuine), random.Random(7)
    for _ in range(60):
        damaged = bytearray(content)
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        path = Path(place.folder / "bundle.zip")
        path.write_bytes(damaged)
        said = place.run("verify", path)
        if said.status:
            assert_refused(said)
