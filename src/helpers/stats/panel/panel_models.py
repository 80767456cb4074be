"""Two-way fixed effects on country panels: errors clustered by country, and a test for few countries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.design import Floats
from helpers.stats.estimates import (
    CONFIDENCE,
    Estimate,
    Inapplicable,
    TestResult,
    join_sources,
    to_frame,
)
from helpers.stats.panel import panel_algebra as algebra
from helpers.stats.panel.panel_rows import by_wave, fitted_panel

Variance = Literal["CR1", "CR1-within", "CR2"]
VARIANCES = ("CR1", "CR1-within", "CR2")
Signs = Literal["rademacher", "webb"]

ENUMERATED = 2**16
"""Up to so many patterns of signs, all are used instead of a random draw: 17 countries."""


def fixed_effects(
    rows: pd.DataFrame,
    *,
    outcome: str,
    terms: Sequence[str],
    unit: str = "iso3",
    time: str = "year",
    variance: Variance = "CR1",
) -> pd.DataFrame | Inapplicable:
    """Slopes within countries, net of what all countries share in a wave.

    Least squares with an intercept for each unit and each wave; the panel may have gaps. Assumes
    that errors are independent between units, in any way dependent within one; and that effects
    are linear, equal in all units and without delay.

    Parameters
    ----------
    rows : one row a unit and time, with an evidence kind and a source.
    outcome, terms : numeric columns without missing values.
    unit, time : columns of the country, which is also the cluster, and of the wave.
    variance : ``CR1``, corrected by G/(G−1) · (N−1)/(N−K), where K counts every intercept;
        ``CR1-within``, where K counts the terms alone; ``CR2``, by the leverage of each cluster.

    Returns
    -------
    A row a term in ``units`` of the outcome per unit of the term, and the columns ``statistic``, t,
    and ``p_value``. ``df`` is G − 1, and Satterthwaite's under ``CR2``; intervals use it. Or
    `Inapplicable`: one unit or wave, nothing left of the outcome or of a term, no scatter left.

    Raises
    ------
    EstimationError
        A column is unknown, not numeric, or has missing values; terms repeat or repeat each other;
        a unit has two rows in one wave.

    Notes
    -----
    R equivalent: ``lm(y ~ x + factor(iso3) + factor(year))`` with ``sandwich::vcovCL(HC1)``;
    ``plm(effect = "twoways")`` with ``vcovHC(type = "sss", cluster = "group")``; and
    ``clubSandwich::vcovCR(type = "CR2")`` with ``coef_test``. Source: Cameron and Miller (2015),
    Bell and McCaffrey (2002), Pustejovsky and Tipton (2018).
    """
    if variance not in VARIANCES:
        raise EstimationError(f"unknown variance {variance!r}; expected one of {VARIANCES}.")
    panel = fitted_panel(rows, outcome, list(terms), unit, time)
    if isinstance(panel, Inapplicable):
        return panel
    se, df = _standard_errors(panel, variance)
    rough = np.sqrt(np.diag(panel.inverse) * (panel.residuals**2).mean())
    if not (se > algebra.FLAT * rough).all():
        return Inapplicable(
            f"{panel.units} {unit} are too few to tell an error of {len(terms)} terms from",
            "fixed_effects",
        )
    t = panel.slopes / se
    half = stats.t.isf((1 - CONFIDENCE) / 2, df) * se
    kind, source = evidence_of(rows), join_sources(rows)
    estimates = [
        Estimate(
            item=outcome, level=term, group="all", estimate=float(slope), se=float(se[k]),
            ci_low=float(slope - half[k]), ci_high=float(slope + half[k]), n=len(rows), n_eff=None,
            deff=None, df=float(df[k]), unit="units", evidence=kind, source=source,
            method="fixed_effects",
        )
        for k, (term, slope) in enumerate(zip(terms, panel.slopes, strict=True))
    ]  # fmt: skip
    return to_frame(estimates).assign(statistic=t, p_value=2 * stats.t.sf(np.abs(t), df))


def wild_bootstrap_test(
    rows: pd.DataFrame,
    *,
    outcome: str,
    terms: Sequence[str],
    tested: str,
    null: float = 0.0,
    unit: str = "iso3",
    time: str = "year",
    signs: Signs = "rademacher",
    draws: int = 9999,
    rng: np.random.Generator | None = None,
) -> TestResult | Inapplicable:
    """Whether one slope of `fixed_effects` differs from ``null``, when countries are few.

    The residuals of the model with the null imposed change sign by whole countries, and t is
    computed anew for each pattern of signs. The interval holds every null that the same patterns do
    not reject at 5 %.

    In all else as `fixed_effects`.

    Parameters
    ----------
    tested : the one of ``terms`` that is tested.
    signs : ``rademacher``, −1 or 1 by country; all patterns are used where there are at most
        65,536 that differ. ``webb``, six values, for fewer than ten countries.
    draws : random patterns otherwise; their p value is (1 + as extreme) / (1 + draws).
    rng : where patterns are drawn, ``helpers.rng.stream(name)``.

    Returns
    -------
    ``statistic`` is t with the ``CR1`` error. A limit of the effect is None where no null, however
    far, is rejected on that side. Or `Inapplicable`, as for `fixed_effects`, and where all sign
    patterns of so few units cannot give a p value below 5 %.

    Raises
    ------
    EstimationError
        As for `fixed_effects`; ``tested`` is no term, ``draws`` below 99, or ``rng`` is wanting.

    Notes
    -----
    R equivalent: ``fwildclusterboot::boottest(impose_null = TRUE)``. Source: Cameron, Gelbach and
    Miller (2008); Webb (2014); Roodman and others (2019).
    """
    if tested not in terms or not np.isfinite(null) or draws < 99:
        raise EstimationError(
            f"nothing to test; got tested={tested!r}, null={null!r}, draws={draws!r}; expected one"
            f" of {list(terms)}, a finite null and at least 99 draws."
        )
    model = fixed_effects(rows, outcome=outcome, terms=terms, unit=unit, time=time)
    panel = fitted_panel(rows, outcome, list(terms), unit, time)
    if isinstance(model, Inapplicable) or isinstance(panel, Inapplicable):
        reason = model.reason if isinstance(model, Inapplicable) else ""
        return Inapplicable(reason, "wild_bootstrap_test")
    fewest = 2.0 ** (1 - panel.units)
    if signs == "rademacher" and fewest > 1 - CONFIDENCE:
        return Inapplicable(
            f"with {panel.units} {unit} no pattern of signs gives a p value below {fewest:.3g};"
            " Webb's weights have more patterns",
            "wild_bootstrap_test",
        )
    place = list(terms).index(tested)
    slope, se = (float(model[name].iloc[place]) for name in ("estimate", "se"))
    patterns, drawn = _patterns(panel.units, signs, draws, rng)
    found = algebra.replicates(panel, place, patterns, drawn=drawn)
    low, high = (found.limit(step, 1 - CONFIDENCE) for step in (-se, se))
    effect = Estimate(
        item=outcome, level=tested, group="all", estimate=slope, se=se,
        ci_low=None if low is None else slope + low, ci_high=None if high is None else slope + high,
        n=len(rows), n_eff=None, deff=None, df=None, unit="units", evidence=evidence_of(rows),
        source=join_sources(rows), method="wild_bootstrap_test",
    )  # fmt: skip
    return TestResult(
        statistic=(slope - null) / se, statistic_name="t", df=(), n=len(rows), effect=effect,
        p_value=found.p_value(null - slope), method="wild_bootstrap_test",
    )  # fmt: skip


def within_wave_ranks(rows: pd.DataFrame, *, item: str, time: str = "year") -> pd.DataFrame:
    """The rows with ``<item>_rank``: the place among those of the same wave, 0 lowest, 1 highest.

    Ties share their mean rank. A rank tells nothing of distance, and is free of changes of scale
    between waves.

    Parameters
    ----------
    rows, item, time : country-years, the column, and that of the wave.

    Returns
    -------
    The rows, one column more.

    Raises
    ------
    EstimationError
        A value is missing, or a wave has one row.

    Notes
    -----
    R equivalent: ``ave(x, year, FUN = function(v) (rank(v) - 1) / (length(v) - 1))``.
    Source: none, values are ranked.
    """
    values, wave, size = by_wave(rows, item, time)
    rank = pd.Series(values).groupby(wave).rank(method="average").to_numpy()
    return rows.assign(**{f"{item}_rank": (rank - 1) / (size[wave] - 1)})


def within_wave_z(rows: pd.DataFrame, *, item: str, time: str = "year") -> pd.DataFrame:
    """The rows with ``<item>_z``: standard deviations (n − 1) from the mean of the same wave.

    In all else as `within_wave_ranks`.

    Raises
    ------
    EstimationError
        A value is missing, or a wave has one row or equal values.

    Notes
    -----
    R equivalent: ``ave(x, year, FUN = scale)``.
    """
    values, wave, size = by_wave(rows, item, time)
    apart = values - (np.bincount(wave, weights=values) / size)[wave]
    spread = np.sqrt(np.bincount(wave, weights=apart**2) / (size - 1))
    scale = np.sqrt(np.bincount(wave, weights=values**2) / size)
    if (spread <= algebra.FLAT * scale).any():
        raise EstimationError(
            f"item {item!r} does not vary in {int((spread <= algebra.FLAT * scale).sum())} waves; expected"
            " values that differ. Leave these waves out."
        )
    return rows.assign(**{f"{item}_z": apart / spread[wave]})


def _standard_errors(panel: algebra.Panel, variance: Variance) -> tuple[Floats, Floats]:
    if variance == "CR2":
        return algebra.leverage_corrected(panel)
    terms = len(panel.slopes)
    counted = terms + panel.absorbed if variance == "CR1" else terms
    return algebra.clustered_se(panel, counted), np.full(terms, panel.units - 1.0)


def _patterns(
    units: int, signs: Signs, draws: int, rng: np.random.Generator | None
) -> tuple[Floats, bool]:
    """The weights of units, one row a replicate, and whether they are drawn."""
    if signs not in ("rademacher", "webb"):
        raise EstimationError(f"unknown signs {signs!r}; expected 'rademacher' or 'webb'.")
    if signs == "rademacher" and 2 ** (units - 1) <= ENUMERATED:
        return algebra.every_sign(units), False
    if rng is None:
        raise EstimationError(
            f"patterns of {units} units are drawn at random; got no rng; expected a named stream."
            " Pass rng=stream(name)."
        )
    values = algebra.WEBB if signs == "webb" else np.array([-1.0, 1.0])
    return rng.choice(values, size=(draws, units)), True
