"""Builds the site strictly, beside the one that stands, and puts it in place as a whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from helpers.book.chapters import chapters
from helpers.book.execution import execute
from helpers.errors import PublicationError
from helpers.paths import project_root


def build(*, say: Callable[[str], None]) -> Path:
    """Execute the chapters, render every page, and publish the site; return its first page.

    The site is rendered in ``_build/stage`` and replaces ``_build/html`` only when every check
    passed: a failed or interrupted build leaves the site that stood.

    Raises
    ------
    ExecutionError
        A chapter did not run to its end.
    PublicationError
        Sphinx warned or failed; its messages are on the screen.
    """
    from jupyter_book.sphinx import build_sphinx  # noqa: PLC0415 slow to import

    root = project_root()
    stage, site = root / "_build" / "stage", root / "_build" / "html"
    ready = execute(chapters(), say=say)
    say(f"{len(ready)} chapters are executed; rendering the pages")
    outcome = build_sphinx(
        str(root),
        str(stage),
        noconfig=True,
        path_config=str(root / "_config.yml"),
        # As the command line of jupyter-book sets them, with -n and -W.
        confoverrides={
            "external_toc_path": str(root / "_toc.yml"),
            "latex_individualpages": False,
            "nitpicky": True,
        },
        doctreedir=str(root / "_build" / "doctrees"),
        warningiserror=True,
        keep_going=True,
        quiet=True,
    )
    if outcome != 0:
        told = f": {outcome}" if isinstance(outcome, Exception) else "; the warnings stand above"
        raise PublicationError(f"the site was not built{told}. The site in {site} is as it was.")
    _publish(stage, site)
    return site / "index.html"


def _publish(stage: Path, site: Path) -> None:
    """Replace the site by what is staged: two renames, so no reader meets half a site."""
    fresh, old = site.with_name("html.new"), site.with_name("html.old")
    for left_over in (fresh, old):
        shutil.rmtree(left_over, ignore_errors=True)
    shutil.copytree(stage, fresh, copy_function=shutil.copyfile)
    if site.exists():
        site.rename(old)
    fresh.rename(site)
    shutil.rmtree(old, ignore_errors=True)
