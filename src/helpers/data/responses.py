"""Reads anybody's respondent file: csv, sav, zsav, dta or parquet, only what the codebook names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from helpers.data.codebook import Codebook
from helpers.data.raw import Column, Responses, column_of
from helpers.data.responses_csv import header, read_csv, readable
from helpers.data.responses_labelled import labelled_header, read_labelled
from helpers.errors import DataError, Problem, refuse

SUFFIXES = (".csv", ".sav", ".zsav", ".dta", ".parquet")
OWN_COLUMNS = ("id", "weight", "stratum", "psu", "evidence", "source_id")
"""Columns that every survey has or gains; an item of such a name would hide them."""

HINT = "Mend the file, or the names in the codebook."


def read_responses(path: Path, codebook: Codebook) -> Responses:
    """The columns of the file that the codebook names, their cells as they stand.

    Items that the file lacks are left out; what the codebook does not name is not read.

    Raises
    ------
    DataError
        There is no such file, it is of no known kind, damaged, in another encoding or with another
        separator; a column that is read stands twice; a column that a role names is missing; or
        none of the items is there.
    """
    names, read = _opened(path, wanted_columns(codebook))
    refuse(_of_columns(path.name, names, codebook), hint=HINT)
    return read(path, wanted_columns(codebook))


def wanted_columns(codebook: Codebook) -> list[str]:
    """The columns that the codebook names: those of the roles, then those of the items."""
    return list(dict.fromkeys([*codebook.roles.values(), *(item.name for item in codebook.items)]))


def column_names(path: Path) -> list[str]:
    """The names of all columns of a file that can be read.

    Raises
    ------
    DataError
        As for `read_responses`, except for what the codebook expects.
    """
    return _opened(path, [])[0]


def read_columns(path: Path, names: Sequence[str]) -> Responses:
    """These columns of a file, without a codebook; raises as `column_names` does."""
    return _opened(path, [])[1](path, names)


def _opened(
    path: Path, wanted: Sequence[str]
) -> tuple[list[str], Callable[[Path, Sequence[str]], Responses]]:
    """The names of the columns, and the reader of the format."""
    kind = path.suffix.lower()
    if kind not in SUFFIXES:
        raise DataError(
            f"{path.name} cannot be read; got a file of the kind {kind or 'without a suffix'!r};"
            f" expected one of {', '.join(SUFFIXES)}. A spreadsheet can be saved as 'CSV UTF-8'."
        )
    if not path.is_file():
        raise DataError(
            f"there is no such file; got {path.name!r}; expected a respondent file that exists."
            " Check the name and the folder."
        )
    if path.stat().st_size == 0:
        raise DataError(
            f"{path.name} is empty; got 0 bytes; expected respondents. Save the file anew."
        )
    if kind == ".csv":
        readable(path, wanted)
        return header(path), read_csv
    if kind == ".parquet":
        return _parquet_header(path), _read_parquet
    return labelled_header(path), read_labelled


def _of_columns(file: str, names: Sequence[str], codebook: Codebook) -> Iterator[Problem]:
    def problem(column: str, got: object, expected: str) -> Problem:
        return Problem(file=file, row=None, column=column, value=got, expected=expected)

    wanted = wanted_columns(codebook)
    if not set(names) & {item.name for item in codebook.items}:
        # The names are not shown: where a header is missing, they are the first respondent's cells.
        first = ", ".join(item.name for item in codebook.items[:3])
        yield problem("(all)", f"{len(names)} columns, none of them an item of the codebook",
                      f"a header with items such as {first}")  # fmt: skip
        return
    for name in wanted:
        if names.count(name) > 1:
            yield problem(name, f"{names.count(name)} columns of this name", "each column once")
    for role, name in codebook.roles.items():
        if name not in names:
            near = get_close_matches(name, names, n=1, cutoff=0.6)
            also = f"; the file has {near[0]!r}" if near else ""
            yield problem(name, "no such column", f"the column of the role {role}{also}")
    for item in codebook.items:
        if item.name in OWN_COLUMNS and codebook.roles.get(item.name) != item.name:
            yield problem(item.name, "an item of this name",
                          "another name: every survey has a column of this name already")  # fmt: skip


def _parquet_header(path: Path) -> list[str]:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    try:
        return list(parquet.read_schema(path).names)
    except (pa.ArrowException, OSError):
        raise _damaged(path) from None


def _read_parquet(path: Path, wanted: Sequence[str]) -> Responses:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    names = _parquet_header(path)
    columns: dict[str, Column] = {}
    try:
        with parquet.ParquetFile(path) as opened:
            rows = int(opened.metadata.num_rows)
            for name in wanted:
                if name in names:
                    values = opened.read(columns=[name])[name].to_pandas()
                    columns[name] = column_of(values)
    except (pa.ArrowException, OSError):
        raise _damaged(path) from None
    return Responses(
        file=path.name,
        columns=columns,
        ignored=tuple(name for name in names if name not in columns),
        rows=rows,
        first=1,
    )


def _damaged(path: Path) -> DataError:
    return DataError(
        f"{path.name} ends early or is damaged; got {path.stat().st_size} bytes that cannot be read"
        " whole; expected a complete Parquet file. Copy it anew, or write it anew."
    )
