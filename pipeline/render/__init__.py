"""Contexts to bytes: pure, and the same bytes every time."""
