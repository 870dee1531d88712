"""The assignment problem: pairs of rows and columns with the greatest total, none of them twice."""

from __future__ import annotations

from collections.abc import Sequence

_INFINITE = float("inf")


def assigned(worth: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return (row, column) for every row, or for every column where there are fewer.

    The Hungarian method with potentials, one row at a time: O(rows² · columns). Deterministic.
    """
    if not worth or not worth[0]:
        return []
    if len(worth) > len(worth[0]):
        turned = [list(column) for column in zip(*worth, strict=True)]
        return sorted((row, column) for column, row in assigned(turned))
    count, width = len(worth), len(worth[0])
    of_row, of_column = [0.0] * (count + 1), [0.0] * (width + 1)
    owner = [0] * (width + 1)  # the row (from 1) that has a column; column 0 is the start
    for row in range(1, count + 1):
        owner[0] = row
        column = 0
        least = [_INFINITE] * (width + 1)
        before = [0] * (width + 1)
        used = [False] * (width + 1)
        while owner[column]:
            used[column] = True
            nearest, step = 0, _INFINITE
            for other in range(1, width + 1):
                if used[other]:
                    continue
                at = owner[column]
                price = -worth[at - 1][other - 1] - of_row[at] - of_column[other]
                if price < least[other]:
                    least[other], before[other] = price, column
                if least[other] < step:
                    nearest, step = other, least[other]
            for other in range(width + 1):
                if used[other]:
                    of_row[owner[other]] += step
                    of_column[other] -= step
                else:
                    least[other] -= step
            column = nearest
        while column:
            owner[column] = owner[before[column]]
            column = before[column]
    return sorted(
        (owner[column] - 1, column - 1) for column in range(1, width + 1) if owner[column]
    )
