"""Knows from what the site that stands was made, so that what has not changed is not made again."""

from __future__ import annotations

import hashlib
import json
import platform
from pathlib import Path
from typing import Any

from helpers.book.chapters import pages
from helpers.book.launch import launch_address, named_repository
from helpers.data.survey import survey_files
from helpers.paths import project_root

_NO_PART = {"_build", "bench", "docs", "tests"}
"""Folders whose files make no page; nor do those whose names begin with a dot."""

MADE = ".made.json"
"""In the folder that is rendered, until the site is published: the key of each file that has one."""


def state(*, prose: bool = True) -> str:
    """Changes when a file changes from which the site is made; ``prose=False`` leaves out its pages."""
    root = project_root()
    left_out = set() if prose else {root / f"{name}.md" for name in pages()}
    files = [path for path in _files(root) if path not in left_out]
    given = [
        platform.python_version(),
        launch_address("", named_repository()),
        *((path.relative_to(root).as_posix(), _digest(path)) for path in files),
        *((path.name, _digest(path)) for path in survey_files()),
        # The first page links to the PDF that was printed from the pages.
        *([_digest(root / "_build" / "pdf" / "the-listening-state.made-from")] if prose else []),
    ]
    return key_of(given)


class Site:
    """The site that stands, and the record of what it was made from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._record = folder.parent / "made-from.json"

    def is_of(self, wanted: str) -> bool:
        """Whether it was made from this state, and no file of it has been touched since."""
        known = self._known()
        return known.get("state") == wanted and known["files"] == _stamps(self.folder)

    def unchanged(self) -> dict[str, list[str]]:
        """Groups of files that are all as they were made, by the key of what they were made from."""
        known, now = self._known(), _stamps(self.folder)
        groups: dict[str, list[str]] = {}
        for name, key in known.get("made", {}).items():
            groups.setdefault(key, []).append(name)
        same = {name for name, stamp in known.get("files", {}).items() if now.get(name) == stamp}
        return {key: names for key, names in groups.items() if same.issuperset(names)}

    def remember(self, made: dict[str, str], of: str) -> None:
        """Write the record of the site just published."""
        record = {"state": of, "made": made, "files": _stamps(self.folder)}
        self._record.write_text(json.dumps(record), encoding="utf-8")

    def _known(self) -> dict[str, Any]:
        try:
            known = json.loads(self._record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def keys_of(stage: Path) -> dict[str, str]:
    """The keys that a rendering left in its folder, which is then without them."""
    path = stage / MADE
    keys: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    return keys


def _files(root: Path) -> list[Path]:
    """The project's files, in order."""
    found = [path for path in root.iterdir() if path.is_file()]
    for folder in root.iterdir():
        left_out = folder.name in _NO_PART or folder.name.startswith(".")
        # An environment that a reader made here is none of the book's.
        if folder.is_dir() and not left_out and not (folder / "pyvenv.cfg").exists():
            found += [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def _stamps(folder: Path) -> dict[str, list[int]]:
    """Size and time of every file."""
    return {
        path.relative_to(folder).as_posix(): [(at := path.stat()).st_size, at.st_mtime_ns]
        for path in folder.rglob("*")
        if path.is_file()
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"


def key_of(values: object) -> str:
    """Changes when a value changes, whatever the order of the names in a mapping."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
