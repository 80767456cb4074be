"""Logarithms of marginal likelihoods by quadrature, finite however large the statistic."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy import special, stats

from helpers.stats.design import Floats

Interval = tuple[float, float]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_DYADIC = 2.0 ** np.arange(-16, 11)


def log_integral(
    log_of: Callable[[Floats], Floats],
    within: Interval,
    *,
    centres: list[float],
    scales: list[float],
) -> float:
    """Logarithm of the integral of ``exp(log_of)``, by Gauss and Legendre on dyadic panels.

    Panels double in width away from each centre, from the smallest part of each scale; ends of the
    interval are centres too. Beyond a thousand scales the integrand is taken as 0.
    """
    steps = np.concatenate([scale * _DYADIC for scale in scales])
    steps = np.concatenate([-steps, [0.0], steps])
    ends = [end for end in within if math.isfinite(end)]
    edges = np.unique(np.add.outer([*centres, *ends], steps))
    edges = edges[(edges >= within[0]) & (edges <= within[1])]
    edges = edges[np.diff(edges, append=math.inf) > 1e-200]
    half = np.diff(edges) / 2
    points = (edges[:-1] + half)[:, None] + half[:, None] * _NODES
    logs = log_of(points.ravel()).reshape(points.shape) + np.log(half)[:, None]
    return float(special.logsumexp(logs, b=np.broadcast_to(_WEIGHTS, logs.shape)))


def t_marginal(t: float, *, n: float, df: float, scale: float, within: Sequence[Interval]) -> float:
    """Log likelihood of t, averaged over a Cauchy effect inside intervals, over that of none.

    ``n`` is the effective number of pairs, ``n1 n2 / (n1 + n2)``.
    """
    width = math.sqrt((1 + t * t / df) / n)

    def log_of(effect: Floats) -> Floats:
        prior = -np.log1p((effect / scale) ** 2) - math.log(math.pi * scale)
        return _log_t_ratio(t, df, effect * math.sqrt(n)) + prior

    mass = sum(float(np.diff(stats.cauchy.cdf(np.array(part) / scale))[0]) for part in within)
    centres = [0.0, t / math.sqrt(n)]
    parts = [log_integral(log_of, part, centres=centres, scales=[width, scale]) for part in within]
    return float(special.logsumexp(parts)) - math.log(mass)


def correlation_marginal(r: float, *, n: float, scale: float, within: Sequence[Interval]) -> float:
    """Log likelihood of r, averaged over a stretched beta inside intervals, over that of none.

    The integral runs over Fisher's z, on which the likelihood is nearly normal.
    """
    shape = 1 / scale
    log_norm = (1 - 2 * shape) * math.log(2) - special.betaln(shape, shape)

    def log_of(z: Floats) -> Floats:
        log_one_less_square = -2 * np.logaddexp(z, -z) + 2 * math.log(2)
        likelihood = (n - 1) / 2 * log_one_less_square
        likelihood = likelihood + _log_fisher(np.tanh(z) * r, n) - _log_fisher(np.zeros(1), n)
        return np.asarray(likelihood + shape * log_one_less_square + log_norm)

    def z_of(rho: float) -> float:
        return math.atanh(rho) if abs(rho) < 1 else math.copysign(math.inf, rho)

    mass = sum(
        float(np.diff(stats.beta.cdf((np.array(part) + 1) / 2, shape, shape))[0]) for part in within
    )
    centres, scales = [0.0, math.atanh(r)], [1 / math.sqrt(n), min(1.0, scale)]
    parts = [
        log_integral(log_of, (z_of(low), z_of(high)), centres=centres, scales=scales)
        for low, high in within
    ]
    return float(special.logsumexp(parts)) - math.log(mass)


def _log_t_ratio(t: float, df: float, shift: Floats) -> Floats:
    """Log density of t with this noncentrality, over that with none.

    The density is ``exp(−ν μ² / 2(ν + t²)) ∫ y^ν exp(−(y − m)²/2) dy`` with ``m = μ t / √(ν + t²)``.
    """
    slope = t / math.sqrt(df + t * t)
    gaussian = -df * shift**2 / (2 * (df + t * t))
    return gaussian + _log_airey(slope * shift, df) - _log_airey(np.zeros(1), df)


def _log_airey(m: Floats, df: float) -> Floats:
    """Log of ``∫₀^∞ y^ν exp(−(y − m)²/2) dy``: trapezoids in ``log y`` about the mode."""
    root = np.sqrt(m * m + 4 * (df + 1))
    mode = np.where(m > 0, (m + root) / 2, 2 * (df + 1) / (root + np.abs(m)))
    width = 1 / np.sqrt(mode * root)
    step = 0.5
    # To the left the integrand falls by the power df + 1 of y, elsewhere at least as a normal.
    offset = np.arange(-9 - 53 / math.sqrt(df + 1), 9.5, step)
    u = np.log(mode)[:, None] + width[:, None] * offset
    logs = (df + 1) * u - (np.exp(u) - m[:, None]) ** 2 / 2
    return np.asarray(special.logsumexp(logs, axis=1) + np.log(width * step))


def _log_fisher(product: Floats, n: float) -> Floats:
    """Log of ``∫₀^∞ (cosh w − ρ r)^−(n−1) dw``, by trapezoids after ``w = c sinh v``."""
    gap = 1 - product
    width = np.sqrt(gap / (n - 1))
    step = 0.1
    v = np.arange(0.0, math.asinh(60 / float(width.min())), step)
    w = width[:, None] * np.sinh(v)
    # cosh w − 1 = 2 sinh²(w/2), so that nothing cancels near w = 0.
    bounded = np.minimum(w, 60.0)
    logs = -(n - 1) * np.log(2 * np.sinh(bounded / 2) ** 2 + gap[:, None]) + np.log(np.cosh(v))
    logs = np.where(w < 60, logs, -np.inf)
    logs[:, 0] -= math.log(2)
    return np.asarray(special.logsumexp(logs, axis=1) + np.log(width * step))
