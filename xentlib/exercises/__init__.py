"""Checks for the book's coding exercises: they name the mistake and say what to look at.

``check_entropy(mine)`` calls the student's function `mine` on seeded random cases, first plain ones
and then some with zeros, gaps and extremes in any place, and on the edge cases where formulas
break, compares it with xentlib's own, and prints one line. Nothing a student's function does makes
a check raise, but for the reader's own interrupt: an endless loop must be stopped by hand. If
``XENTLIB_STRICT=1`` is in the environment, a failed check raises AssertionError with the text it
would have printed.
"""

from . import _bank
from ._judge import judge


def check_surprisal(student):
    """Check a student's surprisal, in bits.

    Parameters
    ----------
    student : callable
        ``student(p)`` takes an array of probabilities, shape (n,), and returns as many
        surprisals.

    Examples
    --------
    >>> import numpy as np
    >>> check_surprisal(lambda p: -np.log(p))
    ✗ surprisal: wrong base. These are nats: which logarithm counts yes/no questions?
    >>> check_surprisal(lambda p: -np.log2(p))
    ✗ surprisal: for p = [1, 0.5, 0] your function warns: divide by zero encountered in log2. ...
    """
    judge(_bank.SURPRISAL, student)


def check_total_surprisal(student):
    """Check what a message costs, in bits.

    Parameters
    ----------
    student : callable
        ``student(p, symbols)`` takes a pmf, shape (K,), and a message of symbols 0, ..., K - 1,
        shape (n,), and returns the sum of the surprisals.

    Examples
    --------
    >>> import numpy as np
    >>> check_total_surprisal(lambda p, symbols: -np.log2(np.sum(p[symbols])))
    ✗ surprisal of a message: log of a sum. ...
    """
    judge(_bank.TOTAL_SURPRISAL, student)


def check_kraft_sum(student):
    """Check a student's Kraft sum.

    Parameters
    ----------
    student : callable
        ``student(lengths)`` takes codeword lengths in bits, whole numbers, shape (K,), and
        returns their Kraft sum.

    Examples
    --------
    >>> import numpy as np
    >>> check_kraft_sum(lambda lengths: np.sum(2.0**lengths))
    ✗ Kraft sum: a minus is missing. A longer codeword takes up less room, not more.
    """
    judge(_bank.KRAFT_SUM, student)


def check_expected_length(student):
    """Check the expected length of a code given by its codewords, in bits.

    Parameters
    ----------
    student : callable
        ``student(p, codewords)`` takes a pmf, shape (K,), and a list of K strings of 0s and 1s,
        and returns the expected number of bits per symbol.

    Examples
    --------
    >>> import numpy as np
    >>> check_expected_length(lambda p, codewords: np.mean([len(word) for word in codewords]))
    ✗ expected length: p is left out. ...
    """
    judge(_bank.EXPECTED_LENGTH, student)


def check_entropy(student):
    """Check a student's entropy, in bits.

    Parameters
    ----------
    student : callable
        ``student(p)`` takes a pmf, shape (K,), and returns its entropy.

    Examples
    --------
    >>> import numpy as np
    >>> check_entropy(lambda p: -np.sum(p * np.log2(p)))
    ✗ entropy: for p = [0.5, 0, 0.25, 0.25] you give nan, and 1.5 is right. ...
    """
    judge(_bank.ENTROPY, student)


def check_bits_per_symbol(student):
    """Check what Huffman's code for blocks needs, in bits per symbol.

    Parameters
    ----------
    student : callable
        ``student(p, n)`` takes the pmf of a symbol, shape (K,), and the length of a block, and
        returns the expected number of bits per symbol when blocks of `n` independent symbols get
        codewords from Huffman's code.

    Examples
    --------
    >>> from xentlib import block_pmf, huffman_code
    >>> check_bits_per_symbol(lambda p, n: huffman_code(block_pmf(p, n)).expected_length(
    ...     block_pmf(p, n)))
    ✗ bits per symbol: bits per block. How many symbols share one codeword?
    """
    judge(_bank.BITS_PER_SYMBOL, student)


def check_cross_entropy(student):
    """Check a student's cross-entropy, in bits.

    Parameters
    ----------
    student : callable
        ``student(p, q)`` takes the source and the model, pmfs of shape (K,), and returns H(p,
        q).

    Examples
    --------
    >>> import numpy as np
    >>> check_cross_entropy(lambda p, q: -np.sum(q * np.log2(p)))
    ✗ cross-entropy: p and q are swapped. Who does the talking, and who wrote the codebook?
    """
    judge(_bank.CROSS_ENTROPY, student)


