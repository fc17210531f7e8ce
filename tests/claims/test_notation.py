"""The claim that the notation page settles."""

import numpy as np
import pytest
from scipy.special import rel_entr
from scipy.stats import entropy as scipy_entropy

from xentlib import cross_entropy, entropy


def test_B14():
    """H(p, q) takes two distributions over one set of outcomes, H(X, Y) two variables."""
    together = np.array([[0.60, 0.10], [0.05, 0.25]])
    x, y = together.sum(axis=1), together.sum(axis=0)
    joint = entropy(together.ravel())
    cross = cross_entropy(x, y)
    assert joint == pytest.approx(scipy_entropy(together.ravel(), base=2))
    assert cross == pytest.approx(scipy_entropy(x, base=2) + rel_entr(x, y).sum() / np.log(2))
    assert abs(joint - cross) > 0.1
    assert entropy(together.T.ravel()) == pytest.approx(joint)  # symmetric
    assert cross_entropy(y, x) != pytest.approx(cross, abs=1e-3)  # not symmetric
    assert max(entropy(x), entropy(y)) <= joint <= entropy(x) + entropy(y)
    # With the codebook of independent X and Y the joint costs H(X) + H(Y): more by I(X; Y).
    apart = cross_entropy(together.ravel(), np.outer(x, y).ravel())
    assert apart == pytest.approx(entropy(x) + entropy(y))
    assert apart - joint == pytest.approx(rel_entr(together, np.outer(x, y)).sum() / np.log(2))
    # Variables may differ in the number of their outcomes; distributions may not.
    assert entropy(np.full(6, 1 / 6)) == pytest.approx(np.log2(2) + np.log2(3))
    with pytest.raises(ValueError, match="2 outcomes and q has 3"):
        cross_entropy([0.5, 0.5], [1 / 3] * 3)
