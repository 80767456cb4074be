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
from playwright.sync_api import Browser, expect

from helpers.book.reference import groups
from helpers.book.registry import tombstones

from . import checks, reading
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


def test_each_chapter_says_below_its_title_what_it_rests_on(site: Path) -> None:
    results = json.loads((site / "results.json").read_text(encoding="utf-8"))
    kinds: dict[str, set[str]] = {}
    for entry in (e for name in ("facts", "figures", "tables") for e in results[name]):
        kinds.setdefault(entry["chapter"], set()).add(entry["evidence"])
    assert {"published", "simulated"} in kinds.values()
    for path in sorted((ROOT / "chapters").glob("*.md")):
        page = (site / f"chapters/{path.stem}.html").read_text(encoding="utf-8")
        head = page.partition("</h1>")[2].partition("<details")[0]
        shown = set(re.findall(r'<span class="ls-mark ls-mark-(\w+)">', head))
        assert shown == kinds.get(f"chapters/{path.stem}", set()), path.stem


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
    address = {one["source_id"]: one["url"] for one in published("sources")}
    for row in published("readings"):
        page = poll_page(row["poll_id"])
        assert f'href="../{page}"' in listed
        text = (site / page).read_text(encoding="utf-8")
        assert f'href="{html.escape(address[row["source_id"]])}"' in text, row


class Windows:
    """Two windows in which page after page is opened, from a server and from a disk.

    A new window each costs more than the page; one for all takes more memory with every page.
    """

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.turned = visitor, 0
        self.pair: list[Visit] = []

    def open(self, path: str) -> list[Visit]:
        """The page as a server gives it, on a desk in light, and as it is on a disk, on a phone."""
        if self.turned % 60 == 0:
            self.close()
            served = self.visitor.open("index.html")
            self.pair = [served, self.visitor.open("index.html", disk=True, width=320)]
        self.turned += 1
        for visit, disk in zip(self.pair, (False, True), strict=True):
            visit.complaints.clear()
            visit.elsewhere.clear()
            if not disk:
                visit.page.set_viewport_size({"width": 1400, "height": 900})
                visit.page.emulate_media(media="screen", color_scheme="light")
            self.visitor.turn(visit, path, disk=disk)
        return self.pair

    def close(self) -> None:
        for visit in self.pair:
            visit.page.context.close()
        self.pair = []


@pytest.fixture(scope="module")
def windows(visitor: Visitor) -> Iterator[Windows]:
    opened = Windows(visitor)
    yield opened
    opened.close()


LIGHT = 600_000
"""Bytes of the first load of a page, uncompressed and without fonts."""

HEAVIER = {"chapters/figures.html": 2_000_000, "search.html": 650_000}
"""The gallery, which shows every figure; the page of search, with the words of the whole book."""

ON_A_PHONE = ("color-contrast", "target-size", "scrollable-region-focusable")
"""What other colours and a narrower page can break."""


@pytest.mark.parametrize("path", every_page())
def test_a_page_is_quiet_whole_and_readable(path: str, windows: Windows) -> None:
    """Loaded once, all its folds open; on a desk in light by every rule, on a phone in the dark."""
    reader, disk = windows.open(path)
    page = reader.page
    assert max(reading.shift(page), reading.shift(disk.page)) < 0.01
    allowed = HEAVIER.get(path.partition("?")[0], LIGHT)
    assert 30_000 < reading.weight(page, windows.visitor.folder) < allowed
    assert reading.moving(page) == []
    assert checks.bad_images(page) == []
    assert checks.headings(page) == []
    # The page of search is a tool: nobody cites it.
    assert reading.on_paper(page) == ["no citation"] * path.startswith("search.html")
    checks.unfold(page)
    assert checks.sideways_scroll(page) <= 0
    assert reading.unreachable(page) == []
    assert checks.axe_violations(page) == []
    page.emulate_media(color_scheme="dark")
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        assert checks.sideways_scroll(page) <= 0, width
    assert reading.tinted(page) == []
    assert checks.axe_violations(page, only=ON_A_PHONE) == []
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0
    assert (reader.complaints, reader.elsewhere) == ([], [])

    checks.unfold(disk.page)
    assert checks.bad_images(disk.page) == []
    assert checks.headings(disk.page) == []
    assert checks.sideways_scroll(disk.page) <= 0
    assert (disk.complaints, disk.elsewhere) == ([], [])


