"""What the claims and questions pages say and no chapter's test holds."""

import csv
from importlib import resources

import mpmath
import numpy as np
import pytest

from xentlib import entropy, huffman_code, kl_divergence


def test_B2_how_many_birds():
    """The classifier is trained on 342 penguins: those whose flippers were measured."""
    with resources.files("xentlib").joinpath("data/penguins.csv").open(encoding="utf-8") as file:
        lengths = [row["flipper_length_mm"] for row in csv.DictReader(file)]
    assert len([length for length in lengths if length != "NA"]) == 342


def test_B10_carol():
    """Who says cat nine nights in ten has an entropy of .469 bits, and costs a whole question."""
    nine = mpmath.mpf(9) / 10
    bits = -nine * mpmath.log(nine, 2) - (1 - nine) * mpmath.log(1 - nine, 2)
    assert entropy([0.9, 0.1]) == pytest.approx(float(bits))
    assert f"{float(bits):.3f}" == "0.469"
    assert huffman_code([0.9, 0.1]).expected_length([0.9, 0.1]) == 1


def test_stable_kl_adds_what_p_lacks():
    """An outcome with p = 0 adds its q to the sum that has no quotient near 1."""
    p, q = np.array([0.5, 0.5, 0]), np.array([0.4, 0.4, 0.2])
    happens = p > 0
    r = (q - p)[happens] / p[happens]
    terms = np.sum(p[happens] * (r - np.log1p(r)))
    assert terms + 0.2 == pytest.approx(np.log(0.5 / 0.4))
    assert kl_divergence(p, q, base=np.e) == pytest.approx(np.log(0.5 / 0.4))


def test_B21_grouping_lowers_kl_only_where_labels_differ():
    """Two equal inputs: with one label the summed KL stays, with two it falls by their entropy."""
    q = np.array([0.7, 0.3])
    for labels, saved in (([0, 0], 0), ([0, 1], 2)):
        rounds = np.eye(2)[labels]
        summed = kl_divergence(rounds, np.stack([q, q])).sum()
        assert summed - 2 * kl_divergence(rounds.mean(axis=0), q) == pytest.approx(saved)


def test_scaling_weights_that_separate_lowers_the_loss_and_others_not():
    """Doubled weights cost less if they separate the classes, more if they point the other way."""
    x, sign = np.array([-2.0, -1, 1, 3]), np.array([-1, -1, 1, 1])

    def loss(weight):
        return np.log1p(np.exp(-sign * weight * x)).mean()

    assert loss(1) > loss(2) > loss(4) > 0
    assert loss(-1) < loss(-2)
