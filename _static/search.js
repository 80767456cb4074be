// Searches the whole book in the reader's browser: every word typed has to be there, at the start of
// a word. Kazakh letters are found by themselves and by their Russian neighbours; case is no matter.
"use strict";
(() => {
  const MOST = 60;
  const AROUND = 110;
  const LIKE = { "ә": "а", "ғ": "г", "қ": "к", "ң": "н", "ө": "о", "ұ": "у", "ү": "у", "һ": "х", "і": "и", "ё": "е", "’": "'", "‑": "-" };
  const WORD = /[\p{L}\p{N}]+(?:[.'-][\p{L}\p{N}]+)*/gu;

  // Character by character, so that a place in the folded text is the same place in the text.
  const fold = (text) => Array.from(text.normalize("NFC"), (letter) => {
    const low = letter.toLowerCase();
    return (LIKE[low] || low.normalize("NFD"))[0];
  }).join("");
  const within = (text, word) => {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1])) return at;
    }
    return -1;
  };
  // "polls" finds "poll", "trusted" finds "trust".
  const stem = (word) => (word.length > 4 ? word.replace(/(?:ies|es|s|ing|ed|ly)$/, "") : word);

  let prepared;
  function entries() {
    prepared = prepared || window.listeningState.index.map(([address, title, heading, text, cells, marks]) => ({
      address, title, heading, text, marks,
      folded: { title: fold(title), heading: fold(heading), text: fold(text), cells: fold(`${cells} ${address}`) },
    }));
    return prepared;
  }

  const WORTH = { title: 12, heading: 20, text: 6, cells: 3 };
  function score({ folded, address }, words) {
    let total = address.startsWith("chapters/") ? 4 : address.startsWith("polls/") ? 0 : 2;
    for (const word of words) {
      let best = 0;
      for (const part of Object.keys(WORTH)) {
        const exact = within(folded[part], word) >= 0;
        if (exact || within(folded[part], stem(word)) >= 0) best = Math.max(best, WORTH[part] * (exact ? 2 : 1));
      }
      if (!best) return 0;
      total += best;
    }
    if (words.length > 1 && folded.text.includes(words.join(" "))) total += 20;
    return total;
  }

  function find(query) {
    const words = fold(query).match(WORD) || [];
    if (!words.length) return { words, found: [] };
    const found = entries().map((entry) => ({ entry, worth: score(entry, words) })).filter(({ worth }) => worth)
      .sort((a, b) => b.worth - a.worth);
    return { words, found: found.map(({ entry }) => entry) };
  }

  function excerpt({ text, folded }, words) {
    const line = document.createElement("p");
    const places = words.map((word) => {
      const at = within(folded.text, word);
      return [at >= 0 ? at : within(folded.text, stem(word)), word.length];
    }).filter(([at]) => at >= 0).sort((a, b) => a[0] - b[0]);
    const letters = Array.from(text.normalize("NFC"));
    // No word is cut in two.
    const gap = (at) => { while (at > 0 && at < letters.length && letters[at] !== " ") at += 1; return at; };
    const start = gap(Math.max(0, (places[0] ? places[0][0] : 0) - AROUND));
    const end = gap(Math.min(letters.length, start + Math.round(2.2 * AROUND)));
    const piece = (from, to) => letters.slice(from, to).join("");
    let from = start;
    if (start) line.append("… ");
    for (const [at, length] of places) {
      if (at < from || at + length > end) continue;
      const marked = document.createElement("mark");
      marked.textContent = piece(at, at + length);
      line.append(piece(from, at), marked);
      from = at + length;
    }
    line.append(piece(from, end), end < letters.length ? " …" : "");
    return line;
  }

  function shown(entry, words) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = entry.address;
    link.textContent = entry.heading;
    item.append(link);
    const where = document.createElement("span");
    where.className = "ls-where";
    where.textContent = [entry.heading === entry.title ? "" : entry.title, entry.marks].filter(Boolean).join(" · ");
    item.append(where);
    if (entry.text) item.append(excerpt(entry, words));
    return item;
  }

  function start() {
    const box = document.getElementById("ls-query");
    const told = document.getElementById("ls-found");
    const list = document.getElementById("search-results");
    const look = () => {
      const { words, found } = find(box.value);
      list.replaceChildren(...found.slice(0, MOST).map((entry) => shown(entry, words)));
      const places = `${found.length} ${found.length === 1 ? "place" : "places"}`;
      told.textContent = !words.length ? "" : found.length
        ? `${places} in the book.${found.length > MOST ? ` The first ${MOST} are shown; another word narrows them down.` : ""}`
        : "Nothing in the book has all of these words. Try fewer, or the start of one.";
    };
    box.value = new URLSearchParams(location.search).get("q") || "";
    box.form.addEventListener("submit", (event) => { event.preventDefault(); look(); });
    box.addEventListener("input", look);
    if (box.value) look(); else box.focus();
  }
  start();
})();
