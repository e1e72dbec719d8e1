"""The same shape and seed give the same sample in every process."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bjc_desktop.sample import DEFAULT_SEED, DEMO, Sample, SampleTable, sample_tables

_PROGRAM = (
    "from tests.sample.test_determinism import digest; from bjc_desktop.sample import *; print(digest(sample_tables(DEMO)))"
)


def digest(tables: dict[str, SampleTable]) -> str:
    """Return the SHA-256 of all columns and rows."""
    content = [[name, table.columns, table.rows] for name, table in tables.items()]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_another_process_makes_the_same_sample(demo: dict[str, SampleTable], hash_seed: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == digest(demo)


def test_a_second_run_in_the_same_process_makes_the_same_sample(demo: dict[str, SampleTable]) -> None:
    assert digest(sample_tables(DEMO)) == digest(demo)


def test_the_sample_stays_what_it_was(demo: dict[str, SampleTable]) -> None:
    """Chance rests on the generator's specified methods, so every supported version of Python gives this digest.

    Whoever changes the sample on purpose puts the new digest here.
    """
    assert digest(demo) == "8538267d1ece6850cd8a03727e4d04b34e75c9e499e03336d8de6b84e9c51a11"


def test_another_seed_makes_another_sample(demo: dict[str, SampleTable]) -> None:
    other = sample_tables(DEMO, DEFAULT_SEED + 1)
    assert all(other[name].rows != table.rows for name, table in demo.items() if name != "providers")
    assert {row[0] for row in other["coachings"].rows}.isdisjoint(row[0] for row in demo["coachings"].rows)


def test_a_table_alone_has_the_same_rows(demo: dict[str, SampleTable]) -> None:
    sample = Sample(DEMO)
    for name, table in demo.items():
        assert list(sample.rows(name)) == table.rows
