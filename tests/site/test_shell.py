"""The frame of the pages: switches, search, speed, offline, paper; each with a reader's own keys."""

from __future__ import annotations

import hashlib
import io
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from playwright.sync_api import Error as PlaywrightError
from pypdf import PdfReader

from helpers.book import offline, search

from . import checks, reading
from .conftest import PATIENCE, Visitor, until

CHAPTER = "chapters/trust-in-institutions.html"
KAZAKH = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"


def test_one_switch_shows_all_code_and_is_remembered(visitor: Visitor) -> None:
    visit = visitor.open(CHAPTER, disk=True)
    page, folds = visit.page, visit.page.locator("details.ls-code")
    shown = page.locator("details.ls-code[open]")
    assert folds.count() > 3
    expect(shown).to_have_count(0)
    hidden = "xs => xs.filter(x => x.closest('details:not([open])')).length"
    assert page.locator("figure.ls-exhibit").evaluate_all(hidden) == 0
    page.get_by_role("button", name="Show all code").focus()
    page.keyboard.press("Enter")
    expect(shown).to_have_count(folds.count())
    page.goto(page.url.replace("trust-in-institutions", "who-asks"))
    expect(shown).to_have_count(folds.count())
    button = page.get_by_role("button", name="Show all code")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.press("Space")
    expect(shown).to_have_count(0)
    folds.first.locator("summary").press("Enter")
    expect(shown).to_have_count(1)
    assert set(page.evaluate("Object.keys(localStorage)")) == {"ls-code"}
    page.context.close()


def test_neighbouring_cells_share_a_fold(visitor: Visitor) -> None:
    page = visitor.open(CHAPTER).page
    assert page.locator(".ls-code").evaluate_all("xs => xs.some(x => x.children.length > 2)")
    shown_nothing = ".cell:not(:has(.cell_output > *)) + .cell"
    assert page.locator(shown_nothing).count() == 0
    page.context.close()


def test_a_table_with_much_text_is_read_row_by_row_on_a_phone(visitor: Visitor) -> None:
    page = visitor.open("chapters/hypotheses.html", width=390).page
    table = page.get_by_role("table", name="The ledger of hypotheses")
    sideways = (
        "table => table.closest('.ls-scroll').scrollWidth - table.closest('.ls-scroll').clientWidth"
    )
    assert table.evaluate(sideways) <= 0
    heads = table.get_by_role("columnheader").all_inner_texts()
    first = table.get_by_role("row").nth(1)
    assert first.get_by_role("rowheader").inner_text() == "H1"
    shown = "cell => getComputedStyle(cell, '::before').content.split('\"')[1]"
    assert [cell.evaluate(shown) for cell in first.get_by_role("cell").all()] == heads[1:]
    page.set_viewport_size({"width": 1280, "height": 800})
    assert table.evaluate("table => getComputedStyle(table).display") == "table"
    page.goto(page.url.replace("hypotheses", "trust-in-institutions"))
    page.set_viewport_size({"width": 390, "height": 800})
    numbers = page.get_by_role("table", name="at three design effects", exact=False).first
    assert numbers.evaluate(sideways) > 0
    page.context.close()


def test_colours_follow_the_system_or_the_reader(visitor: Visitor) -> None:
    page = visitor.open("index.html", scheme="dark").page
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    button = page.get_by_role("button", name="Colours: Auto")
    button.press("Enter")
    page.get_by_role("button", name="Colours: Light").wait_for()
    light = page.evaluate(paper)
    assert light != dark
    page.reload()
    page.get_by_role("button", name="Colours: Light").wait_for()
    assert page.evaluate(paper) == light
    page.get_by_role("button", name="Colours: Light").press("Enter")
    page.get_by_role("button", name="Colours: Dark").wait_for()
    assert page.evaluate(paper) == dark
    page.context.close()


