"""The tests behind a table, counted by family: a family has all its tests, each once, or is refused."""

from __future__ import annotations

import pandas as pd

from helpers.errors import RegisterError
from helpers.stats.estimates import Inapplicable


def whole_families(name: str, tests: pd.DataFrame | Inapplicable) -> dict[str, int]:
    """Families of tests by name, each with the number of its tests, which it was adjusted for."""
    if isinstance(tests, Inapplicable) or "p_adjusted" not in tests.columns:
        return {}
    if not {"family", "tests"} <= set(tests.columns):
        raise RegisterError(
            f"table {name!r} has adjusted p values of no family; got {list(tests.columns)}; expected"
            " the columns 'family' and 'tests'. Adjust with helpers.stats.adjust."
        )
    made = tests[tests["p_adjusted"].notna()]
    families = {}
    for family, part in made.groupby("family", sort=False):
        allowed = sorted({int(number) for number in part["tests"]})
        if allowed != [len(part)]:
            raise RegisterError(
                f"family {family!r} is not whole in table {name!r}; got {len(part)} tests, with p"
                f" values adjusted for {allowed}; expected all of its tests, each once. Adjust them"
                " together."
            )
        families[str(family)] = len(part)
    return families
