"""What the exercises are judged by: for each check the right function, cases, and the mistakes.

A mistake is data: a wrong computation, written with xentlib's functions, and the hint for whoever
returns what it returns in each random case. What is said of an edge is true of the case, whatever
the student has done about it.
"""

import math

import numpy as np

from ..codes import (
    PrefixCode,
    block_pmf,
    canonical_code,
    huffman_code,
    ideal_bits,
    kraft_sum,
    shannon_lengths,
)
from ..likelihood import empirical_pmf, log_likelihood
from ..losses import (
    gaussian_nll,
    log_softmax,
    one_hot,
    poisson_nll,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)
from ..measures import (
    cross_entropy,
    entropy,
    gaussian_entropy,
    js_divergence,
    kl_divergence,
    normalize,
    perplexity,
    surprisal,
)
from ._judge import Check

# Hints that more than one check gives. Each begins with the mistake's name.

_NATS = "wrong base. These are nats: which logarithm counts yes/no questions?"
_BITS = "wrong base. These are bits: which logarithm counts nats?"
_LOG10 = "wrong base. Your logarithm has base 10: which one belongs to the unit asked for?"
_MINUS = (
    "a minus is missing, or there is one too many. The log of a probability is never positive, "
    "the log of one over it never negative: which is a cost?"
)
_MINUS_NATS = (
    "a minus is missing, or there is one too many, and the base is wrong. Look at the sign of your "
    "logarithm, then at which logarithm counts yes/no questions."
)
_SIGN = "the sign is the wrong way round. Should the number grow or shrink as the fit gets better?"
_SWAPPED = "p and q are swapped. Who does the talking, and who wrote the codebook?"
_MEAN = "mean for sum. You divide by the number of outcomes, but p has weighted them already."
_TERMS = "not added up yet. You return a number for each outcome: what makes one of them all?"
_EVERY_TIME = "the weights are missing. You add up as if each outcome happened every time."
_EQUALLY = "the weights are missing. You average as if all outcomes were equally likely."
_LOG_OF_SUM = (
    "log of a sum. You average probabilities and take the log once: which of the two comes first?"
)
_SOFTMAX_TWICE = "softmax twice. You put probabilities where logits belong."
_VARIANCE = (
    "sigma for the variance. Which of the two stands in the formula, and which one are you given?"
)
_FOURTH = "squared once too often. Which stands in the formula, sigma or the variance?"
_NO_2PI = "the 2π is missing. What makes the density integrate to 1?"
_APPROXIMATION = "an approximation. Stirling's formula is only nearly the log of a factorial."
_EXAMPLES = "not averaged yet. You return a number for each example: what makes one of them all?"
_SUM = "sum for mean. Your number grows with the number of examples: should it?"
_ZEROS = "An outcome that never happens adds nothing. What does your line make of 0 · log 0?"
_ZEROS_OF_KL = (
    "An outcome that never happens adds nothing. What does your line make of 0 · log 0? If you "
    "add q − p to each term, its q counts."
)
_UNUSED = "A codeword that is never used adds nothing."
_ROOM = "This codebook leaves room for more words, and its words are as long as they are."
_THIRDS = "Thirds have no last decimal: round only what you print."
_LONG = (
    "The probability of so many symbols is too small for a float: it underflows. "
    "Which comes first, the logarithm or the product?"
)
_NO_WORD = (
    "Something happens that q gives probability 0. How long is a codeword that does not "
    "exist? Its term stays, unclipped."
)
_RARE = (
    "What is rare counts in full: nothing is added to a probability, clipped, dropped or "
    "rounded away."
)
_OWN_ZEROS = "Zeros may stand in any place: each outcome is judged by its own p and q alone."
_RARE_IN_KL = f"{_RARE.removesuffix('.')}, as a tiny q is in q − p."
_NEVER_SENT = "The outcome of probability 0 is not in the data, so it adds nothing to the sum."
_LARGE = (
    "From 710 on, exp is inf: it overflows. What can you subtract from all logits, whatever they "
    "are, so that none is too large and their differences stay?"
)
_ROUNDED_TO_0 = (
    "From 710 on, exp is inf: what can you subtract from all logits? And the label's probability "
    "is rounded to 0: can you do without dividing by it, or its log?"
)
_LOW = (
    "exp of each of these logits is 0: it underflows. What can you add to all logits without "
    "changing the probabilities?"
)
_ABSENT = (
    "In the first row the other class is not the label, and too improbable for a float: it adds "
    "nothing. What does your line make of 0 · log 0, or of exp(1000)?"
)
_SMALL = (
    "The probability is too small for a float, its logarithm is not. "
    "Take the logarithm on paper first."
)
_FAR = f"{_SMALL.removesuffix('.')}, and exp of nothing large: from 710 on it is inf."


def _told(*flat):
    """Pair each wrong function with the hint that stands beneath it."""
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _bits(f):
    """The mistakes of unit and sign for a cost `f` in bits."""
    return (
        (lambda *args: f(*args, base=np.e), _NATS),
        (lambda *args: f(*args, base=10), _LOG10),
        (lambda *args: -f(*args), _MINUS),
        (lambda *args: -f(*args, base=np.e), _MINUS_NATS),
    )


def _nats(f):
    """The mistakes of unit and sign for a loss `f` in nats."""
    return (
        (lambda *args: f(*args, base=2), _BITS),
        (lambda *args: f(*args, base=10), _LOG10),
        (lambda *args: -f(*args, base=np.e), _SIGN),
    )


def _pmf(rng, k):
    """Draw a pmf over `k` outcomes, none of them impossible, that two decimals print in full."""
    return (rng.multinomial(100 - 2 * k, rng.dirichlet(np.ones(k))) + 2) / 100


def _some(rng):
    return int(rng.integers(3, 6))


def _odd_pmf(rng, k=None):
    """Draw a pmf in which zeros may stand anywhere, over `k` outcomes or from 1 to 6."""
    k = int(rng.integers(1, 7)) if k is None else k
    return rng.multinomial(100, rng.dirichlet(np.full(k, 0.5))) / 100


def _odd_pair(rng):
    p = _odd_pmf(rng)
    return p, _odd_pmf(rng, len(p))


# Chapter 1


def _message_cost(p, symbols, base=2):
    return surprisal(p, base=base)[symbols].sum()


def _draw_message(rng):
    p = _pmf(rng, _some(rng))
    return p, rng.choice(len(p), rng.choice([6, 7, 9]), p=p)


def _odd_message(rng):
    p = _odd_pmf(rng)
    return p, rng.choice(len(p), int(rng.integers(1, 10)), p=p)


SURPRISAL = Check(
    title="surprisal",
    names=("p",),
    right=surprisal,
    draw=lambda rng: (rng.integers(2, 100, _some(rng)) / 100,),
    look="Take one probability, 1/8 say: how many halvings lead to it?",
    mistakes=(
        *_bits(surprisal),
        *_told(
            lambda p: 1 - p,
            "one minus p. That is how likely everything else is: what is still missing?",
            lambda p: 1 / p,
            "no logarithm yet. 1/p counts equally likely things, not questions.",
            lambda p: p * surprisal(p),
            "weighted by p. How surprising is an outcome once it has happened?",
            lambda p: surprisal(1 - p),
            "of the opposite. That is the surprisal if it does not happen.",
            lambda p: np.ceil(surprisal(p)),
            "rounded up. A surprisal needs no whole number of questions.",
            lambda p: surprisal(p).sum(),
            "added up. Each probability has a surprisal of its own: return as many as you get.",
            lambda p: surprisal(p).mean(),
            "averaged. Each probability has a surprisal of its own: return as many as you get.",
        ),
    ),
    odd=lambda rng: (_odd_pmf(rng),),
    edges=(
        ((0.125,), "p may be a single number as well."),
        (
            (np.array([1.0, 0.5, 0.0]),),
            "What is certain does not surprise, and what is impossible would surprise without "
            "bound: neither is left out or clipped.",
        ),
        (
            (0,),
            "0 may be a plain Python number. Nothing can be divided by it, it is whole, as is an "
            "array made like it, and it has a surprisal.",
        ),
        ((np.array([1e-30, 0.5]),), _RARE),
    ),
    quiet=True,
)

