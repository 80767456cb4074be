"""The register: every number, figure and table that the book shows, under one permanent id.

A chapter calls `fact`, `figure` and `table`. Each puts a record into the cell's output under a
private MIME type. The build collects the records; pages, downloads, citations, tests and
``verify`` read nothing else, so what is registered is what is shown.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
from IPython.display import display

from helpers.data.disclosure import neutralised_rows, suppressed
from helpers.errors import RegisterError
from helpers.evidence import Evidence, evidence_of
from helpers.report import export
from helpers.report.charts import Chart
from helpers.report.record import Record
from helpers.report.steady import steady_estimate, steady_rows
from helpers.report.tables import cells, who_was_asked
from helpers.report.whole_families import whole_families
from helpers.report.words import alternative_text, evidence_mark, interval_text, value_text
from helpers.stats.estimates import Estimate, Inapplicable, join_sources, pick, to_frame

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_PREFIX = {"fact": "", "figure": "fig-", "table": "tbl-"}
_LAYOUTS = ("rows", "cards")
FEW = "it would show cells of fewer than five respondents"


def fact(
    name: str,
    rows: pd.DataFrame | Estimate | Inapplicable,
    *,
    digits: int | None = None,
    **where: str | float,
) -> None:
    """Register a number, so that prose on any page can show it as ``{fact}`name```.

    Parameters
    ----------
    name : the id: lower-case ASCII words joined by hyphens, never reused.
    rows : an estimate, or result rows of which ``where`` selects exactly one; or why there is
        none, and prose then shows “not available” in its place.
    digits : decimals to print; without it, those usual for the unit.

    Raises
    ------
    RegisterError
        The id is malformed.
    EstimationError
        ``where`` does not select exactly one row.
    """
    estimate = pick(rows, **where) if isinstance(rows, pd.DataFrame) else rows
    if isinstance(estimate, Estimate) and _of_few(estimate):
        estimate = Inapplicable(FEW, estimate.method, estimate.evidence)
    if isinstance(estimate, Inapplicable):
        missing = dict.fromkeys(("value", "unit", "ci", "n_eff"))
        told = {"text": "not available", "ci_text": "no interval", "n": "none"}
        record = {**_absent(name, "fact", estimate), **missing, **told, "method": estimate.method}
        display(Record(record, {"text/plain": f"{name}: {estimate.reason}"}))
        return
    estimate = steady_estimate(estimate)
    text = value_text(estimate, digits=digits)
    interval = interval_text(estimate, digits=digits)
    record = {
        "kind": "fact",
        "id": _checked(name, "fact"),
        "value": estimate.estimate,
        "unit": estimate.unit,
        "text": text,
        "ci": None if interval is None else [estimate.ci_low, estimate.ci_high],
        "ci_text": interval,
        "n": estimate.n,
        "n_eff": estimate.n_eff,
        "evidence": str(estimate.evidence),
        "mark": evidence_mark(estimate.evidence, source=estimate.source, n=estimate.n),
        "sources": _keys(estimate.source),
        "method": estimate.method,
        # Of whom, about what and which answer: pages look up the wording of the question by these.
        "about": [estimate.group, estimate.item, estimate.level],
    }
    shown = text if interval is None else f"{text} ({interval})"
    display(Record(record, {"text/plain": f"{name}: {shown}"}))


def figure(
    name: str,
    chart: Chart | Inapplicable,
    *,
    title: str,
    caption: str,
    asked: pd.DataFrame | None = None,
) -> None:
    """Register a figure under ``fig-…`` and show it.

    Parameters
    ----------
    name : the id, ``fig-<chapter>-<what>``.
    chart : what is drawn, its rows being the figure's table, CSV and JSON; or why nothing is.
    title : a few words; the name of the figure in lists and citations.
    caption : what is shown, of whom, in which unit; no result.
    asked : readings that the figure rests on; their polls are listed under it.
    """
    _checked(name, "figure")
    if isinstance(chart, Inapplicable):
        _show_absent(name, "figure", chart, title, caption)
        return
    chart = replace(chart, rows=steady_rows(chart.rows))
    evidence = evidence_of(chart.rows)
    if _hidden(chart.rows).any():
        _show_absent(name, "figure", Inapplicable(FEW, name, evidence), title, caption)
        return
    data = cells(chart.rows)
    mark = mark_of(chart.rows)
    files = export.files(name, chart, title=title, evidence=evidence, mark=mark)
    record = {
        "kind": "figure",
        "id": name,
        "title": title,
        "caption": caption,
        "alt": alternative_text(chart.alt, mark),
        "evidence": str(evidence),
        "mark": mark,
        "sources": _keys(join_sources(chart.rows)),
        "data": data,
        "data_hash": export.data_hash(chart.rows),
        "asked": None if asked is None else who_was_asked(asked),
        "files": {suffix: base64.b64encode(body).decode() for suffix, body in files.items()},
    }
    seen = {"image/png": files["-140mm.png"], "text/plain": f"{name}: {chart.alt}"}
    display(Record(record, seen))


def table(
    name: str,
    rows: pd.DataFrame | Inapplicable,
    *,
    title: str,
    caption: str,
    columns: Mapping[str, str],
    asked: pd.DataFrame | None = None,
    tests: pd.DataFrame | Inapplicable | None = None,
    first: int | None = None,
    layout: str = "rows",
    languages: Mapping[str, str] | None = None,
) -> None:
    """Register a table under ``tbl-…`` and show it.

    Parameters
    ----------
    columns : heading of each column shown, in order, by the column's name in ``rows``. The first
        one names the rows. All columns of ``rows`` are in the CSV and the JSON.
    tests : the tests behind the rows, which are then counted by family; without it the rows
        themselves, where they have adjusted p values. A family has all its tests, each once.
    first : how many rows of a long list stand in the chapter; its own page has all of them.
    layout : ``rows``, or ``cards`` for rows with much text: one card a row, folded where many.
    languages : language of the text of a column, by its name in ``rows``, where it is not that of
        the page; readers' devices then read it out and break its lines by its own rules.
    """
    _checked(name, "table")
    if layout not in _LAYOUTS:
        raise RegisterError(
            f"table {name!r} cannot be laid out; got {layout!r}; expected one of {_LAYOUTS}."
        )
    if isinstance(rows, Inapplicable):
        _show_absent(name, "table", rows, title, caption)
        return
    missing = [column for column in [*columns, *(languages or ())] if column not in rows.columns]
    if missing:
        raise RegisterError(
            f"table {name!r} cannot show {missing}; expected columns of {list(rows.columns)}."
        )
    evidence = evidence_of(rows)
    families = whole_families(name, rows if tests is None else tests)
    rows = steady_rows(neutralised_rows(suppressed(rows)))
    shown = cells(rows, columns, languages=languages)
    record = {
        "kind": "table",
        "id": name,
        "title": title,
        "caption": caption,
        "alt": f"Table of {len(rows)} rows: {', '.join(columns.values())}.",
        "evidence": str(evidence),
        "mark": mark_of(rows),
        "sources": _keys(join_sources(rows)),
        "data": shown,
        "families": families,
        "first": first,
        "layout": layout,
        "data_hash": export.data_hash(rows),
        "asked": None if asked is None else who_was_asked(asked),
        "files": {
            suffix: base64.b64encode(body).decode()
            for suffix, body in export.data_files(
                name, rows, title=title, evidence=evidence, mark=mark_of(rows)
            ).items()
        },
    }
    display(Record(record, {"text/html": _html(shown), "text/plain": name}))


def _show_absent(name: str, kind: str, absent: Inapplicable, title: str, caption: str) -> None:
    """Keep the place and the number of an exhibit that cannot be made, and say why."""
    record = {
        **_absent(name, kind, absent),
        "title": title,
        "caption": caption,
        "alt": f"Not shown: {absent.reason}",
        "data": {"columns": [], "numeric": [], "rows": []},
        "data_hash": "",
        "asked": None,
        "families": {},
        "first": None,
        "layout": "rows",
        "files": {},
    }
    display(Record(record, {"text/plain": f"{name} is not shown: {absent.reason}"}))


def _of_few(estimate: Estimate) -> bool:
    """Whether a number rests on too few respondents to leave; one without ``n`` counts none."""
    return estimate.n is not None and bool(_hidden(to_frame([estimate])).any())


def _hidden(rows: pd.DataFrame) -> pd.Series:
    """Which rows are withheld, since they rest on a few respondents or give such rows back."""
    return suppressed(rows).get("suppressed", pd.Series("", index=rows.index)).ne("")


def _absent(name: str, kind: str, absent: Inapplicable) -> dict[str, Any]:
    if absent.evidence is None:
        raise RegisterError(
            f"{name!r} cannot be shown as not available; got a reason without an evidence kind"
            f" ({absent.reason}); expected one. Give Inapplicable its evidence."
        )
    return {
        "kind": kind,
        "id": _checked(name, kind),
        "evidence": str(absent.evidence),
        "mark": _mark_of_absent(absent.evidence),
        "sources": [],
        "reason": absent.reason,
    }


def _mark_of_absent(kind: Evidence) -> str:
    """The mark of what is not shown: it names a reader's file as the mark of a result does."""
    if kind is not Evidence.RESPONDENTS:
        return kind.mark
    # Chapters on published figures take nothing of surveys along.
    from helpers.data.survey import survey_files  # noqa: PLC0415

    return evidence_mark(kind, source=survey_files()[0].name, n=None)


def mark_of(rows: pd.DataFrame) -> str:
    """The evidence mark of result rows, as it stands on what is made from them."""
    n = rows["n"].max() if "n" in rows.columns else None
    known = None if n is None or pd.isna(n) else int(n)
    return evidence_mark(evidence_of(rows), source=join_sources(rows), n=known)


def _keys(joined: str) -> list[str]:
    return joined.split(";") if joined else []


def _html(shown: Mapping[str, Any]) -> str:
    """The table to look at in a notebook."""
    return str(pd.DataFrame(shown["rows"], columns=shown["columns"]).to_html(index=False))


def _checked(name: str, kind: str) -> str:
    if not _ID.fullmatch(name) or not name.startswith(_PREFIX[kind]):
        raise RegisterError(
            f"an id is malformed; got {name!r}; expected lower-case ASCII words joined by"
            f" hyphens{f', starting with {_PREFIX[kind]!r}' if _PREFIX[kind] else ''}."
        )
    return name
