"""The live figures of the book: widgets in a notebook, and live on a page without a kernel."""

from ..checks import needs_figures

try:
    from .batch_readings import BatchReadings
    from .bin_width import BinWidth
    from .block_length import BlockLength
    from .entropy_bars import EntropyBars
    from .gaussian_fit import GaussianFit
    from .guess_the_next import GuessTheNext
    from .likelihood_lines import LikelihoodLines
    from .noise_model import NoiseModel
    from .price_your_text import PriceYourText
    from .probability_line import ProbabilityLine
    from .softmax_logits import SoftmaxLogits
    from .training_replay import TrainingReplay
    from .twenty_questions import TwentyQuestions
    from .two_distributions import TwoDistributions
except ModuleNotFoundError as missing:
    needs_figures(missing)

__all__ = [
    "BatchReadings",
    "BinWidth",
    "BlockLength",
    "EntropyBars",
    "GaussianFit",
    "GuessTheNext",
    "LikelihoodLines",
    "NoiseModel",
    "PriceYourText",
    "ProbabilityLine",
    "SoftmaxLogits",
    "TrainingReplay",
    "TwentyQuestions",
    "TwoDistributions",
]
