"""Drawing text: what a line becomes in the content of a page is kept for the next time that it is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from weasyprint.draw import text as drawing
from weasyprint.text.fonts import get_pango_font_key
from weasyprint.text.line_break import Layout

from pipeline.render.engine import replace
from pipeline.render.engine.lines import setting_of

_MOST_LINES = 30_000
_INVISIBLE = 1e-6
_draw_first_line = drawing.draw_first_line


@dataclass(slots=True, eq=False)
class _Face:
    """A font as one line draws with it; stands in for the document's while the line is drawn for the first time."""

    key: int
    pango_font: Any
    hash: str
    plain: bool
    png: bool = False
    svg: bool = False
    colr: bool = False
    bitmap: bool = False
    widths: dict[int, int] = field(default_factory=dict)
    to_unicode: dict[int, str] = field(default_factory=dict)

    def get_unused_glyph_id(self, _codepoint: int) -> int:
        """For a character that the font lacks, which is not worth remembering."""
        self.plain = False
        return 0


Step = tuple[_Face, float] | bytes
"""A font and its size to go on with, or an instruction that shows words."""


@dataclass(slots=True, eq=False)
class _Recorder:
    """The stream that a line is drawn to for the first time."""

    stream: Any
    layout: Any
    steps: list[Step] = field(default_factory=list)
    faces: list[_Face] = field(default_factory=list)
    raised: bool = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - what else the stream has
        return getattr(self.stream, name)

    def set_text_matrix(self, *values: float) -> None:
        """Where the line stands is not the line's."""

    def add_font(self, pango_font: Any) -> tuple[_Face, float]:  # noqa: ANN401 - WeasyPrint has no types
        """A stand-in for the font."""
        key, _, size = get_pango_font_key(pango_font)
        font, _ = self.stream.add_font(pango_font)
        # Pango frees a font that no layout uses any more
        kept, _ = _fonts.setdefault((key, size), (pango_font, self.layout))
        plain = not (font.png or font.svg or font.colr or font.bitmap)
        self.faces.append(_Face(key, kept, font.hash, plain))
        return self.faces[-1], size

    def set_font_size(self, _name: str, size: float) -> None:
        """A font to go on with: the one that was added last."""
        self.steps.append((self.faces[-1], size))

    def show_text(self, text: str) -> None:
        """Words, and the places of their letters."""
        self.steps.append(b"[" + text.encode("ascii") + b"] TJ")

    def set_text_rise(self, _height: float) -> None:
        """Letters off the line, which are not worth remembering."""
        self.raised = True


_fonts: dict[tuple[int, float], tuple[Any, Any]] = {}
_drawn: dict[tuple[int, str, float], tuple[Step, ...] | None] = {}


def draw_first_line(stream: Any, textbox: Any, text_overflow: str, block_ellipsis: Any, matrix: Any) -> list[Any]:  # noqa: ANN401 - as above
    """`draw_first_line`, from memory where the line is drawn again."""
    layout = textbox.pango_layout
    if text_overflow != "ellipsis" and block_ellipsis == "none":
        if not layout.text.strip() or textbox.style["font_size"] < _INVISIBLE:
            return []
        key = (setting_of(textbox.style).number, layout.text, layout.justification_spacing)
        if key not in _drawn:
            if len(_drawn) > _MOST_LINES:
                _drawn.clear()
            _drawn[key] = _steps(stream, textbox, matrix)
        steps = _drawn[key]
        if steps is not None and _fits(stream, steps):
            stream.set_text_matrix(*matrix.values)
            _replay(stream, steps)
            return []
    emojis: list[Any] = _draw_first_line(stream, textbox, text_overflow, block_ellipsis, matrix)
    return emojis


def _steps(stream: Any, textbox: Any, matrix: Any) -> tuple[Step, ...] | None:  # noqa: ANN401 - as above
    recorder = _Recorder(stream, textbox.pango_layout.layout)
    _draw_first_line(recorder, textbox, "clip", "none", matrix)
    usual = not recorder.raised and all(face.plain for face in recorder.faces)
    return tuple(recorder.steps) if usual else None


def _fits(stream: Any, steps: tuple[Step, ...]) -> bool:  # noqa: ANN401 - as above
    """Whether the document has the same widths for the letters: the first size that they are drawn in decides."""
    for step in steps:
        if type(step) is tuple and (font := stream._fonts.get(step[0].key)) is not None:  # noqa: SLF001 - there is no other way in
            known = font.widths
            for glyph, width in step[0].widths.items():
                if known.get(glyph, width) != width:
                    return False
    return True


def _replay(stream: Any, steps: tuple[Step, ...]) -> None:  # noqa: ANN401 - as above
    for step in steps:
        if isinstance(step, bytes):
            stream.stream.append(step)
            continue
        face, size = step
        font = stream._fonts.get(face.key) or stream.add_font(face.pango_font)[0]  # noqa: SLF001 - as above
        for known, said in ((font.widths, face.widths), (font.to_unicode, face.to_unicode)):
            for glyph, value in said.items():
                known.setdefault(glyph, value)
        stream.set_font_size(font.hash, size)


def reactivate(layout: Any, style: Any) -> None:  # noqa: ANN401 - as above
    """`Layout.reactivate`, put off until somebody asks Pango."""
    layout.style = style


def _asked(layout: Any, name: str) -> Any:  # noqa: ANN401 - as above
    if name not in {"layout", "language"} or "style" not in layout.__dict__:
        raise AttributeError(name)
    layout.setup(layout.style)
    layout.set_text(layout.text, justify=True)
    return layout.__dict__[name]


def install() -> None:
    """Let WeasyPrint draw text like this."""
    Layout.reactivate, Layout.__getattr__ = reactivate, _asked
    replace(_draw_first_line, draw_first_line)
