"""Reads a table of the evidence base and refuses it whole if any cell breaks the dictionary.

The dictionary is ``datapackage.json``, a Frictionless Data Package: types, units, allowed values,
keys. Nothing is dropped or repaired: every broken cell is named in one error.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import paths
from helpers.errors import Problem, refuse

DESCRIPTOR = "datapackage.json"
HINT = f"The dictionary {DESCRIPTOR} describes each column; mend the file and build again."

_DTYPES = {"string": "str", "number": "float64", "integer": "Int64", "boolean": "bool"}
_PATTERNS = {
    "number": re.compile(r"-?\d+(\.\d+)?"),
    "integer": re.compile(r"-?\d+"),
    "boolean": re.compile(r"true|false"),
}
_WANTED = {"number": "a number with a decimal point", "integer": "a whole number",
           "boolean": "true or false"}  # fmt: skip


def resources() -> dict[str, dict[str, Any]]:
    """Every table of the dictionary by its name."""
    text = (paths.published() / DESCRIPTOR).read_text(encoding="utf-8")
    return {resource["name"]: resource for resource in json.loads(text)["resources"]}


def read(name: str) -> pd.DataFrame:
    """One table, typed and checked against the dictionary.

    Text stays text; a blank cell is a missing value. Dates stay ISO text, since some are known
    only to a year.

    Raises
    ------
    DataError
        The file is missing, has other columns, or has cells that break the dictionary: at most
        ten are shown with file, row, column, value and what was expected, and all are counted.
    """
    known = resources()
    resource = known[name]
    rows = _cells(resource)
    refuse([*_problems(resource, rows, known), *_repeated(resource, rows)], hint=HINT)
    frame = pd.DataFrame(rows, columns=[field["name"] for field in _fields(resource)])
    return frame.assign(**{field["name"]: _typed(frame, field) for field in _fields(resource)})


def real_date(text: str) -> bool:
    """Whether an ISO date of any precision names a day that exists."""
    year, month, day = (*(int(part) for part in text.split("-")), 1, 1)[:3]
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _fields(resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = resource["schema"]["fields"]
    return fields


def _cells(resource: Mapping[str, Any]) -> list[list[str | None]]:
    """The body of the file; a blank cell is None. Wrong columns or ragged rows are refused."""
    path: Path = paths.published() / resource["path"]
    expected = [field["name"] for field in _fields(resource)]
    found: list[list[str]] = []
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            found = list(csv.reader(handle, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        refuse([_of_file(path, error, "comma-separated text in UTF-8")], hint=HINT)
    if not found or found[0] != expected:
        refuse([_of_file(path, found[0] if found else [], f"the columns {expected}")], hint=HINT)
    ragged = (
        Problem(file=path.name, row=line, column="(row)", value=f"{len(row)} cells",
                expected=f"{len(expected)} cells")
        for line, row in enumerate(found[1:], start=2)
        if len(row) != len(expected)
    )  # fmt: skip
    refuse(ragged, hint=HINT)
    return [[cell or None for cell in row] for row in found[1:]]


def _of_file(path: Path, got: object, expected: str) -> Problem:
    return Problem(file=path.name, row=None, column="(all)", value=got, expected=expected)


def _problems(
    resource: Mapping[str, Any], rows: list[list[str | None]], known: Mapping[str, Any]
) -> Iterator[Problem]:
    keys = {
        reference["fields"][0]: (reference["reference"], _keys(known, reference["reference"]))
        for reference in resource["schema"].get("foreignKeys", [])
    }
    for position, field in enumerate(_fields(resource)):
        column = [row[position] for row in rows]
        found = _broken(field, column)
        if "listOf" in field:
            held = field["listOf"]
            reference = {"resource": held["resource"], "fields": [held["field"]]}
            found = [*found, *_unresolved(column, reference, _keys(known, reference))]
        if field["name"] in keys:
            found = [*found, *_unresolved(column, *keys[field["name"]])]
        for line, expected in found:
            yield Problem(
                file=resource["path"], row=line, column=field["name"], value=column[line - 2],
                expected=expected,
            )  # fmt: skip


def _repeated(resource: Mapping[str, Any], rows: list[list[str | None]]) -> Iterator[Problem]:
    """Rows whose key of several columns another row has already."""
    key = resource["schema"].get("primaryKey", [])
    if isinstance(key, str):
        return
    names = [field["name"] for field in _fields(resource)]
    places = [names.index(name) for name in key]
    seen: dict[tuple[str | None, ...], int] = {}
    for line, row in enumerate(rows if places else [], start=2):
        held = tuple(row[place] for place in places)
        if seen.setdefault(held, line) != line:
            yield Problem(
                file=resource["path"], row=line, column=" ".join(key),
                value=" ".join(map(str, held)),
                expected=f"each of these once; row {seen[held]} has it already",
            )  # fmt: skip


def _broken(field: Mapping[str, Any], column: Iterable[str | None]) -> list[tuple[int, str]]:
    """Lines of a column that break its type or constraints, each with what was expected."""
    rule = field.get("constraints", {})
    form, allowed = _PATTERNS.get(field["type"]), rule.get("enum")
    pattern = re.compile(rule["pattern"]) if "pattern" in rule else None
    low, high = rule.get("minimum", float("-inf")), rule.get("maximum", float("inf"))
    seen: dict[str, int] = {}
    found = []
    for line, cell in enumerate(column, start=2):
        if cell is None:
            if rule.get("required"):
                found.append((line, "a value"))
        elif form and not form.fullmatch(cell):
            found.append((line, _WANTED[field["type"]]))
        elif form and field["type"] != "boolean" and not low <= float(cell) <= high:
            found.append((line, f"a number from {low:g} to {high:g}"))
        elif allowed and cell not in allowed:
            found.append((line, f"one of {', '.join(allowed)}"))
        elif pattern and not pattern.fullmatch(cell):
            found.append((line, f"text of the form {rule['pattern']}"))
        elif pattern and rule["pattern"].startswith(r"\d{4}") and not real_date(cell):
            found.append((line, "a date that exists"))
        elif rule.get("unique") and seen.setdefault(cell, line) != line:
            found.append((line, f"a key of its own; row {seen[cell]} has it already"))
    return found


def _unresolved(
    column: Iterable[str | None], reference: Mapping[str, Any], keys: set[str]
) -> list[tuple[int, str]]:
    """Lines whose key, or one of several keys joined by ``;``, stands in no row of its table."""
    expected = f"a {reference['fields'][0]} of {reference['resource']}.csv"
    return [
        (line, expected)
        for line, cell in enumerate(column, start=2)
        if cell is not None and not keys.issuperset(cell.split(";"))
    ]


def _keys(known: Mapping[str, Any], reference: Mapping[str, Any]) -> set[str]:
    resource = known[reference["resource"]]
    names = [field["name"] for field in _fields(resource)]
    position = names.index(reference["fields"][0])
    return {key for row in _cells(resource) if (key := row[position]) is not None}


def _typed(frame: pd.DataFrame, field: Mapping[str, Any]) -> pd.Series:
    column = frame[field["name"]]
    if field["type"] == "boolean":
        return column == "true"
    if field["type"] == "integer":
        return pd.to_numeric(column).astype("Int64")
    return column.astype(_DTYPES[field["type"]])
