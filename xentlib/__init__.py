"""Entropy, cross-entropy and codes, in bits."""

__all__ = [
    "PrefixCode",
    "block_pmf",
    "canonical_code",
    "cross_entropy",
    "entropy",
    "fano_code",
    "gaussian_cross_entropy",
    "gaussian_entropy",
    "gaussian_kl",
    "huffman_code",
    "js_divergence",
    "kl_divergence",
    "kraft_sum",
    "mutual_information",
    "normalize",
    "perplexity",
    "shannon_lengths",
    "surprisal",
]

from .codes import (
    PrefixCode,
    block_pmf,
    canonical_code,
    fano_code,
    huffman_code,
    kraft_sum,
    shannon_lengths,
)
from .measures import (
    cross_entropy,
    entropy,
    gaussian_cross_entropy,
    gaussian_entropy,
    gaussian_kl,
    js_divergence,
    kl_divergence,
    mutual_information,
    normalize,
    perplexity,
    surprisal,
)
