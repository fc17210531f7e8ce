"""The game of twenty questions: a tree of questions is a code."""

import traitlets as t

from .. import figures
from ..codes import huffman_code
from ..measures import entropy
from .base import FigureWidget, Pmf, require_same_length

# How often each player thinks of each thing, in percent.
HABITS = {
    "cat": (24, 2), "boat": (16, 3), "apple": (12, 1), "violin": (10, 16),
    "moon": (8, 2), "bread": (6, 4), "horse": (5, 1), "key": (4, 12),
    "river": (3, 24), "clock": (3, 5), "tree": (2, 10), "shoe": (2, 1),
    "lamp": (2, 8), "drum": (1, 3), "kite": (1, 6), "pearl": (1, 2),
}  # fmt: skip


class TwentyQuestions(FigureWidget):
    """Someone thinks of a thing, and the reader plans the yes/no questions that find it.

    Parameters
    ----------
    labels : sequence of str, shape (K,)
        The things, sixteen of them unless given.
    alice, bob : array_like, shape (K,)
        How often each of the two players thinks of each thing.
    words : sequence of str, shape (K,), optional
        The answers that lead to each thing, as far as the questions are planned: 0 is yes. Things
        with the same answers are still to be told apart.
    player : {"Alice", "Bob"}, default "Alice"
        Whose habits are shown, and who plays.

    Examples
    --------
    >>> game = TwentyQuestions(labels=["cat", "boat"], alice=[0.9, 0.1], bob=[0.5, 0.5])
    >>> game.words
    ['', '']
    """

    module = "twenty_questions"
    size = (6.4, 4.8)

    labels = t.List(t.Unicode(), list(HABITS)).tag(sync=True)
    alice = Pmf([a / 100 for a, _ in HABITS.values()]).tag(sync=True)
    bob = Pmf([b / 100 for _, b in HABITS.values()]).tag(sync=True)
    words = t.List(t.Unicode()).tag(sync=True)
    player = t.Enum(["Alice", "Bob"], "Alice").tag(sync=True)
    view = t.Enum(["yours", "best"], "yours").tag(sync=True)
    ticked = t.List(t.Int()).tag(sync=True)
    rounds = t.Int(0).tag(sync=True)

    @t.default("words")
    def _nothing_asked(self):
        return [""] * len(self.labels)

    @t.validate("labels", "alice", "bob", "words")
    def _same_length(self, proposal):
        return require_same_length(self, proposal, "labels", "alice", "bob", "words")

    def describe(self):
        """Return both players' habits and what the best questions cost, in words."""
        best = huffman_code(self.alice)
        pairs = zip(self.labels, best.codewords, strict=True)
        words = ", ".join(f"{label} {word}" for label, word in pairs)
        return (
            f"The tree of the best yes/no questions for Alice, who thinks of {len(self.labels)} "
            f"things. The answers that lead to each, 0 for yes: {words}. She costs "
            f"{best.expected_length(self.alice):.3f} questions per round on average, and the "
            f"entropy of her habits is {entropy(self.alice):.3f} bits. With the same questions "
            f"Bob costs {best.expected_length(self.bob):.3f}."
        )

    def draw(self, figure):
        """Draw the best tree for Alice."""
        words = huffman_code(self.alice).codewords
        figures.question_tree(figure.subplots(), words, self.alice, self.labels)