TOTAL_SURPRISAL = Check(
    title="surprisal of a message",
    names=("p", "symbols"),
    right=_message_cost,
    draw=_draw_message,
    look="Look up the probability of each symbol of the message. What does each one cost?",
    mistakes=(
        *_bits(_message_cost),
        *_told(
            lambda p, s: _message_cost(p, s) / len(s),
            "mean for sum. That is the cost of one symbol on average: what does the message cost?",
            lambda p, s: surprisal(p)[s],
            "not added up yet. You return the cost of each symbol: what does the message cost?",
            lambda p, s: -np.log2(p[s].sum()),
            "log of a sum. You add probabilities and take the log once: which comes first?",
            lambda p, s: surprisal(p).sum(),
            "over the alphabet. You count each symbol once: how often is it in the message?",
            lambda p, s: len(s) * entropy(p),
            "expected, not actual. That is the average over messages of this length: and this one?",
            lambda p, s: p[s].prod(),
            "no logarithm yet. That is the probability of the message: what is its surprisal?",
            lambda p, s: surprisal(p)[np.unique(s)].sum(),
            "each symbol once. How often does each of them come in the message?",
            lambda p, s: (p * surprisal(p))[s].sum(),
            "weighted by p. The message itself says how often each symbol comes.",
            lambda p, s: np.ceil(surprisal(p))[s].sum(),
            "whole bits for each symbol. Add the surprisals as they are.",
        ),
    ),
    odd=_odd_message,
    edges=(
        ((np.array([0.5, 0.25, 0.25]), np.tile([0, 1, 2], 8000)), _LONG),
        ((np.array([0.5, 0.5, 0.0]), np.array([0, 1, 1])), _NEVER_SENT),
        ((np.array([1.0, 1e-30]), np.array([0, 0, 1])), _RARE),
    ),
)


# Chapter 2


def _draw_lengths(rng):
    lengths = huffman_code(_pmf(rng, _some(rng))).lengths
    return (lengths + rng.integers(0, 2, len(lengths)),)


def _draw_code(rng):
    k = _some(rng)
    return _pmf(rng, k), huffman_code(_pmf(rng, k)).lengths.copy()


def _code_cost(p, lengths):
    return canonical_code(lengths).expected_length(p)


def _draw_codewords(rng):
    p, lengths = _draw_code(rng)
    return p, list(canonical_code(lengths).codewords)


def _odd_code(rng):
    k = _some(rng)
    return _odd_pmf(rng, k), huffman_code(_pmf(rng, k)).lengths.copy()


def _odd_codewords(rng):
    p, lengths = _odd_code(rng)
    return p, list(canonical_code(lengths).codewords)


KRAFT_SUM = Check(
    title="Kraft sum",
    names=("lengths",),
    right=kraft_sum,
    draw=_draw_lengths,
    look="A codeword of 3 bits takes up 1/8 of the line. How much does each of yours take up?",
    mistakes=_told(
        lambda n: n.sum(),
        "the lengths are added. What part of the line does each codeword take up?",
        lambda n: np.exp2(n).sum(),
        "a minus is missing. A longer codeword takes up less room, not more.",
        lambda n: np.exp(-n).sum(),
        "wrong base. How many characters can stand at each place of a codeword?",
        lambda n: float(kraft_sum(n)) / len(n),
        "mean for sum. The parts that the codewords take up are added, not averaged.",
        lambda n: np.exp2(-n),
        "not added up yet. You return a part for each codeword: what do they take up together?",
        lambda n: np.exp2(-n.sum()),
        "product for sum. Two codewords take up a half each: how much do they take up together?",
        lambda n: (1 / n).sum(),
        "one over the length. A bit more halves what a codeword takes up: is that so here?",
        lambda n: 1 - kraft_sum(n),
        "what is left. The Kraft sum is what the codewords take up.",
        lambda n: (n * np.exp2(-n)).sum(),
        "multiplied by the lengths. What does each codeword take up, however it is used?",
        lambda n: (2 ^ -n).sum(),
        "no power. `^` compares bits in Python: which sign raises to a power?",
    ),
    odd=lambda rng: (rng.integers(1, 9, rng.integers(1, 7)),),
    edges=(
        (
            (np.array([1, 1, 1]),),
            "These lengths ask for more than there is, and the sum must say so.",
        ),
        (
            (np.array([1, 2, 70, 70]),),
            "2**70 does not fit into NumPy's whole numbers. Which numbers can hold it?",
        ),
    ),
)

_LENGTH_MISTAKES = _told(
    lambda p, n: n.mean(),
    "p is left out. You average as if all codewords were used equally often.",
    lambda p, n: n.sum(),
    "p is left out. You add the lengths up: how often is each codeword used?",
    lambda p, n: n.max(),
    "the longest codeword. How often is it used?",
    lambda p, n: _code_cost(p, n) / len(p),
    _MEAN,
    lambda p, n: p * n,
    _TERMS,
    lambda p, n: _code_cost(normalize(np.exp2(-n)), n),
    "the codebook's own habits. You weight by 2**-length: who does the talking?",
    lambda p, n: n @ np.sort(p)[::-1],
    "p is sorted. Entry number j of p belongs to codeword number j.",
    lambda p, n: entropy(p),
    "entropy instead. That is the limit for p: what does this code need?",
    lambda p, n: _code_cost(p, n) - entropy(p),
    "the extra only. You subtract the entropy: what does the message itself need?",
)

EXPECTED_LENGTH = Check(
    title="expected length",
    names=("p", "codewords"),
    right=lambda p, words: PrefixCode(words).expected_length(p),
    draw=_draw_codewords,
    look="How long is each codeword, and how often is it used?",
    mistakes=(
        *(
            (lambda p, words, wrong=wrong: wrong(p, PrefixCode(words).lengths), hint)
            for wrong, hint in _LENGTH_MISTAKES
        ),
        *_told(
            lambda p, words: p @ [int(word) for word in words],
            "the codewords are read as numbers. How many characters has each?",
        ),
    ),
    odd=_odd_codewords,
    edges=(
        ((np.array([0.5, 0.5, 0.0]), ["0", "10", "11"]), _UNUSED),
        ((np.array([0.5, 0.25, 0.25]), ["0", "100", "101"]), _ROOM),
        ((np.full(3, 1 / 3), ["0", "10", "11"]), _THIRDS),
        (
            (np.array([0.5, 0.25, 0.25]), ["1", "00", "01"]),
            "A codeword may begin with 0, and that 0 counts, too.",
        ),
    ),
)


# Chapter 3


def _per_symbol(p, n):
    blocks = block_pmf(p, n)
    return huffman_code(blocks).expected_length(blocks) / n


ENTROPY = Check(
    title="entropy",
    names=("p",),
    right=entropy,
    draw=lambda rng: (_pmf(rng, _some(rng)),),
    look="It is an expected surprisal: how surprising is each outcome, and how often does it come?",
    mistakes=(
        *_bits(entropy),
        *_told(
            lambda p: entropy(p) / len(p),
            _MEAN,
            lambda p: p * surprisal(p),
            _TERMS,
            lambda p: surprisal(p).sum(),
            _EVERY_TIME,
            lambda p: surprisal(p).mean(),
            _EQUALLY,
            lambda p: surprisal(p @ p),
            _LOG_OF_SUM,
            lambda p: perplexity(p),
            "perplexity instead. You raise 2 to the entropy: which of the two is in bits?",
            lambda p: np.log2(len(p)),
            "p is left out. That is the entropy if all outcomes were equally likely.",
            lambda p: np.ceil(surprisal(p)) @ p,
            "whole bits. An entropy is the average of the surprisals as they are.",
            lambda p: -(p @ np.log2(1 - p)),
            "of the opposite. You take the surprisal of 1 - p: what happens with probability p?",
            lambda p: -(p @ np.log2(p) + (1 - p) @ np.log2(1 - p)),
            "too many terms. 1 - p is the second outcome of a coin: all outcomes are in p here.",
        ),
    ),
    odd=lambda rng: (_odd_pmf(rng),),
    edges=(
        ((np.full(4, 0.25),), "Outcomes may be equally likely, and each adds its own."),
        ((np.array([0.5, 0.0, 0.25, 0.25]),), _ZEROS),
        ((np.array([1.0, 0.0]),), "What is certain has the entropy 0, not nearly 0."),
        ((np.array([1.0, 2.0**-60]),), _RARE),
    ),
)

