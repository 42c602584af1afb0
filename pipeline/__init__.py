"""Service level documents as code.

    sources/ --load--> Portfolio --check--> problems
                           |
    exports  --load--> tickets, outages
                           |
                       measure   (against the agreement version in force)
                           |
                       merge     (one context per document: all that a template may see)
                           |
                       render    (docx, pdf, xlsx: pure, context -> bytes)
                           |
                       publish   (atomic write, manifest) --> output/

`build.py` is this flow on one page.
"""
