// What the widgets of the book share: numbers as Python prints them, state in the address, drawing,
// and boxes. A widget and its data come when its box is opened, as scripts, from a disk too.
"use strict";
(() => {
  const site = new URL("..", document.currentScript.src);
  const held = window.listeningState;
  const { load, copy } = held;
  const boxes = new Map();

  // Numbers

  // As Python's f"{value:.{digits}f}": a tie goes to the even digit, and the minus is a minus sign.
  function fixed(value, digits, grouped = false) {
    const size = Math.abs(value);
    let text = size.toFixed(digits);
    const exact = size.toFixed(Math.min(100, digits + 30));
    const place = exact.indexOf(".") + 1 + digits;
    if (digits >= 0 && /^50*$/.test(exact.slice(place))) {
      const kept = exact.slice(0, digits ? place : place - 1);
      if (Number(kept.slice(-1)) % 2 === 0) text = kept;
    }
    if (grouped) text = text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
    return (value < 0 || Object.is(value, -0) ? "−" : "") + text;
  }

  const DIGITS = { percent: 1, points: 1, count: 0 };
  const SUFFIX = { percent: "%", points: " points" };
  const digitsOf = (unit) => DIGITS[unit] === undefined ? 2 : DIGITS[unit];
  const valued = (value, unit) =>
    fixed(value, digitsOf(unit), unit === "count") + (SUFFIX[unit] || "");
  const ranged = (low, high, unit) =>
    `${fixed(low, digitsOf(unit), unit === "count")} to ${valued(high, unit)}`;

  // A share without its sign: one decimal, or two where that many were printed.
  function share(percent) {
    const hundredths = percent * 100;
    const two = Math.abs(hundredths - Math.round(hundredths)) < 1e-6;
    const text = fixed(percent, two ? 2 : 1);
    return two && text.endsWith("0") ? fixed(percent, 1) : text;
  }

  // Wilson's interval of a share from 0 to 1 with an effective base, which holds the share itself.
  const Z = 1.959963984540054;
  function wilson(p, base) {
    const middle = (p + (Z * Z) / (2 * base)) / (1 + (Z * Z) / base);
    const half = (Z / (1 + (Z * Z) / base))
      * Math.sqrt((p * (1 - p)) / base + (Z * Z) / (4 * base * base));
    return [Math.min(Math.max(0, middle - half), p), Math.max(Math.min(1, middle + half), p)];
  }

  // The address: "#dial-fig-…:x=20,of=…&paths-fig-…:…", which keeps its meaning on a disk too.

  function decode(hash) {
    const found = new Map();
    for (const part of hash.replace(/^#/, "").split("&").filter(Boolean)) {
      const [name, values = ""] = part.split(":");
      const pairs = values.split(",").filter(Boolean).map((pair) => pair.split("="));
      try {
        found.set(name, Object.fromEntries(pairs.map(([k, v = ""]) => [k, decodeURIComponent(v)])));
      } catch { found.set(name, {}); /* What somebody mistyped is no state. */ }
    }
    return found;
  }

  function encode(states) {
    return [...states].map(([name, values]) => {
      const pairs = Object.entries(values).filter(([, value]) => value !== "" && value !== undefined);
      const told = pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join(",");
      return told ? `${name}:${told}` : name;
    }).join("&");
  }

  function keep(name, values) {
    const states = new Map([...decode(location.hash)].filter(([key]) => boxes.has(key)));
    states.delete(name);
    states.set(name, values);
    history.replaceState(history.state, "", `#${encode(states)}`);
  }

  // Drawing

  function fill(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (value === true) node.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
  }
  const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

  // Round values for an axis, about `wanted` of them.
  function ticks(low, high, wanted) {
    const raw = (high - low) / Math.max(1, wanted);
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].map((k) => k * power).find((size) => size >= raw - 1e-12);
    const found = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) {
      found.push(Number((k * step).toPrecision(12)));
    }
    return found;
  }
  const plain = (value) => String(value).replace("-", "−");
  const scale = (low, high, from, to) => (value) => from + ((value - low) / (high - low)) * (to - from);

  // Breaks words into lines of at most so many letters.
  function wrapped(text, letters) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const last = lines.length - 1;
      if (lines[last] && `${lines[last]} ${word}`.length > letters) lines.push(word);
      else lines[last] = lines[last] ? `${lines[last]} ${word}` : word;
    }
    return lines;
  }

  // A place for a drawing that is made anew for each width, and never wider than its box.
  function canvas(draw) {
    const place = el("div", { class: "ls-canvas" });
    const watch = new ResizeObserver(() => again());
    let width = 0;
    function again(force = false) {
      const now = Math.floor(place.clientWidth);
      if (!now || (now === width && !force)) return;
      width = now;
      place.replaceChildren(draw(width));
    }
    watch.observe(place);
    place.again = () => again(true);
    return place;
  }

  // Controls and texts

  let count = 0;
  function choice(label, options, value, change) {
    const id = `ls-control-${(count += 1)}`;
    const select = el("select", { id, onchange: () => change(select.value) },
      options.map(([key, text]) => el("option", { value: key, selected: key === value }, text)));
    return fill(el("p", { class: "ls-control" }), {}, [el("label", { for: id }, label), select]);
  }

  function slider(label, { low, high, step, value, text, change }) {
    const id = `ls-control-${(count += 1)}`;
    const shown = el("output", { for: id });
    const input = el("input", { id, type: "range", min: low, max: high, step: "any" });
    const put = (now) => {
      input.value = now;
      shown.textContent = text(now);
      input.setAttribute("aria-valuetext", text(now));
    };
    input.addEventListener("input", () => change(Number((Math.round(input.value / step) * step).toPrecision(12))));
    // The same step by key in every browser, whatever it makes of step="any".
    input.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      const to = { Home: low, End: high }[event.key];
      if (by === undefined && to === undefined) return;
      event.preventDefault();
      const now = to === undefined ? Math.round(Number(input.value) / step + by) * step : to;
      change(Number(Math.min(high, Math.max(low, now)).toPrecision(12)));
    });
    put(value);
    const row = el("p", { class: "ls-control ls-slider" }, el("label", { for: id }, label), input, shown);
    row.put = put;
    return row;
  }

  function radios(legend, options, value, change) {
    const name = `ls-control-${(count += 1)}`;
    return el("fieldset", { class: "ls-radios" }, el("legend", {}, legend),
      options.map(([key, text]) => el("label", {},
        el("input", { type: "radio", name, value: key, checked: key === value, onchange: () => change(key) }),
        el("span", {}, text))));
  }

  const status = () => el("p", { class: "ls-said", role: "status" });

  // Set as the tables of the page are: numbers at the end of their column, long names with room.
  function table(caption, heads, rows) {
    const numeric = heads.map((_, place) => rows.length && rows.every((row) => /^[−–\d.,%]+$/.test(row[place])));
    const kind = ["ls-data", ...numeric.flatMap((is, place) => (is ? [`ls-n${place + 1}`] : [])),
      ...(rows.some(([name]) => name.length > 20) ? ["ls-words"] : [])].join(" ");
    return el("div", { class: "ls-scroll", tabindex: "0", role: "region", "aria-label": caption },
      el("table", { class: kind }, el("caption", { class: "visually-hidden" }, caption),
        el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
        el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell, place) =>
          place ? el("td", {}, cell) : el("th", { scope: "row" }, cell)))))));
  }

  // The numbers of a drawing as a table, made when asked for.
  function numbers(caption, make) {
    const box = el("details", { class: "ls-numbers" }, el("summary", {}, "The same as a table"));
    const again = () => {
      if (box.lastChild.tagName !== "SUMMARY") box.lastChild.remove();
      if (box.open) box.append(table(caption, ...make()));
    };
    box.addEventListener("toggle", again);
    box.again = again;
    return box;
  }

  function copyButton(text, words, done) {
    const told = el("span", { class: "ls-told", role: "status" });
    const button = el("button", { type: "button", class: "ls-copy", onclick: () => copy(text()).then(
      () => { told.textContent = done; },
      () => { told.textContent = "The browser refused."; },
    ) }, words);
    return [button, " ", told];
  }

  // Boxes

  async function build(box) {
    const { living: kind, of } = box.dataset;
    const name = box.id;
    await load(`_static/living-${kind}`, "living");
    const data = await load(`living/${kind}-${of}`);
    const body = el("div", { class: "ls-living-body" });
    const saved = decode(location.hash).get(name) || {};
    held.living[kind].build(body, data, {
      saved, oneSided: "oneSided" in box.dataset, keep: (values) => keep(name, values),
    });
    body.append(el("p", { class: "ls-living-foot" },
      el("button", { type: "button", class: "ls-copy", onclick: () => { keep(name, {}); build(box); } },
        "As at first"), " ",
      copyButton(() => location.href, "Copy the link to this view", "The link is copied.")));
    for (const old of box.querySelectorAll(".ls-living-body, .ls-living-wait")) old.remove();
    box.append(body);
    box.dataset.ready = "";
  }

  function opened(box) {
    if (!box.open || box.dataset.asked) return;
    box.dataset.asked = "1";
    build(box).catch(() => { delete box.dataset.asked; });
  }

  // Opens what the address names; the last that was touched comes into view.
  function follow() {
    let last = null;
    for (const [name] of decode(location.hash)) {
      const box = boxes.get(name);
      if (!box) continue;
      last = box;
      if (box.open && box.dataset.ready !== undefined) build(box);
      box.open = true;
    }
    if (last) last.scrollIntoView({ behavior: "instant" });
  }

  function start() {
    for (const box of document.querySelectorAll("details.ls-living")) {
      boxes.set(box.id, box);
      box.addEventListener("toggle", () => opened(box));
    }
    window.addEventListener("hashchange", follow);
    follow();
    if (document.querySelector("data.ls-fact")) load("_static/living-numbers", "living");
  }

  held.living = {
    site, load, fixed, valued, ranged, share, wilson, decode, encode, el, svg, ticks, plain, scale,
    wrapped, canvas, choice, slider, radios, status, numbers, copyButton, digitsOf,
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
