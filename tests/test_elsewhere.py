"""What is told of another environment: versions that differ, numbers that moved, and no others."""

from __future__ import annotations

import sys
from copy import deepcopy
from pathlib import Path

from bench.elsewhere import locked_versions, moved, versions

from helpers.book import results

THERE = {"python": "3.11.0"}


def test_this_environment_is_that_of_the_lock() -> None:
    there, pinned = versions(Path(sys.executable)), locked_versions()
    assert {"pandas", "jupyter-book", "numpy", "pyyaml"} <= there.keys() & pinned.keys()
    frozen = results.frozen()
    assert frozen
    text, differs = moved(frozen, frozen, there, "")
    assert not differs
    assert " 0 packages of other versions" in text
    assert text.count("\n") == 1


def test_what_moved_is_told() -> None:
    frozen = results.frozen()
    assert frozen
    now = deepcopy(dict(frozen))
    fact, near = now["facts"][:2]
    fact["value"], fact["text"] = 1.01 * fact["value"] + 1, "another"
    near["value"] *= 1 + 1e-10
    gone = now["tables"].pop()
    text, differs = moved(frozen, now, {**THERE, "numpy": "99.0"}, "chapters/a.md:1: it broke")
    assert differs
    assert "1 within tolerance" in text
    rows = [line.split(" | ")[0] for line in text.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{fact['id']}`", f"| `{gone['id']}`"]
    assert f"| numpy | {locked_versions()['numpy']} | 99.0 |" in text
    assert "chapters/a.md:1: it broke" in text
