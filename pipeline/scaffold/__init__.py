"""`slm new`: source files to start from, written from the templates under `templates/new/` that anybody may edit.

What the sources know already is filled in; the rest is a blank such as `<fill in the customer's name>`, which
`slm check` reports until it is filled.
"""
