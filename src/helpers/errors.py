"""The errors a user of the book can meet, each in one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SHOWN = 10


class HelpersError(Exception):
    """Anything the book refuses to do, said so that a reader can act on it."""


class DataError(HelpersError):
    """A data file breaks its dictionary, or a name is asked for that it does not hold."""

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class EvidenceError(HelpersError):
    """A result has no evidence kind, or mixes several."""


class EstimationError(HelpersError):
    """An estimate cannot be computed from what was given."""


class DesignError(EstimationError):
    """A sampling design contradicts itself: weights, strata or clusters that cannot be."""


class ConvergenceError(EstimationError):
    """An iteration ended without a solution; no result is given in its place."""


class RegisterError(HelpersError):
    """An id is missing, malformed, or registered twice."""


class ExecutionError(HelpersError):
    """A chapter did not run to its end."""


class PublicationError(HelpersError):
    """The site, or the frozen results, cannot be made from what was registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One broken cell of a data file.

    ``row`` is the line in the file (the header is line 1); ``value`` is what stands there.
    """

    file: str
    row: int | None
    column: str
    value: object
    expected: str

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}, row {self.row}"
        got = "nothing" if self.value in (None, "") else repr(self.value)
        return f"{where}, column {self.column!r}: got {got}; expected {self.expected}"


def refuse(problems: Iterable[Problem], *, hint: str) -> None:
    """Raise one `DataError` for all problems: at most ten are shown, and all are counted."""
    found = list(problems)
    if not found:
        return
    shown = "\n".join(f"  {problem}" for problem in found[:SHOWN])
    rest = f"\n  … and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    noun = "problem" if len(found) == 1 else "problems"
    raise DataError(f"{len(found)} {noun} in the data:\n{shown}{rest}\n{hint}", found)
