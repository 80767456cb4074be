"""The record: what the output of a cell carries from a chapter to the book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MIME = "application/vnd.listening-state.record+json"


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """What a cell shows: a JSON record for the book, and something to look at for the notebook."""

    record: Mapping[str, Any]
    notebook: Mapping[str, Any]

    def __repr__(self) -> str:
        """What a chapter run as a plain script prints."""
        return str(self.notebook["text/plain"])

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {MIME: dict(self.record), **self.notebook}
