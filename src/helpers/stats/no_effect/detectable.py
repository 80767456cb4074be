"""What a sample can show: the smallest detectable effect, and the base that an effect needs."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.errors import EstimationError
from helpers.stats.design import Design, kish_effective_n
from helpers.stats.estimates import Inapplicable
from helpers.stats.no_effect.planning import (
    Plan,
    category_spread,
    check_plan,
    check_positive,
    detect,
    need,
    power_correlation,
    power_means,
    power_ordinal,
    power_proportions,
    share_of,
)


def effective_bases(design: Design, *, by: str) -> dict[str, float]:
    """The effective base of each group after unequal weights alone: (Σw)² / Σw².

    Clusters and strata are left out: divide further by their design effect where one is known.

    Parameters
    ----------
    design : respondents.
    by : column of groups; a missing value is an error.

    Returns
    -------
    The base of each group, a count, by its label.

    Raises
    ------
    EstimationError
        The column is unknown or has missing values.

    Notes
    -----
    R equivalent: ``tapply(w, g, function(w) sum(w)^2 / sum(w^2))``. Source: Kish (1965).
    """
    codes, names = design.labels(by)
    return {name: kish_effective_n(design.weight[codes == k]) for k, name in enumerate(names)}


def detectable_means(
    n_eff: tuple[float, float], *, power: float, alpha: float, sd: float = 1.0
) -> Plan | Inapplicable:
    """The smallest difference of two means that Student's t finds with this power.

    Assumes normal values with standard deviation ``sd`` in both groups; the effect is in its unit.

    Parameters
    ----------
    n_eff : effective bases of the two groups, at least 2 each.
    power, alpha : of the two-sided test; 0.0001 <= alpha < power < 1.
    sd : standard deviation of both groups.

    Returns
    -------
    The effect in the unit of ``sd``, with the bases; nothing is estimated, so no value can be
    missing. `Inapplicable` where no effect can be found.

    Raises
    ------
    EstimationError
        A base below 2, or a level, power or deviation out of range.

    Notes
    -----
    R equivalent: ``pwr::pwr.t2n.test``. Source: Cohen (1988).
    """
    check_plan(power, alpha, n_eff)
    check_positive("standard deviation", sd)
    return detect(
        lambda d: power_means(d, n_eff, alpha),
        1e4,
        n_eff,
        power,
        alpha,
        unit="units",
        method="detectable_means",
        times=sd,
    )


def needed_means(
    difference: float, *, power: float, alpha: float, sd: float = 1.0, ratio: float = 1.0
) -> Plan:
    """The bases at which Student's t finds this difference; see `detectable_means`.

    ``difference`` is in the unit of ``sd``; ``ratio`` is the base of the second group over that of
    the first. The bases are counts. In all else as `detectable_means`.
    """
    check_plan(power, alpha)
    check_positive("standard deviation", sd)
    check_positive("difference", abs(difference))
    return need(
        lambda n: power_means(abs(difference) / sd, n, alpha),
        abs(difference),
        power,
        alpha,
        unit="units",
        method="needed_means",
        ratio=ratio,
    )


def detectable_proportions(
    n_eff: tuple[float, float], *, percent: float, side: str, power: float, alpha: float
) -> Plan | Inapplicable:
    """The smallest difference from a share of ``percent`` that a z test finds with this power.

    In all else as `detectable_means`.

    Parameters
    ----------
    n_eff : effective bases of the group with this share, and of the other.
    percent : share in the first group, 0 to 100.
    side : ``above`` or ``below`` it. The two differ, since the variance depends on the share.
    power, alpha : of the two-sided test.

    Raises
    ------
    EstimationError
        A base below 2, a share, level or power out of range, or an unknown side.

    Notes
    -----
    R equivalent: ``stats::power.prop.test`` for equal bases. Source: Fleiss, Levin and Paik (2003).
    """
    check_plan(power, alpha, n_eff)
    if side not in ("above", "below"):
        raise EstimationError(f"unknown side {side!r}; expected 'above' or 'below'.")
    share, sign = share_of(percent), 1 if side == "above" else -1
    return detect(
        lambda points: power_proportions(share, share + sign * points / 100, n_eff, alpha),
        100 * (1 - share if sign > 0 else share),
        n_eff,
        power,
        alpha,
        unit="points",
        method="detectable_proportions",
        times=sign,
    )


def needed_proportions(
    percent: tuple[float, float], *, power: float, alpha: float, ratio: float = 1.0
) -> Plan:
    """The bases at which a z test tells these two shares apart; see `detectable_proportions`.

    ``percent`` are the shares of the two groups; the effect is the second less the first. ``ratio``
    as for `needed_means`. In all else as `detectable_proportions`.
    """
    check_plan(power, alpha)
    first, second = (share_of(value) for value in percent)
    check_positive("difference", abs(second - first))
    return need(
        lambda n: power_proportions(first, second, n, alpha),
        percent[1] - percent[0],
        power,
        alpha,
        unit="points",
        method="needed_proportions",
        ratio=ratio,
    )


def detectable_correlation(n_eff: float, *, power: float, alpha: float) -> Plan | Inapplicable:
    """The smallest correlation that is found with this power, by Fisher's z; base of at least 4.

    In all else as `detectable_means`.

    Notes
    -----
    R equivalent: ``pwr::pwr.r.test``. Source: Cohen (1988).
    """
    check_plan(power, alpha, (n_eff,), least=4)
    return detect(
        lambda r: power_correlation(r, n_eff, alpha),
        1 - 1e-12,
        (n_eff,),
        power,
        alpha,
        unit="correlation",
        method="detectable_correlation",
    )


def needed_correlation(r: float, *, power: float, alpha: float) -> Plan:
    """The base at which a correlation this far from 0 is found; see `detectable_correlation`.

    ``r`` is the correlation to be found. In all else as `detectable_correlation`.

    Raises
    ------
    EstimationError
        No correlation between −1 and 1, or 0.
    """
    check_plan(power, alpha)
    if not 0 < abs(r) < 1:
        raise EstimationError(
            f"a correlation cannot be planned for; got {r!r}; expected one between −1 and 1 that"
            " is not 0."
        )
    return need(
        lambda n: power_correlation(abs(r), n[0], alpha),
        r,
        power,
        alpha,
        unit="correlation",
        method="needed_correlation",
        ratio=None,
        least=4 + 1e-9,
    )


def detectable_ordinal(
    n_eff: tuple[float, float], *, percents: Sequence[float], power: float, alpha: float
) -> Plan | Inapplicable:
    """The smallest log odds ratio of an ordinal shift that the rank-sum test finds.

    Assumes proportional odds. ``percents`` are the shares of all categories, on average over both
    groups; they sum to 100. Raises an `EstimationError` where they do not.

    In all else as `detectable_means`.

    Notes
    -----
    R equivalent: ``Hmisc::popower``. Source: Whitehead (1993).
    """
    check_plan(power, alpha, n_eff)
    spread = category_spread(percents)
    return detect(
        lambda log_or: power_ordinal(log_or, n_eff, spread, alpha),
        1e6,
        n_eff,
        power,
        alpha,
        unit="log-odds",
        method="detectable_ordinal",
    )


def needed_ordinal(
    log_odds: float, *, percents: Sequence[float], power: float, alpha: float, ratio: float = 1.0
) -> Plan:
    """The bases at which the rank-sum test finds this log odds ratio; see `detectable_ordinal`.

    R's ``Hmisc::posamsize`` leaves out a factor of ((n + 1) / n)² and so asks for two fewer.

    ``log_odds`` is the shift to be found; ``ratio`` as for `needed_means`. In all else as `detectable_ordinal`.
    """
    check_plan(power, alpha)
    check_positive("log odds ratio", abs(log_odds))
    spread = category_spread(percents)
    return need(
        lambda n: power_ordinal(abs(log_odds), n, spread, alpha),
        log_odds,
        power,
        alpha,
        unit="log-odds",
        method="needed_ordinal",
        ratio=ratio,
    )
