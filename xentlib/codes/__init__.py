"""Codes: prefix codes, which give every symbol whole bits."""

__all__ = [
    "PrefixCode",
    "block_pmf",
    "canonical_code",
    "fano_code",
    "huffman_code",
    "kraft_sum",
    "shannon_lengths",
]

from .prefix import (
    PrefixCode,
    block_pmf,
    canonical_code,
    fano_code,
    huffman_code,
    kraft_sum,
    shannon_lengths,
)
