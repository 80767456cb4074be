"""Polls become studies with what is known of them; checks change one choice and keep the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.errors import EstimationError
from helpers.stats.estimates import pick
from helpers.stats.pool.meta_regression import MetaRegression, meta_regression
from helpers.stats.pool.poll_studies import decimal_year, extremes, poll_studies
from helpers.stats.pool.pooling import pooled
from helpers.stats.pool.pooling_checks import (
    each_moderator,
    linkage_checks,
    one_reading_each,
    pooled_checks,
    ranges_relabelled,
    relabellings,
)

LINKAGES = {"kaziss": "state-linked", "csi": "independent", "ips": "unknown", "demoscope": "independent",
            "transparency-kazakhstan": "independent"}  # fmt: skip


def readings(**columns: Any) -> pd.DataFrame:
    houses = ["ips", "transparency-kazakhstan", "csi", "kaziss", "kaziss", "demoscope"]
    usual = {
        "poll_id": [f"P{i}" for i in range(6)], "target": "president", "response": "trust",
        "scale": "trust", "percent": [88.8, 70.0, 68.5, 81.4, 84.2, 69.4],
        "n": [2293, 9000, 3000, 6800, 8000, 1100], "subgroup": "all", "pollster": houses,
        "pollster_name": [house.upper() for house in houses],
        "linkage": [LINKAGES[house] for house in houses],
        "mode": [None, "f2f", "online", None, "f2f", "phone"],
        "fieldwork_start": ["2011-04", "2020-09", "2021-11", "2022-02", None, "2023-12-11"],
        "fieldwork_end": ["2011-04", "2020-11", None, "2022-02", "2023-05-03", "2023-12-16"],
        "source_id": "s1", "evidence": "published",
    }  # fmt: skip
    frame = pd.DataFrame({**usual, **columns})
    return frame.assign(n=frame["n"].astype("Int64"))


def test_a_study_keeps_its_share_and_knows_its_poll() -> None:
    rows = poll_studies(readings(), deff=1.5)
    assert list(rows["house"]) == ["IPS", "Transparency", "CSI", "KazISS", "KazISS", "DEMOSCOPE"]
    assert list(rows["stands"]) == ["other houses"] * 3 + ["state-linked"] * 2 + ["other houses"]
    assert list(rows["date"])[2:5] == ["2021-11", "2022-02", "2023-05-03"]
    assert rows["year"][0] == pytest.approx(-8.71, abs=0.01)
    assert (rows["deff"] == 1.5).all()
    assert rows["mode"].isna().sum() == 2


def test_another_wording_is_refused_and_no_index_is_mixed_up() -> None:
    with pytest.raises(EstimationError, match="support"):
        poll_studies(readings(response="support"))
    shuffled = readings().iloc[[5, 3, 0]]
    assert list(poll_studies(shuffled)["house"]) == ["DEMOSCOPE", "KazISS", "IPS"]
    assert list(poll_studies(shuffled)["estimate"]) == [69.4, 81.4, 88.8]


@pytest.mark.parametrize(
    ("date", "year"), [("2020", 2020.5), ("2020-01", 2020 + 0.5 / 12), ("2020-12-31", 2020.9987)]
)
def test_a_date_of_any_precision_has_a_place(date: str, year: float) -> None:
    assert decimal_year(date) == pytest.approx(year, abs=1e-4)


def test_extremes_name_what_they_are_of() -> None:
    ends = extremes(poll_studies(readings()), by="stands")
    lowest = pick(ends, group="other houses", level="lowest")
    assert (lowest.estimate, lowest.item, lowest.ci_low) == (68.5, "P2", None)
    assert pick(ends, group="state-linked", level="highest").estimate == 84.2


def test_one_reading_each_takes_every_house_once() -> None:
    rows = poll_studies(readings())
    ways = dict(one_reading_each(rows))
    assert list(ways) == ["KazISS of 2022-02", "KazISS of 2023-05"]
    assert all(way["house"].is_unique and len(way) == 5 for way in ways.values())


def test_relabelling_turns_the_named_houses_and_no_other() -> None:
    rows = poll_studies(readings())
    ways = dict(relabellings(rows, doubtful=["CSI", "IPS"]))
    assert list(ways) == [
        "as labelled",
        "CSI relabelled",
        "IPS relabelled",
        "CSI and IPS relabelled",
    ]
    pd.testing.assert_frame_equal(ways["as labelled"], rows)
    turned = ways["CSI relabelled"]["stands"].astype(str) != rows["stands"].astype(str)
    assert list(rows["house"][turned]) == ["CSI"]
    with pytest.raises(EstimationError, match="cannot be relabelled"):
        list(relabellings(rows, doubtful=["Gallup"]))
    with pytest.raises(EstimationError, match="too many choices"):
        list(relabellings(rows, doubtful=["CSI"] * 7))


def test_each_check_is_the_pooling_of_what_it_names() -> None:
    rows = poll_studies(readings())
    checks = pooled_checks(rows, since="2019").set_index("label")
    assert checks["estimate"]["design effect 2.5"] == pooled(rows, deff=2.5).estimate.estimate
    without = pooled(rows[rows["house"] != "KazISS"]).estimate
    assert checks["ci_high"]["without KazISS"] == without.ci_high
    assert checks["studies"]["without KazISS"] == 4
    single = pooled(rows.drop(index=3)).estimate
    assert checks["ci_low"]["KazISS of 2023-05"] == pytest.approx(single.ci_low)
    assert checks["estimate"]["since 2019"] == pooled(rows[1:]).estimate.estimate


def test_the_linkage_is_the_meta_regression_of_each_choice() -> None:
    rows = poll_studies(readings())
    checks = linkage_checks(rows, doubtful=["IPS", "CSI"], since="2019")
    found = pick(checks, block="All readings with n", label="CSI relabelled")
    as_linked = rows["stands"].astype(str).where(rows["house"] != "CSI", "state-linked")
    model = meta_regression(rows.assign(stands=as_linked), moderators=["stands"], scale="identity")
    assert isinstance(model, MetaRegression)
    slope = model.coefficients.iloc[1]
    assert slope["level"] == "state-linked against other houses"
    assert (found.estimate, found.ci_low) == pytest.approx((slope["estimate"], slope["ci_low"]))
    assert found.unit == "points"
    # IPS has no reading since 2019, and one wording bears no coefficient of it.
    assert list(checks[checks["block"] == "Since 2019"]["label"]) == [
        "as labelled",
        "CSI relabelled",
    ]


def test_an_unadjusted_contrast_of_equal_studies_is_a_difference_of_means() -> None:
    even = readings(percent=[70.0, 71.0, 69.0, 80.0, 82.0, 70.0], n=5000)
    rows = poll_studies(even).assign(se=1.0)
    found = linkage_checks(rows, doubtful=[], since="2019")
    assert found["estimate"][0] == pytest.approx(np.mean([80, 82]) - np.mean([70, 71, 69, 70]))


def test_a_moderator_stands_on_the_studies_that_know_it() -> None:
    rows = each_moderator(poll_studies(readings()), moderators=["stands", "mode", "year"])
    assert list(rows["level"]) == [
        "state-linked against other houses", "online against f2f", "phone against f2f", "each year"
    ]  # fmt: skip
    assert list(rows["studies"]) == [6, 4, 4, 6]
    assert list(rows["houses"]) == [5, 4, 4, 5]


def test_ranges_say_whether_they_are_apart() -> None:
    rows = poll_studies(readings())[1:]
    ranges = ranges_relabelled(rows, doubtful=["CSI"])
    assert list(ranges["apart"]) == [True, False]
    assert list(ranges["lowest state-linked"]) == [81.4, 68.5]
    assert list(ranges["highest other houses"]) == [70.0, 70.0]
    assert set(ranges["evidence"]) == {"published"}
