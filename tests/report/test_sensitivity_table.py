"""The table of what bends a headline keeps each number it is given."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.errors import EstimationError
from helpers.report.sensitivity_table import sensitivity_table
from helpers.stats.bend.sensitivity import dont_know_bounds
from helpers.stats.bend.tipping_tables import tipping_to_share
from helpers.stats.published.printed import over_design_effects, printed_shares

HEADINGS = {"P": "House, 2022", "Q": "Other, 2023"}


def readings() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "poll_id": ["P", "P", "Q"], "question": "q", "target": "courts",
            "response": ["trust", "dont_know", "trust"], "scale": ["trust", "dont-know", "trust"],
            "percent": [80.0, 5.0, 45.0], "n": [1000, 1000, None], "subgroup": "all",
            "source_id": "s", "evidence": "published",
        }
    ).astype({"n": "Int64"})  # fmt: skip


def parts() -> dict[str, pd.DataFrame]:
    shares = readings().query("response == 'trust'")
    asked = readings().query("poll_id == 'P'")
    return {
        "shares": over_design_effects(printed_shares, shares),
        "tipping": tipping_to_share(shares, to=50, deff=2.5),
        "bounds": dont_know_bounds(asked, answers=["trust"], unsure=["dont_know"]),
    }


def test_a_row_has_intervals_bounds_and_tipping_point() -> None:
    given = parts()
    found = sensitivity_table(given.pop("shares"), headings=HEADINGS, **given)
    first, second = found.to_dict("records")
    assert (first["poll"], first["poll_id"], first["n"]) == ("House, 2022", "P", 1000)
    assert first["deff 1"] == "77.4 to 82.4"  # prop.test(800, 1000, correct = FALSE)
    assert first["bounds"] == "80.0 to 85.0"
    assert first["tips_at"] == f"37.5 ({first['tipping_low']:.1f} to {first['tipping_high']:.1f})"
    assert second["estimate"] == 45
    assert all(pd.isna(second[name]) for name in ("deff 1", "bounds", "tips_at", "tipping"))


def test_without_bounds_none_are_claimed() -> None:
    given = parts()
    found = sensitivity_table(given["shares"], tipping=given["tipping"], headings=HEADINGS)
    assert found["bounds"].isna().all()


def test_what_does_not_fit_is_an_error() -> None:
    given = parts()
    with pytest.raises(EstimationError, match="without tipping rows"):
        sensitivity_table(given["shares"], tipping=given["tipping"].iloc[:1], headings=HEADINGS)
    with pytest.raises(EstimationError, match="without a heading"):
        sensitivity_table(given["shares"], tipping=given["tipping"], headings={"P": "House"})
    twice = pd.concat([given["bounds"], given["bounds"]])
    with pytest.raises(EstimationError, match="one design effect"):
        sensitivity_table(
            given["shares"], tipping=given["tipping"], headings=HEADINGS, bounds=twice
        )
