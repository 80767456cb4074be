"""The tables of the evidence base by name: what there is, one of them, or a check of all."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from helpers.data import arithmetic, official, published, tables
from helpers.data.filters import chosen, unknown
from helpers.errors import DataError, Problem, refuse
from helpers.evidence import Evidence, marked


def tables_of_evidence() -> pd.DataFrame:
    """The tables by name, with their number of rows and what a row is."""
    loaded = {name: load() for name, load in _LOADERS.items()}
    rows = pd.DataFrame(
        {
            "table": list(loaded),
            "rows": [len(frame) for frame in loaded.values()],
            "description": [table_names()[name] for name in loaded],
            "source_id": ["" for _ in loaded],
        }
    )
    return marked(rows, Evidence.PUBLISHED)


def dictionary() -> pd.DataFrame:
    """Every column of every table: its type, unit, whether it is required, and what it holds."""
    rows = [
        {
            "table": name,
            "column": field["name"],
            "type": field["type"],
            "unit": field.get("unit"),
            "required": bool(field.get("constraints", {}).get("required")),
            "description": field["description"],
            "source_id": "",
        }
        for name, resource in tables.resources().items()
        for field in resource["schema"]["fields"]
    ]
    return marked(pd.DataFrame(rows), Evidence.PUBLISHED)


def table_names() -> dict[str, str]:
    """The tables that `table` gives, each with what it holds."""
    described = {name: str(about["description"]) for name, about in tables.resources().items()}
    return {name: described["readings" if name == "polls" else name] for name in _LOADERS}


def table(name: str, **filters: str) -> pd.DataFrame:
    """One table by name, with the rows whose columns equal ``filters``.

    Raises
    ------
    DataError
        No table, column or value has that name; the nearest are told.
    """
    if name not in _LOADERS:
        raise DataError(unknown("table", name, list(_LOADERS)))
    return chosen(_LOADERS[name](), dict(filters))


_LOADERS: dict[str, Callable[[], pd.DataFrame]] = {
    "polls": published.polls,
    "pollsters": published.pollsters,
    "appeals": official.appeals,
    "indicators": official.indicators,
    "census": official.census,
    "caict-2006": official.caict,
    "statistics": official.statistics,
    "arithmetic": arithmetic.arithmetic,
    "timeline": published.timeline,
    "sources": published.sources,
    "leads": arithmetic.leads,
}


def check() -> None:
    """Read every table, and raise one error for all that is wrong in any of them.

    Raises
    ------
    DataError
        As the loaders do.
    """
    found: list[Problem] = []
    # The polls apart from their readings, too: a broken reading would hide a broken poll.
    for load in (*_LOADERS.values(), published.waves):
        try:
            load()
        except DataError as error:
            found += [problem for problem in error.problems if problem not in found]
    refuse(found, hint=tables.HINT)
