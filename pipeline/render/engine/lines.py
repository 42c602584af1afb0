"""Lines of text: what Pango needs to know of a style is gathered once, and the same words are measured once.

Tables repeat their words, agreements share their terms, and every text is asked for its least width, its greatest and
its lines: most questions have been answered before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from weasyprint.text import line_break
from weasyprint.text.constants import LST_TO_ISO, PANGO_DIRECTION
from weasyprint.text.ffi import FROM_UNITS, ffi, gobject, pango, unicode_to_char_p
from weasyprint.text.fonts import font_features, get_font_description
from weasyprint.text.line_break import Layout

from pipeline.render.engine import replace

_DECIDING = (
    "font_family", "font_style", "font_stretch", "font_weight", "font_size", "font_kerning",
    "font_variant_ligatures", "font_variant_position", "font_variant_caps", "font_variant_numeric",
    "font_variant_alternates", "font_variant_east_asian", "font_feature_settings", "font_variation_settings",
    "font_language_override", "lang", "direction", "text_decoration_line", "white_space", "letter_spacing",
    "word_spacing", "overflow_wrap", "word_break", "hyphens", "hyphenate_character", "hyphenate_limit_chars",
    "hyphenate_limit_zone", "tab_size",
)  # fmt: skip
"""The properties that decide how a text is set and where it breaks."""

_MOST_LINES = 30_000
_MARGIN = 0.01
"""A line that is shorter than its room by this many pixels would not be broken by any rounding."""

_TO_THE_END = 0xFFFFFFFF
_set_text, _split, _strut, _can_break = (
    Layout.set_text,
    line_break.split_first_line,
    line_break.strut,
    line_break.can_break_text,
)


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """All that a layout takes from its style; `number` names it among those of the process."""

    number: int
    owner: object
    context: Any
    language: Any
    description: Any
    features: Any
    plain: Any
    breaking: Any
    spaced: bool
    decoration: dict[str, Any]


_numbers = count()
_settings: dict[tuple[int, str], Setting] = {}
_whole: dict[tuple[int, str, float], Any] = {}
_broken: dict[tuple[Any, ...], Any] = {}


def setting_of(style: Any) -> Setting:  # noqa: ANN401 - WeasyPrint has no types
    """The setting of a style; made for the first style with these properties."""
    own = style.__dict__
    known = own.get("setting")
    # white space is the one of them that WeasyPrint changes in a style that is in use, for leaders
    if known is not None and known[0] == style["white_space"]:
        setting: Setting = known[1]
        return setting
    key = (id(style.font_config), repr([style[name] for name in _DECIDING]))
    if key not in _settings:
        _settings[key] = _new_setting(style)
    own["setting"] = (style["white_space"], _settings[key])
    return _settings[key]


def _new_setting(style: Any) -> Setting:  # noqa: ANN401 - as above
    context = ffi.gc(pango.pango_font_map_create_context(style.font_config.font_map), gobject.g_object_unref)
    pango.pango_context_set_round_glyph_positions(context, False)
    pango.pango_context_set_base_dir(context, PANGO_DIRECTION[style["direction"]])
    override = style["font_language_override"]
    named = style["lang"] if override == "normal" else LST_TO_ISO.get(override.lower(), override)
    if named:
        pointer, _ = unicode_to_char_p(named)
        language = pango.pango_language_from_string(pointer)
        pango.pango_context_set_language(context, language)
    else:
        language = pango.pango_language_get_default()
    description = get_font_description(style)
    wanted = font_features(
        style["font_kerning"],
        style["font_variant_ligatures"],
        style["font_variant_position"],
        style["font_variant_caps"],
        style["font_variant_numeric"],
        style["font_variant_alternates"],
        style["font_variant_east_asian"],
        style["font_feature_settings"],
    )
    features = ",".join(f"{key} {value}" for key, value in wanted.items()).encode()
    plain, breaking = _attributes(features), ffi.NULL
    if style["overflow_wrap"] in {"anywhere", "break-word"}:
        breaking = _attributes(features)
        if breaking == ffi.NULL:
            breaking = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
        whole = pango.pango_attr_insert_hyphens_new(False)
        whole.start_index, whole.end_index = 0, _TO_THE_END
        pango.pango_attr_list_change(breaking, whole)
    return Setting(
        number=next(_numbers),
        owner=style.font_config,
        context=context,
        language=language,
        description=description,
        features=features,
        plain=plain,
        breaking=breaking if breaking != ffi.NULL else plain,
        spaced=bool(style["word_spacing"]) or style["letter_spacing"] not in {"normal", 0},
        decoration=_decoration(style, context, description, language),
    )


def _attributes(features: bytes) -> Any:  # noqa: ANN401 - as above
    if not features:
        return ffi.NULL
    attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
    pango.pango_attr_list_insert(attributes, pango.pango_attr_font_features_new(features))
    return attributes


def _decoration(style: Any, context: Any, description: Any, language: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Where lines under and through a text run."""
    if style["text_decoration_line"] == "none":
        return {"ascent": None, "underline_position": None, "strikethrough_position": None}
    metrics = ffi.gc(pango.pango_context_get_metrics(context, description, language), pango.pango_font_metrics_unref)
    return {
        name: FROM_UNITS * getattr(pango, f"pango_font_metrics_get_{name}")(metrics)
        for name in (
            "ascent",
            "underline_position",
            "strikethrough_position",
            "underline_thickness",
            "strikethrough_thickness",
        )
    }


