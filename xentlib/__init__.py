"""Entropy, cross-entropy and codes, in bits."""

from . import codes, datasets, likelihood, losses, measures, models
from .codes import *
from .datasets import *
from .likelihood import *
from .losses import *
from .measures import *
from .models import *

__version__ = "0.1.0"

_MODULES = codes, datasets, likelihood, losses, measures, models
__all__ = sorted(name for module in _MODULES for name in module.__all__)
