"""Reads files of SPSS and Stata: numbers with their labels, and which of them mean no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.data.raw import Cell, Column, Responses, column_of
from helpers.errors import DataError

STATA_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


def labelled_header(path: Path) -> list[str]:
    """The names of the columns of a sav, zsav or dta file."""
    return list(_opened(path, metadataonly=True)[1].column_names)


def read_labelled(path: Path, wanted: Sequence[str]) -> Responses:
    """The columns ``wanted`` of a sav, zsav or dta file.

    Dates stay numbers, as the file stores them. Missing answers keep their codes; Stata's extended
    missing values become ``.a`` to ``.z``.

    Raises
    ------
    DataError
        The file ends early or is damaged.
    """
    names = labelled_header(path)
    present = [name for name in wanted if name in names]
    # Without a column, the library reads none of the rows; the first one then tells their number.
    frame, about = _opened(path, usecols=present or names[:1])
    if about.number_rows is not None and about.number_rows not in (-1, len(frame)):
        raise _damaged(path)
    columns = {name: _column(frame[name], name, about) for name in present}
    return Responses(
        file=path.name,
        columns=columns,
        ignored=tuple(name for name in names if name not in columns),
        rows=len(frame),
        first=1,
    )


def _opened(path: Path, **options: Any) -> tuple[pd.DataFrame, Any]:
    import pyreadstat  # noqa: PLC0415

    read = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    try:
        frame, about = read(path, user_missing=True, disable_datetime_conversion=True, **options)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError):
        # The message of the library may name the folder.
        raise _damaged(path) from None
    return frame, about


def _damaged(path: Path) -> DataError:
    return DataError(
        f"{path.name} ends early or is damaged; got {path.stat().st_size} bytes that cannot be read"
        f" whole; expected a complete {path.suffix.lower()} file. Copy it anew, or save it anew in"
        " the program that made it."
    )


def _column(values: pd.Series, name: str, about: Any) -> Column:
    letters = _has_letters(name, about)
    if letters:
        values = values.map(lambda cell: f".{cell}" if isinstance(cell, str) else cell)
    found = column_of(values)
    return Column(
        cells=found.cells,
        place=found.place,
        declared=tuple(
            (float(given["lo"]), float(given["hi"]))
            for given in about.missing_ranges.get(name, ())
            if not isinstance(given["lo"], str)
        ),
        letters=letters,
        labels=_labels(name, about),
        label=about.column_names_to_labels.get(name) or "",
        measure=about.variable_measure.get(name, ""),
    )


def _has_letters(name: str, about: Any) -> bool:
    """Whether text in this column can only be an extended missing value of Stata."""
    return bool(about.readstat_variable_types.get(name) != "string")


def _labels(name: str, about: Any) -> Mapping[Cell, str]:
    """Labels of values by value; those of Stata's extended missing values by ``.a``."""
    return {
        _key(value): str(label)
        for value, label in about.variable_value_labels.get(name, {}).items()
    }


def _key(value: object) -> Cell:
    if isinstance(value, str):
        return f".{value}" if value in STATA_LETTERS else value
    return float(str(value))
