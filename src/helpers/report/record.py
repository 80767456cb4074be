"""The record: what the output of a cell carries from a chapter to the book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MIME = "application/vnd.listening-state.record+json"


@dataclass(frozen=True, slots=True)
class Record:
    """What a cell shows: a JSON record for the book, and something to look at for the notebook."""

    record: Mapping[str, Any]
    notebook: Mapping[str, Any] = field(repr=False)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {MIME: dict(self.record), **self.notebook}
