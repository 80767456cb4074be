"""Simulated respondents: drawn from the written model, with the truth beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from helpers import paths
from helpers.data.codebook_file import read_codebook
from helpers.errors import EstimationError
from helpers.stats.simulation.answers import interviewed
from helpers.stats.simulation.files import refuse_to_lose, write_both
from helpers.stats.simulation.large import large_truth
from helpers.stats.simulation.model import Model, read_model
from helpers.stats.simulation.sample import clusters, weights
from helpers.stats.simulation.truth import exact_truth


def simulation_model() -> Model:
    """The model of the book, from its file and the codebook beside it."""
    folder = paths.survey()
    return read_model(folder / "model.yml", codebook=read_codebook(folder / "codebook.yml"))


def simulate(*, n: int, seed: int, model: Model | None = None) -> pd.DataFrame:
    """Respondents drawn from the model, in the columns of the file that the book analyses.

    Parameters
    ----------
    n : respondents, from 200 to 5,000,000.
    seed : whole number, not negative; another seed gives another sample of the same population.
    model : what is true of them; the model of the book if None.

    Returns
    -------
    ``id weight stratum psu`` and every item of the codebook as codes, missing answers by theirs.
    ``stratum`` is region · 10 + settlement; units are numbered through the whole sample; weights
    have mean 1 and six decimals.

    Raises
    ------
    EstimationError
        ``n`` or ``seed`` is out of range.
    DataError
        The model, the codebook or a margin of the census cannot be used.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise EstimationError(
            f"a seed is missing; got seed={seed!r}; expected a whole number, not negative."
        )
    model = model or simulation_model()
    rows = interviewed(model, clusters(model, n=n), seed=int(seed))
    rows.insert(0, "weight", weights(model, rows))
    rows.insert(0, "id", np.arange(1, len(rows) + 1))
    return rows


def write_simulated(*, n: int, seed: int, folder: Path | None = None) -> tuple[Path, Path]:
    """Draw respondents and write them and the truth into a folder.

    Parameters
    ----------
    n, seed : as for `simulate`.
    folder : where to; that of the book's survey if None. It is made if it is missing.

    Returns
    -------
    The paths of ``responses.simulated.csv`` and ``truth.simulated.yml``.

    Raises
    ------
    DataError
        A file of such a name is there that was not simulated, or was changed since; the folder
        cannot be written; or what `simulate` refuses.
    """
    folder = folder or paths.survey()
    refuse_to_lose(folder)
    model = simulation_model()
    rows = simulate(n=n, seed=seed, model=model)
    found = {
        "model": model.title,
        "n": n,
        "seed": seed,
        "strata": int(rows["stratum"].nunique()),
        "clusters": int(rows["psu"].nunique()),
        **exact_truth(model),
        "scores": large_truth(model),
    }
    return write_both(rows, found, folder=folder)
