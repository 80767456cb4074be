"""Verdicts follow from the register; a rule that cannot be applied fails the build."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from conftest import Project

from helpers.book.verdict import CONTRADICTED, OPEN, SUPPORTED, UNTESTED, verdict
from helpers.data.hypotheses import Rule, hypotheses, ledger
from helpers.errors import DataError, PublicationError
from helpers.evidence import Evidence

LOW = Rule(fact="a-b", side="low", above=True, bound=0)
BELOW = Rule(fact="a-b", side="high", above=False, bound=0)
ONE = replace(ledger()[4], rules=(LOW,), refuted_by=(BELOW,))


def register(value: float, ci: list[float] | None, evidence: str = "published") -> dict[str, Any]:
    return {"a-b": {"kind": "fact", "value": value, "ci": ci, "evidence": evidence}}


def test_a_rule_decides() -> None:
    assert verdict(ONE, register(3, [1, 5])) == SUPPORTED
    assert verdict(ONE, register(3, [-1, 7])) == OPEN
    assert verdict(ONE, register(-3, [-5, -1])) == CONTRADICTED
    both = replace(ONE, rules=(LOW, Rule(fact="a-b", side="high", above=False, bound=4)))
    assert verdict(both, register(3, [1, 3.9])) == SUPPORTED
    assert verdict(both, register(3, [1, 4.1])) == OPEN
    value = replace(ONE, rules=(replace(LOW, side="value"),), refuted_by=())
    assert verdict(value, register(3, None)) == SUPPORTED


def test_simulated_respondents_and_missing_rules_decide_nothing() -> None:
    assert verdict(replace(ONE, evidence=Evidence.SIMULATED), {}) == UNTESTED
    assert verdict(replace(ONE, rules=(), refuted_by=()), {}) == OPEN


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({}, "got no number 'a-b'"),
        (register(3, [1, 5], "simulated"), "got 'a-b', which is simulated"),
        (register(3, None), "which has no interval"),
    ],
)
def test_a_rule_that_cannot_be_applied_is_an_error(found: dict[str, Any], message: str) -> None:
    with pytest.raises(PublicationError, match=message):
        verdict(ONE, found)


def test_the_ledger_has_ten_hypotheses_each_with_its_literature() -> None:
    assert [one.id for one in ledger()] == [f"H{k}" for k in range(1, 11)]
    assert all(one.literature and one.against for one in ledger())
    assert len(hypotheses()) == 10


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("- id: H2", "- id: H1", "column 'H1': got 'twice'"),
        ("  evidence: published", "  evidence: rumoured", "got 'rumoured'; expected published or"),
        ("against: No diff", "contra: No diff", "got 'contra'; expected one of the fields"),
        ("chapter: models", "rules: [x low above 0]\n  chapter: models", "a rule such as"),
        ("chapter: models", "rules: [x low > 0]\n  chapter: models", "both rules and refuted_by"),
    ],
)
def test_a_broken_ledger_is_refused(old: str, new: str, message: str, data_copy: Project) -> None:
    data_copy.edit("data/hypotheses.yml", old, new)
    with pytest.raises(DataError, match=message):
        ledger()
