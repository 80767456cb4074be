"""How the processor time of a build grows, as two curves beside growth in proportion: ``docs/bench-build.svg``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib.pyplot as plt

from bench.cost import Cost


def draw(curves: Mapping[str, Mapping[int, Cost]], to: Path) -> None:
    """Write one panel a curve: seconds of processor by size, both on scales of powers of ten, with what was measured.

    Parameters
    ----------
    curves : the costs by size, by what the size counts; a dashed line starts at the smallest size
        and grows in proportion.
    """
    figure, panels = plt.subplots(
        1, len(curves), figsize=(7.5, 3), layout="constrained", squeeze=False
    )
    for panel, (counted, costs) in zip(panels[0], curves.items(), strict=True):
        sizes = sorted(costs)
        seconds = [costs[size].processor for size in sizes]
        panel.loglog(sizes, seconds, "o-", color="#0b4f8a", label="measured")
        in_proportion = [seconds[0] * size / sizes[0] for size in sizes]
        panel.loglog(sizes, in_proportion, "--", color="#56606a", label="in proportion")
        panel.set_xticks(sizes, [f"{size:,}" for size in sizes])
        panel.minorticks_off()
        panel.set(xlabel=counted, ylabel="processor seconds")
        panel.spines[["top", "right"]].set_visible(False)
        panel.legend(frameon=False)
    figure.savefig(to, metadata={"Date": None})
    plt.close(figure)
