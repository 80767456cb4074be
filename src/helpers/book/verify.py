"""Runs every chapter anew and compares each number and figure with the frozen results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from helpers.book import registry, results
from helpers.book.chapters import chapters
from helpers.book.execution import execute
from helpers.errors import PublicationError
from helpers.paths import project_root


def verify(*, say: Callable[[str], None]) -> bool:
    """Tell, id by id, whether a fresh execution gives the frozen result; True if none differs.

    Raises
    ------
    PublicationError
        Nothing has been frozen yet.
    ExecutionError
        A chapter does not run.
    """
    frozen = results.frozen()
    if frozen is None:
        raise PublicationError(f"{results.FROZEN} is missing; make it with `make freeze`.")
    found = list(results.compare(frozen, _executed_anew(say)))
    for line in found:
        was = "" if line.frozen == line.now else f"  (frozen: {line.frozen})"
        say(f"{line.verdict:<17} {line.id:<58} {line.now}{was}")
    tally = Counter(line.verdict for line in found)
    say(", ".join(f"{number} {verdict}" for verdict, number in sorted(tally.items())))
    return tally["different"] == 0


def freeze(*, say: Callable[[str], None]) -> None:
    """Write the results of a fresh execution to ``results.json`` and tell what moved.

    Raises
    ------
    RegisterError
        An id that was frozen is gone without a tombstone, or means something else.
    """
    before = results.frozen()
    now = _executed_anew(say)
    registry.refuse_broken(now, before or results.NOTHING, registry.tombstones())
    moved = [
        line for line in results.compare(before or results.NOTHING, now) if line.verdict != "same"
    ]
    for line in moved:
        say(f"{line.id:<58} {line.frozen} → {line.now}")
    (project_root() / results.FROZEN).write_text(results.dumps(now), encoding="utf-8")
    say(f"{len(moved)} of {sum(len(now[name]) for name in ('facts', 'figures', 'tables'))} moved.")


def _executed_anew(say: Callable[[str], None]) -> dict[str, Any]:
    executions = execute(chapters(), reuse=False, say=say)
    return results.document(results.collect(executions))
