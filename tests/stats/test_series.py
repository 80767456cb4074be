"""Series of printed shares keep to one wording; their spread is that of Cochran's Q."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.data.published import polls
from helpers.errors import EstimationError
from helpers.stats.published.series import dated_shares, spread_between_waves

WORDS = {
    "Trust in the institution (trust + rather trust)": "two answers added up",
    "Trust in the President": "one answer",
    "Trust in the President this year": "one answer, for the year",
}


@pytest.fixture(scope="module")
def trust() -> pd.DataFrame:
    return polls(pollster="kaziss", target="president", response="trust", subgroup="all")


def test_another_wording_makes_another_series_by_date(trust: pd.DataFrame) -> None:
    rows = dated_shares(trust.iloc[::-1], questions=WORDS)
    assert list(dict.fromkeys(rows["wording"])) == list(WORDS.values())[:3]
    for _, series in rows.groupby("series"):
        assert series["date"].is_monotonic_increasing
        assert series["wording"].nunique() == 1
    assert len(rows) == len(trust)


def test_answers_stand_from_the_highest() -> None:
    rows = dated_shares(
        polls(poll_id="MVD_2021_H1", target="police").iloc[::-1],
        questions={"Trust in police": "trust in police"},
    )
    assert list(rows["level"]) == ["full-trust", "partial-trust"]


@pytest.mark.parametrize("deff", [1.0, 2.5])
def test_the_spread_is_that_of_cochran(trust: pd.DataFrame, deff: float) -> None:
    rows = spread_between_waves(dated_shares(trust, questions=WORDS, deff=deff), by="item")
    known = trust.dropna(subset="n")
    p, n = known["percent"] / 100, known["n"].astype(float) / deff
    weight, logit = n * p * (1 - p), np.log(p / (1 - p))
    q = float((weight * (logit - np.average(logit, weights=weight)) ** 2).sum())
    assert (rows["waves"][0], rows["lowest"][0], rows["highest"][0]) == (5, 76.4, 84.2)
    assert rows["p_value"][0] < 1e-10
    # With Q this large the REML share is near that of the moments, (Q − df) / Q.
    assert rows["estimate"][0] == pytest.approx(100 * (q - 4) / q, abs=0.3)


def test_a_series_of_one_wave_has_no_spread(trust: pd.DataFrame) -> None:
    rows = spread_between_waves(dated_shares(trust, questions=WORDS), by="series")
    assert list(rows["waves"]) == [2, 3]


def test_what_makes_no_series_is_refused(trust: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="words for its question"):
        dated_shares(trust, questions={})
    with pytest.raises(EstimationError, match="needs dates"):
        dated_shares(trust.assign(fieldwork_start=None, fieldwork_end=None), questions=WORDS)
    with pytest.raises(EstimationError, match="stands twice"):
        dated_shares(pd.concat([trust, trust]), questions=WORDS)
