"""Entropy, cross-entropy and codes, in bits."""

from . import codes, datasets, likelihood, losses, measures, models
from .codes import *
from .datasets import *
from .likelihood import *
from .losses import *
from .measures import *
from .models import *

__version__ = "0.1.0"

__all__: list[str] = []
__all__ += codes.__all__
__all__ += datasets.__all__
__all__ += likelihood.__all__
__all__ += losses.__all__
__all__ += measures.__all__
__all__ += models.__all__
__all__.sort()
