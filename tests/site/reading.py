"""What every page must keep for its readers, however they read; each check is one question to the page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Page


def wrong(page: Page, question: str) -> list[str]:
    """What a script finds wrong; it has lists of elements by ``every``, and words for one."""
    given = """const every = (css) => [...document.querySelectorAll(css)];
    const named = (at) => at.outerHTML.slice(0, 120);"""
    return list(page.evaluate(f"() => {{ {given} {question} }}"))


SHIFT = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const observer = new PerformanceObserver(() => {});
  observer.observe({ type: "layout-shift", buffered: true });
  done(observer.takeRecords().reduce((sum, one) => sum + (one.hadRecentInput ? 0 : one.value), 0));
})))"""


def shift(page: Page) -> float:
    """How far things moved by themselves since the page began to load, as browsers count it."""
    return float(page.evaluate(SHIFT))


FIRST_LOAD = """() => [location.href, ...performance.getEntriesByType("resource")
  .filter((entry) => entry.initiatorType !== "img").map((entry) => entry.name),
  ...[...document.images].filter((image) => image.getBoundingClientRect().top < innerHeight + 1250)
  .map((image) => image.currentSrc)]"""
"""A browser fetches lazy images that are no more than 1250 pixels below the window."""


def weight(page: Page, folder: Path) -> int:
    """Bytes of the files of the first load, uncompressed and without fonts, whatever was cached."""
    names = {unquote(urlsplit(url).path).lstrip("/") for url in page.evaluate(FIRST_LOAD)}
    return sum((folder / name).stat().st_size for name in names if not name.endswith(".woff2"))


UNREACHABLE = """
  // Notes of numbers open on focus, and have tests of their own.
  const quiet = (event) => event.stopImmediatePropagation();
  addEventListener("focus", quiet, true);
  const [found, root] = [[], document.documentElement];
  for (const at of every("a[href], area[href], button, input, select, textarea, summary, [tabindex], [contenteditable]")) {
    if (at.disabled || at.matches("main") || !at.checkVisibility({ visibilityProperty: true })) continue;
    const say = (what) => found.push(`${what}: ${named(at)}`);
    if (at.tabIndex) say(at.tabIndex < 0 ? "never" : "before its turn");
    at.focus();
    if (document.activeElement !== at) { say("takes no focus"); continue; }
    // A radio button lies unseen over its word, which is outlined for it.
    const shown = getComputedStyle(at).opacity === "0" ? at.nextElementSibling : at;
    const { outlineStyle, outlineWidth } = getComputedStyle(shown ?? at);
    if (!shown || outlineStyle === "none" || parseFloat(outlineWidth) < 2) say("no outline");
    const box = [...at.getClientRects()].find((one) => one.width * one.height > 1) ?? at.getBoundingClientRect();
    let { left, top, right, bottom } = box;
    for (let up = at; up; up = up.parentElement) {
      const clip = up === root ? { left: 0, top: 0, right: innerWidth, bottom: innerHeight } : up.getBoundingClientRect();
      if (up !== root && getComputedStyle(up).overflow === "visible") continue;
      [left, top] = [Math.max(left, clip.left), Math.max(top, clip.top)];
      [right, bottom] = [Math.min(right, clip.right), Math.min(bottom, clip.bottom)];
    }
    const hit = left < right && top < bottom && document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    if (!hit || !at.contains(hit)) say("out of sight");
  }
  document.activeElement.blur();
  scrollTo(0, 0);
  removeEventListener("focus", quiet, true);
  return found;
"""


def unreachable(page: Page) -> list[str]:
    """What the keyboard skips, takes before its turn, or reaches without showing where it is."""
    return wrong(page, UNREACHABLE)


ON_PAPER = """
  const own = "details:is(.ls-code, .ls-cite, .ls-living)";
  const seen = (at) => at.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && at.getBoundingClientRect().height > 0;
  const say = (what, elements) => elements.map((at) => `${what}: ${named(at)}`);
  const kept = every("h1, figure.ls-exhibit, figure.ls-exhibit :is(img, figcaption, table), main details > :not(summary)");
  const gone = every(`.ls-top, .ls-skip, #contents, .ls-onward, .ls-foot, .ls-note, button, input, select, ${own}`);
  const bare = (at) => !getComputedStyle(at, "::after").content.includes(at.getAttribute("href"));
  return [
    ...say("not on paper", kept.filter((at) => !at.closest(own) && !seen(at))),
    ...say("on paper", gone.filter(seen)),
    ...say("no address", every("main a[href^='http']").filter((at) => seen(at) && bare(at))),
    ...(every("main :is(.ls-cite-printed, .ls-citations)").some(seen) ? [] : ["no citation"]),
  ];
"""


def on_paper(page: Page) -> list[str]:
    """What the page lacks in print, or has too much, its folds open or not."""
    page.emulate_media(media="print")
    found = wrong(page, ON_PAPER)
    page.emulate_media(media="screen")
    return found


TINTED = """
  const found = [];
  for (const image of every("main img")) {
    for (let at = image; at; at = at.parentElement) {
      const { filter, backdropFilter, maskImage, opacity, mixBlendMode } = getComputedStyle(at);
      const plain = [filter, backdropFilter, maskImage].every((value) => value === "none");
      if (!plain || opacity !== "1" || mixBlendMode !== "normal") found.push(named(at));
    }
    if (getComputedStyle(image).backgroundColor !== "rgb(255, 255, 255)") found.push(`not on white: ${named(image)}`);
  }
  return found;
"""


def tinted(page: Page) -> list[str]:
    """Images that the page would show in other colours than their own, and what does it."""
    return wrong(page, TINTED)


MOVING = """
  const found = document.getAnimations().map((one) => `runs: ${one.animationName ?? one.transitionProperty}`);
  const moves = ({ transitionDuration, animationDuration, scrollBehavior }) =>
    [transitionDuration, animationDuration].some((time) => parseFloat(time) > 0) || scrollBehavior === "smooth";
  const walk = (rules) => {
    for (const rule of rules) {
      if (rule.media && !matchMedia(rule.media.mediaText).matches) continue;
      if (rule.style && moves(rule.style)) found.push(rule.cssText.slice(0, 120));
      if (rule.cssRules) walk(rule.cssRules);
    }
  };
  for (const sheet of document.styleSheets) walk(sheet.cssRules);
  return found;
"""


def moving(page: Page) -> list[str]:
    """What moves, or would when it is pointed at, for a reader who asked for less motion."""
    return wrong(page, MOVING)
