"""How often something was tried, told at the end of a run: what docs/reliability.md gives the figures of."""

from collections import Counter

TRIED: Counter[str] = Counter()


def count(what: str, times: int = 1) -> None:
    """Count that *what* was tried so many *times*."""
    TRIED[what] += times
