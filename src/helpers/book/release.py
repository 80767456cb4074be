"""A release: one zip of the site, the results, the data, the code and the lock, which proves itself."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from helpers.book import results
from helpers.book.downloads import packed
from helpers.book.ro_crate import NAME as CRATE
from helpers.errors import PublicationError
from helpers.paths import project_root
from helpers.report.citation import book

FOLDER = "releases"
CHECKSUMS = "SHA256SUMS"


def release(version: str, *, say: Callable[[str], None]) -> Path:
    """Write ``releases/listening-state-<version>.zip``, the same bytes each time, and return its path.

    Raises
    ------
    PublicationError
        The project is of another version, there is no site, or it was not built from the frozen
        results.
    """
    root = project_root()
    if version != book().version:
        raise PublicationError(
            f"the release was not made; got VERSION={version}; expected {book().version}, as"
            " CITATION.cff has it. A new version is set there, in pyproject.toml, codemeta.json and"
            " .zenodo.json; a test sees that they agree."
        )
    site = root / "_build" / "html"
    shown = site / results.FROZEN
    refuse_unfrozen(json.loads(shown.read_text(encoding="utf-8")) if shown.is_file() else None)
    files = {path: (root / path).read_bytes() for path in sorted(_of_project(root))}
    files |= {
        f"site/{path.relative_to(site).as_posix()}": path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.relative_to(site).parts[0] != "v"
    }
    files[CRATE] = _crate(files[f"site/{CRATE}"])
    files[CHECKSUMS] = "".join(
        f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in files.items()
    ).encode()
    top = f"listening-state-{version}"
    target = root / FOLDER / f"{top}.zip"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(
        packed(
            {f"{top}/{name}": body for name, body in files.items()},
            runs=[f"{top}/{name}" for name in files if os.access(root / name, os.X_OK)],
        )
    )
    size = target.stat().st_size / 1e6
    say(
        f"{len(files)} files are in {target}, {size:.0f} MB; `sha256sum --check {CHECKSUMS}` in it."
    )
    return target


def refuse_unfrozen(shown: Mapping[str, Any] | None) -> None:
    """Refuse a site, by its results, that is not there or not that of the frozen ones.

    Raises
    ------
    PublicationError
        There is no site, or other results are in it; where only drawings differ, it says so.
    """
    frozen = results.frozen() or results.NOTHING
    if shown == frozen:
        return
    got, hint = "none", "Run `make book`; where results moved, `make freeze` before it."
    if shown is not None:
        verdicts = {line.verdict for line in results.compare(frozen, shown)}
        got = "other results"
        if "within tolerance" in verdicts and "different" not in verdicts:
            got = "the same numbers in drawings of other bytes"
            hint = "Another processor draws so: run `make freeze`, then `make book`, on this one."
    raise PublicationError(
        f"the release was not made; got {got} in the site; expected those of results.json. {hint}"
    )


def _of_project(root: Path) -> Iterator[str]:
    """The project's own files: those that git keeps, or, without git, all that it would keep."""
    kept = _git(root)
    if kept is not None:
        yield from (path for path in kept if (root / path).is_file())
        return
    lines = (root / ".gitignore").read_text(encoding="utf-8").split()
    ignored = [".git", *(line.rstrip("/") for line in lines)]
    made = {CHECKSUMS, CRATE, "site"}
    for folder, below, names in os.walk(root):
        at_top = Path(folder) == root
        below[:] = [
            name for name in below
            if not any(fnmatch(name, line) for line in ignored) and not (at_top and name in made)
        ]  # fmt: skip
        for name in names:
            if not (at_top and name in made):
                yield Path(folder, name).relative_to(root).as_posix()


def _git(root: Path) -> list[str] | None:
    if not (root / ".git").exists():
        return None
    done = subprocess.run(  # noqa: S603 the words are ours
        ["git", "-C", str(root), "ls-files", "-z"],  # noqa: S607 wherever git is
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return [path for path in done.stdout.split("\0") if path] if done.returncode == 0 else None


def _crate(of_site: bytes) -> bytes:
    """The crate of the site, as it stands one folder above it."""
    document = json.loads(of_site)
    own = {CRATE, "./"}
    moved = {
        entity["@id"]: f"site/{entity['@id']}"
        for entity in document["@graph"]
        if "File" in entity["@type"] and entity["@id"] not in own
    }
    return (json.dumps(_renamed(document, moved), ensure_ascii=False, indent=1) + "\n").encode()


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: names.get(part, part) if key == "@id" else _renamed(part, names)
            for key, part in value.items()
        }
    return [_renamed(part, names) for part in value] if isinstance(value, list) else value
