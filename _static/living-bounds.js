// Equivalence bounds that the reader moves. Two one-sided tests at 5 % reject exactly when the 90 %
// interval lies within the bounds, so verdicts follow from intervals that Python computed.
"use strict";
(() => {
  const ls = window.listeningState.living;
  const { el, svg } = ls;

  function verdict(claim, lower, upper) {
    if (claim.inner[0] > lower && claim.inner[1] < upper) return "equivalent";
    if (claim.outer[1] < lower) return "different: below the lower bound";
    if (claim.outer[0] > upper) return "different: above the upper bound";
    return "not shown";
  }
  const short = (told) => told.split(":")[0];

  // The narrowest bounds at equal distances from no effect that the claim would still pass.
  const narrowest = (claim, none) => Math.max(none - claim.inner[0], claim.inner[1] - none);

  // Decimals of the bounds, and how far they may be moved.
  function reach(data) {
    const far = Math.max(...data.claims.flatMap((c) => c.outer.map((end) => Math.abs(end - data.none))),
      data.upper - data.none, data.none - data.lower);
    const step = far < 1 ? 0.005 : 0.1;
    const most = Math.ceil((1.15 * far) / step) * step;
    const low = Math.max(data.none - most, data.least === undefined ? -Infinity : data.least + step);
    const high = Math.min(data.none + most, data.most === undefined ? Infinity : data.most - step);
    return { step, low, high, digits: step < 0.01 ? 3 : 1 };
  }

  const shapes = {
    equivalent: (x, y) => svg("circle", { cx: x, cy: y, r: 5, class: "ls-mark-full" }),
    "not shown": (x, y) => svg("rect", { x: x - 4.5, y: y - 4.5, width: 9, height: 9, class: "ls-mark-hollow" }),
    different: (x, y) => svg("rect", { x: x - 4.5, y: y - 4.5, width: 9, height: 9, class: "ls-mark-full", transform: `rotate(45 ${x} ${y})` }),
  };

  function draw(data, span, lower, upper, width) {
    const narrow = width < 620;
    const left = narrow ? 4 : 250;
    const right = 92;
    const ends = data.claims.flatMap((claim) => claim.outer);
    const x = ls.scale(Math.min(span.low, ...ends), Math.max(span.high, ...ends), left + 4, width - right);
    const letters = Math.floor((narrow ? width : left - 10) / 7.2);
    const rows = [];
    let y = 8;
    for (const claim of data.claims) {
      const told = short(verdict(claim, lower, upper));
      const named = ls.wrapped(claim.name, letters);
      for (const [at, words] of named.entries()) {
        rows.push(narrow ? svg("text", { x: 0, y: y + 12 + 16 * at, class: "ls-halo" }, words)
          : svg("text", { x: left - 10, y: y + 14 + 15 * at, "text-anchor": "end" }, words));
      }
      if (narrow) y += 16 * named.length;
      const middle = y + (narrow ? 11 : 10 + 7.5 * (named.length - 1));
      rows.push(svg("line", { x1: x(claim.outer[0]), x2: x(claim.outer[1]), y1: middle, y2: middle, class: "ls-outer" }));
      rows.push(svg("line", { x1: x(claim.inner[0]), x2: x(claim.inner[1]), y1: middle, y2: middle, class: "ls-inner" }));
      if (typeof claim.truth === "number") {
        rows.push(svg("line", { x1: x(claim.truth), x2: x(claim.truth), y1: middle - 9, y2: middle + 9, class: "ls-truth" }));
      }
      rows.push(shapes[told](x(claim.estimate), middle));
      rows.push(svg("text", { x: width - right + 8, y: middle + 4, class: told === "equivalent" ? "ls-strong" : "" }, told));
      y += narrow ? 26 : 20 + 15 * (named.length - 1) + 4;
    }
    const axis = ls.ticks(span.low, span.high, narrow ? 4 : 6).map((value) => svg("text",
      { x: x(value), y: y + 18, "text-anchor": "middle" }, ls.plain(value)));
    axis.push(svg("text", { x: width - right, y: y + 36, "text-anchor": "end" }, data.unit));
    const height = y + 42;
    const ground = [
      svg("rect", { x: x(lower), width: Math.max(0, x(upper) - x(lower)), y: 0, height: y, class: "ls-within" }),
      ...[lower, upper].map((bound) => svg("line", { x1: x(bound), x2: x(bound), y1: 0, y2: y, class: "ls-bound" })),
      svg("line", { x1: x(data.none), x2: x(data.none), y1: 0, y2: y, class: "ls-axis" }),
    ];
    return svg("svg", { class: "ls-drawing", width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": said(data, span, lower, upper) }, ground, rows, axis);
  }

  function said(data, span, lower, upper) {
    const found = data.claims.map((claim) => short(verdict(claim, lower, upper)));
    const tally = Object.keys(shapes).map((name) => `${found.filter((one) => one === name).length} ${name}`);
    return `With bounds ${ls.fixed(lower, span.digits)} to ${ls.fixed(upper, span.digits)}, of ${found.length} claims: ${tally.join(", ")}.`;
  }

  function build(box, data, { saved, keep }) {
    const span = reach(data);
    const within = (text, low, high, usual) => {
      const value = text === undefined ? NaN : Number(text);
      return value >= low && value <= high ? value : usual;
    };
    let lower = within(saved.lower, span.low, data.none - span.step, data.lower);
    let upper = within(saved.upper, data.none + span.step, span.high, data.upper);
    const told = ls.status();
    const drawing = ls.canvas((width) => draw(data, span, lower, upper, width));
    const text = (value) => ls.fixed(value, span.digits);
    const low = ls.slider("Lower bound", { low: span.low, high: data.none - span.step, step: span.step, value: lower, text,
      change: (value) => { lower = value; show(); } });
    const high = ls.slider("Upper bound", { low: data.none + span.step, high: span.high, step: span.step, value: upper, text,
      change: (value) => { upper = value; show(); } });
    const inTable = ls.numbers(`${data.title}: verdicts at these bounds`, () => [
      ["Claim", "Estimate", "90% from", "90% to", "Verdict", `Narrowest bounds that it passes, either side of ${ls.plain(data.none)}`],
      data.claims.map((claim) => [claim.name, ...[claim.estimate, ...claim.inner].map((value) => ls.fixed(value, 3)),
        verdict(claim, lower, upper), ls.fixed(narrowest(claim, data.none), 3)]),
    ]);
    function show(store = true) {
      low.put(lower);
      high.put(upper);
      told.textContent = said(data, span, lower, upper);
      drawing.again();
      inTable.again();
      if (store) keep({ lower: String(lower), upper: String(upper) });
    }
    const truth = data.claims.some((claim) => typeof claim.truth === "number") ? " Upright tick: true in the model." : "";
    const deff = data.deff ? ` Intervals at a design effect of ${data.deff}.` : "";
    box.append(low, high, drawing, told, inTable, el("p", { class: "ls-note-small" },
      `Thick: the 90% interval, which decides on “equivalent”. Thin: the 95% interval.${truth}${deff} The book’s own bounds are `
      + `${text(data.lower)} and ${text(data.upper)}; verdicts are not adjusted for the number of claims. `
      + "Bounds that are chosen after the intervals are seen test nothing: they show how far a verdict hangs on them."));
    show(false);
  }

  ls.bounds = { build, verdict, narrowest, reach };
})();
