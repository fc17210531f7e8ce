"""A training, replayed: the loss, and the file that each model would write."""

import numpy as np
import traitlets as t

from .. import figures
from .base import FigureWidget, require_same_length


class TrainingReplay(FigureWidget):
    """Losses to scrub through, and the size of the held-out text as a file.

    Parameters
    ----------
    steps : sequence of float, shape (S,), increasing
        What a step is counted in: epochs, characters read, the order of an n-gram.
    train, held_out : sequence of float, shape (S,)
        Mean surprisal at each step, in bits per symbol.
    files : sequence of int, shape (S,)
        Size of the held-out text's file at each step, in bytes, as a coder wrote it.
    rivals : dict, optional
        Sizes of the same text, in bytes, by the name of what made them.
    step : float, optional
        Where to begin; the first step unless given.
    step_name, symbol_name : str
        What steps and symbols are called.

    Examples
    --------
    >>> TrainingReplay(steps=[1, 2], train=[3, 2], held_out=[3.5, 3], files=[352, 302]).step
    1.0
    """

    module = "training_replay"
    size = (6.4, 4.6)

    steps = t.List(t.Float()).tag(sync=True)
    train = t.List(t.Float()).tag(sync=True)
    held_out = t.List(t.Float()).tag(sync=True)
    files = t.List(t.Int()).tag(sync=True)
    rivals = t.Dict(t.Float()).tag(sync=True)
    step = t.Float().tag(sync=True)
    step_name = t.Unicode("step").tag(sync=True)
    symbol_name = t.Unicode("character").tag(sync=True)

    def __init__(self, *, steps, train, held_out, files, **traits):
        lists = {"steps": steps, "train": train, "held_out": held_out}
        lists = {name: np.asarray(values, float).tolist() for name, values in lists.items()}
        super().__init__(**lists, files=[*files], **traits)

    @t.default("step")
    def _first(self):
        return self.steps[0]

    @t.validate("steps", "train", "held_out", "files")
    def _same_length(self, proposal):
        if len(proposal["value"]) < 2:
            raise ValueError(f"{proposal['trait'].name} needs at least two steps")
        return require_same_length(self, proposal, "steps", "train", "held_out", "files")

    def describe(self):
        """Return the course of the losses and the sizes of the files in words."""
        best = int(np.argmin(self.held_out))
        rivals = "".join(f", {name} {round(x):,}" for name, x in self.rivals.items())
        return (
            f"Two curves over the {self.step_name}. On the training text the loss goes from "
            f"{self.train[0]:.2f} to {self.train[-1]:.2f} bits per {self.symbol_name}, on held-out "
            f"text from {self.held_out[0]:.2f} to {self.held_out[-1]:.2f}, with its least, "
            f"{self.held_out[best]:.2f}, at {self.step_name} {self.steps[best]:g}. There the "
            f"held-out text is a file of {self.files[best]:,} bytes{rivals}."
        )

    def draw(self, figure):
        """Draw the losses above the sizes of the files."""
        above, below = figure.subplots(2, height_ratios=[3, 1 + 0.4 * len(self.rivals)])
        figures.training_curve(above, self.steps, self.train, self.held_out)
        above.set(xlabel=self.step_name, ylabel=f"bits per {self.symbol_name}")
        sizes = {"model": self.files[int(np.argmin(self.held_out))]} | self.rivals
        figures.file_sizes(below, sizes)
