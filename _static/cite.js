// Copies citations: of the book, a chapter, a figure or table from its “Cite” box; of a number, and
// of a sentence of a page, together with the words that are copied. Data come as small scripts, made
// by the build, which a page opened from a disk can load, too. Nothing is sent anywhere.
"use strict";
(() => {
  const script = document.currentScript.src;
  const site = new URL("..", script);
  const held = (window.listeningState = window.listeningState || {});
  const asked = {};
  const MOST = 3;
  const SENTENCE = 8; // words; fewer are copied as they are
  const ENDS = 4; // words at each end of a sentence, by which a link finds it

  // A script of the site by its path without ".js"; what it left under `name` is the promise's value.
  function load(path, name = path) {
    asked[path] = asked[path] || new Promise((done, fail) => {
      const tag = document.createElement("script");
      tag.src = new URL(`${path}.js`, site).href;
      tag.onload = () => done(held[name]);
      tag.onerror = () => { delete asked[path]; fail(new Error(`${path} did not load`)); };
      document.head.append(tag);
    });
    return asked[path];
  }

  // Works from a disk, too, where the newer interface may be refused.
  function copy(text) {
    const box = document.createElement("textarea");
    box.value = text;
    box.readOnly = true;
    box.setAttribute("aria-hidden", "true");
    box.className = "ls-copied";
    const before = document.activeElement;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    if (before) before.focus({ preventScroll: true });
    return done ? Promise.resolve() : navigator.clipboard.writeText(text);
  }

  function arm(list) {
    const told = document.createElement("p");
    told.className = "ls-told";
    told.setAttribute("role", "status");
    list.after(told);
    for (const button of list.querySelectorAll("button.ls-copy")) {
      const text = button.closest("dt").nextElementSibling.textContent;
      const style = button.textContent.replace(/^Copy /, "");
      button.hidden = false;
      button.addEventListener("click", () => copy(text).then(
        () => { told.textContent = `${style} is copied.`; },
        () => { told.textContent = "The browser refused; select the text and copy it."; },
      ));
    }
  }

  function listed(citations) {
    const list = document.createElement("dl");
    list.className = "ls-citations";
    for (const [style, text] of citations) {
      const term = document.createElement("dt");
      const button = document.createElement("button");
      const words = document.createElement("dd");
      button.type = "button";
      button.className = "ls-copy";
      button.textContent = `Copy ${style}`;
      term.append(`${style} `, button);
      words.textContent = text;
      list.append(term, words);
    }
    return list;
  }

  function fill(box) {
    load(`cite/${box.dataset.cite}`, box.dataset.cite).then((citations) => {
      if (box.querySelector(".ls-citations")) return;
      const list = listed(citations);
      const known = box.querySelector(".ls-cite-static");
      if (known) known.replaceWith(list); else box.append(list);
      arm(list);
    }, () => { /* What stands in the box without the script stays. */ });
  }

  // Numbers

  function overlaps(range, element) {
    const inside = document.createRange();
    inside.selectNodeContents(element);
    return range.compareBoundaryPoints(Range.START_TO_END, inside) > 0
      && range.compareBoundaryPoints(Range.END_TO_START, inside) < 0;
  }

  function inCode(node) {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    return Boolean(element && element.closest("pre, code, textarea, input, .ls-code, .ls-cite"));
  }

  function numbersIn(selection) {
    if (!selection || selection.isCollapsed || !selection.rangeCount) return [];
    const range = selection.getRangeAt(0);
    if (inCode(range.startContainer) || inCode(range.endContainer)) return [];
    const found = [...document.querySelectorAll("data.ls-fact:not(.ls-none)")]
      .filter((element) => overlaps(range, element));
    return [...new Set(found.map((element) => element.dataset.fact))];
  }

  function cited(name, data) {
    const [title, tail, page] = data.numbers[name];
    const put = (text) => text.replace(data.title, () => title).replace(data.page, () => page)
      .replace(data.id, () => name);
    const lines = [`${put(data.entry)} ${put(data.tails[tail])}`];
    // With a public address, the citation holds it. Before, a link is of use where this page is.
    if (!data.published) lines.push(/^http/.test(site.protocol) ? new URL(page, site).href : page);
    return lines.join("\n");
  }

  function citedNumbers(selection) {
    const data = held.numbers;
    const names = data ? numbersIn(selection).filter((name) => name in data.numbers) : [];
    const told = names.slice(0, MOST).map((name) => cited(name, data));
    const rest = names.length - told.length;
    if (rest > 0) told.push(`and ${rest} more ${rest === 1 ? "number" : "numbers"} of this page.`);
    return told;
  }

  // Sentences

  function linkTo(range, words) {
    const known = document.querySelector("link[rel=canonical]");
    const here = location.href.split("#")[0];
    // From a disk, the path within the book: where the disk is says nothing to others.
    const page = known ? known.href : /^http/.test(location.protocol) ? here : here.slice(site.href.length);
    const start = range.startContainer;
    const near = (start.nodeType === Node.ELEMENT_NODE ? start : start.parentElement)
      .closest("section[id], figure[id]");
    const ends = [words.slice(0, ENDS), words.slice(-ENDS)]
      .map((some) => encodeURIComponent(some.join(" ")).replace(/-/g, "%2D"));
    return `${page}#${near ? near.id : ""}:~:text=${ends.join(",")}`;
  }

  function citedSentence(selection) {
    if (!selection || selection.isCollapsed || !selection.rangeCount) return [];
    const range = selection.getRangeAt(0);
    const article = document.querySelector("article");
    const entry = document.querySelector("article .ls-cite-static, article dl.ls-citations dd");
    if (!entry || !article.contains(range.commonAncestorContainer)) return [];
    if (inCode(range.startContainer) || inCode(range.endContainer)) return [];
    const words = selection.toString().trim().split(/\s+/);
    return words.length < SENTENCE ? [] : [`${entry.textContent.trim()}\n${linkTo(range, words)}`];
  }

  document.addEventListener("copy", (event) => {
    const selection = document.getSelection();
    const numbers = citedNumbers(selection);
    const told = numbers.length ? numbers : citedSentence(selection);
    if (!told.length || !event.clipboardData) return;
    event.clipboardData.setData("text/plain", [selection.toString(), ...told].join("\n\n"));
    event.preventDefault();
  });

  function expect() {
    if (!numbersIn(document.getSelection()).length) return;
    document.removeEventListener("selectionchange", expect);
    load("cite/numbers", "numbers").catch(() => { /* A copy is then a copy, without its citation. */ });
  }

  Object.assign(held, { load, copy });

  function start() {
    for (const list of document.querySelectorAll("dl.ls-citations")) arm(list);
    for (const box of document.querySelectorAll("details.ls-cite")) {
      box.addEventListener("toggle", () => { if (box.open) fill(box); });
    }
    if (document.querySelector("data.ls-fact")) {
      document.addEventListener("selectionchange", expect);
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
