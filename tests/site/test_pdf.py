"""The whole book as PDF: every figure, bookmarks, tags, page numbers, and how to cite it."""

from __future__ import annotations

import io
import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from helpers.book import citing, pdf
from helpers.report.citation import Work

FIGURE = "fig-trust-in-institutions-law-bodies"


@pytest.fixture(scope="module")
def work() -> Work:
    return citing.works(citing.entries())[citing.BOOK]


def test_the_pages_of_the_book_stand_in_one_page(site: Path, work: Work) -> None:
    text = pdf.assembled(site, work)
    ids = re.findall(r'\sid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    for anchor in re.findall(r'href="#([^"]*)"', text):
        assert anchor in ids
    for image in re.findall(r'<img[^>]*\ssrc="([^"]*)"', text):
        assert (site / image).is_file()
    assert f'href="#figures--{FIGURE}"' not in text
    assert text.count(f'href="#trust-in-institutions--{FIGURE}"') >= 2, "the gallery leads to it"
    assert "<details>" not in text
    assert "lazy" not in re.sub(r">[^<]*<", "><", text)
    assert pdf.fingerprint(site, work) == pdf.fingerprint(site, work)


def test_the_printed_book_has_everything(site: Path, work: Work, tmp_path: Path) -> None:
    if shutil.which("chromium") is None:
        pytest.skip("Chromium is not installed: the book is not printed")
    # A copy: the page that is printed stands in the site for that time, where other tests look.
    site = shutil.copytree(site, tmp_path / "html")
    said: list[str] = []
    # In a thread of its own: the browser of other tests holds this one.
    with ThreadPoolExecutor(1) as apart:
        body = apart.submit(pdf.printed, site, work, said.append).result()
    assert len(said) == 2
    assert not (site / "printed.html").exists()
    reader = PdfReader(io.BytesIO(body))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    titles = [str(mark["/Title"]) for mark in reader.outline if not isinstance(mark, list)]
    assert {"Contents", "Trust in institutions", "References", "How to cite this book"} <= {*titles}
    figures = json.loads((site / "results.json").read_text(encoding="utf-8"))["figures"]
    described = [
        str(found.get("/Alt", ""))
        for found in (thing.get_object() for thing in _objects(reader))
        if isinstance(found, DictionaryObject) and found.get("/S") == "/Figure"
    ]
    assert {figure["alt"] for figure in figures} <= set(described)
    starts = pdf.first_pages(body)
    contents = reader.pages[1].extract_text()
    assert re.search(rf"Trust in institutions\s+{starts['trust-in-institutions']}\b", contents)
    page = reader.pages[starts["trust-in-institutions"] - 1].extract_text()
    assert "Trust in institutions" in page
    front = reader.pages[starts["index"] - 1].extract_text()
    assert "Answered is not satisfied" in front
    assert "Rerun" not in front, "doors lead nowhere on paper"
    whole = "".join(page.extract_text() for page in reader.pages)
    assert "What if" not in whole, "boxes that a reader cannot move"
    assert re.search(rf"\b{starts['trust-in-institutions']}\b", page)
    assert work.of.authors[0] in reader.pages[-1].extract_text()


def _objects(reader: PdfReader) -> list[object]:
    return [reader.get_object(number) for number in range(1, int(reader.trailer["/Size"]))]


def test_without_a_browser_the_message_says_what_to_install(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf.shutil, "which", lambda _: None)
    with pytest.raises(Exception, match="expected the command chromium"):
        pdf._print(site, "<p>nothing</p>")
