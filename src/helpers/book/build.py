"""Builds the site strictly, beside the one that stands, and puts it in place as a whole."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from helpers.book.chapters import chapters
from helpers.book.execution import execute
from helpers.data.catalogue import check
from helpers.errors import PublicationError
from helpers.paths import project_root


def build(*, say: Callable[[str], None]) -> Path:
    """Execute the chapters, render every page, and publish the site; return its first page.

    The site is rendered in ``_build/stage`` and replaces ``_build/html`` only when every check
    passed: a failed or interrupted build leaves the site that stood.

    Raises
    ------
    DataError
        A data file breaks its dictionary.
    ExecutionError
        A chapter did not run to its end.
    PublicationError
        Sphinx warned or failed; its messages are on the screen.
    """
    from jupyter_book.sphinx import build_sphinx  # noqa: PLC0415 slow to import
    from sphinx.util.console import nocolor  # noqa: PLC0415 slow to import

    if not sys.stderr.isatty():
        nocolor()

    root = project_root()
    stage, site = root / "_build" / "stage", root / "_build" / "html"
    # Before any chapter: a table that no chapter reads is part of the book, too.
    check()
    ready = execute(chapters(), say=say)
    say(f"{len(ready)} chapters are executed; rendering the pages")
    # Pages come from kept doctrees in a moment; a page of a chapter that is gone must not stay.
    shutil.rmtree(stage, ignore_errors=True)
    outcome = build_sphinx(
        str(root),
        str(stage),
        noconfig=True,
        path_config=str(root / "_config.yml"),
        # As the command line of jupyter-book sets them, with -n and -W.
        confoverrides={
            "external_toc_path": "_toc.yml",
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
    # Sphinx' own note of how it was configured is for its next run, not for readers.
    (stage / ".buildinfo").unlink(missing_ok=True)
    old = site.with_name("html.old")
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.rename(old)
    stage.rename(site)
    shutil.rmtree(old, ignore_errors=True)
