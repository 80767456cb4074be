"""One item's cells as codes and kinds of missing answer, with everything the codebook does not know."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.data.codebook import MISSING, Item
from helpers.data.raw import Cell, Column, as_text
from helpers.errors import SHOWN, Problem

ANSWERED = -1
"""The place in `MISSING` that stands for an answer."""

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
BLANK = (None, "NA")
"""Cells that hold nothing: R writes a missing value as NA."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """One item, one row a respondent.

    Attributes
    ----------
    value
        The code or number answered, shape (rows,); NaN where missing.
    why
        The place in `MISSING` of the kind of missing answer, `ANSWERED` where there is an answer.
    blank
        Whether the cell holds nothing.
    """

    value: npt.NDArray[np.float64]
    why: npt.NDArray[np.int8]
    blank: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """One different cell: its number, its kind of missing answer, or what it should have been."""

    value: float = math.nan
    why: int = ANSWERED
    expected: str | None = None


def answers(column: Column, item: Item) -> Answers:
    """The cells as codes; whatever the codebook does not know is missing of no kind.

    Blank cells are of the kind to which the codebook gives no code; `routed` may change that.
    """
    read = [_read(cell, column, item) for cell in column.cells]
    value = np.array([cell.value for cell in read], dtype=np.float64)
    why = np.array([cell.why for cell in read], dtype=np.int8)
    blank = np.array([cell in BLANK for cell in column.cells], dtype=np.bool_)
    return Answers(value=value[column.place], why=why[column.place], blank=blank[column.place])


def misread(column: Column, item: Item, *, file: str, first: int) -> Iterator[Problem]:
    """One problem for each different cell that the codebook does not know, the most frequent first.

    The row is that of the first respondent who has it; the others are counted.
    """
    faults = [
        (place, expected)
        for place, cell in enumerate(column.cells)
        if (expected := _read(cell, column, item).expected) is not None
    ]
    counts = np.bincount(column.place, minlength=len(column.cells))
    faults = sorted((fault for fault in faults if counts[fault[0]]), key=lambda f: -counts[f[0]])
    for place, expected in faults[:SHOWN]:
        yield Problem(
            file=file, row=first + int(np.argmax(column.place == place)), column=item.name,
            value=_shown(column.cells[place]), expected=expected + _more(int(counts[place]) - 1),
        )  # fmt: skip
    rest = [place for place, _ in faults[SHOWN:]]
    if rest:
        yield Problem(
            file=file, row=None, column=item.name, value=f"{len(rest)} other values",
            expected=f"none; so in {int(counts[rest].sum()):,} rows",
        )  # fmt: skip


def routed(found: Answers, *, asked: Mask | None) -> Answers:
    """The same answers, where blank cells of those whom the item was not asked are ``not-asked``.

    ``asked`` is None where the item is asked of everybody, or its filter is not in the file.
    """
    why = found.why.copy()
    if asked is not None:
        why[found.blank & ~asked] = MISSING.index("not-asked")
    return Answers(value=found.value, why=why, blank=found.blank)


def unexplained(found: Answers, item: Item, *, file: str, first: int) -> Iterator[Problem]:
    """A problem for blank cells that the codebook gives no kind of missing answer."""
    bare = found.blank & (found.why == ANSWERED)
    if bare.any():
        yield Problem(
            file=file, row=first + int(np.argmax(bare)), column=item.name, value="",
            expected="a code, or in the codebook a kind of missing answer with the code null,"
            " which stands for blank cells" + _more(int(bare.sum()) - 1),
        )  # fmt: skip


def misrouted(
    found: Answers, item: Item, *, asked: Mask, file: str, first: int
) -> Iterator[Problem]:
    """A problem for those who answered unasked, and one for those who were asked and skipped."""
    name, codes = item.asked_if or ("", ())
    skipped = found.why == MISSING.index("not-asked")
    when = f"{name} is {' or '.join(map(str, codes))}"
    for mask, got, expected in (
        (~asked & ~skipped, None, f"not-asked, since it is asked only if {when}"),
        (asked & skipped, "not-asked", f"an answer, since {when}"),
    ):
        if mask.any():
            at = int(np.argmax(mask))
            yield Problem(
                file=file, row=first + at, column=item.name,
                value=got or _held(found, at), expected=expected + _more(int(mask.sum()) - 1),
            )  # fmt: skip


def number(cell: Cell) -> float | None:
    """A cell as a number; None where it is none, NaN where it is blank."""
    if cell in BLANK:
        return math.nan
    if isinstance(cell, str):
        return float(cell) if NUMBER.fullmatch(cell) else None
    return cell


def not_a_number(cell: Cell) -> str:
    """What is said of a cell that is no number: decimal commas are named."""
    if isinstance(cell, str) and COMMA.fullmatch(cell):
        return "a number with a decimal point; the file has decimal commas"
    return "a number; the file has text"


def _read(cell: Cell, column: Column, item: Item) -> _Read:
    codes: dict[object, str] = {code: kind for kind, code in item.missing.items()}
    if cell in BLANK:
        kind = codes.get(None)
        return _Read() if kind is None else _Read(why=MISSING.index(kind))
    value = number(cell)
    key = cell if value is None else value
    if key in codes:
        return _Read(why=MISSING.index(codes[key]))
    if column.missing_of_file(cell):
        label = f" ({column.labels[cell]!r})" if cell in column.labels else ""
        return _Read(expected=f"a missing answer that the codebook knows, {_kinds(item)}; the file"
                     f" declares {as_text(cell)}{label} to be missing")  # fmt: skip
    if value is None:
        return _Read(expected=_wanted(item, cell))
    fits = value >= 0 and math.isfinite(value) if item.type == "count" else value in item.codes
    return _Read(value=value) if fits else _Read(expected=_wanted(item, None))


def _wanted(item: Item, cell: Cell) -> str:
    what = "a number from 0" if item.type == "count" else f"one of {_listed(item)}"
    if cell is None:
        return f"{what}, or a missing answer, {_kinds(item)}"
    if isinstance(cell, str) and COMMA.fullmatch(cell):
        return f"{what}, with a decimal point; the file has decimal commas"
    return f"{what}; the file has text where codes belong"


def _listed(item: Item) -> str:
    return ", ".join(map(str, item.codes))


def _kinds(item: Item) -> str:
    known = ", ".join(
        f"{kind} {'blank' if code is None else code}" for kind, code in item.missing.items()
    )
    return f"such as {known}" if known else "of which the codebook names none"


def _shown(cell: Cell) -> object:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return as_text(cell) if isinstance(cell, str) else cell


def _held(found: Answers, at: int) -> object:
    if found.why[at] != ANSWERED:
        return MISSING[found.why[at]]
    value = float(found.value[at])
    return _shown(value) if math.isfinite(value) else ""


def _more(count: int) -> str:
    return f" (and {count} rows more)" if count > 1 else " (and 1 row more)" if count else ""
