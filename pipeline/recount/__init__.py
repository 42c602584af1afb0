"""A report held against the data inside it: container (what the file holds), data, figures, checks.

It shares no code with what measured the figures and made the report: it reads them as a customer would.
"""
