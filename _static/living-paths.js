// The multiverse: the options of each choice, the curve of all paths, and what the chosen ones give.
"use strict";
(() => {
  const ls = window.listeningState.living;
  const { el, svg } = ls;
  const ANY = -1;

  // The paths, by place in the list, that took the chosen option of every choice that is not left open.
  function chosen(data, picked) {
    return data.paths.flatMap(([options], place) =>
      picked.every((option, at) => option === ANY || options[at] === option) ? [place] : []);
  }

  function summary(data, places) {
    const known = places.map((place) => data.paths[place]).filter(([, estimate]) => estimate !== null);
    const values = known.map(([, estimate]) => estimate);
    return {
      paths: known.length, lowest: Math.min(...values), highest: Math.max(...values),
      clear: known.filter((path) => path[4]).length,
    };
  }

  // How many of these paths have an interval that lies wholly within ± bound.
  const within = (data, places, bound) => places.filter((place) => {
    const [, , low, high] = data.paths[place];
    return low !== null && low > -bound && high < bound;
  }).length;

  // Units other than points are too long to stand behind each number.
  const told = (data, value) => ls.fixed(value, ls.digitsOf(data.unit));

  function words(data, picked, bound) {
    const places = chosen(data, picked);
    const inside = bound ? within(data, places, bound) : 0;
    const reach = bound ? `±${ls.fixed(bound, 2)}` : "";
    const found = summary(data, places);
    if (places.length === 1) {
      const [, estimate, low, high, clear, reason] = data.paths[places[0]];
      if (estimate === null) return `This path has no result: ${reason}.`;
      const interval = low === null ? "" : ` (${told(data, low)} to ${told(data, high)})`;
      return `This path gives ${told(data, estimate)}${interval} ${data.unit}; its interval `
        + `${clear ? "excludes" : "contains"} zero${bound ? ` and ${inside ? "lies" : "does not lie"} wholly within ${reach}` : ""}.`;
    }
    if (!found.paths) return "None of these paths has a result.";
    return `${found.paths} paths give ${told(data, found.lowest)} to ${told(data, found.highest)} ${data.unit}; `
      + `${found.clear} of their intervals exclude${found.clear === 1 ? "s" : ""} zero`
      + `${bound ? `, and ${inside} lie${inside === 1 ? "s" : ""} wholly within ${reach}` : ""}.`;
  }

  function draw(data, picked, bound, width) {
    const order = data.paths.map((_, place) => place).filter((place) => data.paths[place][1] !== null)
      .sort((a, b) => data.paths[a][1] - data.paths[b][1] || a - b);
    const took = new Set(chosen(data, picked));
    const main = data.paths.findIndex(([options]) => data.choices.every((choice, at) => options[at] === choice.main));
    const estimates = order.map((place) => data.paths[place][1]);
    // Intervals of single paths may be very wide: the drawing ends where those of most paths end.
    const ends = order.flatMap((place) => data.paths[place].slice(2, 4)).filter((end) => end !== null).sort((a, b) => a - b);
    const at = (part) => ends[Math.min(ends.length - 1, Math.max(0, Math.round(part * (ends.length - 1))))];
    const low = Math.min(0, estimates[0], at(0.01));
    const high = Math.max(0, estimates[estimates.length - 1], at(0.99));
    const [left, right, top, bottom, height] = [44, 10, 12, 26, width < 480 ? 240 : 300];
    const x = ls.scale(0, Math.max(1, order.length - 1), left + 6, width - right - 6);
    const limit = (value) => Math.min(high, Math.max(low, value));
    const up = ls.scale(low, high, height - bottom, top);
    const marks = ls.ticks(low, high, 5).flatMap((value) => [
      svg("line", { x1: left, x2: width - right, y1: up(value), y2: up(value), class: "ls-grid" }),
      svg("text", { x: left - 6, y: up(value) + 4, "text-anchor": "end" }, ls.plain(value)),
    ]);
    if (bound) {
      marks.unshift(svg("rect", { x: left, width: width - left - right, y: up(limit(bound)),
        height: up(limit(-bound)) - up(limit(bound)), class: "ls-within" }));
    }
    marks.push(svg("line", { x1: left, x2: width - right, y1: up(0), y2: up(0), class: "ls-axis" }));
    const interval = (rank, place, kind) => {
      const [, , from, to] = data.paths[place];
      return from === null ? null : svg("line", { x1: x(rank), x2: x(rank), y1: up(limit(from)), y2: up(limit(to)), class: kind });
    };
    const front = [];
    for (const [rank, place] of order.entries()) {
      const [, estimate, , , clear] = data.paths[place];
      if (!took.has(place)) {
        marks.push(svg("circle", { cx: x(rank), cy: up(estimate), r: 1.2, class: "ls-faint" }));
        continue;
      }
      const few = took.size <= 12;
      front.push(interval(rank, place, few ? "ls-inner" : took.size > 60 ? "ls-crowd" : "ls-outer"),
        svg("circle", { cx: x(rank), cy: up(estimate), r: few ? 5 : 2, class: clear ? "ls-mark-full" : "ls-mark-hollow" }));
    }
    const rank = order.indexOf(main);
    const label = rank > order.length / 2 ? "end" : "start";
    front.push(svg("path", { d: `M${x(rank)},${height - bottom - 1} l-5,9 h10 z`, class: "ls-mark-main" }),
      svg("text", { x: x(rank) + (label === "end" ? -9 : 9), y: height - 10, "text-anchor": label }, "main path"));
    return svg("svg", { class: "ls-drawing", width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": `All paths from the lowest estimate to the highest, ${took.size} of them marked. ${words(data, picked, bound)}` },
    marks, front);
  }

  function build(box, data, { saved, keep }) {
    let picked = data.choices.map((choice) => {
      if (saved[choice.key] === "any") return ANY;
      const place = Number(saved[choice.key] ?? NaN);
      return Number.isInteger(place) && place >= 0 && place < choice.options.length ? place : choice.main;
    });
    let bound = data.bound;
    if (bound && saved.bound >= 0.01 && saved.bound <= 1) bound = Number(saved.bound);
    const said = ls.status();
    const turn = bound ? ls.slider("Bounds of no effect, either side of zero", { low: 0.01, high: 1, step: 0.01, value: bound,
      text: (value) => ls.fixed(value, 2), change: (value) => { bound = value; show(); } }) : "";
    const drawing = ls.canvas((width) => draw(data, picked, bound, width));
    const inTable = ls.numbers(`${data.title}: the paths chosen`, () => [
      ["Path", "Estimate", "95% from", "95% to", ...data.choices.map((choice) => choice.head)],
      chosen(data, picked).map((place) => {
        const [options, ...values] = data.paths[place];
        return [String(place + 1), ...values.slice(0, 3).map((value) => value === null ? "–" : told(data, value)),
          ...options.map((option, at) => data.choices[at].options[option])];
      }),
    ]);
    const controls = el("div", { class: "ls-choices" });
    const offer = () => controls.replaceChildren(...data.choices.map((choice, at) =>
      ls.choice(choice.head, [...choice.options.map((option, place) =>
        [String(place), place === choice.main ? `${option} (main path)` : option]), [String(ANY), "every option"]],
      String(picked[at]), (value) => { picked[at] = Number(value); show(); })));
    function show(store = true) {
      said.textContent = words(data, picked, bound);
      if (bound) turn.put(bound);
      drawing.again();
      inTable.again();
      if (store) keep({ ...Object.fromEntries(data.choices.map((choice, at) =>
        [choice.key, picked[at] === ANY ? "any" : String(picked[at])])), ...(bound ? { bound: String(bound) } : {}) });
    }
    const set = (to, label) => el("button", { type: "button", class: "ls-jump", onclick: () => {
      picked = data.choices.map(to);
      offer();
      show();
    } }, label);
    offer();
    box.append(controls, el("p", { class: "ls-anchors" }, set((choice) => choice.main, "The main path"), set(() => ANY, "Every path")),
      turn, said, drawing, inTable, el("p", { class: "ls-note-small" }, `In ${data.unit}. Filled: the interval excludes zero; hollow: it `
        + "contains zero. Very wide intervals end at the edge. Paths share their data: a share of paths is no probability."));
    show(false);
  }

  ls.paths = { build, chosen, summary, within, words };
})();
