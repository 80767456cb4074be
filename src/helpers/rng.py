"""Random numbers by name: the same stream on every machine, in any order, on any number of cores."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from joblib import Parallel, delayed

Result = TypeVar("Result")


def stream(*name: str | int) -> np.random.Generator:
    """The random stream of this name; streams of different names are independent.

    The name takes the place of a seed: ``stream("bootstrap", "trust", 7)``.
    """
    digest = hashlib.sha256("\x1f".join(map(str, name)).encode()).digest()
    return np.random.Generator(np.random.PCG64DXSM(np.random.SeedSequence(list(digest))))


def repeat(
    task: Callable[[np.random.Generator], Result], times: int, *, name: str | tuple[str | int, ...]
) -> list[Result]:
    """Run ``task`` with each of ``times`` streams of this name, and give the results in order.

    Where it runs is for the caller to say, with ``joblib.parallel_config``: here, on all cores, or
    on a cluster. The results are the same, bit for bit, since each task has a stream of its own.
    """
    parts = (name,) if isinstance(name, str) else name
    results: list[Result] = Parallel()(delayed(task)(stream(*parts, k)) for k in range(times))
    return results
