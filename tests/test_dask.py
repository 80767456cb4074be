"""Work that is repeated gives the same results, bit for bit, alone, in processes and on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT  # noqa: F401 the workers' path is that of the tests

from helpers.evidence import Evidence
from helpers.rng import repeat
from helpers.stats.bend.multiverse import Choice, multiverse
from helpers.stats.design import Design
from helpers.stats.estimates import Estimate, TestResult
from helpers.stats.no_effect.power import simulated_power
from helpers.stats.simulation.power_draws import TwoGroups
from helpers.stats.weights.replicates import bootstrap_replicates

SIMULATE = TwoGroups(shift=0.3, cluster=5)


def drawn(rng: np.random.Generator) -> float:
    return float(rng.normal())


def sample(rng: np.random.Generator) -> Design:
    return SIMULATE(rng, 40).design()


def mean_above(design: Design) -> TestResult:
    """A test of some kind: what is repeated does not matter here."""
    values = design.rows["answer"]
    z = float((values.mean() - 2.5) / values.sem())
    return TestResult(
        statistic=z, statistic_name="z", df=(), p_value=float(np.exp(-z * z)), effect=None,
        n=len(values), method="made_up",
    )  # fmt: skip


def one_path(size: int, shift: float, rng: np.random.Generator) -> Estimate:
    answer = TwoGroups(shift=shift)(rng, size).answer
    return Estimate(
        item="answer", level="mean", group="all", estimate=float(answer.mean()), se=None,
        ci_low=None, ci_high=None, n=size, n_eff=None, deff=None, df=None, unit="units",
        evidence=Evidence.SIMULATED, source="model", method="made_up",
    )  # fmt: skip


def numbers(name: str) -> list[float]:
    return repeat(drawn, 20, name=name)


def bootstrap(name: str) -> np.ndarray:
    design = SIMULATE(np.random.default_rng(1), 40).design()
    return bootstrap_replicates(design, replicates=20, name=name).factors


def power(name: str) -> Any:
    found = simulated_power(sample, mean_above, times=20, name=name)
    return found.rejected.estimate, found.rejected.ci_low


def paths(name: str) -> pd.Series:
    choices = {
        "size": [Choice(str(size), size) for size in (40, 80, 160)],
        "shift": [Choice(str(shift), shift) for shift in (0.0, 0.5)],
    }
    return multiverse(choices, one_path, main={"size": "40", "shift": "0.0"}, name=name)["estimate"]


WORK: dict[str, Callable[[str], Any]] = {
    "numbers": numbers, "bootstrap": bootstrap, "power": power, "multiverse": paths,
}  # fmt: skip


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as local,
        distributed.Client(local) as client,
    ):
        yield client


def bits(result: Any) -> bytes:
    """Every number of a result as it lies in memory."""
    return np.asarray(result, dtype=np.float64).tobytes()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", WORK)
def test_processes_and_a_cluster_give_the_same_bits(cluster: object, name: str) -> None:
    work = WORK[name]
    alone = bits(work("streams"))
    for backend in ("loky", "dask"):
        with joblib.parallel_config(backend=backend, n_jobs=2):
            assert bits(work("streams")) == alone, backend
    assert bits(work("other streams")) != alone
