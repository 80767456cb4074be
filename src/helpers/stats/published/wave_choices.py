"""Changes between waves under every combination of stated choices: which answers, whose base, what design."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.bend.printed_answers import summed_answers
from helpers.stats.columns import require
from helpers.stats.estimates import join_sources, joined
from helpers.stats.published.printed import DESIGN_EFFECTS
from helpers.stats.published.wave_changes import TRUST_ORDER, wave_share_changes

BASES = {"all": "all respondents", "scale": "answers on the scale"}


def wave_changes_by_choice(
    readings: pd.DataFrame, *, bound: float, order: Sequence[str] = TRUST_ORDER
) -> pd.DataFrame:
    """The changes of `wave_share_changes` on every path.

    The choices: the top answer, or the upper half of the scale; of all respondents, or of those
    whose answer is on the scale; the design effect.

    In all else as `wave_share_changes`.

    Parameters
    ----------
    readings : whole distributions of two or more waves, as `polls` gives them.
    order : answers from lowest to highest; others leave the base where it is that of the scale.

    Returns
    -------
    Its rows, once for each path, with ``answers``, ``base`` and ``deff``.

    Raises
    ------
    EstimationError
        As `wave_share_changes`; a question lacks an answer of the upper half, or the scale
        has one answer.

    Notes
    -----
    R equivalent: as `wave_share_changes`, over ``expand.grid``. Source: Steegen and others (2016).
    """
    require(readings, "scale", "percent", "n", "response")
    if len(order) < 2:
        raise EstimationError(
            f"a scale has two answers or more; got {list(order)}; expected its order from lowest to"
            " highest."
        )
    coded = readings.assign(response=readings["scale"])
    counted = {"top answer": [order[-1]], "upper half of the scale": list(order[len(order) // 2 :])}
    found = []
    for words, answers in counted.items():
        for base, whose in BASES.items():
            share = summed_answers(
                coded if base == "all" else _of_scale(coded, order), answers=answers
            )
            share = share.assign(scale=" + ".join(answers))
            found += [
                wave_share_changes(share, bound=bound, deff=deff).assign(
                    answers=words, base=whose, deff=deff
                )
                for deff in DESIGN_EFFECTS
            ]
    return joined(found, "a table of paths")


def changes_by_choice_told(changes: pd.DataFrame) -> pd.DataFrame:
    """One row for each set of answers and base: how far the changes reach, and how many are within.

    ``changes`` are rows of `wave_changes_by_choice`. In all else as `pick`.

    Returns
    -------
    ``answers base comparisons lowest highest`` and ``within 1`` and so on, a design effect each.
    """
    require(changes, "answers", "base", "deff", "estimate", "verdict", "n")
    kind = evidence_of(changes)
    rows = []
    for (answers, base), part in changes.groupby(["answers", "base"], sort=False):
        inside = part["verdict"].eq("equivalent").groupby(part["deff"]).sum()
        rows.append(
            {
                "answers": answers, "base": base, "comparisons": len(part) // len(inside),
                "lowest": part["estimate"].min(), "highest": part["estimate"].max(),
                **{f"within {deff:g}": int(number) for deff, number in inside.items()},
                "n": int(part["n"].max()), "unit": "points", "evidence": kind.value,
                "source": join_sources(part),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _of_scale(coded: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """The answers on the scale in percent of those who gave one, with the base that is left."""
    kept = coded[coded["response"].isin(list(order))]
    share = (
        kept.groupby(["poll_id", "question", "target", "subgroup"])["percent"].transform("sum")
        / 100
    )
    return kept.assign(
        percent=kept["percent"] / share, n=(kept["n"] * share).round().astype(kept["n"].dtype)
    )
