"""Styles of elements: elements that the same rules match share one cascade, pseudo-elements get theirs when asked for.

WeasyPrint's own style sheet has rules for footnotes and notes of any element, so it works out six styles for each.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf
from typing import Any
from xml.etree.ElementTree import Element

from weasyprint import css
from weasyprint.css import (
    ComputedStyle,
    StyleFor,
    declaration_precedence,
    find_style_attributes,
    preprocess_declarations,
)
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES

from pipeline.render.engine.lengths import has_math
from pipeline.render.engine.matching import Matches

Cascade = dict[str | None, dict[str, Any]]
"""Pseudo-element (None: the element itself) -> name of a property -> its value and weight."""


class SharedStyles(StyleFor):  # type: ignore[misc]
    """`StyleFor`, with the same answers."""

    def __init__(
        self,
        html: Any,  # noqa: ANN401 - WeasyPrint has no types
        sheets: Any,  # noqa: ANN401 - as above
        _presentational_hints: bool,
        font_config: Any,  # noqa: ANN401 - as above
        target_collector: Any,  # noqa: ANN401 - as above
    ) -> None:
        self._cascaded_styles: dict[tuple[Any, str | None], Any] = {}
        self._computed_styles: dict[tuple[Any, str | None], Any] = {}
        self._waiting: dict[Any, Cascade] = {}
        self.initial_page_sizes = {"box": None, "area": None}
        self._sheets = sheets
        self.font_config = font_config
        self._base_url, self._root, self._targets = html.base_url, html.etree_element, target_collector
        cascades: dict[object, Cascade] = {}
        known: dict[object, Any] = {}
        matches = Matches(tuple(sheet.matcher for sheet, _, _ in sheets))
        for element in html.wrapper_element.iter_subtree():
            tag = element.etree_element
            matched = matches(element)
            said = _said(tag)
            rules = (said, tuple((one[0], id(one[3])) for found in matched for one in found))
            cascade = cascades.get(rules)
            if cascade is None:
                own = dict(_own(said, html.base_url)) if said else {}
                cascade = cascades[rules] = _cascaded(sheets, matched, own)
            parent = element.parent.etree_element if element.parent else None
            key = (None if parent is None else id(self._computed_styles[parent, None]), rules)
            if key in known:
                self._computed_styles[tag, None] = known[key]
            else:
                self._compute(tag, parent, None, cascade)
                known[key] = self._computed_styles[tag, None]
            if len(cascade) > (None in cascade):
                self._waiting[tag] = cascade
        for tag, cascade in self._waiting.items():
            for pseudo, properties in cascade.items():
                if pseudo is not None and "anchor" in properties:
                    self._compute(tag, tag, pseudo, cascade)
        self._cascaded_styles.clear()

    def _compute(self, element: Any, parent: Any, pseudo: str | None, cascade: Cascade) -> None:  # noqa: ANN401 - as above
        if pseudo in cascade:
            self._cascaded_styles[element, pseudo] = cascade[pseudo]
        self.set_computed_styles(
            element,
            parent,
            root=self._root,
            pseudo_type=pseudo,
            base_url=self._base_url,
            target_collector=self._targets,
        )
        self._cascaded_styles.pop((element, pseudo), None)

    def __call__(self, element: Any, pseudo_type: str | None = None) -> Any:  # noqa: ANN401 - as above
        """The style; None for a pseudo-element that no rule speaks of."""
        if pseudo_type is not None and (element, pseudo_type) not in self._computed_styles:
            cascade = self._waiting.get(element)
            if cascade is None or pseudo_type not in cascade:
                return None
            self._compute(element, element, pseudo_type, cascade)
        return super().__call__(element, pseudo_type)


def _said(element: Any) -> tuple[Any, ...]:  # noqa: ANN401 - as above
    """What the attributes of an element may say about its style; elements that say the same get the same."""
    said = element.attrib
    if not said or not isinstance(element.tag, str):
        return ()
    if "id" in said or "name" in said or element.tag.startswith("{"):
        return (element,)  # a name is an element's own
    return tuple((name, said[name]) for name in ("style", "lang") if said.get(name))


def _own(said: Any, base_url: str) -> dict[str, Any]:  # noqa: ANN401 - as above
    named = len(said) == 1 and not isinstance(said[0], tuple)
    return _declared(said[0], base_url) if named else _declared_by(said, base_url)


@lru_cache(maxsize=4096)
def _declared_by(said: tuple[tuple[str, str], ...], base_url: str) -> dict[str, Any]:
    return _declared(Element("p", dict(said)), base_url)


def _declared(element: Any, base_url: str) -> dict[str, Any]:  # noqa: ANN401 - as above
    alone = Element(element.tag, dict(element.attrib))
    style: dict[str, Any] = {}
    for specificity, _, declarations, base in find_style_attributes(alone, False, base_url):
        for name, values, importance in preprocess_declarations(base, declarations):
            _add(style, name, values, (declaration_precedence("author", importance), inf, specificity))
    return style


def _cascaded(sheets: Any, matched: Any, own: dict[str, Any]) -> Cascade:  # noqa: ANN401 - as above
    """What the rules matched say of an element and of its pseudo-elements, beside what it says itself."""
    cascade: Cascade = {None: own} if own else {}
    for (sheet, origin, sheet_specificity), selectors in zip(sheets, matched, strict=True):
        for rule_specificity, _, pseudo, (declarations, layer) in selectors:
            order = inf if layer is None else sheet.layers.index(layer)
            style = cascade.setdefault(pseudo, {})
            for name, values, importance in declarations:
                precedence = declaration_precedence(origin, importance)
                _add(style, name, values, (precedence, order, sheet_specificity or rule_specificity))
    return cascade


def _add(style: dict[str, Any], name: str, values: Any, weight: Any) -> None:  # noqa: ANN401 - as above
    known = style.get(name)
    if known is None or known[1] <= weight:
        style[name] = values, weight


def _logical(name: str) -> str:
    """The property that says the same by the direction of the text, from left to right and from top to bottom."""
    found: str = PHYSICAL_FUNCTIONS[name](block="ttb", inline="ltr")
    return found


_LOGICAL = {name: _logical(name) for name in PHYSICAL_FUNCTIONS}
_SPECIAL = {
    "float",
    "display",
    "position",
    "page",
    *(name for name in INITIAL_VALUES if name.startswith("text_decoration_")),
}
_TAKEN_OVER = {name for name in INITIAL_VALUES if name in INHERITED} - _SPECIAL
_INITIAL = {
    name: value
    for name, value in INITIAL_VALUES.items()
    if name not in INHERITED and name not in INITIAL_NOT_COMPUTED and name not in _SPECIAL and not has_math(value)
}
_missing = ComputedStyle.__missing__


def missing(style: Any, key: str) -> Any:  # noqa: ANN401 - as above
    """`ComputedStyle.__missing__`, by the short way for a property that no rule speaks of."""
    said = style.cascaded
    if key in said:
        return _missing(style, key)
    if key in _INITIAL:
        logical = _LOGICAL.get(key)
        if logical is None or (logical not in said and style["direction"] == "ltr"):
            value = style[key] = _INITIAL[key]
            return value
    elif key in _TAKEN_OVER and style.parent_style is not None:
        value = style.parent_style[key]
        if not has_math(value):
            style[key] = value
            return value
    return _missing(style, key)


def install() -> None:
    """Let WeasyPrint work styles out like this."""
    css.StyleFor = SharedStyles
    ComputedStyle.__missing__ = missing
