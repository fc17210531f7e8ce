"""The claims that chapter 9 settles, each against a sum written out or against fractions."""

import math
from collections import Counter
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import special

from xentlib import (
    SoftmaxRegression,
    binary_cross_entropy_with_logits,
    cross_entropy,
    entropy,
    kl_divergence,
    manual_text,
    nll,
    one_hot,
    penguins,
    perplexity,
    smooth_labels,
    softmax,
    softmax_cross_entropy,
)

ALICE = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 8), Fraction(1, 8)]
BOB = [Fraction(1, 8), Fraction(1, 2), Fraction(1, 4), Fraction(1, 8)]
ROUNDS = ((0, 0), (0, 0), (0, 1), (0, 2), (1, 1), (1, 1), (1, 2), (1, 0))  # coat, thing


@pytest.fixture(scope="module")
def batch():
    """The logits and labels of the chapter's three birds."""
    data = penguins()
    kept = ~np.isnan(data.flipper_length_mm)
    mm = data.flipper_length_mm[kept]
    u = (mm - mm.mean())[:, None] / mm.std()
    _, y = np.unique(data.species[kept], return_inverse=True)
    shelf = SoftmaxRegression(l2=0).fit(u, y)
    three = [296, 34, 189]
    assert mm[three].tolist() == [187, 196, 208]
    return u[three] @ shelf.coef_.T + shelf.intercept_, y[three]


def every_vector(q):
    """The probability of each label vector: a dictionary, multiplied out one by one."""
    n, k = q.shape
    return {
        v: math.prod(q[i, label] for i, label in enumerate(v)) for v in product(range(k), repeat=n)
    }


def test_B20(batch):
    """Given independence, the joint likelihood of N examples is the product."""
    z, y = batch
    joint = every_vector(softmax(z))
    assert len(joint) == 27
    assert sum(joint.values()) == pytest.approx(1, rel=1e-12)
    for i in range(3):  # the margins are the examples' own predictions
        for k in range(3):
            margin = sum(p for v, p in joint.items() if v[i] == k)
            assert margin == pytest.approx(softmax(z)[i, k])
    assert -math.log(joint[tuple(y)]) == pytest.approx(
        softmax_cross_entropy(z, y, reduction="sum", base=np.e)
    )


def test_B21(batch):
    """Three readings of one batch: a sum of cross-entropies, one joint one, and their mean."""
    z, y = batch
    q = softmax(z)
    one_by_one = sum(
        cross_entropy(one_hot(k, 3), row, base=np.e) for k, row in zip(y, q, strict=True)
    )
    joint = every_vector(q)
    vectors = list(joint)
    point = one_hot(vectors.index(tuple(int(k) for k in y)), 27)
    at_once = cross_entropy(point, list(joint.values()), base=np.e)
    assert at_once == pytest.approx(one_by_one, rel=1e-12)
    assert at_once == pytest.approx(2.704, abs=5e-4)
    assert at_once / 3 == pytest.approx(softmax_cross_entropy(z, y, base=np.e))
    # The theorem holds for any independent targets, not for one-hot ones alone.
    p = special.softmax(np.random.default_rng(1).normal(size=(3, 3)), axis=1)
    sources = list(every_vector(p).values())
    assert cross_entropy(sources, list(joint.values())) == pytest.approx(cross_entropy(p, q).sum())


