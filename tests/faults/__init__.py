"""Builds that are disturbed, and whether what they leave is whole and true."""
