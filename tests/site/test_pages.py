"""Every page, opened in a browser: calm, whole in itself, and readable for everybody."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from conftest import ROOT
from PIL import Image

from helpers.book.reference import groups
from helpers.book.registry import tombstones

from . import checks
from .conftest import Visit, Visitor


def published(table: str) -> list[dict[str, str]]:
    """A table of the evidence base as plain text, read apart from the helpers."""
    with (ROOT / f"data/published/{table}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


CHAPTER = "chapters/trust-in-institutions.html"


def known_pages() -> list[str]:
    """The pages as the frozen results and the table of contents name them."""
    frozen = json.loads((ROOT / "results.json").read_text(encoding="utf-8"))
    exhibits = [f"figures/{e['id']}.html" for k in ("figures", "tables") for e in frozen[k]]
    chapters = [f"chapters/{path.stem}.html" for path in sorted((ROOT / "chapters").glob("*.md"))]
    gone = [f"{stone.page}.html" for stone in tombstones().values()]
    parts = [f"methods/{group.name}.html" for group in groups()]
    return ["index.html", "search.html", *chapters, *parts, *exhibits, *gone]


def poll_page(poll_id: str) -> str:
    return f"polls/{poll_id.lower().replace('_', '-')}.html"


def every_page() -> list[str]:
    """All pages of the site, and that of search with and without something found."""
    polls = [poll_page(row["poll_id"]) for row in published("polls")]
    return [*known_pages(), *polls, "search.html?q=trust", "search.html?q=zzzz"]


def test_the_site_has_just_the_known_pages(site: Path) -> None:
    earlier = site / "v"
    found = {
        p.relative_to(site).as_posix()
        for p in site.rglob("*.html")
        if not p.is_relative_to(earlier)
    }
    assert found == {page.partition("?")[0] for page in every_page()}


def test_every_reading_leads_to_its_source_in_two_clicks(site: Path) -> None:
    """From the list of polls to the page of the poll, and from there to the document."""
    listed = (site / "chapters" / "data.html").read_text(encoding="utf-8")
    address = {row["source_id"]: row["url"] for row in published("sources")}
    for reading in published("readings"):
        page = poll_page(reading["poll_id"])
        assert f'href="../{page}"' in listed
        text = (site / page).read_text(encoding="utf-8")
        assert f'href="{html.escape(address[reading["source_id"]])}"' in text, reading


# One of each kind is opened from a disk: who wrote one wrote all, and broken links are found in all.
FROM_DISK = ("index.html", "search.html?q=trust", CHAPTER, "chapters/fear-and-silence.html",
             "chapters/data.html", "figures/fig-trust-in-institutions-law-bodies.html",
             poll_page("EII_EXIT_2026_03"))  # fmt: skip


@pytest.fixture(scope="module")
def reader(visitor: Visitor) -> Iterator[Visit]:
    """One window in which page after page is opened: a new one each costs more than the page."""
    visit = visitor.open("index.html")
    yield visit
    visit.page.context.close()


@pytest.mark.parametrize("path", every_page())
def test_a_page_is_quiet_whole_and_readable(path: str, visitor: Visitor, reader: Visit) -> None:
    """Loaded once, all its folds open; on a desk in light by every rule, on a phone in the dark."""
    page = reader.page
    page.set_viewport_size({"width": 1400, "height": 900})
    page.emulate_media(color_scheme="light")
    reader.complaints.clear()
    reader.elsewhere.clear()
    visitor.turn(reader, path)
    assert checks.bad_images(page) == []
    assert checks.headings(page) == []
    checks.unfold(page)
    assert checks.sideways_scroll(page) <= 0
    assert checks.axe_violations(page) == []
    page.emulate_media(color_scheme="dark")
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        assert checks.sideways_scroll(page) <= 0, width
    assert checks.axe_violations(page, only="color-contrast") == []
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0
    assert (reader.complaints, reader.elsewhere) == ([], [])


@pytest.mark.parametrize("path", FROM_DISK)
def test_a_page_from_a_disk_is_the_same(path: str, visitor: Visitor) -> None:
    disk = visitor.open(path, width=320, disk=True)
    checks.unfold(disk.page)
    assert checks.bad_images(disk.page) == []
    assert checks.sideways_scroll(disk.page) <= 0
    assert (disk.complaints, disk.elsewhere) == ([], [])
    disk.page.context.close()


@pytest.mark.parametrize("folder", ["", "chapters", "figures", "methods", "polls"])
def test_every_page_obeys_its_policy_and_is_light(folder: str, site: Path) -> None:
    pages = list((site / folder).glob("*.html"))
    assert pages
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert checks.policy_breaches(text) == [], path.name
        assert checks.unscoped_tables(text) == [], path.name
        assert len(text.encode()) < 200_000, path.name


def test_a_phone_gets_the_narrow_drawing(visitor: Visitor) -> None:
    for width, ending in ((390, "-narrow.svg"), (1400, "law-bodies.svg")):
        visit = visitor.open(CHAPTER, width=width)
        image = visit.page.locator("#fig-trust-in-institutions-law-bodies img")
        assert image.evaluate("i => i.currentSrc").endswith(ending)
        visit.page.context.close()


def test_the_dark_page_leaves_the_colours_of_a_figure_alone(visitor: Visitor) -> None:
    swatches = []
    for scheme in ("light", "dark"):
        visit = visitor.open(CHAPTER, scheme=scheme)
        image = visit.page.locator("#fig-trust-in-institutions-law-bodies img")
        shot = Image.open(BytesIO(image.screenshot())).convert("RGB")
        counted = {colour: n for n, colour in shot.getcolors(10**6) or []}
        bars = [c for c in counted if max(c) - min(c) > 60]
        swatches.append(max(bars, key=lambda colour: counted[colour]))
        visit.page.context.close()
    assert max(abs(a - b) for a, b in zip(*swatches, strict=True)) <= 2


def test_no_link_is_broken(site: Path) -> None:
    assert checks.broken_links(site) == []


HEAD_TEXT = re.compile(r"<head>(.*?)</head>", re.DOTALL)
WITH_TEXT = re.compile(r"<(title|script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL)


def test_a_head_holds_tags_and_no_text(site: Path) -> None:
    """A tag that was escaped ends the head, and is shown above the page."""
    for path in site.rglob("*.html"):
        (head,) = HEAD_TEXT.findall(path.read_text(encoding="utf-8"))
        assert WITH_TEXT.sub("", head).strip() == "", path.name
    assert WITH_TEXT.sub("", '<link href="a">&lt;meta name="b"&gt;') != ""


def test_no_page_tells_of_the_machine_that_built_it(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for secret in (str(ROOT), str(Path.home()) + "/", " at 0x", "Traceback", "WARNING"):
            assert secret not in text, (path.name, secret)


BAD = """<!doctype html><html lang="en"><head><title>Bad</title></head><body>
<article><h1>One</h1><h3>Three</h3><h1>Two</h1><img src="none.png" alt="figures/none.png">
<p style="color:#ccc;background:#fff">faint</p><div style="width:3000px">wide</div>
<details><summary>More</summary><p style="color:#ccc;background:#fff">folded</p></details>
<a href="nowhere.html">away</a><table><tr><th>head</th></tr></table><a href="#nothing">down</a></article>
<script>console.error("loud"); fetch("http://127.0.0.1:9/x").catch(() => 0);</script></body></html>"""


LOOSE = (
    """<meta http-equiv="Content-Security-Policy" content="default-src 'self' 'unsafe-inline'">"""
)


def test_each_check_finds_what_it_is_for(tmp_path: Path, browser: object) -> None:
    (tmp_path / "bad.html").write_text(BAD, encoding="utf-8")
    bad = Visitor(browser, tmp_path)  # type: ignore[arg-type]
    visit = bad.open("bad.html")
    assert "loud" in visit.complaints
    assert any("404" in said for said in visit.complaints)
    assert any(said.startswith("lost http://127.0.0.1:9/x") for said in visit.complaints)
    assert visit.elsewhere == ["http://127.0.0.1:9/x"]
    assert checks.sideways_scroll(visit.page) > 0
    assert checks.headings(visit.page) == ["2 headings of the first level", "h1 is followed by h3"]
    found = checks.bad_images(visit.page)
    assert found == ["not loaded: none.png", "alternative text: 'figures/none.png'"]
    assert any("color-contrast" in violation for violation in checks.axe_violations(visit.page))
    assert "folded" not in str(checks.axe_violations(visit.page, only="color-contrast"))
    checks.unfold(visit.page)
    assert "folded" in str(checks.axe_violations(visit.page, only="color-contrast"))
    assert checks.policy_breaches(BAD) == [
        "no policy", "<p style=", "<div style=", "<p style=", "<script>",
    ]  # fmt: skip
    assert checks.policy_breaches(BAD.replace("<title>", f"{LOOSE}<title>"))[0] == "unsafe"
    assert checks.unscoped_tables(BAD) == ["<table><tr><th>head</th></tr></table>", "<th>"]
    assert checks.broken_links(tmp_path) == [
        "bad.html: none.png", "bad.html: nowhere.html", "bad.html: #nothing has no such anchor",
    ]  # fmt: skip
    visit.page.context.close()
    bad.close()
