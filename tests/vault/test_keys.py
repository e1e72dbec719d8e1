"""Passphrases, recovery codes, sealed secrets and the notes' cipher."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bjc_desktop.errors import InvalidInputError, MissingNoteKeyError, VaultDamagedError
from bjc_desktop.vault.keys import (
    DEFAULT_KDF,
    KdfParameters,
    NoteCipher,
    NoteKeys,
    check_new_passphrase,
    new_private_key,
    new_recovery_code,
    public_key_of,
    read_recovery_code,
    seal,
    unseal,
    unwrap_key,
    wrap_key,
)
from tests.conftest import CHEAP_KDF

_KEY = bytes(range(32))


def test_that_the_derivation_costs_what_was_decided() -> None:
    assert KdfParameters(iterations=3, memory_kib=256 * 1024, lanes=4) == DEFAULT_KDF


@pytest.mark.parametrize(
    ("iterations", "memory", "lanes"), [(0, 65536, 1), (1, 65535, 1), (1, 65536, 0), (1, 2**30, 1), (99, 65536, 1)]
)
def test_that_parameters_out_of_bounds_are_refused_before_they_are_used(iterations: int, memory: int, lanes: int) -> None:
    began = time.perf_counter()
    with pytest.raises(VaultDamagedError):
        wrap_key("passphrase", _KEY, KdfParameters(iterations, memory, lanes), b"")
    assert time.perf_counter() - began < 0.05


def test_that_a_passphrase_opens_in_every_unicode_spelling() -> None:
    wrapped = wrap_key("Müßiggang ①", _KEY, CHEAP_KDF, b"x")
    assert unwrap_key("Mu\u0308ßiggang 1", wrapped, b"x") == _KEY


def test_that_a_wrapped_key_opens_only_with_its_passphrase_and_in_its_place() -> None:
    wrapped = wrap_key("passphrase", _KEY, CHEAP_KDF, b"here")
    assert unwrap_key("Passphrase", wrapped, b"here") is None
    assert unwrap_key("passphrase", wrapped, b"there") is None


@pytest.mark.parametrize("passphrase", ["", "kurz", "sieben7", "x" * 2000])
def test_that_a_short_or_endless_passphrase_is_refused(passphrase: str) -> None:
    with pytest.raises(InvalidInputError, match="mindestens 8 Zeichen"):
        check_new_passphrase(passphrase)


def test_that_a_recovery_code_is_read_however_it_is_written() -> None:
    code = new_recovery_code()
    normal = read_recovery_code(code)
    assert normal is not None
    sloppy = code.lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    assert read_recovery_code(sloppy) == read_recovery_code(code.replace("1", "I")) == normal


@settings(max_examples=50)
@given(st.integers(0, 40), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_that_a_slip_in_a_recovery_code_is_noticed(place: int, letter: str) -> None:
    code = "J0J918-1B1STV-PDQ577-YK82P9-F20XZJ-G840MX"
    assert read_recovery_code(code) is not None
    slip = code[:place] + letter + code[place + 1 :]
    assert code[place] in {letter, "-"} or read_recovery_code(slip) is None


def test_that_only_the_holder_of_the_private_key_reads_what_is_sealed() -> None:
    private_key = new_private_key()
    sealed = seal(public_key_of(private_key), b"secret", "purpose")
    assert unseal(private_key, sealed, "purpose") == b"secret"
    for key, data, purpose in (
        (new_private_key(), sealed, "purpose"),
        (private_key, sealed[:-1], "purpose"),
        (private_key, sealed, "x"),
    ):
        with pytest.raises(VaultDamagedError):
            unseal(key, data, purpose)


@settings(max_examples=30)
@given(st.text())
def test_that_a_note_comes_back_as_it_was_written(text: str) -> None:
    cipher = NoteCipher("vault", NoteKeys.new())
    blob = cipher.encrypt("consultation", text)
    assert blob[0] == 1
    assert cipher.decrypt("consultation", blob) == text


def test_that_a_note_does_not_open_at_another_consultation_or_when_altered() -> None:
    cipher = NoteCipher("vault", NoteKeys.new())
    blob = cipher.encrypt("one", "text")
    for consultation, altered in (("other", blob), ("one", blob[:-1]), ("one", blob[:13])):
        with pytest.raises(VaultDamagedError):
            cipher.decrypt(consultation, altered)


def test_that_older_notes_open_after_a_rotation_and_newer_ones_not_with_the_old_key() -> None:
    keys = NoteKeys.new()
    old, new = NoteCipher("vault", keys), NoteCipher("vault", keys.rotated())
    assert new.decrypt("c", old.encrypt("c", "text")) == "text"
    with pytest.raises(MissingNoteKeyError):
        old.decrypt("c", new.encrypt("c", "text"))
    assert NoteKeys.from_bytes(new.keys.to_bytes()) == new.keys
