"""Tables of waves: one row a comparison, in words that are the numbers of the rows."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.data.published import polls
from helpers.report.wave_tables import (
    changes_by_design_effect,
    effects_by_design_effect,
    pair_names,
    series_headings,
    wave_names,
)
from helpers.stats.published.printed import over_design_effects
from helpers.stats.published.series import dated_shares
from helpers.stats.published.wave_changes import (
    wave_association,
    wave_share_changes,
    wave_superiority,
)

WAVES = {"BNS_LAW_2023_10": "autumn 2023", "BNS_LAW_2024_10": "autumn 2024"}


@pytest.fixture(scope="module")
def law() -> pd.DataFrame:
    return polls(poll_id=list(WAVES), target=["fire_service", "police"], distribution="complete")


def test_effects_stand_beside_their_adjusted_p(law: pd.DataFrame) -> None:
    rows = over_design_effects(wave_superiority, law)
    wide = effects_by_design_effect(rows, waves=WAVES)
    fire = wide[wide["item"] == "fire_service"].iloc[0]
    assert fire["pair"] == "autumn 2024 over autumn 2023"
    assert (fire["effect"], fire["p 1"]) == ("0.512", "<0.001")
    assert fire["ci 2.5"] == "0.505 to 0.518"
    police = rows[(rows["item"] == "police") & (rows["deff"] == 2.5)].iloc[0]
    told = wide.loc[wide["item"] == "police", "p 2.5"].iloc[0]
    assert told == f"{police['p_adjusted']:.3f}"
    assert "pair" not in effects_by_design_effect(over_design_effects(wave_association, law))


def test_changes_stand_beside_their_verdicts(law: pd.DataFrame) -> None:
    top = law[law["scale"] == "full-trust"]
    rows = over_design_effects(wave_share_changes, top, bound=2.0)
    wide = changes_by_design_effect(rows, waves=WAVES).set_index("item")
    fire = wide.loc["fire_service"]
    assert (fire["change"], fire["verdict 1"], fire["verdict 2.5"]) == (
        "+3.2", "beyond", "not shown",
    )  # fmt: skip
    assert wide.loc["police", "ci 1.5"] == "0.0 to 2.4"
    assert wide.loc["police", "tips"] == "1.5"
    falls = over_design_effects(
        wave_share_changes, top.assign(percent=100 - top["percent"]), bound=2.0
    )
    turned = changes_by_design_effect(falls, waves=WAVES).set_index("item").loc["fire_service"]
    assert (turned["change"], turned["verdict 1"]) == ("−3.2", "beyond")


def test_names_of_pairs_waves_and_series(law: pd.DataFrame) -> None:
    assert pair_names(wave_superiority(law), waves=WAVES) == {
        "BNS_LAW_2024_10 over BNS_LAW_2023_10": "autumn 2024 over autumn 2023"
    }
    asked = polls(
        poll_id=["KAZISS_2023_05", "TIKZ_2020"], target=["president", "anticorruption_service"],
        response="trust", subgroup=["all", "population"],
    )  # fmt: skip
    part = asked["target"].eq("anticorruption_service") | asked["poll_id"].eq("KAZISS_2023_05")
    assert wave_names(asked[part]) == {
        "TIKZ_2020": "Sep–Nov 2020",
        "KAZISS_2023_05": "3 May 2023 (published), n = 8,000",
    }
    one = asked[asked["poll_id"] == "KAZISS_2023_05"]
    rows = dated_shares(one, questions=dict.fromkeys(one["question"], "added up"))
    assert list(series_headings(rows).values()) == ["President, trust: added up"]
