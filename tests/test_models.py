"""The models against exact fractions, refits, scikit-learn and a known compressor."""

import bz2
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from xentlib import (
    NGram,
    OnlineNGram,
    SoftmaxRegression,
    block_pmf,
    entropy,
    huffman_code,
    ideal_bits,
    manual_text,
    penguins,
    shannon_lengths,
    softmax,
    softmax_cross_entropy,
    source_text,
    stream_decode,
    stream_encode,
)
from xentlib.codes import PRECISION

UNIT = Fraction(1, 2**PRECISION)

texts = st.lists(st.integers(0, 3), max_size=60)


def witten_bell(training, context, order, k):
    """Return the pmf in fractions, from the definition, by scanning the text."""
    pmf = [Fraction(1, k)] * k
    for o in range(min(order, len(context)) + 1):
        suffix = context[len(context) - o :]
        after = [training[i + o] for i in range(len(training) - o) if training[i : i + o] == suffix]
        if after:
            n, kinds = len(after), len(set(after))
            pmf = [(after.count(s) + kinds * pmf[s]) / Fraction(n + kinds) for s in range(k)]
    return pmf


@given(texts, st.lists(st.integers(0, 3), max_size=5), st.integers(0, 3))
def test_an_n_gram_is_the_witten_bell_mixture(training, context, order):
    model = NGram(order, 4).fit(training)
    pmf = model.pmf(context)
    assert pmf.sum() == 1
    assert pmf.min() >= UNIT
    exact = witten_bell(training, context, order, 4)
    for got, expected in zip(pmf, exact, strict=True):
        # Floors of shares and of counts, one pair for each order, and the units set apart.
        assert abs(Fraction(float(got)) - expected) <= (2 * (order + 2) + 4) * UNIT


@given(texts, texts, st.integers(0, 3))
def test_spans_are_the_intervals_of_the_pmf(training, message, order):
    model = NGram(order, 4).fit(training)
    start, length = model.spans(message)
    for i, symbol in enumerate(message):
        pmf = model.pmf(message[:i])
        assert length[i] * float(UNIT) == pmf[symbol]
        assert start[i] * float(UNIT) == pmf[:symbol].sum()


@given(texts, st.integers(0, 3))
def test_an_online_n_gram_charges_what_a_model_fitted_on_the_past_would(message, order):
    start, length = OnlineNGram(order, 4).spans(message)
    for i in range(len(message)):
        past = NGram(order, 4).fit(message[:i])
        pmf = past.pmf(message[:i])
        assert length[i] * float(UNIT) == pmf[message[i]]
        assert start[i] * float(UNIT) == pmf[: message[i]].sum()


