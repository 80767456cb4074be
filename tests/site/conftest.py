"""A browser and a server for the pages of the built site."""

from __future__ import annotations

import contextlib
import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 120_000
"""Milliseconds until a page that does not do what is expected has failed, on a busy machine, too."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed: the pages are not opened in a browser")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


def until(page: Page, condition: str) -> None:
    """Wait for a page. Playwright's own way compiles text again and again, which the policy refuses."""
    page.evaluate(f"""() => new Promise((done, fail) => {{
        const look = () => {{ if ({condition}) done(); else setTimeout(look, 20); }};
        setTimeout(() => fail(new Error("waited in vain")), {PATIENCE});
        look();
    }})""")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file, to the end or until the reader leaves."""
        with contextlib.suppress(ConnectionError):
            super().copyfile(source, outputfile)


@dataclass
class Visit:
    """A page as it opened, and what the browser said meanwhile."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    bytes: dict[str, int] = field(default_factory=dict)


class Visitor:
    """Opens pages of a folder, over http or from disk, and listens."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser, self.folder = browser, folder
        serve = functools.partial(Quiet, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.http = f"http://127.0.0.1:{self.server.server_port}/"

    def open(
        self,
        path: str,
        *,
        width: int = 1400,
        scheme: str = "light",
        disk: bool = False,
        offline: bool = False,
    ) -> Visit:
        """A page in a window of its own, whose cookies and storage are its own."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900 if width > 800 else 844},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",  # so that nothing scrolls by degrees while it is measured
        )
        context.set_default_timeout(PATIENCE)
        if not offline:
            # A worker fetches the frame of the book on every first visit; one test is about it.
            context.add_init_script("delete Navigator.prototype.serviceWorker")
        visit = Visit(context.new_page())
        own = (self.http, f"{self.folder.as_uri()}/", "data:")
        visit.page.on("console", lambda said: self._hear(visit, said.type, said.text))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.page.on("requestfailed", lambda asked: self._lose(visit, asked))
        visit.page.on(
            "request",
            lambda asked: None if asked.url.startswith(own) else visit.elsewhere.append(asked.url),
        )
        visit.page.on("response", lambda got: self._weigh(visit, got))
        self.turn(visit, path, disk=disk)
        return visit

    def turn(self, visit: Visit, path: str, *, disk: bool = False) -> None:
        """Open another page in the same window, down to its last image."""
        base = f"{self.folder.as_uri()}/" if disk else self.http
        visit.page.goto(base + path, wait_until="load")
        # Images below the fold are lazy; a reader scrolls to them.
        visit.page.evaluate(
            "() => Promise.all([...document.images].map(i => { i.loading = 'eager';"
            " return i.complete || new Promise(done => { i.onload = i.onerror = done; }); }))"
        )

    @staticmethod
    def _hear(visit: Visit, kind: str, text: str) -> None:
        # A browser that keeps a worker out of a test says so on every page.
        if kind in ("error", "warning") and "blocked by Playwright" not in text:
            visit.complaints.append(text)

    @staticmethod
    def _lose(visit: Visit, asked: Request) -> None:
        # What a page still waits for when it is left, the browser gives up; no file is missing then.
        if asked.failure != "net::ERR_ABORTED":
            visit.complaints.append(f"lost {asked.url}: {asked.failure}")

    @staticmethod
    def _weigh(visit: Visit, got: object) -> None:
        visit.bytes[got.url] = int(got.headers.get("content-length", 0))  # type: ignore[attr-defined]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="session")
def visitor(browser: Browser, site: Path) -> Iterator[Visitor]:
    opened = Visitor(browser, site)
    yield opened
    opened.close()
