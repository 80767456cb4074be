"""What every page must keep; each check returns what is wrong, so that it can be seen to find it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

PATH_LIKE = re.compile(r"[\w-]+/[\w./-]+|\.(?:png|svg|jpg)\b")


INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)[^>]*>|<style\b|<[^>]*\s(?:style|on[a-z]+)="
)
"""What the policy of the pages refuses: scripts and styles that stand in the page itself."""

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


def policy_breaches(text: str) -> list[str]:
    """What of a page its own policy would stop, and what is missing in the policy."""
    found = POLICY.search(text)
    policy = found[1] if found else ""
    wrong = [] if "default-src 'self'" in policy else ["no policy"]
    wrong += [word for word in ("unsafe", "http:", "https:", "*") if word in policy]
    return wrong + [match[0][:80] for match in INLINE.finditer(text)]


def unscoped_tables(text: str) -> list[str]:
    """Tables without a caption, and heads without a scope."""
    tables = re.findall(r"<table\b.*?</table>", text, flags=re.DOTALL)
    wrong = [table[:80] for table in tables if not re.search(r"<caption[^>]*>\s*\S", table)]
    return wrong + re.findall(r"<th(?:\s(?![^>]*\bscope=)[^>]*)?>", "".join(tables))


class Anchors(HTMLParser):
    """The ids of a page, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if named.get("id"):
            self.ids.add(str(named["id"]))
        for attribute in ("href", "src"):
            if named.get(attribute) is not None:
                self.links.append(str(named[attribute]))
        if named.get("srcset"):
            self.links.append(str(named["srcset"]))


def broken_links(site: Path) -> list[str]:
    """Internal links and anchors of all pages that lead nowhere."""
    pages = {path: Anchors(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    found = []
    for path, anchors in pages.items():
        for link in anchors.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            if not target.is_file():
                found.append(f"{path.name}: {link}")
            elif parts.fragment and target in pages and parts.fragment not in pages[target].ids:
                found.append(f"{path.name}: {link} has no such anchor")
    return found


AXE = Axe().axe_script


def axe_violations(page: Page, *, within: str | None = None, only: Sequence[str] = ()) -> list[str]:
    """Every violation that axe finds, of any impact: on the page or in a part, by all rules or some."""
    # Axe leaves the size of targets out unless it is asked for.
    rules = {"runOnly": [*only]} if only else {"rules": {"target-size": {"enabled": True}}}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(
        "([part, options]) => axe.run(part || document, options)",
        [within, {**rules, "resultTypes": ["violations"]}],
    )
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def unfold(page: Page) -> None:
    """Open every fold: code, bases, citations, and the living boxes, whose scripts then come."""
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    expect(page.locator(".ls-living:not([data-ready])")).to_have_count(0)
    expect(page.locator(".ls-cite[data-cite]:not(:has(.ls-citations))")).to_have_count(0)


def sideways_scroll(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


IMAGES = """() => [...document.querySelectorAll("article img")].map((image) => ({
  src: image.getAttribute("src"), alt: image.alt, loaded: image.complete && image.naturalWidth > 0,
  named: Boolean(image.closest("a")?.innerText.trim()),
}))"""


def bad_images(page: Page) -> list[str]:
    """Images of the article that did not load, or whose alternative text says nothing."""
    found = []
    for image in page.evaluate(IMAGES):
        alt = image["alt"]
        if not image["loaded"]:
            found.append(f"not loaded: {image['src']}")
        # A picture beside the words of its own link adds none: the words would be read twice.
        if alt == "" and image["named"]:
            continue
        if not 40 <= len(alt) <= 250 or PATH_LIKE.search(alt) or alt.lower().startswith("image of"):
            found.append(f"alternative text: {alt!r}")
    return found


def unsized_images(text: str) -> list[str]:
    """Images whose place is not kept before they come, and any after the first that does not wait."""
    wrong = []
    for at, image in enumerate(re.findall(r"<img\b[^>]*>", text)):
        known = dict(re.findall(r'\s(width|height|loading)="(\w+)"', image))
        if not {"width", "height"} <= known.keys() or (at and known.get("loading") != "lazy"):
            wrong.append(image)
    return wrong


HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4")]
  .filter((head) => head.checkVisibility({ visibilityProperty: true })).map((head) => +head.tagName[1])"""


def headings(page: Page) -> list[str]:
    """What is wrong with the order of headings: one h1, and no level left out."""
    levels = page.evaluate(HEADINGS)
    found = [] if levels.count(1) == 1 else [f"{levels.count(1)} headings of the first level"]
    return found + [f"h{a} is followed by h{b}" for a, b in pairwise(levels) if b > a + 1]