BITS_PER_SYMBOL = Check(
    title="bits per symbol",
    names=("p", "n"),
    right=_per_symbol,
    draw=lambda rng: (_pmf(rng, 2 + int(rng.integers(2))), int(rng.integers(2, 4))),
    look="One codeword serves a whole block: what does it cost, and how many symbols share it?",
    mistakes=_told(
        lambda p, n: n * _per_symbol(p, n),
        "bits per block. How many symbols share one codeword?",
        lambda p, n: _per_symbol(p, n) / n,
        "divided by n twice. How many symbols share one codeword?",
        lambda p, n: _per_symbol(p, n) * n / len(p) ** n,
        "divided by the number of blocks. How many symbols share one codeword?",
        lambda p, n: _per_symbol(p, n) * n / len(p),
        "divided by the number of symbols in the alphabet. How many share one codeword?",
        lambda p, n: _per_symbol(p, n) - entropy(p),
        "the extra only. You subtract the entropy: what does the code itself need?",
        lambda p, n: huffman_code(block_pmf(p, n)).lengths.sum() / n,
        "the weights are missing. You add up as if each block came every time.",
        lambda p, n: entropy(p),
        "entropy instead. That is the limit for long blocks: what does Huffman's code need?",
        lambda p, n: _per_symbol(p, 1),
        "the blocks are left out. That is the code for one symbol at a time.",
        lambda p, n: block_pmf(p, n) @ shannon_lengths(block_pmf(p, n)) / n,
        "not Huffman's code. You round each surprisal up: is there a shorter code?",
        lambda p, n: huffman_code(block_pmf(p, n)).lengths.mean() / n,
        "the weights are missing. You average as if all blocks were equally likely.",
    ),
    odd=lambda rng: (_pmf(rng, 2 + int(rng.integers(2))), int(rng.integers(1, 5))),
    edges=(
        ((np.array([0.7, 0.2, 0.1]), 1), "A block of one symbol is that symbol."),
        (
            (np.array([0.9, 0.1]), 7),
            "Blocks of 6 are cheaper here. Which length is asked for?",
        ),
    ),
)


# Chapter 4


def _draw_pair(rng):
    k = _some(rng)
    return _pmf(rng, k), _pmf(rng, k)


CROSS_ENTROPY = Check(
    title="cross-entropy",
    names=("p", "q"),
    right=cross_entropy,
    draw=_draw_pair,
    look="It is an expected length: how often does each outcome come, and at what cost?",
    mistakes=(
        *_told(
            lambda p, q: cross_entropy(q, p),
            _SWAPPED,
        ),
        *_bits(cross_entropy),
        *_told(
            lambda p, q: cross_entropy(p, q) / len(p),
            _MEAN,
            lambda p, q: p * surprisal(q),
            _TERMS,
            kl_divergence,
            "KL instead. That is only the extra cost: what does the message itself need?",
            lambda p, q: entropy(p),
            "q is left out. That is the cost with the right codebook.",
            lambda p, q: entropy(q),
            "p is left out. You weight by q as well: who does the talking?",
            lambda p, q: surprisal(q).sum(),
            "the weights are missing. You add up codewords as if each were used every time.",
            lambda p, q: surprisal(q).mean(),
            _EQUALLY,
            lambda p, q: surprisal(p @ q),
            _LOG_OF_SUM,
            lambda p, q: p @ np.ceil(surprisal(q)),
            "whole bits. Here each outcome costs its surprisal as it is.",
            lambda p, q: entropy(p) + kl_divergence(q, p),
            "the extra is the wrong way round. In which order do p and q stand in KL?",
            lambda p, q: entropy(p) + entropy(q),
            "two entropies added. There is one message: who sends it, and in whose codewords?",
            lambda p, q: -(p @ np.log2(q) + (1 - p) @ np.log2(1 - q)),
            "too many terms. 1 - p is the second outcome of a coin: all outcomes are in p here.",
        ),
    ),
    odd=_odd_pair,
    odd_fact=_OWN_ZEROS,
    edges=(
        ((np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.25, 0.25])), _UNUSED),
        ((np.array([0.5, 0.25, 0.25]), np.array([0.5, 0.5, 0.0])), _NO_WORD),
        ((np.array([0.5, 0.5, 0.0]), np.array([0.75, 0.25, 0.0])), _ZEROS),
        ((np.array([0.5, 0.5]), np.array([1.0, 2.0**-60])), _RARE),
        ((np.array([1.0, 2.0**-60]), np.array([1.0, 0.0])), _RARE),
        ((np.array([0.0, 0.5, 0.5, 0.0]), np.array([0.0, 0.5, 0.0, 0.5])), _OWN_ZEROS),
    ),
)

CODE_COST = Check(
    title="cost of a code",
    names=("p", "lengths"),
    right=_code_cost,
    draw=_draw_code,
    look="How long is each codeword, and how often is it used?",
    mistakes=_LENGTH_MISTAKES,
    odd=_odd_code,
    edges=(
        ((np.array([0.5, 0.5, 0.0]), np.array([1, 2, 2])), _UNUSED),
        ((np.array([0.5, 0.25, 0.25]), np.array([1, 3, 3])), _ROOM),
        ((np.full(3, 1 / 3), np.array([1, 2, 2])), _THIRDS),
    ),
)


# Chapter 5


def _middle(p, q):
    return (p + q) / 2


KL_DIVERGENCE = Check(
    title="KL divergence",
    names=("p", "q"),
    right=kl_divergence,
    draw=_draw_pair,
    look="Two costs, one source: the wrong codebook's less the right one's.",
    mistakes=_told(
        lambda p, q: kl_divergence(q, p),
        _SWAPPED,
        lambda p, q: kl_divergence(p, q, base=np.e),
        _NATS,
        lambda p, q: kl_divergence(p, q, base=10),
        _LOG10,
        lambda p, q: -kl_divergence(p, q),
        "the sign is the wrong way round. What comes first in your quotient or difference?",
        lambda p, q: -kl_divergence(p, q, base=np.e),
        (
            "the sign is the wrong way round, and the base is wrong. What comes first in your "
            "quotient or difference, and which logarithm counts yes/no questions?"
        ),
        cross_entropy,
        "cross-entropy instead. That is the whole cost: which part of it is not extra?",
        lambda p, q: cross_entropy(p, q) - entropy(q),
        "the wrong entropy is subtracted. What would this source cost with its own codebook?",
        lambda p, q: entropy(q) - entropy(p),
        "a difference of entropies. In both costs the same one does the talking: who?",
        lambda p, q: kl_divergence(p, q) / len(p),
        _MEAN,
        lambda p, q: q @ (surprisal(q) - surprisal(p)),
        "weighted by q. You compare the right costs, but who does the talking?",
        lambda p, q: p * (surprisal(q) - surprisal(p)),
        _TERMS,
        lambda p, q: (surprisal(q) - surprisal(p)).sum(),
        _EVERY_TIME,
        lambda p, q: np.log2((p * p / q).sum()),
        "log of a sum. You average ratios and take the log once: which of the two comes first?",
        lambda p, q: kl_divergence(p, q) + kl_divergence(q, p),
        "both directions are added. KL has one source and one model.",
        lambda p, q: (kl_divergence(p, q) + kl_divergence(q, p)) / 2,
        "both directions are averaged. KL has one source and one model.",
        lambda p, q: (p * np.abs(surprisal(q) - surprisal(p))).sum(),
        "the signs of the terms are lost. Some outcomes are cheaper with the wrong codebook.",
    ),
    odd=_odd_pair,
    odd_fact=_OWN_ZEROS,
    edges=(
        ((np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.25, 0.25])), _ZEROS_OF_KL),
        ((np.array([0.5, 0.25, 0.25]), np.array([0.5, 0.5, 0.0])), _NO_WORD),
        ((np.array([0.5, 0.5, 0.0]), np.array([0.75, 0.25, 0.0])), _ZEROS),
        ((np.array([0.5, 0.5]), np.array([1.0, 2.0**-60])), _RARE_IN_KL),
        ((np.array([1.0, 2.0**-60]), np.array([1.0, 0.0])), _RARE),
        ((np.array([0.0, 0.5, 0.5, 0.0]), np.array([0.0, 0.5, 0.0, 0.5])), _OWN_ZEROS),
    ),
)

