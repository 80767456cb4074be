"""Answer rates are as printed; second shares follow from their counts, with R's interval."""

from __future__ import annotations

import pytest

from helpers.data.official import appeals
from helpers.errors import EstimationError
from helpers.stats.published.appeal_rates import answered_as_printed, second_shares


def test_printed_shares_stay_as_printed_and_have_no_interval() -> None:
    rows = answered_as_printed(appeals(level="ministry").dropna(subset="percent_printed"))
    labour = rows[
        (rows["item"] == "Labour and Social Protection") & (rows["group"] == "2021-05-11")
    ]
    assert labour[["estimate", "n"]].to_numpy().tolist() == [[94.3, 60982]]
    assert rows["ci_low"].isna().all()
    with pytest.raises(EstimationError, match=r"rows print no share answered; got .*'Health'"):
        answered_as_printed(appeals(level="ministry"))


def test_second_shares_are_those_of_the_counts() -> None:
    """R: prop.test(329, 665, correct = FALSE) gives 0.494736842, 0.456876375 to 0.532657766."""
    rows = second_shares(appeals().dropna(subset="rated")).set_index("item")
    almaty = rows.loc["Almaty city"]
    assert almaty["estimate"] == pytest.approx(49.47368, abs=5e-6)
    assert (almaty["ci_low"], almaty["ci_high"]) == pytest.approx(
        (45.6876375, 53.2657766), abs=5e-7
    )
    assert almaty["n"] == 665
    with pytest.raises(EstimationError, match=r"cannot be computed for .* rows"):
        second_shares(appeals())
