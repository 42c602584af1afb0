"""A finished Word file as HTML, and from there as PDF: what reads paragraphs, tables, numbering and looks."""
