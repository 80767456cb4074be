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
from helpers.stats.views.true_shares import true_group_shares


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
    language = book.item("language")
    facts = [book.item("sex"), language]
    found = true_effects(survey(), book.item("heeding_mend"), language, facts=facts, above=3)
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
    sex, settlement = book.item("sex"), book.item("settlement")
    government, facts = book.item("trust_government"), [sex, settlement, book.item("education")]
    account = book.item("heeding_account")
    assert true_effects(survey(), account, sex, facts=facts, above=3) == {"Men": 0.0}
    moved = true_effects(survey(), government, settlement, facts=facts, above=2)
    assert true_effects(survey(), government, settlement, facts=facts[::-1], above=2) == moved
    assert 5 < moved["Rural"] < 100 * (ndtr(0.2397) - 0.5)
    assert is_true_null(survey(), account, "channels", "language")
    assert not is_true_null(survey(), book.item("internal_able"), "channels")


def test_with_nothing_else_held_fixed_the_difference_is_that_of_whole_groups() -> None:
    book = survey().codebook
    government, language = book.item("trust_government"), book.item("language")
    shares = true_group_shares(survey(), government, language)
    whole = 100 * (shares["Russian"][2:].sum() - shares["Kazakh"][2:].sum())
    alone = true_effects(survey(), government, language, facts=[language], above=2)
    assert alone["Russian"] == pytest.approx(whole, abs=1e-5)
    # Language changes no view, but goes with the regions in which more people hide distrust.
    assert alone["Russian"] < -1
    assert true_effects(survey(), government, language, facts=[book.item("age")], above=2) == {}
