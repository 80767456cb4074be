"""The names a chapter uses; each is loaded when first used.

Loading late keeps a chapter's kernel quick to start, and makes the list of helpers that a chapter
depends on just the ones it called. The names stand in ``__init__.pyi``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