JS_DIVERGENCE = Check(
    title="Jensen–Shannon divergence",
    names=("p", "q"),
    right=js_divergence,
    draw=_draw_pair,
    look="Each of the two is coded with the codebook of their mixture: what is wasted on average?",
    mistakes=_told(
        lambda p, q: js_divergence(p, q, base=np.e),
        _NATS,
        lambda p, q: js_divergence(p, q, base=10),
        _LOG10,
        lambda p, q: -js_divergence(p, q),
        "the sign is the wrong way round. What comes first in your quotient or difference?",
        lambda p, q: np.sqrt(js_divergence(p, q)),
        "the square root is taken. That is the distance, whose square is asked for.",
        lambda p, q: np.sqrt(js_divergence(p, q, base=np.e)),
        "the square root is taken, and the base is wrong. The square is asked for, in bits.",
        lambda p, q: 2 * js_divergence(p, q),
        "sum for mean. There are two sources, and each is on turn half of the time.",
        lambda p, q: (kl_divergence(p, q) + kl_divergence(q, p)) / 2,
        "the mixture is missing. You code each with the other's codebook.",
        lambda p, q: kl_divergence(p, q) + kl_divergence(q, p),
        "the mixture is missing, and both parts are added. Whose codebook is used?",
        lambda p, q: js_divergence(p, q) - 1,
        "the mixture is unnormalised. What does p + q sum to?",
        lambda p, q: 2 * (js_divergence(p, q) - 1),
        "the mixture is unnormalised, and the two parts are added, not averaged.",
        lambda p, q: kl_divergence(p, _middle(p, q)),
        "q is left out. Who talks besides p?",
        lambda p, q: kl_divergence(q, _middle(p, q)),
        "p is left out. Who talks besides q?",
        lambda p, q: (kl_divergence(_middle(p, q), p) + kl_divergence(_middle(p, q), q)) / 2,
        "source and model are swapped. Who does the talking, and who wrote the codebook?",
        lambda p, q: entropy(_middle(p, q)),
        "something is left to subtract. That is what the mixture costs with its own codebook.",
        lambda p, q: js_divergence(p, q) / len(p),
        _MEAN,
        kl_divergence,
        "KL instead. That is the waste with the other's codebook: whose is used here?",
        lambda p, q: _middle(entropy(p), entropy(q)),
        "the right codebooks. That is what both need with their own: and with the mixture's?",
        lambda p, q: kl_divergence(p, _middle(p, q)) + kl_divergence(_middle(p, q), q),
        "source and model are swapped in one part. The mixture never does the talking.",
    ),
    odd=_odd_pair,
    odd_fact=_OWN_ZEROS,
    edges=(
        (
            (np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.25, 0.25])),
            "The last outcome adds nothing for p, which never writes it (0 · log 0 counts as 0), "
            "and counts in full for q, which does.",
        ),
        ((np.array([0.5, 0.5, 0.0]), np.array([0.75, 0.25, 0.0])), _ZEROS),
        ((np.array([1.0, 2.0**-60]), np.array([1.0, 0.0])), _RARE),
        (
            (np.array([0.5, 0.5, 0.0, 0.0]), np.array([0.0, 0.0, 0.75, 0.25])),
            "Nothing is shared here, and still nothing is infinite: the mixture has a word for "
            "all that happens.",
        ),
        ((np.array([0.0, 0.5, 0.5]), np.array([0.0, 0.25, 0.75])), _OWN_ZEROS),
    ),
)


# Chapter 6


def _draw_labels(rng):
    """Draw labels among which each of K outcomes is seen."""
    k = _some(rng)
    labels = np.concatenate([np.arange(k), rng.choice(k, 6, p=_pmf(rng, k))])
    return rng.permutation(labels), k


def _draw_labels_and_model(rng):
    x, k = _draw_labels(rng)
    return x, _pmf(rng, k)


def _odd_labels(rng):
    k = int(rng.integers(1, 7))
    return rng.choice(k, int(rng.integers(1, 10)), p=_odd_pmf(rng, k)), k


def _odd_labels_and_model(rng):
    x, k = _odd_labels(rng)
    return x, _odd_pmf(rng, k)


def _log_likelihood(x, q, base=2):
    return log_likelihood("categorical", x, pmf=q, base=base)


LOG_LIKELIHOOD = Check(
    title="log-likelihood",
    names=("x", "q"),
    right=_log_likelihood,
    draw=_draw_labels_and_model,
    look="Look up the probability of each label. What becomes of a product when you take its log?",
    mistakes=_told(
        lambda x, q: _log_likelihood(x, q, base=np.e),
        _NATS,
        lambda x, q: _log_likelihood(x, q, base=10),
        _LOG10,
        lambda x, q: -_log_likelihood(x, q),
        "a minus too many. Should a likelihood grow or shrink as the fit gets better?",
        lambda x, q: -_log_likelihood(x, q, base=np.e),
        (
            "a minus too many, and the base is wrong. Should a likelihood grow or shrink as the "
            "fit gets better, and which logarithm counts bits?"
        ),
        lambda x, q: _log_likelihood(x, q) / len(x),
        "mean for sum. That is for one label on average: what of all the data together?",
        lambda x, q: -surprisal(q)[x],
        "not added up yet. You return a number for each label: what makes one of them all?",
        lambda x, q: np.log2(q[x].sum()),
        "log of a sum. Are the probabilities of independent labels added or multiplied?",
        lambda x, q: q[x].sum(),
        "sum for product. What happens to the probabilities of independent labels?",
        lambda x, q: q[x].prod(),
        "no logarithm yet. That is the likelihood itself.",
        lambda x, q: -surprisal(q).sum(),
        "over the alphabet. You count each label once: how often is it in the data?",
        lambda x, q: -len(x) * entropy(q),
        "expected, not actual. That is what q expects of so many labels: what of these?",
        lambda x, q: _log_likelihood(x, empirical_pmf(x, len(q))),
        "q is left out. You look the labels up in their own frequencies.",
        lambda x, q: -(q * surprisal(q))[x].sum(),
        "weighted by q. The data themselves say how often each label comes.",
    ),
    odd=_odd_labels_and_model,
    odd_fact="Zeros may stand anywhere in q: a label that does not occur changes nothing, and one "
    "that q rules out makes it −∞.",
    edges=(
        ((np.tile([0, 1, 2], 8000), np.array([0.5, 0.25, 0.25])), _LONG),
        ((np.array([0, 1, 1]), np.array([0.5, 0.5, 0.0])), _NEVER_SENT),
        ((np.array([0, 0, 1]), np.array([1.0, 1e-30])), _RARE),
        (
            (np.array([0, 1]), np.array([1.0, 0.0])),
            "The model calls impossible what has happened. How likely are the data then? The term "
            "stays, unclipped.",
        ),
        (
            (np.array([0, 2, 2, 0]), np.array([0.5, 0.375, 0.125])),
            "Label 1 does not occur here. Its probability is q[1] all the same, and that of label "
            "2 is q[2].",
        ),
    ),
)

MLE = Check(
    title="maximum likelihood",
    names=("x", "K"),
    right=empirical_pmf,
    draw=_draw_labels,
    look="What part of the data does each outcome make up?",
    mistakes=_told(
        lambda x, k: empirical_pmf(x, k) * len(x),
        "unnormalised. These are counts: what should they sum to?",
        lambda x, k: np.full(k, 1 / k),
        "uniform. However often an outcome comes up, you give it the same.",
        lambda x, k: (empirical_pmf(x, k) > 0) / len(x),
        "counted once. How often does an outcome come up, and how often do you count it?",
        lambda x, k: normalize(empirical_pmf(x, k) * len(x) + 1),
        "one added to each count. That is smoothing: are the data any likelier for it?",
        lambda x, k: empirical_pmf(x, k) * len(x) / (len(x) - 1),
        "off by one. You divide by one less than the number of labels: what is the sum?",
        lambda x, k: empirical_pmf(x, k) * len(x) / k,
        "divided by the number of outcomes. Which number makes the counts sum to 1?",
        lambda x, k: one_hot(empirical_pmf(x, k).argmax(), k),
        "winner takes all. How likely are then the other labels in the data?",
        lambda x, k: softmax(empirical_pmf(x, k) * len(x)),
        "softmax of the counts. Counts are never negative: what do they still lack?",
        lambda x, k: np.sort(empirical_pmf(x, k))[::-1],
        "sorted by frequency. Entry number j belongs to outcome j.",
        lambda x, k: np.append(empirical_pmf(x, k)[1:], 0),
        "off by one. Labels count from 0.",
        lambda x, k: np.sort(empirical_pmf(x, k)),
        "sorted by frequency. Entry number j belongs to outcome j.",
        lambda x, k: empirical_pmf(x, k)[::-1],
        "the order is turned round. Entry number j belongs to outcome j.",
        lambda x, k: empirical_pmf(x, k) / empirical_pmf(x, k).max(),
        "divided by the largest. Which number makes the counts sum to 1?",
        lambda x, k: empirical_pmf(x, k)[x],
        "one for each label. Entry number j of a pmf belongs to outcome j.",
        lambda x, k: np.trunc(empirical_pmf(x, k)),
        "cut off to whole numbers. Which division keeps the fraction, and which type of array?",
        lambda x, k: x.mean(),
        "the mean of the labels. A label is only a name: how often does each one come up?",
    ),
    odd=_odd_labels,
    edges=(
        (
            (np.array([0, 2, 2, 0]), 4),
            "Outcomes 1 and 3 were never seen. They have a place in the pmf all the same: what "
            "stands there?",
        ),
    ),
)


