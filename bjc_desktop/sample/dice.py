"""Chance from a seed: the same numbers in every process and with every supported version of Python.

Only ``random()`` and ``getrandbits()`` of the standard generator are used: both are specified, the helpers built on them in the
standard library are not.
"""

import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")

_VARIANTS = "89ab"


class Weighted(Generic[T]):
    """Values with weights, ready to be drawn from."""

    __slots__ = ("limits", "values")

    def __init__(self, weights: Mapping[T, float]) -> None:
        self.values = tuple(weights)
        total = sum(weights.values())
        self.limits = tuple(limit / total for limit in accumulate(weights.values()))


def version_4(number: int) -> str:
    """Return the 128 bits of *number* in the form of a UUID of version 4."""
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{_VARIANTS[int(text[16], 16) & 3]}{text[17:20]}-{text[20:]}"


class Dice:
    """A generator of chance, seeded by one or more whole numbers."""

    __slots__ = ("_bits", "share")

    def __init__(self, *seeds: int) -> None:
        number = 0
        for seed in seeds:
            number = number << 40 | seed
        generator = random.Random(number)  # noqa: S311 - sample data, no secret
        self.share = generator.random
        self._bits = generator.getrandbits

    def chance(self, probability: float) -> bool:
        """Return True with *probability*."""
        return self.share() < probability

    def below(self, limit: int) -> int:
        """Return a whole number from 0 up to, but not including, *limit*."""
        return int(self.share() * limit)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from *low* to *high*, both included; *low* where *high* lies below it."""
        return low + int(self.share() * (high - low + 1)) if high > low else low

    def pick(self, values: Sequence[T]) -> T:
        """Return one of *values*."""
        return values[int(self.share() * len(values))]

    def draw(self, weighted: Weighted[T]) -> T:
        """Return one of the weighted values."""
        index = bisect_right(weighted.limits, self.share())
        return weighted.values[min(index, len(weighted.values) - 1)]

    def several(self, values: Sequence[T], count: int) -> list[T]:
        """Return *count* different ones of *values*, in no order."""
        rest = list(values)
        return [rest.pop(self.below(len(rest))) for _ in range(min(count, len(rest)))]

    def uuid(self) -> str:
        """Return a new id in the form of a UUID of version 4."""
        return version_4(self._bits(128))
