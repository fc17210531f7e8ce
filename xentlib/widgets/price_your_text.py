"""The reader's own text, priced byte by byte under a codebook, and written as a file."""

import base64
import zlib
from functools import lru_cache

import numpy as np
import traitlets as t

from .. import figures
from ..datasets import manual_text
from ..models import OnlineNGram
from .base import FigureWidget

LEARNER = 2  # the order of the codebook that learns
TEXT = (
    "What surprises you costs you. What you expect costs you little, and what you expect "
    "again less."
)


def _varint(number):
    """Return a whole number in groups of seven bits, the lowest first."""
    groups = []
    while number >= 128:
        groups.append(number % 128 + 128)
        number //= 128
    return bytes([*groups, number])


@lru_cache(maxsize=2)
def packed_counts(text):
    """Return how often each four bytes stand in a text, as the figure reads it.

    The last three bytes of the text; then, for each four bytes in order, their distance as a number
    from those before and their count, both as variable-length integers; deflated, in base64.
    """
    data = np.frombuffer(text, np.uint8).astype(np.int64)
    keys = sum(data[i : data.size - 3 + i] << 8 * (3 - i) for i in range(4))
    keys, counts = np.unique(keys, return_counts=True)
    pairs = zip(np.diff(keys, prepend=0).tolist(), counts.tolist(), strict=True)
    raw = text[-3:] + b"".join(_varint(step) + _varint(count) for step, count in pairs)
    deflate = zlib.compressobj(9, wbits=-15)
    return base64.b64encode(deflate.compress(raw) + deflate.flush()).decode()


class PriceYourText(FigureWidget):
    """A text to type, each character on a bar that grows with its surprisal, up to 15 bits.

    Parameters
    ----------
    text : str
    codebook : {"uniform", "order 0", "order 3", "learner"}, default "learner"
        All bytes alike; n-grams of the Python manual; an n-gram of order 2 that begins with nothing
        and learns from each byte.
    simple : bool, default False
        Without the codebook that learns, sizes in bytes, deflate and files.
    counts : str, optional
        What `packed_counts` makes of the text that the n-grams are trained on, the manual unless
        given. On a web page it is a file of its own, and read when it is needed.

    Examples
    --------
    >>> PriceYourText(text="abracadabra").codebook
    'learner'
    """

    module = "price_your_text"
    size = (6.4, 3.2)

    text = t.Unicode(TEXT).tag(sync=True)
    codebook = t.Enum(["uniform", "order 0", "order 3", "learner"], "learner").tag(sync=True)
    simple = t.Bool(False).tag(sync=True)
    counts = t.Unicode().tag(sync=True)

    @t.validate("text")
    def _writable(self, proposal):
        text = proposal["value"]
        for k, letter in enumerate(text):
            if "\ud800" <= letter <= "\udfff":
                raise ValueError(
                    f"text[{k}] is {letter!a}, half of a character, which has no bytes in UTF-8: "
                    "leave it out"
                )
        return text

    @t.default("counts")
    def _of_the_manual(self):
        return packed_counts(manual_text().encode())

    def _bits(self):
        """Return what each character costs: all bytes alike, or, unless simple, by the learner."""
        data = self.text.encode()
        costs = np.full(len(data), 8.0)
        if not self.simple:
            costs = OnlineNGram(LEARNER).nll(data, reduction="none")
        ends = np.cumsum([len(letter.encode()) for letter in self.text])
        return np.diff(np.append(0, costs.cumsum())[[0, *ends]])

    def describe(self):
        """Return the text and its price in words."""
        bits = self._bits()
        how = "in which all bytes are alike"
        if not self.simple:
            how = "that starts from nothing and learns while it reads"
        return (
            f"A text to type or paste, each character on a bar as tall as its surprisal in bits. "
            f"It begins as “{self.text}”: {len(self.text.encode())} bytes, which cost "
            f"{bits.sum():.0f} bits with a codebook {how}."
        )

    def draw(self, figure):
        """Draw what each character costs, as far as there is room."""
        shown = self.text[:60]
        figures.character_bits(figure.subplots(), shown, self._bits()[: len(shown)])
