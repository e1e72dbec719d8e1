"""Seeded sample data in the syntax of the data package: for the demo, for tests and for benchmarks. No real person is in it."""

from bjc_desktop.sample.generate import DEFAULT_SEED, Sample, sample_tables
from bjc_desktop.sample.shape import DEMO, SampleShape, benchmark
from bjc_desktop.sample.tables import COLUMNS, Row, SampleTable

__all__ = ["COLUMNS", "DEFAULT_SEED", "DEMO", "Row", "Sample", "SampleShape", "SampleTable", "benchmark", "sample_tables"]