def test_the_keyboard_reaches_the_text_and_opens_the_contents(visitor: Visitor) -> None:
    page = visitor.open(CHAPTER, width=390).page
    page.keyboard.press("Tab")
    skip = page.locator(".ls-skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    expect(skip).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    contents = page.locator("#contents")
    expect(contents).to_be_hidden()
    switch = page.get_by_role("button", name="Contents")
    switch.press("Enter")
    expect(contents.get_by_role("link", name="Who asks")).to_be_visible()
    page.keyboard.press("Escape")
    expect(contents).to_be_hidden()
    expect(switch).to_be_focused()
    page.context.close()


STOP = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  if (at === document.body) return null;
  at.dataset.reached = "";
  const seen = box.width * box.height > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return seen && getComputedStyle(at).outlineStyle === "solid" ? "" : at.outerHTML.slice(0, 120);
}"""
TOLD = """document.activeElement === document.body || !document.activeElement.matches("data.ls-fact")
  || document.querySelector("#ls-note:not([hidden])")"""
"""A number that is reached has its note, which the next Tab goes into."""
MISSED = """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
  .filter(at => at.tabIndex >= 0 && at.checkVisibility({ visibilityProperty: true }) && !("reached" in at.dataset) && !at.closest(".ls-note"))
  .map(at => at.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(
    ("path", "width"),
    [
        ("index.html", 1400),
        (CHAPTER, 390),
        ("figures/fig-trust-in-institutions-law-bodies.html", 390),
    ],
)
def test_the_keyboard_reaches_and_shows_everything(path: str, width: int, visitor: Visitor) -> None:
    """Tab after Tab, round to the page itself: each stop is in sight and outlined, and none is left out."""
    page = visitor.open(path, width=width, disk=True).page
    stops = []
    for _ in range(400):
        page.keyboard.press("Tab")
        until(page, TOLD)
        stop = page.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)
    assert 20 < len(stops) < 400
    assert [stop for stop in stops if stop] == []
    assert page.evaluate(MISSED) == []
    bare = "() => { const a = document.createElement('a'); a.href = '#x'; a.append('late'); a.style.outline = 'none'; document.querySelector('h1').append(a); %s }"
    page.evaluate(bare % "")
    assert len(page.evaluate(MISSED)) == 1
    page.evaluate(bare % "a.focus();")
    assert "late" in page.evaluate(STOP)
    page.context.close()


def test_the_first_screen_holds_findings_and_doors(visitor: Visitor) -> None:
    page = visitor.open("index.html").page
    assert page.locator("h1").count() == 1
    for door in ("Read", "Rerun", "Cite"):
        box = page.locator(".ls-doors strong", has_text=re.compile(f"^{door}$")).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 900
    assert page.locator(".ls-findings > ul > li").count() == 3
    page.context.close()


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("akims", "chapters/trust-in-institutions.html"),
        ("Design effects", "chapters/trust-in-institutions.html"),
        ("fig-trust-in-institutions-law-bodies", "figures/fig-trust-in-institutions-law-bodies"),
        ("мемлекеттік", "chapters/instrument.html"),
        ("мемлекеттик", "chapters/instrument.html"),
    ],
)
def test_search_finds_what_a_reader_types(typed: str, leads_to: str, visitor: Visitor) -> None:
    visit = visitor.open("index.html", disk=True)
    box = visit.page.get_by_role("searchbox", name="Search the book")
    box.fill(typed)
    box.press("Enter")
    visit.page.wait_for_url("**/search.html?q=*")
    found = visit.page.locator(f"#search-results a[href*='{leads_to}']").first
    found.wait_for()
    expect(visit.page.locator("#ls-found")).to_contain_text("in the book")
    visit.page.get_by_role("searchbox").fill("zzzz qqqq")
    expect(visit.page.locator("#search-results li")).to_have_count(0)
    assert visit.complaints == []
    visit.page.context.close()


