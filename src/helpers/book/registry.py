"""The registry of ids: what was published once keeps its meaning, or has a tombstone with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import yaml

from helpers.book.results import entries_of
from helpers.errors import RegisterError
from helpers.paths import project_root

TOMBSTONES = "tombstones.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """An id that is no longer registered, and never will be again.

    Attributes
    ----------
    id : as it was registered.
    title : what it was: the title of a figure or table, or what a number said.
    version : the last version of the book that had it.
    reason : why it is gone, one sentence.
    replacement : the id to cite instead; None where there is none.
    """

    id: str
    title: str
    version: str
    reason: str
    replacement: str | None = None

    @property
    def page(self) -> str:
        """Where the site keeps saying so, without the ending."""
        folder = "figures" if self.id.startswith(("fig-", "tbl-")) else "numbers"
        return f"{folder}/{self.id}"


def tombstones() -> dict[str, Tombstone]:
    """The tombstones by id; none where the project has no such file.

    Raises
    ------
    RegisterError
        An entry lacks a field, has one too many, or says nothing in it; or an id stands twice.
    """
    path = project_root() / TOMBSTONES
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    known = {field.name for field in fields(Tombstone)}
    found: dict[str, Tombstone] = {}
    for entry in entries or []:
        said = {key: str(value) for key, value in entry.items() if value}
        lacking = sorted(known - {"replacement"} - said.keys())
        if lacking or not said.keys() <= known or said["id"] in found:
            raise RegisterError(
                f"{TOMBSTONES} has a broken entry; got {entry}, lacking {lacking}; expected each id"
                f" once, with {', '.join(sorted(known))}; only replacement may be left out."
            )
        found[said["id"]] = Tombstone(**said)
    return found


def refuse_broken(
    now: Mapping[str, Any], frozen: Mapping[str, Any], gone: Mapping[str, Tombstone]
) -> None:
    """See that every id that was frozen can still be cited for what it was.

    Parameters
    ----------
    now, frozen : documents as ``results.json`` holds them.

    Raises
    ------
    RegisterError
        An id is gone without a tombstone, means something else now, or came back from its grave;
        all of them are named.
    """
    registered, before = entries_of(now), entries_of(frozen)
    broken = [
        *(f"{name} is gone; say why in {TOMBSTONES}."
          for name in before if name not in registered and name not in gone),
        *(f"{name} has a tombstone and is registered again; give the new result its own id."
          for name in gone if name in registered),
        *(f"{stone.id} is replaced by {stone.replacement}, which is not registered."
          for stone in gone.values() if stone.replacement and stone.replacement not in registered),
        *(f"{name} means something else now: {what}. Give it a new id, and the old one a tombstone."
          for name in before if name in registered
          for what in _moved(before[name], registered[name])),
    ]  # fmt: skip
    if broken:
        raise RegisterError("\n".join(["citations would break:", *broken]))


def _moved(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """How the meaning of an entry differs: what it counts in, and on what it rests."""
    if "reason" in before or "reason" in now:
        # Not available in one of the two: there is nothing to compare.
        return
    for key, word in (("unit", "unit"), ("evidence", "kind of evidence")):
        if before.get(key) != now.get(key):
            yield f"its {word} was {before.get(key)} and is {now.get(key)}"
    if before["sources"] and not {*before["sources"]} & {*now["sources"]}:
        yield "it has no source in common with what was frozen"