def check_code_cost(student):
    """Check the expected cost of a code given by its lengths, in bits.

    Parameters
    ----------
    student : callable
        ``student(p, lengths)`` takes a pmf, shape (K,), and as many codeword lengths, and
        returns the expected number of bits per symbol.

    Examples
    --------
    >>> check_code_cost(lambda p, lengths: p * lengths)
    ✗ cost of a code: not added up yet. ...
    """
    judge(_bank.CODE_COST, student)


def check_kl_divergence(student):
    """Check a student's KL divergence, in bits.

    Parameters
    ----------
    student : callable
        ``student(p, q)`` takes the source and the model, pmfs of shape (K,), and returns
        KL(p‖q).

    Examples
    --------
    >>> import numpy as np
    >>> check_kl_divergence(lambda p, q: -np.sum(p * np.log2(q)))
    ✗ KL divergence: cross-entropy instead. ...
    """
    judge(_bank.KL_DIVERGENCE, student)


def check_js_divergence(student):
    """Check a student's Jensen–Shannon divergence, in bits.

    Parameters
    ----------
    student : callable
        ``student(p, q)`` takes two pmfs of shape (K,) and returns their Jensen–Shannon
        divergence.

    Examples
    --------
    >>> from xentlib import kl_divergence
    >>> check_js_divergence(lambda p, q: (kl_divergence(p, q) + kl_divergence(q, p)) / 2)
    ✗ Jensen–Shannon divergence: the mixture is missing. ...
    """
    judge(_bank.JS_DIVERGENCE, student)


def check_log_likelihood(student):
    """Check the log-likelihood of labels, in bits.

    Parameters
    ----------
    student : callable
        ``student(x, q)`` takes labels 0, ..., K - 1, shape (n,), and a pmf, shape (K,), and
        returns the logarithm to base 2 of the probability of all labels.

    Examples
    --------
    >>> import numpy as np
    >>> check_log_likelihood(lambda x, q: np.log2(np.sum(q[x])))
    ✗ log-likelihood: log of a sum. ...
    """
    judge(_bank.LOG_LIKELIHOOD, student)


def check_mle(student):
    """Check the maximum likelihood estimate of a pmf.

    Parameters
    ----------
    student : callable
        ``student(x, K)`` takes labels, shape (n,), and the number of outcomes, and returns the
        pmf, shape (K,), that makes the labels most likely.

    Examples
    --------
    >>> import numpy as np
    >>> check_mle(lambda x, K: np.bincount(x, minlength=K))
    ✗ maximum likelihood: unnormalised. These are counts: what should they sum to?
    """
    judge(_bank.MLE, student)


def check_binned_entropy(student):
    """Check the entropy of data in bins, in bits.

    Parameters
    ----------
    student : callable
        ``student(x, width)`` takes values, shape (n,), and the width of a bin, and returns the
        entropy of the bin that a value falls into. Bin number k holds the values from k * width
        up to, but without, (k + 1) * width.

    Examples
    --------
    >>> import numpy as np
    >>> from xentlib import entropy
    >>> def mine(x, width):
    ...     counts = np.unique(np.round(x / width), return_counts=True)[1]
    ...     return entropy(counts / len(x))
    >>> check_binned_entropy(mine)
    ✗ entropy of the bins: rounded to the nearest. ...
    """
    judge(_bank.BINNED_ENTROPY, student)


def check_gaussian_entropy(student):
    """Check the differential entropy of a Gaussian, in bits.

    Parameters
    ----------
    student : callable
        ``student(sigma)`` takes a standard deviation and returns the entropy of the density.

    Examples
    --------
    >>> import numpy as np
    >>> check_gaussian_entropy(lambda sigma: 0.5 * np.log2(2 * np.pi * np.e * sigma))
    ✗ entropy of a Gaussian: sigma for the variance. ...
    """
    judge(_bank.GAUSSIAN_ENTROPY, student)


def check_softmax(student):
    """Check a student's softmax.

    Parameters
    ----------
    student : callable
        ``student(logits)`` takes scores, shape (..., K), and returns pmfs of the same shape.

    Examples
    --------
    >>> import numpy as np
    >>> check_softmax(np.exp)
    ✗ softmax: unnormalised. What do your numbers sum to?
    """
    judge(_bank.SOFTMAX, student)


