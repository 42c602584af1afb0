"""Any two PDFs, page by page: what reads or looks otherwise, from the files themselves and not from what made them.

`reading` takes a PDF apart into runs of letters and shapes with their places, `comparing` says what became of them, and
`marking` puts the pages side by side with the differences marked.
"""