# Chapter 7


def _bin_counts(number):
    return np.unique(number, return_counts=True)[1]


def _binned(x, width, base=2, rounding=np.floor):
    return entropy(normalize(_bin_counts(rounding(x / width))), base=base)


def _inside(rng, bins, width):
    """Draw a value for each bin, away from its ends."""
    return (bins + (2 * rng.integers(8, size=bins.size) + 1) / 16) * width


def _draw_binned(rng):
    width = float(rng.choice([0.5, 2.5, 5.0]))
    every = np.arange(5) - rng.integers(
        1, 4
    )  # no bin between the smallest and the largest value is empty
    bins = np.concatenate([every, rng.choice(every, 60, p=_pmf(rng, 5))])
    return _inside(rng, bins, width), width


def _odd_binned(rng):
    width = float(rng.choice([0.5, 2.5, 5.0]))
    bins = rng.integers(-9, 10, int(rng.integers(1, 12)))
    return _inside(rng, bins, width), width


BINNED_ENTROPY = Check(
    title="entropy of the bins",
    names=("x", "width"),
    right=_binned,
    draw=_draw_binned,
    look="Which bin does each value fall into, and what part of the values falls into each bin?",
    mistakes=(
        *_bits(_binned),
        *_told(
            lambda x, w: _binned(x, w) + np.log2(w),
            "the width is added. That estimates the density's entropy: what do the bins have?",
            lambda x, w: _binned(x, w) - np.log2(w),
            "the width is subtracted. What do the bins have, without a word about the density?",
            lambda x, w: (_binned(x, w) + np.log2(w)) / w,
            "heights for probabilities. The area of a bar is a probability: what else has it?",
            lambda x, w: -(n := _bin_counts(np.floor(x / w))) @ np.log2(n),
            "unnormalised. You put counts where probabilities belong.",
            lambda x, w: np.log2(len(_bin_counts(np.floor(x / w)))),
            "the weights are missing. You count the bins as if all were equally likely.",
            lambda x, w: _binned(x - x.min(), w),
            "the bins begin at the smallest value. Let one begin at 0, whatever the data.",
            lambda x, w: _binned(x, w, rounding=np.round),
            "rounded to the nearest. A bin begins at a multiple of the width: where does yours?",
            lambda x, w: _binned(x, w, rounding=np.trunc),
            "cut off towards 0. The bin at 0 is then twice as wide: look at values below 0.",
            lambda x, w: _binned(x, w) / len(_bin_counts(np.floor(x / w))),
            "mean for sum. You divide by the number of bins, but the sum is weighted already.",
            lambda x, w: entropy(normalize(np.unique(x, return_counts=True)[1])),
            "no bins. You count equal values: which values share a bin?",
            lambda x, w: _binned(x, 1 / w),
            "multiplied by the width. How many widths does a value lie above 0?",
            lambda x, w: _binned(x, 1),
            "the width is left out. Your bins are 1 wide.",
        ),
    ),
    odd=_odd_binned,
    edges=(
        (
            (np.array([0.25, 0.5, 4.25, 4.5]), 1.0),
            "A bin in the gap holds nothing, so it adds nothing. What does your line make of "
            "0 · log 0?",
        ),
        (
            (np.array([0.5, 1.0, 2.0]), 1.0),
            "A value on a border belongs to the bin that begins there, the largest value too.",
        ),
    ),
)

GAUSSIAN_ENTROPY = Check(
    title="entropy of a Gaussian",
    names=("sigma",),
    right=gaussian_entropy,
    draw=lambda rng: (int(rng.integers(12, 50)) / 10,),
    look="Start from the density at x: what is its surprisal, and what is (x − mean)² on average?",
    mistakes=_told(
        lambda s: gaussian_entropy(s, base=np.e),
        _NATS,
        lambda s: gaussian_entropy(s, base=10),
        _LOG10,
        lambda s: -gaussian_entropy(s),
        "the sign is the wrong way round. Is a wider density more uncertain, or less?",
        lambda s: gaussian_entropy(np.sqrt(s)),
        _VARIANCE,
        lambda s: gaussian_entropy(s**2),
        _FOURTH,
        lambda s: 2 * gaussian_entropy(s),
        "a half is missing. Which factor stands before the logarithm?",
        lambda s: surprisal(1 / (s * np.sqrt(2 * np.pi))),
        "the e is missing. You have the surprisal at the peak: what does the distance add?",
        lambda s: gaussian_entropy(s / np.sqrt(2 * np.pi)),
        _NO_2PI,
        lambda s: surprisal(1 / (s * np.sqrt(2 * np.pi))) + 1 / 2,
        "a half in the wrong unit. The average of (x - mean)² / 2σ² is ½, in nats: in bits?",
        lambda s: gaussian_entropy(s / np.sqrt(2)),
        "the 2 is missing. What stands before π?",
        lambda s: gaussian_entropy(s / np.sqrt(np.pi)),
        "the π is missing. What makes the density integrate to 1?",
        lambda s: gaussian_entropy(1),
        "sigma is left out. Is a wider density more uncertain?",
        lambda s: np.log2(s),
        "the shape is left out. What is the entropy if sigma is 1?",
        lambda s: gaussian_entropy(s, base=np.e) - 1 / 2 + np.log2(np.e) / 2,
        "two units. One of your terms is in nats, the other in bits.",
    ),
    odd=lambda rng: (float(2.0 ** rng.integers(-12, 13)),),
    edges=(
        (
            (1e-30,),
            "A narrow density is higher than 1, and its entropy is negative: leave it so.",
        ),
    ),
)


# Chapter 8


def _draw_logits(rng):
    return (rng.normal(0, 2, _some(rng)).round(1),)


def _draw_logits_and_label(rng):
    (logits,) = _draw_logits(rng)
    return logits, int(rng.integers(len(logits)))


def _odd_table(rng, rows, k):
    """Draw logits near 0 or far from it on either side, each row by itself."""
    logits = rng.normal(0, rng.choice([1, 4], (rows, 1)), (rows, k))
    # Eighths, which single precision holds as far out as this.
    return np.round(8 * logits) / 8 + rng.choice([-15000, -800, 0, 800, 15000], (rows, 1))


def _odd_logits(rng):
    table = _odd_table(rng, int(rng.integers(1, 4)), int(rng.integers(1, 6)))
    return (table if rng.integers(2) else table[0],)


def _odd_logits_and_label(rng):
    logits = rng.normal(0, 2, int(rng.integers(1, 7))).round(1)
    return logits, int(rng.integers(len(logits)))


def _gradient(z, y, base=np.e):
    return softmax_cross_entropy_grad(z, y, base=base)


_SOFTMAX_BASE = "wrong base. Softmax raises e to the logits, whatever unit the loss is in."
_DIVIDED = (
    "divided by the largest. Only differences of logits count: which operation keeps them all?"
)
_ROWS = "Each row of a table is a set of logits of its own. Along which axis does each step go?"
_MAXIMA = "The rows have nothing to do with each other: which maximum belongs to each?"
_ONE_ROW = "A table of one row is a table: it has to come back as one."

