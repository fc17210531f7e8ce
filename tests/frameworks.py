"""What the chapters say of PyTorch 2 and Keras 3, asked of the libraries by `make frameworks`.

The book needs neither of them, so `make test` does not install them.
"""

import keras
import numpy as np
import pytest
import torch
from scipy import stats
from torch.nn import functional as F

Z = np.array([[2.0, -1.0, 0.5], [0.1, 0.3, -2.0], [1.0, 1.5, 3.0], [0.0, 0.0, 4.0]])
Y = np.array([0, 1, 1, 2])
Q = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
P = np.full((4, 3), 0.05) + 0.85 * np.eye(3)[Y]
W = np.array([1.0, 3.0, 0.5])
NLL = -np.log(Q[np.arange(4), Y])


def t(x):
    return torch.tensor(x)


def same(got, want):
    assert float(got) == pytest.approx(float(want), rel=1e-9)


def test_cross_entropy_takes_the_model_first_as_logits_and_answers_in_nats():
    """Chapters 4, 8 and 10."""
    same(F.cross_entropy(t(Z), t(Y)), NLL.mean())
    same(torch.nn.CrossEntropyLoss()(t(Z), t(P)), -(P * np.log(Q)).sum(axis=1).mean())


def test_weights_divide_by_their_sum_for_labels_and_by_the_examples_for_probabilities():
    """Chapter 9, with its question about doubled weights."""
    loss = torch.nn.CrossEntropyLoss(weight=t(W))
    same(loss(t(Z), t(Y)), (W[Y] * NLL).sum() / W[Y].sum())
    same(loss(t(Z), t(np.eye(3)[Y])), (W[Y] * NLL).sum() / 4)
    same(torch.nn.CrossEntropyLoss(weight=t(2 * W))(t(Z), t(Y)), loss(t(Z), t(Y)))
    z, y, w = Z[:, 0], (Y == 0) * 1.0, np.array([1.0, 3.0, 2.0, 0.5])
    own = np.log1p(np.exp(-z)) * y + np.log1p(np.exp(z)) * (1 - y)
    same(torch.nn.BCEWithLogitsLoss()(t(z), t(y)), own.mean())
    same(torch.nn.BCEWithLogitsLoss(weight=t(w))(t(z), t(y)), (w * own).sum() / 4)


def test_ignored_places_leave_the_sum_and_the_divisor():
    """Chapter 9: and where all are ignored, the mean is 0/0."""
    loss = torch.nn.CrossEntropyLoss(ignore_index=-1)
    same(loss(t(Z), t([0, -1, 1, -1])), NLL[[0, 2]].mean())
    assert torch.isnan(loss(t(Z), t([-1, -1, -1, -1])))


def test_nll_loss_takes_no_logarithm():
    """Chapter 9."""
    same(torch.nn.NLLLoss()(t(np.log(Q)), t(Y)), NLL.mean())
    same(torch.nn.NLLLoss()(t(Q), t(Y)), -Q[np.arange(4), Y].mean())


@pytest.mark.filterwarnings("ignore:reduction:UserWarning")
def test_kl_div_takes_the_models_logs_first_and_its_mean_divides_by_the_elements():
    """Chapters 5 and 9."""
    terms = P * np.log(P / Q)
    same(torch.nn.KLDivLoss()(t(np.log(Q)), t(P)), terms.sum() / 12)
    same(F.kl_div(t(np.log(Q)), t(P), reduction="batchmean"), terms.sum() / 4)


def test_what_each_loss_leaves_out():
    """Chapter 10's table, against SciPy's densities."""
    x, mu, var = np.array([0.5, -1.0, 4.0]), np.array([0.0, 1.0, 3.5]), np.array([1.0, 0.3, 2.0])
    same(torch.nn.MSELoss()(t(mu), t(x)), ((x - mu) ** 2).mean())
    s = 1.7
    nll = -stats.norm.logpdf(x, mu, s).mean()
    same(torch.nn.MSELoss()(t(mu), t(x)) / (2 * s**2) + np.log(s * np.sqrt(2 * np.pi)), nll)
    nll = -stats.laplace.logpdf(x, mu, s).mean()
    same(torch.nn.L1Loss()(t(mu), t(x)) / s + np.log(2 * s), nll)
    nll = -stats.norm.logpdf(x, mu, np.sqrt(var)).mean()
    same(torch.nn.GaussianNLLLoss(full=True)(t(mu), t(x), t(var)), nll)
    same(torch.nn.GaussianNLLLoss()(t(mu), t(x), t(var)), nll - np.log(2 * np.pi) / 2)
    floored = torch.nn.GaussianNLLLoss()(t(mu[:1]), t(mu[:1]), t(np.zeros(1)))
    same(floored, np.log(1e-6) / 2)
    k, rate = np.array([0.0, 1.0, 2.0, 10.0]), np.array([0.5, 1.0, 3.0, 10.0])
    lacking = np.array([0, 0, np.log(2), np.log(3628800.0)])
    nll = -stats.poisson.logpmf(k, rate)
    printed = torch.nn.PoissonNLLLoss(reduction="none")(t(np.log(rate)), t(k))
    np.testing.assert_allclose(printed.numpy(), nll - lacking, rtol=1e-9)
    stirling = np.where(
        k > 1, k * np.log(np.maximum(k, 1)) - k + np.log(2 * np.pi * k + (k == 0)) / 2, 0
    )
    full = torch.nn.PoissonNLLLoss(full=True, reduction="none")(t(np.log(rate)), t(k))
    np.testing.assert_allclose(full.numpy(), nll - lacking + stirling, rtol=1e-9)


def test_the_means_are_over_all_numbers_but_for_the_labels():
    """Chapter 10: the first five over all numbers in the output, the last over the examples."""
    a, b = t(np.ones((4, 3))), t(np.zeros((4, 3)))
    for loss in (torch.nn.MSELoss(), torch.nn.L1Loss()):
        assert float(loss(a, b)) == 1
    for loss in (torch.nn.PoissonNLLLoss, torch.nn.BCEWithLogitsLoss):
        same(loss()(a, b), loss(reduction="sum")(a, b) / 12)
    summed = torch.nn.GaussianNLLLoss(reduction="sum")(a, b, a)
    same(torch.nn.GaussianNLLLoss()(a, b, a), summed / 12)
    summed = torch.nn.CrossEntropyLoss(reduction="sum")(t(Z), t(Y))
    same(torch.nn.CrossEntropyLoss()(t(Z), t(Y)), summed / 4)


def test_keras_takes_the_source_first_and_probabilities_unless_told():
    """Chapters 4 and 8."""
    one_hot = np.eye(3)[Y]
    sparse = keras.losses.SparseCategoricalCrossentropy
    for loss, truth in ((sparse, Y), (keras.losses.CategoricalCrossentropy, one_hot)):
        assert float(loss()(truth, Q)) == pytest.approx(NLL.mean(), rel=1e-5)
        assert float(loss(from_logits=True)(truth, Z)) == pytest.approx(NLL.mean(), rel=1e-5)
    binary = keras.losses.BinaryCrossentropy
    y, q = one_hot[:, 0], Q[:, 0]
    own = -(y * np.log(q) + (1 - y) * np.log1p(-q)).mean()
    assert float(binary()(y, q)) == pytest.approx(own, rel=1e-5)
    logit = np.log(q / (1 - q))
    assert float(binary(from_logits=True)(y, logit)) == pytest.approx(own, rel=1e-5)
