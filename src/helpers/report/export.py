"""Files of a figure or table: the same bytes on every build, and each says what it is."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from helpers.report import theme
from helpers.report.citation import LICENCE, LICENCE_URL, Book, book, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from helpers.evidence import Evidence
    from helpers.report.charts import Chart

DPI = 300
PREVIEW_DPI = 110


def files(
    name: str, chart: Chart, *, title: str, evidence: Evidence, mark: str
) -> dict[str, bytes]:
    """Every file of a figure, by what follows its id in the file's name."""
    about = _about(name, title, evidence, mark, "figure")
    digest = data_hash(chart.rows)
    with theme.drawing():
        wide, narrow = (_signed(chart.draw(width), about) for width in (theme.WIDE, theme.NARROW))
        pictures = {
            ".svg": _saved(wide, "svg", _dublin_core(about, name, digest)),
            "-narrow.svg": _saved(narrow, "svg", _dublin_core(about, name, digest)),
            ".pdf": _saved(wide, "pdf", _pdf_info(about, name, digest)),
            ".png": _saved(wide, "png", _png_text(about, name, digest)),
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
    about = _about(name, title, evidence, mark, kind)
    head = {
        "id": name,
        "title": title,
        "evidence": about["mark"],
        "version": about["version"],
        "licence": f"{LICENCE} {LICENCE_URL}",
        "cite": about["cite"],
        "data_hash": data_hash(rows),
    }
    commented = "".join(f"# {key}: {value}\n" for key, value in head.items())
    body = {**head, "rows": json.loads(rows.to_json(orient="records", double_precision=12))}
    return {
        ".csv": (commented + _csv(rows)).encode(),
        ".json": (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode(),
    }


def preview(chart: Chart) -> bytes:
    """A small picture to look at in a notebook."""
    with theme.drawing():
        return _saved(chart.draw(theme.WIDE), "png", {"Software": None}, dpi=PREVIEW_DPI)


def data_hash(rows: pd.DataFrame) -> str:
    """SHA-256 of the rows as CSV: equal data, equal hash, whatever the drawing."""
    return hashlib.sha256(_csv(rows).encode()).hexdigest()


def _csv(rows: pd.DataFrame) -> str:
    # Twelve significant digits: the last bits of a float differ between processors.
    return str(rows.to_csv(index=False, lineterminator="\n", float_format="%.12g"))


def _signed(figure: Figure, about: Mapping[str, str]) -> Figure:
    """Write the evidence mark into the drawing itself: a copy may travel without its page."""
    figure.supxlabel(
        about["mark"], x=0.008, ha="left", fontsize=7, color=theme.MARK_INK[about["kind"]]
    )
    return figure


def _saved(figure: Figure, form: str, metadata: Mapping[str, object], *, dpi: int = DPI) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=form, dpi=dpi, metadata=dict(metadata))
    return buffer.getvalue()


def _about(name: str, title: str, evidence: Evidence, mark: str, kind: str) -> dict[str, str]:
    of: Book = book()
    record = {"id": name, "title": title, "kind": kind, "mark": mark}
    return {
        "title": title,
        "authors": ", ".join(of.authors),
        "version": of.version,
        "mark": mark,
        "kind": str(evidence),
        "cite": plain(record, of),
    }


def _dublin_core(about: Mapping[str, str], name: str, digest: str) -> dict[str, object]:
    return {
        "Title": about["title"],
        "Creator": about["authors"],
        "Rights": f"{LICENCE} {LICENCE_URL}",
        "Identifier": name,
        "Description": f"Evidence: {about['mark']}. {about['cite']} Data SHA-256: {digest}",
        "Date": None,
    }


def _pdf_info(about: Mapping[str, str], name: str, digest: str) -> dict[str, object]:
    return {
        "Title": about["title"],
        "Author": about["authors"],
        "Subject": f"Evidence: {about['mark']}. {about['cite']}",
        "Keywords": f"{name}; version {about['version']}; {LICENCE}; data SHA-256 {digest}",
        "CreationDate": None,
        "ModDate": None,
    }


def _png_text(about: Mapping[str, str], name: str, digest: str) -> dict[str, object]:
    return {
        "Title": about["title"],
        "Author": about["authors"],
        "Copyright": f"{LICENCE} {LICENCE_URL}",
        "Description": f"Evidence: {about['mark']}. {about['cite']}",
        "Source": name,
        "Version": about["version"],
        "Data-SHA256": digest,
        "Software": None,
    }