SOFTMAX = Check(
    title="softmax",
    names=("logits",),
    right=softmax,
    draw=_draw_logits,
    look="Do your numbers sum to 1, and is the ratio of any two of them e to the difference of "
    "their logits?",
    mistakes=_told(
        np.exp,
        "unnormalised. What do your numbers sum to?",
        lambda z: softmax(softmax(z)),
        _SOFTMAX_TWICE,
        lambda z: softmax(z * np.log(2)),
        _SOFTMAX_BASE,
        lambda z: softmax(z * np.log(10)),
        _SOFTMAX_BASE,
        lambda z: softmax(z / z.max()),
        _DIVIDED,
        lambda z: softmax(z / abs(z).max()),
        _DIVIDED,
        lambda z: softmax(-z),
        "a minus too many. Which class should get the most?",
        lambda z: log_softmax(z, base=np.e),
        "a logarithm too many. These are log-probabilities: what do probabilities sum to?",
        lambda z: z / z.sum(),
        "no exponential yet. What becomes of a score below 0?",
        lambda z: 1 / (1 + np.exp(-z)),
        "each class on its own. That is the sigmoid: what do your numbers sum to?",
        lambda z: one_hot(z.argmax(), len(z)),
        "winner takes all. What should the other classes get?",
        lambda z: softmax(z) / softmax(z).max(),
        "the largest is 1. What do your numbers sum to?",
        lambda z: softmax(z) * len(z),
        "mean for sum. What do your numbers sum to?",
        lambda z: z - z.max(),
        "no exponential yet. You take the maximum away: what makes every score positive?",
        lambda z: np.log(np.exp(z).sum()),
        "the normaliser only. What is divided by it?",
        lambda z: np.exp(z) / np.linalg.norm(np.exp(z)),
        "divided by the length. What do your numbers sum to?",
    ),
    odd=_odd_logits,
    edges=(
        ((np.array([350.0, 300.0, -350.0]),), _RARE),
        ((np.array([0.0, 20000.0, 19999.0, 0.0]),), _LARGE),
        ((np.array([-1000.0, -1001.0, -1002.0]),), _LOW),
        ((np.array([[1.0, 0.0, 0.0], [3.0, 3.0, 0.0]]),), _ROWS),
        ((np.array([[0.0, 1.0], [1.0, 1.0]]),), _ROWS),
        ((np.array([[20000.0, 19999.0], [0.0, 1.0]]),), _MAXIMA),
        ((np.array([[0.0, 1.0]]),), _ONE_ROW),
    ),
)

SOFTMAX_GRAD = Check(
    title="gradient",
    names=("logits", "label"),
    right=_gradient,
    draw=_draw_logits_and_label,
    look="Move one logit up a little: how does the loss change if it is the label's, and if not?",
    mistakes=_told(
        lambda z, y: -_gradient(z, y),
        "the sign is the wrong way round. Does the loss rise or fall with the label's logit?",
        lambda z, y: _gradient(z, y, base=2),
        _BITS,
        lambda z, y: softmax(z),
        "the label is left out. These are the model's probabilities: which class did happen?",
        lambda z, y: _gradient(z, y) / len(z),
        "mean for sum. You divide by the number of classes, but there is one example.",
        lambda z, y: z - one_hot(y, len(z)),
        "logits for probabilities. What has the model made of its logits before the loss?",
        lambda z, y: softmax(softmax(z)) - one_hot(y, len(z)),
        _SOFTMAX_TWICE,
        lambda z, y: _gradient(z, y)[y],
        "one entry only. The other logits change the loss as well: through which sum?",
        lambda z, y: softmax_cross_entropy(z, y, base=np.e),
        "the loss itself. How does it change when one of the logits does?",
        lambda z, y: -one_hot(y, len(z)) / softmax(z),
        "with respect to the probabilities. How do these change with the logits?",
        lambda z, y: softmax(z) * (1 - softmax(z)),
        "the slope of softmax alone. Where does the label come in?",
        lambda z, y: _gradient(z, (y - 1) % len(z)),
        "off by one. Labels count from 0.",
        lambda z, y: softmax(z)[y] * (one_hot(y, len(z)) - softmax(z)),
        "the slope of the label's probability. How does its logarithm change?",
        lambda z, y: -one_hot(y, len(z)),
        "the label only. The other logits change the loss as well: through which sum?",
        lambda z, y: one_hot(y, len(z)) * _gradient(z, y),
        "the label's entry only. The other logits change the loss as well: through which sum?",
        lambda z, y: softmax(z) + one_hot(y, len(z)),
        "plus for minus. Does the loss rise or fall with the label's logit?",
    ),
    odd=_odd_logits_and_label,
    edges=(
        ((np.array([350.0, -350.0, -350.0, 350.0]), 0), _RARE),
        ((np.array([20000.0, 19999.0]), 0), _LARGE),
        ((np.array([0.0, 20000.0, 19999.0, 0.0]), 0), _ROUNDED_TO_0),
        ((np.array([-1000.0, -1001.0, -1002.0]), 1), _LOW),
    ),
)


# Chapter 9


def _draw_batch(rng):
    k, n = 3, int(rng.integers(4, 7))
    return rng.normal(0, 2, (n, k)).round(1), rng.integers(0, k, n)


def _draw_weighted_batch(rng):
    logits, labels = _draw_batch(rng)
    return logits, labels, rng.integers(1, 9, len(labels)) / 2


def _odd_batch(rng):
    n, k = int(rng.integers(1, 6)), int(rng.integers(1, 6))
    return _odd_table(rng, n, k), rng.integers(0, k, n)


def _odd_weighted_batch(rng):
    logits, labels = _odd_batch(rng)
    weights = rng.integers(0, 4, len(labels)) / 2
    weights[rng.integers(len(labels))] = 1  # all of them 0 would be 0/0
    return logits, labels, weights


def _batch_loss(z, y, base=np.e, **kwargs):
    return softmax_cross_entropy(z, y, base=base, **kwargs)


def _weighted_loss(z, y, w, base=np.e, **kwargs):
    return softmax_cross_entropy(z, y, weights=w, base=base, **kwargs)


def _of_labels(q, y):
    return q[np.arange(len(y)), y]


BATCH_LOSS = Check(
    title="batch loss",
    names=("logits", "labels"),
    right=_batch_loss,
    draw=_draw_batch,
    look="One example first: which probability did its row give to its own label?",
    mistakes=(
        *_nats(_batch_loss),
        *_told(
            lambda z, y: _batch_loss(z, y, reduction="sum"),
            _SUM,
            lambda z, y: _batch_loss(z, y, reduction="none"),
            _EXAMPLES,
            lambda z, y: _batch_loss(z, y) / z.shape[1],
            "divided by all entries. Each example has one label: how many examples are there?",
            lambda z, y: _batch_loss(softmax(z), y),
            _SOFTMAX_TWICE,
            lambda z, y: cross_entropy(softmax(z), one_hot(y, z.shape[1])).mean(),
            "one-hot inside the log. Who does the talking, the labels or the model?",
            lambda z, y: surprisal(_of_labels(softmax(z, axis=0), y), base=np.e).mean(),
            "softmax along the wrong axis. Which entries belong to one example?",
            lambda z, y: surprisal(
                _of_labels(softmax(z.ravel()).reshape(z.shape), y), base=np.e
            ).mean(),
            "one softmax for the whole batch. Which entries belong to one example?",
            lambda z, y: surprisal(_of_labels(softmax(z), y).mean(), base=np.e),
            _LOG_OF_SUM,
            lambda z, y: _of_labels(softmax(z), y).mean(),
            "no logarithm yet. That is the average probability of the labels.",
            lambda z, y: -_of_labels(z, y).mean(),
            "unnormalised. A logit is no log-probability: what does softmax divide by?",
            lambda z, y: -log_softmax(z, base=np.e)[:, y].mean(),
            "every label for every row. [:, labels] picks a whole table: pair rows with labels.",
            lambda z, y: entropy(softmax(z), base=np.e).mean(),
            "the labels are left out. That is the loss the model expects, not the one it has.",
            lambda z, y: _batch_loss(z, (y - 1) % z.shape[1]),
            "off by one. Labels count from 0.",
            lambda z, y: -_of_labels(softmax(z), y).mean(),
            "no logarithm yet. That is minus the average probability of the labels.",
            lambda z, y: 1 - _of_labels(softmax(z), y).mean(),
            "no logarithm yet. That is the average probability of all other classes.",
            lambda z, y: (z.argmax(axis=1) != y).mean(),
            "the share of errors. How sure was the model of each label?",
            lambda z, y: _batch_loss(z, y, reduction="sum") / (len(y) - 1),
            "off by one. You divide by one less than the number of examples.",
            lambda z, y: _batch_loss(z, z.argmax(axis=1)),
            "the labels are left out. That is the cost of the class that the model likes best.",
        ),
    ),
    odd=_odd_batch,
    edges=(
        ((np.array([[-1000.0, -1001.0, -1002.0]]), np.array([1])), _LOW),
        ((np.array([[0.0, -1000.0], [0.0, 1.0]]), np.array([0, 1])), _ABSENT),
        ((np.array([[0.0, 20000.0, 19999.0, 0.0]]), np.array([2])), _LARGE),
        ((np.array([[1000.0, 0.0], [0.0, 1.0]]), np.array([0, 1])), _MAXIMA),
        ((np.array([[0.0, -1000.0], [0.0, 1.0]]), np.array([1, 1])), _FAR),
    ),
)

