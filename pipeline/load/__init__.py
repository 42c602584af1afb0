"""Text to model: the only reader of `sources/`."""
