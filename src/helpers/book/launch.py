"""Where a chapter opens in Binder: at the exact commit of the build, or nowhere."""

from __future__ import annotations

import re
import subprocess
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import yaml

from helpers.paths import project_root

BINDER = "https://mybinder.org/v2/gh"
_PUBLIC = re.compile(
    r"(?:https://(?:[^@/]*@)?|ssh://git@|git@)github\.com[:/]([\w-]+)/([\w.-]+?)(?:\.git)?/?"
)


def launch_address(page: str, repository: str | None) -> str | None:
    """The address that opens this chapter as a notebook in Binder.

    Parameters
    ----------
    page : name of the chapter, ``chapters/trust-in-institutions``.
    repository : from `named_repository`; where it is None, the git remote ``origin`` stands in.

    Returns
    -------
    None where the repository is not on GitHub, or no commit is what is built: without git, or with
    changes that are not committed. A link that leads elsewhere is worse than none.
    """
    found = _PUBLIC.fullmatch(repository or _git(project_root(), "remote", "get-url", "origin"))
    commit = _commit(project_root())
    if found is None or commit is None:
        return None
    return f"{BINDER}/{found[1]}/{found[2]}/{commit}?urlpath={quote(lab_path(page))}"


def lab_path(page: str) -> str:
    """Where JupyterLab, started in the project's folder, opens a chapter."""
    return f"lab/tree/{page}.md"


def named_repository() -> str | None:
    """``repository: url`` as the project's own ``_config.yml`` has it.

    What jupyter-book hands on is no answer: where nothing is set, it names its own repository.
    """
    config = yaml.safe_load((project_root() / "_config.yml").read_text(encoding="utf-8"))
    url = (config.get("repository") or {}).get("url")
    return str(url) if url else None


@lru_cache(maxsize=4)
def _commit(root: Path) -> str | None:
    """The commit that the project's folder is at; None if it is no checkout, or was changed."""
    top = _git(root, "rev-parse", "--show-toplevel")
    if not top or Path(top).resolve() != root or _git(root, "status", "--porcelain"):
        return None
    return _git(root, "rev-parse", "HEAD") or None


@lru_cache(maxsize=16)
def _git(root: Path, *command: str) -> str:
    """What git answers; nothing where git, or what is asked for, is not there."""
    try:
        done = subprocess.run(  # noqa: S603 the words are ours
            ["git", "-C", str(root), *command],  # noqa: S607 wherever git is
            capture_output=True, text=True, check=False, timeout=20,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
