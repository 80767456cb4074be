"""Headlines of part 3 recomputed from the raw files by another route: numpy, scipy, statsmodels, pingouin.

Nothing of `helpers` computes here. The numbers compared are the frozen ones, which `make verify`
holds against those of the book.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pingouin
import pytest
import statsmodels.api as sm
from scipy import optimize, stats

from helpers.paths import project_root

SCALES = {
    "channels": (["channel_open_data", "channel_legal_acts", "channel_budgets", "channel_appeals",
                  "channel_petitions", "channel_public_councils", "channel_social_media"], 5),
    "transparency": (["transparency_publish", "transparency_money", "transparency_reasons"], 2),
    "participation": (["participation_invited", "participation_easy", "participation_closed"], 2),
    "answering": (["answering_answer", "answering_time", "answering_point"], 2),
    "heeding": (["heeding_change", "heeding_account", "heeding_mend", "heeding_regardless"], 2),
    "external": (["external_say", "external_care"], 2),
    "internal": (["internal_understand", "internal_able"], 2),
    "trust": (["trust_president", "trust_government", "trust_parliament", "trust_regional_akim",
               "trust_local_akim", "trust_courts"], 4),
}  # fmt: skip
REVERSED = ["participation_closed", "heeding_regardless", "external_say"]
BACKGROUND = ["sex", "age_group", "education", "settlement"]


@dataclass(frozen=True)
class File:
    """The answers with missing codes gone, reversed items mirrored, scores, and the sample."""

    rows: pd.DataFrame
    weight: np.ndarray
    units: np.ndarray
    strata: np.ndarray

    @property
    def df(self) -> int:
        return len(np.unique(self.units)) - len(np.unique(self.strata))

    def error(self, influence: np.ndarray, inside: np.ndarray) -> np.ndarray:
        """Covariance of estimates: sums of units around the mean of their stratum."""
        sums = pd.DataFrame(0.0, index=self.rows.index, columns=range(influence.shape[1]))
        sums[inside] = influence
        total = sums.groupby([self.strata, self.units]).sum()
        home = total.index.get_level_values(0)
        apart = total - total.groupby(home).transform("mean")
        size = total.groupby(home)[0].transform("size")
        return np.asarray((apart.mul(size / (size - 1), axis=0)).T @ apart)

    def line(
        self, y: np.ndarray, x: np.ndarray, inside: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Slopes and influences of weighted least squares on columns and an intercept."""
        x = sm.add_constant(x)
        w = self.weight[inside]
        fit = sm.WLS(y, x, weights=w).fit()
        scores = x * (w * fit.resid)[:, None]
        return fit.params, scores @ np.linalg.inv((x * w[:, None]).T @ x)

    def deviations(self, name: str) -> pd.Series:
        """A score with weighted mean 0 and standard deviation 1 among those who have it."""
        score = self.rows[name]
        known = score.notna()
        mean = np.average(score[known], weights=self.weight[known])
        spread = np.sqrt(np.average((score[known] - mean) ** 2, weights=self.weight[known]))
        return (score - mean) / spread


@pytest.fixture(scope="module")
def file() -> File:
    raw = pd.read_csv(project_root() / "data/survey/responses.simulated.csv", comment="#")
    rows = raw.mask(raw.lt(0))
    for name in REVERSED:
        rows[name] = 6 - rows[name]
    for scale, (items, least) in SCALES.items():
        given = rows[items]
        rows[scale] = given.mean(axis=1).where(given.notna().sum(axis=1) >= least)
    used = rows[SCALES["channels"][0]].eq(3).any(axis=1).astype(float)
    rows["user"] = used.where(rows["channels"].notna())
    rows["user_of_any"] = used.where(rows[SCALES["channels"][0]].notna().any(axis=1))
    whole = raw["psu"].astype(str) + "/" + raw["stratum"].astype(str)
    return File(rows, raw["weight"].to_numpy(), whole.to_numpy(), raw["stratum"].to_numpy())


@pytest.fixture(scope="module")
def frozen() -> dict[str, dict]:
    text = (project_root() / "results.json").read_text(encoding="utf-8")
    return {fact["id"]: fact for fact in json.loads(text)["facts"]}


@pytest.mark.parametrize("scale", ["heeding", "answering", "internal"])
def test_main_path_of_users_and_others(scale: str, file: File, frozen: dict[str, dict]) -> None:
    needed = file.rows[[scale, "user", *BACKGROUND]].notna().all(axis=1).to_numpy()
    rows = file.rows[needed]
    facts = [
        (rows[name] == code).astype(float)
        for name in BACKGROUND
        for code in sorted(rows[name].unique())[1:]
    ]
    y, w = rows[scale].to_numpy(), file.weight[needed]
    slopes, influence = file.line(y, np.column_stack([rows["user"], *facts]), needed)
    spread = np.sqrt(np.average((y - np.average(y, weights=w)) ** 2, weights=w))
    size = slopes[1] / spread
    half = stats.t.ppf(0.975, file.df) / spread
    half *= np.sqrt(file.error(influence, needed)[1, 1])
    fact = frozen[f"fork-{'efficacy' if scale == 'internal' else scale}-main"]
    assert fact["n"] == needed.sum()
    assert fact["value"] == pytest.approx(size, rel=1e-7)
    assert fact["ci"] == pytest.approx([size - half, size + half], rel=1e-7)
    # Without weights it is another number: the comparison can fail.
    plain = sm.OLS(y, sm.add_constant(np.column_stack([rows["user"], *facts]))).fit().params[1]
    assert abs(plain / y.std() - fact["value"]) > 1e-3