def test_B21_grouping():
    """Grouping repeated x leaves the summed cross-entropy alone and lowers the summed KL."""
    habits = (ALICE, BOB)
    rounds = sum(int(1 / habits[x][y]).bit_length() - 1 for x, y in ROUNDS)
    assert rounds == 14
    coats = kl = 0
    for x in (0, 1):
        things = [y for coat, y in ROUNDS if coat == x]
        p = [Fraction(things.count(k), len(things)) for k in range(4)]
        coats += len(things) * cross_entropy([float(a) for a in p], [float(a) for a in habits[x]])
        kl += len(things) * kl_divergence([float(a) for a in p], [float(a) for a in habits[x]])
    assert coats == pytest.approx(rounds)
    assert kl == pytest.approx(2)
    by_round = one_hot([y for _, y in ROUNDS], 4)
    models = np.array([[float(a) for a in habits[x]] for x, _ in ROUNDS])
    assert kl_divergence(by_round, models).sum() == pytest.approx(rounds)
    # An infinite KL stays infinite: that is why the summary says "a finite KL".
    assert kl_divergence(one_hot([0, 1], 2), [1, 0]).sum() == kl_divergence([0.5, 0.5], [1, 0])


def test_B22(batch):
    """The batch loss is a cross-entropy: Gibbs holds for it, with equality at the point mass."""
    z, y = batch
    point = tuple(int(k) for k in y)
    certain = every_vector(one_hot(y, 3))
    assert certain[point] == 1
    assert sum(certain.values()) == 1
    joint = every_vector(softmax(z))
    source = [float(v == point) for v in joint]
    assert cross_entropy(source, list(certain.values())) == entropy(source) == 0
    loss = softmax_cross_entropy(z, y, reduction="sum")
    assert cross_entropy(source, list(joint.values())) == pytest.approx(loss)
    assert kl_divergence(source, list(joint.values())) == pytest.approx(loss)


def test_trip_why_mean():
    """The mean of the batches' means is not the mean over the data if a batch is shorter."""
    means, sizes = [0.5, 0.5, 0.5, 1.1], [300, 300, 300, 100]
    each = np.repeat(means, sizes)
    assert each.mean() == pytest.approx(0.56)
    assert np.mean(means) == pytest.approx(0.65)


def test_trip_weighted_mean(batch):
    """A weighted mean divides by the sum of the weights: a weight of 3 is three copies."""
    z, y = batch
    w = np.array([1, 3, 1])[y]
    copies = np.repeat(np.arange(3), w)
    weighted = softmax_cross_entropy(z, y, weights=w)
    assert weighted == pytest.approx(softmax_cross_entropy(z[copies], y[copies]))
    assert softmax_cross_entropy(z, y, weights=2 * w) == pytest.approx(weighted)
    alone = [softmax_cross_entropy(z[:1], y[:1], weights=[v]) for v in (1, 3)]
    assert alone[0] == pytest.approx(alone[1])


def test_trip_double_softmax():
    """Softmax applied twice cannot go below ln(e + K - 1) - 1: .551 nats for three classes."""
    rng = np.random.default_rng(0)
    for k in (2, 3, 10, 1000):
        floor = math.log(math.e + k - 1) - 1
        assert softmax_cross_entropy(one_hot(0, k), 0, base=np.e) == pytest.approx(floor)
        outputs = softmax(rng.normal(0, 20, (200, k)))
        losses = softmax_cross_entropy(outputs, outputs.argmax(1), reduction="none", base=np.e)
        assert losses.min() >= floor - 1e-12
    assert math.log(math.e + 2) - 1 == pytest.approx(0.551, abs=5e-4)
    # Where every largest output prints as 1.00, the loss of the self-check is possible.
    largest = softmax_cross_entropy([0.995, 0.0025, 0.0025], 0, base=np.e)
    assert math.log(math.e + 2) - 1 < 0.552 < largest < 0.555


def test_trip_nll_of_probabilities(batch):
    """Without its logarithm the likelihood loss is negative, and is the sum of probabilities."""
    z, y = batch
    printed = -np.mean([softmax(z)[i, k] for i, k in enumerate(y)])
    assert printed == pytest.approx(-0.472, abs=5e-4)
    assert nll(softmax(z), y) >= 0


