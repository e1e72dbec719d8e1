"""Whatever is read from outside is taken over or refused in a sentence: shortly by Hypothesis, long by Atheris (``make stress``)."""

import importlib.util
import os
import random
import re
import subprocess
import sys

import pytest

from tests.fuzz.targets import TARGETS
from tests.hostile.program import ROOT
from tests.hostile.test_texts import CORPUS
from tests.tally import count

SECONDS = os.environ.get("BJC_FUZZ_SECONDS", "120")
"""How long each target is fuzzed."""


def mutated(seed: bytes, dice: random.Random) -> bytes:
    """Return *seed* with something cut, doubled, put in or replaced."""
    content = bytearray(seed)
    for _ in range(dice.randint(1, 4)):
        at, size = dice.randrange(len(content) + 1), dice.choice((0, 1, 1, 2, 4, 9))
        new = dice.choice((b"", b"\x00", b"\xff", b"[", b'"', b"9" * 40, b"1e999", dice.randbytes(3), content[at : at + 20] * 2,
                           dice.choice(CORPUS).encode()[:200], "٣".encode(), b"\xff\x00\xd8", b"-", b"null"))  # fmt: skip
        content[at : at + size] = new
    return bytes(content)


@pytest.mark.parametrize("name", TARGETS)
def test_that_whatever_is_read_is_taken_over_or_refused(name) -> None:
    target, dice = TARGETS[name], random.Random(f"short {name}")
    for seed in target.seeds:
        target.read(seed)
    for text in CORPUS:
        target.read(text.encode())
    for _ in range(150):
        target.read(mutated(dice.choice(target.seeds), dice))
        count("inputs changed at random")


@pytest.mark.stress
@pytest.mark.parametrize("name", TARGETS)
def test_that_no_input_of_millions_does_anything_else(name, tmp_path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("Atheris is not installed (Linux, Python 3.11 to 3.13: tests/fuzz/requirements.lock)")
    command = [sys.executable, "-m", "tests.fuzz.fuzzer", name, SECONDS, tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace")
    executed = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    count("inputs made by Atheris", int(executed[1]) if executed else 0)
    assert done.returncode == 0, done.stderr[-3000:]