def test_main_path_of_the_linkage(frozen: dict[str, dict]) -> None:
    """Restricted likelihood maximised directly; Knapp and Hartung's error, never below the plain one."""
    folder = project_root() / "data/published"
    read = pd.read_csv(folder / "readings.csv").merge(
        pd.read_csv(folder / "polls.csv"), on="poll_id", suffixes=("", "_poll")
    )
    known = read[
        (read["country"] == "Kazakhstan") & (read["target"] == "president") & (read["subgroup"] == "all")
        & read["response"].isin(["trust", "approve"]) & read["n"].notna()
    ]  # fmt: skip
    assert len(known) == 10
    p, n = known["percent"].to_numpy(), known["n"].to_numpy()
    v = p * (100 - p) / n
    x = np.column_stack([np.ones(len(p)), (known["pollster"] == "kaziss").astype(float)])

    def minus_log_likelihood(tau2: float) -> float:
        w = 1 / (v + tau2)
        beta = np.linalg.solve((x * w[:, None]).T @ x, x.T @ (w * p))
        return float(
            np.log(v + tau2).sum() + np.linalg.slogdet((x * w[:, None]).T @ x)[1]
            + w @ (p - x @ beta) ** 2
        )  # fmt: skip

    tau2 = optimize.minimize_scalar(
        minus_log_likelihood, bounds=(0, 1000), method="bounded", options={"xatol": 1e-10}
    ).x
    w = 1 / (v + tau2)
    cov = np.linalg.inv((x * w[:, None]).T @ x)
    beta = cov @ x.T @ (w * p)
    factor = max(1.0, float(w @ (p - x @ beta) ** 2) / (len(p) - 2))
    half = stats.t.ppf(0.975, len(p) - 2) * np.sqrt(factor * cov[1, 1])
    fact = frozen["fork-linkage-main"]
    assert fact["value"] == pytest.approx(beta[1], rel=1e-5)
    assert fact["ci"] == pytest.approx([beta[1] - half, beta[1] + half], rel=1e-5)


@pytest.mark.parametrize("way", ["alone", "fixed"])
@pytest.mark.parametrize("cause", ["transparency", "participation"])
def test_paths_by_way_of_efficacy(
    cause: str, way: str, file: File, frozen: dict[str, dict]
) -> None:
    names = [
        "transparency",
        "participation",
        "heeding",
        "answering",
        "internal",
        "external",
        "trust",
    ]
    scores = pd.DataFrame({name: file.deviations(name) for name in names})
    needed = scores.notna().all(axis=1).to_numpy()
    rows = scores[needed]
    held = [] if way == "alone" else [name for name in names[:5] if name != cause]
    first, at_first = file.line(
        rows["external"].to_numpy(), rows[[cause, *held]].to_numpy(), needed
    )
    second, at_second = file.line(
        rows["trust"].to_numpy(), rows[["external", cause, *held]].to_numpy(), needed
    )
    influence = np.column_stack([at_first[:, 1], at_second[:, 1], at_second[:, 2]])
    cov = file.error(influence, needed)
    if cause == "participation":
        half = stats.t.ppf(0.975, file.df) * np.sqrt(cov[2, 2])
        fact = frozen[f"models-direct-{way}"]
        assert fact["value"] == pytest.approx(second[2], rel=1e-6)
        assert fact["ci"] == pytest.approx([second[2] - half, second[2] + half], rel=1e-6)
        return
    fact = frozen[f"models-indirect-{way}"]
    assert fact["n"] == needed.sum()
    assert fact["value"] == pytest.approx(first[1] * second[1], rel=1e-7)
    drawn = stats.multivariate_t([first[1], second[1]], cov[:2, :2], df=file.df).rvs(
        400_000, random_state=np.random.default_rng(11)
    )
    limits = np.quantile(drawn.prod(axis=1), [0.025, 0.975])
    # Draws differ from draws: by less than a hundredth of the width.
    assert fact["ci"] == pytest.approx(limits, abs=0.01 * (limits[1] - limits[0]))


@pytest.mark.parametrize(
    ("name", "score", "by"), [("use", "heeding", "user_of_any"), ("sex", "internal", "sex")]
)
def test_bayes_factors_under_the_design(
    name: str, score: str, by: str, file: File, frozen: dict[str, dict]
) -> None:
    needed = file.rows[[score, by]].notna().all(axis=1).to_numpy()
    rows, w = file.rows[needed], file.weight[needed]
    y, group = rows[score].to_numpy(), (rows[by] == 1).to_numpy()
    means = [np.average(y[side], weights=w[side]) for side in (group, ~group)]
    influence = sum(
        sign * np.where(side, w * (y - mean), 0) / w[side].sum()
        for sign, side, mean in zip((1, -1), (group, ~group), means, strict=True)
    )
    variance = float(file.error(np.asarray(influence)[:, None], needed)[0, 0])
    simple = sum(
        np.average((y[side] - mean) ** 2, weights=w[side]) / (side.sum() - 1)
        for side, mean in zip((group, ~group), means, strict=True)
    )
    t, deff = (means[0] - means[1]) / np.sqrt(variance), max(1.0, variance / simple)
    found = {}
    for width, scale in (("narrow", 0.05), ("usual", 0.7071), ("wide", 2.0)):
        bf10 = pingouin.bayesfactor_ttest(
            t, nx=group.sum() / deff, ny=(~group).sum() / deff, r=scale
        )
        found[width] = 1 / float(bf10)
        fact = frozen[f"noeffect-bayes-{name}-{width}"]
        assert fact["n"] == needed.sum()
        assert fact["value"] == pytest.approx(found[width], rel=1e-5)
    assert found["narrow"] < found["wide"]
