// Living numbers: pointing at a number, tapping it or reaching it by keyboard shows what stands behind it.
// One number of each section is in the tab order; the arrow keys go to the others.
"use strict";
(() => {
  const ls = window.listeningState.living;
  const { el } = ls;
  const WAIT = { show: 180, hide: 260 };
  const numbers = [...document.querySelectorAll("data.ls-fact:not(.ls-none)")]
    .filter((number) => !number.closest("a, summary, button, label"));
  const note = el("span", { class: "ls-note", role: "dialog", id: "ls-note", hidden: true });
  let shown = null;
  let pinned = false;
  let timer = 0;

  function arm(number) {
    for (const other of numbers) {
      if (other.closest("section") === number.closest("section") && other !== number) {
        for (const name of ["tabindex", "role", "aria-expanded", "aria-describedby"]) other.removeAttribute(name);
      }
    }
    number.setAttribute("tabindex", "0");
    number.setAttribute("role", "button");
    number.setAttribute("aria-expanded", String(number === shown));
  }

  function content(data, name) {
    const line = (head, ...words) => el("span", { class: "ls-note-line" }, el("b", {}, head), " ", ...words);
    const listed = data.sources.slice(0, 4).flatMap(([title, url], at) =>
      [at ? "; " : "", url ? el("a", { href: /^https?:/.test(url) ? url : new URL(url, ls.site).href }, title) : title]);
    const rest = data.sources.length - 4;
    return [
      el("span", { id: "ls-note-text" },
        el("span", { class: `ls-mark ls-mark-${data.evidence}` }, data.mark), " ",
        el("span", { class: "ls-note-head" }, data.text),
        line("95% interval:", data.interval || "none can be given"),
        line("n:", data.n === null ? "none, or not published" : ls.fixed(data.n, 0, true)),
        data.about ? line("About:", data.about) : null,
        data.of.length ? line("Asked:", data.of.join("; ")) : null,
        data.wording.length ? line("Wording:", data.wording.map((text) => `“${text}”`).join("; ")) : null),
      data.sources.length ? line(data.sources.length === 1 ? "Source:" : "Sources:", ...listed, rest > 0 ? ` and ${rest} more` : "") : null,
      el("span", { class: "ls-note-line ls-note-foot" },
        ls.copyButton(() => data.cite, "Copy the citation", "Copied."), " ",
        el("a", { href: new URL(`numbers/${name}.bib`, ls.site).href, download: true }, "BibTeX"), " ",
        el("a", { href: new URL(`numbers/${name}.ris`, ls.site).href, download: true }, "RIS"), " ",
        el("a", { href: new URL(`numbers/${name}.csl.json`, ls.site).href, download: true }, "CSL-JSON"), " ",
        el("a", { href: new URL(data.page, ls.site).href }, "Link")),
      el("span", { class: "ls-note-line ls-note-keys" }, "← → other numbers, Esc closes"),
    ].filter(Boolean);
  }

  // Beside the number, wherever the box is measured from: in a table that is not the cell.
  function place(number) {
    Object.assign(note.style, { left: "0px", top: "0px" });
    const [around, base] = [number.getBoundingClientRect(), note.getBoundingClientRect()];
    const left = Math.min(Math.max(8, around.left), document.body.clientWidth - base.width - 8);
    const below = around.bottom + 6;
    const fits = below + base.height <= window.innerHeight || around.top < base.height + 12;
    const top = fits ? below : around.top - base.height - 6;
    Object.assign(note.style, { left: `${left - base.left}px`, top: `${top - base.top}px` });
  }

  async function show(number, pin = false) {
    clearTimeout(timer);
    pinned = pin || (pinned && shown === number);
    if (shown === number) return;
    hide();
    pinned = pin;
    shown = number;
    const name = number.dataset.fact;
    let data;
    try { data = await ls.load(`numbers/${name}`); } catch { if (shown === number) shown = null; return; }
    if (shown !== number) return;
    note.replaceChildren(...content(data, name));
    note.setAttribute("aria-label", `About ${data.text}`);
    // Beside its number, so that the next Tab goes into it.
    number.after(note);
    note.hidden = false;
    place(number);
    if (number.hasAttribute("role")) {
      number.setAttribute("aria-expanded", "true");
      number.setAttribute("aria-describedby", "ls-note-text");
    }
  }

  function hide() {
    clearTimeout(timer);
    if (!shown) return;
    if (shown.hasAttribute("role")) shown.setAttribute("aria-expanded", "false");
    shown.removeAttribute("aria-describedby");
    shown = null;
    pinned = false;
    note.hidden = true;
  }

  const later = (act, wait) => { clearTimeout(timer); timer = setTimeout(act, wait); };
  const inside = (node) => Boolean(node && (note.contains(node) || (shown && shown.contains(node))));

  function go(from, step) {
    const next = numbers[numbers.indexOf(from) + step];
    if (!next) return;
    arm(next);
    next.focus();
  }

  for (const number of numbers) {
    // The note says more than the title, which would cover it.
    number.removeAttribute("title");
    number.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse" && !pinned) later(() => show(number), WAIT.show);
    });
    number.addEventListener("pointerleave", () => { if (!pinned) later(() => { if (!inside(document.activeElement)) hide(); }, WAIT.hide); });
    // A click also brings the focus, which shows the note: only one that was open before is closed.
    let open = false;
    number.addEventListener("pointerdown", () => { open = shown === number && pinned; });
    number.addEventListener("click", () => {
      if (open) hide(); else show(number, true);
      open = false;
    });
    number.addEventListener("focus", () => show(number, true));
    number.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) { event.preventDefault(); go(number, step); }
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); if (shown === number) hide(); else show(number, true); }
    });
  }
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("pointerleave", () => { if (!pinned) later(hide, WAIT.hide); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    const back = note.contains(document.activeElement) ? shown : null;
    hide();
    if (back) { back.focus(); hide(); }
  });
  document.addEventListener("focusin", (event) => { if (shown && !inside(event.target) && pinned) hide(); });
  document.addEventListener("pointerdown", (event) => { if (shown && !inside(event.target)) hide(); });

  const seen = new Set();
  for (const number of numbers) {
    const section = number.closest("section");
    if (!seen.has(section)) arm(number);
    seen.add(section);
  }

  // Whoever follows a citation to a number sees what stands behind it.
  function followed() {
    const number = numbers.find((one) => one.id && `#${one.id}` === location.hash);
    if (number) show(number, true);
  }
  addEventListener("hashchange", followed);
  followed();
})();
