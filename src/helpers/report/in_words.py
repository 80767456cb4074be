"""A figure in words, for who cannot see it: what it is made of, its numbers, and where they go.

Every sentence is made from the rows that are drawn; none says what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from helpers.report.words import DIGITS, SUFFIX, label

Row = Mapping[str, Any]

NAMED = 6
"""So many things are named one by one; of more, their number."""

UNITS = {"place": "places", "probability": "probabilities"}
"""The words for units that read badly as they are."""

_DATE = re.compile(r"(?:19|20)\d\d(?:-\d\d){0,2}")


def in_words(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Sentences under “Made of”, “Numbers” and “Direction or order”.

    Parameters
    ----------
    rows : the rows of the figure as its JSON holds them: results with ``estimate``, or dated
        events with ``date`` and ``kind``. Of other rows only their number is told.
    """
    if rows and "estimate" in rows[0]:
        # Rows that differ in their interval alone are one mark of the drawing.
        places = {(*map(str, _name(row)), row["estimate"]): row for row in reversed(rows)}
        return _of_estimates([*reversed(places.values())])
    if rows and {"date", "kind"} <= rows[0].keys():
        return _of_events(rows)
    return {"Made of": [f"{_many(len(rows), 'row')}."]}


def _of_estimates(rows: Sequence[Row]) -> dict[str, list[str]]:
    columns = _telling(rows)
    rows = [{**row, "name": _words(row, columns)} for row in rows]
    known = [row for row in rows if row["estimate"] is not None]
    units = list(dict.fromkeys(str(row["unit"]) for row in known))
    with_interval = sum(row.get("ci_low") is not None for row in known)
    made = [
        f"{_many(len(known), 'estimate')}, {with_interval} of them with a 95% interval.",
        *(_list(head, rows, column) for head, column in
          (("Groups", "group"), ("About", "item"), ("Answers or kinds", "level"))),
    ]  # fmt: skip
    numbers = [_extremes([row for row in known if row["unit"] == unit], unit) for unit in units]
    return {
        "Made of": [line for line in made if line],
        "Numbers": numbers,
        "Direction or order": [*(_movement([row for row in known if row["unit"] == unit], unit) or
                        _order([row for row in known if row["unit"] == unit], unit)
                        for unit in units)],
    }  # fmt: skip


def _of_events(rows: Sequence[Row]) -> dict[str, list[str]]:
    dates = sorted(str(row["date"]) for row in rows)
    kinds = _tally(label(str(row["kind"])) for row in rows)
    years = _tally(date[:4] for date in dates)
    busiest, most = max(years.items(), key=lambda pair: pair[1])
    first, last = int(dates[0][:4]), int(dates[-1][:4])
    middle = (first + last + 1) // 2
    late = sum(int(date[:4]) >= middle for date in dates)
    return {
        "Made of": [
            f"{_many(len(rows), 'dated event')} of {_many(len(kinds), 'kind')}.",
            f"Kinds: {', '.join(f'{kind} ({number})' for kind, number in kinds.items())}.",
        ],
        "Numbers": [
            f"The first is of {dates[0]}, the last of {dates[-1]}; {busiest} has most, {most}."
        ],
        "Direction or order": [f"{late} of {len(dates)} are of {middle} or later."],
    }


def _list(head: str, rows: Sequence[Row], column: str) -> str:
    names = list(dict.fromkeys(_word(row, column) for row in rows if row.get(column)))
    if not names:
        return ""
    shown = ", ".join(names) if len(names) <= NAMED else f"{len(names)}, from the table below"
    return f"{head}: {shown}."


def _extremes(rows: Sequence[Row], unit: str) -> str:
    value: Callable[[Row], float] = lambda row: row["estimate"]  # noqa: E731
    low, high = min(rows, key=value), max(rows, key=value)
    middle = _printed(median(map(value, rows)), unit)
    return (
        f"Lowest {_printed(value(low), unit)} ({low['name']}), highest"
        f" {_printed(value(high), unit)} ({high['name']}), median {middle},"
        f" of {_many(len(rows), 'value')} in {UNITS.get(unit, unit)}."
    )


def _movement(rows: Sequence[Row], unit: str) -> str:
    """First against last of whatever has two dates or more; empty where nothing has."""
    series: dict[tuple[str, ...], list[tuple[str, Row]]] = {}
    for row in rows:
        when, key = _dated(row)
        if when:
            series.setdefault(key, []).append((when, row))
    moved = []
    for points in series.values():
        points.sort(key=lambda point: point[0])
        if points[0][0] != points[-1][0]:
            moved.append((points[-1][1]["estimate"] - points[0][1]["estimate"], points))
    if not moved:
        return ""
    up, down = sum(by > 0 for by, _ in moved), sum(by < 0 for by, _ in moved)
    _, points = max(moved, key=lambda pair: abs(pair[0]))
    (start, first), (end, last) = points[0], points[-1]
    return (
        f"From first to last date, of {_many(len(moved), 'series', 'series')} in {UNITS.get(unit, unit)} {up}"
        f" end higher and {down} lower. The largest step: {_undated(first)},"
        f" {_printed(first['estimate'], unit)} ({start}) to"
        f" {_printed(last['estimate'], unit)} ({end})."
    )


def _order(rows: Sequence[Row], unit: str) -> str:
    ranked = sorted(rows, key=lambda row: -row["estimate"])
    first: dict[str, float] = {}
    for row in ranked:
        first.setdefault(row["name"], row["estimate"])
    told = [f"{name} {_printed(value, unit)}" for name, value in first.items()]
    if len(told) > NAMED:
        half = NAMED // 2
        return f"From the highest: {'; '.join(told[:half])}; … down to: {'; '.join(told[-half:])}."
    return f"From the highest: {'; '.join(told)}."


def _dated(row: Row) -> tuple[str, tuple[str, ...]]:
    """The date of a row, from whichever column holds one, and what else tells its series apart."""
    if row.get("series") and row.get("date"):
        return str(row["date"]), (str(row["series"]),)
    for column in ("level", "group"):
        if _DATE.fullmatch(str(row.get(column))):
            rest = (str(row.get(other)) for other in ("item", "level", "group") if other != column)
            return str(row[column]), tuple(rest)
    return "", ()


def _name(row: Row) -> list[Any]:
    return [row.get(column) for column in ("item", "level", "group")]


def _telling(rows: Sequence[Row]) -> list[str]:
    """The columns by which the rows differ; a name need not repeat what all have in common."""
    for columns in (("item", "level", "group"), ("label",)):
        differ = [name for name in columns if len({str(row.get(name)) for row in rows}) > 1]
        if differ:
            return differ
    return ["item"]


def _words(row: Row, columns: Sequence[str]) -> str:
    return ", ".join(_word(row, column) for column in columns if row.get(column))


def _word(row: Row, column: str) -> str:
    """A key of the data in words; names of polls and dates stay as the table prints them."""
    text = str(row[column])
    return text if column == "group" or _DATE.fullmatch(text) else label(text)


def _undated(row: Row) -> str:
    return ", ".join(word for word in row["name"].split(", ") if not _DATE.fullmatch(word))


def _printed(value: float, unit: str) -> str:
    grouped = "," if unit == "count" else ""
    return f"{value:{grouped}.{DIGITS.get(unit, 2)}f}".replace("-", "−") + SUFFIX.get(unit, "")


def _tally(words: Any) -> dict[str, int]:
    """How often each word occurs, in the order of first occurrence."""
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return found


def _many(number: int, one: str, more: str | None = None) -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"
