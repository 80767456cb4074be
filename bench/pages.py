"""How heavy and how fast a chapter is, beside the page that an untouched jupyter-book makes of it.

Both are served from this machine and opened in Chromium at a quarter of its speed. Requests to
other hosts are refused, and counted: the untouched page names some.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import yaml
from playwright.sync_api import Browser, Response, sync_playwright

from helpers.book.chapters import chapters
from helpers.book.downloads import notebook_file
from helpers.paths import project_root

CHAPTER = "chapters/trust-in-institutions"
SLOWER = 4
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

SEEN = """() => new Promise(done => {
  const seen = { shift: 0, paint: 0 };
  new PerformanceObserver(list => list.getEntries().forEach(e => { seen.shift += e.value; }))
    .observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver(list => list.getEntries().forEach(e => { seen.paint = e.startTime; }))
    .observe({ type: 'largest-contentful-paint', buffered: true });
  setTimeout(() => done(seen), 500);
})"""


TEXT = """# How heavy and how fast pages are

Made by `make bench` (`python -m bench.pages`): medians of {times} visits by turns, in Chromium at a {slower} times slower processor, from a server on the same machine of {cores} cores, with {busy:.1f} processes at work on average in the last minute.
Every visit is a first one: nothing is kept from the visit before.
The same chapter stands beside the page that an untouched jupyter-book makes of it; its requests to other hosts are refused and counted.

| page | HTML, kB | read to the end, kB | fonts, kB | requests | to other hosts | largest paint, s | shift |
|---|---|---|---|---|---|---|---|
{rows}

Kilobytes are uncompressed; “read to the end” is all that comes but fonts, with every figure.
Largest paint is the largest contentful paint, and shift the cumulative layout shift, as browsers define them.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A page as it opened: kilobytes and requests, seconds, and how far things moved."""

    html: float
    loaded: float
    fonts: float
    requests: int
    elsewhere: int
    paint: float
    shift: float


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def untouched(folder: Path) -> Path:
    """The site that jupyter-book makes of the chapter as it comes: no extension, theme or style."""
    root = project_root()
    (chapter,) = (found for found in chapters() if found.name == CHAPTER)
    copy = folder / "book"
    (copy / "chapters").mkdir(parents=True)
    for part in ("data", "src"):
        shutil.copytree(root / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("references.bib", "pyproject.toml", "CITATION.cff", "requirements.txt"):
        shutil.copyfile(root / part, copy / part)
    (copy / f"{CHAPTER}.ipynb").write_bytes(notebook_file(chapter))
    (copy / "index.md").write_text("# The Listening State\n", encoding="utf-8")
    config = {
        "title": "The Listening State",
        "execute": {"execute_notebooks": "force", "timeout": 600},
        "bibtex_bibfiles": ["references.bib"],
        "sphinx": {"config": {"include_patterns": ["index.md", "chapters/**"]}},
    }
    (copy / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    toc = {"format": "jb-book", "root": "index", "chapters": [{"file": CHAPTER}]}
    (copy / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    # Its page shows the preview of a record, as any notebook would: the record is ours to render.
    record = copy / "src/helpers/report/record.py"
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace("{MIME: dict(self.record), ", "{"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(copy)],
        env={**os.environ, "PYTHONPATH": str(copy / "src"), "LISTENING_STATE_ROOT": str(copy)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    site = copy / "_build" / "html"
    if not (site / f"{CHAPTER}.html").is_file():
        sys.exit(f"jupyter-book built no page: {(done.stdout + done.stderr)[-2000:]}")
    return site


def opened(browser: Browser, site: Path, path: str) -> Opened:
    """Open a page of a site once, read it to its end, and say what it took."""
    serve = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    got: list[Response] = []
    refused: list[str] = []
    # A builtin method cannot listen: the library marks its listeners.
    page.on("response", lambda answer: got.append(answer))  # noqa: PLW0108
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((base, "data:")) else refused.append(asked.url),
    )
    page.route(lambda url: not url.startswith(base), lambda route: route.abort())
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(base + path, wait_until="load", timeout=120_000)
    seen = page.evaluate(SEEN)
    page.evaluate(
        "() => Promise.all([...document.images].map(i => { i.loading = 'eager'; return i.decode().catch(() => 0); }))"
    )
    sizes = {answer.url: int(answer.headers.get("content-length", 0)) for answer in got}
    fonts = sum(
        n for url, n in sizes.items() if url.partition("?")[0].endswith((".woff2", ".woff", ".ttf"))
    )
    context.close()
    server.shutdown()
    server.server_close()
    return Opened(
        html=(site / path).stat().st_size / 1e3, loaded=(sum(sizes.values()) - fonts) / 1e3,
        fonts=fonts / 1e3, requests=len(sizes), elsewhere=len(set(refused)),
        paint=seen["paint"] / 1e3, shift=seen["shift"],
    )  # fmt: skip


def main() -> None:
    """Open each page ``--times`` times, in turn, and write the medians to ``docs/bench-pages.md``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="default: 5")
    times = parser.parse_args().times
    ours = project_root() / "_build" / "html"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or not (ours / "index.html").is_file():
        sys.exit("pages are not measured; expected Chromium, and a site from `make book`.")
    with tempfile.TemporaryDirectory(prefix="listening-state-") as scratch:
        pages = {
            "first page": (ours, "index.html"),
            "chapter": (ours, f"{CHAPTER}.html"),
            "chapter, jupyter-book as it comes": (untouched(Path(scratch)), f"{CHAPTER}.html"),
        }
        found: dict[str, list[Opened]] = {name: [] for name in pages}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            for _ in range(times):
                for name, (site, path) in pages.items():
                    found[name].append(opened(browser, site, path))
            browser.close()
    text = report(found)
    (project_root() / "docs" / "bench-pages.md").write_text(text, encoding="utf-8")
    print(text)


def report(found: dict[str, list[Opened]]) -> str:
    """The medians of each page as a page of Markdown."""
    times = len(next(iter(found.values())))
    rows = []
    for name, runs in found.items():
        middle = {
            key: statistics.median(getattr(run, key) for run in runs)
            for key in ("html", "loaded", "fonts", "requests", "elsewhere", "paint", "shift")
        }
        rows.append(
            "| {name} | {html:.0f} | {loaded:.0f} | {fonts:.0f} | {requests:.0f} | {elsewhere:.0f}"
            " | {paint:.2f} | {shift:.3f} |".format(name=name, **middle)
        )
    busy = os.getloadavg()[0]
    return TEXT.format(
        times=times, slower=SLOWER, cores=os.cpu_count(), busy=busy, rows="\n".join(rows)
    )


if __name__ == "__main__":
    main()
