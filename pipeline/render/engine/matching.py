"""Which rules an element matches: rules that ask for nothing around it are asked once for each kind of element.

Most rules of WeasyPrint's own style sheet speak of forms, lists and attributes that pages hardly have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from cssselect2 import Matcher
from webencodings import ascii_lower

Rule = tuple[Any, int, Any, Any]
"""What `Matcher.match` tells of a rule: specificity, order, pseudo-element, payload."""
Open = tuple[Callable[[Any], bool], Rule]
"""A rule that some elements of a kind match, and how to ask."""


class _AroundError(Exception):
    """A rule asks for what is around an element."""


class _Alone:
    """An element as its tag and attributes tell of it."""

    def __init__(self, element: Any) -> None:  # noqa: ANN401 - cssselect2 has no types
        self.etree_element = element.etree_element
        self.local_name, self.namespace_url = element.local_name, element.namespace_url
        self.id, self.classes = element.id, element.classes
        self.in_html_document = element.in_html_document

    def __getattr__(self, name: str) -> NoReturn:
        raise _AroundError(name)


class Matches:
    """`Matcher.match` of several style sheets, for the elements of one document."""

    def __init__(self, matchers: tuple[Matcher, ...]) -> None:
        self._matchers = matchers
        self._known: dict[object, tuple[tuple[tuple[Rule, ...], tuple[Open, ...]], ...]] = {}

    def __call__(self, element: Any) -> tuple[tuple[Rule, ...], ...]:  # noqa: ANN401 - as above
        """The rules that an element matches, those of greater weight last, for each style sheet."""
        tag = element.etree_element
        kind = (tag.tag, *tag.attrib.items())
        found = self._known.get(kind)
        if found is None:
            found = self._known[kind] = tuple(_sorted_out(matcher, element) for matcher in self._matchers)
        return tuple(_with(sure, asked, element) if asked else sure for sure, asked in found)


def _with(sure: tuple[Rule, ...], asked: tuple[Open, ...], element: Any) -> tuple[Rule, ...]:  # noqa: ANN401 - as above
    more = [rule for test, rule in asked if test(element)]
    return tuple(sorted((*sure, *more), key=_weight)) if more else sure


def _weight(rule: Rule) -> Any:  # noqa: ANN401 - as above
    return rule[:2]


def _sorted_out(matcher: Matcher, element: Any) -> tuple[tuple[Rule, ...], tuple[Open, ...]]:  # noqa: ANN401 - as above
    """The rules that all elements of this kind match, and those that some may."""
    alone = _Alone(element)
    sure, asked = [], []
    for test, *rule in _candidates(matcher, element):
        told: Any = tuple(rule)
        try:
            if test(alone):
                sure.append(told)
        except _AroundError:
            asked.append((test, told))
    return tuple(sorted(sure, key=_weight)), tuple(asked)


def _candidates(matcher: Matcher, element: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - as above
    """The rules that speak of the name, a class, the tag or the language of an element, and those of any element."""
    yield from matcher.id_selectors.get(element.id, ())
    for name in element.classes:
        yield from matcher.class_selectors.get(name, ())
    yield from matcher.lower_local_name_selectors.get(ascii_lower(element.local_name), ())
    yield from matcher.namespace_selectors.get(element.namespace_url, ())
    if "lang" in element.etree_element.attrib:
        yield from matcher.lang_attr_selectors
    yield from matcher.other_selectors
