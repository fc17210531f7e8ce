"""The live figures of the book: widgets in a notebook, and live on a page without a kernel."""

from .two_distributions import TwoDistributions

__all__ = ["TwoDistributions"]
