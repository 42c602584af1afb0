"""Two Word files as one with tracked changes: accepting all gives the new text, refusing all the old one."""

from pipeline.redline.redlining import accept_all, redline, reject_all
from pipeline.redline.results import Redlined, Revision

__all__ = ["Redlined", "Revision", "accept_all", "redline", "reject_all"]
