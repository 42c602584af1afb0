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

from pipeline.confined import is_file_inside
from pipeline.problems import Place, error
from pipeline.render import engine, fonts
from pipeline.render.archival import VARIANT, Finish, make_archival
from pipeline.render.fields import SCHEME
from pipeline.render.links import is_agreed
from pipeline.render.patience import OutOfPatienceError, patience
from pipeline.render.templates import TemplateMistake

_STUMBLES = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, AssertionError, RecursionError)
_SHOWN = 200
_WRITTEN = {"pdf_tags": True, "pdf_variant": VARIANT, "uncompressed_pdf": True}
"""Compressed once, when the finished file is saved."""


def render_pdf(html: str, name: str, folder: Path, finish: Finish | None = None) -> bytes:
    """The pages of `html`; TemplateMistake when it asks for something missing, foreign or not understood."""
    fonts.activate()
    engine.install()
    fetcher = _fetcher(folder)
    with _complaints() as complaints, warnings.catch_warnings():
        # WeasyPrint leaves it to Python to close the colour profile that it puts into the file
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            with _without_collecting():
                content = _pages(html, folder, fetcher, complaints)
        except OutOfPatienceError as mistake:
            complaints.append(str(mistake))
            content = None
        except _STUMBLES as mistake:  # over figures in drawings and sizes that are none
            complaints.append(f"it cannot be drawn: {type(mistake).__name__}: {mistake}"[:_SHOWN])
            content = None
    complaints += fetcher.refused
    if complaints or content is None:
        message = "mistake in the template: " + "; ".join(dict.fromkeys(complaints))
        raise TemplateMistake(error(Place(f"templates/{name}"), "template", message))
    return make_archival(content, finish)


def _pages(html: str, folder: Path, fetcher: Any, complaints: list[str]) -> bytes | None:  # noqa: ANN401 - as in `_fetcher`
    """The file as WeasyPrint makes it; all else is out of use on return, before Python looks for garbage again."""
    # WeasyPrint loads Pango, which must not happen before the fonts are in force
    import weasyprint  # noqa: PLC0415

    with patience():
        document = weasyprint.HTML(string=html, base_url=f"{folder.as_uri()}/pdf/", url_fetcher=fetcher)
        pages = document.render(font_config=_font_configuration(), pdf_tags=True, pdf_variant=VARIANT)
        complaints.extend(_links_outside(pages))
        return None if complaints else bytes(pages.write_pdf(**_WRITTEN))


def page_count(content: bytes) -> int:
    """How many pages a PDF has."""
    return len(pypdfium2.PdfDocument(content))


def _links_outside(document: Any) -> list[str]:  # noqa: ANN401 - as below
    """What a reader who clicks would be led to, except where that is agreed."""
    targets = [link[1] for page in document.pages for link in page.links if link[0] == "external"]
    # the links of signature fields lead nowhere: they become fields
    found = [target for target in targets if not is_agreed(target) and not target.startswith(SCHEME)]
    return [f"{target} is a link; only mailto: may lead out of a document" for target in found]


def _is_missing_inside(path: Path, root: Path) -> bool:
    """Whether a file of the templates was meant that is not there, which WeasyPrint says better."""
    try:
        return path.resolve().is_relative_to(root) and not path.is_symlink() and not path.exists()
    except (OSError, RuntimeError, ValueError):  # a link to itself, a NUL character
        return False


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
            if parts.scheme == "data":
                return super().fetch(url, headers)
            path = Path(unquote(parts.path))
            if (
                parts.scheme != "file"
                or parts.netloc
                or not (is_file_inside(path, root) or _is_missing_inside(path, root))
            ):
                self.refused.append(f"{url} lies outside of the templates")
                message = f"refused: {url}"
                raise ValueError(message)
            # what was looked at, and not what somebody else may make of the address
            return super().fetch(path.as_uri(), headers)

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
