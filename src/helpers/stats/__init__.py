"""Estimates and tests: shares, designs, comparisons, models, pooling, sensitivity.

A chapter takes them from here; each is loaded when first used. The names stand in ``__init__.pyi``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
