"""What widgets need of the register: the rows of an exhibit, named, with the looks of its chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from helpers.data.published import polls
from helpers.report import theme
from helpers.report.answer_looks import looks
from helpers.report.citation import LICENCE, LICENCE_URL, Work
from helpers.report.likert_bars import OFF
from helpers.report.reference_files import cited
from helpers.report.tables import poll_address
from helpers.report.words import group_label, label, poll_headings, when
from helpers.stats import LINKAGE_CHOICES, SLOPE_CHOICES, USE_CHOICES
from helpers.stats.no_effect.tost import Bounds, decide

Row = Mapping[str, Any]

ANCHORS = {
    "fear-lists-limit": "List experiments, many countries (2020)",
    "fear-ukraine-of-each": "Ukraine (2026)",
}
"""Registered numbers that say how many insincere answers were found elsewhere, with their names."""

SCALE = ("full-distrust", "rather-distrust", "partial-trust", "full-trust")
SMALL = 0.2
"""Standard deviations either way that count as small, as the chapters state them."""


def dial(rows: Sequence[Row], register: Mapping[str, Row]) -> dict[str, Any] | None:
    """Shares that insincere answers may bend, what they are held against, and published anchors.

    Of rows of `helpers.stats.bend.sensitivity.insincerity_band` with a claim, or of
    `helpers.stats.bend.tipping_tables.tipping_within_poll`, at the largest design effect.
    """
    if not rows or "goal" not in rows[0]:
        return None
    if "insincere" in rows[0]:
        shares = [_bent(row) for row in rows if row["insincere"] == 0]
    else:
        most = max(row["deff"] for row in rows)
        shares = [_bent_to_other(row) for row in rows if row["deff"] == most]
    headings = poll_headings(polls())
    for share in shares:
        share["poll"] = headings.get(share["poll"], share["poll"])
    several = {share["about"] for share in shares}, {share["poll"] for share in shares}
    for share in shares:
        parts = [share.pop("about") if len(several[0]) > 1 else "",
                 share.pop("poll") if len(several[1]) > 1 else ""]  # fmt: skip
        share["name"] = ": ".join(part for part in parts if part)
    anchors = [
        {"name": name, "value": known["value"], "unit": known["unit"], "text": known["text"]}
        for fact, name in ANCHORS.items()
        if (known := register.get(fact)) is not None and "reason" not in known
    ]
    return {"shares": shares, "anchors": anchors}


def _bent(row: Row) -> dict[str, Any]:
    return {
        "key": f"{row['group']}.{row['item']}", "about": label(row["item"]),
        "poll": row["group"], "answer": _answer(row["level"]),
        "share": row["estimate"], "low": row["ci_low"], "high": row["ci_high"],
        "deff": row["deff"], "goal": row["goal"], "against": "one half", "limits": None,
    }  # fmt: skip


def _bent_to_other(row: Row) -> dict[str, Any]:
    """The share of the one who is bent follows from its tipping point: p = goal / (1 − tip)."""
    share = row["goal"] / (1 - row["estimate"] / 100)
    return {
        "key": f"{row['group']}.{row['item']}", "about": f"{label(row['level'])} and {label(row['item'])}",
        "poll": row["group"], "answer": f"{label(row['level'])}: trust or approval",
        "share": round(share, 9), "low": None, "high": None, "deff": row["deff"],
        "goal": row["goal"], "against": f"the share of {label(row['item']).lower()}",
        "limits": None if row["ci_low"] is None else [row["ci_low"], row["ci_high"]],
    }  # fmt: skip


def silence(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Lines of all answers to an ordered question, with those off the scale and the looks of both."""
    levels = list(dict.fromkeys(str(row.get("level")) for row in rows))
    if set(levels) & set(theme.APART) and set(levels) <= {*SCALE, *theme.APART}:
        on, off = [n for n in SCALE if n in levels], [n for n in theme.APART if n in levels]
        ink = dict(zip(SCALE, (theme.INK, theme.INK, theme.INK, "white"), strict=True))
        kinds = {"diverging": [[label(n), theme.DIVERGING[n], None, ink[n]] for n in on]}
        beside = [[label(name), *theme.APART[name]] for name in off]
    elif set(levels) & set(OFF):
        on, off = [name for name in levels if name not in OFF], [n for n in levels if n in OFF]
        kinds = {
            "diverging": _looks(on, looks(len(on), diverging=True)),
            "one-sided": _looks(on, looks(len(on), diverging=False)),
        }
        beside = [[label(name), *OFF[name]] for name in off]
    else:
        return None
    waves = len({row["group"] for row in rows}) > 1
    times = {row.poll_id: when(row) for row in polls().itertuples()} if waves else {}
    lines = []
    for (item, group), part in groupby(rows, key=lambda row: (row["item"], row["group"])):
        same = {row["level"]: row for row in part}
        first = next(iter(same.values()))
        name = first.get("label") or (times.get(group, group) if waves else label(item))
        block = first.get("scale_label") or (label(item) if waves else "")
        lines.append({
            "name": name, "block": block,
            "on": [same[n]["estimate"] if n in same else 0 for n in on],
            "off": [same[n]["estimate"] if n in same else 0 for n in off],
        })  # fmt: skip
    # The waves of a body stand together, as in the figure.
    blocks = list(dict.fromkeys(line["block"] for line in lines))
    lines.sort(key=lambda line: blocks.index(line["block"]))
    return {"looks": kinds, "off": beside, "lines": lines}


