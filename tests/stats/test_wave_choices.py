"""Changes between waves on every path: one by hand, and the table that tells them."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.data.published import polls
from helpers.errors import EstimationError
from helpers.stats.published.wave_changes import wave_share_changes
from helpers.stats.published.wave_choices import changes_by_choice_told, wave_changes_by_choice

WAVES = ["BNS_LAW_2023_10", "BNS_LAW_2024_04", "BNS_LAW_2024_10"]


@pytest.fixture(scope="module")
def law() -> pd.DataFrame:
    return polls(poll_id=WAVES, target=["police", "courts"], distribution="complete")


@pytest.fixture(scope="module")
def changes(law: pd.DataFrame) -> pd.DataFrame:
    return wave_changes_by_choice(law, bound=2.0)


def test_each_path_has_each_change(law: pd.DataFrame, changes: pd.DataFrame) -> None:
    assert len(changes) == 2 * 2 * 3 * (2 * 3)
    plain = changes[(changes["answers"] == "top answer") & (changes["base"] == "all respondents")
                    & (changes["deff"] == 2.5)]  # fmt: skip
    one = wave_share_changes(law[law["scale"] == "full-trust"], bound=2.0, deff=2.5)
    assert plain["estimate"].tolist() == pytest.approx(one["estimate"].tolist())
    assert plain["verdict"].tolist() == one["verdict"].tolist()


def test_the_base_of_the_scale_leaves_out_who_never_met_the_body(
    law: pd.DataFrame, changes: pd.DataFrame
) -> None:
    def share(wave: str) -> float:
        rows = law[(law["poll_id"] == wave) & (law["target"] == "police")].set_index("scale")
        on = ["full-trust", "partial-trust", "rather-distrust", "full-distrust"]
        return float(100 * rows.loc[on[:2], "percent"].sum() / rows.loc[on, "percent"].sum())

    found = changes[changes["answers"] == "upper half of the scale"]
    row = found[(found["base"] == "answers on the scale") & (found["item"] == "police")
                & (found["earlier"] == WAVES[0]) & (found["later"] == WAVES[2]) & (found["deff"] == 1)]  # fmt: skip
    assert row["estimate"].item() == pytest.approx(share(WAVES[2]) - share(WAVES[0]), abs=1e-9)
    assert row["n"].item() < changes["n"].max()


def test_the_table_counts_what_lies_within(changes: pd.DataFrame) -> None:
    told = changes_by_choice_told(changes)
    assert told["comparisons"].tolist() == [6, 6, 6, 6]
    inside = changes["verdict"].eq("equivalent").sum()
    assert told[["within 1", "within 1.5", "within 2.5"]].to_numpy().sum() == inside
    assert told["lowest"].min() == pytest.approx(changes["estimate"].min())


def test_half_a_distribution_is_refused(law: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="cannot be summed"):
        wave_changes_by_choice(law[law["scale"] != "full-trust"], bound=2.0)