def check_softmax_grad(student):
    """Check the gradient of the loss with respect to the logits, in nats.

    Parameters
    ----------
    student : callable
        ``student(logits, label)`` takes scores, shape (K,), and a label 0, ..., K - 1, and
        returns the derivatives of the negative log-likelihood of the label, shape (K,).

    Examples
    --------
    >>> from xentlib import softmax
    >>> check_softmax_grad(lambda logits, label: softmax(logits))
    ✗ gradient: the label is left out. ...
    """
    judge(_bank.SOFTMAX_GRAD, student)


def check_batch_loss(student):
    """Check the mean loss of a batch, in nats.

    Parameters
    ----------
    student : callable
        ``student(logits, labels)`` takes scores, shape (N, K), and labels 0, ..., K - 1, shape
        (N,), and returns the mean negative log-likelihood of the labels.

    Examples
    --------
    >>> import numpy as np
    >>> from xentlib import softmax
    >>> def mine(logits, labels):
    ...     return -np.sum(np.log(softmax(logits))[np.arange(len(labels)), labels])
    >>> check_batch_loss(mine)
    ✗ batch loss: sum for mean. ...
    """
    judge(_bank.BATCH_LOSS, student)


def check_weighted_loss(student):
    """Check the weighted mean loss of a batch, in nats.

    Parameters
    ----------
    student : callable
        ``student(logits, labels, weights)`` takes scores, shape (N, K), labels 0, ..., K - 1,
        shape (N,), and a weight for each example, shape (N,), and returns the weighted mean of
        the negative log-likelihoods.

    Examples
    --------
    >>> import numpy as np
    >>> from xentlib import softmax
    >>> def mine(logits, labels, weights):
    ...     losses = -np.log(softmax(logits))[np.arange(len(labels)), labels]
    ...     return np.mean(weights * losses)
    >>> check_weighted_loss(mine)
    ✗ weighted loss: divided by the number of examples. ...
    """
    judge(_bank.WEIGHTED_LOSS, student)


def check_gaussian_nll(student):
    """Check the mean negative log density of a Gaussian, in nats.

    Parameters
    ----------
    student : callable
        ``student(x, mean, sigma)`` takes observations, shape (n,), a mean and a standard
        deviation, and returns the mean loss.

    Examples
    --------
    >>> import numpy as np
    >>> check_gaussian_nll(lambda x, mean, sigma: np.mean((x - mean) ** 2))
    ✗ Gaussian loss: squared error only. ...
    """
    judge(_bank.GAUSSIAN_NLL, student)


def check_poisson_nll(student):
    """Check the mean negative log-likelihood of counts under a Poisson, in nats.

    Parameters
    ----------
    student : callable
        ``student(counts, rate)`` takes whole numbers, shape (n,), and a rate, and returns the
        mean loss, its constant included.

    Examples
    --------
    >>> import numpy as np
    >>> check_poisson_nll(lambda counts, rate: np.mean(rate - counts * np.log(rate)))
    ✗ Poisson loss: the factorial is missing. ...
    """
    judge(_bank.POISSON_NLL, student)


def check_ideal_bits(student):
    """Check what a message would need with ideal codewords, in bits.

    Parameters
    ----------
    student : callable
        ``student(symbols, pmf)`` takes a message of symbols 0, ..., K - 1, shape (n,), and the
        model's pmf, shape (K,), and returns the negative log-likelihood of the message.

    Examples
    --------
    >>> import numpy as np
    >>> check_ideal_bits(lambda symbols, pmf: np.sum(np.ceil(-np.log2(pmf[symbols]))))
    ✗ ideal bits: whole bits for each symbol. ...
    """
    judge(_bank.IDEAL_BITS, student)


def check_file_size(student):
    """Check the size of a file whose loss is known, in bytes.

    Parameters
    ----------
    student : callable
        ``student(nll, n)`` takes the loss in bits per symbol and the number of symbols, and
        returns the number of whole bytes that hold the message.

    Examples
    --------
    >>> check_file_size(lambda nll, n: nll * n / 8)
    ✗ file size: not rounded up. Can a file hold a part of a byte?
    """
    judge(_bank.FILE_SIZE, student)
