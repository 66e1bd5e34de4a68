"""masker: copies of production data that are safe to test on."""

__version__ = "0.1.0"
