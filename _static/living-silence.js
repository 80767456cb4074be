// The don't-know lens: answers off the scale shown, left out, or moved to either end of it.
"use strict";
(() => {
  const ls = window.listeningState.living;
  const { el, svg } = ls;
  const WAYS = ["shown", "out", "low", "high"];
  let drawings = 0;

  const sum = (values) => values.reduce((total, value) => total + value, 0);

  // The shares on the scale, and those beside it, in one of the four ways.
  function treated(line, way) {
    const off = sum(line.off);
    if (way === "shown") return { on: line.on, off: line.off };
    if (way === "out") return { on: line.on.map((share) => (100 * share) / (100 - off)), off: [] };
    const place = way === "low" ? 0 : line.on.length - 1;
    return { on: line.on.map((share, at) => share + (at === place ? off : 0)), off: [] };
  }

  // Where the lowest answer begins: left of 0 by what is below the middle.
  function start(shares, diverging) {
    if (!diverging) return 0;
    const half = Math.floor(shares.length / 2);
    return -sum(shares.slice(0, half)) - (shares.length % 2 ? shares[half] / 2 : 0);
  }

  function hatch(id, sign, ground) {
    const size = sign.startsWith(".") ? 5 : 6;
    const marks = {
      ".": () => svg("circle", { cx: 2, cy: 2, r: 0.8, fill: "#1f2430" }),
      "/": () => svg("path", { d: "M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2", stroke: "#1f2430", "stroke-width": 0.7 }),
      "\\": () => svg("path", { d: "M-1,5 l2,2 M0,0 l6,6 M5,-1 l2,2", stroke: "#1f2430", "stroke-width": 0.7 }),
    };
    return svg("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse" },
      svg("rect", { width: size, height: size, fill: ground }), marks[sign[0]]());
  }

  function draw(data, looks, diverging, way, width) {
    const id = (drawings += 1);
    const kinds = [...looks, ...data.off.map(([name, colour, sign]) => [name, colour, sign, "#1f2430"])];
    const defs = kinds.map(([, colour, sign], at) => sign ? hatch(`ls-hatch-${id}-${at}`, sign, colour) : null);
    const paint = (at) => kinds[at][2] ? `url(#ls-hatch-${id}-${at})` : kinds[at][1];
    const narrow = width < 620;
    const letters = Math.floor((narrow ? width : 220) / 7.2);
    const lines = data.lines.map((line) => ({ ...line, ...treated(line, way) }));
    // The same axis in every way, so that bars can be compared.
    const every = WAYS.flatMap((one) => data.lines.map((line) => treated(line, one).on));
    const least = Math.min(0, ...every.map((on) => start(on, diverging)));
    const most = Math.max(...every.map((on) => start(on, diverging) + sum(on)));
    const beside = Math.max(...data.lines.map((line) => sum(line.off)));
    const left = narrow ? 4 : 232;
    const room = width - left - 4 - (narrow ? 44 : 76);
    const unit = room / (most - least + beside + 4);
    const x = (value) => left + (value - least) * unit;
    const apart = x(most) + 4 * unit;
    const marks = [];
    let y = 6;
    let block = "";
    for (const line of lines) {
      if (line.block && line.block !== block) {
        for (const words of ls.wrapped(line.block, Math.floor(width / 7.6))) {
          marks.push(svg("text", { x: 0, y: y + 14, class: "ls-strong" }, words));
          y += 18;
        }
        block = line.block;
        y += 4;
      }
      const named = ls.wrapped(line.name, letters);
      const tall = narrow ? 16 * named.length : Math.max(0, 15 * (named.length - 1) - 6);
      for (const [at, words] of named.entries()) {
        marks.push(narrow
          ? svg("text", { x: 0, y: y + 13 + 16 * at }, words)
          : svg("text", { x: left - 8, y: y + 15 + 15 * at, "text-anchor": "end" }, words));
      }
      if (narrow) y += tall + 2;
      let end = start(line.on, diverging);
      if (diverging) marks.push(svg("line", { x1: x(0), x2: x(0), y1: y - 4, y2: y + 25, class: "ls-axis" }));
      for (const [at, share] of line.on.entries()) {
        marks.push(svg("rect", { x: x(end), y, width: Math.max(0, share * unit), height: 21, fill: paint(at),
          class: "ls-part" }));
        const told = narrow ? ls.fixed(share, 0) : ls.fixed(share, 1);
        if (share * unit > 7.2 * told.length + 4) {
          const middle = x(end + share / 2);
          if (kinds[at][2]) marks.push(svg("rect", { x: middle - 15, y: y + 3, width: 30, height: 15, fill: "#fff" }));
          marks.push(svg("text", { x: middle, y: y + 15, "text-anchor": "middle", fill: kinds[at][3], class: "ls-inside" }, told));
        }
        end += share;
      }
      let far = apart;
      for (const [at, share] of line.off.entries()) {
        marks.push(svg("rect", { x: far, y, width: share * unit, height: 21, fill: paint(looks.length + at), class: "ls-part" }));
        far += share * unit;
      }
      if (line.off.length) marks.push(svg("text", { x: far + 4, y: y + 15 }, line.off.filter((share) => share > 0).map((share) => ls.fixed(share, narrow ? 0 : 1)).join(" · ")));
      y += 21 + (narrow ? 8 : tall + 9);
    }
    return svg("svg", { class: "ls-drawing", width, height: y, viewBox: `0 0 ${width} ${y}`, role: "img",
      "aria-label": said(data, looks, way) }, svg("defs", {}, defs.filter(Boolean)), marks);
  }

  function said(data, looks, way) {
    const top = looks.length - 1;
    const shares = data.lines.map((line) => treated(line, way).on[top]);
    const ends = [Math.min(...shares), Math.max(...shares)].map((share) => {
      const line = data.lines[shares.indexOf(share)];
      const name = line.block && data.lines.filter((one) => one.name === line.name).length > 1
        ? `${line.block}, ${line.name}` : line.name;
      return `${ls.fixed(share, 1)}% (${name})`;
    });
    const how = { shown: "As shown", out: "Left out", low: `All moved to “${looks[0][0]}”`, high: `All moved to “${looks[top][0]}”` }[way];
    const base = way === "out" ? "of those with an answer on the scale" : "of all asked";
    return `${how}: “${looks[top][0]}” `
      + (ends[0] === ends[1] ? `is ${ends[0]} ${base}.` : `runs from ${ends[0]} to ${ends[1]}, ${base}.`);
  }

  function key(data, looks, way) {
    const kinds = [...looks, ...(way === "shown" ? data.off : [])];
    return el("ul", { class: "ls-key", "aria-label": "Answers" }, kinds.map(([name, colour, sign]) => {
      const id = `ls-key-${(drawings += 1)}`;
      return el("li", {}, svg("svg", { width: 14, height: 14, "aria-hidden": "true" },
        sign ? svg("defs", {}, hatch(id, sign, colour)) : null,
        svg("rect", { width: 14, height: 14, fill: sign ? `url(#${id})` : colour, class: "ls-part" })), name);
    }));
  }

  function build(box, data, { saved, oneSided, keep }) {
    const diverging = !(oneSided && data.looks["one-sided"]);
    const looks = data.looks[diverging ? "diverging" : "one-sided"];
    let way = WAYS.includes(saved.way) ? saved.way : "shown";
    const told = ls.status();
    const legend = el("div", {});
    const drawing = ls.canvas((width) => draw(data, looks, diverging, way, width));
    const inTable = ls.numbers(`${data.title}, in %`, () => [
      ["Of", ...looks.map(([name]) => name), ...(way === "shown" ? data.off.map(([name]) => name) : [])],
      data.lines.map((line) => {
        const { on, off } = treated(line, way);
        return [line.block ? `${line.block}: ${line.name}` : line.name, ...[...on, ...off].map((share) => ls.fixed(share, 1))];
      }),
    ]);
    function show(store = true) {
      told.textContent = said(data, looks, way);
      legend.replaceChildren(key(data, looks, way));
      drawing.again();
      inTable.again();
      if (store) keep({ way });
    }
    const names = data.off.map(([name]) => name.toLowerCase()).join(" and ");
    box.append(ls.radios(`Answers off the scale: ${names}`, [["shown", "Shown"], ["out", "Left out"],
      ["low", `To “${looks[0][0]}”`], ["high", `To “${looks[looks.length - 1][0]}”`]], way,
    (chosen) => { way = chosen; show(); }), legend, drawing, told, inTable,
    el("p", { class: "ls-note-small" }, "The two ends bound what those who gave no answer could change. "
      + "Neither is an estimate of what they think."));
    show(false);
  }

  ls.silence = { build, treated, start, said };
})();
