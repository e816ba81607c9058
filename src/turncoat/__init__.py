"""turncoat: what if Carol lies? A simulator for secure multi-party computation."""

__version__ = "0.1.0"
