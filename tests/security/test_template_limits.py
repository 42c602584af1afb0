"""A template gets values and nothing behind them, and ends with a line when it asks for more than a document needs."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.render.limits import STEPS
from pipeline.render.templates import TemplateMistake, environment, render_file

MEMORY = 2**30
SECONDS = 20


def grown(operator: str) -> str:
    """A text that doubles forty times."""
    steps = "".join(f"{{% set x{one + 1} = x{one} {operator} x{one} %}}" for one in range(40))
    return f'{{% set x0 = "xxxxxxxxxx" %}}{steps}{{{{ x40 | length }}}}'


BLOCKS = "".join(f"{{% set x{one + 1} %}}{{{{ x{one} }}}}{{{{ x{one} }}}}{{% endset %}}" for one in range(40))
TOO_MUCH = {
    "loops in loops": (
        "{% for a in many %}{% for b in many %}{% for c in many %}{% endfor %}{% endfor %}{% endfor %}",
        "rounds",
    ),
    "loops over what is chosen": (
        "{% for a in many %}{% for b in many | select %}{% for c in many %}{% endfor %}{% endfor %}{% endfor %}",
        "rounds",
    ),
    "a macro that calls itself twice": (
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
        "rounds",
    ),
    "a macro without end": ("{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(1) }}", "recursion"),
    "a block without end": ("{% block a %}{{ self.a() }}{% endblock %}", "recursion"),
    "a loop without end": ("{% for a in many recursive %}{{ loop(many) }}{% endfor %}", "recursion"),
    "a file that includes itself": ('{% include "x.html" %}', "recursion"),
    "output": ('{% for a in many %}{{ "xxxxxxxxxx" * 100000 }}{% endfor %}', "characters"),
    "a power": ("{{ 9 ** 9 ** 9 }}", "powers"),
    "a number squared": (
        "{% set x0 = 99999999 %}"
        + "".join(f"{{% set x{one + 1} = x{one} * x{one} %}}" for one in range(60))
        + "{{ x60 }}",
        "grows",
    ),
    "a repeated text": ('{{ "x" * 10000000000 }}', "characters"),
    "a repeated list": ("{{ [1] * 10000000000 }}", "characters"),
    "a width after %": ('{{ "%10000000000d" % 1 }}', "not with %"),
    "a width": ('{{ "{:>10000000000}".format(1) }}', "width"),
    "a width from a value": ('{{ "{:>{w}}".format(1, w=10000000000) }}', "width"),
    "a method that fills up": ('{{ "x".ljust(10000000000) }}', "unsafe"),
    "a filter that fills up": ('{{ "x" | center(10000000000) }}', "No filter"),
    "a filter that moves right": ('{{ "x" | indent(10000000000, true) }}', "No filter"),
    "batches": ("{{ [1] | batch(10000000000, 1) | list }}", "batches"),
    "a replacement": ('{{ ("x" * 1000000) | replace("x", "y" * 1000000) | length }}', "characters"),
    "a joined list": ('{{ many | join("x" * 10000000) | length }}', "characters"),
    "texts put together": (grown("~"), "characters"),
    "texts added": (grown("+"), "characters"),
    "texts kept": ('{% set x0 = "xxxxxxxxxx" %}' + BLOCKS + "{{ x40 | length }}", "characters"),
}
FORBIDDEN = {
    "a class": '{{ "".__class__.__mro__ }}',
    "a class by key": '{{ value["__class__"].x }}',
    "a class by filter": '{{ (value | attr("__class__")).x }}',
    "a class in a placeholder": '{{ "{0.__class__}".format(value) }}',
    "what is behind a template": "{{ self.__init__.__globals__ }}",
    "what is behind a macro": "{% macro m() %}{% endmacro %}{{ m.__call__.__func__.__globals__ }}",
    "a change of what is shown": "{{ many.append(1) }}",
    "a global of the engine": "{{ range(10) }}",
    "another global of the engine": "{{ cycler.__init__ }}",
    "chance": "{{ many | random }}",
    "a link made of words": '{{ "https://example.com" | urlize }}',
    "a file of the system": '{% include "/etc/passwd" %}',
    "a file above": '{% include "../secret.html" %}',
    "a link to a file": '{% include "link.html" %}',
    "a link to a file, imported": '{% import "link.html" as other %}{{ other.x }}',
    "a link in a folder": '{% extends "folder/secret.html" %}',
    "a module": '{% import "os" as os %}',
    "a filter asked for nonsense": '{{ "xxxxxxxxxxx" | truncate(2, true) }}',
    "a missing key": "{{ value.x.y }}",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    made.mkdir()
    (tmp_path / "secret.html").write_text("CANARY", encoding="utf-8")
    (made / "link.html").symlink_to(tmp_path / "secret.html")
    (made / "folder").symlink_to(tmp_path)
    return made


@pytest.fixture
def bounded() -> Iterator[None]:
    """Whatever a template does, it ends before it has taken this much."""
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.process_time() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY // 1024


def rendered(folder: Path, text: str) -> str:
    (folder / "x.html").write_text(text, encoding="utf-8")
    values = {"many": list(range(3000)), "few": [1, 2, 3], "value": "<v>"}
    return render_file(environment(folder), "x.html", values)


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize("attack", TOO_MUCH)
def test_a_template_that_asks_for_too_much_ends_with_a_line(folder: Path, attack: str) -> None:
    text, said = TOO_MUCH[attack]
    with pytest.raises(TemplateMistake, match=said) as found:
        rendered(folder, text)
    assert found.value.problem.place.file == "templates/x.html"


@pytest.mark.parametrize("attack", FORBIDDEN)
def test_a_template_that_asks_for_what_is_behind_ends_with_a_line(folder: Path, attack: str) -> None:
    with pytest.raises(TemplateMistake) as found:
        rendered(folder, FORBIDDEN[attack])
    assert "CANARY" not in str(found.value.problem)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{% for a in few %}{{ loop.index }}/{{ loop.length }} {% endfor %}", "1/3 2/3 3/3 "),
        ("{% for a in few if a > 1 %}{{ loop.length }}{% else %}none{% endfor %}", "22"),
        ("{% for a in few if a > 3 %}{{ a }}{% else %}none{% endfor %}", "none"),
        ('{{ few | join(", ") }}{{ few | map("string") | list | join("|") }}', "1, 2, 31|2|3"),
        ('{{ "<b>" ~ value }}{% set z %}<i>{{ value }}</i>{% endset %}{{ z }}', "&lt;b&gt;&lt;v&gt;<i>&lt;v&gt;</i>"),
        ("{% set z | upper %}a{{ value }}{% endset %}{{ z }}", "A&LT;V&GT;"),
        ('{{ "{n:02d}".format(n=1) }}{{ 2 * 3 }}{{ [1] + [2] }}{{ 7 % 4 }}{{ "ab" * 2 }}', "016[1, 2]3abab"),
        ('{% for r in few | batch(2) %}{{ r }}{% endfor %}{{ "aXb" | replace("X", "<") }}', "[1, 2][3]a&lt;b"),
        ("{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}x{{ value }}{% endcall %}", "x&lt;v&gt;"),
    ],
)
def test_what_templates_do_is_as_it_was(folder: Path, text: str, wanted: str) -> None:
    assert rendered(folder, text) == wanted


def test_each_document_has_the_whole_budget(folder: Path) -> None:
    (folder / "x.html").write_text("{% for a in many %}{% for b in many %}{% endfor %}{% endfor %}", encoding="utf-8")
    made, values = environment(folder), {"many": list(range(1700))}
    assert STEPS / 2 < 1700 * 1700 < STEPS
    assert [render_file(made, "x.html", values) for _ in range(2)] == ["", ""]