@given(texts, texts, st.integers(0, 3))
def test_the_decoder_finds_every_interval(training, message, order):
    for model in (NGram(order, 4).fit(training), OnlineNGram(order, 4)):
        start, length = model.spans(message)
        for ask in (start, start + length - 1, start + length // 2):
            read = model.reader()
            for i, slot in enumerate(ask.tolist()):
                assert read(slot) == (message[i], start[i], length[i])


@given(texts, texts)
def test_the_nll_is_the_sum_over_the_symbols_and_the_size_of_the_file(training, message):
    for model in (NGram(2, 4).fit(training), OnlineNGram(2, 4)):
        each = model.nll(message, reduction="none")
        total = model.nll(message, reduction="sum")
        assert each.shape == (len(message),)
        assert total == pytest.approx(each.sum())
        assert total == pytest.approx(ideal_bits(message, model))
        data = stream_encode(message, model)
        assert total / 8 - 1e-6 <= len(data) <= total / 8 + 15
        if message:
            assert model.nll(message) == pytest.approx(each.mean())
            assert model.nll(message, base=np.e) == pytest.approx(each.mean() * np.log(2))


def test_symbols_and_contexts_that_were_never_seen_have_some_probability():
    model = NGram(3).fit(b"abracadabra")
    message = "Ω, in Greek: ωμέγα".encode()
    assert np.isfinite(model.nll(message))
    assert stream_decode(stream_encode(message, model), model, len(message)).tobytes() == message
    assert (NGram(2).fit([]).pmf() == 1 / 256).all()


@pytest.mark.parametrize("k", [2, 3000])
def test_a_long_message_is_learned_as_a_short_one_is(k):
    """Counts are gathered from time to time; before and after, they are those of the text."""
    message = np.random.default_rng(0).zipf(1.3, 1500) % k
    learner = OnlineNGram(1, k)
    start, length = learner.spans(message)
    for i in (1, 40, 200, 1499):
        pmf = NGram(1, k).fit(message[:i]).pmf(message[:i])
        assert length[i] * float(UNIT) == pmf[message[i]]
        assert start[i] * float(UNIT) == pmf[: message[i]].sum()
    data = stream_encode(message, learner)
    np.testing.assert_array_equal(stream_decode(data, learner, message.size), message)


def test_the_largest_alphabet_still_codes():
    for model in (NGram(0, 1 << 24).fit([5, 1 << 23]), OnlineNGram(0, 1 << 24)):
        message = [0, (1 << 24) - 1, 1 << 23]
        data = stream_encode(message, model)
        assert stream_decode(data, model, 3).tolist() == message


def test_only_the_last_symbols_of_a_context_count():
    model = NGram(2).fit(b"abracadabra")
    np.testing.assert_array_equal(model.pmf(b"xyzab"), model.pmf(b"ab"))
    np.testing.assert_array_equal(NGram(0).fit(b"abra").pmf(b"ab"), NGram(0).fit(b"abra").pmf())


def test_long_messages_are_evaluated_in_parts():
    rng = np.random.default_rng(0)
    message = rng.choice(3, 150_000, p=[0.6, 0.3, 0.1])
    model = NGram(2, 3).fit(message)
    each = model.nll(message, reduction="none")
    table = {(a, b): -np.log2(model.pmf([a, b])) for a in range(3) for b in range(3)}
    expected = [table[tuple(message[i - 2 : i])][message[i]] for i in range(2, 150_000)]
    np.testing.assert_allclose(each[2:], expected, rtol=1e-12)


def test_order_0_learns_the_entropy_of_the_letters():
    p = [0.5, 0.25, 0.125, 0.125]
    message = np.random.default_rng(0).choice(4, 100_000, p=p)
    assert NGram(0, 4).fit(message).nll(message) == pytest.approx(entropy(p), abs=0.01)


def test_the_numbers_that_the_last_chapter_stands_on():
    """Prose of the manual: context helps up to order 4 or so, and beats bzip2; code costs more.

    The numbers are those of Python 3.11; the manual of 3.13 is easier by up to 0.3 bits.
    """
    text = manual_text().encode()
    cut = len(text) * 85 // 100
    training, held_out = text[:cut], text[cut:]
    rates = [NGram(order).fit(training).nll(held_out) for order in range(7)]
    np.testing.assert_allclose(rates, [4.68, 3.45, 2.57, 2.11, 2.00, 2.04, 2.11], atol=0.35)
    assert np.argmin(rates) in (3, 4, 5)
    assert rates[4] < 8 * len(bz2.compress(held_out)) / len(held_out)
    source = source_text().encode()
    at = len(source) * 85 // 100
    own = NGram(3).fit(source[:at]).nll(source[at:])
    assert NGram(3).fit(training).nll(source[at:]) > own + 0.5


def test_a_text_is_coded_and_decoded_with_a_fitted_and_with_a_learning_model():
    text = manual_text().encode()
    message = text[-20_000:]
    for model in (NGram(4).fit(text[:200_000]), OnlineNGram(4)):
        data = stream_encode(message, model)
        assert len(data) == pytest.approx(model.nll(message, reduction="sum") / 8, abs=15)
        assert stream_decode(data, model, len(message)).tobytes() == message


def test_no_floating_point_error_goes_unheeded():
    """Where a user has asked NumPy to raise, codes and models do what they did before."""
    tiny = np.array([1.0, 5e-324, 0.0])
    x = np.array([[-1.0], [1.0], [0.5], [-2.0]])
    with np.errstate(all="raise"):
        for message in ([0] * 20, [0] * 6000 + [1]):
            data = stream_encode(message, tiny)
            assert stream_decode(data, tiny, len(message)).tolist() == message
            assert np.isfinite(ideal_bits(message, tiny))
        assert ideal_bits([2], tiny) == np.inf
        assert block_pmf(tiny[:2], 5)[-1] == 0
        code = huffman_code(tiny)
        assert code.expected_length(tiny) == 1
        assert code.decode(code.encode([0, 1, 2]), 3).tolist() == [0, 1, 2]
        assert shannon_lengths(tiny[:2]).tolist() == [0, 1074]
        assert np.isfinite(NGram(2).fit(b"abracadabra").nll(b"abba"))
        assert np.isfinite(OnlineNGram(2).nll(b"abba"))
        model = SoftmaxRegression(l2=1e-9).fit(x * 300, ["a", "b", "b", "a"])
        assert model.predict_proba(x * 1e5).max() == 1


def test_a_learning_model_starts_from_nothing_every_time():
    learner = OnlineNGram(2)
    assert stream_encode(b"abracadabra", learner) == stream_encode(b"abracadabra", learner)


def test_another_model_does_not_decode_the_file():
    data = stream_encode(b"abracadabra" * 10, NGram(2).fit(b"abracadabra"))
    for other in (NGram(2).fit(b"abracadabrb"), NGram(1).fit(b"abracadabra"), OnlineNGram(2)):
        with pytest.raises(ValueError, match="damaged or truncated"):
            stream_decode(data, other, 110)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: NGram(-1), ValueError, "order is -1"),
        (lambda: NGram(1.5), TypeError, "order must be a whole number"),
        (lambda: NGram(7), ValueError, "order is 7, but can be at most 6: of 256 symbols"),
        (lambda: NGram(10**9, 2), ValueError, "can be at most 61: of 2 symbols"),
        (lambda: NGram(10**9, 1), ValueError, "can be at most 61: of 1 symbols"),
        (lambda: NGram(0, 2**25), ValueError, "n_symbols is 33554432, but can be at most 16777216"),
        (lambda: OnlineNGram(0, 10**15), ValueError, "units of probability for no more symbols"),
        (lambda: NGram(2).fit("text"), TypeError, r"symbols is a string.*\.encode\(\)"),
        (lambda: NGram(2).fit(b"text").pmf("te"), TypeError, r"context is a string.*\.encode\(\)"),
        (lambda: OnlineNGram(2).nll("text"), TypeError, r"symbols is a string.*\.encode\(\)"),
        (lambda: OnlineNGram(2, 0), ValueError, "n_symbols is 0"),
        (lambda: NGram(2).pmf(b"a"), ValueError, "this NGram has learned nothing yet"),
        (lambda: NGram(2).nll(b"a"), ValueError, "call fit first"),
        (lambda: stream_encode(b"a", NGram(2)), ValueError, "call fit first"),
        (lambda: stream_decode(bytes(14), NGram(2), 1), ValueError, "call fit first"),
        (lambda: NGram(2, 4).fit([0, 4]), ValueError, r"symbols\[1\] is 4"),
        (lambda: NGram(2, 4).fit([0, 1]).pmf([9]), ValueError, r"context\[0\] is 9"),
        (lambda: NGram(2, 4).fit([0, 1]).nll([0, 5]), ValueError, r"symbols\[1\] is 5"),
        (lambda: OnlineNGram(2, 4).nll([]), ValueError, "no example to take the mean of"),
        (lambda: SoftmaxRegression(l2=-1), ValueError, "l2 is -1"),
        (lambda: SoftmaxRegression(base=1), ValueError, "base is 1"),
        (lambda: SoftmaxRegression(max_iter=0), ValueError, "max_iter is 0"),
        (lambda: SoftmaxRegression().predict_proba([[1.0]]), ValueError, "call fit first"),
        (lambda: SoftmaxRegression().fit([1, 2], [0, 1]), ValueError, r"pass X\[:, None\]"),
        (lambda: SoftmaxRegression().fit([[1], [np.nan]], [0, 1]), ValueError, r"X\[1, 0\] is nan"),
        (lambda: SoftmaxRegression().fit([[1], [2]], [0, 1, 1]), ValueError, "y has shape"),
        (lambda: SoftmaxRegression().fit([[1], [2]], [0, np.nan]), ValueError, r"y\[1\] is nan"),
        (
            lambda: SoftmaxRegression().fit([[1], [2]], np.array(["a", 1], object)),
            TypeError,
            "types int, str, which cannot be sorted",
        ),
        (lambda: SoftmaxRegression().predict([[1.0]]), ValueError, "call fit first"),
        (
            lambda: SoftmaxRegression().fit([[1], [2]], [0, 1]).predict([[1, 2]]),
            ValueError,
            "X has 2 columns, but the model has 1 features",
        ),
        (lambda: SoftmaxRegression().fit(np.empty((0, 2)), []), ValueError, "y is empty"),
    ],
)
def test_errors_say_what_is_wrong(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


# SoftmaxRegression


@pytest.fixture(scope="module")
def birds():
    """Standardised measurements and species of the penguins with no value missing."""
    data = penguins()
    columns = [data.bill_length_mm, data.bill_depth_mm, data.flipper_length_mm, data.body_mass_g]
    table = np.column_stack(columns)[data.complete]
    _, species = np.unique(data.species[data.complete], return_inverse=True)
    return (table - table.mean(0)) / table.std(0), species


@pytest.mark.parametrize("base", [2, np.e])
def test_the_optimum_is_that_of_scikit_learn(birds, base):
    x, y = birds
    l2 = 0.01
    model = SoftmaxRegression(l2=l2, base=base).fit(x, y)
    c = 1 / (l2 * len(x) * np.log(base))
    peer = LogisticRegression(C=c, tol=1e-10, max_iter=10_000).fit(x, y)
    np.testing.assert_allclose(model.coef_, peer.coef_, atol=1e-5)
    np.testing.assert_allclose(model.predict_proba(x), peer.predict_proba(x), atol=1e-6)


def test_the_history_goes_from_knowing_nothing_to_the_optimum(birds):
    x, y = birds
    model = SoftmaxRegression().fit(x, y)
    first, last = model.history_[0], model.history_[-1]
    assert first.loss == pytest.approx(np.log2(3))
    assert last.loss < 0.05 < first.loss
    np.testing.assert_array_equal(last.coef, model.coef_)
    np.testing.assert_array_equal(last.intercept, model.intercept_)
    for step in model.history_[:: len(model.history_) // 5]:
        logits = x @ step.coef.T + step.intercept
        assert step.loss == pytest.approx(softmax_cross_entropy(logits, y))


def test_the_loss_is_the_size_of_the_file_of_labels(birds):
    x, y = birds
    model = SoftmaxRegression().fit(x, y)
    for step in model.history_:
        pmf = softmax(x @ step.coef.T + step.intercept)
        data = stream_encode(y, pmf)
        assert len(data) == pytest.approx(step.loss * len(y) / 8, abs=15)
    np.testing.assert_array_equal(stream_decode(data, pmf, len(y)), y)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_at_the_optimum_the_expected_features_are_the_observed_ones(seed):
    """The gradient vanishes: sum x (q - y) = -l2 n W, and for the bias sum q = sum y."""
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((30, 2)), rng.integers(0, 3, 30)
    model = SoftmaxRegression(l2=0.1, base=np.e).fit(x, y)
    surplus = model.predict_proba(x) - (y[:, None] == model.classes_)
    np.testing.assert_allclose(surplus.T @ x / 30, -0.1 * model.coef_, atol=1e-6)
    np.testing.assert_allclose(surplus.sum(0), 0, atol=1e-5)


@pytest.mark.parametrize(
    "labels", [["Gentoo", "Adelie", "Chinstrap"], [7, -3, 0], [2.0, 0.0, 1.0], [True, False, True]]
)
def test_labels_of_any_kind_come_back(birds, labels):
    x, y = birds
    labels = np.array(labels)
    model = SoftmaxRegression().fit(x, labels[y])
    c = 1 / (1e-3 * len(x) * np.log(2))
    if len(model.classes_) == 2:  # scikit-learn has one row for both then, and half the penalty
        c *= 2
    peer = LogisticRegression(C=c, max_iter=10_000).fit(x, labels[y])
    assert model.classes_.dtype == labels.dtype
    np.testing.assert_array_equal(model.classes_, peer.classes_)
    np.testing.assert_array_equal(model.predict(x), peer.predict(x))
    assert model.coef_.shape == (len(set(labels.tolist())), 4)


def test_labels_may_be_python_objects():
    model = SoftmaxRegression().fit([[-1.0], [1.0]], np.array([(1, 2), None], object)[[0, 0]])
    assert model.predict([[5.0]])[0] == (1, 2)
    np.testing.assert_array_equal(model.predict_proba([[5.0]]), [[1.0]])


def test_a_model_says_what_it_is():
    assert repr(SoftmaxRegression(l2=0.5)) == "SoftmaxRegression(l2=0.5, base=2, max_iter=1000)"


def test_where_no_optimum_exists_the_user_is_told(birds):
    """Without a penalty, separable classes have no best coefficients: twice these cost less."""
    x, y = birds
    for table, labels in ((x, y), ([[0.0], [1.0]], ["a", "b"])):
        with pytest.warns(UserWarning, match="no optimum: the classes can be told apart.*l2 > 0"):
            model = SoftmaxRegression(l2=0).fit(table, labels)
        np.testing.assert_array_equal(model.predict(table), labels)
    SoftmaxRegression(l2=1e-6).fit(x, y)  # a penalty, and
    SoftmaxRegression(l2=0).fit(x[:, 2:3], y)  # classes that overlap, say nothing
    SoftmaxRegression(l2=0).fit(x, np.zeros(len(x)))


def test_training_that_does_not_arrive_is_an_error(birds):
    x, y = birds
    with pytest.raises(RuntimeError, match="no optimum after 2 steps"):
        SoftmaxRegression(max_iter=2).fit(x, y)
