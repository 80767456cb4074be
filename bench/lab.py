"""JupyterLab on a folder, and a browser that opens a chapter in it and runs all cells."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip
STARTS_WITHIN = 600
READY = """() => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  return panel?.sessionContext?.session?.kernel?.status === "idle";
}"""
# Read from the notebook itself: cells out of sight are not in the page.
ENDED = """() => {
  const cells = window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells;
  const code = cells.filter(cell => cell.cell_type === "code");
  const failed = cell => cell.outputs.some(output => output.output_type === "error");
  if (!code.some(failed) && code.some(cell => cell.execution_count === null)) return false;
  return code.flatMap(cell => cell.outputs);
}"""


@dataclass(frozen=True)
class Lab:
    """A server that runs: its address ends in a slash."""

    address: str
    process: int


@contextmanager
def served(folder: Path, environment: Mapping[str, str], python: Path) -> Iterator[Lab]:
    """The JupyterLab of a Python on a folder, without a password, on this machine alone."""
    with tempfile.TemporaryDirectory(prefix="listening-state-") as noted:
        server = subprocess.Popen(
            [python, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
             "--port=0", "--IdentityProvider.token=", "--expose-app-in-browser"],
            cwd=folder, env={**environment, "JUPYTER_RUNTIME_DIR": noted},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield Lab(_address(Path(noted), server), server.pid)
        finally:
            server.terminate()
            server.wait(timeout=60)


def _address(noted: Path, server: subprocess.Popen[bytes]) -> str:
    """Where the server listens, at a port that it found free, as it notes when it is ready."""
    ends = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < ends and server.poll() is None:
        with suppress(OSError, ValueError):
            note = (noted / f"jpserver-{server.pid}.json").read_text(encoding="utf-8")
            return str(json.loads(note)["url"])
        time.sleep(0.1)
    sys.exit("JupyterLab did not start.")


def outputs(address: str, *, seconds: int) -> Sequence[dict[str, Any]]:
    """Open a notebook in a browser, run all cells, and return what they put out, in order.

    It ends with the first error, which is then among them. The kernel is ended with the page.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(seconds * 1000)
        page.goto(address)
        page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell", state="attached")
        page.wait_for_function(READY)
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        found: Sequence[dict[str, Any]] = page.wait_for_function(ENDED, polling=500).json_value()
        page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll()")
        browser.close()
    return found


def told(output: Mapping[str, Any]) -> str:
    """One output as a line of text, which begins with ``error`` or ``stderr`` where it is one."""
    if output["output_type"] == "error":
        return f"error {output['evalue']}"
    if output["output_type"] == "stream":
        return f"{output['name']} {output['text']}"
    return str(output["data"]["text/plain"])
