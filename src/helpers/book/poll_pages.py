"""One page a poll: who asked whom, when and how, every reading, and the source of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from helpers.book.exhibits import render
from helpers.data.published import polls, waves
from helpers.evidence import Evidence
from helpers.report.tables import cells, poll_address
from helpers.report.words import label, when

READINGS = {
    "target": "About",
    "response": "Answer",
    "percent": "%",
    "subgroup": "Of whom",
    "question": "Question (paraphrase)",
    "source_url": "Source",
}


def poll_pages() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Name, context and template of each page, as Sphinx collects them."""
    of_poll = dict(tuple(polls().groupby("poll_id", sort=False)))
    for wave in waves().itertuples():
        rows = of_poll[wave.poll_id]
        house = rows.iloc[0]
        title = f"{house['pollster_name']}, {when(wave)}"
        body = render(
            "poll.html", title=title, mark=Evidence.PUBLISHED.mark, poll_id=wave.poll_id,
            facts=_facts(wave, house), readings=cells(_said(rows), READINGS), root="../",
        )  # fmt: skip
        yield poll_address(wave.poll_id), {"title": title, "body": body}, "page.html"


def _said(rows: pd.DataFrame) -> pd.DataFrame:
    """Readings whose questions name no key of the data."""
    return rows.assign(question=rows["question"].str.replace("_", " "))


def _facts(wave: Any, house: pd.Series) -> dict[str, str]:
    """What is published about the poll; what is not published says so."""
    facts = {
        "Who asked": wave.pollster_printed,
        "Linkage of the house": label(house["linkage"]),
        "For whom": wave.sponsor,
        "Country": wave.country,
        "When": f"{when(wave)} ({label(wave.date_basis)})",
        "How": label(wave.mode) if isinstance(wave.mode, str) else None,
        "Of whom": wave.population,
        "How many": None if pd.isna(wave.n) else f"{wave.n:,} {wave.n_unit}",
        "Sample": wave.sampling_note,
        "Margin of error as stated": wave.moe_reported,
        "Design effect": None,
    }
    return {
        name: "not published" if _absent(value) else str(value) for name, value in facts.items()
    }


def _absent(value: object) -> bool:
    return value is None or bool(pd.isna(value))
