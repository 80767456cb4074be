"""The ledger of hypotheses: what each claims, what it needs, and what would count against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from helpers.errors import Problem, refuse
from helpers.evidence import Evidence, marked
from helpers.paths import project_root

HINT = "Mend data/hypotheses.yml."
NEEDED = ("id", "statement", "literature", "measure", "evidence", "against", "chapter")
SIDES = ("low", "high", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What decides a hypothesis: a registered number, and where it or a limit has to lie.

    ``side`` is ``value``, or ``low`` or ``high`` for a limit of the 95% interval; the hypothesis
    holds where that side is above or below (``above`` true or false) ``bound``.
    """

    fact: str
    side: str
    above: bool
    bound: float

    def holds(self, value: float) -> bool:
        """Whether a number on the named side speaks for the hypothesis."""
        return value > self.bound if self.above else value < self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """One claim of the ledger.

    It is supported where every one of ``rules`` holds, contradicted where one of ``refuted_by``
    does, and open otherwise: an interval that reaches both sides decides nothing.
    """

    id: str
    statement: str
    literature: tuple[str, ...]
    measure: str
    evidence: Evidence
    against: str
    chapter: str
    rules: tuple[Rule, ...]
    refuted_by: tuple[Rule, ...]


def ledger() -> tuple[Hypothesis, ...]:
    """Every hypothesis, in order.

    Raises
    ------
    DataError
        A field is missing or unknown, an id stands twice, or a rule cannot be read.
    """
    path = project_root() / "data" / "hypotheses.yml"
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    refuse(_problems(held), hint=HINT)
    return tuple(
        Hypothesis(
            **{key: given[key] for key in NEEDED if key not in ("literature", "evidence")},
            literature=tuple(given["literature"]),
            evidence=Evidence(given["evidence"]),
            rules=tuple(map(_rule, given.get("rules", []))),
            refuted_by=tuple(map(_rule, given.get("refuted_by", []))),
        )
        for given in held
    )


def hypotheses() -> pd.DataFrame:
    """The ledger as rows to show: one a hypothesis, without the rules."""
    rows = pd.DataFrame(
        [
            {
                "hypothesis": one.id,
                "statement": one.statement,
                "measure": one.measure,
                "borne_by": one.evidence.mark,
                "against": one.against,
                "chapter": one.chapter,
                "source_id": "",
            }
            for one in ledger()
        ]
    )
    return marked(rows, Evidence.PUBLISHED)


def _rule(words: str) -> Rule:
    """``some-fact low > 0`` as a rule."""
    fact, side, sign, bound = words.split()
    return Rule(fact=fact, side=side, above=sign == ">", bound=float(bound))


def _problems(held: list[Mapping[str, Any]]) -> Iterator[Problem]:
    ids = [given.get("id") for given in held]
    for given in held:
        at = str(given.get("id"))
        for field in NEEDED:
            if not given.get(field):
                yield _problem(at, given.get(field), f"a value of {field}")
        for extra in set(given) - {*NEEDED, "rules", "refuted_by"}:
            expected = f"one of the fields {', '.join(NEEDED)}, rules, refuted_by"
            yield _problem(at, extra, expected)
        if bool(given.get("rules")) != bool(given.get("refuted_by")):
            yield _problem(at, "one of them", "both rules and refuted_by, or neither")
        if ids.count(given.get("id")) > 1:
            yield _problem(at, "twice", "each id once")
        if given.get("evidence") not in set(Evidence):
            yield _problem(at, given.get("evidence"), "published or simulated")
        for words in [*given.get("rules", []), *given.get("refuted_by", [])]:
            if not _readable(words):
                yield _problem(at, words, "a rule such as: some-fact low > 0")


def _readable(words: str) -> bool:
    parts = words.split()
    if len(parts) != 4 or parts[1] not in SIDES or parts[2] not in ("<", ">"):
        return False
    return parts[3].replace(".", "", 1).removeprefix("-").isdecimal()


def _problem(at: str, got: object, expected: str) -> Problem:
    return Problem(file="hypotheses.yml", row=None, column=at, value=got, expected=expected)