def test_the_index_of_search_holds_text_and_no_code() -> None:
    page = """<article class="bd-article"><section id="a"><h1>One</h1><p>First <b>words</b>.</p>
    <p class="ls-mark">Drawn</p>
    <details class="ls-code"><summary>Code</summary><pre>import this</pre></details>
    <section id="b"><h2>Two</h2><p>More <data title="3; Printed">than</data>
    <data class="ls-fact ls-none" title="not; asked">few</data>.</p><table><thead><tr><th>Head</th></tr></thead>
    <tr><td>cell</td><td>cell</td></tr></table></section></section></article>"""
    assert search.entries("chapters/one.html", page) == [
        ("chapters/one.html", "One", "One", "First words.", "", "Drawn"),
        ("chapters/one.html#b", "One", "Two", "More than few.", "cell", "Printed"),
    ]
    assert search.entries("figures/one.html", page) == [
        ("figures/one.html", "One", "One", "First words. More than few.", "cell", "Drawn · Printed")
    ]
    assert search.entries("chapters/one.html", "<p>no article</p>") == []
    shown = """<article><section id="a"><h1>One</h1><figure id="fig-a"><figcaption>A long caption.
    </figcaption></figure><figure id="fig-b"><figcaption>Another.</figcaption><p>Words.</p></figure></section></article>"""
    own = """<article><section><h1>Title</h1><p>A long caption.</p></section></article>"""
    found = [
        *search.entries("chapters/one.html", shown),
        *search.entries("figures/fig-b.html", own),
    ]
    assert [entry[2:4] for entry in search.titled(found, search.titles_of(found))] == [
        ("Title", "Another. Words."), ("Title", "A long caption."),
    ]  # fmt: skip


def moved(visitor: Visitor, url: str, width: int, late: str, *, by: float = 0.3) -> float:
    """How far things moved while a page loaded at a quarter of the speed, one kind of file late."""
    context = visitor.browser.new_context(
        service_workers="block", viewport={"width": width, "height": 800}
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})

    def wait(route: Route) -> None:
        time.sleep(by)
        route.continue_()

    page.route(late, wait)
    page.goto(url, wait_until="load")
    page.evaluate("document.fonts.ready.then(() => true)")
    seen = reading.shift(page)
    assert page.evaluate("performance.getEntriesByType('paint').length") > 0
    context.close()
    return seen


@pytest.mark.parametrize("late", ["**/*-700-normal.woff2", "**/*.woff2", "**/*.js*", "**/*.svg"])
def test_nothing_moves_whatever_comes_late(late: str, visitor: Visitor) -> None:
    """Three tries: on a busy machine a face may come just after the first paint."""
    for path, width in (("index.html", 1280), (CHAPTER, 1280), (CHAPTER, 390)):
        tries = (moved(visitor, visitor.http + path, width, late) for _ in range(3))
        assert any(shift < 0.01 for shift in tries), (path, width)


def test_a_page_that_moves_is_seen_to_move(visitor: Visitor, tmp_path: Path) -> None:
    """A drawing without a size comes when the words below it have been read for a while."""
    words = "Words that are pushed down. " * 60
    page = f"<img src='late.svg'><p style='font-size: 2rem'>{words}</p>"
    (tmp_path / "jumps.html").write_text(page, encoding="utf-8")
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"/>'
    (tmp_path / "late.svg").write_text(drawn, encoding="utf-8")
    assert moved(visitor, (tmp_path / "jumps.html").as_uri(), 1280, "**/*.svg", by=2) > 0.01


@pytest.mark.parametrize("path", ["index.html", CHAPTER])
def test_a_page_is_light(path: str, visitor: Visitor) -> None:
    """All that a reader loads who reads to the end: page, styles, scripts, drawings, no fonts."""
    visit = visitor.open(path)
    weight = sum(n for url, n in visit.bytes.items() if not url.endswith(".woff2"))
    assert 30_000 < weight < 600_000
    visit.page.context.close()


def glyph(page: Page, letter: str, family: str) -> str:
    return str(
        page.evaluate(
            """([letter, family]) => { const c = document.createElement('canvas');
            c.width = c.height = 60; const g = c.getContext('2d'); g.font = `40px ${family}`;
            g.fillText(letter, 8, 45); return c.toDataURL(); }""",
            [letter, family],
        )
    )


