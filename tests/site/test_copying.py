"""What is copied from a page brings its citation along: from a disk as well as from a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from helpers.report.citation import book

from .conftest import Visitor, until

CHAPTER = "chapters/trust-in-institutions.html"
FIGURE = "figures/fig-trust-in-institutions-law-bodies.html"

SELECT = """([css, from, to]) => {
  const nodes = document.createTreeWalker(document.querySelector(css), NodeFilter.SHOW_TEXT);
  const parts = [];
  while (nodes.nextNode()) parts.push(nodes.currentNode);
  const [first, last] = [parts[0], parts[parts.length - 1]];
  const range = document.createRange();
  range.setStart(first, from ?? 0);
  range.setEnd(to === null ? last : first, to === null ? last.length : to);
  const selection = document.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}"""


def copied(page: Page) -> str:
    """What a reader pastes elsewhere after copying."""
    page.keyboard.press("Control+c")
    return pasted(page)


def pasted(page: Page) -> str:
    """What the clipboard holds."""
    page.evaluate(
        "() => { const box = document.createElement('textarea'); box.id = 'pasted';"
        " document.body.append(box); box.focus(); }"
    )
    page.keyboard.press("Control+v")
    expect(page.locator("#pasted")).not_to_have_value("")
    text = page.locator("#pasted").input_value()
    page.evaluate("() => document.getElementById('pasted').remove()")
    return text


def copied_from(page: Page, css: str, start: int | None = None, end: int | None = None) -> str:
    page.evaluate(SELECT, [css, start, end])
    return copied(page)


@pytest.mark.parametrize("disk", [False, True])
def test_a_number_and_a_sentence_bring_their_citation(*, disk: bool, visitor: Visitor) -> None:
    visit = visitor.open(CHAPTER, disk=disk)
    page = visit.page
    base = "" if disk else visitor.http
    answer = ".ls-answer p:not(.admonition-title)"
    fact = page.locator(f"{answer} data.ls-fact").first
    name = fact.get_attribute("data-fact")

    page.evaluate(SELECT, [f"{answer} data.ls-fact", None, None])
    until(page, "window.listeningState && window.listeningState.numbers")
    text = copied(page)
    words, citation = text.split("\n\n")
    assert words == fact.inner_text()
    assert name in citation
    assert f"Version {book().version}" in citation
    assert "Evidence: " in citation
    assert f"{base}{CHAPTER}#number-{name}" in citation

    # A sentence without a number: the chapter's citation, and a link that finds the words.
    plain = "article section > p:not(:has(data)):not([class])"
    text = copied_from(page, plain)
    words, citation = text.rsplit("\n\n", 1)
    entry, link = citation.split("\n")
    assert words == page.locator(plain).first.inner_text()
    assert entry.startswith(book().authors[0])
    assert "Trust in institutions" in entry
    assert link.startswith(f"{base}{CHAPTER}#")
    assert ":~:text=" in link

    # A few words, and code, are copied as they are.
    assert copied_from(page, plain, 0, 12) == page.locator(plain).first.inner_text()[:12]
    page.locator("details.ls-code summary").first.click()
    code = copied_from(page, "details.ls-code pre")
    assert "import" in code
    assert book().authors[0] not in code
    visit.page.context.close()


@pytest.mark.parametrize("disk", [False, True])
def test_cite_buttons_copy_every_style(*, disk: bool, visitor: Visitor) -> None:
    for path, box in ((CHAPTER, "article details.ls-cite >> nth=0"), (FIGURE, None)):
        visit = visitor.open(path, disk=disk)
        page = visit.page
        if box:
            page.locator(box).locator("summary").click()
        place = page.locator(box) if box else page.locator("article")
        buttons = place.locator("dl.ls-citations button.ls-copy")
        buttons.first.wait_for()
        styles = [button.inner_text().removeprefix("Copy ") for button in buttons.all()]
        assert len(styles) == 6
        for button, style in zip(buttons.all(), styles, strict=True):
            button.click()
            place.get_by_text(f"{style} is copied.").wait_for()
            shown = button.evaluate("b => b.closest('dt').nextElementSibling.textContent")
            assert pasted(page) == shown
        assert visit.complaints == []
        page.context.close()


def test_the_boxes_offer_the_same_without_any_script(site: Path) -> None:
    text = (site / CHAPTER).read_text(encoding="utf-8")
    assert '<p class="ls-cite-static">' in text
    assert 'class="ls-copy" hidden' in (site / FIGURE).read_text(encoding="utf-8")
