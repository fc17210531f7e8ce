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
    "manual_text",
    "mutual_information",
    "normalize",
    "penguins",
    "perplexity",
    "shannon_lengths",
    "source_text",
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
from .datasets import manual_text, penguins, source_text
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