def test_kazakh_letters_have_shapes_of_their_own(visitor: Visitor) -> None:
    page = visitor.open("index.html").page
    faces = page.evaluate(
        f"document.fonts.load('40px \"PT Serif\"', 'A{KAZAKH}').then(found => found.length)"
    )
    assert faces >= 2
    for name in ("--ls-serif", "--ls-sans"):
        family = page.evaluate(
            f"getComputedStyle(document.documentElement).getPropertyValue('{name}')"
        )
        # A letter without a shape is drawn as the same box as every other.
        assert glyph(page, "\U000e0fff", family) == glyph(page, "\U000e0ffe", family)
        shapes = {glyph(page, letter, family) for letter in [*KAZAKH, "\U000e0fff"]}
        assert len(shapes) == len(KAZAKH) + 1, name
    page.context.close()


def test_a_printed_table_goes_on_with_its_head(visitor: Visitor) -> None:
    """What every page keeps on paper is tested with the pages; no word of a table is cut, either."""
    page = visitor.open(CHAPTER).page
    page.emulate_media(media="print")
    printed = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf())).pages)
    assert printed.count("Question (paraphrase)") > page.locator(".ls-base").count() > 0
    sideways = "xs => xs.filter(x => x.scrollWidth > x.clientWidth + 1).length"
    page.set_viewport_size({"width": 658, "height": 900})
    assert page.locator(".ls-scroll").evaluate_all(sideways) == 0
    cut = "cells => cells.map(cell => getComputedStyle(cell).overflowWrap)"
    assert set(page.locator(".ls-scroll td").evaluate_all(cut)) == {"break-word"}
    page.context.close()


def test_the_book_opens_with_the_server_gone(browser: Browser, site: Path) -> None:
    away = Visitor(browser, site)
    visit = away.open("index.html", offline=True)
    page = visit.page
    page.locator("#ls-keep").wait_for()
    page.goto(away.http + CHAPTER)
    until(page, "navigator.serviceWorker.controller")
    page.reload()
    away.close()
    for path, said in (("", "The Listening State"), (CHAPTER, "Trust in institutions")):
        page.goto(away.http + path)
        assert page.locator("h1").inner_text().startswith(said)
    page.goto(away.http + "search.html?q=akims")
    page.locator("#search-results li").first.wait_for()
    page.goto(away.http + "chapters/who-asks.html")
    assert "not kept on this device" in page.locator("h1").inner_text()
    page.context.close()


KEPT = """async (paths) => {
  const found = {};
  for (const path of paths) {
    const answer = await fetch(path, { cache: "reload" });
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
    found[path] = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return found;
}"""


def test_the_whole_book_is_kept_on_request(browser: Browser, site: Path) -> None:
    """Every page, and what it shows, with the server gone: the bytes of each, and some pages opened."""
    away = Visitor(browser, site)
    visit = away.open("index.html", offline=True)
    page = visit.page
    page.locator("#ls-keep").click()
    expect(page.locator("#ls-offline")).to_contain_text("The whole book is kept.")
    away.close()
    pages = [path for path in site.rglob("*.html") if "v" not in path.relative_to(site).parts]
    shown = [*pages, *(site / "figures").glob("*.svg"), *(site / "living").iterdir()]
    known = {path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
             for path in shown}  # fmt: skip
    assert len(known) > 400
    assert page.evaluate(KEPT, list(known)) == known
    with pytest.raises(PlaywrightError, match="Failed to fetch"):
        page.evaluate(KEPT, ["figures/fig-trust-in-institutions-law-bodies.png"])
    visit.complaints.clear()
    for path in ("search.html?q=akims", "chapters/who-asks.html", "chapters/figures.html",
                 "figures/fig-trust-in-institutions-law-bodies.html"):  # fmt: skip
        away.turn(visit, path)
        checks.unfold(page)
        assert checks.bad_images(page) == []
    assert visit.complaints == []
    page.context.close()


def test_the_worker_changes_with_the_site_and_with_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("one", encoding="utf-8")
    (tmp_path / "big.png").write_text("a download", encoding="utf-8")
    first = offline.worker_files(tmp_path)
    for name, text in first.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert offline.worker_files(tmp_path) == first
    assert "big.png" not in first["offline.json"]
    assert '"{' not in first["sw.js"]
    (tmp_path / "index.html").write_text("two", encoding="utf-8")
    assert offline.worker_files(tmp_path)["sw.js"] != first["sw.js"]
