"""The verdict on a hypothesis: its rules, applied to the numbers that the chapters registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers.data.hypotheses import Hypothesis, Rule
from helpers.errors import PublicationError
from helpers.evidence import Evidence

SUPPORTED = "supported by published figures"
CONTRADICTED = "contradicted by published figures"
OPEN = "open: published figures do not decide it"
UNTESTED = "untested on people"


def verdict(hypothesis: Hypothesis, register: Mapping[str, Mapping[str, Any]]) -> str:
    """What the registered numbers say of the hypothesis, in the words of this module.

    Simulated respondents decide nothing. A hypothesis without rules is open.

    Raises
    ------
    PublicationError
        A rule names a number that is not registered, rests on other evidence than the hypothesis
        says, or lacks the interval that the rule needs.
    """
    if hypothesis.evidence is Evidence.SIMULATED:
        return UNTESTED
    if not hypothesis.rules:
        return OPEN
    against = [rule.holds(_side(hypothesis, rule, register)) for rule in hypothesis.refuted_by]
    if any(against):
        return CONTRADICTED
    held = [rule.holds(_side(hypothesis, rule, register)) for rule in hypothesis.rules]
    return SUPPORTED if all(held) else OPEN


def _side(hypothesis: Hypothesis, rule: Rule, register: Mapping[str, Mapping[str, Any]]) -> float:
    record = register.get(rule.fact)
    if record is None or record["kind"] != "fact" or record.get("value") is None:
        raise PublicationError(
            f"{hypothesis.id} cannot be decided; got no number {rule.fact!r}; expected one that a"
            " chapter registers. Mend the rule in data/hypotheses.yml."
        )
    if record["evidence"] != hypothesis.evidence:
        raise PublicationError(
            f"{hypothesis.id} rests on {hypothesis.evidence} evidence; got {rule.fact!r}, which is"
            f" {record['evidence']}. Take a number of the evidence that the ledger names."
        )
    if rule.side == "value":
        return float(record["value"])
    if record["ci"] is None:
        raise PublicationError(
            f"{hypothesis.id} needs a limit of {rule.fact!r}, which has no interval; expected one."
            " Use its value, or another number."
        )
    return float(record["ci"][0 if rule.side == "low" else 1])
