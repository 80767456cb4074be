"""Puts a site in the place of the one that stands: as a whole or not at all."""

from __future__ import annotations

import ctypes
import os
import shutil
from pathlib import Path

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE


def publish(stage: Path, site: Path) -> None:
    """Replace ``site`` by ``stage``; no reader meets half a site, whenever this is cut short.

    Where the system can exchange two folders in one step (Linux), it does. Elsewhere two renames
    follow each other, and `restore` mends what a kill between them leaves.
    """
    # Sphinx' own note of how it was configured is for its next run, not for readers.
    (stage / ".buildinfo").unlink(missing_ok=True)
    old = _old(site)
    shutil.rmtree(old, ignore_errors=True)
    if site.exists() and exchanged(stage, site):
        shutil.rmtree(stage, ignore_errors=True)
        return
    if site.exists():
        site.rename(old)
    stage.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def restore(site: Path) -> None:
    """Put the earlier site back where a kill between two renames left none."""
    if not site.exists() and _old(site).exists():
        _old(site).rename(site)


def exchanged(one: Path, other: Path) -> bool:
    """Whether the system exchanged two folders in one step; if not, nothing has moved."""
    swap = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    if swap is None:
        return False
    return bool(swap(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)


def _old(site: Path) -> Path:
    return site.with_name(f"{site.name}.old")
