"""The whole book as one PDF: its pages in order, printed by Chromium, with contents and citations."""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import shutil
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx

from helpers.book import citing
from helpers.book.cite_pages import works_of
from helpers.errors import PublicationError
from helpers.paths import project_root
from helpers.report import csl
from helpers.report.citation import Work

NAME = "the-listening-state.pdf"
PLACE = "<!-- the book as PDF -->"
"""Where the first page links to the PDF, if there is one of just this book."""

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip

CONTENTS, CITING = "printed-contents", "printed-citation"

FRAME = """<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="_static/shell.css"><link rel="stylesheet" href="_static/book.css"></head>
<body class="ls-book"><main>
<header class="bd-article"><p class="ls-book-title">{title}</p><p>{authors}</p>
<p>Version {version}, {date}. Text and figures: CC BY 4.0. Code: MIT.</p></header>
<nav class="bd-article" id="{contents_id}"><h1>Contents</h1>
{contents}
<p><a href="#{citing_id}">How to cite this book</a> <span>{last}</span></p></nav>
{chapters}
<article class="bd-article" id="{citing_id}"><h1>How to cite this book</h1>
{citations}</article></main></body></html>
"""

_TAG = re.compile(r"<[a-z][^>]*>")
_PLACE = re.compile(r'\s(id|href|src|srcset)="([^"]*)"')
_WITHOUT = re.compile(r'\s(?:loading="lazy"|download(?:="[^"]*")?)(?=[\s>])')
_EXHIBIT = re.compile(r'<figure class="ls-exhibit[^"]*" id="([^"]*)"')
_HEADING = re.compile(r'<h1>(.*?)(?:<a class="headerlink".*?</a>)?</h1>', re.DOTALL)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event; Sphinx calls it."""
    # When every page is written, and before the list of files that can be kept is.
    app.connect("build-finished", _attach, priority=940)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def make(say: Callable[[str], None]) -> Path:
    """Print the site that stands; the next build puts the PDF beside its pages.

    Raises
    ------
    PublicationError
        Chromium is not installed.
    """
    work = citing.works(citing.entries())[citing.BOOK]
    site, target = project_root() / "_build" / "html", _made()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(printed(site, work, say))
    target.with_suffix(".made-from").write_text(fingerprint(site, work), encoding="utf-8")
    return target


def printed(site: Path, work: Work, say: Callable[[str], None]) -> bytes:
    """The book as PDF: printed once to learn its page numbers, and once with them."""
    say("Printing the book, to see on which page each chapter starts")
    starts = first_pages(_print(site, assembled(site, work)))
    say("Printing the book with its page numbers")
    return _with_single_titles(_print(site, assembled(site, work, starts=starts)))


def fingerprint(site: Path, work: Work) -> str:
    """Changes when a page of the book, or its style, changes."""
    digest = hashlib.sha256(assembled(site, work).encode())
    for path in sorted((site / "_static").glob("*.css")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def assembled(site: Path, work: Work, *, starts: Mapping[str, int] | None = None) -> str:
    """All pages in one. ``starts`` has the number of the page on which each anchor is printed."""
    parts = _parts()
    articles = {name: _article(site / f"{name}.html") for _, names in parts for name in names}
    anchors = _anchors(articles)
    chapters, contents = [], []
    for caption, names in parts:
        lines = []
        for name in names:
            article = articles[name]
            found = _HEADING.search(article)
            heading = re.sub(r"<[^>]*>", "", found[1]) if found else name
            anchor = _anchor(name)
            number = (starts or {}).get(anchor, "")
            lines.append(f'<li><a href="#{anchor}">{heading}</a> <span>{number}</span></li>')
            inner = _TAG.sub(lambda tag, page=name: _moved(tag[0], page, anchors), article)  # type: ignore[misc]
            chapters.append(f'<article class="bd-article" id="{anchor}">{inner}</article>')
        listed = "\n".join(lines)
        contents.append(f'<p class="ls-part">{escape(caption)}</p>\n<ul>\n{listed}\n</ul>')
    cited = [(label, csl.text(work, style)) for style, (label, _) in csl.STYLES.items()]
    of = work.of
    return FRAME.format(
        title=escape(of.title), authors=escape(", ".join(of.authors)), version=of.version,
        date=of.date, contents="\n".join(contents), chapters="\n".join(chapters),
        citations="\n".join(f"<h2>{escape(name)}</h2><p>{escape(text)}</p>" for name, text in cited),
        contents_id=CONTENTS, citing_id=CITING, last=(starts or {}).get(CITING, ""),
    )  # fmt: skip


def first_pages(body: bytes) -> dict[str, int]:
    """Number of the page on which each anchor of a printed book stands."""
    from pypdf import PdfReader  # noqa: PLC0415 only where a PDF is read

    reader = PdfReader(io.BytesIO(body))
    found = {}
    for name, destination in reader.named_destinations.items():
        page = reader.get_destination_page_number(destination)
        if page is not None:
            found[name.lstrip("/")] = page + 1
    return found


def _with_single_titles(body: bytes) -> bytes:
    """Chromium writes the title of each bookmark twice in a row; here it stands once."""
    from pypdf import PdfWriter  # noqa: PLC0415 only where a PDF is written
    from pypdf.generic import DictionaryObject, NameObject, TextStringObject  # noqa: PLC0415

    writer = PdfWriter(clone_from=io.BytesIO(body))
    for found in writer._objects:  # noqa: SLF001 no public way leads to all bookmarks
        if not isinstance(found, DictionaryObject) or not {"/Title", "/Parent"} <= set(found):
            continue
        title = str(found["/Title"])
        half = title[: len(title) // 2]
        if title == half * 2:
            found[NameObject("/Title")] = TextStringObject(half)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _attach(app: Sphinx, failure: Exception | None) -> None:
    """Put the PDF beside the pages and link to it, if it was printed from just these pages."""
    top, made = Path(app.outdir), _made()
    if failure is not None or app.builder.name != "html":
        return
    link = ""
    stamp = made.with_suffix(".made-from")
    if made.is_file() and stamp.is_file():
        work = works_of(app)[citing.BOOK]
        if stamp.read_text(encoding="utf-8") == fingerprint(top, work):
            shutil.copyfile(made, top / NAME)
            size = f"{made.stat().st_size / 1e6:.0f} MB"
            link = f'<p class="ls-files"><a href="{NAME}">The whole book as PDF</a>, {size}</p>'
    page = top / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace(PLACE, link), encoding="utf-8")


def _made() -> Path:
    return project_root() / "_build" / "pdf" / NAME


def _parts() -> list[tuple[str, list[str]]]:
    """Caption and pages of each part, in the order of the book; the first page comes first."""
    toc = yaml.safe_load((project_root() / "_toc.yml").read_text(encoding="utf-8"))
    parts = toc.get("parts") or [{"chapters": toc.get("chapters", [])}]
    return [
        ("The question", [toc["root"]]),
        *((part.get("caption", ""), [page["file"] for page in part["chapters"]]) for part in parts),
    ]


def _article(path: Path) -> str:
    """What stands in the article of a page."""
    _, _, rest = path.read_text(encoding="utf-8").partition("<article")
    return rest.partition(">")[2].partition("</article>")[0]


def _anchor(page: str, name: str = "") -> str:
    """An anchor of a page as an anchor of the whole book, where two pages may use one name."""
    return f"{page.rpartition('/')[2]}--{name}" if name else page.rpartition("/")[2]


def _anchors(articles: Mapping[str, str]) -> dict[str, str]:
    """Where a page of the site stands in the whole book; the page of a figure: at the figure."""
    return {name: _anchor(name) for name in articles} | {
        f"figures/{exhibit}": _anchor(name, exhibit)
        for name, article in articles.items()
        for exhibit in _EXHIBIT.findall(article)
    }


def _moved(tag: str, page: str, anchors: Mapping[str, str]) -> str:
    """A tag as it stands in the whole book: own anchors, addresses from the top, folds open."""
    tag = _WITHOUT.sub("", tag)
    if tag.startswith("<details"):
        tag = tag.replace("<details", "<details open", 1)
    return _PLACE.sub(lambda found: _address(found[1], found[2], page, anchors), tag)


def _address(attribute: str, value: str, page: str, anchors: Mapping[str, str]) -> str:
    if attribute == "id":
        return f' id="{_anchor(page, value)}"'
    if re.match(r"[a-z]+:", value):
        return f' {attribute}="{value}"'
    path, _, name = value.partition("#")
    place = (
        posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
        if path
        else f"{page}.html"
    )
    target = place.removesuffix(".html")
    if attribute == "href" and target in anchors:
        within = "" if target.startswith("figures/") else name
        return f' href="#{anchors[target]}{"--" if within else ""}{within}"'
    # Files beside the pages are not in the PDF: the words of the link stay.
    return "" if attribute == "href" else f' {attribute}="{place}"'


def _print(site: Path, text: str) -> bytes:
    """Let Chromium print one page, which stands beside the others while it does."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 only where a PDF is printed

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise PublicationError(
            "the PDF cannot be printed; got no Chromium; expected the command chromium."
            " On Debian and Ubuntu: apt install chromium."
        )
    draft = site / "printed.html"
    try:
        draft.write_text(text, encoding="utf-8")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            page = browser.new_page(java_script_enabled=False)
            page.goto(draft.as_uri(), wait_until="load", timeout=120_000)
            body = page.pdf(
                prefer_css_page_size=True, print_background=True, tagged=True, outline=True
            )
            browser.close()
    finally:
        draft.unlink(missing_ok=True)
    return body
