"""The vaults that exchange files with one another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange.laptops import Team, Templates, found_team, make_templates, opened, pair_offices


@pytest.fixture(scope="session")
def laptops(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Make the vaults, empty."""
    return make_templates(tmp_path_factory.mktemp("laptops"))


@pytest.fixture
def team(laptops: Templates, tmp_path: Path) -> Iterator[Team]:
    """Yield an office with two people, two coaches' laptops and a trainer's, which know the office and are empty."""
    with opened(laptops, tmp_path / "team") as made:
        found_team(made)
        yield made


@pytest.fixture
def equals(laptops: Templates, tmp_path: Path) -> Iterator[Team]:
    """Yield three empty vaults that give one another everything."""
    with opened(laptops, tmp_path / "equals", ("amt", "kim", "lee")) as made:
        pair_offices(made)
        yield made
