"""The samples that the tests look at, each made once."""

import pytest

from bjc_desktop.sample import DEMO, SampleShape, SampleTable, benchmark, sample_tables
from tests.sample.figures import Calculator, Record, records

SMALL_BENCHMARK = benchmark(coachings=500, consultations=5_000, years=2)
TINY = SampleShape(coaches=1, trainers=1, coachings=3, consultations=9, caseload=1)


@pytest.fixture(scope="session")
def demo() -> dict[str, SampleTable]:
    """Return the demo's tables."""
    return sample_tables(DEMO)


@pytest.fixture(scope="session")
def demo_calculator(demo: dict[str, SampleTable]) -> Calculator:
    """Return the demo's figures."""
    return Calculator(demo)


@pytest.fixture(scope="session", params=[DEMO, SMALL_BENCHMARK, TINY], ids=["demo", "benchmark", "tiny"])
def shape(request: pytest.FixtureRequest) -> SampleShape:
    """Return one shape after the other."""
    shape = request.param
    assert isinstance(shape, SampleShape)
    return shape


@pytest.fixture(scope="session")
def sample(shape: SampleShape) -> dict[str, list[Record]]:
    """Return the rows of the shape's tables by column."""
    return {name: records(table) for name, table in sample_tables(shape).items()}
