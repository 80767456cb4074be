"""Records, inside a chapter's kernel, which files of the project it opens.

The executor starts the record before the first cell. Modules are opened like data, so the list
tells exactly which helpers a chapter loaded and which tables it read.
"""

from __future__ import annotations

import os
import sys
from importlib.util import source_from_cache
from pathlib import Path

LOG = "LISTENING_STATE_TRACE"
"""Names the file to write to."""
ROOT = "LISTENING_STATE_ROOT"
"""Names the project's folder. Read here without `helpers.paths`, which must be opened on record."""

_WATCHED = ("src", "data")


def start() -> None:
    """Append the path of each project file opened from now on to the file that `LOG` names."""
    root = os.environ[ROOT] + os.sep
    descriptor = os.open(os.environ[LOG], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def hook(event: str, details: tuple[object, ...]) -> None:
        if event != "open":
            return
        path, mode, flags = details
        # Writing is not reading; a mode of None is a plain os.open, as of byte code that is kept.
        writes = "r" not in str(mode) if mode else int(str(flags)) & os.O_WRONLY
        if not isinstance(path, str | os.PathLike) or writes:
            return
        # Not resolved: a linked file is an input under the name that the chapter used.
        full = os.path.abspath(path)  # noqa: PTH100
        if full.startswith(root):
            os.write(descriptor, f"{full[len(root) :]}\n".encode())

    sys.addaudithook(hook)


def inputs(log: Path) -> set[str]:
    """The helpers, data files and top-level files in a log, as paths relative to the project."""
    if not log.is_file():
        return set()
    return {_source(line) for line in log.read_text().splitlines() if _is_input(line)}


def _is_input(path: str) -> bool:
    folder, _, rest = path.partition(os.sep)
    return folder in _WATCHED if rest else folder.endswith((".cff", ".toml", ".txt"))


def _source(path: str) -> str:
    """The module that a cached byte-code file stands for."""
    return source_from_cache(path) if path.endswith(".pyc") else path
