"""The tables of accessibility say nothing that is not so: each test named exists, and each clause of chapter 11 has a result."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = {"erfüllt", "teilweise", "nicht erfüllt", "nicht geprüft", "entfällt"}
CLAUSES = {
    "11.1": "1.1 2.1 2.2 2.3 2.4 2.5 3.1 3.2 3.3 3.4 3.5 4.1 4.2 4.3 4.4 4.5 4.10 4.11 4.12 4.13",
    "11.2": "1.1 1.2 1.4 2.1 2.2 3.1 4.3 4.4 4.6 4.7 5.1 5.2 5.3 5.4",
    "11.3": "1.1 2.1 2.2 3.1 3.2 3.3 3.4",
    "11.4": "1.1 1.2 1.3",
    "11.5": "1 " + " ".join(f"2.{number}" for number in range(1, 18)),
    "11.6": "1 2",
    "11.8": "1 2 3 4 5",
}
"""EN 301 549 V3.2.1, chapter 11: where a clause is split by functionality, that for open functionality."""


def rows() -> list[list[str]]:
    """Return the cells of every line of the tables below their heads."""
    lines = (ROOT / "docs" / "accessibility.md").read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| (?!Nummer|---)", line)]


def test_that_every_clause_of_the_chapter_has_a_result() -> None:
    wanted = [f"{part}.{number}" for part, numbers in CLAUSES.items() for number in numbers.split()]
    assert sorted(row[0] for row in rows() if row[0].startswith("11.")) == sorted([*wanted, "11.7"])
    assert {row[2] for row in rows()} <= RESULTS


def test_that_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "accessibility.md").read_text("utf-8"))
    assert len(named) > 30
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, f"{path}::{name}"


def test_that_what_is_fulfilled_says_why() -> None:
    assert [row[0] for row in rows() if row[2] in {"erfüllt", "teilweise"} and not row[3]] == []
