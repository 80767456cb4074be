"""Average marginal effects on the answers above a threshold together, such as all that agree."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.estimates import to_frame
from helpers.stats.models.marginal_effects import _effects
from helpers.stats.models.model_terms import estimate_rows
from helpers.stats.models.ordinal import OrderedModel


def effects_above(model: OrderedModel, *, above: int) -> pd.DataFrame:
    """How many points more people would answer above a threshold, were one term different.

    The sum of `average_marginal_effects` over these answers, with an interval of its own by the
    delta method; all other values are as they are. Association is not cause.

    In all else as `average_marginal_effects`.

    Parameters
    ----------
    above : number of categories from the lowest that lie below the threshold.
    model : from `ordered_model`.

    Returns
    -------
    Rows of the result shape in points: ``item`` is the outcome, ``level`` the change, such as
    ``education[Higher]`` or ``age[+1]``.

    Raises
    ------
    EstimationError
        There is no such threshold.

    Notes
    -----
    Source: Bartus (2005); Williams (2012).
    """
    cuts = len(model.categories) - 1
    if not 1 <= above <= cuts:
        raise EstimationError(
            f"outcome {model.outcome!r} has no such threshold; got {above}; expected 1 to {cuts}."
            " Count the categories that lie below it."
        )
    found = list(_effects(model.fit, model.terms, "unit"))
    slopes = np.array([jacobian[above - 1] for _, (_, jacobian) in found])
    return to_frame(
        estimate_rows(
            model.design,
            items=[model.outcome] * len(found),
            levels=[change for change, _ in found],
            estimates=np.array([-100 * below[above - 1] for _, (below, _) in found]),
            variances=1e4 * np.einsum("ij,jk,ik->i", slopes, model.covariance, slopes),
            unit="points",
            method="effects_above",
        )
    )
