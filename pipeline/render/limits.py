"""What a template may ask of the machine: a bounded number of steps and characters, counted and never timed.

A mistake such as a loop within a loop within a loop must end with a line that names the template, not with a machine
that stands still. Counting is the same on every machine; a clock is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from jinja2 import filters, nodes, pass_context, pass_eval_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer

STEPS = 5_000_000
"""Rounds of loops for one document, with `CALL` for each call; documents of real size take a hundredth of it."""

CALL = 20

CHARACTERS = 50_000_000
"""Length of any text that a template makes, and of all that it writes."""

_WIDE = re.compile(r"\{[^{}]*:[^{}]*(\d{3}|\{)")
_DIGITS = 4096  # bits of a whole number
WITHOUT = ("center", "format", "indent", "pprint", "random", "slice", "urlize", "wordwrap")
"""Filters that blow up a text to any size, ask chance, or make links out of words."""

_METHODS = frozenset(
    {
        "capitalize",
        "casefold",
        "count",
        "endswith",
        "find",
        "format",
        "isalpha",
        "isascii",
        "isdecimal",
        "isdigit",
        "islower",
        "isnumeric",
        "isspace",
        "isupper",
        "lower",
        "lstrip",
        "partition",
        "removeprefix",
        "removesuffix",
        "rpartition",
        "rsplit",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "swapcase",
        "title",
        "upper",
    }
)
"""Methods of texts that make no longer text, and `format`, which labels are filled with."""


class TooMuch(SecurityError):  # noqa: N818 - a mistake of a template
    """A template asks for more than any document needs."""


@dataclass(slots=True)
class Budget:
    """What is left of the steps of one rendering."""

    left: int = STEPS

    def renew(self) -> None:
        """Begin a rendering."""
        self.left = STEPS

    def spend(self, steps: int) -> None:
        """Take that many; TooMuch when there are none left."""
        self.left -= steps
        if self.left < 0:
            msg = f"it takes more than {STEPS:,} rounds of loops and calls"
            raise TooMuch(msg)


def bounded(value: Any) -> Any:  # noqa: ANN401 - whatever a template makes
    """The value, if it is no text of more than `CHARACTERS`."""
    if isinstance(value, str) and len(value) > CHARACTERS:
        raise TooMuch(_LONG)
    return value


_LONG = f"it makes a text of more than {CHARACTERS:,} characters"


def collected(parts: Iterable[str]) -> str:
    """What a template writes, as one text."""
    kept, total = [], 0
    for part in parts:
        total += len(part)
        if total > CHARACTERS:
            raise TooMuch(_LONG)
        kept.append(part)
    return "".join(kept)


def arithmetic(operator: str, left: Any, right: Any, result: Callable[[], Any]) -> Any:  # noqa: ANN401 - as Jinja has it
    """The result of an operator that can make a few characters fill the memory."""
    whole = isinstance(left, int) and isinstance(right, int)
    if operator == "**":
        msg = "powers are not allowed in templates"
        raise TooMuch(msg)
    if operator == "*" and whole and left.bit_length() + right.bit_length() > _DIGITS:
        msg = "a number grows beyond measure"
        raise TooMuch(msg)
    if operator == "*" and not whole:
        for repeated, times in ((left, right), (right, left)):
            if isinstance(repeated, str | list | tuple) and isinstance(times, int):
                if len(repeated) * times > CHARACTERS // (1 if isinstance(repeated, str) else 8):
                    raise TooMuch(_LONG)
                break
    if operator == "%" and isinstance(left, str):
        msg = "write text with {name} and .format(name=…), not with %"
        raise TooMuch(msg)
    return bounded(result())


def fitting(called: Any) -> None:  # noqa: ANN401 - whatever a template calls
    """TooMuch when a text is filled to a width that no line has, or that a value decides."""
    text = getattr(getattr(called, "__wrapped__", called), "__self__", None)  # the sandbox wraps `format`
    if isinstance(text, str) and _WIDE.search(text):
        msg = "a placeholder asks for a width of hundreds of characters"
        raise TooMuch(msg)


def is_harmless(method: str) -> bool:
    """Whether a text may be asked for this method."""
    return method in _METHODS


def counting_filters(budget: Budget) -> dict[str, Callable[..., Any]]:
    """Jinja's filters without those of `WITHOUT`; those that make long texts check before they do."""

    @pass_context  # keeps the compiler from working it out once and for all
    def counted(_: Context, values: Any) -> Any:  # noqa: ANN401 - whatever a loop runs over
        known = values if hasattr(values, "__len__") else _listed(values)
        budget.spend(len(known))
        return known

    def _listed(values: Iterable[Any]) -> list[Any]:
        kept = []
        for value in values:
            budget.spend(1)
            kept.append(value)
        return kept

    @pass_context
    def bounded_text(_: Context, value: Any) -> Any:  # noqa: ANN401 - as above
        return bounded(value)

    kept: dict[str, Callable[..., Any]] = {name: made for name, made in filters.FILTERS.items() if name not in WITHOUT}
    return kept | {
        "replace": _replace,
        "join": _join,
        "batch": _batch,
        "counted": counted,
        "bounded_text": bounded_text,
    }


@pass_eval_context
def _replace(context: Any, text: str, old: str, new: str, count: int | None = None) -> str:  # noqa: ANN401 - Jinja's own
    found = str(text).count(str(old)) if count is None else min(count, str(text).count(str(old)))
    if len(str(text)) + found * len(str(new)) > CHARACTERS:
        raise TooMuch(_LONG)
    return filters.do_replace(context, text, old, new, count)


@pass_eval_context
def _join(context: Any, values: Iterable[Any], d: str = "", attribute: str | int | None = None) -> str:  # noqa: ANN401 - Jinja's own
    kept = list(values)
    longest = sum(len(one) for one in kept if isinstance(one, str)) + len(kept) * len(str(d))
    if longest > CHARACTERS:
        raise TooMuch(_LONG)
    return filters.sync_do_join(context, kept, d, attribute)


def _batch(values: Iterable[Any], linecount: int, fill_with: Any = None) -> Iterable[Any]:  # noqa: ANN401 - Jinja's own
    if linecount > STEPS:
        msg = f"batches of {linecount:,} are too long"
        raise TooMuch(msg)
    return filters.do_batch(list(values), linecount, fill_with)


class Counting(NodeTransformer):
    """Puts the counting into a template that was read: around what loops run over and what is joined or kept."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja calls it so
        """A loop counts its rounds."""
        self.generic_visit(node)
        node.iter = _through("counted", node.iter)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - Jinja calls it so
        """`~` has a bounded result."""
        self.generic_visit(node)
        return _through("bounded_text", node)

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.AssignBlock:  # noqa: N802 - Jinja calls it so
        """So has `{% set … %}…{% endset %}`."""
        self.generic_visit(node)
        node.filter = _through("bounded_text", node.filter)
        return node


def _through(name: str, value: nodes.Node | None) -> nodes.Filter:
    return nodes.Filter(
        cast("nodes.Expr | None", value), name, [], [], None, None, lineno=value.lineno if value is not None else 1
    )
