"""lienthong: packets of Vietnam's national document axis."""

from lienthong._native import __version__

__all__ = ["__version__"]
