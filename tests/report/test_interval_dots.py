"""The alternative text of dots says whether they have intervals, and never calls a day a poll."""

from __future__ import annotations

import pytest

from helpers.data.official import appeals
from helpers.data.published import polls
from helpers.report.charts import interval_dots
from helpers.stats.published.appeal_rates import answered_as_printed
from helpers.stats.published.printed import printed_shares

COUNTS = answered_as_printed(appeals(level="ministry").dropna(subset="percent_printed"))
SHARES = printed_shares(polls(poll_id="BNS_LAW_2024_10", scale="full-trust"))


@pytest.mark.parametrize(
    ("rows", "opening"),
    [
        (
            COUNTS,
            "Dots without intervals: shares, in 4 blocks. Lowest 79.7% (Education and Science",
        ),
        (SHARES, "Dots with intervals: shares, in 1 block. Lowest 48.3% (Economic investigation"),
    ],
)
def test_the_alternative_text_says_what_is_drawn(rows, opening) -> None:  # type: ignore[no-untyped-def]
    headings = dict.fromkeys(rows["group"], "A day")
    assert interval_dots(rows, headings=headings, axis="%", what="shares").alt.startswith(opening)
