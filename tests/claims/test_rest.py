"""What the claims and questions pages say and no chapter's test holds."""

import csv
import math
from importlib import resources
from pathlib import Path

import mpmath
import numpy as np
import pytest
import yaml

from xentlib import cross_entropy, entropy, huffman_code, kl_divergence

BOOK = Path(__file__).parents[2] / "book"
CLAIMS = {
    claim["id"]: claim["truth"]
    for claim in yaml.safe_load((BOOK / "claims.yml").read_text("utf-8"))["claims"]
}
ANSWERS = {
    entry["asked"]: entry["answer"]
    for group in yaml.safe_load((BOOK / "questions.yml").read_text("utf-8")).values()
    for entry in group
}


def test_B2_how_many_birds():
    """The classifier is trained on 342 penguins: those whose flippers were measured."""
    with resources.files("xentlib").joinpath("data/penguins.csv").open(encoding="utf-8") as file:
        lengths = [row["flipper_length_mm"] for row in csv.DictReader(file)]
    assert len([length for length in lengths if length != "NA"]) == 342


def test_B10_carol():
    """Cat nine nights in ten, boat on the others: .469 bits, and a whole question."""
    nine = mpmath.mpf(9) / 10
    bits = -nine * mpmath.log(nine, 2) - (1 - nine) * mpmath.log(1 - nine, 2)
    assert entropy([0.9, 0.1]) == pytest.approx(float(bits))
    assert f"{float(bits):.3f}" == "0.469"
    assert huffman_code([0.9, 0.1]).expected_length([0.9, 0.1]) == 1
    # With two things on the other nights both numbers are larger, so the page names the one.
    assert entropy([0.9, 0.05, 0.05]) == pytest.approx(float(bits) + 0.1)
    three = [0.9, 0.05, 0.05]
    assert huffman_code(three).expected_length(three) == pytest.approx(1.1)
    assert "*boat* on the others" in CLAIMS["B10"]
    # A 0 that is kept costs a whole question; left out, it may cost nothing.
    assert huffman_code([1, 0]).expected_length([1, 0]) == entropy([1, 0]) + 1
    assert huffman_code([0.5, 0.5]).expected_length([0.5, 0.5]) == entropy([0.5, 0.5, 0])
    assert CLAIMS["B10"].startswith("Leave out what never happens.")


def test_A6_ten_different_coins_keep_no_condition():
    """Independent, not identically distributed: what came before does not matter to a factor."""
    coins = np.array([0.1, 0.5, 0.8])  # heads
    joint = math.prod(np.ix_(*([1 - c, c] for c in coins)))
    for before in np.ndindex(2, 2):
        assert joint[before][1] / joint[before].sum() == pytest.approx(0.8)
    assert "Without independence the factors keep conditions" in CLAIMS["A6"]


def test_A21_the_values_agree_if_no_input_comes_twice():
    """Each label has an input of its own: the targets are one-hot, and KL is the cross-entropy."""
    q = np.array([[0.7, 0.3], [0.2, 0.8], [0.6, 0.4]])
    once = np.eye(2)[[0, 1, 1]]
    assert kl_divergence(once, q).mean() == pytest.approx(cross_entropy(once, q).mean())
    shared = np.array([0.5, 0.5])  # one input, two labels
    assert kl_divergence(shared, q[0]) == pytest.approx(cross_entropy(shared, q[0]) - 1)
    assert "0 if no input comes twice" in CLAIMS["A21"]


def test_the_difference_first_only_if_p_and_q_are_close():
    """Far apart, q - p rounds a tiny q away, and the sum made for close ones is infinite."""
    p, q = np.array([0.5, 0.5], "f4"), np.array([1e-9, 1 - 1e-9], "f4")
    r = (q - p) / p
    with np.errstate(divide="ignore"):
        assert np.sum(p * (r - np.log1p(r))) == np.inf
    true = math.log(0.5 / 1e-9) / 2 + math.log(0.5 / (1 - 1e-9)) / 2
    assert np.sum(p * np.log(p / q)) == pytest.approx(true, rel=1e-6)
    answer = ANSWERS["Why is my KL divergence negative?"]
    assert "if $p$ and $q$ are close, form $q_k - p_k$ first" in answer


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
