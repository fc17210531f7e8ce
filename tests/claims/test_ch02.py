"""The claims that chapter 2 settles, against exact arithmetic and all codes there are."""

import heapq
import math
from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import combinations, combinations_with_replacement, product

import numpy as np
import pytest
from scipy.special import rel_entr
from scipy.stats import entropy as scipy_entropy

from xentlib import (
    PrefixCode,
    canonical_code,
    cross_entropy,
    fano_code,
    huffman_code,
    kraft_sum,
    surprisal,
)
from xentlib.widgets import TwentyQuestions

ALICE = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 8), Fraction(1, 8)]
BOB = [Fraction(1, 8), Fraction(1, 2), Fraction(1, 4), Fraction(1, 8)]
CAT_FIRST = ["0", "10", "110", "111"]
FIVE = [Fraction(n, 100) for n in (35, 17, 17, 16, 15)]


def mean_length(p, words):
    return sum(x * len(word) for x, word in zip(p, words, strict=True))


def best_length(p):
    """Return the smallest expected length, by trying all lengths with Kraft sum 1."""
    most = len(p) - 1
    return min(
        sum(x * n for x, n in zip(p, lengths, strict=True))
        for lengths in product(range(1, most + 1), repeat=len(p))
        if sum(Fraction(1, 2**n) for n in lengths) == 1
    )


def bits_to_join(p):
    """Return the expected length of the best code: what is joined, added up."""
    heap = list(p)
    heapq.heapify(heap)
    total = 0
    while len(heap) > 1:
        joined = heapq.heappop(heap) + heapq.heappop(heap)
        heapq.heappush(heap, joined)
        total += joined
    return total


def prefix_free(words):
    return not any(a.startswith(b) or b.startswith(a) for a, b in combinations(words, 2))


def test_B8():
    """Halving the probability is not always the best question."""
    fair_first = ["00", "10", "110", "111", "01"]
    one_first = ["0", "100", "101", "110", "111"]
    assert FIVE[0] + FIVE[4] == Fraction(1, 2)  # as fair as a question can be
    assert mean_length(FIVE, fair_first) == Fraction(233, 100)
    assert mean_length(FIVE, one_first) == Fraction(230, 100) == best_length(FIVE)
    assert fano_code([float(p) for p in FIVE]).expected_length([float(p) for p in FIVE]) == (
        pytest.approx(2.31)
    )
    assert scipy_entropy([float(p) for p in FIVE], base=2) == pytest.approx(2.233, abs=5e-4)


def test_B9():
    """1/2, 1/4, 1/4 are coded as 0, 10, 11: Kraft sum 1, expected length and entropy 1.5."""
    p = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]
    words = ["0", "10", "11"]
    assert huffman_code([float(x) for x in p]).codewords == tuple(words)
    assert prefix_free(words)
    assert sum(Fraction(1, 2 ** len(word)) for word in words) == kraft_sum([1, 2, 2]) == 1
    assert mean_length(p, words) == Fraction(3, 2)
    assert scipy_entropy([float(x) for x in p], base=2) == 1.5


def test_B10():
    """The average surprisal is the best number of questions exactly for powers of one half."""
    rng = np.random.default_rng(2)
    for _ in range(20):
        weights = rng.integers(1, 20, size=rng.integers(2, 6)).tolist()
        p = [Fraction(w, sum(weights)) for w in weights]
        bits = scipy_entropy([float(x) for x in p], base=2)
        best = best_length(p)
        dyadic = all(x.numerator == 1 and x.denominator.bit_count() == 1 for x in p)
        assert bits - 1e-12 <= best < bits + 1
        assert (abs(best - bits) < 1e-9) == dyadic
        assert huffman_code([float(x) for x in p]).expected_length([float(x) for x in p]) == (
            pytest.approx(float(best))
        )
    assert best_length(ALICE) == Fraction(7, 4)
    assert best_length([Fraction(9, 10), Fraction(1, 10)]) == 1


