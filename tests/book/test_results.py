"""Two sets of results are compared number by number, and nothing slips through."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from helpers.book.results import compare

FACT = {"id": "a-b", "value": 53.2, "text": "53.2%", "ci": [52.0, 54.4], "n": 6800,
        "evidence": "published", "sources": ["s"]}  # fmt: skip
FIGURE = {"id": "fig-a-b", "title": "T", "data_hash": "0" * 64, "files": {"fig-a-b.svg": "1"}}
RESULTS = {"facts": [FACT], "figures": [FIGURE], "tables": []}


def verdicts(changed: dict[str, Any]) -> dict[str, str]:
    return {line.id: line.verdict for line in compare(RESULTS, changed)}


@pytest.mark.parametrize(
    ("kind", "key", "value", "verdict"),
    [
        ("facts", "value", 53.2 * (1 + 1e-10), "within tolerance"),
        ("facts", "value", 53.2 * (1 + 1e-7), "different"),
        ("facts", "ci", [52.0, 54.4 + 1e-12], "within tolerance"),
        ("facts", "ci", None, "different"),
        ("facts", "n", 6801, "different"),
        ("facts", "text", "53.3%", "different"),
        ("facts", "evidence", "simulated", "different"),
        ("facts", "sources", ["s", "t"], "different"),
        ("figures", "files", {"fig-a-b.svg": "2"}, "within tolerance"),
        ("figures", "data_hash", "1" * 64, "different"),
        ("figures", "title", "U", "different"),
    ],
)
def test_each_change_has_its_verdict(kind: str, key: str, value: object, verdict: str) -> None:
    changed = copy.deepcopy(RESULTS)
    changed[kind][0][key] = value  # type: ignore[index]
    assert verdicts(changed)[RESULTS[kind][0]["id"]] == verdict  # type: ignore[index]


def test_equal_results_are_the_same() -> None:
    assert set(verdicts(copy.deepcopy(RESULTS)).values()) == {"same"}


def test_what_is_gone_or_new_is_different() -> None:
    assert verdicts({"facts": [], "figures": [FIGURE], "tables": []})["a-b"] == "different"
    new = {"facts": [FACT, {**FACT, "id": "c-d"}], "figures": [FIGURE], "tables": []}
    assert verdicts(new)["c-d"] == "different"
