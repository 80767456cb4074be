"""What polls have published: readings, polls, pollsters; and events and sources.

Every row carries its evidence kind and the key of its source.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from helpers.data import tables
from helpers.data.filters import Filter, chosen
from helpers.errors import Problem, refuse
from helpers.evidence import Evidence, marked


def polls(
    *,
    target: Filter = None,
    response: Filter = None,
    country: Filter = None,
    pollster: Filter = None,
    poll_id: Filter = None,
    subgroup: Filter = None,
    date_basis: Filter = None,
    scale: Filter = None,
    distribution: Filter = None,
) -> pd.DataFrame:
    """Printed percentages, one row a reading, joined with their poll, pollster and source.

    Parameters
    ----------
    target, response, country, pollster, poll_id, subgroup, date_basis, scale, distribution : one value or
        several that the column of that name must have; None lets all through.

    Returns
    -------
    The columns of readings and polls, and: ``pollster_name``, ``linkage``, ``source_title``,
    ``source_url``; ``decimals``, those printed; ``distribution``: complete where the categories of
    a question sum to 100 within rounding, partial where to less, none where the answer is no
    category. ``percent`` runs from 0 to 100. Missing ``n``: not published.

    Raises
    ------
    DataError
        A table breaks its dictionary, or a filter names a value that no row has; the nearest
        values are told.
    """
    readings, asked = _readings(), waves()
    houses = tables.read("pollsters").rename(columns={"name": "pollster_name"})
    titles = tables.read("sources").rename(columns={"title": "source_title", "url": "source_url"})
    known = readings.merge(asked, on="poll_id", how="left", validate="m:1")
    refuse(_under_two_ids(known), hint=tables.HINT)
    joined = known.merge(
        houses[["pollster", "pollster_name", "linkage"]], on="pollster", how="left"
    ).merge(titles[["source_id", "source_title", "source_url"]], on="source_id", how="left")
    return chosen(
        joined,
        {
            "target": target, "response": response, "country": country, "pollster": pollster,
            "poll_id": poll_id, "subgroup": subgroup, "date_basis": date_basis, "scale": scale,
            "distribution": distribution,
        },
    )  # fmt: skip


def waves() -> pd.DataFrame:
    """The polls and waves themselves, one row each, without their readings."""
    rows = tables.read("polls")
    refuse(_ends_before_start(rows), hint=tables.HINT)
    return marked(rows, Evidence.PUBLISHED)


def polls_listed() -> pd.DataFrame:
    """The polls and waves by date, one row each, with the keys of all sources of their readings."""
    read = polls().groupby("poll_id")["source_id"].agg(lambda keys: ";".join(sorted(set(keys))))
    return waves().merge(read.reset_index(), on="poll_id", how="left", validate="1:1")


def pollsters() -> pd.DataFrame:
    """The houses that asked, each with its linkage to the state, the reason and its source."""
    return marked(tables.read("pollsters"), Evidence.PUBLISHED)


def sources() -> pd.DataFrame:
    """Every document that was read: title, publisher, address, date, licence."""
    return marked(tables.read("sources"), Evidence.PUBLISHED)


def timeline(*, kind: Filter = None) -> pd.DataFrame:
    """Dated events in order; ``date`` is ISO text as precise as it is known."""
    events = marked(tables.read("timeline"), Evidence.PUBLISHED)
    return chosen(events, {"kind": kind})


def polls_by_linkage() -> pd.DataFrame:
    """One row a dated poll: ``date``, the end of fieldwork, and ``kind``, the linkage of the house.

    A date of publication stands in where fieldwork is not dated; undated polls are left out.
    """
    rows = polls(date_basis=["fieldwork", "publication", "as-of"]).drop_duplicates("poll_id")
    rows = rows.assign(date=rows["fieldwork_end"].fillna(rows["fieldwork_start"]))
    named = rows.rename(columns={"linkage": "kind"})
    kept = named[["poll_id", "pollster_name", "date", "kind", "n", "source_id", "evidence"]]
    return kept.sort_values(["kind", "date"], kind="stable").reset_index(drop=True)


def polls_by_target(*, least: int) -> pd.DataFrame:
    """One row a poll of Kazakhstan and what it asked about, for what ``least`` polls asked about.

    Returns
    -------
    ``poll_id pollster_name date kind n source_id evidence``; ``kind`` is the target, in the order
    of how many polls asked about it. Undated polls are left out.
    """
    dated = polls(country="Kazakhstan", date_basis=["fieldwork", "publication", "as-of"])
    rows = dated.drop_duplicates(["poll_id", "target"]).rename(columns={"target": "kind"})
    asked = rows["kind"].value_counts()
    rows = rows.assign(date=rows["fieldwork_end"].fillna(rows["fieldwork_start"]))
    kept = rows[rows["kind"].map(asked) >= least]
    kept = kept.assign(asked=kept["kind"].map(asked))
    kept = kept.sort_values(["asked", "kind", "date"], ascending=[False, True, True], kind="stable")
    columns = ["poll_id", "pollster_name", "date", "kind", "n", "source_id", "evidence"]
    return kept[columns].reset_index(drop=True)


def _readings() -> pd.DataFrame:
    rows = tables.read("readings")
    printed = rows["percent"].map(lambda value: len(f"{value:.10g}".partition(".")[2]))
    rows = rows.assign(decimals=printed)
    category = rows["part"] == "category"
    question = rows[category].groupby(_QUESTION, sort=False)
    total = question["percent"].transform("sum")
    # Each printed share may be off by half a unit of its last decimal.
    slack = (0.5 * 10.0 ** -rows["decimals"])[category].groupby(
        [rows.loc[category, name] for name in _QUESTION], sort=False
    ).transform("sum") + 1e-9
    refuse(_over_a_hundred(rows, total, slack), hint=tables.HINT)
    state = pd.Series("none", index=rows.index)
    state.loc[total.index] = (total >= 100 - slack).map({True: "complete", False: "partial"})
    return rows.assign(distribution=state)


_QUESTION = ["poll_id", "question", "target", "subgroup"]


def _over_a_hundred(rows: pd.DataFrame, total: pd.Series, slack: pd.Series) -> Iterator[Problem]:
    over = rows.loc[total.index[total > 100 + slack]].drop_duplicates(_QUESTION)
    for index, row in over.iterrows():
        yield Problem(
            file="readings.csv", row=int(str(index)) + 2, column="percent",
            value=f"{row['poll_id']} {row['target']}: {total[index]:.1f} in all",
            expected=f"categories of one question that sum to at most {100 + slack[index]:.5g}",
        )  # fmt: skip


def _under_two_ids(rows: pd.DataFrame) -> Iterator[Problem]:
    """Readings that a poll of the same house and day has, too: one poll that was entered twice."""
    same = ["pollster", "fieldwork_end", "target", "response", "subgroup", "percent"]
    dated = rows.dropna(subset="fieldwork_end")
    for index in dated.index[dated.duplicated(same)]:
        row = dated.loc[index]
        twin = dated.loc[(dated[same] == row[same]).all(axis="columns"), "poll_id"].iloc[0]
        yield Problem(
            file="readings.csv", row=int(str(index)) + 2, column="poll_id", value=row["poll_id"],
            expected=f"a reading of its own; {twin} has the same house, day, answer and percent",
        )  # fmt: skip


def _ends_before_start(rows: pd.DataFrame) -> Iterator[Problem]:
    for index, row in rows.dropna(subset=["fieldwork_start", "fieldwork_end"]).iterrows():
        start, end = row["fieldwork_start"], row["fieldwork_end"]
        shared = min(len(start), len(end))
        if end[:shared] < start[:shared]:
            yield Problem(
                file="polls.csv", row=int(str(index)) + 2, column="fieldwork_end", value=end,
                expected=f"a date not before fieldwork_start, {start}",
            )  # fmt: skip