def test_B12():
    """Alice's questions need 2.25 for Bob, who would need 1.75 with his own."""
    assert mean_length(ALICE, CAT_FIRST) == best_length(ALICE) == Fraction(7, 4)
    assert mean_length(BOB, CAT_FIRST) == Fraction(9, 4)
    assert best_length(BOB) == Fraction(7, 4)
    assert mean_length(ALICE, ["110", "0", "10", "111"]) == Fraction(19, 8)  # and the other way
    rng = np.random.default_rng(3)  # played: the average of many nights
    nights = rng.choice(4, size=50_000, p=[float(p) for p in BOB])
    asked = [len(CAT_FIRST[k]) for k in nights]
    assert np.mean(asked) == pytest.approx(2.25, abs=0.02)


def test_B12_in_the_game():
    """With sixteen things: Bob's habits are Alice's dealt out anew, and her plan costs him more."""
    game = TwentyQuestions()
    alice, bob = np.array(game.alice), np.array(game.bob)
    assert sorted(alice) == sorted(bob)
    plan = huffman_code(alice)
    assert plan.expected_length(alice) == pytest.approx(huffman_code(bob).expected_length(bob))
    assert plan.expected_length(bob) > plan.expected_length(alice) + 1
    assert abs(plan.expected_length(bob) - cross_entropy(bob, alice)) < 1
    both = huffman_code((alice + bob) / 2)
    assert both.expected_length(alice) < 4
    assert both.expected_length(bob) < 4
    halved = fano_code(alice)
    assert halved.expected_length(alice) == pytest.approx(plan.expected_length(alice))


def over_best_plans(p, other):
    """Return the smallest and largest cost for `other` of Huffman's plans for p, over all ties."""

    @cache
    def rest(things):
        """Return both costs of the joins still to make, given sorted pairs of weights."""
        if len(things) == 1:
            return 0, 0
        least = sorted(x for x, _ in things)[:2]
        costs = []
        for i, j in combinations(range(len(things)), 2):
            (x, y), (v, w) = things[i], things[j]
            if sorted((x, v)) == least:
                left = (*things[:i], *things[i + 1 : j], *things[j + 1 :], (x + v, y + w))
                costs += [y + w + cost for cost in rest(tuple(sorted(left)))]
        return min(costs), max(costs)

    return rest(tuple(sorted(zip(p, other, strict=True))))


def percents(game):
    """Return Alice's and Bob's habits in the game, in whole percents."""
    return [np.rint(100 * np.array(x)).astype(int).tolist() for x in (game.alice, game.bob)]


def test_every_best_plan_for_alice_costs_bob_about_as_much():
    """Whichever it is: between 4.7 and 4.9 questions, in whole questions, so not quite the KL."""
    alice, bob = percents(TwentyQuestions())
    best = bits_to_join(alice)
    assert best == bits_to_join(bob) == 342
    assert over_best_plans(alice, bob) == (472, 485)
    wasted = (rel_entr(bob, alice).sum() / 100) / np.log(2)
    assert wasted == pytest.approx(1.394, abs=5e-4)
    assert (472 - best) / 100 < wasted < (485 - best) / 100


def test_the_best_plans_for_both_share_their_cost_in_more_than_one_way():
    """3.745 questions for either by a coin; 3.7 and 3.8 is all one can say of each of them."""
    alice, bob = percents(TwentyQuestions())
    both = [a + b for a, b in zip(alice, bob, strict=True)]
    assert bits_to_join(both) == 749
    assert over_best_plans(both, alice) == (365, 371)
    assert over_best_plans(both, bob) == (749 - 371, 749 - 365)


