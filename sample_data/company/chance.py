"""Draws that come out the same on every machine and in every Python.

Of the standard generator only `random()` is promised never to change, so all else is made of it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
_TERMS = 12  # as many uniform draws add up to a variance of one


class Chance:
    """A stream of draws of its own per topic, so that a change in one leaves the others alone."""

    def __init__(self, topic: str) -> None:
        self._random = random.Random(f"Зерно и пар: {topic}")  # noqa: S311 (no secrets here)

    def unit(self) -> float:
        """Return a number from 0 up to 1."""
        return self._random.random()

    def between(self, low: float, high: float) -> float:
        """Return a number between two others."""
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return low + int(self.unit() * (high - low + 1))

    def happens(self, probability: float) -> bool:
        """Tell whether something of this probability happens."""
        return self.unit() < probability

    def about(self, expected: float) -> int:
        """Return one of the two whole numbers around `expected`, which is its mean."""
        return math.floor(expected + self.unit())

    def normal(self) -> float:
        """Return a number of mean 0 and deviation 1, never beyond 6."""
        return sum(self.unit() for _ in range(_TERMS)) - _TERMS / 2

    def lasting(self, median: float, spread: float) -> float:
        """Return a positive number with a long tail, such as a duration or an amount."""
        return median * math.exp(spread * self.normal())

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.whole(0, len(items) - 1)]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """Return one of the keys, each as often as it weighs."""
        return _at(weights, self.unit())

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """Return the items in any order."""
        found = list(items)
        for place in range(len(found) - 1, 0, -1):
            other = self.whole(0, place)
            found[place], found[other] = found[other], found[place]
        return found

    def quota(self, count: int, weights: Mapping[T, float]) -> list[T]:
        """Return `count` keys, as near to their weights as whole numbers allow, in any order.

        Independent draws would make a month of thirty answers jump about more than the story does.
        """
        steps = [(place + self.unit()) / count for place in range(count)]
        return self.shuffled(_at(weights, step) for step in steps)


def _at(weights: Mapping[T, float], place: float) -> T:
    rest = place * sum(weights.values())
    key = None
    for key, weight in weights.items():
        rest -= weight
        if rest < 0:
            return key
    if key is None:
        raise ValueError("nothing to choose from")
    return key
