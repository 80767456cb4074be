"""Citations do not break: an id stays and keeps its meaning, or has a tombstone and a page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from conftest import Project

from helpers.book.registry import TOMBSTONES, Tombstone, refuse_broken, tombstones
from helpers.errors import RegisterError

FACT = {"id": "a-b", "unit": "percent", "evidence": "published", "sources": ["s", "t"]}
FIGURE = {"id": "fig-a-b", "evidence": "simulated", "sources": []}
FROZEN = {"facts": [FACT], "figures": [FIGURE], "tables": []}
STONE = Tombstone(id="a-b", title="Share", version="0.1.0", reason="A source was withdrawn.")


def broken(now: dict[str, Any], *stones: Tombstone) -> list[str]:
    """What is refused, line by line."""
    try:
        refuse_broken({**FROZEN, **now}, FROZEN, {stone.id: stone for stone in stones})
    except RegisterError as error:
        return str(error).splitlines()[1:]
    return []


def test_what_stays_is_not_refused() -> None:
    assert broken({}) == []
    moved = {**FACT, "value": 3, "sources": ["t", "u"], "chapter": "other"}
    assert broken({"facts": [moved, {**FACT, "id": "c-d"}]}) == []
    assert broken({"facts": [{**FACT, "unit": None, "sources": [], "reason": "no base"}]}) == []


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ({"facts": []}, "a-b is gone; say why in tombstones.yml."),
        ({"facts": [{**FACT, "unit": "points"}]}, "its unit was percent and is points"),
        ({"facts": [{**FACT, "evidence": "simulated"}]}, "its kind of evidence was published and"),
        ({"facts": [{**FACT, "sources": ["u"]}]}, "it has no source in common with what was frozen"),
        ({"figures": [{**FIGURE, "evidence": "published"}]}, "fig-a-b means something else now: its"),
    ],
)  # fmt: skip
def test_a_citation_that_would_break_is_refused(now: dict[str, Any], told: str) -> None:
    [line] = broken(now)
    assert told in line


def test_a_tombstone_stands_in_and_stays_closed() -> None:
    assert broken({"facts": []}, STONE) == []
    assert broken({}, STONE) == [
        "a-b has a tombstone and is registered again; give the new result its own id."
    ]
    assert broken({"facts": []}, replace(STONE, replacement="c-d")) == [
        "a-b is replaced by c-d, which is not registered."
    ]


def test_tombstones_are_read_whole(data_copy: Project) -> None:
    assert tombstones() == {}
    path = data_copy.root / TOMBSTONES
    entry = "- {id: a-b, title: Share, version: 0.1.0, reason: A source was withdrawn.}\n"
    path.write_text(f"# only a comment\n{entry}", encoding="utf-8")
    assert tombstones() == {"a-b": STONE}
    for wrong in (entry * 2, "- {id: a-b, title: Share}\n", entry.replace("title", "titel")):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(
            RegisterError, match=r"tombstones.yml has a broken entry; got .*expected"
        ):
            tombstones()
