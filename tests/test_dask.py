"""A Dask cluster gives the same results, bit for bit, as this process alone."""

from __future__ import annotations

from collections.abc import Iterator

import joblib
import numpy as np
import pytest
from conftest import ROOT  # noqa: F401 the workers' path is that of the tests

from helpers.rng import repeat


def draw(rng: np.random.Generator) -> float:
    return float(rng.normal())


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
        ) as local,
        distributed.Client(local) as client,
    ):
        yield client


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_bits(cluster: object) -> None:
    alone = repeat(draw, 20, name="dask")
    with joblib.parallel_config(backend="dask"):
        spread = repeat(draw, 20, name="dask")
    assert spread == alone
    assert repeat(draw, 20, name="another") != alone