WEIGHTED_LOSS = Check(
    title="weighted loss",
    names=("logits", "labels", "weights"),
    right=_weighted_loss,
    draw=_draw_weighted_batch,
    look="An example of weight 2 counts as that example twice. How many examples are there then?",
    mistakes=(
        *_nats(_weighted_loss),
        *_told(
            lambda z, y, w: _weighted_loss(z, y, w) * w.mean(),
            "divided by the number of examples. If all weights were doubled, should it grow?",
            lambda z, y, w: _weighted_loss(z, y, w, reduction="sum"),
            "sum for mean. If all weights were doubled, should it grow?",
            lambda z, y, w: _batch_loss(z, y),
            "the weights are left out. How often does each example count?",
            lambda z, y, w: _batch_loss(z, y) * w.mean(),
            "averaged too soon. Each example's loss has a weight of its own.",
            lambda z, y, w: _batch_loss(z, y, reduction="none") * w,
            "not added up yet. You return a number for each example: what makes one of them all?",
            lambda z, y, w: (_batch_loss(z, y, reduction="none") - np.log(w)).mean(),
            "weights inside the log. Does a weight say how often, or how likely?",
            lambda z, y, w: _weighted_loss(z, y, w**2),
            "weighted twice. An example of weight 2 counts as two examples, not as four.",
            lambda z, y, w: _weighted_loss(z, y, np.trunc(w) + 1e-300),
            "weights cut off. A weight need not be a whole number.",
            lambda z, y, w: _weighted_loss(z, y, w) * w.sum() / z.size,
            "divided by all entries. How many examples are there, each with its weight?",
            lambda z, y, w: _weighted_loss(z, y, w) / z.shape[1],
            "divided by the number of classes. Each example has one label.",
            lambda z, y, w: _weighted_loss(z, y, 1 / w),
            "divided by the weights. Should an example of large weight count more, or less?",
            lambda z, y, w: _weighted_loss(z, y, w) / w.sum(),
            "divided by the weights twice. If all of them were doubled, should it shrink?",
            lambda z, y, w: _batch_loss(z * w[:, None], y),
            "weights on the logits. That changes the model: what should count more?",
            lambda z, y, w: _weighted_loss(softmax(z), y, w),
            _SOFTMAX_TWICE,
            lambda z, y, w: surprisal(_of_labels(softmax(z), y) @ normalize(w), base=np.e),
            _LOG_OF_SUM,
        ),
    ),
    odd=_odd_weighted_batch,
    edges=(
        (
            (np.array([[-1000.0, -1001.0, -1002.0]]), np.array([1]), np.array([1.0])),
            _LOW,
        ),
        (
            (np.array([[0.0, -1000.0], [0.0, 1.0]]), np.array([0, 1]), np.array([1.0, 3.0])),
            _ABSENT,
        ),
        (
            (np.array([[0.0, 20000.0, 19999.0, 0.0]]), np.array([2]), np.array([1.0])),
            _LARGE,
        ),
        (
            (np.array([[1000.0, 0.0], [0.0, 1.0]]), np.array([0, 1]), np.array([1.0, 3.0])),
            _MAXIMA,
        ),
        (
            (np.array([[0.0, -1000.0], [0.0, 1.0]]), np.array([1, 1]), np.array([1.0, 3.0])),
            _FAR,
        ),
        (
            (np.array([[0.0, 1.0], [2.0, 1.0]]), np.array([1, 1]), np.array([2.0, 0.0])),
            "An example of weight 0 counts as if it were not there.",
        ),
        (
            (np.array([[0.0, 1.0], [2.0, 1.0]]), np.array([1, 1]), np.array([1 / 3, 1 / 7])),
            "Weights are any numbers from 0 up, and may sum to less than 1.",
        ),
        (
            (np.array([[0.0, 1.0], [2.0, 1.0]]), np.array([1, 1]), np.array([3e-9, 1e-9])),
            "Only the ratios of the weights count, however little they sum to.",
        ),
    ),
)


# Chapter 10


def _draw_measurements(rng):
    mean, sigma = rng.integers(-20, 21) / 10, rng.integers(12, 30) / 10
    return (mean + sigma * rng.normal(size=int(rng.integers(4, 8)))).round(1), mean, sigma


def _odd_measurements(rng):
    n = int(rng.integers(1, 6))
    size = n if rng.integers(2) else None
    return rng.normal(0, 3, n).round(1), rng.integers(-3, 4, size), 2.0 ** rng.integers(-4, 5, size)


def _gaussian(x, mean, sigma, base=np.e, **kwargs):
    return gaussian_nll(x, mean=mean, sigma=sigma, base=base, **kwargs)


def _at_peak(sigma):
    return _gaussian(0, 0, sigma)


def _quadratic(x, mean, sigma):
    return _gaussian(x, mean, sigma) - _at_peak(sigma)


def _draw_counts(rng):
    rate = rng.integers(15, 60) / 10
    return 1 + rng.poisson(rate, int(rng.integers(4, 8))), rate


def _odd_counts(rng):
    rate = float(2.0 ** rng.integers(-4, 6))
    return rng.poisson(rate, int(rng.integers(1, 7))), rate


def _poisson(counts, rate, base=np.e, **kwargs):
    return poisson_nll(counts, rate=rate, base=base, **kwargs)


def _log_factorials(counts):
    return _poisson(counts, 1) - 1


def _stirling(k):
    return k * np.log(k) - k + np.log(2 * np.pi * k) / 2


GAUSSIAN_NLL = Check(
    title="Gaussian loss",
    names=("x", "mean", "sigma"),
    right=_gaussian,
    draw=_draw_measurements,
    look="Write the density down and take minus its logarithm: which terms does that leave?",
    mistakes=(
        *_nats(_gaussian),
        *_told(
            lambda x, m, s: _gaussian(x, m, s, reduction="sum"),
            _SUM,
            lambda x, m, s: _gaussian(x, m, s, reduction="none"),
            _EXAMPLES,
            lambda x, m, s: 2 * s**2 * _quadratic(x, m, s),
            "squared error only. Which density has it in its exponent, and what else is in it?",
            _quadratic,
            "the normaliser is missing. What makes the density integrate to 1?",
            lambda x, m, s: _gaussian(x, m, np.sqrt(s)),
            _VARIANCE,
            lambda x, m, s: _gaussian(x, m, s**2),
            _FOURTH,
            lambda x, m, s: _quadratic(x, m, s) + np.log(s),
            _NO_2PI,
            lambda x, m, s: _quadratic(x, m, s) + _at_peak(1),
            "sigma is missing from the normaliser. How high is a wide density?",
            lambda x, m, s: _gaussian(x, m, s) + _quadratic(x, m, s),
            "a half is missing. Which factor stands before the squared error?",
            lambda x, m, s: _gaussian(x, m, s) + _at_peak(s),
            "a half is missing. Which factor stands before the log of 2πσ²?",
            lambda x, m, s: surprisal(
                np.exp(-_gaussian(x, m, s, reduction="none")).mean(), base=np.e
            ),
            "log of a sum. You average densities and take the log once: which comes first?",
            lambda x, m, s: np.exp(-_gaussian(x, m, s, reduction="none")).mean(),
            "no logarithm yet. That is the average density.",
            lambda x, m, s: _gaussian(x, m, 1),
            "sigma is left out. How likely is a distance if the density is wide?",
            lambda x, m, s: _quadratic(x, m, 1),
            "half the squared error only. What does sigma change, and what is the normaliser?",
            lambda x, m, s: _at_peak(s) - _quadratic(x, m, s),
            "a sign is wrong. Should a number far from the mean cost more, or less?",
            lambda x, m, s: _quadratic(x, m, s) - _at_peak(s),
            "a sign is wrong. Should a narrow density cost more near its mean, or less?",
            lambda x, m, s: _gaussian(x, x.mean(), s),
            "the mean is left out. You take the mean of x: which one are you given?",
            lambda x, m, s: _gaussian(x, m, x.std()),
            "sigma is left out. You take the spread of x: which one are you given?",
            lambda x, m, s: _quadratic(x, m, s) + _at_peak(s) / len(x),
            "the normaliser is averaged away. It is the same for each number: what is its mean?",
            lambda x, m, s: _at_peak(s) + abs(x - m).mean() / s,
            "not squared. Which power of the distance stands in the exponent?",
            lambda x, m, s: _at_peak(s) + (x - m).mean() ** 2 / (2 * s**2),
            "averaged too soon. Square each distance first, or those of both signs cancel.",
        ),
    ),
    odd=_odd_measurements,
    edges=(
        (
            (np.array([0.0, 1e-30]), 0.0, 1e-30),
            "A narrow density is higher than 1, and this loss is negative: leave it and sigma so.",
        ),
        ((np.array([0.0, 100.0]), 0.0, 1.0), _SMALL.replace("probability", "density")),
        (
            (np.array([0.0, 1.0]), np.array([0.0, 2.0]), np.array([1.0, 4.0])),
            "Here each number has a mean and a sigma of its own.",
        ),
    ),
)

