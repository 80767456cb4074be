"""A list of what is wrong in a mapping that a file holds, kept while the mapping is walked through."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from helpers.errors import Problem


class Report:
    """The places of a model's file that are wrong, noted while it is walked through."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []

    def wrong(self, at: str, got: object, expected: str) -> None:
        """Note one place."""
        self.found.append(
            Problem(file=self.file, row=None, column=at, value=got, expected=expected)
        )

    def mapping(
        self, at: str, got: object, *, keys: Collection[Any] | None, needed: Collection[Any] = ()
    ) -> Mapping[Any, Any]:
        """The known part of a mapping; empty where it is none."""
        if not isinstance(got, Mapping):
            self.wrong(at, got, "a mapping of names to values")
            return {}
        for key in needed:
            if key not in got:
                self.wrong(at, None, f"a value for {key!r}")
        for key in got:
            if keys is not None and key not in keys:
                self.wrong(at, key, f"one of {', '.join(map(str, keys))}")
        return {key: value for key, value in got.items() if keys is None or key in keys}

    def number(self, at: str, got: object, low: float, high: float) -> bool:
        """Whether a number lies within these limits."""
        fine = isinstance(got, int | float) and not isinstance(got, bool) and low <= got <= high
        if not fine:
            self.wrong(at, got, f"a number from {low:g} to {high:g}")
        return fine

    def whole(self, at: str, got: object, low: float) -> bool:
        """Whether a number is whole and not below ``low``."""
        fine = isinstance(got, int) and not isinstance(got, bool) and got >= low
        if not fine:
            self.wrong(at, got, f"a whole number of at least {low:g}")
        return fine

    def text(self, at: str, got: object) -> None:
        """Text that is not empty."""
        if not isinstance(got, str) or not got:
            self.wrong(at, got, "text")

    def listed(self, at: str, got: object, size: int | None = None) -> list[Any]:
        """A list, of this many values; empty where it is none."""
        if isinstance(got, list) and (size is None or len(got) == size):
            return got
        self.wrong(at, got, "a list" if size is None else f"a list of length {size}")
        return []

    def numbers(self, at: str, got: object, low: float, high: float) -> None:
        """Every value of a mapping within these limits."""
        for key, value in self.mapping(at, got, keys=None).items():
            self.number(f"{at}: {key}", value, low, high)

    def shares(self, at: str, got: Iterable[Any]) -> None:
        """Shares of all: each from 0 to 1, together 1."""
        values = list(got)
        if all(self.number(at, value, 0, 1) for value in values) and abs(sum(values) - 1) > 1e-9:
            self.wrong(at, values, "shares that sum to 1")
