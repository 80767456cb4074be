"""Builds the site strictly, beside the one that stands, and puts it in place as a whole."""

from __future__ import annotations

import errno
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from helpers.book.chapters import chapters
from helpers.book.earlier import place_earlier
from helpers.book.execution import execute
from helpers.book.kept import Site, keys_of, state
from helpers.book.lock import alone, doubted, drop_leftovers
from helpers.book.publish import publish, restore
from helpers.data.catalogue import check
from helpers.errors import PublicationError
from helpers.paths import project_root

CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


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
        Sphinx warned or failed, and its messages are on the screen; or nothing can be written; or
        another build of this folder runs.
    """
    built = project_root() / "_build"
    try:
        with alone(built):
            return _built(built, say)
    except OSError as error:
        if error.errno not in CANNOT_WRITE:
            raise
        raise PublicationError(
            f"the book cannot be written; got {error.strerror or error} at"
            f" {error.filename or built}; expected a folder that can be written to, with room on"
            f" its disk. Mend that and build again: the site in {built / 'html'} is as it was."
        ) from error


def _built(built: Path, say: Callable[[str], None]) -> Path:
    """Build while nobody else does."""
    stage, site = built / "stage", built / "html"
    restore(site)
    standing, now = Site(site), state()
    if standing.is_of(now):
        say("nothing has changed since the site was built")
        return site / "index.html"
    drop_leftovers(built / "executions")
    # Before any chapter: a table that no chapter reads is part of the book, too.
    check()
    ready = execute(chapters(), say=say)
    say(f"{len(ready)} chapters are executed; rendering the pages")
    # Pages come from kept doctrees in a moment; a page of a chapter that is gone must not stay.
    shutil.rmtree(stage, ignore_errors=True)
    with doubted(built / "doctrees"):
        outcome = _render(built.parent, stage, site)
        if isinstance(outcome, Exception):
            raise PublicationError(
                f"the site was not built: {outcome}. The site in {site} is as it was."
            )
    if outcome != 0:
        raise PublicationError(
            f"the site was not built; the warnings stand above. The site in {site} is as it was."
        )
    for version in place_earlier(stage):
        say(f"version {version} stands in v/{version}/")
    made = keys_of(stage)
    publish(stage, site)
    # What was made of files that changed meanwhile is of neither state.
    standing.remember(made if state() == now else {}, now)
    return site / "index.html"


def _render(root: Path, stage: Path, site: Path) -> int | Exception:
    """Let Sphinx write into ``stage`` what cannot be taken from ``site``; 0, or how it failed."""
    from jupyter_book.sphinx import build_sphinx  # noqa: PLC0415 slow to import
    from sphinx.util.console import nocolor  # noqa: PLC0415 slow to import

    if not sys.stderr.isatty():
        nocolor()
    outcome: int | Exception = build_sphinx(
        str(root),
        str(stage),
        noconfig=True,
        path_config=str(root / "_config.yml"),
        # As the command line of jupyter-book sets them, with -n and -W.
        confoverrides={
            "external_toc_path": "_toc.yml",
            "latex_individualpages": False,
            "nitpicky": True,
            "listening_state_site": str(site),
        },
        doctreedir=str(root / "_build" / "doctrees"),
        warningiserror=True,
        keep_going=True,
        quiet=True,
    )
    return outcome
