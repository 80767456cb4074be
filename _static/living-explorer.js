// The explorer of published polls: one answer to one question, by house and year, with its intervals.
"use strict";
(() => {
  const ls = window.listeningState.living;
  const { el, svg } = ls;
  const DEFFS = [1, 1.5, 2.5];
  const ALL = "any";
  const unique = (values) => [...new Set(values)];

  // A reading as the widget uses it; the base of a subgroup is not published.
  function readings(data) {
    return data.readings.map(([poll, target, response, subgroup, percent, question, url]) => {
      const [id, house, country, when, date, n, mode, linkage, page] = data.polls[poll];
      return { id, house, country, when, date, n, mode, linkage, page, target, response, subgroup, percent, question, url };
    });
  }

  // Wilson's intervals in percent at each design effect; none where no base is published.
  function intervals(reading) {
    if (reading.n === null || reading.subgroup !== "all") return null;
    return DEFFS.map((deff) => ls.wilson(reading.percent / 100, reading.n / deff).map((end) => 100 * end));
  }

  function matching(all, want) {
    return all.filter((one) => one.country === want.country && one.target === want.target && one.response === want.response
      && (want.of === ALL || one.subgroup === want.of) && (want.house === ALL || one.house === want.house)
      && (!one.date || ((want.from === ALL || one.date.slice(0, 4) >= want.from)
        && (want.to === ALL || one.date.slice(0, 4) <= want.to))))
      .sort((a, b) => (b.date || "").localeCompare(a.date || "") || a.house.localeCompare(b.house));
  }

  const quoted = (cell) => cell === null || cell === undefined ? ""
    : /[",\n]/.test(String(cell)) ? `"${String(cell).replace(/"/g, '""')}"` : String(cell);

  function csv(data, rows, address) {
    const heads = ["poll_id", "house", "linkage", "country", "fieldwork", "date", "mode", "target", "response", "subgroup",
      "percent", "n", ...DEFFS.flatMap((deff) => [`ci_low_deff_${deff}`, `ci_high_deff_${deff}`]), "question", "source_url"];
    const lines = rows.map((one) => [one.id, one.house, one.linkage, one.country, one.when, one.date, one.mode, one.target,
      one.response, one.subgroup, one.percent, one.n, ...(intervals(one) || DEFFS.map(() => ["", ""])).flat(), one.question, one.url]);
    const head = { evidence: data.mark, licence: data.licence, cite: data.cite, view: address };
    return `${Object.entries(head).map(([name, value]) => `# ${name}: ${value}\n`).join("")}`
      + `${[heads, ...lines].map((line) => line.map(quoted).join(",")).join("\n")}\n`;
  }

  function words(data, rows) {
    if (!rows.length) return "No reading fits this choice.";
    const low = rows.reduce((a, b) => b.percent < a.percent ? b : a);
    const high = rows.reduce((a, b) => b.percent > a.percent ? b : a);
    const end = (one) => `${ls.share(one.percent)}% (${one.house}, ${one.when})`;
    const without = rows.filter((one) => !intervals(one)).length;
    return `${rows.length} ${rows.length === 1 ? "reading" : "readings"} of ${unique(rows.map((one) => one.house)).length} `
      + `${unique(rows.map((one) => one.house)).length === 1 ? "house" : "houses"}: `
      + (low === high ? end(low) : `from ${end(low)} to ${end(high)}`)
      + (without ? `; ${without} without an interval, since no base is published.` : ".");
  }

  const DOTS = {
    "state-linked": (x, y, kind) => svg("rect", { x: x - 4.5, y: y - 4.5, width: 9, height: 9, class: kind, transform: `rotate(45 ${x} ${y})` }),
    independent: (x, y, kind) => svg("circle", { cx: x, cy: y, r: 5, class: kind }),
  };
  const square = (x, y, kind) => svg("rect", { x: x - 4.5, y: y - 4.5, width: 9, height: 9, class: kind });

  function draw(data, rows, width) {
    const narrow = width < 620;
    const left = narrow ? 4 : 290;
    const x = ls.scale(0, 100, left + 6, width - 44);
    const letters = Math.floor((narrow ? width : left - 10) / 7.2);
    const marks = [];
    let y = 8;
    for (const one of rows) {
      const name = [one.house, one.when.replace(/ /g, "\u00a0"), one.subgroup === "all" ? "" : data.labels[one.subgroup]].filter(Boolean).join(", ");
      const named = ls.wrapped(name, letters);
      for (const [at, line] of named.entries()) {
        marks.push(narrow ? svg("text", { x: 0, y: y + 12 + 16 * at, class: "ls-halo" }, line)
          : svg("text", { x: left - 8, y: y + 14 + 15 * at, "text-anchor": "end" }, line));
      }
      if (narrow) y += 16 * named.length;
      const middle = y + (narrow ? 10 : 10 + 7.5 * (named.length - 1));
      const ends = intervals(one);
      for (const [at, [low, high]] of (ends || []).entries()) {
        marks.push(svg("line", { x1: x(low), x2: x(high), y1: middle, y2: middle, class: ["ls-inner", "ls-middle", "ls-outer"][at] }));
      }
      marks.push((DOTS[one.linkage] || square)(x(one.percent), middle, ends ? "ls-mark-full" : "ls-mark-hollow"));
      marks.push(svg("text", { x: x(ends ? ends[2][1] : one.percent) + 9, y: middle + 4 }, ls.share(one.percent)));
      y += narrow ? 24 : 22 + 15 * (named.length - 1);
    }
    const grid = [0, 25, 50, 75, 100].flatMap((value) => [
      svg("line", { x1: x(value), x2: x(value), y1: 0, y2: y, class: "ls-grid" }),
      svg("text", { x: x(value), y: y + 16, "text-anchor": "middle" }, String(value)),
    ]);
    return svg("svg", { class: "ls-drawing", width, height: y + 22, viewBox: `0 0 ${width} ${y + 22}`, role: "img",
      "aria-label": words(data, rows) }, grid, marks);
  }

  function build(box, data, { saved, keep }) {
    const all = readings(data);
    const want = { country: "Kazakhstan", target: "president", response: "trust", of: "all", house: ALL, from: ALL, to: ALL, ...saved };
    const said = ls.status();
    const controls = el("div", { class: "ls-choices" });
    let rows = [];
    const drawing = ls.canvas((width) => draw(data, rows, width));
    const tabled = el("div", {});
    const named = (key) => data.labels[key] || key;
    const byName = (keys) => [...keys].sort((a, b) => named(a).localeCompare(named(b)));

    function table() {
      const heads = ["Poll", "%", "95% at 1", "at 1.5", "at 2.5", "n", "Question (paraphrase)", "Source"];
      const cell = (ends) => ends ? ls.ranged(ends[0], ends[1], "percent") : "–";
      return [heads, rows.map((one) => [
        el("a", { href: new URL(`${one.page}.html`, ls.site).href }, `${one.house}, ${one.when}`), ls.share(one.percent),
        ...(intervals(one) || [null, null, null]).map(cell), one.n === null ? "not published" : ls.fixed(one.n, 0, true),
        one.question, el("a", { href: one.url }, "document")])];
    }
    const inTable = ls.numbers("The readings shown", table);

    // A choice that the other choices leave without a reading falls back to the widest one.
    function settle() {
      const countries = unique(all.map((one) => one.country)).sort();
      if (!countries.includes(want.country)) want.country = "Kazakhstan";
      const there = all.filter((one) => one.country === want.country);
      const targets = unique(there.map((one) => one.target));
      if (!targets.includes(want.target)) [want.target] = targets;
      const about = there.filter((one) => one.target === want.target);
      const often = (key) => about.filter((one) => one.response === key).length;
      const answers = unique(about.map((one) => one.response)).sort((a, b) => often(b) - often(a));
      if (!answers.includes(want.response)) [want.response] = answers;
      const same = about.filter((one) => one.response === want.response);
      const groups = unique(same.map((one) => one.subgroup));
      if (!groups.includes(want.of)) want.of = groups.includes("all") ? "all" : ALL;
      const houses = unique(same.map((one) => one.house)).sort();
      if (!houses.includes(want.house)) want.house = ALL;
      const years = unique(same.map((one) => (one.date || "").slice(0, 4)).filter(Boolean)).sort();
      for (const end of ["from", "to"]) if (want[end] !== ALL && !/^\d{4}$/.test(want[end])) want[end] = ALL;
      return { countries, targets, answers, groups, houses, years, often };
    }

    function offer() {
      const { countries, targets, answers, groups, houses, years, often } = settle();
      const held = document.activeElement && document.activeElement.closest(".ls-choices") === controls
        ? [...controls.querySelectorAll("select")].indexOf(document.activeElement) : -1;
      const pick = (key, label, options) => ls.choice(label, options, want[key], (value) => { want[key] = value; show(); });
      const span = (end) => [[ALL, end === "from" ? "the first" : "the last"],
        ...unique([...years, want[end]].filter((year) => year !== ALL)).sort().map((year) => [year, year])];
      controls.replaceChildren(
        pick("target", "About", byName(targets).map((key) => [key, named(key)])),
        pick("response", "Answer", answers.map((key) => [key, `${named(key)} (${often(key)})`])),
        pick("country", "Country", countries.map((key) => [key, key])),
        pick("house", "House", [[ALL, "all houses"], ...houses.map((key) => [key, key])]),
        pick("of", "Of whom", [...byName(groups).map((key) => [key, key === "all" ? "all respondents" : named(key)]), [ALL, "every group"]]),
        pick("from", "From", span("from")), pick("to", "To", span("to")),
      );
      if (held >= 0) controls.querySelectorAll("select")[held].focus();
    }

    function show(store = true) {
      offer();
      rows = matching(all, want);
      said.textContent = words(data, rows);
      drawing.again();
      inTable.again();
      if (store) keep(want);
    }
    const save = el("button", { type: "button", class: "ls-copy", onclick: () => {
      const url = URL.createObjectURL(new Blob([csv(data, rows, location.href)], { type: "text/csv" }));
      el("a", { href: url, download: `readings-${want.target}-${want.response}.csv`.replace(/_/g, "-") }).click();
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    } }, "These readings as CSV");
    tabled.append(inTable);
    box.append(controls, said, drawing, el("p", { class: "ls-note-small" }, "Diamonds: state-linked houses; circles: independent; squares: others. "
      + "Lines: 95% intervals (Wilson) at design effects 1, 1.5 and 2.5, from thick to thin; hollow: no base is published. "
      + "Houses differ in wording, mode and sponsor; see the table and the page of each poll."), tabled, el("p", {}, save));
    show(false);
  }

  ls.explorer = { build, readings, intervals, matching, csv, words };
})();
