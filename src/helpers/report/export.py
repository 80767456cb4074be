"""Files of a figure or table: the same bytes on every build, and each says what it is."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from helpers.errors import RegisterError
from helpers.evidence import Evidence
from helpers.report import csl, theme
from helpers.report.citation import LICENCE, LICENCE_URL, Work, book, source_text
from helpers.report.print_fit import unfit
from helpers.stats.estimates import join_sources

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from helpers.report.charts import Chart

DPI = 300
MIDDLE = 140.0
"""Width in mm of a figure across one and a half columns, or the page of a book."""


def files(
    name: str, chart: Chart, *, title: str, evidence: Evidence, mark: str
) -> dict[str, bytes]:
    """Every file of a figure, by what follows its id in the file's name."""
    about = _about(name, chart.rows, title=title, evidence=evidence, mark=mark, kind="figure")
    with theme.drawing():
        wide, middle, narrow = (
            _fit(_signed(chart.draw(width), about), about)
            for width in (theme.WIDE, MIDDLE, theme.NARROW)
        )
        pictures = {
            ".svg": _saved(wide, "svg", about),
            "-narrow.svg": _saved(narrow, "svg", about),
            ".pdf": _saved(wide, "pdf", about),
            ".png": _saved(wide, "png", about),
            "-140mm.png": _saved(middle, "png", about),
            "-90mm.png": _saved(narrow, "png", about),
        }
    return pictures | data_files(
        name, chart.rows, title=title, evidence=evidence, mark=mark, kind="figure"
    )


def data_files(
    name: str,
    rows: pd.DataFrame,
    *,
    title: str,
    evidence: Evidence,
    mark: str,
    kind: str = "table",
) -> dict[str, bytes]:
    """The rows as CSV with a commented head, and as JSON with the same facts."""
    about = _about(name, rows, title=title, evidence=evidence, mark=mark, kind=kind)
    head = {
        "id": name,
        "title": title,
        "authors": about["authors"],
        "evidence": about["mark"],
        "version": about["version"],
        "licence": f"{LICENCE} {LICENCE_URL}",
        "sources": about["sources"],
        "cite": about["cite"],
        "data_hash": about["data_hash"],
    }
    commented = "".join(f"# {key}: {value}\n" for key, value in head.items())
    body = {
        **head,
        "citations": about["citations"],
        "rows": json.loads(rows.to_json(orient="records", double_precision=12)),
    }
    return {
        ".csv": (commented + _csv(rows)).encode(),
        ".json": (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode(),
    }


def data_hash(rows: pd.DataFrame) -> str:
    """SHA-256 of the rows as CSV: equal data, equal hash, whatever the drawing."""
    return hashlib.sha256(_csv(rows).encode()).hexdigest()


def _csv(rows: pd.DataFrame) -> str:
    # Twelve significant digits: the last bits of a float differ between processors.
    return str(rows.to_csv(index=False, lineterminator="\n", float_format="%.12g"))


def _signed(figure: Figure, about: Mapping[str, Any]) -> Figure:
    """Write the evidence mark into the drawing itself: a copy may travel without its page."""
    figure.supxlabel(
        about["mark"], x=0.008, ha="left", fontsize=7, color=theme.MARK_INK[about["kind"]]
    )
    return figure


def _fit(figure: Figure, about: Mapping[str, Any]) -> Figure:
    """The drawing, if a journal can print it; a reader's own scale may need more shades than grey has."""
    wrong = [] if about["kind"] == Evidence.RESPONDENTS else unfit(figure)
    if wrong:
        raise RegisterError(
            f"{about['id']} is not fit for print at {figure.get_figwidth() * 25.4:.0f} mm; got"
            f" {'; '.join(wrong)}; expected what helpers.report.print_fit asks. Mend the chart."
        )
    return figure


def picture(
    name: str,
    chart: Chart,
    *,
    title: str,
    evidence: Evidence,
    mark: str,
    width: float,
    dpi: int,
    form: str,
) -> bytes:
    """The drawing alone at any width in mm, as png, pdf or svg, with what it says of itself."""
    about = _about(name, chart.rows, title=title, evidence=evidence, mark=mark, kind="figure")
    with theme.drawing():
        drawn = _signed(chart.draw(width), about)
        return _saved(drawn, form, about, dpi=dpi)


def _saved(figure: Figure, form: str, about: Mapping[str, Any], *, dpi: int = DPI) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=form, dpi=dpi, metadata=_METADATA[form](about))
    return buffer.getvalue()


def _about(
    name: str, rows: pd.DataFrame, *, title: str, evidence: Evidence, mark: str, kind: str
) -> dict[str, Any]:
    """What every file says of itself, whatever its form; `helpers.report.whatis` reads it back."""
    of = book()
    joined = join_sources(rows)
    work = Work(
        id=name, kind=kind, title=title, page=f"figures/{name}.html", of=of, mark=mark,
        sources=tuple(joined.split(";")) if joined else (),
    )  # fmt: skip
    citations = {style: csl.text(work, style) for style in csl.STYLES}
    return {
        "id": name,
        "title": title,
        "authors": ", ".join(of.authors),
        "version": of.version,
        "mark": mark,
        "kind": str(evidence),
        "sources": "; ".join(source_text(key, of) for key in work.sources) or "none",
        "cite": citations["apa"],
        "citations": citations,
        "data_hash": data_hash(rows),
    }


def _keys(about: Mapping[str, Any]) -> list[str]:
    """What the fields of SVG and PDF have no name for."""
    return [
        f"id={about['id']}",
        f"version={about['version']}",
        f"evidence={about['mark']}",
        f"data-sha256={about['data_hash']}",
    ]


def _dublin_core(about: Mapping[str, Any]) -> dict[str, object]:
    return {
        "Title": about["title"],
        "Creator": about["authors"],
        "Rights": f"{LICENCE} {LICENCE_URL}",
        "Identifier": about["id"],
        "Description": about["cite"],
        "Keywords": _keys(about),
        "Date": None,
    }


def _pdf_info(about: Mapping[str, Any]) -> dict[str, object]:
    return {
        "Title": about["title"],
        "Author": about["authors"],
        "Subject": about["cite"],
        "Keywords": "; ".join([*_keys(about), f"licence={LICENCE} {LICENCE_URL}"]),
        "CreationDate": None,
        "ModDate": None,
    }


def _png_text(about: Mapping[str, Any]) -> dict[str, object]:
    return {
        "Title": about["title"],
        "Author": about["authors"],
        "Copyright": f"{LICENCE} {LICENCE_URL}",
        "Description": about["cite"],
        "Source": about["id"],
        "Version": about["version"],
        "Evidence": about["mark"],
        "Data-SHA256": about["data_hash"],
        "Software": None,
    }


_METADATA: Mapping[str, Callable[[Mapping[str, Any]], dict[str, object]]] = {
    "svg": _dublin_core, "pdf": _pdf_info, "png": _png_text,
}  # fmt: skip
