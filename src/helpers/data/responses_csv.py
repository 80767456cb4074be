"""Reads a CSV of respondents: its encoding and separator first, then only the columns asked for."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.data.raw import Column, Responses
from helpers.errors import DataError, Problem, refuse

if TYPE_CHECKING:
    import pyarrow as pa

SAVE = ("Save it as UTF-8: in Excel, Save As, 'CSV UTF-8 (Comma delimited)'; in LibreOffice, Save"
        " As, 'Edit filter settings', character set 'Unicode (UTF-8)', field delimiter ','.")  # fmt: skip
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}

_CHUNK = 1 << 22
_HEAD = 1 << 20
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32", codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16",
}  # fmt: skip


def header(path: Path) -> list[str]:
    """The names of the columns, from the first line that is not blank."""
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    text = (
        codecs.getincrementaldecoder("utf-8")().decode(head).removeprefix("\ufeff").lstrip("\r\n")
    )
    return next(csv.reader(io.StringIO(text, newline="")), [])


def read_csv(path: Path, wanted: Sequence[str]) -> Responses:
    """The columns ``wanted`` of a file that ``readable`` let through.

    Memory is bounded by these columns: each different cell is held once.

    Raises
    ------
    DataError
        Rows have more or fewer cells than the header, all counted; or a quotation mark stays open.
    """
    names = header(path)
    present = [name for name in wanted if name in names]
    table = _table(path, present)
    columns = {}
    for name in present:
        columns[name] = _column(table[name])
        table = table.drop_columns([name])
    return Responses(
        file=path.name,
        columns=columns,
        ignored=tuple(name for name in names if name not in set(present)),
        rows=next(iter(columns.values())).place.size if columns else 0,
        first=2,
    )


def readable(path: Path, wanted: Sequence[str]) -> None:
    """Refuse a file in another encoding, or with another separator.

    Raises
    ------
    DataError
        The encoding found, or the separator found, and how to save the file.
    """
    _encoded(path)
    names = header(path)
    if set(names) & set(wanted):
        return
    for separator, name in SEPARATORS.items():
        parts = next(csv.reader(names[:1], delimiter=separator), [])
        if len(parts) > 1:
            raise DataError(
                f"{path.name} is separated by {name}; got {len(names)} columns by commas and"
                f" {len(parts)} by {name}; expected commas between the columns and decimal points"
                f" in numbers. {SAVE}"
            )


def _encoded(path: Path) -> None:
    """Read all bytes once: the file must be UTF-8, with quotation marks in pairs."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    quotes = lines = 0
    with path.open("rb") as handle:
        start = handle.read(4)
        _marked(path.name, start, handle.read(2 * len(codecs.BOM_UTF8)))
        handle.seek(0)
        while chunk := handle.read(_CHUNK):
            if b"\0" in chunk:
                raise _refused(
                    path.name, "UTF-16 without its mark, or no text at all: it holds zero bytes"
                )
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                row = lines + error.object[: error.start].count(b"\n") + 1
                raise _refused(
                    path.name, f"{_looks_like(chunk)}, first seen in line {row}"
                ) from None
            quotes += chunk.count(b'"')
            lines += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _refused(path.name, f"a letter cut in two at the end, in line {lines + 1}") from None
    if quotes % 2:
        raise DataError(
            f"{path.name} has a quotation mark that is never closed, so rows would be lost; got"
            f" {quotes} of them; expected pairs. Write a quotation mark inside a cell twice."
        )


def _marked(file: str, start: bytes, more: bytes) -> None:
    """Refuse the byte order marks of other encodings, and the one of UTF-8 where it stands twice."""
    for mark, name in _MARKS.items():
        if start.startswith(mark):
            raise _refused(file, name)
    if (start + more).startswith(2 * codecs.BOM_UTF8):
        raise DataError(
            f"{file} begins with two byte order marks; got the mark of UTF-8 twice; expected it at"
            f" most once, since the second becomes part of the first column's name. {SAVE}"
        )


def _refused(file: str, found: str) -> DataError:
    return DataError(f"{file} is not in UTF-8; got {found}; expected UTF-8. {SAVE}")


def _looks_like(chunk: bytes) -> str:
    """The likely encoding of bytes that are not UTF-8.

    Letters of Cyrillic words stand side by side in the upper half; Western accents stand alone.
    """
    upper = np.frombuffer(chunk, dtype=np.uint8) >= 0x80
    if 2 * np.count_nonzero(upper[1:] & upper[:-1]) < np.count_nonzero(upper):
        return "a Western encoding such as Windows-1252"
    text = np.frombuffer(chunk, dtype=np.uint8)[upper].tobytes().decode("cp1251", errors="replace")
    lower = sum(letter.islower() for letter in text)
    return "Windows-1251" if 2 * lower >= len(text) else "a Cyrillic encoding such as KOI8-R"


def _table(path: Path, present: Sequence[str]) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv as arrow  # noqa: PLC0415

    kind = pa.dictionary(pa.int32(), pa.string())
    ragged: list[Problem] = []

    def note(row: Any) -> str:
        ragged.append(
            Problem(file=path.name, row=row.number, column="(row)",
                    value=f"{row.actual_columns} cells", expected=f"{row.expected_columns} cells")
        )  # fmt: skip
        return "skip"

    try:
        table = arrow.read_csv(
            path,
            # One thread, so that a broken row knows its number.
            read_options=arrow.ReadOptions(use_threads=False, block_size=_CHUNK),
            parse_options=arrow.ParseOptions(newlines_in_values=True, invalid_row_handler=note),
            convert_options=arrow.ConvertOptions(
                include_columns=list(present), column_types=dict.fromkeys(present, kind)
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV file" in str(error):
            return pa.table({name: pa.array([], kind) for name in present})
        # The message of the library quotes the row, which may hold personal data.
        raise DataError(
            f"{path.name} cannot be read as a table; got a row that no comma-separated text has;"
            " expected text in UTF-8 with commas between cells. A quotation mark may stay open."
        ) from None
    refuse(ragged, hint="Put cells that hold commas in quotation marks, and save the file anew.")
    return table


def _column(cells: pa.ChunkedArray) -> Column:
    whole = cells.unify_dictionaries()
    if whole.num_chunks == 0:
        return Column(cells=(), place=np.empty(0, dtype=np.int8))
    found = whole.chunk(0).dictionary.to_pylist()
    small = np.min_scalar_type(-max(len(found), 1))
    places = [chunk.indices.to_numpy(zero_copy_only=False).astype(small) for chunk in whole.chunks]
    return Column(cells=tuple(cell or None for cell in found), place=np.concatenate(places))
