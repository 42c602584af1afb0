"""PDF from HTML templates: WeasyPrint with our fonts only, and nothing fetched from outside the templates."""

from __future__ import annotations

import gc
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pypdfium2

from pipeline.problems import Place, error
from pipeline.render import engine, fonts
from pipeline.render.archival import VARIANT, make_archival
from pipeline.render.templates import TemplateMistake


def render_pdf(html: str, name: str, folder: Path) -> bytes:
    """The pages of `html`; TemplateMistake when it asks for something missing, foreign or not understood."""
    fonts.activate()
    # WeasyPrint loads Pango, which must not happen before the fonts are in force
    import weasyprint  # noqa: PLC0415

    engine.install()
    fetcher = _fetcher(folder)
    with _without_collecting(), _complaints() as complaints, warnings.catch_warnings():
        # WeasyPrint leaves it to Python to close the colour profile that it puts into the file
        warnings.simplefilter("ignore", ResourceWarning)
        document = weasyprint.HTML(string=html, base_url=f"{folder.as_uri()}/pdf/", url_fetcher=fetcher)
        content = document.write_pdf(font_config=_font_configuration(), pdf_tags=True, pdf_variant=VARIANT)
    complaints += fetcher.refused
    if complaints or content is None:
        message = "mistake in the template: " + "; ".join(dict.fromkeys(complaints))
        raise TemplateMistake(error(Place(f"templates/{name}"), "template", message))
    return make_archival(bytes(content))


def page_count(content: bytes) -> int:
    """How many pages a PDF has."""
    return len(pypdfium2.PdfDocument(content))


@lru_cache(maxsize=1)
def _font_configuration() -> Any:  # noqa: ANN401 - WeasyPrint must not be imported at module level
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    return FontConfiguration()


def _fetcher(folder: Path) -> Any:  # noqa: ANN401 - the class exists only once WeasyPrint is loaded
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    root = folder.resolve()

    class Confined(URLFetcher):  # type: ignore[misc]
        """Reads files of the templates folder and data: URIs, and remembers what it refused."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols={"file", "data"}, allow_redirects=False)
            self.refused: list[str] = []

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ANN401 - WeasyPrint's own signature
            parts = urlsplit(url)
            inside = parts.scheme == "file" and Path(unquote(parts.path)).resolve().is_relative_to(root)
            if parts.scheme != "data" and not inside:
                self.refused.append(f"{url} lies outside of the templates")
                message = f"refused: {url}"
                raise ValueError(message)
            return super().fetch(url, headers)

    return Confined()


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A page is a million objects that are all in use: looking among them for garbage is a sixth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """WeasyPrint only logs what it cannot do (a missing picture, an unknown property); here that is a mistake."""
    found: list[str] = []

    class Collect(logging.Handler):
        def emit(self, entry: logging.LogRecord) -> None:
            found.append(entry.getMessage())

    logger, handler = logging.getLogger("weasyprint"), Collect(logging.WARNING)
    logger.addHandler(handler)
    propagate, logger.propagate = logger.propagate, False
    try:
        yield found
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
