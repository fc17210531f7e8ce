"""Shannon's game: the reader guesses a text letter by letter, or bets on it, beside n-grams."""

import re
from functools import lru_cache

import numpy as np
import traitlets as t

from .. import figures
from ..datasets import manual_text
from ..models import NGram
from .base import FigureWidget

LETTERS = "abcdefghijklmnopqrstuvwxyz "
LENGTH = 100  # letters of a passage to guess
ORDERS = range(5)
# Where the passages begin, and the words that the reader is shown.
PASSAGES = (
    "objects are never explicitly destroyed however when ",
    "some objects contain references to other objects ",
    "these represent machine level double precision ",
)


def letters_of(text):
    """Return a text as the 26 letters and single spaces."""
    return re.sub("[^a-z]+", " ", text.lower()).strip()


def _symbols(text):
    """Return the letters as numbers."""
    return [LETTERS.index(letter) for letter in text]


@lru_cache(maxsize=4)
def play(text, leads):
    """Return passages of a text, and what n-grams that have not seen them pay and guess.

    Parameters
    ----------
    text : str
        A text in 27 letters.
    leads : tuple of str
        How each passage begins: what the reader is shown. It has to be in the text, once.

    Returns
    -------
    hidden : list of str
        The `LENGTH` letters that follow each lead.
    bits : list of list of list of float
        By passage and order, what each letter costs, in bits.
    guesses : list of list of list of str
        By passage and order, what the model guesses before each letter, the right letter last:
        the likeliest first, and among equally likely ones the first in the alphabet.
    """
    hidden, rest = [], text
    for lead in leads:
        if text.count(lead) != 1:
            raise ValueError(f"the text holds {lead!r} {text.count(lead)} times, not once")
        start = text.index(lead) + len(lead)
        hidden.append(text[start : start + LENGTH])
        rest = rest.replace(lead + hidden[-1], "")
    models = [NGram(order, n_symbols=len(LETTERS)).fit(_symbols(rest)) for order in ORDERS]
    bits, guesses = [], []
    for lead, letters in zip(leads, hidden, strict=True):
        bits.append([[] for _ in models])
        guesses.append([[] for _ in models])
        for i, letter in enumerate(letters):
            context = _symbols(lead + letters[:i])
            for order, model in enumerate(models):
                pmf = model.pmf(context)
                falling = "".join(LETTERS[k] for k in np.argsort(-pmf, kind="stable"))
                bits[-1][order].append(round(-float(np.log2(pmf[LETTERS.index(letter)])), 3))
                guesses[-1][order].append(falling[: falling.index(letter) + 1])
    return hidden, bits, guesses


class GuessTheNext(FigureWidget):
    """A covered passage, to be guessed letter by letter or bet on, beside n-grams.

    The passages are from the Python manual, and the n-grams are trained on the rest of it, unless
    `hidden` and what follows it are given.

    Parameters
    ----------
    leads : sequence of str, shape (P,)
        What is shown of each passage at first: words that stand in the manual's letters once.
    hidden : sequence of str, shape (P,)
        What is covered: letters a to z and spaces.
    bits : sequence, shape (P, 5, L)
        What each letter costs each n-gram, in bits.
    ranks : sequence, shape (P, 5, L)
        How many guesses each n-gram needs for each letter.
    guesses : sequence of str, shape (P, L)
        What the n-gram of order 3 guesses, the right letter last.
    plays : sequence, shape (P, up to L)
        What was played: ``{"guesses": "et"}``, the right letter last, or ``{"stake": 40}``, the
        chips of a hundred on the right letter; with ``"model": True`` if order 3 played.
    passage : int, default 0
    mode : {"guess", "bet"}, default "guess"
    tried : str
        Letters guessed in vain at the present place.
    chips : sequence of int, shape (27,)
        What is placed on each letter, the space last, of a bet that is not yet placed.
    handful : int, default 5
        How many chips a press places.

    Examples
    --------
    >>> game = GuessTheNext()
    >>> len(game.hidden[0]), len(game.bits[0])
    (100, 5)
    """

    module = "guess_the_next"
    size = (6.4, 3.6)

    leads = t.List(t.Unicode()).tag(sync=True)
    hidden = t.List(t.Unicode()).tag(sync=True)
    bits = t.List().tag(sync=True)
    ranks = t.List().tag(sync=True)
    guesses = t.List().tag(sync=True)
    plays = t.List(t.List(t.Dict())).tag(sync=True)
    passage = t.Int(0, min=0).tag(sync=True)
    mode = t.Enum(["guess", "bet"], "guess").tag(sync=True)
    tried = t.Unicode().tag(sync=True)
    chips = t.List(t.Int(), [0] * len(LETTERS)).tag(sync=True)
    handful = t.Int(5, min=1).tag(sync=True)

    def __init__(self, **traits):
        if "hidden" not in traits:
            leads = tuple(traits.pop("leads", PASSAGES))
            hidden, bits, guesses = play(letters_of(manual_text()), leads)
            ranks = [[[len(g) for g in row] for row in rows] for rows in guesses]
            given = {"leads": list(leads), "hidden": hidden, "bits": bits, "ranks": ranks}
            traits = given | {"guesses": [rows[3] for rows in guesses]} | traits
        super().__init__(**traits)

    @t.default("plays")
    def _nothing_played(self):
        return [[] for _ in self.hidden]

    def _averages(self):
        """Return the running averages of the passage, shape (5, L)."""
        bits = np.array(self.bits[self.passage])
        return np.cumsum(bits, axis=1) / np.arange(1, bits.shape[1] + 1)

    def describe(self):
        """Return how the passage begins and what the n-grams pay, in words."""
        last = ", ".join(f"{x:.2f}" for x in self._averages()[:, -1])
        return (
            f"A game: guess the letters that follow “{self.leads[self.passage].strip()}” in the "
            f"Python manual, or bet on them. Five curves show what n-grams of 0 to 4 letters of "
            f"context pay on average for the {len(self.hidden[self.passage])} letters that follow: "
            f"at the end {last} bits per letter."
        )

    def draw(self, figure):
        """Draw the running average of each n-gram."""
        figures.running_bits(figure.subplots(), self._averages())
