"""The files of each figure and table: at their addresses, fit for print, and saying what they are."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import rispy
from conftest import ROOT
from markupsafe import escape
from matplotlib import rc_context
from matplotlib.figure import Figure
from PIL import Image
from pybtex.database import parse_string
from pypdf import PdfReader

from helpers.book.results import compare
from helpers.evidence import Evidence
from helpers.report.citation import book

from .print_check import print_faults

FROZEN = json.loads((ROOT / "results.json").read_text(encoding="utf-8"))
FIGURES = {entry["id"]: entry for entry in FROZEN["figures"]}
EXHIBITS = FIGURES | {entry["id"]: entry for entry in FROZEN["tables"]}


def results(site: Path) -> dict[str, Any]:
    return json.loads((site / "results.json").read_text(encoding="utf-8"))


def entry_of(name: str, site: Path) -> dict[str, Any]:
    found = results(site)
    return next(e for e in [*found["figures"], *found["tables"]] if e["id"] == name)


def test_the_results_of_the_site_are_those_frozen(site: Path) -> None:
    """By the rule of `make verify`: another processor may draw a line a thousandth elsewhere."""
    lines = compare(FROZEN, results(site))
    assert [line for line in lines if line.verdict == "different"] == []


def test_every_number_shown_in_prose_stands_in_the_results(site: Path) -> None:
    known = {fact["id"]: fact for fact in results(site)["facts"]}
    shown = 0
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for value, name, words in re.findall(
            r'<data class="ls-fact" value="([^"]*)" data-fact="([^"]*)"[^>]*>([^<]*)</data>', text
        ):
            fact = known[name]
            assert float(value) == fact["value"]
            n = None if fact["n"] is None else f"{fact['n']:,}"
            assert words in (fact["text"], fact["ci_text"], n)
            shown += 1
    assert shown > 20


@pytest.mark.parametrize("name", EXHIBITS)
def test_files_stand_at_their_addresses_unaltered(name: str, site: Path) -> None:
    entry = entry_of(name, site)
    wanted = {".csv", ".json"} | (
        {".svg", "-narrow.svg", ".pdf", ".png", "-140mm.png", "-90mm.png"}
        if name in FIGURES
        else set()
    )
    assert set(entry["files"]) == {name + suffix for suffix in wanted}
    for file, digest in entry["files"].items():
        assert hashlib.sha256((site / "figures" / file).read_bytes()).hexdigest() == digest
    for suffix in (".html", ".bib", ".ris"):
        assert (site / "figures" / f"{name}{suffix}").is_file()


@pytest.mark.parametrize("name", EXHIBITS)
def test_the_evidence_mark_is_on_every_copy(name: str, site: Path) -> None:
    entry = entry_of(name, site)
    mark = Evidence(entry["evidence"]).mark
    for path in (site / "figures").glob(f"{name}*"):
        if path.name.removeprefix(name).startswith(("-narrow.", ".")):
            assert mark in _words(path), path.name
    assert (
        f'ls-mark-{entry["evidence"]}">{escape(mark)}<'
        in (site / f"{entry['chapter']}.html").read_text()
    )


def _words(path: Path) -> str:
    if path.suffix == ".png":
        with Image.open(path) as picture:
            return str(picture.info)
    if path.suffix == ".pdf":
        return str(PdfReader(path).metadata)
    text = path.read_text(encoding="utf-8")
    return html.unescape(text) if path.suffix == ".html" else text


@pytest.mark.parametrize("name", EXHIBITS)
def test_the_csv_reads_back_with_its_head(name: str, site: Path) -> None:
    text = (site / "figures" / f"{name}.csv").read_text(encoding="utf-8")
    head = dict(line[2:].split(": ", 1) for line in text.splitlines() if line.startswith("# "))
    assert head["id"] == name
    assert head["evidence"] == Evidence(EXHIBITS[name]["evidence"]).mark
    assert head["licence"].startswith("CC BY 4.0")
    assert head["data_hash"] == entry_of(name, site)["data_hash"]
    body = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("# "))
    assert hashlib.sha256(body.encode()).hexdigest() == head["data_hash"]
    rows = pd.read_csv(io.StringIO(text), comment="#")
    same = json.loads((site / "figures" / f"{name}.json").read_text(encoding="utf-8"))["rows"]
    assert len(rows) == len(same) > 0


@pytest.mark.parametrize("name", FIGURES)
def test_pictures_are_fit_for_print(name: str, site: Path) -> None:
    with Image.open(site / "figures" / f"{name}.png") as png:
        assert png.width >= 2244
        assert png.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert png.info["Source"] == name
    for width in (90, 140):
        with Image.open(site / "figures" / f"{name}-{width}mm.png") as narrower:
            assert narrower.width == pytest.approx(width / 25.4 * 300, abs=1.5)
            assert narrower.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    pdf = PdfReader(site / "figures" / f"{name}.pdf")
    assert name in str(pdf.metadata)
    assert Evidence(FIGURES[name]["evidence"]).mark in pdf.pages[0].extract_text()
    width_mm = float(pdf.pages[0].mediabox.width) / 72 * 25.4
    assert width_mm == pytest.approx(190, abs=0.5)
    assert print_faults(site / "figures" / f"{name}.pdf") == []
    svg = (site / "figures" / f"{name}.svg").read_text(encoding="utf-8")
    assert f"<dc:identifier>{name}</dc:identifier>" in svg
    assert "<text" not in svg, "text is drawn as outlines, so it looks the same everywhere"


def test_a_pdf_that_is_not_fit_for_print_is_found(tmp_path: Path) -> None:
    def faults(*, fonttype: int = 42, **line: float) -> list[str]:
        with rc_context({"pdf.fonttype": fonttype, "font.size": 8}):
            figure = Figure()
            figure.subplots().plot([0, 1], marker="o", markersize=5, **line)  # type: ignore[arg-type]
            figure.savefig(tmp_path / "a.pdf")
        return print_faults(tmp_path / "a.pdf")

    good = {"linewidth": 1, "markeredgewidth": 1}
    assert faults(**good) == []
    assert faults(**{**good, "linewidth": 0.1}) == ["a stroke of 0.1 pt"]
    assert faults(**{**good, "markeredgewidth": 2.5}) == ["a stroke of 2.5 pt"]
    assert faults(**good, alpha=0.4) == ["transparency"]
    assert faults(**good, fonttype=3) == ["a font that is not embedded"]
    with rc_context({"font.size": 5}):
        figure = Figure()
        figure.text(0, 0, "small")
        figure.savefig(tmp_path / "a.pdf", metadata={})
    assert {"text of 5 pt", "nothing is drawn"} <= set(print_faults(tmp_path / "a.pdf"))


@pytest.mark.parametrize("name", EXHIBITS)
def test_citations_read_back(name: str, site: Path) -> None:
    of = book()
    entry = parse_string((site / "figures" / f"{name}.bib").read_text(encoding="utf-8"), "bibtex")
    cited = entry.entries[name]
    assert cited.fields["title"] == f"{{{EXHIBITS[name]['title']}}}"
    assert cited.fields["year"] == of.date[:4]
    assert f"Version {of.version}" in cited.fields["note"]
    [ris] = rispy.loads((site / "figures" / f"{name}.ris").read_text(encoding="utf-8"))
    assert ris["title"] == EXHIBITS[name]["title"]
    assert ris["authors"] == list(of.authors)