@pytest.mark.parametrize("folder", ["", "chapters", "figures", "methods", "polls"])
def test_every_page_obeys_its_policy_and_is_light(folder: str, site: Path) -> None:
    pages = list((site / folder).glob("*.html"))
    assert pages
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert checks.policy_breaches(text) == [], path.name
        assert checks.unscoped_tables(text) == [], path.name
        assert checks.unsized_images(text) == [], path.name
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
    assert "folded" not in str(checks.axe_violations(visit.page, only=["color-contrast"]))
    checks.unfold(visit.page)
    assert "folded" in str(checks.axe_violations(visit.page, only=["color-contrast"]))
    assert checks.policy_breaches(BAD) == [
        "no policy", "<p style=", "<div style=", "<p style=", "<script>",
    ]  # fmt: skip
    assert checks.policy_breaches(BAD.replace("<title>", f"{LOOSE}<title>"))[0] == "unsafe"
    assert checks.unsized_images(BAD) == ['<img src="none.png" alt="figures/none.png">']
    sized = '<img width="4" height="4">'
    assert checks.unsized_images(sized + sized) == [sized]
    assert checks.unscoped_tables(BAD) == ["<table><tr><th>head</th></tr></table>", "<th>"]
    assert checks.broken_links(tmp_path) == [
        "bad.html: none.png", "bad.html: nowhere.html", "bad.html: #nothing has no such anchor",
    ]  # fmt: skip
    visit.page.context.close()
    bad.close()


HARD = """<!doctype html><html lang="en"><head><title>Hard</title><link rel="icon" href="one.svg"><style>
body { opacity: 0.9; } :focus-visible { outline: 3px solid #036; } p:hover { transition: color 1s; } #late { outline: none; }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print { .ls-top, .ls-exhibit { display: none; } }
#over { position: fixed; inset: 0 0 auto; height: 60px; background: #fff; } #under { position: fixed; top: 0; }
</style></head><body><header class="ls-top">Top</header><main>
<figure class="ls-exhibit"><img src="one.svg" alt=""><figcaption>One</figcaption></figure>
<details class="ls-fold"><summary tabindex="2">More</summary><p>folded</p></details>
<a href="http://127.0.0.1:9/">away</a><button id="late">unmarked</button>
<button tabindex="-1" disabled>off</button><button tabindex="-1">left out</button>
<button id="under">covered</button><div id="over"></div></main>
<script>const late = () => document.body.prepend(Object.assign(document.createElement("h1"), { innerText: "Late" }));
requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(late)));</script></body></html>"""

CALM = (
    HARD.replace("opacity: 0.9", "background: #fff")
    .replace("p:hover", "@media (prefers-reduced-motion: no-preference) { p:hover")
    .replace("color 1s; }", "color 1s; } } img { background: #fff; }")
    .replace("#late { outline: none; }", "")
    .replace(
        "{ .ls-top, .ls-exhibit { display: none; }",
        "{ .ls-top, button { display: none; } a::after { content: attr(href); }"
        " details::details-content { content-visibility: visible; block-size: auto; }",
    )
    .replace("height: 60px", "height: 0")
    .replace(' tabindex="2"', "")
    .replace('<button tabindex="-1">left out</button>', "")
    .replace("</main>", '<p class="ls-cite-printed">Cite as</p></main>')
)
"""The same page with nothing wrong but that it moves."""

WRONG = [
    ["p:hover { transition: color 1s; }"],
    [
        'before its turn: <summary tabindex="2"', 'no outline: <button id="late"',
        'never: <button tabindex="-1"', 'out of sight: <button id="under"',
    ],
    ["<body", 'not on white: <img src="one.svg" alt="" loading="eager"'],
    [
        'not on paper: <figure class="ls-exhibit"',
        'not on paper: <img src="one.svg" alt="" loading="eager"', "not on paper: <figcaption",
        "not on paper: <p", 'on paper: <button id="late"',
        'on paper: <button tabindex="-1" disabled=""', 'on paper: <button tabindex="-1"',
        'on paper: <button id="under"', 'no address: <a href="http://127.0.0.1:9/"', "no citation",
    ],
]  # fmt: skip
"""What moves, what the keyboard misses, what is tinted, and what paper lacks, on the first page."""


def test_each_check_of_reading_finds_what_it_is_for(tmp_path: Path, browser: Browser) -> None:
    (tmp_path / "one.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', encoding="utf-8"
    )
    shifts = []
    for name, text in (("hard.html", HARD), ("calm.html", CALM)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        visitor = Visitor(browser, tmp_path)
        visit = visitor.open(name)
        expect(visit.page.locator("h1")).to_have_count(1)
        shifts.append(reading.shift(visit.page))
        found = [
            check(visit.page)
            for check in (reading.moving, reading.unreachable, reading.tinted, reading.on_paper)
        ]
        size = sum((tmp_path / file).stat().st_size for file in (name, "one.svg"))
        assert reading.weight(visit.page, tmp_path) == size
        if name == "calm.html":
            assert found == [[], [], [], []]
        else:
            short = [[fault.partition(">")[0] for fault in faults] for faults in found]
            assert short == WRONG
        visit.page.emulate_media(reduced_motion="no-preference")
        assert any("smooth" in fault for fault in reading.moving(visit.page))
        visit.page.context.close()
        visitor.close()
    assert min(shifts) > 0.01
