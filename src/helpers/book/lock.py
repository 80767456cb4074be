"""One build of a folder at a time, and no memory of one that was cut short."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from helpers.errors import PublicationError

DAY = 86_400


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold ``folder/lock``; the system lets go of it when the process ends, however it ends.

    Raises
    ------
    PublicationError
        Another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as handle:
        if not _taken(handle):
            handle.seek(0)
            raise PublicationError(
                f"another build of this folder runs; got its lock, held by process"
                f" {handle.read().strip() or 'unknown'}; expected one build at a time."
                " Wait for it, or end it."
            )
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


@contextmanager
def doubted(doctrees: Path) -> Iterator[None]:
    """Keep what Sphinx remembers only if the block comes to its end.

    Sphinx writes the pages it has read before it writes what they rest on. When it is killed
    between the two, they disagree, and a page could show the number of a state that is gone.
    """
    mark = doctrees / "unfinished"
    if mark.exists():
        shutil.rmtree(doctrees)
    doctrees.mkdir(parents=True, exist_ok=True)
    mark.touch()
    yield
    mark.unlink()


def drop_leftovers(folder: Path) -> None:
    """Remove temporary files that builds left behind when they were killed, a day ago or more."""
    for path in folder.rglob("tmp*"):
        if path.is_file() and path.stat().st_mtime < time.time() - DAY:
            path.unlink(missing_ok=True)


def _taken(handle: IO[str]) -> bool:
    """Take the lock of an open file; False where another process has it."""
    try:
        if os.name == "nt":
            import msvcrt  # noqa: PLC0415 there on Windows alone

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl  # noqa: PLC0415 not there on Windows

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
