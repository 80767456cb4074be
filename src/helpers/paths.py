"""Where things are: every path of the project, in one place."""

from __future__ import annotations

import os
from pathlib import Path


def project_root() -> Path:
    """The folder that holds ``_config.yml`` and ``data/``.

    It is ``LISTENING_STATE_ROOT`` where that is set, else the nearest such folder above the
    working directory, else the checkout that this package is installed from. Thus a chapter
    finds its data from any working folder.
    """
    named = os.environ.get("LISTENING_STATE_ROOT")
    if named:
        return Path(named).resolve()
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / "_config.yml").is_file() and (folder / "data").is_dir():
            return folder
    return Path(__file__).resolve().parents[2]


def published() -> Path:
    """The folder of published figures."""
    return project_root() / "data" / "published"


def survey() -> Path:
    """The folder of the instrument and of simulated respondents."""
    return project_root() / "data" / "survey"
