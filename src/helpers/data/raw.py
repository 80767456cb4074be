"""The cells of a respondent file as they stand in it: what every reader of a format returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

Cell = str | float | None
"""What stands in a cell: text, a number, or nothing."""

Places = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One column: each different cell once, and which of them stands in each row.

    Attributes
    ----------
    cells
        The different cells; a blank or a missing number of the system is None.
    place
        For each row the place of its cell in ``cells``, shape (rows,).
    declared
        Ranges of numbers, both ends included, that the file itself declares to be missing answers.
    letters
        Whether text such as ``.a`` is one of Stata's extended missing values and no text.
    labels
        Labels of values in the file, by value; Stata's extended missing values as ``.a``.
    label, measure
        What the file says of the column, and its level of measurement; "" where it says nothing.
    """

    cells: tuple[Cell, ...]
    place: Places
    declared: tuple[tuple[float, float], ...] = ()
    letters: bool = False
    labels: Mapping[Cell, str] = field(default_factory=dict)
    label: str = ""
    measure: str = ""

    def missing_of_file(self, cell: Cell) -> bool:
        """Whether the file declares this cell to be a missing answer."""
        if isinstance(cell, str):
            return self.letters
        return cell is not None and any(low <= cell <= high for low, high in self.declared)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Responses:
    """A respondent file, no more of it than was asked for.

    Attributes
    ----------
    file
        Its name without the folder.
    columns
        The columns asked for that the file has, by name.
    ignored
        Names of the other columns, in the order of the file.
    rows
        How many respondents.
    first
        The number of the first respondent's row: 2 where a header is row 1, else 1.
    """

    file: str
    columns: Mapping[str, Column]
    ignored: tuple[str, ...]
    rows: int
    first: int


def column_of(values: pd.Series) -> Column:
    """Any pandas column as its different cells and their places."""
    place, found = pd.factorize(values, use_na_sentinel=True)
    cells = [_cell(value) for value in found]
    if (place < 0).any():
        place = np.where(place < 0, len(cells), place)
        cells.append(None)
    return Column(cells=tuple(cells), place=place.astype(_smallest(len(cells))))


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value or None
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        return float(value)
    return str(value)


def _smallest(size: int) -> npt.DTypeLike:
    """The smallest signed integers that count up to ``size``."""
    return np.min_scalar_type(-max(size, 1))


def as_text(cell: Cell) -> str:
    """A cell as it reads in a message; whole numbers lose their ``.0``, long text its end."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return cell if len(cell) <= 40 else f"{cell[:39]}…"
