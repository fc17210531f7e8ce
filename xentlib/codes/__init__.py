"""Codes: prefix codes, which give every symbol whole bits, and a stream coder, which does not."""

__all__ = [
    "PRECISION",
    "PrefixCode",
    "block_pmf",
    "canonical_code",
    "fano_code",
    "huffman_code",
    "ideal_bits",
    "kraft_sum",
    "quantize_pmf",
    "shannon_lengths",
    "stream_decode",
    "stream_encode",
]

from .lanes import PRECISION
from .prefix import (
    PrefixCode,
    block_pmf,
    canonical_code,
    fano_code,
    huffman_code,
    kraft_sum,
    shannon_lengths,
)
from .stream import ideal_bits, quantize_pmf, stream_decode, stream_encode
