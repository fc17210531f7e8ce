"""Numbers that the claims page gives and no chapter's test holds."""

import csv
from importlib import resources

import mpmath
import pytest

from xentlib import entropy, huffman_code


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
