"""Exports before they lie under `metrics/`: tried out, guessed at, fetched from a database."""
