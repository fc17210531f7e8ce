"""Codes: prefix codes, which give every symbol whole bits, and a stream coder, which does not."""

from . import prefix, stream
from .lanes import PRECISION as PRECISION
from .prefix import *
from .stream import *

__all__ = [*prefix.__all__, *stream.__all__]
