"""How fast `helpers.stats` is, beside named peers in the same run: ``make bench``.

Each task runs on the same weighted respondents with strata and clusters; the median of seconds of
processor time counts, which other work on the machine lengthens least. A peer that is not installed
is skipped, and the table says so. The ratio is the peer's time over ours.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from itertools import count
from pathlib import Path

import pandas as pd

from bench.respondents import ITEMS, MARGINS, TERMS, respondents, targets
from helpers.rng import stream
from helpers.stats.describe.crosstab import rao_scott
from helpers.stats.describe.describe import means
from helpers.stats.design import survey_design
from helpers.stats.models.ordinal import ordered_model
from helpers.stats.scales.polychoric import polychoric_matrix
from helpers.stats.weights.bootstrap import bootstrap_difference, bootstrap_means
from helpers.stats.weights.weighting import raked

N = 100_000
REPLICATES = 2_000
LONG = 5.0
"""Seconds after which a call is not measured again."""

PEERS = ("statsmodels", "scipy", "svy", "weightipy", "rimpy", "ordinalcorr")
TASKS = {
    "means": "means of one item by 6 groups, with standard errors",
    "rao-scott": "Rao–Scott test",
    "cluster-bootstrap": f"{REPLICATES:,} bootstrap replicates of clusters",
    "row-bootstrap": f"{REPLICATES:,} bootstrap replicates of rows, difference of means",
    "raking": "raking to 5 margins",
    "polychoric": "polychoric correlations of 10 items",
    "ordered": "ordered logit, 14 terms",
}


def ours(n: int) -> dict[str, Callable[[], object]]:
    """The tasks as calls of the package; data and design are made before the clock starts."""
    rows = respondents(n)
    design = survey_design(rows, weight="weight", strata="stratum", psu="psu")
    pair = rows[rows["group"] <= 2]
    margins = targets()
    return {
        "means": lambda: means(design, "q0", by="group"),
        "rao-scott": lambda: rao_scott(design, "q0", by="group"),
        "cluster-bootstrap": lambda: bootstrap_means(
            design, "q0", replicates=REPLICATES, rng=stream("bench", "clusters")
        ),
        "row-bootstrap": lambda: bootstrap_difference(
            pair, item="q0", by="group", replicates=REPLICATES, rng=stream("bench", "rows")
        ),
        "raking": lambda: raked(rows, base="weight", margins=margins),
        "polychoric": lambda: polychoric_matrix(design, items=ITEMS),
        "ordered": lambda: ordered_model(design, outcome="y", terms=TERMS),
    }


def python_peers(n: int) -> Iterator[tuple[str, str, Callable[[], object] | None]]:
    """Task, name and call of each Python peer; None where it is not installed."""
    rows = respondents(n)
    if importlib.util.find_spec("svy"):
        yield from _svy(rows)
    else:
        tasks = ("means", "rao-scott", "cluster-bootstrap", "raking")
        yield from ((task, "svy", None) for task in tasks)
    yield from _rakers(rows)
    if importlib.util.find_spec("ordinalcorr"):
        import ordinalcorr

        def all_pairs() -> None:
            for k, one in enumerate(ITEMS):
                for other in ITEMS[:k]:
                    ordinalcorr.polychoric(rows[one], rows[other])

        yield "polychoric", "ordinalcorr (no weights)", all_pairs
    else:
        yield "polychoric", "ordinalcorr (no weights)", None
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    model = OrderedModel(rows["y"], rows[TERMS].astype(float), distr="logit")
    yield "ordered", "statsmodels (no weights)", lambda: model.fit(method="bfgs", disp=False)
    from scipy import stats

    one, other = (rows.loc[rows["group"] == k, "q0"].to_numpy() for k in (1, 2))
    yield (
        "row-bootstrap",
        "scipy.stats.bootstrap",
        lambda: stats.bootstrap(
            (one, other), lambda a, b, axis: a.mean(axis) - b.mean(axis), n_resamples=REPLICATES,
            method="percentile", vectorized=True, batch=50, rng=stream("bench", "scipy"),
        ),
    )  # fmt: skip


def _rakers(rows: pd.DataFrame) -> Iterator[tuple[str, str, Callable[[], object] | None]]:
    """Neither takes weights to start from: both start from 1."""
    aim = {name: target.to_dict() for name, target in targets().items()}
    weightipy = rimpy = None
    if importlib.util.find_spec("weightipy"):
        import weightipy as wp

        percents = {name: {k: 100 * v for k, v in of.items()} for name, of in aim.items()}
        scheme = wp.scheme_from_dict(percents)
        weightipy = partial(wp.weight_dataframe, rows, scheme)
    yield "raking", "weightipy (no base weights)", weightipy
    if importlib.util.find_spec("rimpy"):
        import rimpy as rim

        rimpy = partial(rim.rake, rows[list(aim)], aim)  # it adds a column "weight"
    yield "raking", "rimpy (no base weights)", rimpy


def _svy(rows: pd.DataFrame) -> Iterator[tuple[str, str, Callable[[], object]]]:
    import polars as pl
    import svy

    sample = svy.Sample(
        pl.from_pandas(rows), svy.Design(wgt="weight", stratum="stratum", psu="psu")
    )
    yield "means", "svy", lambda: sample.estimation.mean("q0", by="group")
    yield "rao-scott", "svy", lambda: sample.categorical.tabulate(rowvar="q0", colvar="group")
    yield (
        "cluster-bootstrap",
        "svy",
        lambda: sample.weighting.create_bs_wgts(n_reps=REPLICATES).estimation.mean("q0"),
    )
    aim = {name: target.to_dict() for name, target in targets().items()}
    name = count()
    yield (
        "raking",
        "svy",
        lambda: sample.weighting.rake(shares=aim, wgt_name=f"raked{next(name)}", tol=1e-10),
    )


def r_peers(n: int) -> Iterator[tuple[str, str, float | None]]:
    """Task, name and median of each R peer; None where Rscript or a package is not installed.

    Last come ``versions``, as the name of a peer without a task.
    """
    script = Path(__file__).with_name("statistics.R")
    if shutil.which("Rscript") is None:
        yield "means", "R", None
        return
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "respondents.csv"
        respondents(n).to_csv(data, index=False)
        ran = subprocess.run(
            ["Rscript", str(script), str(data)], capture_output=True, text=True, check=False
        )
    for line in ran.stdout.splitlines():
        task, peer, seconds = line.split("\t")
        yield task, peer, float(seconds)
    if ran.returncode:
        yield "means", f"R ({ran.stderr.strip().splitlines()[-1][:60]})", None


def median(call: Callable[[], object], times: int = 5) -> float:
    """The median of up to ``times`` runs, after one that warms up."""
    call()
    taken: list[float] = []
    while len(taken) < times and sum(taken) < LONG:
        started = time.process_time()
        call()
        taken.append(time.process_time() - started)
    return statistics.median(taken)


def growth(sizes: list[int]) -> Iterator[str]:
    """Seconds of each task, and the largest peak memory of any, by the number of respondents."""
    yield "| respondents | " + " | ".join(TASKS) + " | peak memory / input |"
    yield "|---" * (len(TASKS) + 2) + "|"
    for n in sizes:
        calls = ours(n)
        held = respondents(n).memory_usage(deep=False).sum()
        seconds = [median(calls[task], times=3) for task in TASKS]
        most = max(peak(call) for call in calls.values()) / held
        yield f"| {n:,} | " + " | ".join(f"{s:.3f}" for s in seconds) + f" | {most:.1f} |"


def peak(call: Callable[[], object]) -> int:
    """The most memory in bytes that a call holds beside what was there before."""
    tracemalloc.start()
    call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def main() -> int:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=N, help="respondents (default: %(default)s)")
    parser.add_argument("--growth", action="store_true", help="also from 10,000 to 1,000,000")
    chosen = parser.parse_args()
    calls = ours(chosen.n)
    seconds = {task: median(call) for task, call in calls.items()}
    peers: dict[str, list[tuple[str, float | None]]] = {task: [] for task in TASKS}
    for task, name, call in python_peers(chosen.n):
        peers[task].append((name, None if call is None else median(call)))
    installed = [f"{name} {version(name)}" for name in PEERS if importlib.util.find_spec(name)]
    for task, name, taken in r_peers(chosen.n):
        if task == "versions":
            installed.append(name)
        else:
            peers[task].append((name, taken))
    print(
        f"{chosen.n:,} respondents, {len(MARGINS)} margins; medians in seconds of processor time."
    )
    print(f"Python {sys.version.split()[0]}; {', '.join(installed)}.\n")
    print("| task | helpers | peer | seconds | ratio |\n|---|---|---|---|---|")
    for task, words in TASKS.items():
        head = f"{words} | {seconds[task]:.3f}"
        for name, taken in peers[task] or [("none", None)]:
            told = "not installed | –"
            if taken is not None:
                told = f"{taken:.3f} | {taken / seconds[task]:.1f}"
            print(f"| {head} | {name} | {told} |")
            head = " | "
    if chosen.growth:
        print("\n" + "\n".join(growth([10_000, 100_000, 1_000_000])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