def setup(layout: Any, style: Any) -> None:  # noqa: ANN401 - as above
    """`Layout.setup`, with the setting of the style."""
    setting = setting_of(style)
    layout.style, layout.first_line_direction, layout.language = style, 0, setting.language
    layout.layout = ffi.gc(pango.pango_layout_new(setting.context), gobject.g_object_unref)
    pango.pango_layout_set_auto_dir(layout.layout, False)
    pango.pango_layout_set_font_description(layout.layout, setting.description)
    layout.__dict__.update(setting.decoration)


def set_text(layout: Any, text: str, justify: bool = False) -> None:  # noqa: ANN401 - WeasyPrint's own signature
    """`Layout.set_text`; attributes that hold for any text are made once."""
    setting = setting_of(layout.style)
    if setting.spaced or (justify and layout.justification_spacing):
        # these depend on the text: they go into a list of its own
        pango.pango_layout_set_attributes(layout.layout, _attributes(setting.features))
        _set_text(layout, text, justify)
        return
    index = text.find("\n")
    if index != -1:
        text = text[: index + 2]
    layout.text = text
    pango.pango_layout_set_text(layout.layout, text.encode().replace(b"\x00", b""), -1)
    attributes = setting.breaking if text else setting.plain
    if attributes != ffi.NULL:
        pango.pango_layout_set_attributes(layout.layout, attributes)
    if "\t" in text:
        layout.set_tabs()


def deactivate(layout: Any) -> None:  # noqa: ANN401 - as above
    """`Layout.deactivate`, also for one that was not needed again."""
    for name in ("layout", "language", "style"):
        layout.__dict__.pop(name, None)


def split_first_line(  # noqa: PLR0917 - WeasyPrint's own signature
    text: str,
    style: Any,  # noqa: ANN401 - as above
    context: Any,  # noqa: ANN401 - as above
    max_width: float | None,
    justification_spacing: float,
    is_line_start: bool = True,
    minimum: bool = False,
) -> tuple[Any, ...]:
    """`split_first_line`, remembering what it was told."""
    number = setting_of(style).number
    short = (number, text, justification_spacing)
    known = _whole.get(short)
    if known is None or not (max_width is None or known[3] + _MARGIN <= max_width):
        key = (number, text, max_width, justification_spacing, is_line_start, minimum)
        known = _broken.get(key)
        if known is None:
            known = _split(text, style, context, max_width, justification_spacing, is_line_start, minimum)
            for lines in (_whole, _broken):
                if len(lines) > _MOST_LINES:
                    lines.clear()
            if known[2] is None and (max_width is None or known[3] <= max_width):
                _whole[short] = known
            else:
                _broken[key] = known
    layout = object.__new__(Layout)
    layout.__dict__.update(known[0].__dict__, max_width=max_width)
    return (layout, *known[1:])


def strut(style: Any) -> tuple[float, float]:  # noqa: ANN401 - as above
    """`strut`, by one look-up."""
    own = style.__dict__
    size: tuple[float, float] | None = own.get("strut")
    if size is None:
        size = own["strut"] = _strut(style)
    return size


def install() -> None:
    """Let WeasyPrint set lines like this."""
    Layout.setup, Layout.set_text, Layout.deactivate = setup, set_text, deactivate
    replace(_split, split_first_line)
    replace(_strut, strut)
    replace(_can_break, lru_cache(maxsize=20_000)(_can_break))
