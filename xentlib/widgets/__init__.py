"""The live figures of the book: widgets in a notebook, and live on a page without a kernel."""

from .entropy_bars import EntropyBars
from .probability_line import ProbabilityLine
from .twenty_questions import TwentyQuestions
from .two_distributions import TwoDistributions

__all__ = ["EntropyBars", "ProbabilityLine", "TwentyQuestions", "TwoDistributions"]
