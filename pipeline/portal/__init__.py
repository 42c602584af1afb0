"""The portal: everything that the sources and figures tell, as linked pages that need no server and no network.

edition -> pages of each language -> files; `flow` runs it, `serving` shows it while sources and templates are edited.
"""
