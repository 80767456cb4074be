"""Words about a figure, for who cannot see it, hold no number that its own data do not give."""

from __future__ import annotations

import html
import json
import re
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT

from helpers.book.prose import numerals
from helpers.evidence import Evidence
from helpers.report.words import LONGEST_ALTERNATIVE

FROZEN = json.loads((ROOT / "results.json").read_text(encoding="utf-8"))
FIGURES = {entry["id"]: entry for entry in FROZEN["figures"]}
STATED = {"0.44", "0.56", "0.2", "0.1", "0.019", "100"}
"""Bounds stated before, and “of each 100”, which are no data."""
NAME = ["item", "level", "group"]
DATE = r"(?:19|20)\d\d(?:-\d\d){0,2}"


def of_the_data(rows: pd.DataFrame) -> set[str]:
    """Every number that words about a figure may hold: its values, what its cells say, and counts.

    A whole number is a whole value, a rounded percentage, or counts rows or what they share.
    """
    drawn = rows.drop_duplicates([*{*NAME, "estimate", "date"} & set(rows)] or None)
    middles = (
        drawn.groupby("unit")["estimate"].median() if "unit" in rows else pd.Series(dtype=float)
    )
    numbers = pd.concat([rows.select_dtypes("number").stack(), middles])
    values = set(numbers.dropna().abs())
    known = {f"{value:.{digits}f}" for value in values for digits in range(1, 5)}
    known |= {f"{value:.0f}%" for value in values} | {f"{middle:.0f}" for middle in middles}
    if set(rows.get("unit", ())) == {"index"}:
        known |= {f"{value:.0f}" for value in rows["estimate"]}
    for cell in texts(rows).stack().dropna().unique():
        known |= set(re.findall(r"\d[\d.,]*\d|\d", cell))
    whole = {int(value) for value in values if value == int(value)}
    for some in (rows, drawn):
        whole |= {len(some), *alike(some), *marked(some), *moved(some)}
    return known | {form for count in whole for form in (f"{count}", f"{count:,}")}


def texts(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.select_dtypes(exclude="number").astype("string")


def alike(rows: pd.DataFrame) -> set[int]:
    """How many kinds of rows there are, and how many rows of each."""
    columns = [[name] for name in texts(rows)]
    columns += [list(pair) for pair in combinations(set(NAME) & set(rows), 2)]
    counts = [rows.value_counts(names, dropna=False) for names in [*columns, ["item", "level", "group"]]
              if set(names) <= set(rows)]  # fmt: skip
    found = {n for count in counts for n in (len(count), *count)}
    pairs = {"first", "second"} <= set(rows)
    return found | ({len({*rows["first"], *rows["second"]})} if pairs else set())


def marked(rows: pd.DataFrame) -> set[int]:
    """How many rows, of all or of a kind, have an interval, and how many of these hold what."""
    at = rows.reindex(columns=["estimate", "ci_low", "ci_high", "nominal", "truth", "true_effect"])
    low, high = at["ci_low"], at["ci_high"]
    marks = [at["estimate"].notna(), low.notna(), low > at["nominal"],
             *((low <= value) & (value <= high) for value in (0, at["truth"], at["true_effect"]))]  # fmt: skip
    kinds = [mark.groupby(rows[name].astype("string").fillna("")).sum()
             for name in texts(rows) for mark in marks]  # fmt: skip
    return {int(n) for count in kinds for n in count} | {int(mark.sum()) for mark in marks}


def moved(rows: pd.DataFrame) -> set[int]:
    """How many dates are late, how many series end higher or lower, where how many things rose."""
    found: set[int] = set()
    if {"date", "kind"} <= set(rows):
        years = rows["date"].str[:4].astype(int)
        found.add(int((years >= (years.min() + years.max() + 1) // 2).sum()))
    if "estimate" in rows:
        found.add(int((rows["estimate"] > 0).groupby(rows["group"].fillna("")).all().sum()))
        dated = [name for name in ("date", "level", "group") if name in rows
                 and rows[name].astype("string").str.fullmatch(DATE).all()]  # fmt: skip
        for date in dated:
            names = ["series"] if "series" in rows else [name for name in NAME if name != date]
            ends = rows.sort_values(date).groupby(names, dropna=False)["estimate"]
            step = ends.last() - ends.first()
            found |= {int((step > 0).sum()), int((step < 0).sum())}
    return found


def without_data(text: str, rows: pd.DataFrame) -> list[str]:
    """Numbers of a text that the rows of its figure do not give."""
    known = of_the_data(rows) | STATED
    bare = [numeral.lstrip("+−-") for numeral in numerals(text)]
    return [numeral for numeral in bare if not {numeral, numeral.rstrip("%")} & known]


def words_of(page: Path) -> str:
    """The alternative text and the longer description, as the page of a figure shows them."""
    [said] = re.findall(r"<h2>In words</h2>(.*?)<h2>", page.read_text("utf-8"), flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", said))


@pytest.mark.parametrize("name", FIGURES)
def test_words_about_a_figure_say_only_what_the_data_say(name: str, site: Path) -> None:
    alt = FIGURES[name]["alt"]
    assert alt.endswith(f"{Evidence(FIGURES[name]['evidence']).mark}.")
    assert 40 <= len(alt) <= LONGEST_ALTERNATIVE
    words = words_of(site / "figures" / f"{name}.html")
    assert alt in words
    assert "Made of." in words
    rows = pd.read_csv(site / "figures" / f"{name}.csv", comment="#")
    assert without_data(words, rows) == []


def test_pictures_of_pages_have_the_text_of_the_register(site: Path) -> None:
    known = {html.unescape(figure["alt"]) for figure in FIGURES.values()}
    for page in site.rglob("*.html"):
        for image in re.findall(r'<img class="ls-image"[^>]*>', page.read_text("utf-8")):
            [alt] = re.findall(r'\salt="([^"]*)"', image)
            assert html.unescape(alt) in known, page.name


def test_a_false_number_is_found() -> None:
    rows = pd.DataFrame({
        "item": ["police", "courts", "army"], "level": "trust", "group": ["a", "a", "b"],
        "estimate": [48.31, 12.5, 70.0], "ci_low": [40.0, None, 60.0], "ci_high": [50.0, None, 80.0],
        "unit": "percent",
    })  # fmt: skip
    true = "3 shares, 2 with intervals. Lowest 12.5% (courts), highest 70.0%, median 48.3%, or 48%."
    assert without_data(true, rows) == []
    for right, wrong in (
        ("3 shares", "5 shares"),
        ("12.5%", "12.6%"),
        ("48.3%", "43.6%"),
        ("48%.", "49%."),
    ):
        assert without_data(true.replace(right, wrong), rows) == [
            re.sub(r"[^\d.%]", "", wrong).rstrip(".")
        ]