POISSON_NLL = Check(
    title="Poisson loss",
    names=("counts", "rate"),
    right=_poisson,
    draw=_draw_counts,
    look="Write the probability down and take minus its logarithm: which terms does that leave?",
    mistakes=(
        *_nats(_poisson),
        *_told(
            lambda k, r: _poisson(k, r, reduction="sum"),
            _SUM,
            lambda k, r: _poisson(k, r, reduction="none"),
            _EXAMPLES,
            lambda k, r: _poisson(k, r) - _log_factorials(k),
            "the factorial is missing. The minimum stays where it is: is the number still a cost?",
            lambda k, r: _poisson(k, r) - 2 * _log_factorials(k),
            "the factorial has the wrong sign. Is it above or below the line?",
            lambda k, r: _poisson(k, r) - np.log(k).mean(),
            "off by one. Whose factorial is it?",
            lambda k, r: _poisson(k, r) - r,
            "the rate is missing. What makes the probabilities sum to 1?",
            lambda k, r: _poisson(k, np.exp(r)),
            "rate for its logarithm. Is it the rate that you are given, or its log?",
            lambda k, r: _poisson(k, np.exp(r)) - _log_factorials(k),
            "rate for its logarithm, and no factorial. Is it the rate that you are given?",
            lambda k, r: _gaussian(k, r, np.sqrt(r)),
            "a Gaussian. It has the same mean and variance: what is the probability of a count?",
            lambda k, r: 2 * _quadratic(k, r, 1),
            "squared error. Which model has it in its exponent?",
            lambda k, r: surprisal(np.exp(-_poisson(k, r, reduction="none")).mean(), base=np.e),
            _LOG_OF_SUM,
            lambda k, r: np.exp(-_poisson(k, r, reduction="none")).mean(),
            "no logarithm yet. That is the average probability.",
            lambda k, r: _poisson(k, r) - _log_factorials(k) + _stirling(k).mean(),
            _APPROXIMATION,
            lambda k, r: (
                _poisson(k, r) - _log_factorials(k) + np.where(k > 1, _stirling(k), 0).mean()
            ),
            _APPROXIMATION,
            lambda k, r: _poisson(k, r) + np.log(k + 1).mean(),
            "off by one. Whose factorial is it, that of k or of k + 1?",
            lambda k, r: _poisson(k, r) - 2 * r,
            "the rate has the wrong sign. Which sign has it in the exponent?",
            lambda k, r: _poisson(k, r) + 2 * (k * np.log(r)).mean(),
            "the logarithm of the rate has the wrong sign. Is its power above or below the line?",
            lambda k, r: _poisson(k, k.mean()),
            "the rate is left out. You take the mean of the counts: which one are you given?",
            lambda k, r: (
                _poisson(k, r) - _log_factorials(k) + np.log([math.factorial(n) for n in k]).sum()
            ),
            "the factorials are added up, the rest is averaged. How many counts are there?",
        ),
    ),
    odd=_odd_counts,
    edges=(
        ((np.array([0, 2, 0]), 0.5), "A count of 0 is a count: what is 0 factorial?"),
        (
            (np.array([180, 200]), 190.0),
            "Powers and factorials are too large for a float here, their logarithms are not.",
        ),
        ((np.array([0, 1]), 1e-30), _RARE),
        ((np.array([0, 150]), 1e-3), _SMALL),
    ),
)


# Chapter 11


def _draw_stream(rng):
    p, symbols = _draw_message(rng)
    return symbols, p


def _draw_size(rng):
    n, whole = 2 * int(rng.integers(10, 30)) + 1, int(rng.integers(10, 30))
    return round((8 * whole + 2) / n, 2), n  # about 2 bits more than whole bytes


def _file_size(nll, n):
    return math.ceil(nll * n / 8)


IDEAL_BITS = Check(
    title="ideal bits",
    names=("symbols", "pmf"),
    right=ideal_bits,
    draw=_draw_stream,
    look=TOTAL_SURPRISAL.look,
    mistakes=(
        *(
            (lambda x, q, wrong=wrong: wrong(q, x), hint)
            for wrong, hint in TOTAL_SURPRISAL.mistakes
        ),
        *_told(
            lambda x, q: np.ceil(ideal_bits(x, q)),
            "rounded up. The ideal needs no whole number of bits: the file does.",
            lambda x, q: np.ceil(ideal_bits(x, q)) + 1,
            "the theorem's codeword. The ideal is the surprisal: not rounded up, and no bit more.",
            lambda x, q: ideal_bits(x, q) / 8,
            "bytes. How many bits has each?",
        ),
    ),
    odd=lambda rng: _odd_message(rng)[::-1],
    edges=(
        ((np.tile([0, 1, 2], 8000), np.array([0.5, 0.25, 0.25])), _LONG),
        ((np.array([0, 1, 1]), np.array([0.5, 0.5, 0.0])), _NEVER_SENT),
        ((np.array([0, 0, 1]), np.array([1.0, 1e-30])), _RARE),
        (
            (np.array([0, 1]), np.array([1.0, 0.0])),
            "The model gives probability 0 to something that happens. How long is a codeword that "
            "does not exist?",
        ),
    ),
)

FILE_SIZE = Check(
    title="file size",
    names=("bits_per_symbol", "n"),
    right=_file_size,
    draw=_draw_size,
    look="How many bits does the message need, and how many bytes hold them?",
    mistakes=_told(
        lambda nll, n: math.ceil(nll * n),
        "bits for bytes. How many bits are in a byte?",
        lambda nll, n: math.ceil(nll * n * 8),
        "multiplied, not divided. Are there more bits in a file, or more bytes?",
        lambda nll, n: nll * n / 8,
        "not rounded up. Can a file hold a part of a byte?",
        lambda nll, n: nll * n // 8,
        "last bits dropped. Where do they go?",
        lambda nll, n: n * math.ceil(nll) / 8,
        "whole bits for each symbol. A stream coder rounds the message once.",
        lambda nll, n: math.ceil(n * math.ceil(nll) / 8),
        "whole bits for each symbol, and rounded again. A stream coder rounds once.",
        lambda nll, n: n * math.ceil(nll / 8),
        "whole bytes for each symbol. Which is rounded, the symbol or the file?",
        lambda nll, n: math.ceil(nll / np.log(2) * n / 8),
        "wrong unit. The loss you are given is in bits already.",
        lambda nll, n: math.ceil(nll * np.log(2) * n / 8),
        "wrong unit. The loss you are given is in bits already.",
        lambda nll, n: math.ceil(n / nll),
        "divided by the loss. Do more bits per symbol make the file smaller?",
        lambda nll, n: 8 * math.ceil(nll * n / 8),
        "bits again. You round up to whole bytes: how many are they?",
    ),
    odd=lambda rng: (int(rng.integers(512)) / 64, int(rng.integers(60))),
    edges=(
        ((2.0, 12), "Nothing is left over here: 24 bits are 3 bytes."),
        ((2.00001, 40), "Little is left over here: 80.0004 bits do not fit into 10 bytes."),
        ((0.0, 12), "The model was sure of every symbol: 0 bits are 0 bytes."),
    ),
)
