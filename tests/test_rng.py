"""Random streams go by name: the same anywhere, in any order, and never those of another name."""

from __future__ import annotations

import subprocess
import sys

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.rng import repeat, stream

PART = st.one_of(st.text(st.characters(blacklist_characters="\x1f"), max_size=8), st.integers())
NAME = st.lists(PART, min_size=1, max_size=4).map(tuple)


def draw(rng: np.random.Generator) -> list[float]:
    return [*rng.random(3).tolist(), float(rng.integers(10**9))]


@given(names=st.lists(NAME, min_size=2, max_size=6, unique=True))
def test_a_stream_does_not_depend_on_what_was_drawn_before(names: list[tuple[str | int]]) -> None:
    alone = {name: draw(stream(*name)) for name in names}
    backwards = {name: draw(stream(*name)) for name in reversed(names)}
    assert alone == backwards


@given(one=NAME, other=NAME)
def test_other_names_never_give_the_same_stream(
    one: tuple[str | int], other: tuple[str | int]
) -> None:
    same = list(map(str, one)) == list(map(str, other))
    assert (draw(stream(*one)) == draw(stream(*other))) is same


def test_parts_of_a_name_are_kept_apart() -> None:
    names = [("ab", "c"), ("a", "bc"), ("abc",), ("a", "b", "c"), ("abc", ""), ("", "abc")]
    assert len({tuple(draw(stream(*name))) for name in names}) == len(names)


def test_another_process_has_the_same_stream() -> None:
    program = "from helpers.rng import stream; print(stream('bootstrap', 'доверие', 7).random(3).tolist())"
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == str(stream("bootstrap", "доверие", 7).random(3).tolist())


def test_a_stream_stays_what_it_was_when_results_were_frozen() -> None:
    assert stream("bootstrap", 1).integers(0, 10**6, 5).tolist() == [
        947345,
        808262,
        316742,
        768583,
        952201,
    ]


def test_streams_of_one_name_and_many_numbers_are_uniform_and_unrelated() -> None:
    draws = np.array([stream("trial", k).random(2) for k in range(2000)])
    assert draws.mean() == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / draws.size))
    assert abs(np.corrcoef(draws[:-1, 0], draws[1:, 0])[0, 1]) < 4 / np.sqrt(len(draws))
    assert len(np.unique(draws)) == draws.size


def test_repeated_work_is_the_same_wherever_it_runs() -> None:
    here = repeat(draw, 12, name="work")
    assert here == [draw(stream("work", k)) for k in range(12)]
    for backend in ("threading", "loky"):
        with joblib.parallel_config(backend=backend, n_jobs=2):
            assert repeat(draw, 12, name="work") == here
    assert repeat(draw, 5, name=("work",)) == here[:5]
    assert repeat(draw, 5, name=("work", 1)) != here[:5]
    assert repeat(draw, 0, name="work") == []
