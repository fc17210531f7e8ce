"""A skewed coin, coded in blocks."""

import numpy as np
import traitlets as t

from .. import figures
from ..codes import block_pmf, huffman_code
from ..measures import entropy
from .base import FigureWidget

LONGEST = 12


class BlockLength(FigureWidget):
    """Bits per toss of a Huffman code for blocks, against the entropy, by the length of the block.

    Parameters
    ----------
    p : float, default 0.9
        Probability of one side, 0.5 to 0.99.
    n : int, default 1
        Tosses in a block, 1 to 12.

    Examples
    --------
    >>> BlockLength(p=0.8).n
    1
    """

    module = "block_length"

    p = t.Float(0.9, min=0.5, max=0.99).tag(sync=True)
    n = t.Int(1, min=1, max=LONGEST).tag(sync=True)

    def _rates(self, longest):
        blocks = [block_pmf([self.p, 1 - self.p], n) for n in range(1, longest + 1)]
        lengths = [huffman_code(block).expected_length(block) for block in blocks]
        return np.array(lengths) / np.arange(1, longest + 1)

    def describe(self):
        """Return the rates of some blocks and the entropy in words."""
        rates = ", ".join(f"{rate:.3f}" for rate in self._rates(8))
        return (
            "Dots on stems for the bits per toss that a Huffman code needs for blocks of 1 to 8 "
            f"tosses of a coin with probability {self.p:g}: {rates}. A line marks the entropy, "
            f"{entropy([self.p, 1 - self.p]):.3f} bits, and a dashed one above all dots the "
            "entropy plus 1 over the length of the block."
        )

    def draw(self, figure):
        """Draw a dot for each length of block."""
        least = entropy([self.p, 1 - self.p])
        figures.block_rates(figure.subplots(), self._rates(8), least)
