// The reader's own switches: code shown or folded, light or dark, contents on a phone, and the book
// kept for reading offline. What is chosen is remembered in this browser, and told to nobody.
"use strict";
(() => {
  const root = document.documentElement;
  const script = document.currentScript.src;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const COLOURS = ["auto", "light", "dark"];

  function recall(name, known) {
    try { const value = localStorage.getItem(`ls-${name}`); return known.includes(value) ? value : known[0]; }
    catch { return known[0]; }
  }
  function remember(name, value) {
    try { localStorage.setItem(`ls-${name}`, value); } catch { /* A private window forgets. */ }
  }

  let colour = recall("colour", COLOURS);
  let code = recall("code", ["folded", "shown"]);

  function paint() {
    root.dataset.theme = colour === "auto" ? (dark.matches ? "dark" : "light") : colour;
  }
  // Before the page is painted: nothing flashes, nothing moves.
  root.classList.add("js");
  if (/^http/.test(location.protocol)) {
    // The faces that the page uses: one that came after the first words would move them. From a
    // disk a face is there at once, and may not be asked for ahead.
    for (const name of root.dataset.faces.split(" ")) {
      const face = document.createElement("link");
      const href = new URL(`fonts/pt-serif-latin-${name}.woff2`, script);
      Object.assign(face, { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "anonymous", href });
      document.head.append(face);
    }
  }
  paint();
  dark.addEventListener("change", paint);

  function fold() {
    for (const cell of document.querySelectorAll("details.ls-code")) cell.open = code === "shown";
  }

  function startColours() {
    const button = document.getElementById("ls-colour-switch");
    const word = button.lastElementChild;
    const name = () => { word.textContent = colour[0].toUpperCase() + colour.slice(1); };
    name();
    button.addEventListener("click", () => {
      colour = COLOURS[(COLOURS.indexOf(colour) + 1) % COLOURS.length];
      remember("colour", colour);
      name();
      paint();
    });
  }

  function startCode() {
    const button = document.getElementById("ls-code-switch");
    const show = () => { button.setAttribute("aria-pressed", String(code === "shown")); };
    show();
    if (code === "shown") fold();
    button.addEventListener("click", () => {
      code = code === "shown" ? "folded" : "shown";
      remember("code", code);
      show();
      fold();
    });
  }

  function startContents() {
    const button = document.getElementById("ls-contents-switch");
    const contents = document.getElementById("contents");
    const open = (wanted) => {
      contents.classList.toggle("ls-open", wanted);
      button.setAttribute("aria-expanded", String(wanted));
    };
    button.addEventListener("click", () => open(!contents.classList.contains("ls-open")));
    contents.addEventListener("click", (event) => { if (event.target.closest("a")) open(false); });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !contents.classList.contains("ls-open")) return;
      open(false);
      button.focus();
    });
    // In a long list the current chapter is in view, and the page itself does not move.
    const here = contents.querySelector("[aria-current]");
    if (here && here.offsetTop > contents.clientHeight) contents.scrollTop = here.offsetTop - 100;
  }

  // What an address names is shown, even inside a fold; on paper all folds but the code are open.
  function reveal() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }
  function paper() {
    for (const fold of document.querySelectorAll("main details:not(.ls-code, .ls-cite)")) fold.open = true;
  }

  // The boxes in which the style puts the parts of these tables on a phone take their roles from them.
  const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell", TH: "rowheader" };
  function startTables() {
    for (const part of document.querySelectorAll("table.ls-wordy, .ls-wordy :is(thead, tbody, tr, td, th)")) {
      part.setAttribute("role", part.matches("thead th") ? "columnheader" : ROLES[part.tagName]);
    }
  }

  function startOffline() {
    if (!/^https?:$/.test(location.protocol) || !navigator.serviceWorker) return;
    // A page opened from a disk may not ask for a manifest; there is nothing to install there.
    const manifest = document.createElement("link");
    manifest.rel = "manifest";
    manifest.href = new URL("../manifest.webmanifest", script).href;
    document.head.append(manifest);
    navigator.serviceWorker.register(new URL("../sw.js", script)).then(() => navigator.serviceWorker.ready).then((worker) => {
      const place = document.getElementById("ls-offline");
      const [button, told] = place.children;
      const ask = (what, hear) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => hear(data);
        worker.active.postMessage(what, [port2]);
      };
      ask("size", ({ bytes }) => { button.append(` (${Math.round(bytes / 1e6)} MB)`); place.hidden = false; });
      button.addEventListener("click", () => {
        button.disabled = true;
        ask("keep", ({ done, all, error }) => {
          told.textContent = error || (done === all ? "The whole book is kept. It opens without a network." : `${done} of ${all} files are kept.`);
          button.disabled = !error && done < all;
        });
      });
    }).catch(() => { /* Without it the book is read online, as before. */ });
  }

  function start() {
    startColours();
    startCode();
    startContents();
    startTables();
    reveal();
    addEventListener("hashchange", reveal);
    addEventListener("beforeprint", paper);
    if (document.readyState === "complete") startOffline(); else addEventListener("load", startOffline);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
