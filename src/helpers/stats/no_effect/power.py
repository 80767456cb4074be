"""Power by simulation: how often a test finds what was put into the data."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, Protocol, TypeVar

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from helpers.errors import EstimationError
from helpers.evidence import Evidence, evidence_of
from helpers.rng import repeat
from helpers.stats.design import Design
from helpers.stats.estimates import CONFIDENCE, Estimate, Inapplicable, join_sources, to_frame

Sample = TypeVar("Sample", bound=Design | pd.DataFrame)


class Tested(Protocol):
    """Anything with a p-value: a `TestResult`, or the `Equivalence` of two one-sided tests."""

    @property
    def p_value(self) -> float:
        """The probability that is held against the level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPower:
    """How often a test rejected, and how often it could not answer.

    Attributes
    ----------
    rejected, inapplicable
        Percent of all simulated samples, with Wilson intervals for the Monte Carlo error. A sample
        that the test cannot answer counts as not rejected.
    alpha
        Level of the test.
    """

    rejected: Estimate
    inapplicable: Estimate
    alpha: float


def simulated_power(
    draw: Callable[[np.random.Generator], Sample],
    test: Callable[[Sample], Tested | Inapplicable],
    *,
    times: int,
    name: str | tuple[str | int, ...],
    alpha: float = 0.05,
) -> SimulatedPower:
    """The share of simulated samples in which a test rejects at ``alpha``.

    Assumes that ``draw`` makes samples as the survey would. With an effect in them the share is
    power; without, it is the type I error. The same ``name`` gives the same result, bit for bit,
    whether it runs here, in threads or in processes (``joblib.parallel_config``).

    Parameters
    ----------
    draw : makes one sample from a random stream: a `Design`, or rows with evidence and a source.
    test : answers with a p-value, or `Inapplicable`; what it raises is passed on.
    times : samples, at least 1.
    name : name of the random streams.
    alpha : level, between 0 and 1.

    Returns
    -------
    Shares of the samples in percent, rejected and inapplicable, with Wilson intervals. What a
    missing value does, is for ``test`` to say.

    Raises
    ------
    EstimationError
        ``times`` or ``alpha`` is out of range, or the samples differ in evidence or source.

    Notes
    -----
    R equivalent: ``binom::binom.wilson(sum(p < alpha), times)`` on ``replicate``. Source: Wilson
    (1927), Morris, White and Crowther (2019).
    """
    if times < 1:
        raise EstimationError(f"samples cannot be drawn; got times={times!r}; expected 1 or more.")
    if not 0 < alpha < 1:
        raise EstimationError(
            f"a level cannot be used; got alpha={alpha!r}; expected a number between 0 and 1."
        )
    runs = repeat(partial(_one, draw, test, alpha), times, name=name)
    origins = sorted({origin for _, origin in runs})
    if len(origins) != 1:
        raise EstimationError(
            f"the samples rest on different things; got {origins[:5]}; expected one evidence kind"
            " and source. Draw all of them alike."
        )
    label = name if isinstance(name, str) else "-".join(map(str, name))
    counts = {
        level: share_of_samples(
            sum(outcome == level for outcome, _ in runs), times, item="samples", level=level,
            group=label, origin=origins[0],
        )
        for level in ("rejected", "inapplicable")
    }  # fmt: skip
    return SimulatedPower(**counts, alpha=alpha)


def power_curve(
    draw: Callable[[np.random.Generator, int], Sample],
    test: Callable[[Sample], Tested | Inapplicable],
    *,
    sizes: Sequence[int],
    times: int,
    name: str,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """The simulated power at each sample size, one row a size; see `simulated_power`.

    ``draw`` takes the size after the random stream. ``group`` holds the size, and ``n`` the number
    of simulated samples. Each size has streams of its own, so adding one changes no other.

    ``test``, ``times`` and ``alpha``: in all else as `simulated_power`.

    Parameters
    ----------
    sizes : respondents of a sample, each once.

    Raises
    ------
    EstimationError
        No size, or a size twice.
    """
    if not sizes:
        raise EstimationError("a curve needs sample sizes; got none; expected at least one.")
    return to_frame(
        _at_size(draw, test, size, times=times, name=name, alpha=alpha) for size in sizes
    )


def _at_size(
    draw: Callable[[np.random.Generator, int], Sample],
    test: Callable[[Sample], Tested | Inapplicable],
    size: int,
    *,
    times: int,
    name: str,
    alpha: float,
) -> Estimate:
    found = simulated_power(_Sized(draw, size), test, times=times, name=(name, size), alpha=alpha)
    return replace(found.rejected, item=name, group=str(size), method="power_curve")


@dataclass(frozen=True, slots=True)
class _Sized(Generic[Sample]):
    """A draw of one size, which processes can be sent."""

    draw: Callable[[np.random.Generator, int], Sample]
    size: int

    def __call__(self, rng: np.random.Generator) -> Sample:
        return self.draw(rng, self.size)


def _one(
    draw: Callable[[np.random.Generator], Sample],
    test: Callable[[Sample], Tested | Inapplicable],
    alpha: float,
    rng: np.random.Generator,
) -> tuple[str, tuple[Evidence, str]]:
    """The outcome of one simulated sample, and what the sample rests on."""
    data = draw(rng)
    rows = data.rows if isinstance(data, Design) else data
    if not {"source", "source_id"} & set(rows.columns):
        raise EstimationError(
            f"a sample names no source; got columns {list(rows.columns)}; expected 'source' or"
            " 'source_id'. Add it in draw."
        )
    origin = (evidence_of(rows), join_sources(rows))
    answer = test(data)
    if isinstance(answer, Inapplicable):
        return "inapplicable", origin
    return ("rejected" if answer.p_value < alpha else "kept"), origin


def share_of_samples(
    count: int, times: int, *, item: str, group: str, origin: tuple[Evidence, str],
    level: str = "rejected",
) -> Estimate:  # fmt: skip
    """A number of samples as percent of all, with a Wilson interval for the Monte Carlo error."""
    low, high = proportion_confint(count, times, alpha=1 - CONFIDENCE, method="wilson")
    share = count / times
    return Estimate(
        item=item,
        level=level,
        group=group,
        estimate=100 * share,
        se=100 * math.sqrt(share * (1 - share) / times),
        ci_low=100 * min(share, max(0.0, float(low))),
        ci_high=100 * max(share, min(1.0, float(high))),
        n=times,
        n_eff=float(times),
        deff=1.0,
        df=None,
        unit="percent",
        evidence=origin[0],
        source=origin[1],
        method="simulated_power",
    )