def test_trip_kl_mean(batch):
    """Averaged over the elements, the KL comes out too small by the number of classes."""
    z, y = batch
    p, q = smooth_labels(one_hot(y, 3), 0.1), softmax(z)
    elements = special.rel_entr(p, q)
    truth = kl_divergence(p, q, base=np.e).mean()
    assert elements.mean() * 3 == pytest.approx(truth)
    assert elements.sum() / 3 == pytest.approx(truth)


def test_trip_soft_labels():
    """The minimum is the entropy of the target: .500 nats for smoothing .1 over ten classes."""
    target = smooth_labels(one_hot(0, 10), 0.1)
    np.testing.assert_allclose(target, [0.91] + [0.01] * 9)
    floor = special.entr(target).sum()
    assert floor == pytest.approx(0.500, abs=5e-4)
    rng = np.random.default_rng(0)
    near = softmax(np.log(target) + rng.normal(0, 0.1, (100, 10)))
    assert (cross_entropy(target, near, base=np.e) >= floor).all()
    assert cross_entropy(target, target, base=np.e) == pytest.approx(floor)


def test_trip_binary():
    """Binary cross-entropy is the softmax loss with the logit of "no" fixed at 0."""
    z = np.linspace(-20, 20, 41)
    two = np.column_stack([np.zeros_like(z), z])
    for label in (0, 1):
        np.testing.assert_allclose(
            binary_cross_entropy_with_logits(z, targets=label, reduction="none"),
            softmax_cross_entropy(two, np.full(41, label), reduction="none"),
            atol=1e-12,
        )


@pytest.fixture(scope="module")
def birds():
    """The fitted shelf, the flippers in units of their spread, and the species."""
    data = penguins()
    kept = ~np.isnan(data.flipper_length_mm)
    mm = data.flipper_length_mm[kept]
    u = (mm - mm.mean())[:, None] / mm.std()
    _, y = np.unique(data.species[kept], return_inverse=True)
    return SoftmaxRegression(l2=0).fit(u, y), u, y


def test_the_cheapest_batch(batch):
    """It has the likeliest label of each bird."""
    joint = every_vector(softmax(batch[0]))
    assert max(joint, key=joint.get) == (0, 0, 2)
    assert -math.log2(joint[0, 0, 2]) == pytest.approx(1.66, abs=5e-3)
    assert -math.log2(joint[tuple(batch[1])]) == pytest.approx(3.90, abs=5e-3)


def test_the_mean_of_means_by_the_order_of_the_file(birds):
    """.42 against .52 as the file is sorted; around .01 apart in a random order."""
    shelf, u, y = birds
    each = nll(shelf.predict_proba(u), y, reduction="none", base=np.e)
    assert (y[300:] == 1).all()  # the last 42 are Chinstraps
    assert each[y == 1].mean() > max(each[y == 0].mean(), each[y == 2].mean())

    def gap(costs):
        return np.mean([part.mean() for part in np.split(costs, [100, 200, 300])]) - each.mean()

    assert gap(each) == pytest.approx(0.1016, abs=5e-4)
    rng = np.random.default_rng(0)
    assert np.std([gap(rng.permutation(each)) for _ in range(2000)]) == pytest.approx(
        0.012, abs=1e-3
    )


def test_what_a_split_says_about_other_birds(birds):
    """In the chapter's split the optimism hides in the standard error; in rare ones not."""
    _, u, y = birds
    means = {}
    for seed in (0, 37):
        order = np.random.default_rng(seed).permutation(len(y))
        half = SoftmaxRegression(l2=0).fit(u[order[:171]], y[order[:171]])
        each = nll(half.predict_proba(u[order]), y[order], reduction="none", base=np.e)
        means[seed] = each[:171].mean(), each[171:].mean()
        error = each[171:].std(ddof=1) / math.sqrt(171)
        if seed == 0:
            assert abs(means[0][1] - means[0][0]) < error / 4
    assert means[37][1] > 10 * means[37][0]


