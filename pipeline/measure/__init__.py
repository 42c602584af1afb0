"""Model and records to results: pure, and over whole columns at once."""
