"""The book as an app that opens without a network: its worker, its list of files, its manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

WORKER = Path(__file__).with_name("templates") / "sw.js"

READ = {".html", ".css", ".js", ".svg", ".woff2", ".webmanifest"}
"""What a reader needs for reading; downloads are fetched when they are asked for."""

FIRST = ("index.html", "search.html")
"""Kept from the first visit on, with style and scripts; other pages when they are visited."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event; Sphinx calls it."""
    # After everything else is written.
    app.connect("build-finished", _write, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _write(app: Sphinx, failure: Exception | None) -> None:
    if failure is None and app.builder.name == "html":
        top = Path(app.outdir)
        (top / "manifest.webmanifest").write_text(manifest(app.config.project), encoding="utf-8")
        for name, text in worker_files(top).items():
            (top / name).write_text(text, encoding="utf-8")


def manifest(title: str) -> str:
    """What the browser shows of the app; every address is relative to the site."""
    fields = {
        "name": title,
        "short_name": title,
        "start_url": "index.html",
        "scope": "./",
        "display": "minimal-ui",
        "background_color": "#fffefb",
        "theme_color": "#fffefb",
        "icons": [{"src": "_static/favicon.svg", "type": "image/svg+xml", "sizes": "any"}],
    }
    return json.dumps(fields, indent=1, ensure_ascii=False) + "\n"


def worker_files(site: Path) -> dict[str, str]:
    """``sw.js``, and the list of what it can keep with a digest of each file.

    The worker's version is a digest of that list: the same site gives the same bytes, and another
    site another worker, which keeps what has not changed and fetches anew what has.
    """
    kept = {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.suffix in READ and path.name != "sw.js"
    }
    digests = {name: hashlib.sha256(body).hexdigest()[:16] for name, body in kept.items()}
    listed = {"bytes": sum(map(len, kept.values())), "files": digests}
    text = json.dumps(listed, indent=0, sort_keys=True) + "\n"
    first = [
        name
        for name in kept
        if name in FIRST or (name.startswith("_static/") and not name.endswith(".woff2"))
    ]
    worker = WORKER.read_text(encoding="utf-8")
    for name, value in {
        "VERSION": hashlib.sha256(text.encode()).hexdigest()[:16],
        "FIRST": first,
    }.items():
        worker = worker.replace(f'"{{{name}}}"', json.dumps(value))
    return {"offline.json": text, "sw.js": worker}
