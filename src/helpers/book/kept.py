"""Knows from what the site that stands was made, so that what has not changed is not made again."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from helpers.book.chapters import pages
from helpers.book.launch import launch_address, named_repository
from helpers.data.survey import survey_files
from helpers.paths import project_root

_NO_PART = {"_build", "bench", "docs", "tests"}
"""Folders whose files make no page; nor do those whose names begin with a dot."""

_MADE = ".made.json"
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
    return _key(given)


class Site:
    """The site that stands, and the record of what it was made from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._record = folder.parent / "made-from.json"

    def is_of(self, wanted: str) -> bool:
        """Whether it was made from this state, and no file of it has been touched since."""
        known = self._known()
        return known.get("state") == wanted and known["files"] == _stamps(self.folder)

    def unchanged(self) -> dict[str, str]:
        """Files that are as they were made, each with the key of what it was made from."""
        known = self._known()
        now = _stamps(self.folder)
        return {
            name: key
            for name, key in known.get("made", {}).items()
            if name in now and now[name] == known["files"][name]
        }

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rendering:
    """Keys of the files of the site that stands, and of those made so far."""

    site: Site
    before: Mapping[str, str]
    ground: str
    made: dict[str, str]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the setting and the event; Sphinx calls it."""
    app.add_config_value("listening_state_site", "", "", str)
    app.connect("build-finished", _write_keys, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def taken(app: Sphinx, name: str, made_from: object) -> bool:
    """Take a file from the site that stands, if it was made from the same; else it must be made.

    Parameters
    ----------
    name : the file's path in the site.
    made_from : all that it depends on, besides the project's files other than its pages.
    """
    if not app.config.listening_state_site:
        return False
    rendering = vars(app).get("listening_state_rendering") or _begun(app)
    key = rendering.made[name] = _key([rendering.ground, made_from])
    if rendering.before.get(name) != key:
        return False
    target = Path(app.outdir) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(rendering.site.folder / name, target)
    return True


def changed_pages(
    app: Sphinx, made: Iterable[tuple[str, dict[str, Any], str]]
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Of pages that no document stands behind, those that must be written."""
    for name, context, template in made:
        if not taken(app, f"{name}.html", [template, context]):
            yield name, context, template


def keys_of(stage: Path) -> dict[str, str]:
    """The keys that a rendering left in its folder, which is then without them."""
    path = stage / _MADE
    keys: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    return keys


def _begun(app: Sphinx) -> _Rendering:
    """What is known once every page has been read: its title stands beside each other page."""
    site = Site(Path(app.config.listening_state_site))
    titles = {page: title.astext() for page, title in app.env.titles.items()}
    found = _Rendering(
        site=site, before=site.unchanged(), ground=_key([state(prose=False), titles]), made={}
    )
    vars(app)["listening_state_rendering"] = found
    return found


def _write_keys(app: Sphinx, failure: Exception | None) -> None:
    if failure is None and app.config.listening_state_site:
        rendering = vars(app).get("listening_state_rendering")
        made = rendering.made if rendering else {}
        (Path(app.outdir) / _MADE).write_text(json.dumps(made), encoding="utf-8")


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


def _key(values: object) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
