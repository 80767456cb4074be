"""No cell of a few respondents leaves, none can be computed back, and no text runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.data.disclosure import MARK, neutralised, neutralised_rows, suppressed
from helpers.errors import DataError, EvidenceError


def crossed(counts: np.ndarray, *, margin: bool = True) -> pd.DataFrame:
    """Row percentages of a table of counts, as `crosstab` gives them."""
    table = np.vstack([counts, counts.sum(axis=0)]) if margin else counts
    names = [f"g{k}" for k in range(len(counts))] + ["all"] * margin
    return pd.DataFrame(
        [
            {
                "item": "trust", "level": f"l{k}", "group": name,
                "estimate": 100 * cell / row.sum() if row.sum() else 0.0,
                "se": 1.5, "n": int(row.sum()), "unit": "percent", "evidence": "respondents",
                "source": "mine.csv",
            }
            for name, row in zip(names, table, strict=True)
            for k, cell in enumerate(row)
        ]
    ).astype({"n": "Int64"})  # fmt: skip


def hidden(rows: pd.DataFrame, **options: Any) -> list[str]:
    safe = suppressed(rows, **options)
    return [f"{row.group} {row.level}" for row in safe[safe["suppressed"] == MARK].itertuples()]


def test_a_small_cell_goes_with_one_that_would_give_it_back() -> None:
    rows = crossed(np.array([[3, 20, 30]]), margin=False)
    assert hidden(rows) == ["g0 l0", "g0 l1"]
    safe = suppressed(rows)
    assert safe.loc[:1, ["estimate", "se", "n"]].isna().all(axis=None)
    assert safe.loc[2, "estimate"] == rows.loc[2, "estimate"]
    assert safe.loc[2, "n"] == 53
    assert safe["suppressed"].tolist() == [MARK, MARK, ""]
    assert safe["level"].tolist() == ["l0", "l1", "l2"]


def test_the_margin_gives_nothing_back() -> None:
    rows = crossed(np.array([[3, 20, 30], [40, 50, 60], [70, 80, 90]]))
    assert hidden(rows) == ["g0 l0", "g0 l1", "g1 l0", "g1 l1"]


def test_two_small_cells_that_hold_too_few_together_take_a_third() -> None:
    assert hidden(crossed(np.array([[1, 2, 30, 40]]), margin=False)) == ["g0 l0", "g0 l1", "g0 l2"]
    assert hidden(crossed(np.array([[3, 4, 30, 40]]), margin=False)) == ["g0 l0", "g0 l1"]


def test_a_small_base_hides_its_group_and_the_one_next_to_it() -> None:
    rows = crossed(np.array([[2, 2], [30, 40], [50, 60]]))
    assert hidden(rows) == ["g0 l0", "g0 l1", "g1 l0", "g1 l1"]
    safe = suppressed(rows)
    assert safe.loc[safe["suppressed"] != "", "n"].isna().all()


def test_a_small_base_does_not_follow_from_the_other_bases() -> None:
    counts = np.array([[1, 2, 1], [30, 90, 90], [90, 30, 90], [90, 90, 30]])
    safe = suppressed(crossed(counts))
    told = {row.group for row in safe.itertuples() if not pd.isna(row.n)}
    assert told == {"g2", "g3", "all"}


@pytest.mark.parametrize("kind", ["published", "simulated"])
def test_other_evidence_comes_back_as_it_is(kind: str) -> None:
    rows = crossed(np.array([[1, 2], [3, 4]])).assign(evidence=kind)
    pd.testing.assert_frame_equal(suppressed(rows), rows)
    assert suppressed(rows.assign(evidence="respondents"))["estimate"].isna().all()


def test_large_cells_are_shown() -> None:
    rows = crossed(np.array([[5, 20], [30, 40]]))
    assert hidden(rows) == []
    pd.testing.assert_frame_equal(suppressed(rows).drop(columns="suppressed"), rows)
    assert hidden(rows, least=6) != []


def test_means_count_their_base_and_tables_their_own_column() -> None:
    rows = pd.DataFrame(
        {"item": "age", "level": "mean", "group": ["a", "b", "c", "all"], "estimate": 40.0,
         "n": [4, 30, 50, 84], "unit": "years", "evidence": "respondents"}
    )  # fmt: skip
    assert hidden(rows) == ["a mean", "b mean"]
    counted = pd.DataFrame({"what": ["x", "y"], "cell_n": [4, 9], "evidence": "respondents"})
    safe = suppressed(counted)
    assert safe["cell_n"].isna().tolist() == [True, False]
    assert safe["cell_n"].iloc[1] == 9


def test_rows_that_do_not_tell_how_many_are_refused() -> None:
    rows = pd.DataFrame({"estimate": [1.0], "evidence": "respondents"})
    with pytest.raises(DataError, match="rows on respondents cannot be shown; got columns"):
        suppressed(rows)
    with pytest.raises(EvidenceError, match="carry no evidence kind"):
        suppressed(rows.drop(columns="evidence"))
    mixed = crossed(np.array([[1, 2]])).assign(evidence=["respondents", "simulated"] * 2)
    with pytest.raises(EvidenceError, match="exactly one evidence kind"):
        suppressed(mixed)


def test_an_unknown_base_counts_as_none() -> None:
    rows = crossed(np.array([[9, 20], [30, 40]]))
    rows["n"] = rows["n"].mask(rows["group"] == "g0")
    assert {"g0 l0", "g0 l1"} <= set(hidden(rows))


TABLES = st.integers(2, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.one_of(st.integers(0, 6), st.integers(5, 60)), min_size=columns, max_size=columns),
        min_size=2, max_size=5,
    )
)  # fmt: skip


@settings(max_examples=200)
@given(table=TABLES)
# Two loops of hidden cells joined by one cell, which the loops alone would not protect.
@example(
    table=[
        [3, 3, 20, 30, 40],
        [3, 3, 3, 30, 40],
        [20, 20, 3, 3, 40],
        [20, 20, 3, 3, 40],
        [20, 20, 20, 20, 40],
    ]
)
@pytest.mark.parametrize("margin", [True, False])
def test_no_hidden_cell_follows_from_those_shown(table: list[list[int]], *, margin: bool) -> None:
    counts = np.array([row for row in table if sum(row) > 0])
    if not len(counts):
        return
    rows = crossed(counts, margin=margin)
    safe = suppressed(rows)
    gone = safe["suppressed"].to_numpy() == MARK
    people = np.vstack([counts, counts.sum(axis=0)])[: len(counts) + margin]
    assert not (~gone & (people.ravel() < 5)).any()
    lines = [
        places.to_numpy()
        for key in (["group"], ["level"] if margin else [])
        if key
        for places in (pd.Series(range(len(rows))).groupby(rows[key[0]].to_numpy()).groups.values())
    ]
    system = np.array([np.isin(np.arange(len(rows)), line) for line in lines], dtype=float)[:, gone]
    known = np.linalg.matrix_rank(system) if system.size else 0
    for place in range(system.shape[1]):
        only = np.zeros((1, system.shape[1]))
        only[0, place] = 1
        line = lines[int(np.argmax(system[:, place]))]
        if not gone[line].all():
            assert np.linalg.matrix_rank(np.vstack([system, only])) > known
    for line in lines:
        inside = line[gone[line]]
        if inside.size and inside.size < line.size:
            assert people.ravel()[inside].sum() >= 5


@settings(max_examples=60)
@given(table=TABLES, seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_reach_what_is_shown(table: list[list[int]], seed: int) -> None:
    rows = crossed(np.array(table) + 1)
    mixed = rows.sample(frac=1, random_state=seed)
    safe = suppressed(mixed)
    assert safe.index.equals(mixed.index)
    small = rows["estimate"] * rows["n"].astype(float) / 100 < 4.5
    assert (safe.sort_index()["suppressed"][small] == MARK).all()


@pytest.mark.parametrize(
    "text", ["=1+1", "+7 701", "-x", "@SUM(A1)", "\tx", "\rx", "=", "-", "+-1"]
)
def test_text_that_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    assert neutralised(text) == f"'{text}"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a=b",
        "Agree",
        " =1",
        "'=1",
        "-1",
        "+2.5",
        "-1e-5",
        "–1",
        -1,
        2.5,
        None,
        True,
        ("=a", "b"),
    ],
)
def test_other_text_and_numbers_stay(value: object) -> None:
    assert neutralised(value) is value


@given(st.text(max_size=8))
def test_neutralised_text_never_starts_a_formula_and_stays_readable(text: str) -> None:
    safe = neutralised(text)
    assert isinstance(safe, str)
    assert safe in (text, f"'{text}")
    assert neutralised(safe) == safe
    if safe.startswith(("=", "@", "\t", "\r")):
        pytest.fail(f"{safe!r} would run")
    if safe.startswith(("+", "-")):
        float(safe)


def test_whole_frames_are_neutralised_with_their_headings_and_categories() -> None:
    rows = pd.DataFrame(
        {"=name": ["=a", "b", None], "n": [-1, 2, 3], "share": [-0.5, 1.0, np.nan],
         "level": pd.Categorical(["@x", "y", "@x"]), "yes": [True, False, True]}
    )  # fmt: skip
    safe = neutralised_rows(rows)
    read = list(csv.reader(io.StringIO(safe.to_csv(index=False))))
    assert read == [
        ["'=name", "n", "share", "level", "yes"],
        ["'=a", "-1", "-0.5", "'@x", "True"],
        ["b", "2", "1.0", "y", "False"],
        ["", "3", "", "'@x", "True"],
    ]
    assert rows.columns[0] == "=name"