def _looks(names: Sequence[str], found: Sequence[tuple[str, str | None, str]]) -> list[list[Any]]:
    return [[name, *look] for name, look in zip(names, found, strict=True)]


def bounds(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Claims with the interval that decides on equivalence, and that which decides on difference."""
    first: Row = rows[0] if rows else {}
    if {"inner_low", "lower", "label"} <= first.keys():
        claims = [_claim(row["label"], row, row["ci_low"], row["ci_high"]) for row in rows]
        return _judged(claims, 0.5, first["lower"], first["upper"], first["unit"], least=0, most=1)
    if {"inner_low", "bound", "pair"} <= first.keys():
        claims = [
            _claim(f"{label(row['item'])}, {row['pair']}", row, row["ci_low"], row["ci_high"])
            for row in rows
        ]
        return _judged(claims, 0.0, -first["bound"], first["bound"], "points", deff=first["deff"])
    if {"cr2_low", "cr2_high", "df"} <= first.keys():
        rows = [row for row in rows if row["left_out"] == "none"]
        claims = [
            _claim(row["item"], {**row, **_inner(row)}, row["cr2_low"], row["cr2_high"])
            for row in rows
        ]
        return _judged(claims, 0.0, -SMALL, SMALL, first["unit"])
    return None


def _claim(name: str, row: Row, low: float, high: float) -> dict[str, Any]:
    return {
        "name": name, "estimate": row["estimate"], "inner": [row["inner_low"], row["inner_high"]],
        "outer": [low, high], "truth": row.get("truth"),
    }  # fmt: skip


def _judged(
    claims: list[dict[str, Any]], none: float, lower: float, upper: float, unit: str, **more: Any
) -> dict[str, Any]:
    return {"claims": claims, "none": none, "lower": lower, "upper": upper, "unit": unit, **more}


def _inner(row: Row) -> dict[str, float]:
    """The 90 % interval of a slope under its own error and degrees of freedom."""
    tested = decide(
        row["estimate"], row["se"], df=row["df"], bounds=Bounds(lower=-SMALL, upper=SMALL),
        item=row["item"], level=row["level"], group=row["group"], n=row["n"], n_eff=None, deff=None,
        unit=row["unit"], evidence=row["evidence"], source=row["source"], method="negligible",
    )  # fmt: skip
    return {"inner_low": tested.inner_low, "inner_high": tested.inner_high}


def paths(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Every path of a multiverse: the place of its option in each choice, and what it gives."""
    if not rows or not {"path", "main"} <= rows[0].keys():
        return None
    known = (USE_CHOICES, LINKAGE_CHOICES, SLOPE_CHOICES)
    heads = next(heads for heads in known if set(heads) <= rows[0].keys())
    by_path = sorted(rows, key=lambda row: row["path"])
    options = {name: list(dict.fromkeys(row[name] for row in by_path)) for name in heads}
    options = {name: found for name, found in options.items() if len(found) > 1}
    main = next(row for row in rows if row["main"])
    return {
        "unit": main["unit"],
        "bound": SMALL if main["unit"] == "standard deviations" else None,
        "choices": [
            {"key": name, "head": heads[name], "options": found, "main": found.index(main[name])}
            for name, found in options.items()
        ],
        "paths": [
            [[found.index(row[name]) for name, found in options.items()],
             row["estimate"], row["ci_low"], row["ci_high"], row["excludes_null"],
             row["reason"] if row["estimate"] is None else None]
            for row in by_path
        ],
    }  # fmt: skip


def explorer(data_set: Work) -> dict[str, Any]:
    """All readings with their polls, and how to cite the data set."""
    rows = polls()
    rows = rows.assign(date=rows["fieldwork_end"].fillna(rows["fieldwork_start"]))
    known = rows.drop_duplicates("poll_id").reset_index(drop=True)
    place = {poll: at for at, poll in enumerate(known["poll_id"])}
    return {
        "title": data_set.title, "mark": data_set.mark, "licence": f"{LICENCE} {LICENCE_URL}",
        "cite": cited(data_set, "apa"),
        "polls": [
            [row.poll_id, row.pollster_name, row.country, when(row), _plain(row.date),
             None if pd.isna(row.n) else int(row.n), _plain(row.mode), row.linkage,
             poll_address(row.poll_id)]
            for row in known.itertuples()
        ],
        "labels": {key: say(key)
                   for name, say in (("target", label), ("response", label), ("subgroup", group_label))
                   for key in sorted(set(rows[name]))},
        "readings": [
            [place[row.poll_id], row.target, row.response, row.subgroup, row.percent, row.question,
             row.source_url]
            for row in rows.itertuples()
        ],
    }  # fmt: skip


def _answer(level: str) -> str:
    return " or ".join(label(part).lower() for part in level.split(" + "))


def _plain(value: Any) -> str | None:
    return value if isinstance(value, str) else None