def test_what_is_left_above_the_floor_of_soft_labels():
    """Two birds with one x and different labels: the mean KL cannot reach 0."""
    targets = smooth_labels(one_hot([0, 0, 1], 3), 0.1)
    best = targets.mean(axis=0)
    left = kl_divergence(targets, best).mean()
    assert left > 0.5
    rng = np.random.default_rng(0)
    others = softmax(np.log(best) + rng.normal(0, 0.3, (200, 1, 3)))
    assert (kl_divergence(targets, others).mean(axis=1) >= left).all()


def _train_on_twenty(seed):
    """Loss, share of right guesses at each step, and each last loss, on the birds left out."""
    data = penguins()
    kept = ~np.isnan(data.flipper_length_mm)
    _, y = np.unique(data.species[kept], return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(y))
    train, held = order[:20], order[20:]
    u = np.column_stack(data[3:6])[kept]
    u = (u - u[train].mean(0)) / u[train].std(0)
    w, b, costs, rights = np.zeros((3, 3)), np.zeros(3), [], []
    for _ in range(1000):
        slope = special.softmax(u[train] @ w + b, axis=1)
        slope[np.arange(20), y[train]] -= 1
        w, b = w - u[train].T @ slope / 20, b - slope.mean(0)
        logs = special.log_softmax(u[held] @ w + b, axis=1)
        each = -logs[np.arange(len(held)), y[held]]
        costs.append(each.mean())
        rights.append(np.mean(logs.argmax(1) == y[held]))
    return np.array(costs), np.array(rights), np.sort(each)[::-1]


def test_trip_loss_and_accuracy():
    """On the birds left out of the chapter's split, both rise from step 17 to step 234."""
    costs, rights, last = _train_on_twenty(12)
    assert costs.argmin() + 1 == 17
    assert rights.argmax() + 1 == 234
    assert costs[233] > 1.4 * costs[16]
    assert rights[233] > rights[16] + 0.06
    assert costs[-1] > 2 * costs[16]
    assert rights[16] + 0.05 < rights[-1] < rights[233]
    assert np.median(last) < 0.01
    assert last[:32].sum() / last.sum() == pytest.approx(0.66, abs=5e-3)


def test_how_often_loss_and_accuracy_end_higher():
    """The split was chosen: of sixty, 41 end with a dearer loss, 11 of them with better guesses."""
    dearer = both = 0
    for seed in range(60):
        costs, rights, _ = _train_on_twenty(seed)
        if costs[-1] > 1.05 * costs.min():
            dearer += 1
            both += rights[-1] > rights[costs.argmin()]
    assert (dearer, both) == (41, 11)


def test_trip_units():
    """Perplexity is one number in any unit; longer tokens are dearer each and cheaper a byte."""
    p = [0.5, 0.25, 0.25]
    assert perplexity(p) == pytest.approx(math.exp(entropy(p, base=np.e)))
    text = "how much wood would a woodchuck chuck if a woodchuck could chuck wood " * 50
    costs = []
    for size in (1, 2, 3):
        tokens = [text[i : i + size] for i in range(0, len(text), size)]
        _, n = np.unique(tokens, return_counts=True)
        token = special.entr(n / n.sum()).sum() / math.log(2)
        costs.append((token, token * len(tokens) / len(text.encode())))
    assert costs[0][0] < costs[1][0] < costs[2][0]
    assert costs[0][1] > costs[1][1] > costs[2][1]


def test_the_table_of_tokens():
    """In the manual's text too: dearer per token, cheaper per byte."""
    text = manual_text()[:100_000]
    table = []
    for size in (1, 2, 3):
        tokens = Counter(text[i : i + size] for i in range(0, len(text), size))
        n = sum(tokens.values())
        bits = -sum(c * math.log2(c / n) for c in tokens.values())
        table.append((bits / n, bits / len(text.encode())))
    assert table[0][0] < table[1][0] < table[2][0]
    assert table[0][1] > table[1][1] > table[2][1]
