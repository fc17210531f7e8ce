"""Entropy, cross-entropy and codes, in bits."""

__all__ = [
    "cross_entropy",
    "entropy",
    "gaussian_cross_entropy",
    "gaussian_entropy",
    "gaussian_kl",
    "js_divergence",
    "kl_divergence",
    "mutual_information",
    "normalize",
    "perplexity",
    "surprisal",
]

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
