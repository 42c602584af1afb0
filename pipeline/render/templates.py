"""The one Jinja environment: sandboxed, escaped, strict about names; and template mistakes as problems.

Templates are edited by people who do not program, so a mistake in one is reported like a mistake in a source: with the
template's name, the line, and the words around the tag.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from traceback import walk_tb
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.confined import leads_inside
from pipeline.problems import Place, Problem, did_you_mean, error
from pipeline.render.limits import (
    CALL,
    Budget,
    Counting,
    arithmetic,
    bounded,
    collected,
    counting_filters,
    fitting,
    is_harmless,
)

AROUND = 60
"""Characters of text shown on each side of a mistaken tag."""


class TemplateMistake(Exception):  # noqa: N818 - a mistake of the user's, carried to the boundary of rendering
    """A mistake in a template; `problem` says which and where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class _Sandbox(ImmutableSandboxedEnvironment):
    """No access to what is behind values, and no more work than `limits` allows.

    Fields of our own contexts, which are most of what templates ask for, need no questions.
    """

    intercepted_binops = frozenset(("*", "**", "%", "+"))

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - Jinja's own signature
        super().__init__(**settings)
        self.budget = Budget()
        self.globals = {}
        self.filters = counting_filters(self.budget)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """The template with its counting."""
        read: nodes.Template = Counting().visit(super()._parse(source, name, filename))
        return read

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - as above
        """An operator, as far as its result is bounded."""
        result = super().call_binop
        return arithmetic(operator, left, right, lambda: result(context, operator, left, right))

    def call(self, context: Context, called: Any, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - as above
        """A call, which is a step: macros that call themselves are loops, too."""
        self.budget.spend(CALL)
        fitting(called)
        return bounded(super().call(context, called, *args, **named))

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401 - as above
        """Of texts only what makes them no longer."""
        if isinstance(obj, str) and not is_harmless(attr):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - Jinja's own signature
        """A field as it is; anything else by the rules of the sandbox."""
        kind: Any = type(obj)
        return getattr(obj, attribute) if attribute in _fields(kind) else super().getattr(obj, attribute)


@lru_cache(maxsize=1024)
def _fields(kind: Hashable) -> frozenset[str]:
    if kind is LoopContext:
        return _OF_LOOPS
    named = (one.name for one in fields(kind)) if isinstance(kind, type) and is_dataclass(kind) else ()
    return frozenset(name for name in named if not name.startswith("_"))


_OF_LOOPS = frozenset({"depth", "depth0", "first", "index", "index0", "last", "length", "revindex", "revindex0"})
"""What a loop knows of itself without calling anything."""


def environment(folder: Path) -> ImmutableSandboxedEnvironment:
    """The environment of the templates in `folder`; nothing outside of it can be included."""
    return _Sandbox(
        loader=_Loader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class _Loader(jinja2.FileSystemLoader):
    """Reads the files of one folder, also where a link in it leads elsewhere."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The text of a template; ForeignTemplate when a link leads outside."""
        source, path, fresh = super().get_source(environment, template)
        if not leads_inside(Path(path), Path(self.searchpath[0])):
            raise ForeignTemplate(template)
        return source, path, fresh


class ForeignTemplate(jinja2.TemplateNotFound):
    """A template that a link would fetch from outside of the folder."""


def render(template: jinja2.Template, file: str, source: str, variables: Mapping[str, Any]) -> str:
    """The template's text; TemplateMistake for an unknown name or a forbidden access.

    `file` and `source` are what messages call the template and what they quote; a mistake in a template that it
    includes is reported for that one.
    """
    try:
        _renew(template.environment)
        return collected(template.generate(variables))
    except jinja2.TemplateSyntaxError as mistake:
        raise TemplateMistake(_syntax_problem_within(mistake, file, source)) from None
    except _MISTAKES as mistake:
        where, line = _position(template)
        if where is not None:
            file, source = f"templates/{where.name_below}", where.path.read_text(encoding="utf-8")
        raise TemplateMistake(_problem(file, source, line, _undefined_words(mistake, variables))) from None


_MISTAKES = (
    jinja2.TemplateError,
    TypeError,
    ArithmeticError,
    AttributeError,
    ValueError,
    LookupError,
    AssertionError,  # of a filter that is asked for nonsense
    RecursionError,
    MemoryError,
)


def _renew(environment: jinja2.Environment) -> None:
    if isinstance(environment, _Sandbox):
        environment.budget.renew()


def render_file(environment: jinja2.Environment, name: str, variables: Mapping[str, Any]) -> str:
    """A template by its name below the templates folder, filled; TemplateMistake as for `render`, or if missing."""
    file = f"templates/{name}"
    try:
        template = environment.get_template(name)
    except jinja2.TemplateSyntaxError as mistake:
        raise TemplateMistake(_syntax_problem_within(mistake, file, "")) from None
    except ForeignTemplate as mistake:
        raise TemplateMistake(foreign(f"templates/{mistake.name}")) from None
    except jinja2.TemplateNotFound as mistake:
        raise TemplateMistake(error(Place(file), "template", f"the template {mistake.name} is missing")) from None
    except UnicodeDecodeError:
        raise TemplateMistake(error(Place(file), "template", "the template is not UTF-8")) from None
    source = Path(template.filename or "").read_text(encoding="utf-8") if template.filename else ""
    return render(template, file, source, variables)


def foreign(file: str) -> Problem:
    """A file of the templates that lies elsewhere."""
    return error(
        Place(file), "outside-link", "the link leads outside of the templates, or nowhere", "copy the file here"
    )


def syntax_problem(mistake: jinja2.TemplateSyntaxError, file: str, source: str) -> Problem:
    """A tag that Jinja cannot read."""
    return _problem(file, source, mistake.lineno, mistake.message or "unreadable tag")


def _syntax_problem_within(mistake: jinja2.TemplateSyntaxError, file: str, source: str) -> Problem:
    """The same for a template that was included: the mistake tells its name and text."""
    name, text = mistake.name, mistake.source
    return (
        syntax_problem(mistake, f"templates/{name}", text) if name and text else syntax_problem(mistake, file, source)
    )


def _problem(file: str, source: str, line: int, message: str) -> Problem:
    lines = source.splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    column = max(text.find("{{"), text.find("{%"), 0) + 1 if not text.startswith("<w:") else 1
    around = " ".join(re.sub(r"<[^>]*>", " ", text).split())
    shown = around if len(around) <= 2 * AROUND else _window(around)
    near = f", near “{shown}”" if shown else ""
    return error(Place(file, max(line, 1), column), "template", f"mistake in the template: {message}{near}")


def _window(text: str) -> str:
    tag = max(text.find("{{"), text.find("{%"), 0)
    start = max(0, tag - AROUND)
    return ("…" if start else "") + text[start : tag + AROUND] + "…"


def _undefined_words(mistake: Exception, variables: Mapping[str, Any]) -> str:
    message = str(mistake)
    unknown = re.fullmatch(r"'(\w+)' is undefined", message)
    if unknown:
        return f"unknown name {unknown[1]!r}; {did_you_mean(unknown[1], variables)}"
    attribute = re.search(r"has no attribute '(\w+)'", message)
    if attribute:
        return f"unknown part {attribute[1]!r}: {message}"
    return message


@dataclass(frozen=True, slots=True)
class _TemplateFile:
    """A template that was loaded by name."""

    path: Path
    name_below: str


def _position(template: jinja2.Template) -> tuple[_TemplateFile | None, int]:
    """The template (None: the one rendered) and its line that was being rendered when the exception rose."""
    _, _, trace = sys.exc_info()
    loader = template.environment.loader
    folders = [Path(folder) for folder in loader.searchpath] if isinstance(loader, jinja2.FileSystemLoader) else []
    for frame, line in reversed(list(walk_tb(trace))):
        name = frame.f_code.co_filename
        if name == "<template>":
            return None, line
        for folder in folders:
            if Path(name).is_relative_to(folder):
                return _TemplateFile(Path(name), Path(name).relative_to(folder).as_posix()), line
    return None, 1
