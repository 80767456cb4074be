// The falsification dial: what a share would be if so many of each hundred answers were insincere.
"use strict";
(() => {
  const ls = window.listeningState.living;
  const { el, svg } = ls;

  // The share, or a limit of its interval, if x of each 100 who gave the answer did not mean it.
  const bent = (value, x) => value * (1 - x / 100);

  // How many of each 100 bring a share, or a limit of its interval, down to the goal.
  const tip = (value, goal) => value <= goal ? 0 : 100 * (1 - goal / value);

  // An anchor on the axis of the dial: so many of each 100, or so many points less than printed.
  const anchorAt = (anchor, share) =>
    anchor.unit === "points" ? (100 * anchor.value) / share : anchor.value;

  function tipping(of) {
    if (of.share < of.goal) return null;
    const limits = of.limits || (of.low === null ? null : [tip(of.low, of.goal), tip(of.high, of.goal)]);
    return { at: tip(of.share, of.goal), limits };
  }

  // So many of each hundred: whole as set, or as the book prints a share.
  const many = (x) => Number.isInteger(x) ? String(x) : ls.share(x);

  function words(of, x) {
    const now = ls.fixed(bent(of.share, x), 1);
    const interval = of.low === null ? ""
      : ` (${ls.ranged(bent(of.low, x), bent(of.high, x), "percent")} at a design effect of ${of.deff})`;
    const turn = tipping(of);
    const stands = bent(of.share, x) - of.goal;
    const place = Math.abs(stands) < 1e-9 ? "just" : stands > 0 ? "still above" : "below";
    const said = `If ${many(x)} of each 100 such answers were insincere, ${now}% would mean it${interval}: `
      + `${place} ${of.against}${of.goal === 50 ? "" : ` (${ls.share(of.goal)}%)`}.`;
    if (!turn) return [said, `The share is below ${of.against} as printed: there is no tipping point.`];
    return [said, `Tipping point: ${ls.share(turn.at)} of each 100`
      + (turn.limits ? ` (${ls.fixed(turn.limits[0], 1)} to ${ls.fixed(turn.limits[1], 1)})` : ", without limits: n is not published") + "."];
  }

  function draw(data, of, x, width) {
    const narrow = width < 480;
    const [left, right, top, bottom, height] = [34, 12, 14, 34, narrow ? 240 : 280];
    const at = ls.scale(0, 100, left, width - right);
    const up = ls.scale(0, 100, height - bottom, top);
    const marks = [];
    const line = (a, b, kind) => svg("line", { x1: a[0], y1: a[1], x2: b[0], y2: b[1], class: kind });
    const text = (px, py, words_, more) => svg("text", { x: px, y: py, ...more }, words_);
    for (const v of [0, 25, 50, 75, 100]) {
      marks.push(line([left, up(v)], [width - right, up(v)], "ls-grid"));
      marks.push(text(left - 6, up(v) + 4, String(v), { "text-anchor": "end" }));
      marks.push(text(at(v), height - bottom + 16, String(v), { "text-anchor": "middle" }));
    }
    marks.push(text(left, height - 3, "insincere, of each 100 who said so", {}));
    if (of.low !== null) {
      marks.push(svg("polygon", { class: "ls-band", points:
        [[0, of.low], [100, 0], [0, of.high]].map(([a, b]) => `${at(a)},${up(b)}`).join(" ") }));
    }
    marks.push(line([left, up(of.goal)], [width - right, up(of.goal)], "ls-goal"));
    marks.push(text(width - right, up(of.goal) + 15, of.against, { "text-anchor": "end", class: "ls-halo" }));
    for (const [place, anchor] of data.anchors.entries()) {
      const where = anchorAt(anchor, of.share);
      if (where > 100) continue;
      marks.push(line([at(where), top], [at(where), height - bottom], "ls-anchor"));
      marks.push(text(at(where) + 4, height - bottom - 6 - 14 * place, String.fromCharCode(65 + place),
        { class: "ls-halo" }));
    }
    marks.push(line([at(0), up(of.share)], [at(100), up(0)], "ls-curve"));
    const turn = tipping(of);
    if (turn) {
      if (turn.limits) marks.push(line([at(turn.limits[0]), up(of.goal)], [at(turn.limits[1]), up(of.goal)], "ls-limits"));
      marks.push(svg("rect", { x: at(turn.at) - 5, y: up(of.goal) - 5, width: 10, height: 10, class: "ls-tip",
        transform: `rotate(45 ${at(turn.at)} ${up(of.goal)})` }));
      marks.push(text(at(turn.at) + 9, up(of.goal) - 9, `tips at ${ls.share(turn.at)}`, { class: "ls-halo ls-strong" }));
    }
    marks.push(line([at(x), up(bent(of.share, x))], [at(x), height - bottom], "ls-drop"));
    marks.push(svg("circle", { cx: at(x), cy: up(bent(of.share, x)), r: 6, class: "ls-now" }));
    return svg("svg", { class: "ls-drawing", width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": `A line that falls from ${ls.share(of.share)}% to 0. ${words(of, x).join(" ")}` }, marks);
  }

  function build(box, data, { saved, keep }) {
    let of = data.shares.find((one) => one.key === saved.of) || data.shares[0];
    let x = Number.isFinite(Number(saved.x)) && saved.x >= 0 && saved.x <= 100 ? Number(saved.x) : 0;
    const said = ls.status();
    const named = el("p", { class: "ls-said ls-strong" });
    const marked = el("p", { class: "ls-anchors" });
    const drawing = ls.canvas((width) => draw(data, of, x, width));
    const turn = ls.slider("Insincere, of each 100", { low: 0, high: 100, step: 1, value: x,
      text: many, change: (value) => { x = value; show(); } });
    const inTable = ls.numbers(`${data.title}: all shares at this setting`, () => [
      ["Share", "Printed, %", "Would mean it, %", "Held against, %", "Tipping point, of each 100"],
      data.shares.map((one) => {
        const tips = tipping(one);
        return [one.name, ls.share(one.share), ls.fixed(bent(one.share, x), 1), ls.share(one.goal),
          tips ? ls.share(tips.at) : "–"];
      }),
    ]);
    function show(store = true) {
      turn.put(x);
      const [first, second] = words(of, x);
      said.textContent = first;
      named.textContent = second;
      const jump = (where, label, kind) => el("button", { type: "button", class: `ls-jump ${kind}`,
        onclick: () => { x = where; show(); } }, label);
      const tips = tipping(of);
      marked.replaceChildren(...data.anchors.map((anchor, place) => {
        const where = anchorAt(anchor, of.share);
        const printed = anchor.unit === "points" ? `, ${anchor.text} less` : "";
        return jump(where, `${String.fromCharCode(65 + place)} ${anchor.name}${printed}: ${ls.share(where)}`, "ls-jump-anchor");
      }), ...(tips ? [jump(tips.at, `Tipping point: ${ls.share(tips.at)}`, "ls-jump-tip")] : []));
      drawing.again();
      inTable.again();
      if (store) keep({ of: of.key, x: String(x) });
    }
    if (data.shares.length > 1) {
      box.append(ls.choice("Share", data.shares.map((one) => [one.key, one.name]), of.key,
        (key) => { of = data.shares.find((one) => one.key === key); show(); }));
    }
    box.append(turn, marked, drawing, said, named, inTable,
      el("p", { class: "ls-note-small" }, "How many answers are insincere is supposed here, not known. "
        + "The marks come from other countries and are no estimates for Kazakhstan."));
    show(false);
  }

  ls.dial = { build, bent, tip, tipping, anchorAt, words };
})();
