"""Effects above a threshold are sums of effects on answers, and truths are those of the model."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from helpers.data.survey import survey
from helpers.errors import EstimationError
from helpers.stats.compare.effects_above import effects_above
from helpers.stats.models.marginal_effects import average_marginal_effects
from helpers.stats.models.model_data import ModelData, model_data
from helpers.stats.models.ordinal import OrderedModel, ordered_model
from helpers.stats.views.true_effects import (
    is_true_null,
    true_effects,
    true_slopes,
    true_thresholds,
)


@pytest.fixture(scope="module")
def model() -> OrderedModel:
    data = model_data(
        survey(), about="trust-government", facts=["sex", "age-group"], scales=["heeding"]
    )
    assert isinstance(data, ModelData)
    return ordered_model(data.design, outcome=data.item.name, terms=data.terms)


def test_the_effect_is_the_sum_over_the_answers_above(model: OrderedModel) -> None:
    each = average_marginal_effects(model)
    upper = each[each["level"].isin(model.categories[2:])]
    sums = upper.groupby("item", sort=False)["estimate"].sum()
    rows = effects_above(model, above=2).set_index("level")
    np.testing.assert_allclose(rows["estimate"], sums[rows.index], atol=1e-9)


@pytest.mark.parametrize("above", [1, 3])
def test_at_the_ends_it_is_one_answer_with_its_interval(model: OrderedModel, above: int) -> None:
    each = average_marginal_effects(model)
    one = each[each["level"] == model.categories[0 if above == 1 else -1]].set_index("item")
    rows = effects_above(model, above=above).set_index("level")
    sign = -1 if above == 1 else 1
    np.testing.assert_allclose(rows["estimate"], sign * one.loc[rows.index, "estimate"], atol=1e-9)
    np.testing.assert_allclose(rows["se"], one.loc[rows.index, "se"], rtol=1e-9)


def test_a_threshold_that_is_none_is_refused(model: OrderedModel) -> None:
    with pytest.raises(EstimationError, match="no such threshold; got 4; expected 1 to 3"):
        effects_above(model, above=4)


def test_the_true_wording_effect_is_that_of_two_normal_distributions() -> None:
    book = survey().codebook
    found = true_effects(survey(), book.item("heeding_mend"), book.item("language"), above=3)
    # 0.45 higher for interviews in Kazakh; cut between the third and the fourth answer at 0.80.
    assert found["Russian"] == pytest.approx(100 * (ndtr(0.45 - 0.80) - ndtr(-0.80)) * -1, abs=1e-5)
    assert true_slopes(survey(), book.item("heeding_mend"), book.item("language")) == {
        "Russian": -0.45
    }
    assert true_thresholds(survey(), book.item("heeding_mend"), [book.item("language")]) == (
        pytest.approx([-1.05, -0.20, 0.35, 1.35])
    )


def test_heeding_knows_no_background_and_trust_does() -> None:
    book = survey().codebook
    nothing = true_effects(survey(), book.item("heeding_account"), book.item("sex"), above=3)
    assert nothing == {"Men": 0.0}
    moved = true_effects(survey(), book.item("trust_government"), book.item("settlement"), above=2)
    # Hidden distrust and silence leave less of the shift of 0.24 than answers in earnest would show.
    assert 5 < moved["Rural"] < 100 * (ndtr(0.2397) - 0.5)
    assert is_true_null(survey(), book.item("heeding_account"), "channels", "language")
    assert not is_true_null(survey(), book.item("internal_able"), "channels")