def test_fair_questions_are_not_enough():
    """For Alice's sixteen things few of the plans with fairest questions are best ones."""
    percent = np.rint(100 * np.array(TwentyQuestions().alice)).astype(int).tolist()

    def splits(things):
        """Return the fairest splits of {weight: how many}: one side, and in how many ways."""
        sides = {}
        for chosen in product(*(range(n + 1) for n in things.values())):
            side = dict(zip(things, chosen, strict=True))
            if 0 < sum(chosen) < sum(things.values()):
                gap = abs(2 * weigh(side) - weigh(things))
                ways = math.prod(math.comb(things[w], n) for w, n in side.items())
                sides.setdefault(gap, []).append((side, ways))
        return sides[min(sides)]

    def weigh(things):
        return sum(w * n for w, n in things.items())

    @cache
    def cost(key, drawn):
        """Return {cost: chance} of a plan drawn from the fairest questions, or {cost: how many}."""
        things = dict(key)
        if sum(things.values()) == 1:
            return {0: Fraction(1)}
        fairest, costs = splits(things), {}
        for side, ways in fairest:
            rest = {w: n - side[w] for w, n in things.items()}
            kept = [tuple((w, n) for w, n in part.items() if n) for part in (side, rest)]
            both = [cost(part, drawn) for part in kept]
            # Each split is met twice, once by each of its sides.
            chance = Fraction(ways, sum(n for _, n in fairest) if drawn else 2)
            for (x, px), (y, py) in product(*(part.items() for part in both)):
                total = weigh(things) + x + y
                costs[total] = costs.get(total, 0) + chance * px * py
        return costs

    things = tuple(Counter(percent).items())
    fairest = splits(dict(things))
    assert {weigh(side) for side, _ in fairest} == {50}
    assert sum(ways for _, ways in fairest) == 2 * 676  # each split has two sides
    costs = cost(things, drawn=True)
    assert sum(costs.values()) == 1
    assert (min(costs), max(costs)) == (342, 378)
    assert bits_to_join(percent) == 342
    assert f"{float(sum(x * p for x, p in costs.items())) / 100:.2f}" == "3.67"
    assert round(1 / costs[342], -3) == 19_000
    # So rare is the draw: among the plans, which the lot does not weigh alike, it is one in 111.
    plans = cost(things, drawn=False)
    assert (plans[342], sum(plans.values())) == (1_782, 197_847)


def test_the_best_code_is_near_where_nothing_dominates():
    """At most the largest probability and 0.087 bits above the average surprisal."""
    rng = np.random.default_rng(5)
    for _ in range(300):
        p = rng.dirichlet(np.full(rng.integers(2, 40), rng.choice([0.1, 1, 10])))
        p = p[p > 0]
        over = bits_to_join(p.tolist()) - scipy_entropy(p, base=2)
        assert over < p.max() + 0.0861


@pytest.mark.parametrize("lengths", [*combinations_with_replacement(range(1, 4), 4)])
def test_kraft(lengths):
    """Lengths belong to a prefix-free code if and only if their Kraft sum is at most 1."""
    words = {n: [f"{i:0{n}b}" for i in range(2**n)] for n in set(lengths)}
    exists = any(prefix_free(choice) for choice in product(*(words[n] for n in lengths)))
    assert exists == (sum(Fraction(1, 2**n) for n in lengths) <= 1)
    if exists:
        assert prefix_free(canonical_code(lengths).codewords)


def test_a_week_needs_no_commas():
    """Codewords in a row are taken apart in one way only."""
    code = PrefixCode(CAT_FIRST)
    text = "".join(CAT_FIRST[k] for k in [0, 1, 0, 3, 0, 0, 2])
    found, rest = [], text
    while rest:
        matches = [word for word in CAT_FIRST if rest.startswith(word)]
        assert len(matches) == 1
        found.append(CAT_FIRST.index(matches[0]))
        rest = rest[len(matches[0]) :]
    assert found == [0, 1, 0, 3, 0, 0, 2] == code.decode(code.encode(found), 7).tolist()


def test_a_codeword_can_be_far_longer_than_its_surprisal():
    """With Fibonacci's numbers the tree is as deep as it can be."""
    weights = [1, 1]
    while len(weights) < 10:
        weights.append(weights[-1] + weights[-2])
    p = np.array(weights) / sum(weights)
    assert sum(weights) == 143
    code = huffman_code(p)
    assert code.lengths.max() == 9
    assert surprisal(p[0]) == pytest.approx(np.log2(143))
    assert 9 - surprisal(p[0]) > 1.8


def test_expected_length_is_the_sum_of_the_joined_probabilities():
    """Dora: .3 + .6 + 1 = 1.9."""
    dora = [Fraction(n, 10) for n in (4, 3, 2, 1)]
    assert best_length(dora) == Fraction(3 + 6 + 10, 10)
    p = [float(x) for x in dora]
    assert huffman_code(p).expected_length(p) == pytest.approx(1.9)
