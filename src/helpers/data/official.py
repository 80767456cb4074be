"""What states and institutes publish beside polls: appeals answered, country indicators, population."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from helpers.data import tables
from helpers.data.arithmetic import agreement, rounding_of_share, unexplained
from helpers.data.filters import Filter, chosen
from helpers.errors import Problem, refuse
from helpers.evidence import Evidence, marked

EGDI_TOLERANCE = 0.003
"""The index is the mean of its components; in 2010 and before, weights differ in the third decimal."""


def appeals(*, channel: Filter = None, level: Filter = None, body: Filter = None) -> pd.DataFrame:
    """Requests received and answered, one row a body and day, with the share recomputed.

    Returns
    -------
    The columns of the table and ``percent_recomputed``, answered of received where both are
    published, and ``agrees``: whether the printed share lies within what the rounding of counts
    and share allows; missing where it cannot be told. Rows with ``usable_as_dated`` false must not
    be used as figures of their date.
    """
    rows = tables.read("appeals")
    answered, received = (rows[name].astype("float64") for name in ("answered", "received"))
    percent = 100 * answered / received
    halves = (rows[f"{name}_unit"].astype("float64") / 2 for name in ("answered", "received"))
    slack = rounding_of_share(percent, answered, received, *halves)
    rows = rows.assign(
        percent_recomputed=percent, agrees=agreement(rows["percent_printed"], percent, slack)
    )
    refuse(
        unexplained(rows, "appeals.csv", "percent_printed", "percent_recomputed"), hint=tables.HINT
    )
    return chosen(
        marked(rows, Evidence.PUBLISHED), {"channel": channel, "level": level, "body": body}
    )


def indicators(*names: str, country: Filter = None, iso3: Filter = None) -> pd.DataFrame:
    """Values of the named indicators, all where none is named; one row a country and year.

    ``value`` is missing where only a rank is published. The vintage of the governance indicators
    is in ``source_id``; values of different vintages are not strictly comparable.
    """
    rows = tables.read("indicators")
    refuse(_not_the_mean(rows), hint=tables.HINT)
    return chosen(
        marked(rows, Evidence.PUBLISHED),
        {"indicator": names or None, "country": country, "iso3": iso3},
    )


def indicator_coverage() -> pd.DataFrame:
    """For each indicator: how many values, countries and standard errors, and from when to when."""
    rows = indicators()
    by = rows.groupby("indicator", sort=False)
    fields = tables.resources()["indicators"]["schema"]["fields"]
    kinds = next(field["categories"] for field in fields if field["name"] == "indicator")
    meaning = {kind["value"]: kind["label"] for kind in kinds}
    cover = pd.DataFrame(
        {
            "values": by["value"].count(),
            "countries": by["iso3"].nunique(),
            "first": by["year"].min(),
            "last": by["year"].max(),
            "std_errors": by["std_error"].count(),
            "source_id": by["source_id"].agg(
                lambda cells: ";".join(sorted({key for cell in cells for key in cell.split(";")}))
            ),
        }
    ).reset_index()
    cover = cover.assign(meaning=cover["indicator"].map(meaning))
    return marked(cover, Evidence.PUBLISHED)


PANELS = {
    "core": ("egdi", "egov_osi", "egov_tii", "egov_hci", "egov_epi", "wgi_va", "wgi_cc", "wgi_ge",
             "wgi_rl", "vdem_libdem"),
    "participation": ("egdi", "egov_osi", "egov_epi", "vdem_polyarchy", "vdem_partipdem",
                      "vdem_cspart", "vdem_freexp_altinf", "vdem_libdem"),
    "annual": ("wgi_va", "vdem_libdem"),
}  # fmt: skip
"""The largest complete panels by name: 16 countries in 8 waves of 2008 to 2022 (and 15 in 2005);
11 countries in 9 waves of 2005 to 2022 (and 2024); 16 countries in each year of 2003 to 2023."""


def panel(*names: str) -> pd.DataFrame:
    """The country-years in which every named indicator has a value, one column each.

    Parameters
    ----------
    names : indicators, or the one name of a panel of `PANELS`.

    Returns
    -------
    ``country iso3 year``, a column for each name, ``source_id`` of all values, and ``evidence``.
    """
    if len(names) == 1 and names[0] in PANELS:
        names = PANELS[names[0]]
    rows = indicators(*names).dropna(subset="value")
    key = ["country", "iso3", "year"]
    wide = rows.pivot_table(index=key, columns="indicator", values="value")[list(names)].dropna()
    used = rows.groupby(key)["source_id"].agg(
        lambda cells: ";".join(sorted({key for cell in cells for key in cell.split(";")}))
    )
    wide = wide.join(used).reset_index().rename_axis(columns=None)
    return marked(wide, Evidence.PUBLISHED)


def census(margin: Filter = None, *, reference_date: Filter = None) -> pd.DataFrame:
    """Population margins of Kazakhstan, all where none is named; ``covers`` says of whom, ``basis`` how it came about.

    Regions of 17 and of 20 parts must not be joined: borders changed in June 2022.
    """
    rows = tables.read("census")
    refuse(_regions_off_the_total(rows), hint=tables.HINT)
    return chosen(
        marked(rows, Evidence.PUBLISHED), {"margin": margin, "reference_date": reference_date}
    )


def caict(*, item_code: Filter = None, country: Filter = None) -> pd.DataFrame:
    """Printed toplines of a survey of 2006 in four countries, with the count of each cell.

    Returns
    -------
    The columns of the table and ``count``, the respondents of the cell: 1,000 were asked in each
    country, so a percentage with one decimal gives it exactly. Missing where ``percent`` is, and
    where ``possible`` is false: that cell contradicts the printed count.
    """
    rows = tables.read("caict-2006")
    count = (rows["percent"] * rows["n"] / 100).round().where(rows["possible"])
    rows = rows.assign(count=count.astype("Int64"))
    refuse(_counts_off_the_printed(rows), hint=tables.HINT)
    return chosen(marked(rows, Evidence.PUBLISHED), {"item_code": item_code, "country": country})


def statistics(*, study: Filter = None, unit: Filter = None) -> pd.DataFrame:
    """Correlations, coefficients and experimental effects that studies of Kazakhstan print."""
    rows = marked(tables.read("statistics"), Evidence.PUBLISHED)
    return chosen(rows, {"study": study, "unit": unit})


def _counts_off_the_printed(rows: pd.DataFrame) -> Iterator[Problem]:
    """Items whose cells do not add up to the printed count, though every cell is said possible."""
    for (code, answer), part in rows.groupby(["item_code", "answer"], sort=False):
        printed = int(part["count_printed"].iloc[0])
        if part["count"].notna().all() and part["count"].sum() != printed:
            yield Problem(
                file="caict-2006.csv", row=int(part.index[0]) + 2, column="count_printed",
                value=printed,
                expected=f"the sum of the cells of {code} {answer}, {part['count'].sum()}",
            )  # fmt: skip


def _not_the_mean(rows: pd.DataFrame) -> Iterator[Problem]:
    """Values of the UN index that are not the mean of their three components."""
    parts = ["egov_osi", "egov_tii", "egov_hci"]
    some = rows[rows["indicator"].isin(["egdi", *parts])]
    wide = some.pivot_table(index=["iso3", "year"], columns="indicator", values="value").dropna()
    off = (wide["egdi"] - wide[parts].mean(axis=1)).abs() > EGDI_TOLERANCE
    index_rows = rows[rows["indicator"] == "egdi"].reset_index().set_index(["iso3", "year"])
    for key, values in wide[off].iterrows():
        yield Problem(
            file="indicators.csv", row=int(index_rows.loc[key, "index"]) + 2, column="value",
            value=float(values["egdi"]),
            expected=f"the mean of its components, {values[parts].mean():.4f},"
            f" within {EGDI_TOLERANCE}",
        )  # fmt: skip


def _regions_off_the_total(rows: pd.DataFrame) -> Iterator[Problem]:
    """Regional populations that do not add up to the national total of their date."""
    totals = rows[rows["margin"] == "total"].set_index("reference_date")["population"]
    regions = rows[rows["margin"].isin(["region17", "region20"])]
    for (margin, date), part in regions.groupby(["margin", "reference_date"]):
        if date in totals.index and part["population"].sum() != totals[date]:
            yield Problem(
                file="census.csv", row=int(part.index[0]) + 2, column="population",
                value=f"{margin} on {date}: {part['population'].sum()} in all",
                expected=f"the national total, {totals[date]}",
            )  # fmt: skip
